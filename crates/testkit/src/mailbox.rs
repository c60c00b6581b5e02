//! A mail relay that keeps what it takes, and can refuse like real ones.

use std::net::Ipv4Addr;
use std::sync::{Arc, Mutex, PoisonError};

use egress::{Mailer, Relay, RelaySecurity};
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};

/// The relay. Runs for as long as the runtime lives.
#[derive(Clone)]
pub struct Mailbox {
    port: u16,
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    refusal: Option<u16>,
    taken: Vec<String>,
    asked: usize,
}

impl Mailbox {
    /// Starts a relay that takes everything.
    ///
    /// # Panics
    /// When no port is free.
    pub async fn start() -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a free port");
        let port = listener.local_addr().expect("an address").port();
        let mailbox = Self { port, state: Arc::default() };
        let taking = mailbox.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let taking = taking.clone();
                tokio::spawn(async move {
                    // A caller that hangs up in the middle is the caller's fault.
                    let _ = taking.converse(stream).await;
                });
            }
        });
        mailbox
    }

    /// Where it listens on this machine.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// A mailer over it.
    ///
    /// # Panics
    /// Never: the relay is well described.
    pub fn mailer(&self) -> Mailer {
        let relay = Relay {
            host: "127.0.0.1",
            port: self.port,
            security: RelaySecurity::None,
            from: "Example Health <no-reply@example.org>",
            credentials: None,
        };
        Mailer::new(&relay).expect("a mailer")
    }

    /// Answers every recipient with this status from now on, and with their own address, as real ones do; none takes
    /// them.
    pub fn refuses(&self, status: Option<u16>) {
        self.change(|state| state.refusal = status);
    }

    /// The letters that it took, headers and all.
    pub fn taken(&self) -> Vec<String> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).taken.clone()
    }

    /// How often somebody wanted to send.
    pub fn asked(&self) -> usize {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).asked
    }

    fn change<T>(&self, change: impl FnOnce(&mut State) -> T) -> T {
        change(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// As much of RFC 5321 as a sender needs.
    async fn converse(&self, stream: TcpStream) -> std::io::Result<()> {
        let (reading, mut writing) = stream.into_split();
        let mut lines = BufReader::new(reading).lines();
        writing.write_all(b"220 relay\r\n").await?;
        while let Some(line) = lines.next_line().await? {
            let verb = line.split([' ', ':']).next().unwrap_or_default().to_ascii_uppercase();
            let answer = match verb.as_str() {
                "RCPT" => {
                    let refusal = self.change(|state| {
                        state.asked += 1;
                        state.refusal
                    });
                    refusal.map_or_else(|| "250 fine".to_owned(), |status| format!("{status} no: {line}"))
                }
                "DATA" => {
                    writing.write_all(b"354 go on\r\n").await?;
                    let mut letter = String::new();
                    while let Some(line) = lines.next_line().await?.filter(|line| line != ".") {
                        letter.push_str(&line);
                        letter.push('\n');
                    }
                    self.change(|state| state.taken.push(letter));
                    "250 fine".to_owned()
                }
                "QUIT" => "221 bye".to_owned(),
                _ => "250 fine".to_owned(),
            };
            writing.write_all(format!("{answer}\r\n").as_bytes()).await?;
        }
        Ok(())
    }
}
