//! A client's token exchange endpoint that answers what a test says, and remembers what it was asked.

use std::sync::{Arc, Mutex, PoisonError};

use crate::loopback::{self, Reply};

/// The endpoint, served for as long as the runtime lives.
#[derive(Clone)]
pub struct ExchangeEndpoint {
    /// Where it is.
    pub url: String,
    state: Arc<Mutex<State>>,
}

struct State {
    status: u16,
    retry_after: Option<&'static str>,
    body: String,
    hang_ups: usize,
    asked: Vec<String>,
}

impl ExchangeEndpoint {
    /// Starts it. It answers everything with an empty object.
    ///
    /// # Panics
    /// When no port is free.
    pub async fn start() -> Self {
        let (listener, origin) = loopback::listen().await;
        let state =
            State { status: 200, retry_after: None, body: "{}".to_owned(), hang_ups: 0, asked: Vec::new() };
        let state = Arc::new(Mutex::new(state));
        let shared = Arc::clone(&state);
        loopback::serve(listener, move |request| {
            let mut state = shared.lock().unwrap_or_else(PoisonError::into_inner);
            state.asked.push(request.body);
            if state.hang_ups > 0 {
                state.hang_ups -= 1;
                return Reply::HangUp;
            }
            let wait = state.retry_after.map(|wait| ("retry-after", wait.to_owned()));
            let headers = [("content-type", "application/json".to_owned())].into_iter().chain(wait);
            Reply::Answer {
                status: state.status,
                headers: headers.collect(),
                body: state.body.clone().into(),
            }
        });
        Self { url: format!("{origin}/exchange"), state }
    }

    /// Answers everything with this from now on.
    pub fn answers(&self, status: u16, body: &str) {
        self.change(|state| (state.status, state.body) = (status, body.to_owned()));
    }

    /// Asks to come later.
    pub fn is_busy(&self, status: u16, retry_after: &'static str) {
        self.change(|state| (state.status, state.retry_after) = (status, Some(retry_after)));
    }

    /// Hangs up on the next calls.
    pub fn hangs_up(&self, times: usize) {
        self.change(|state| state.hang_ups = times);
    }

    /// The forms it was sent.
    pub fn asked(&self) -> Vec<String> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).asked.clone()
    }

    fn change(&self, change: impl FnOnce(&mut State)) {
        change(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner));
    }
}
