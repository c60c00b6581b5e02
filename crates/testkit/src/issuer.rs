//! An issuer that publishes what a test says, or misbehaves, and counts how often it is asked.

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

struct State {
    discovery: String,
    keys: String,
    status: u16,
    silent: bool,
    asked: usize,
}

impl Issuer {
    /// Starts it, with these keys.
    ///
    /// # Panics
    /// When no port is free.
    pub async fn start(keys: &[Value]) -> Self {
        let (listener, url) = loopback::listen().await;
        let discovery = json!({"issuer": url, "jwks_uri": format!("{url}/jwks")}).to_string();
        let keys = json!({"keys": keys}).to_string();
        let state = Arc::new(Mutex::new(State { discovery, keys, status: 200, silent: false, asked: 0 }));
        let shared = Arc::clone(&state);
        loopback::serve(listener, move |request| {
            let mut state = shared.lock().unwrap_or_else(PoisonError::into_inner);
            let body = if request.path == "/.well-known/openid-configuration" {
                state.discovery.clone()
            } else {
                state.asked += 1;
                state.keys.clone()
            };
            if state.silent {
                return Reply::Silence;
            }
            let headers = vec![("content-type", "application/json".to_owned())];
            Reply::Answer { status: state.status, headers, body }
        });
        Self { url, state }
    }

    /// Publishes other keys from now on.
    pub fn publishes(&self, keys: &[Value]) {
        self.change(|state| state.keys = json!({"keys": keys}).to_string());
    }

    /// Publishes any text as keys from now on.
    pub fn publishes_text(&self, text: &str) {
        self.change(|state| text.clone_into(&mut state.keys));
    }

    /// Says something else in its discovery document.
    pub fn says(&self, discovery: &Value) {
        self.says_text(&discovery.to_string());
    }

    /// Publishes any text as its discovery document from now on.
    pub fn says_text(&self, text: &str) {
        self.change(|state| text.clone_into(&mut state.discovery));
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

    fn change(&self, change: impl FnOnce(&mut State)) {
        change(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner));
    }
}
