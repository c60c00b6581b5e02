//! A webhook endpoint that keeps what it catches, and can answer in every way that endpoints do.

use std::sync::{Arc, Mutex, PoisonError};

use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use model::Secret;
use serde_json::Value;
use tokio::sync::watch;

use crate::loopback::{self, Reply, Request};

/// How the endpoint answers from now on.
#[derive(Clone, Debug)]
pub enum Manner {
    /// With this status.
    Answers(u16),
    /// With a redirect to this URL.
    Redirects(String),
    /// Not at all; the connection stays open.
    Hangs,
    /// By closing the connection.
    HangsUp,
}

/// A message that was caught.
#[derive(Clone, Debug)]
pub struct Caught {
    /// Header names in lower case, and values.
    pub headers: Vec<(String, String)>,
    /// The body byte for byte.
    pub body: String,
    /// Whether it was answered with 2xx: acknowledged.
    pub acknowledged: bool,
}

impl Caught {
    /// A header, or nothing.
    pub fn header(&self, name: &str) -> &str {
        self.headers.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value)
    }

    /// The body as JSON.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_default()
    }

    /// The event's id.
    pub fn id(&self) -> String {
        self.json()["id"].as_str().unwrap_or_default().to_owned()
    }

    /// The event's type.
    pub fn event_type(&self) -> String {
        self.json()["type"].as_str().unwrap_or_default().to_owned()
    }

    /// Whether the signature is right (Standard Webhooks), reckoned here by hand.
    pub fn is_signed_with(&self, secret: &Secret) -> bool {
        let Some(key) = secret.expose().strip_prefix("whsec_").and_then(|text| STANDARD.decode(text).ok())
        else {
            return false;
        };
        let signed =
            format!("{}.{}.{}", self.header("webhook-id"), self.header("webhook-timestamp"), self.body);
        let Some(tag) = self.header("webhook-signature").strip_prefix("v1,") else { return false };
        let key = hmac::Key::new(hmac::HMAC_SHA256, &key);
        STANDARD.decode(tag).is_ok_and(|tag| hmac::verify(&key, signed.as_bytes(), &tag).is_ok())
    }
}

/// The endpoint. Runs for as long as the runtime lives.
#[derive(Clone)]
pub struct Catcher {
    /// Its origin, for an egress list.
    pub origin: String,
    /// Its URL.
    pub url: String,
    manner: Arc<Mutex<Manner>>,
    caught: Arc<watch::Sender<Vec<Caught>>>,
}

impl Catcher {
    /// Starts an endpoint that acknowledges everything.
    ///
    /// # Panics
    /// When no port is free.
    pub async fn start() -> Self {
        let (listener, origin) = loopback::listen().await;
        let catcher = Self {
            url: format!("{origin}/webhooks"),
            origin,
            manner: Arc::new(Mutex::new(Manner::Answers(204))),
            caught: Arc::new(watch::Sender::new(Vec::new())),
        };
        let taking = catcher.clone();
        loopback::serve(listener, move |request| taking.take(request));
        catcher
    }

    /// Answers in another manner from now on.
    pub fn behave(&self, manner: Manner) {
        *self.manner.lock().unwrap_or_else(PoisonError::into_inner) = manner;
    }

    /// Everything caught so far, oldest first.
    pub fn caught(&self) -> Vec<Caught> {
        self.caught.borrow().clone()
    }

    /// Waits until what was caught pleases.
    pub async fn wait_until(&self, pleases: impl Fn(&[Caught]) -> bool) -> Vec<Caught> {
        let mut changes = self.caught.subscribe();
        let caught = changes.wait_for(|caught| pleases(caught)).await;
        caught.map(|caught| caught.clone()).unwrap_or_default()
    }

    fn take(&self, request: Request) -> Reply {
        let manner = self.manner.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let acknowledged = matches!(manner, Manner::Answers(200..=299));
        let Request { headers, body, .. } = request;
        self.caught.send_modify(|caught| caught.push(Caught { headers, body, acknowledged }));
        let answer = |status, headers| Reply::Answer { status, headers, body: Vec::new() };
        match manner {
            Manner::Answers(status) => answer(status, Vec::new()),
            Manner::Redirects(url) => answer(302, vec![("location", url)]),
            Manner::Hangs => Reply::Silence,
            Manner::HangsUp => Reply::HangUp,
        }
    }
}
