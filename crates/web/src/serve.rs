//! The accept loop: bounds on what a slow or greedy caller can hold, and a graceful stop.

mod peers;
mod stall;

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use hyper::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::Service;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::address::{Peer, TrustedProxies};
use peers::{Peers, Place};
use stall::Unstalled;

/// Connections held at a time; more wait in the kernel's queue.
const MAX_CONNECTIONS: usize = 4096;
/// Connections that one address may hold; more are hung up on.
const MAX_PER_ADDRESS: usize = 256;
/// How long a caller may take over the head of a request, and stay silent before the next one.
const HEADER_TIME: Duration = Duration::from_secs(10);
/// The longest head of a request that is read, in bytes. Every connection may hold as much.
const MAX_HEAD: usize = 64 * 1024;
/// How long a caller may take nothing of an answer, however long all of it takes.
const STALL_TIME: Duration = Duration::from_mins(1);
/// How long running requests may take after the stop.
const STOP_TIME: Duration = Duration::from_secs(20);

/// Serves `router` until `stop` resolves, then lets running requests end.
pub async fn serve(listener: TcpListener, router: Router, stop: impl Future<Output = ()>) {
    serve_behind(listener, router, &TrustedProxies::default(), stop).await;
}

/// [`serve`] behind proxies: their addresses hold as many connections as they like.
pub async fn serve_behind(
    listener: TcpListener,
    router: Router,
    proxies: &TrustedProxies,
    stop: impl Future<Output = ()>,
) {
    serve_peers(listener, router, stop, &Peers::at_most(MAX_PER_ADDRESS, proxies)).await;
}

/// The routes, as the requests of one connection reach them: each brings its peer.
struct Connection {
    peer: Peer,
    router: TowerToHyperService<Router>,
}

impl Service<Request<Incoming>> for Connection {
    type Response = <TowerToHyperService<Router> as Service<Request<Incoming>>>::Response;
    type Error = <TowerToHyperService<Router> as Service<Request<Incoming>>>::Error;
    type Future = <TowerToHyperService<Router> as Service<Request<Incoming>>>::Future;

    fn call(&self, mut request: Request<Incoming>) -> Self::Future {
        request.extensions_mut().insert(self.peer);
        self.router.call(request)
    }
}

async fn serve_peers(listener: TcpListener, router: Router, stop: impl Future<Output = ()>, peers: &Peers) {
    let mut stop = std::pin::pin!(stop);
    let free = Arc::new(Semaphore::new(MAX_CONNECTIONS));
    let graceful = GracefulShutdown::new();
    // HTTP/1.1 alone: the proxy in front speaks the newer ones, and tells nobody apart by them.
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(HEADER_TIME).max_buf_size(MAX_HEAD);
    loop {
        let accepted = tokio::select! {
            () = &mut stop => break,
            accepted = accept(&listener, &free, peers) => accepted,
        };
        let Some((stream, peer, held)) = accepted else { continue };
        let service = Connection { peer, router: TowerToHyperService::new(router.clone()) };
        let stream = TokioIo::new(Unstalled::new(stream, STALL_TIME));
        let watched = graceful.watch(http.serve_connection(stream, service));
        tokio::spawn(async move {
            // A caller that hangs up in the middle is not our error.
            let _ = watched.await;
            drop(held);
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
    peers: &Peers,
) -> Option<(TcpStream, Peer, (OwnedSemaphorePermit, Place))> {
    let permit = Arc::clone(free).acquire_owned().await.ok()?;
    match listener.accept().await {
        Ok((stream, from)) => {
            let place = peers.admit(from.ip())?;
            let _ = stream.set_nodelay(true);
            Some((stream, Peer(from.ip()), (permit, place)))
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
    use axum::body::{Body, Bytes};
    use axum::routing::get;
    use futures_util::stream;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

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

    #[tokio::test(start_paused = true)]
    async fn a_caller_who_takes_nothing_of_an_answer_is_hung_up_on() {
        // More than all buffers on the way hold.
        const CHUNKS: usize = 256;
        const CHUNK: Bytes = Bytes::from_static(&[b'a'; 64 * 1024]);
        let chunks = || stream::iter((0..CHUNKS).map(|_| Ok::<_, std::convert::Infallible>(CHUNK)));
        let router = Router::new().route("/", get(async move || Body::from_stream(chunks())));
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        tokio::spawn(serve(listener, router, std::future::pending()));
        let mut caller = TcpStream::connect(address).await.expect("a connection");
        caller.write_all(b"GET / HTTP/1.1\r\nHost: a.example\r\n\r\n").await.expect("sent");
        caller.readable().await.expect("an answer");
        // The kernel moves bytes on a little after they are written, and its clock does not stand still: time for
        // more than one wait.
        tokio::time::sleep(60 * STALL_TIME).await;
        let mut answer = Vec::new();
        // What the kernel held by then still arrives; the rest does not.
        let _ = caller.read_to_end(&mut answer).await;
        assert!(answer.len() < CHUNKS * CHUNK.len(), "all {} bytes arrived", answer.len());
    }

    #[tokio::test]
    async fn an_address_with_too_many_connections_gets_no_more_until_it_ends_one() {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        tokio::spawn(async move {
            serve_peers(listener, Router::new(), std::future::pending(), &Peers::strictly(2)).await;
        });
        let ask = async |caller: &mut TcpStream| {
            // The server may have hung up already, at either end of the call.
            let _ = caller.write_all(b"GET / HTTP/1.1\r\nHost: a.example\r\n\r\n").await;
            let mut beginning = [0; 12];
            caller.read_exact(&mut beginning).await.is_ok()
        };
        let connect = async || TcpStream::connect(address).await.expect("a connection");
        let (mut one, mut other) = (connect().await, connect().await);
        assert!(ask(&mut one).await && ask(&mut other).await);
        assert!(!ask(&mut connect().await).await, "a third");
        drop(one);
        while !ask(&mut connect().await).await {
            tokio::task::yield_now().await;
        }
    }
}
