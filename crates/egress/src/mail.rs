//! Mail leaves through the operator's own relay, whichever address that has: it is named in the configuration, and by
//! nobody else.

use std::error::Error as _;
use std::time::Duration;

use lettre::message::header::{ContentType, MIME_VERSION_1_0};
use lettre::message::{Mailbox, Message};
use lettre::transport::smtp;
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Tls, TlsParameters};
use lettre::{AsyncSmtpTransport, AsyncTransport as _, Tokio1Executor};
use model::{Letter, Secret};

/// A relay that takes longer is busy.
const PATIENCE: Duration = Duration::from_secs(20);

/// How the connection to the relay is secured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RelaySecurity {
    /// TLS is begun in the plain connection, and nothing is said before (RFC 3207).
    StartTls,
    /// TLS from the first byte (RFC 8314).
    Tls,
    /// Not at all: for a relay on this machine.
    None,
}

impl RelaySecurity {
    /// The port that such relays listen on.
    pub const fn port(self) -> u16 {
        match self {
            Self::StartTls => 587,
            Self::Tls => 465,
            Self::None => 25,
        }
    }
}

/// The operator's relay.
#[derive(Clone, Debug)]
pub struct Relay<'a> {
    /// Its host name, which its certificate has to name.
    pub host: &'a str,
    /// Its port.
    pub port: u16,
    /// How it is reached.
    pub security: RelaySecurity,
    /// Who our mail is from: an address, perhaps with a name before it.
    pub from: &'a str,
    /// User name and password, if it wants any.
    pub credentials: Option<(&'a str, &'a Secret)>,
}

/// Sends mail. Cheap to clone.
#[derive(Clone)]
pub struct Mailer {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
    /// Host and port of the relay, for the operator.
    relay: String,
}

impl std::fmt::Debug for Mailer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Mailer(..)")
    }
}

/// Why a letter was not sent. Names no address: those are of patients.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MailFault {
    /// The sender's address is none.
    #[error("the sender is no mail address")]
    From,
    /// The relay's host name cannot be one that a certificate names.
    #[error("the relay's host name is none")]
    Host,
    /// The letter cannot be written: the address is none.
    #[error("the letter cannot be written")]
    Letter,
    /// There is no relay any more.
    #[error("mail was taken out of the configuration")]
    NoRelay,
    /// The relay refuses it, and will again.
    #[error("the relay {0} refuses it for good: {1}")]
    Refused(String, String),
    /// The relay does not answer, or not now.
    #[error("the relay {0} does not take it now: {1}")]
    NotNow(String, String),
}

/// Whether a letter can be addressed to it at all, by the reading that [`Mailer::send`] goes by.
pub fn is_mailbox(address: &str) -> bool {
    address.parse::<Mailbox>().is_ok()
}

impl Mailer {
    /// A mailer over a relay. Connects to nobody yet.
    pub fn new(relay: &Relay<'_>) -> Result<Self, MailFault> {
        let parameters = || TlsParameters::new(relay.host.to_owned()).map_err(|_| MailFault::Host);
        let tls = match relay.security {
            RelaySecurity::StartTls => Tls::Required(parameters()?),
            RelaySecurity::Tls => Tls::Wrapper(parameters()?),
            RelaySecurity::None => Tls::None,
        };
        let mut builder = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(relay.host)
            .port(relay.port)
            .tls(tls)
            .timeout(Some(PATIENCE));
        if let Some((name, password)) = relay.credentials {
            builder = builder.credentials(Credentials::new(name.to_owned(), password.expose().to_owned()));
        }
        let from = relay.from.parse().map_err(|_| MailFault::From)?;
        Ok(Self { transport: builder.build(), from, relay: format!("{}:{}", relay.host, relay.port) })
    }

    /// Goes as far as the relay's greeting, over TLS and with the name and password where there are any, and sends
    /// nothing. Says what stood in the way, for the operator.
    pub async fn reach(&self) -> Result<(), String> {
        match self.transport.test_connection().await {
            Ok(true) => Ok(()),
            Ok(false) => Err("the relay hung up".to_owned()),
            Err(error) => {
                Err(error.source().map_or_else(|| error.to_string(), |cause| format!("{error}: {cause}")))
            }
        }
    }

    /// Sends a letter. Whoever gets it twice can tell by its id that it is one.
    pub async fn send(&self, letter: &Letter, id: &str) -> Result<(), MailFault> {
        let to: Mailbox = letter.to.parse().map_err(|_| MailFault::Letter)?;
        let message = Message::builder()
            .from(self.from.clone())
            .to(to)
            .subject(&letter.subject)
            .message_id(Some(format!("<{id}@{}>", self.from.email.domain())))
            .header(MIME_VERSION_1_0)
            .header(ContentType::TEXT_PLAIN)
            .body(letter.text.clone())
            .map_err(|_| MailFault::Letter)?;
        match self.transport.send(message).await {
            Ok(_) => Ok(()),
            Err(error) if error.is_permanent() => Err(MailFault::Refused(self.relay.clone(), cause(&error))),
            Err(error) => Err(MailFault::NotNow(self.relay.clone(), cause(&error))),
        }
    }
}

/// What the operator can look into. Of an answer no more than the status: its words often repeat the patient's address.
fn cause(error: &smtp::Error) -> String {
    match error.status() {
        Some(status) => format!("it answers {status}"),
        None if error.is_response() => "its answer cannot be read".to_owned(),
        None => error.to_string(),
    }
}
