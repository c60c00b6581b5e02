//! Callers who send half a request and wait: the others must not feel them, and they are hung up on.

use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, TcpStream};
use std::time::Duration;

use super::ours::Ours;
use super::process::Watch;
use super::wrk::{Kind, drive};

/// As many of each kind. One address may hold 256 connections.
const STALLED: usize = 90;
/// The server's own bounds, and a little.
const LONGEST: Duration = Duration::from_secs(45);

/// What came of it.
#[derive(Clone, Copy, Default)]
pub(crate) struct Stalled {
    /// How many callers stood in the way.
    pub(crate) callers: usize,
    /// Requests a second meanwhile, and without them.
    pub(crate) rate: f64,
    pub(crate) alone: f64,
    /// How long the last of them was borne.
    pub(crate) longest: Duration,
}

pub(crate) fn check(ours: &Ours, connections: usize) -> anyhow::Result<Stalled> {
    let target = ours.target(Kind::Disk);
    let time = Duration::from_secs(4);
    let alone = drive(&target, time, connections, 0)?.rate;
    let heads = [
        "POST /oauth2/par HTTP/1.1\r\nHost: a.example\r\nContent-Ty",
        "POST /oauth2/par HTTP/1.1\r\nHost: a.example\r\nContent-Type: application/x-www-form-urlencoded\r\n\
         Authorization: Basic YTpi\r\nContent-Length: 1000\r\n\r\nscope=",
    ];
    let watch = Watch::start();
    let mut callers = Vec::new();
    for head in heads {
        for _ in 0..STALLED {
            let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, ours.port))?;
            stream.write_all(head.as_bytes())?;
            callers.push(stream);
        }
    }
    let rate = drive(&target, time, connections, 0)?.rate;
    for stream in &mut callers {
        let left = LONGEST.saturating_sub(watch.read()).max(Duration::from_millis(1));
        stream.set_read_timeout(Some(left))?;
        // It may be told why; then it is hung up on.
        let mut answer = Vec::new();
        let ended = stream.read_to_end(&mut answer);
        anyhow::ensure!(
            !ended.is_err_and(|error| matches!(
                error.kind(),
                std::io::ErrorKind::WouldBlock | std::io::ErrorKind::TimedOut
            )),
            "a caller who sends nothing more is still connected after {LONGEST:?}"
        );
    }
    Ok(Stalled { callers: callers.len(), rate, alone, longest: watch.read() })
}
