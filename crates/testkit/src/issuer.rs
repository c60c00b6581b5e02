//! An issuer that publishes what a test says, or misbehaves, and counts how often it is asked.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::{Value, json};

use crate::loopback::{self, Reply};

/// The issuer, served for as long as the runtime lives.
#[derive(Clone)]
pub struct Issuer {
    /// Its issuer URL, which is its origin too.
    pub url: String,
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    discovery: String,
    keys: Vec<u8>,
    headers: Vec<(&'static str, String)>,
    status: u16,
    silent: bool,
    asked: usize,
    discovered: usize,
    pages: HashMap<String, (u16, String)>,
    received: Vec<Received>,
}

/// A request for one of its pages.
#[derive(Clone, Debug)]
pub struct Received {
    /// The `Authorization` header, or nothing.
    pub authorization: String,
    /// The body.
    pub body: String,
}

impl Issuer {
    /// Starts it, with these keys.
    ///
    /// # Panics
    /// When no port is free.
    pub async fn start(keys: &[Value]) -> Self {
        let (listener, url) = loopback::listen().await;
        let discovery = json!({"issuer": url, "jwks_uri": format!("{url}/jwks")}).to_string();
        let keys = json!({"keys": keys}).to_string().into_bytes();
        let headers = json_headers();
        let state =
            State { discovery, keys, headers, status: 200, silent: false, asked: 0, ..State::default() };
        let state = Arc::new(Mutex::new(state));
        let shared = Arc::clone(&state);
        loopback::serve(listener, move |request| {
            let mut state = shared.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some((status, body)) = state.pages.get(&request.path).cloned() {
                let mut headers = request.headers.into_iter();
                let authorization = headers.find(|(name, _)| name == "authorization").map(|(_, value)| value);
                let authorization = authorization.unwrap_or_default();
                state.received.push(Received { authorization, body: request.body });
                return Reply::Answer { status, headers: json_headers(), body: body.into_bytes() };
            }
            let (headers, body) = if request.path == "/.well-known/openid-configuration" {
                state.discovered += 1;
                (json_headers(), state.discovery.clone().into_bytes())
            } else {
                state.asked += 1;
                (state.headers.clone(), state.keys.clone())
            };
            if state.silent {
                return Reply::Silence;
            }
            Reply::Answer { status: state.status, headers, body }
        });
        Self { url, state }
    }

    /// Publishes other keys from now on.
    pub fn publishes(&self, keys: &[Value]) {
        self.publishes_text(&json!({"keys": keys}).to_string());
    }

    /// Publishes any text as keys from now on.
    pub fn publishes_text(&self, text: &str) {
        self.change(|state| state.keys = text.as_bytes().to_vec());
    }

    /// Publishes any bytes as keys, under these headers instead of that of JSON, from now on.
    pub fn publishes_under(&self, headers: &[(&'static str, &str)], bytes: &[u8]) {
        self.change(|state| {
            state.headers = headers.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
            state.keys = bytes.to_vec();
        });
    }

    /// Says something else in its discovery document.
    pub fn says(&self, discovery: &Value) {
        self.says_text(&discovery.to_string());
    }

    /// Publishes any text as its discovery document from now on.
    pub fn says_text(&self, text: &str) {
        self.change(|state| text.clone_into(&mut state.discovery));
    }

    /// Answers requests for `path` with this from now on.
    pub fn answers_at(&self, path: &str, status: u16, body: &Value) {
        self.change(|state| drop(state.pages.insert(path.to_owned(), (status, body.to_string()))));
    }

    /// What was sent to such paths.
    pub fn received(&self) -> Vec<Received> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).received.clone()
    }

    /// Answers everything with this status.
    pub fn answers(&self, status: u16) {
        self.change(|state| state.status = status);
    }

    /// Answers nothing any more.
    pub fn falls_silent(&self) {
        self.change(|state| state.silent = true);
    }

    /// How often its keys were asked for.
    pub fn asked(&self) -> usize {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).asked
    }

    /// How often its discovery document was asked for.
    pub fn discovered(&self) -> usize {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).discovered
    }

    fn change(&self, change: impl FnOnce(&mut State)) {
        change(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner));
    }
}

fn json_headers() -> Vec<(&'static str, String)> {
    vec![("content-type", "application/json".to_owned())]
}
