//! Whether a form comes from a page of ours, in the session it was made for: its `Origin`, and a token that
//! only that session yields. The cookie's SameSite stands before both.

use aws_lc_rs::hmac;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::HeaderMap;
use axum::http::header::ORIGIN;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use egress::Origin;
use model::Secret;

use super::session::Operator;
use super::stop::Stop;
use crate::App;
use crate::request::{Fields, Form};

/// What the session's secret signs to make the token.
const LABEL: &[u8] = b"openias portal form";

/// A form that the operator sent from a page of the portal. Every handler that changes something takes it.
pub(super) struct Posted {
    pub(super) operator: Operator,
    pub(super) fields: Fields,
}

impl FromRequest<App> for Posted {
    type Rejection = Stop;

    async fn from_request(request: Request, app: &App) -> Result<Self, Stop> {
        if !is_from_us(request.headers(), app.base_url()) {
            return Err(Stop::ForeignForm);
        }
        let (mut parts, body) = request.into_parts();
        let operator = Operator::from_request_parts(&mut parts, app).await?;
        let Form(fields) = Form::from_request(Request::from_parts(parts, body), app).await?;
        if !is_token_of(&operator.session, fields.text("csrf")) {
            return Err(Stop::ForeignForm);
        }
        Ok(Self { operator, fields })
    }
}

/// The token that the forms of a session carry.
pub(super) fn token(session: &Secret) -> String {
    URL_SAFE_NO_PAD.encode(hmac::sign(&key(session), LABEL))
}

/// Whether a form may come from a page of ours. Browsers name the origin of every form; our pages let them
/// name it (see `Referrer-Policy` in pages.rs), so `null` is somebody else's.
pub(super) fn is_from_us(headers: &HeaderMap, base_url: &str) -> bool {
    let mut origins = headers.get_all(ORIGIN).iter();
    match (origins.next(), origins.next()) {
        (None, _) => true,
        (Some(origin), None) => {
            let origin = origin.to_str().ok().and_then(|text| Origin::parse(text).ok());
            origin.is_some_and(|origin| Origin::parse(base_url).is_ok_and(|own| own == origin))
        }
        (Some(_), Some(_)) => false,
    }
}

/// Whether a token is of this session; in constant time.
pub(super) fn is_token_of(session: &Secret, token: &str) -> bool {
    URL_SAFE_NO_PAD.decode(token).is_ok_and(|tag| hmac::verify(&key(session), LABEL, &tag).is_ok())
}

fn key(session: &Secret) -> hmac::Key {
    hmac::Key::new(hmac::HMAC_SHA256, session.expose().as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    #[test]
    fn a_token_belongs_to_one_session() {
        let (one, two) = (Secret::new("one".to_owned()), Secret::new("two".to_owned()));
        assert!(is_token_of(&one, &token(&one)));
        for text in [token(&two), String::new(), "%".to_owned(), token(&one)[1..].to_owned()] {
            assert!(!is_token_of(&one, &text), "{text}");
        }
        assert!(!token(&one).contains(one.expose()));
    }

    #[test]
    fn forms_of_other_origins_are_told_apart() {
        let judge = |origins: &[&str]| {
            let headers = origins.iter().map(|text| (ORIGIN, HeaderValue::from_str(text).expect("a header")));
            is_from_us(&headers.collect(), "https://ias.example.org")
        };
        assert!(judge(&[]) && judge(&["https://ias.example.org"]) && judge(&["https://ias.example.org:443"]));
        for origins in [
            &["null"][..],
            &["http://ias.example.org"],
            &["https://ias.example.org.evil.example"],
            &["https://evil.example"],
            &[""],
            &["https://ias.example.org", "https://evil.example"],
        ] {
            assert!(!judge(origins), "{origins:?}");
        }
    }
}
