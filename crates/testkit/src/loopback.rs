//! A very small HTTP server that can also misbehave: never answer, or hang up.

use std::fmt::Write as _;
use std::net::Ipv4Addr;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

/// A request as it arrived.
pub(crate) struct Request {
    /// With its query.
    pub(crate) path: String,
    /// Names in lower case.
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: String,
}

/// What becomes of a request.
pub(crate) enum Reply {
    Answer {
        status: u16,
        headers: Vec<(&'static str, String)>,
        body: Vec<u8>,
    },
    /// Nothing, until the other side gives up.
    Silence,
    /// The connection is closed.
    HangUp,
}

/// Takes a free port; its origin.
pub(crate) async fn listen() -> (TcpListener, String) {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a free port");
    let origin = format!("http://{}", listener.local_addr().expect("an address"));
    (listener, origin)
}

/// Answers every request with what `handle` says, for as long as the runtime lives.
pub(crate) fn serve(listener: TcpListener, handle: impl Fn(Request) -> Reply + Clone + Send + 'static) {
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let handle = handle.clone();
            tokio::spawn(async move {
                // A caller that hangs up in the middle is part of what is tested.
                let _ = exchange(stream, handle).await;
            });
        }
    });
}

async fn exchange(mut stream: TcpStream, handle: impl Fn(Request) -> Reply) -> std::io::Result<()> {
    let Some(request) = read(&mut stream).await? else { return Ok(()) };
    match handle(request) {
        Reply::HangUp => Ok(()),
        Reply::Silence => {
            while stream.read(&mut [0; 64]).await? > 0 {}
            Ok(())
        }
        Reply::Answer { status, headers, body } => {
            let mut answer =
                format!("HTTP/1.1 {status} -\r\nconnection: close\r\ncontent-length: {}\r\n", body.len());
            for (name, value) in headers {
                let _ = write!(answer, "{name}: {value}\r\n");
            }
            answer.push_str("\r\n");
            stream.write_all(&[answer.as_bytes(), &body].concat()).await?;
            stream.shutdown().await
        }
    }
}

/// Reads a request whose body has a `Content-Length`, as our client's have.
async fn read(stream: &mut TcpStream) -> std::io::Result<Option<Request>> {
    let mut bytes = Vec::new();
    let head_end = loop {
        if let Some(at) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
            break at;
        }
        if stream.read_buf(&mut bytes).await? == 0 {
            return Ok(None);
        }
    };
    let head = String::from_utf8_lossy(&bytes[..head_end]).into_owned();
    let mut lines = head.split("\r\n");
    let path = lines.next().and_then(|line| line.split(' ').nth(1)).unwrap_or_default().to_owned();
    let headers: Vec<(String, String)> = lines
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.to_lowercase(), value.trim().to_owned()))
        .collect();
    let length =
        headers.iter().find(|(name, _)| name == "content-length").and_then(|(_, value)| value.parse().ok());
    let whole = head_end + 4 + length.unwrap_or(0);
    while bytes.len() < whole {
        if stream.read_buf(&mut bytes).await? == 0 {
            return Ok(None);
        }
    }
    let body = String::from_utf8_lossy(&bytes[head_end + 4..whole]).into_owned();
    Ok(Some(Request { path, headers, body }))
}
