//! The accept loop: bounds on what a slow or greedy caller can hold, and a graceful stop.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::net::TcpListener;
use tokio::sync::Semaphore;

/// Connections held at a time; more wait in the kernel's queue.
const MAX_CONNECTIONS: usize = 4096;
/// How long a caller may take over the head of a request, and stay silent before the next one.
const HEADER_TIME: Duration = Duration::from_secs(10);
/// How long running requests may take after the stop.
const STOP_TIME: Duration = Duration::from_secs(20);

/// Serves `router` until `stop` resolves, then lets running requests end.
pub async fn serve(listener: TcpListener, router: Router, stop: impl Future<Output = ()>) {
    let mut stop = std::pin::pin!(stop);
    let free = Arc::new(Semaphore::new(MAX_CONNECTIONS));
    let graceful = GracefulShutdown::new();
    // HTTP/1.1 alone: the proxy in front speaks the newer ones, and tells nobody apart by them.
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(HEADER_TIME);
    loop {
        let accepted = tokio::select! {
            () = &mut stop => break,
            accepted = accept(&listener, &free) => accepted,
        };
        let Some((stream, permit)) = accepted else { continue };
        let service = TowerToHyperService::new(router.clone());
        let watched = graceful.watch(http.serve_connection(TokioIo::new(stream), service));
        tokio::spawn(async move {
            // A caller that hangs up in the middle is not our error.
            let _ = watched.await;
            drop(permit);
        });
    }
    drop(listener);
    if tokio::time::timeout(STOP_TIME, graceful.shutdown()).await.is_err() {
        tracing::warn!("some requests were still running and were cut off");
    }
}

async fn accept(
    listener: &TcpListener,
    free: &Arc<Semaphore>,
) -> Option<(tokio::net::TcpStream, tokio::sync::OwnedSemaphorePermit)> {
    let permit = Arc::clone(free).acquire_owned().await.ok()?;
    match listener.accept().await {
        Ok((stream, _)) => {
            let _ = stream.set_nodelay(true);
            Some((stream, permit))
        }
        Err(error) => {
            tracing::warn!(%error, "a connection could not be accepted");
            // Out of file descriptors, most likely: a pause lets some be freed.
            tokio::time::sleep(Duration::from_millis(50)).await;
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::TcpStream;

    /// What a caller who sends only this is told; the clock runs ahead while everybody waits.
    async fn told(sent: &[u8]) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        tokio::spawn(serve(listener, Router::new(), std::future::pending()));
        let mut caller = TcpStream::connect(address).await.expect("a connection");
        caller.write_all(sent).await.expect("sent");
        let mut answer = String::new();
        let ended = tokio::time::timeout(Duration::from_mins(1), caller.read_to_string(&mut answer)).await;
        ended.expect("the server hangs up").expect("text");
        answer
    }

    #[tokio::test(start_paused = true)]
    async fn a_caller_who_says_nothing_or_half_a_head_is_hung_up_on() {
        assert_eq!(told(b"").await, "");
        assert_eq!(told(b"GET / HTTP/1.1\r\nHost: a.exam").await, "");
        assert!(told(b"GET / HTTP/1.1\r\nHost: a.example\r\n\r\n").await.starts_with("HTTP/1.1 404"));
    }

    #[tokio::test(start_paused = true)]
    async fn nothing_but_http_1_is_spoken() {
        assert!(!told(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n").await.contains("HTTP/2"));
    }
}
