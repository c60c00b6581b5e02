//! Standard Webhooks signatures, version 1.

use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use model::{Secret, Timestamp};

/// What a secret begins with.
pub(crate) const SECRET_PREFIX: &str = "whsec_";

/// The `webhook-signature` of a message: `v1,` and the base64 HMAC-SHA-256 over `id.timestamp.body` under
/// the decoded secret. None when the secret is not one.
pub(super) fn sign(secret: &Secret, id: &str, timestamp: Timestamp, body: &str) -> Option<String> {
    let key = STANDARD.decode(secret.expose().strip_prefix(SECRET_PREFIX)?).ok()?;
    let key = hmac::Key::new(hmac::HMAC_SHA256, &key);
    let signed = format!("{id}.{}.{body}", timestamp.seconds());
    Some(format!("v1,{}", STANDARD.encode(hmac::sign(&key, signed.as_bytes()))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_worked_vector() {
        let secret = Secret::new("whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=".to_owned());
        let body = r#"{"api_mode":"test","date":"2024-06-13T00:08:31Z","id":"c0ac7bc4-c6ef-4f0b-bba3-93506774eb74","type":"webhook.test","data":{"hello":"world","random":"12345"}}"#;
        assert_eq!(body.len(), 157);
        let signature = sign(
            &secret,
            "c0ac7bc4-c6ef-4f0b-bba3-93506774eb74",
            Timestamp::from_seconds(1_718_237_311),
            body,
        );
        assert_eq!(signature.as_deref(), Some("v1,I3aNNQFdHsv0y9DA8UXKiKN1QgCbErqkoU+ARSdE70w="));
    }

    #[test]
    fn text_that_is_no_secret_signs_nothing() {
        for text in ["", "whsec_%%%", "MDEy"] {
            assert_eq!(
                sign(&Secret::new(text.to_owned()), "id", Timestamp::from_seconds(0), ""),
                None,
                "{text}"
            );
        }
    }
}
