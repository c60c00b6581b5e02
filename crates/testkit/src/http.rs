//! A client that follows no redirect, and what can be said of its answers.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use egress::{Body, Client, EgressError, Origin, Request};
use http::{HeaderMap, HeaderName, Method};
use serde_json::Value;
use url::Url;
use url::form_urlencoded::Serializer;

const FORM: &str = "application/x-www-form-urlencoded";
const LONGEST: usize = 64 << 20;

/// Calls one server.
#[derive(Clone)]
pub struct Http {
    client: Client,
    address: String,
    base: String,
}

/// A call that is not made yet.
pub struct Call {
    client: Client,
    method: Method,
    url: String,
    headers: HeaderMap,
    body: Body,
}

impl Http {
    /// Calls the server at `base`, an origin.
    ///
    /// # Panics
    /// When `base` is not an origin.
    pub fn new(base: &str) -> Self {
        let origin = Origin::parse(base).expect("an origin");
        Self { client: Client::new([origin]), address: base.to_owned(), base: base.to_owned() }
    }

    /// The same server under the origin that it has for the world, as behind a proxy. Calls go where they went.
    #[must_use]
    pub fn known_as(self, base: &str) -> Self {
        Self { base: base.to_owned(), ..self }
    }

    /// The server's origin.
    pub fn base(&self) -> &str {
        &self.base
    }

    /// A GET of a path, or of a whole URL of this server.
    pub fn get(&self, path: &str) -> Call {
        self.call(Method::GET, path, Body::None)
    }

    /// Any other method without a body.
    pub fn bare(&self, method: Method, path: &str) -> Call {
        self.call(method, path, Body::None)
    }

    /// A POST of a form.
    pub fn form(&self, path: &str, fields: &[(&str, &str)]) -> Call {
        self.post(path, FORM, encode(fields))
    }

    /// A POST of JSON.
    pub fn json(&self, path: &str, body: &Value) -> Call {
        self.post(path, "application/json", body.to_string())
    }

    /// A POST of any bytes.
    pub fn post(&self, path: &str, media_type: &'static str, body: impl Into<Bytes>) -> Call {
        self.call(Method::POST, path, Body::Bytes(media_type, body.into()))
    }

    fn call(&self, method: Method, path: &str, body: Body) -> Call {
        let url = if path.starts_with('/') { format!("{}{path}", self.address) } else { path.to_owned() };
        Call { client: self.client.clone(), method, url, headers: HeaderMap::new(), body }
    }
}

impl Call {
    /// Adds a header; a second one of the same name stands beside the first.
    ///
    /// # Panics
    /// When the value is not one.
    #[must_use]
    pub fn header(mut self, name: &'static str, value: &str) -> Self {
        self.headers.append(HeaderName::from_static(name), value.parse().expect("a header value"));
        self
    }

    /// Adds HTTP Basic credentials.
    #[must_use]
    pub fn basic(self, id: &str, secret: &str) -> Self {
        let value = format!("Basic {}", STANDARD.encode(format!("{id}:{secret}")));
        self.header("authorization", &value)
    }

    /// Adds a bearer token.
    #[must_use]
    pub fn bearer(self, token: &str) -> Self {
        self.header("authorization", &format!("Bearer {token}"))
    }

    /// Makes the call.
    ///
    /// # Panics
    /// When there is no answer.
    pub async fn send(self) -> Answer {
        self.try_send().await.expect("an answer")
    }

    /// Makes the call, which may end without an answer.
    pub async fn try_send(self) -> Result<Answer, EgressError> {
        let request = Request {
            method: self.method,
            headers: self.headers,
            body: self.body,
            ..Request::get(&self.url)
        };
        let fetched = self.client.fetch(request.at_most(LONGEST)).await?;
        Ok(Answer { status: fetched.status.as_u16(), headers: fetched.headers, body: fetched.body })
    }
}

/// An answer.
#[derive(Debug)]
pub struct Answer {
    /// Its status.
    pub status: u16,
    /// Its headers.
    pub headers: HeaderMap,
    /// Its body.
    pub body: Bytes,
}

impl Answer {
    /// A header, or nothing.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The body as JSON.
    ///
    /// # Panics
    /// When it is none.
    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).expect("a JSON body")
    }

    /// Where it redirects to.
    ///
    /// # Panics
    /// When it is no redirect.
    #[track_caller]
    pub fn location(&self) -> Url {
        Url::parse(self.header("location")).expect("a redirect")
    }

    /// A parameter of the URL it redirects to.
    #[track_caller]
    pub fn parameter(&self, name: &str) -> Option<String> {
        let location = self.location();
        location.query_pairs().find(|(known, _)| known == name).map(|(_, value)| value.into_owned())
    }

    /// The value of a hidden field of the form on a page.
    ///
    /// # Panics
    /// When there is none.
    #[track_caller]
    pub fn hidden(&self, name: &str) -> String {
        let (text, marker) = (self.text(), format!("name=\"{name}\""));
        let tag = text.split('<').find(|tag| tag.starts_with("input") && tag.contains(&marker));
        let value = tag.and_then(|tag| tag.split("value=\"").nth(1)?.split('"').next());
        value.expect("a hidden field").to_owned()
    }

    /// Asserts a status.
    ///
    /// # Panics
    /// When it is another.
    #[track_caller]
    #[expect(clippy::return_self_not_must_use, reason = "asserting is use enough")]
    pub fn is(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{:.400}", self.text());
        self
    }

    /// Asserts an OAuth error (RFC 6749 5.2): status, code, a description, `no-store`, and a challenge
    /// exactly on a 401.
    ///
    /// # Panics
    /// When it is not that.
    #[track_caller]
    pub fn is_oauth_error(&self, status: u16, error: &str) {
        assert_eq!((self.status, self.json()["error"].as_str()), (status, Some(error)), "{}", self.text());
        assert!(self.json()["error_description"].as_str().is_some_and(|text| text.ends_with(['.', ')'])));
        self.is_an_error_answer();
    }

    /// Asserts an error of the bridge API: status, code, a sentence, `no-store`, and a challenge exactly on
    /// a 401.
    ///
    /// # Panics
    /// When it is not that.
    #[track_caller]
    pub fn is_bridge_error(&self, status: u16, code: &str) {
        assert_eq!((self.status, self.json()["code"].as_str()), (status, Some(code)), "{}", self.text());
        assert_eq!(self.json()["success"], false);
        assert!(self.json()["error"].as_str().is_some_and(|text| !text.is_empty()));
        self.is_an_error_answer();
    }

    /// Asserts the page of a problem, which no cache keeps and which leads nowhere.
    ///
    /// # Panics
    /// When it is not that.
    #[track_caller]
    pub fn is_problem(&self, status: u16, problem: &str) {
        assert_eq!(self.status, status, "{:.400}", self.text());
        assert!(self.text().contains(&format!("data-problem=\"{problem}\"")), "{}", self.text());
        assert_eq!((self.header("cache-control"), self.header("location")), ("no-store", ""));
    }

    #[track_caller]
    fn is_an_error_answer(&self) {
        assert_eq!(self.header("cache-control"), "no-store");
        assert!(self.header("content-type").starts_with("application/json"));
        assert_eq!(self.status == 401, !self.header("www-authenticate").is_empty());
        assert_eq!(self.header("x-request-id").len(), 36);
    }
}

/// A form or a query.
pub fn encode(fields: &[(&str, &str)]) -> String {
    Serializer::new(String::new()).extend_pairs(fields).finish()
}
