//! The second generation of "bring your own identity": the pushed request names a patient, and the client's own token
//! exchange endpoint (RFC 8693) gives out a fresh ID token of theirs when we ask for it with an assertion of ours.

use std::time::Duration;

use egress::{EgressError, Fetched, Request};
use jose::SigningKey;
use model::Hcid;
use serde::Deserialize;
use url::form_urlencoded::Serializer;

use crate::Identity;
use crate::clients::{ASSERTION_TYPE, Client};
use crate::own_assertion::OwnAssertion;
use crate::tokens::id_token::algorithm;

/// A client's backend waits for us while we wait for it.
const PATIENCE: Duration = Duration::from_secs(5);
/// Larger than any ID token.
const MAX_ANSWER: usize = 64 * 1024;
/// The longest `Retry-After` that is passed on, in seconds.
const LONGEST_WAIT: u64 = 300;

const GRANT_TYPE: &str = "urn:ietf:params:oauth:grant-type:token-exchange";
const JWT: &str = "urn:ietf:params:oauth:token-type:jwt";
const ID_TOKEN: &str = "urn:ietf:params:oauth:token-type:id_token";

/// Why the client's endpoint gave no ID token.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ExchangeFault {
    /// No call ended in an answer.
    #[error("the client's token exchange endpoint cannot be reached: {0}")]
    Unreachable(#[from] EgressError),
    /// It asked to come later: 429 or 503, and after how many seconds.
    #[error("the client's token exchange endpoint is busy")]
    Busy(Option<u64>),
    /// It refused: one of RFC 6749 section 5.2 or RFC 8693 section 2.2.2.
    #[error("the client's token exchange endpoint answered {0}")]
    Refused(&'static str),
    /// It answered something else.
    #[error("the client's token exchange endpoint gave no ID token")]
    Unreadable,
    /// Our assertion could not be signed.
    #[error("the assertion could not be signed")]
    Signing,
}

impl ExchangeFault {
    /// The rule's code.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Unreachable(_) => "exchange.unreachable",
            Self::Busy(_) => "exchange.busy",
            Self::Refused(_) => "exchange.refused",
            Self::Unreadable => "exchange.unreadable",
            Self::Signing => "exchange.signing",
        }
    }
}

/// What is read of an answer. RFC 8693 section 2.2.1 has the issued token in `access_token`, whatever it is.
#[derive(Deserialize)]
struct Answer {
    access_token: Option<String>,
    issued_token_type: Option<String>,
    id_token: Option<String>,
    error: Option<String>,
}

/// A fresh ID token of the patient whom the client knows as `patient_id`, unjudged. A call that breaks off is tried
/// once more: nothing is lost by asking twice.
pub(crate) async fn fresh_id_token(
    identity: &Identity,
    client: &Client,
    endpoint: &str,
    patient_id: &str,
    audience: &Hcid,
) -> Result<String, ExchangeFault> {
    // Whoever reads our ID tokens reads these, and knows the algorithm.
    let key = identity.keys.signing(algorithm(client), identity.clock.now()).await;
    let key = key.map_err(|_| ExchangeFault::Signing)?;
    // Two clients may share an endpoint, and the form beside the assertion is signed by nobody.
    let assertion = OwnAssertion {
        issuer: &identity.settings.base_url,
        subject: patient_id,
        audience: endpoint,
        client_id: Some(client.credential.public_id.as_str()),
    };
    let answer = match ask(identity, &key, &assertion, audience).await? {
        Err(EgressError::Unreachable | EgressError::BrokeOff) => {
            ask(identity, &key, &assertion, audience).await??
        }
        outcome => outcome?,
    };
    read(&answer)
}

async fn ask(
    identity: &Identity,
    key: &SigningKey,
    who: &OwnAssertion<'_>,
    audience: &Hcid,
) -> Result<Result<Fetched, EgressError>, ExchangeFault> {
    let assertion = who.sign(identity, key).map_err(|_| ExchangeFault::Signing)?;
    let form = Serializer::new(String::new())
        .append_pair("grant_type", GRANT_TYPE)
        .append_pair("subject_token", &assertion)
        .append_pair("subject_token_type", JWT)
        .append_pair("requested_token_type", ID_TOKEN)
        .append_pair("audience", audience.urn())
        .append_pair("client_assertion_type", ASSERTION_TYPE)
        .append_pair("client_assertion", &assertion)
        .finish();
    let request = Request::post(who.audience, "application/x-www-form-urlencoded", form)
        .header("accept", "application/json")
        .within(PATIENCE)
        .at_most(MAX_ANSWER);
    Ok(identity.client.fetch(request).await)
}

fn read(answer: &Fetched) -> Result<String, ExchangeFault> {
    if matches!(answer.status.as_u16(), 429 | 503) {
        let wait = answer.headers.get("retry-after").and_then(|value| value.to_str().ok()?.parse().ok());
        return Err(ExchangeFault::Busy(wait.map(|wait: u64| wait.min(LONGEST_WAIT))));
    }
    let body: Answer = serde_json::from_slice(&answer.body).map_err(|_| ExchangeFault::Unreadable)?;
    if let Some(error) = body.error {
        return Err(known(&error).map_or(ExchangeFault::Unreadable, ExchangeFault::Refused));
    }
    let exchanged = body.access_token.filter(|_| body.issued_token_type.as_deref() == Some(ID_TOKEN));
    exchanged.or(body.id_token).filter(|_| answer.status.is_success()).ok_or(ExchangeFault::Unreadable)
}

/// The error, if it is one of the table's: what a client's endpoint makes up goes no further.
fn known(error: &str) -> Option<&'static str> {
    ["invalid_request", "invalid_client", "invalid_grant", "unsupported_grant_type", "invalid_target"]
        .into_iter()
        .find(|known| *known == error)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fetched(status: u16, retry_after: Option<&str>, body: &str) -> Fetched {
        let mut answer = Fetched {
            status: status.try_into().expect("a status"),
            headers: http::HeaderMap::new(),
            body: body.to_owned().into(),
        };
        if let Some(wait) = retry_after {
            answer.headers.insert("retry-after", wait.parse().expect("a value"));
        }
        answer
    }

    #[test]
    fn an_id_token_is_read_from_either_place_and_nothing_else_for_one() {
        let exchanged = format!(r#"{{"access_token":"a.b.c","issued_token_type":"{ID_TOKEN}"}}"#);
        assert_eq!(read(&fetched(200, None, &exchanged)), Ok("a.b.c".to_owned()));
        assert_eq!(read(&fetched(200, None, r#"{"id_token":"a.b.c"}"#)), Ok("a.b.c".to_owned()));
        for body in [r#"{"access_token":"a.b.c"}"#, "{}", "<html>", r#"{"error":"a lie about somebody"}"#] {
            assert_eq!(read(&fetched(200, None, body)), Err(ExchangeFault::Unreadable), "{body}");
        }
        assert_eq!(read(&fetched(500, None, &exchanged)), Err(ExchangeFault::Unreadable));
    }

    #[test]
    fn a_refusal_and_a_request_to_wait_are_told_apart() {
        let refused = fetched(400, None, r#"{"error":"invalid_grant","error_description":"Camila left"}"#);
        assert_eq!(read(&refused), Err(ExchangeFault::Refused("invalid_grant")));
        assert_eq!(read(&fetched(429, Some("7"), "")), Err(ExchangeFault::Busy(Some(7))));
        assert_eq!(read(&fetched(503, Some("99999"), "")), Err(ExchangeFault::Busy(Some(LONGEST_WAIT))));
        assert_eq!(read(&fetched(503, Some("Fri, 21 Nov 2026"), "")), Err(ExchangeFault::Busy(None)));
    }
}
