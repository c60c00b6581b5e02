//! One guarded HTTP client.

use std::collections::BTreeSet;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http::{HeaderMap, Method, StatusCode};
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use url::{Host, Url};

use crate::address::{is_loopback, is_public};
use crate::origin::Origin;

/// Makes outbound calls. Clones share connections.
#[derive(Clone, Debug)]
pub struct Client {
    /// Resolves names to public addresses only.
    public: Dialler,
    /// For the origins the operator listed.
    listed: Dialler,
    private_origins: BTreeSet<Origin>,
    any_loopback: bool,
}

/// Made by the first call that needs it: reading the system's certificates takes longer than all else at a start.
type Dialler = Arc<LazyLock<Result<reqwest::Client, EgressError>>>;

/// A call to make.
#[derive(Clone, Debug)]
pub struct Request<'a> {
    /// The method.
    pub method: Method,
    /// Where to.
    pub url: &'a str,
    /// Headers beside those the body brings.
    pub headers: HeaderMap,
    /// What to send.
    pub body: Body,
    /// For the whole exchange, body included.
    pub timeout: Duration,
    /// A longer answer is refused.
    pub max_bytes: usize,
}

/// What a call sends.
#[derive(Clone, Debug)]
pub enum Body {
    /// Nothing.
    None,
    /// Bytes of a media type.
    Bytes(&'static str, Bytes),
}

impl<'a> Request<'a> {
    /// A GET with a 10 second limit and at most 1 MiB of answer.
    pub fn get(url: &'a str) -> Self {
        Self {
            method: Method::GET,
            url,
            headers: HeaderMap::new(),
            body: Body::None,
            timeout: Duration::from_secs(10),
            max_bytes: 1 << 20,
        }
    }

    /// A POST of bytes with the same limits.
    pub fn post(url: &'a str, media_type: &'static str, body: impl Into<Bytes>) -> Self {
        Self { method: Method::POST, body: Body::Bytes(media_type, body.into()), ..Self::get(url) }
    }

    /// Another time limit.
    #[must_use]
    pub fn within(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// Another size limit.
    #[must_use]
    pub fn at_most(mut self, bytes: usize) -> Self {
        self.max_bytes = bytes;
        self
    }

    /// One more header. A value that is not a header value is left out, and the peer will say what it misses.
    #[must_use]
    pub fn header(mut self, name: &'static str, value: &str) -> Self {
        if let Ok(value) = value.parse() {
            self.headers.insert(name, value);
        }
        self
    }
}

/// A whole answer.
#[derive(Debug)]
pub struct Fetched {
    /// The status, whatever it is; redirects are not followed.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// The body.
    pub body: Bytes,
}

/// Why a call did not end in an answer. Names no URL: those can carry secrets.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EgressError {
    /// The URL cannot be read.
    #[error("the URL cannot be read")]
    InvalidUrl,
    /// Neither https nor a listed origin.
    #[error("only https is dialled, except for origins listed in egress.private_origins")]
    NotHttps,
    /// The URL carries a user name or password.
    #[error("a URL with a user name or password is not dialled")]
    Credentials,
    /// The address is not a public one.
    #[error("the address is not public; list its origin in egress.private_origins to allow it")]
    PrivateAddress,
    /// It took too long.
    #[error("no answer in time")]
    Timeout,
    /// Nobody listens, the name does not resolve, or TLS failed.
    #[error("no connection")]
    Unreachable,
    /// The answer is longer than allowed.
    #[error("the answer is longer than allowed")]
    TooLong,
    /// Without them nobody can be told from somebody else.
    #[error("the system's certificate authorities cannot be read")]
    NoCertificates,
    /// The connection broke in the middle.
    #[error("the answer broke off")]
    BrokeOff,
}

impl EgressError {
    fn of(error: &reqwest::Error) -> Self {
        if caused_by_private_address(error) {
            Self::PrivateAddress
        } else if error.is_timeout() {
            Self::Timeout
        } else if error.is_connect() {
            Self::Unreachable
        } else {
            Self::BrokeOff
        }
    }
}

impl Client {
    /// A client that reaches the public internet over https, and `private_origins` as they are written.
    pub fn new(private_origins: impl IntoIterator<Item = Origin>) -> Self {
        Self {
            public: Arc::new(LazyLock::new(|| build(builder().https_only(true).dns_resolver(PublicOnly)))),
            listed: Arc::new(LazyLock::new(|| build(builder()))),
            private_origins: private_origins.into_iter().collect(),
            any_loopback: false,
        }
    }

    /// Also reaches every http origin of this machine, whatever its port. For the demo alone: on a server,
    /// whoever registers a webhook could reach what listens beside it.
    #[must_use]
    pub fn with_any_loopback(mut self) -> Self {
        self.any_loopback = true;
        self
    }

    /// Whether this client would dial a URL, before anything is sent.
    pub fn permits(&self, url: &str) -> Result<(), EgressError> {
        self.route(url).map(drop)
    }

    /// Makes a call and takes the whole answer.
    pub async fn fetch(&self, request: Request<'_>) -> Result<Fetched, EgressError> {
        let max_bytes = request.max_bytes;
        let mut response = self.send(request).await?;
        if response.content_length().is_some_and(|length| length > max_bytes as u64) {
            return Err(EgressError::TooLong);
        }
        let mut body = BytesMut::new();
        while let Some(part) = response.chunk().await.map_err(|error| EgressError::of(&error))? {
            if body.len() + part.len() > max_bytes {
                return Err(EgressError::TooLong);
            }
            body.extend_from_slice(&part);
        }
        Ok(Fetched { status: response.status(), headers: response.headers().clone(), body: body.freeze() })
    }

    /// Makes a call of which the status alone counts. The body is not read, however long it is.
    pub async fn status(&self, request: Request<'_>) -> Result<StatusCode, EgressError> {
        Ok(self.send(request).await?.status())
    }

    async fn send(&self, request: Request<'_>) -> Result<reqwest::Response, EgressError> {
        let (dialler, url) = self.route(request.url)?;
        let client = dialler.as_ref().as_ref().map_err(Clone::clone)?;
        let mut builder =
            client.request(request.method, url).headers(request.headers).timeout(request.timeout);
        if let Body::Bytes(media_type, bytes) = request.body {
            builder = builder.header(http::header::CONTENT_TYPE, media_type).body(bytes);
        }
        builder.send().await.map_err(|error| EgressError::of(&error))
    }

    fn route(&self, url: &str) -> Result<(&Dialler, Url), EgressError> {
        let url = plain(url)?;
        if Origin::of(&url).is_some_and(|origin| self.private_origins.contains(&origin)) {
            return Ok((&self.listed, url));
        }
        if self.any_loopback && url.scheme() == "http" && url.host().is_some_and(|host| is_loopback(&host)) {
            return Ok((&self.listed, url));
        }
        check_public(&url)?;
        Ok((&self.public, url))
    }
}

fn builder() -> reqwest::ClientBuilder {
    reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .referer(false)
        .connect_timeout(Duration::from_secs(5))
        .pool_idle_timeout(Duration::from_secs(30))
        .user_agent(concat!("OpenIAS/", env!("CARGO_PKG_VERSION")))
}

fn build(builder: reqwest::ClientBuilder) -> Result<reqwest::Client, EgressError> {
    builder.build().map_err(|_| EgressError::NoCertificates)
}

/// Whether a client with these private origins would dial a URL: for configuration, before there is a client.
pub fn permits(url: &str, private_origins: &[Origin]) -> Result<(), EgressError> {
    let url = plain(url)?;
    if Origin::of(&url).is_some_and(|origin| private_origins.contains(&origin)) {
        return Ok(());
    }
    check_public(&url)
}

fn plain(url: &str) -> Result<Url, EgressError> {
    let url = Url::parse(url).map_err(|_| EgressError::InvalidUrl)?;
    let credentials = !url.username().is_empty() || url.password().is_some();
    if credentials { Err(EgressError::Credentials) } else { Ok(url) }
}

fn check_public(url: &Url) -> Result<(), EgressError> {
    if url.scheme() != "https" {
        return Err(EgressError::NotHttps);
    }
    // The resolver sees names only: an address written out goes past it.
    let literal = match url.host() {
        Some(Host::Ipv4(address)) => Some(IpAddr::V4(address)),
        Some(Host::Ipv6(address)) => Some(IpAddr::V6(address)),
        Some(Host::Domain(_)) => None,
        None => return Err(EgressError::InvalidUrl),
    };
    if literal.is_some_and(|address| !is_public(address)) {
        return Err(EgressError::PrivateAddress);
    }
    Ok(())
}

/// Resolves a name and drops every address that is not public. The address checked is the address dialled,
/// so a name that changes its mind between the two gains nothing.
#[derive(Clone, Copy, Debug)]
struct PublicOnly;

#[derive(Debug, thiserror::Error)]
#[error("the name resolves to no public address")]
struct NoPublicAddress;

impl Resolve for PublicOnly {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let public: Vec<SocketAddr> = found.filter(|address| is_public(address.ip())).collect();
            if public.is_empty() {
                return Err(NoPublicAddress.into());
            }
            Ok(Box::new(public.into_iter()) as Addrs)
        })
    }
}

fn caused_by_private_address(error: &reqwest::Error) -> bool {
    let mut cause = std::error::Error::source(error);
    while let Some(inner) = cause {
        if inner.is::<NoPublicAddress>() {
            return true;
        }
        cause = inner.source();
    }
    false
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

    use super::*;

    fn client(listed: &[&str]) -> Client {
        Client::new(listed.iter().map(|text| Origin::parse(text).expect("an origin")))
    }

    #[test]
    fn addresses_written_out_are_judged_however_they_are_written() {
        let client = client(&[]);
        for url in [
            "https://127.0.0.1/",
            "https://2130706433/",
            "https://0x7f.1/",
            "https://0177.0.0.1/",
            "https://[::1]/",
            "https://[::ffff:10.0.0.1]/",
            "https://169.254.169.254/latest/meta-data",
            "https://192.168.1.1:8443/",
        ] {
            assert_eq!(client.permits(url), Err(EgressError::PrivateAddress), "{url}");
            assert_eq!(permits(url, &[]), Err(EgressError::PrivateAddress), "{url}");
        }
    }

    #[test]
    fn what_a_client_would_dial_is_known_before_there_is_one() {
        let listed = "http://127.0.0.1:8480";
        let (client, origins) = (client(&[listed]), [Origin::parse(listed).expect("an origin")]);
        for url in [
            "http://127.0.0.1:8480/jwks",
            "http://127.0.0.1:8481/jwks",
            "http://u@127.0.0.1:8480/jwks",
            "https://keys.example/jwks",
            "https://10.1.1.1/jwks",
            "http://keys.example/jwks",
            "ftp://keys.example/jwks",
            "jwks",
        ] {
            assert_eq!(permits(url, &origins), client.permits(url), "{url}");
        }
    }

    #[test]
    fn only_https_and_plain_urls_leave() {
        let client = client(&[]);
        assert_eq!(client.permits("http://example.org/"), Err(EgressError::NotHttps));
        assert_eq!(client.permits("file:///etc/passwd"), Err(EgressError::NotHttps));
        assert_eq!(client.permits("https://user:pw@example.org/"), Err(EgressError::Credentials));
        assert_eq!(client.permits("nonsense"), Err(EgressError::InvalidUrl));
        assert_eq!(client.permits("https://example.org/x?y"), Ok(()));
    }

    #[test]
    fn a_listed_origin_is_listed_with_its_scheme_and_port() {
        let client = client(&["http://127.0.0.1:8480"]);
        assert_eq!(client.permits("http://127.0.0.1:8480/par"), Ok(()));
        assert_eq!(client.permits("http://127.0.0.1:8481/par"), Err(EgressError::NotHttps));
        assert_eq!(client.permits("https://127.0.0.1:8480/par"), Err(EgressError::PrivateAddress));
    }

    #[test]
    fn any_loopback_is_this_machine_over_http_and_nothing_else() {
        let open = client(&[]).with_any_loopback();
        for url in [
            "http://127.0.0.1:3000/webhooks",
            "http://localhost:65535/",
            "http://LOCALHOST/",
            "http://[::1]:8080/",
            "http://127.8.9.1:1/",
        ] {
            assert_eq!(open.permits(url), Ok(()), "{url}");
            assert_eq!(client(&[]).permits(url), Err(EgressError::NotHttps), "{url}");
        }
        for url in [
            "http://localhost.example.org/",
            "http://10.0.0.5/",
            "http://0.0.0.0/",
            "http://169.254.169.254/",
            "http://[::ffff:127.0.0.1]/",
            "http://example.org/",
        ] {
            assert_eq!(open.permits(url), Err(EgressError::NotHttps), "{url}");
        }
        assert_eq!(open.permits("https://127.0.0.1:8443/"), Err(EgressError::PrivateAddress));
        assert_eq!(open.permits("http://user:pw@localhost/"), Err(EgressError::Credentials));
    }

    #[tokio::test]
    async fn a_status_is_read_whatever_follows_it() {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let origin = format!("http://{}", listener.local_addr().expect("an address"));
        let endless = tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.expect("a caller");
            assert!(stream.read(&mut [0; 1024]).await.expect("a request") > 0);
            let head = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n";
            let mut sent = stream.write_all(head).await;
            while sent.is_ok() {
                sent = stream.write_all(b"4\r\nmore\r\n").await;
            }
        });
        let client = client(&[&origin]);
        let status = client.status(Request::get(&origin).within(Duration::from_secs(30))).await;
        assert_eq!(status, Ok(StatusCode::OK));
        endless.await.expect("the caller hangs up");
    }

    #[tokio::test]
    async fn a_name_that_resolves_to_loopback_is_not_dialled() {
        let answer = client(&[]).fetch(Request::get("https://localhost/")).await;
        assert_eq!(answer.map(drop), Err(EgressError::PrivateAddress));
    }
}
