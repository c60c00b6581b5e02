//! What keeps a thread of the runtime for a while, beside its other tasks.

use tokio::runtime::{Handle, RuntimeFlavor};

/// Does what may take a while without keeping this thread's other tasks waiting, which costs more than a few rows.
pub(super) fn aside<T>(work: impl FnOnce() -> T) -> T {
    match Handle::try_current().map(|handle| handle.runtime_flavor()) {
        Ok(RuntimeFlavor::MultiThread) => tokio::task::block_in_place(work),
        _ => work(),
    }
}

/// Sees to it that another thread of the runtime looks after the network, the clock and this thread's other tasks while
/// this one waits for the disk. By itself the runtime wakes nobody: it cannot know that a task is about to wait.
pub(super) fn wake_another_thread() {
    // What can be taken over wakes a thread that sleeps. The last task that was made cannot: that is kept for here.
    for _ in 0..2 {
        tokio::spawn(async {});
    }
}

#[cfg(test)]
mod tests {
    use std::net::TcpStream;
    use std::sync::mpsc;
    use std::time::Duration;

    use tokio::net::TcpListener;

    use super::*;

    /// A thread that the network has woken waits for another call, which somebody has to hear of.
    #[test]
    fn somebody_answers_while_a_thread_waits() {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_io().build();
        let runtime = runtime.expect("a runtime");
        let (answered, answers) = mpsc::channel();
        let (done, waits) = mpsc::channel();
        let address = runtime.block_on(async {
            let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
            let other = TcpListener::bind("127.0.0.1:0").await.expect("a port");
            let [address, others] = [&listener, &other].map(|at| at.local_addr().expect("an address"));
            tokio::spawn(async move { while other.accept().await.is_ok() && answered.send(()).is_ok() {} });
            tokio::spawn(async move {
                while listener.accept().await.is_ok() {
                    wake_another_thread();
                    let _call = TcpStream::connect(others).expect("a call");
                    done.send(answers.recv_timeout(Duration::from_secs(10))).expect("waited for");
                }
            });
            address
        });
        // Which of the threads sleeps where, nobody can say: often enough the one that waits had the network.
        for round in 0..200 {
            let _call = TcpStream::connect(address).expect("a call");
            assert_eq!(waits.recv().expect("an end"), Ok(()), "nobody answered in round {round}");
        }
    }
}
