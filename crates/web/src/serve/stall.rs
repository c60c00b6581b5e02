//! A connection that ends when its caller takes nothing of the answer any more.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Sleep, sleep};

/// What is written must get on within a time. Reading waits as long as the reader likes.
pub(super) struct Unstalled<S> {
    stream: S,
    within: Duration,
    /// Runs while the other side takes nothing.
    waiting: Option<Pin<Box<Sleep>>>,
}

impl<S: AsyncWrite + Unpin> Unstalled<S> {
    pub(super) fn new(stream: S, within: Duration) -> Self {
        Self { stream, within, waiting: None }
    }

    /// Passes on what became of a write, or ends it when it has waited for too long.
    fn judge(&mut self, cx: &mut Context<'_>, outcome: Poll<io::Result<usize>>) -> Poll<io::Result<usize>> {
        if outcome.is_ready() {
            self.waiting = None;
            return outcome;
        }
        let within = self.within;
        ready!(self.waiting.get_or_insert_with(|| Box::pin(sleep(within))).as_mut().poll(cx));
        Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Unstalled<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, buffer)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Unstalled<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let outcome = Pin::new(&mut self.stream).poll_write(cx, bytes);
        self.judge(cx, outcome)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let outcome = Pin::new(&mut self.stream).poll_write_vectored(cx, slices);
        self.judge(cx, outcome)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    // Neither waits for the other side, so neither says that it took anything.
    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, duplex};
    use tokio::time::Instant;

    const WITHIN: Duration = Duration::from_mins(1);
    /// Forty times what fits between the two sides.
    const ANSWER: [u8; 4000] = [b'a'; 4000];

    #[tokio::test(start_paused = true)]
    async fn a_writer_waits_a_minute_for_the_other_side_and_no_longer() {
        let (near, mut far) = duplex(100);
        let began = Instant::now();
        let fault = Unstalled::new(near, WITHIN).write_all(&ANSWER).await.expect_err("it stalls");
        assert_eq!((fault.kind(), began.elapsed().as_secs()), (io::ErrorKind::TimedOut, 60));
        let mut arrived = Vec::new();
        far.read_to_end(&mut arrived).await.expect("the end");
        assert_eq!(arrived.len(), 100);
    }

    #[tokio::test(start_paused = true)]
    async fn a_reader_who_is_only_slow_gets_all_of_it() {
        let (near, mut far) = duplex(100);
        let writing = tokio::spawn(async move { Unstalled::new(near, WITHIN).write_all(&ANSWER).await });
        let (began, mut piece) = (Instant::now(), [0; 100]);
        for _ in 0..40 {
            tokio::time::sleep(WITHIN * 5 / 6).await;
            far.read_exact(&mut piece).await.expect("more");
        }
        assert_eq!(began.elapsed().as_secs(), 40 * 50);
        assert!(writing.await.is_ok_and(|written| written.is_ok()));
    }
}
