//! Codes for tokens: made beforehand, each exchanged once, in the order in which they were issued, as apps do.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{Ipv4Addr, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use anyhow::Context as _;
use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};

use super::ours::Ours;
use super::wrk::{Kind, Run, Target, drive};

const REDIRECT_URI: &str = "http%3A%2F%2F127.0.0.1%3A9%2Fcb";
const VERIFIER: &str = "a-verifier-of-this-run-that-is-long-enough-for-anybody";

/// How long codes are exchanged in a round.
pub(crate) const TIME: Duration = Duration::from_secs(2);

/// Makes codes, and then measures what their exchange costs.
pub(crate) fn exchange(ours: &Ours, many: usize, connections: usize, first: usize) -> anyhow::Result<Run> {
    let codes = made(ours, many, connections, first)?;
    let mut forms = tempfile::NamedTempFile::new()?;
    for code in codes {
        writeln!(
            forms,
            "grant_type=authorization_code&code={code}&redirect_uri={REDIRECT_URI}&code_verifier={VERIFIER}"
        )?;
    }
    let target = Target { forms: forms.path().to_owned(), ..ours.target(Kind::OurCodes) };
    drive(&target, TIME, connections, 0)
        .with_context(|| format!("of {many} codes for {} s (--codes)", TIME.as_secs()))
}

/// Pushes requests and has each decided at once, as a synthetic patient of a client that asks nobody.
fn made(ours: &Ours, many: usize, connections: usize, first: usize) -> anyhow::Result<Vec<String>> {
    let challenge = URL_SAFE_NO_PAD.encode(digest(&SHA256, VERIFIER.as_bytes()));
    let more = format!("&code_challenge={challenge}&code_challenge_method=S256&redirect_uri={REDIRECT_URI}");
    let forms = std::fs::read_to_string(&ours.forms)?;
    let pushes = forms.lines().cycle().skip(first).take(many);
    let pushes: Vec<String> = pushes.map(|form| ours.post("par", &format!("{form}{more}"))).collect();
    let public_id = ours.credentials.split(':').next().context("no public id")?;
    let loads = answers(ours.port, &pushes, connections, "201", |answer| {
        let request_uri = part(answer, "\"request_uri\":\"", "\"")?;
        Ok(format!(
            "GET /oauth2/authorize?client_id={public_id}&request_uri={request_uri} HTTP/1.1\r\nHost: a.example\r\n\r\n"
        ))
    })?;
    answers(ours.port, &loads, connections, "303", |answer| part(answer, "code=", "&").map(str::to_owned))
}

/// What stands between two texts.
fn part<'a>(answer: &'a str, begin: &str, end: &str) -> anyhow::Result<&'a str> {
    let rest = answer.split_once(begin).map(|(_, rest)| rest);
    rest.and_then(|rest| rest.split(end).next()).with_context(|| format!("no {begin} in {answer}"))
}

impl Ours {
    /// A form for an endpoint of ours, on a connection that stays.
    fn post(&self, path: &str, form: &str) -> String {
        format!(
            "POST /oauth2/{path} HTTP/1.1\r\nHost: 127.0.0.1:{}\r\nAuthorization: Basic {}\r\n\
             Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{form}",
            self.port,
            STANDARD.encode(&self.credentials),
            form.len()
        )
    }
}

/// Sends each request once, in their order as far as many connections keep one, and reads something of each answer,
/// which has to have this status.
fn answers<T: Send>(
    port: u16,
    requests: &[String],
    connections: usize,
    status: &str,
    read: impl Fn(&str) -> anyhow::Result<T> + Sync,
) -> anyhow::Result<Vec<T>> {
    let next = AtomicUsize::new(0);
    let ask = || -> anyhow::Result<Vec<(usize, T)>> {
        let mut stream = BufReader::new(TcpStream::connect((Ipv4Addr::LOCALHOST, port))?);
        let mut all = Vec::new();
        loop {
            let at = next.fetch_add(1, Ordering::Relaxed);
            let Some(request) = requests.get(at) else { return Ok(all) };
            stream.get_mut().write_all(request.as_bytes())?;
            let answer = answer(&mut stream)?;
            anyhow::ensure!(answer.split(' ').nth(1) == Some(status), "{answer}");
            all.push((at, read(&answer)?));
        }
    };
    std::thread::scope(|scope| {
        let callers: Vec<_> = (0..connections).map(|_| scope.spawn(ask)).collect();
        let mut all = Vec::with_capacity(requests.len());
        for caller in callers {
            all.extend(caller.join().map_err(|_| anyhow::anyhow!("a caller gave up"))??);
        }
        all.sort_unstable_by_key(|(at, _)| *at);
        Ok(all.into_iter().map(|(_, read)| read).collect())
    })
}

/// The head of one answer, and its body.
fn answer(stream: &mut BufReader<TcpStream>) -> anyhow::Result<String> {
    let (mut text, mut length) = (String::new(), 0);
    loop {
        let begin = text.len();
        anyhow::ensure!(stream.read_line(&mut text)? > 0, "it hung up: {text}");
        let line = text.get(begin..).unwrap_or_default().to_ascii_lowercase();
        if let Some(value) = line.strip_prefix("content-length:") {
            length = value.trim().parse()?;
        }
        if line.trim().is_empty() {
            break;
        }
    }
    let mut body = vec![0; length];
    stream.read_exact(&mut body)?;
    Ok(text + &String::from_utf8_lossy(&body))
}
