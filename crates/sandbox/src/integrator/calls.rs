//! HTTP calls, each noted with what it was and how long it took. Never a query, a header or a body:
//! those carry codes and tokens.

use std::sync::{Arc, Mutex, PoisonError};

use ambient::Clock;
use egress::{Client, EgressError, Fetched, Request};
use model::Timestamp;
use serde::Serialize;
use serde::de::DeserializeOwned;
use url::Url;

/// One call that was made.
#[derive(Clone, Debug, Serialize)]
pub struct Call {
    /// What it was for.
    pub step: String,
    /// The method.
    pub method: String,
    /// The path without its query.
    pub path: String,
    /// The status; none when there was no answer.
    pub status: Option<u16>,
    /// How long it took; of a repeated call, all together.
    pub millis: u64,
    /// How often it was made in a row, as polling does.
    pub times: u32,
}

/// Makes calls and notes them.
#[derive(Clone)]
pub struct Calls {
    client: Client,
    clock: Clock,
    made: Arc<Mutex<Vec<Call>>>,
    watcher: Arc<dyn Fn(&Call) + Send + Sync>,
}

/// A call that did not bring what was asked for.
#[derive(Debug, thiserror::Error)]
pub enum CallFault {
    /// There was no answer.
    #[error("{step}: {fault}")]
    NoAnswer {
        /// What it was for.
        step: String,
        /// What went wrong.
        fault: EgressError,
    },
    /// The status was another one than expected.
    #[error("{step}: the answer was {status}: {said}")]
    Status {
        /// What it was for.
        step: String,
        /// The status.
        status: u16,
        /// The error code or text that came with it.
        said: String,
    },
    /// The answer was not what it should be.
    #[error("{step}: the answer lacks {what}")]
    Unexpected {
        /// What it was for.
        step: String,
        /// What was missing.
        what: &'static str,
    },
}

/// An answer with the expected status.
pub struct Reply {
    step: String,
    fetched: Fetched,
}

impl Calls {
    /// Calls through `client`; `watcher` is told of each call when it has ended.
    pub fn new(client: Client, clock: Clock, watcher: impl Fn(&Call) + Send + Sync + 'static) -> Self {
        Self { client, clock, made: Arc::default(), watcher: Arc::new(watcher) }
    }

    /// The time, as the app sees it.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Makes a call and expects one of `statuses`.
    pub async fn expect(
        &self,
        step: &str,
        request: Request<'_>,
        statuses: &[u16],
    ) -> Result<Reply, CallFault> {
        let method = request.method.to_string();
        let path = Url::parse(request.url).map(|url| url.path().to_owned()).unwrap_or_default();
        let started = self.clock.now();
        let outcome = self.client.fetch(request).await;
        let millis = u64::try_from(self.clock.now().since(started).as_millis()).unwrap_or(u64::MAX);
        let status = outcome.as_ref().ok().map(|fetched| fetched.status.as_u16());
        self.note(Call { step: step.to_owned(), method, path, status, millis, times: 1 });
        let fetched = outcome.map_err(|fault| CallFault::NoAnswer { step: step.to_owned(), fault })?;
        if statuses.contains(&fetched.status.as_u16()) {
            Ok(Reply { step: step.to_owned(), fetched })
        } else {
            let status = fetched.status.as_u16();
            Err(CallFault::Status { step: step.to_owned(), status, said: error_of(&fetched) })
        }
    }

    /// The calls made so far.
    pub fn made(&self) -> Vec<Call> {
        self.made.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn note(&self, call: Call) {
        let mut made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        let repeats = |last: &&mut Call| {
            (&last.step, &last.method, &last.path, last.status)
                == (&call.step, &call.method, &call.path, call.status)
        };
        if let Some(last) = made.last_mut().filter(repeats) {
            last.millis += call.millis;
            last.times += 1;
        } else {
            (self.watcher)(&call);
            made.push(call);
        }
    }
}

impl Reply {
    /// The body as JSON of a known form.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, CallFault> {
        serde_json::from_slice(&self.fetched.body).map_err(|_| self.unexpected("the expected JSON"))
    }

    /// The body as text.
    pub fn text(&self) -> Result<&str, CallFault> {
        std::str::from_utf8(&self.fetched.body).map_err(|_| self.unexpected("text"))
    }

    /// Where a redirect leads.
    pub fn location(&self) -> Result<Url, CallFault> {
        let location = self.fetched.headers.get("location").and_then(|value| value.to_str().ok());
        location.and_then(|text| Url::parse(text).ok()).ok_or_else(|| self.unexpected("a redirect"))
    }

    /// A parameter of the URL a redirect leads to.
    pub fn redirected_with(&self, name: &'static str) -> Result<String, CallFault> {
        let url = self.location()?;
        let value = url.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned());
        value.ok_or_else(|| self.unexpected(name))
    }

    /// The value of a hidden field in an HTML form.
    pub fn hidden_field(&self, name: &'static str) -> Result<String, CallFault> {
        let text = self.text()?;
        let marker = format!("name=\"{name}\"");
        let tag = text.split('<').find(|tag| tag.starts_with("input") && tag.contains(&marker));
        let value = tag.and_then(|tag| tag.split("value=\"").nth(1)?.split('"').next());
        value.map(str::to_owned).ok_or_else(|| self.unexpected(name))
    }

    /// The body.
    pub fn body(&self) -> &[u8] {
        &self.fetched.body
    }

    fn unexpected(&self, what: &'static str) -> CallFault {
        CallFault::Unexpected { step: self.step.clone(), what }
    }
}

/// What an error answer says of itself: an OAuth error, the envelope's text, or nothing.
fn error_of(fetched: &Fetched) -> String {
    let body: serde_json::Value = serde_json::from_slice(&fetched.body).unwrap_or_default();
    let text = |name: &str| body[name].as_str().map(str::to_owned);
    match (text("error"), text("error_description")) {
        (Some(error), Some(description)) => format!("{error}: {description}"),
        (Some(error), None) => error,
        _ => "no explanation".to_owned(),
    }
}
