//! Why a call of an organisation failed, in the words of the portal.

use store::FailedCall;
use token::Rule;

use crate::language::Language;

/// Why a call failed.
pub(super) struct Reason {
    /// What was wrong, and mostly what to do about it.
    pub(super) what: String,
    /// What to tell the CSP, where the token is to blame.
    pub(super) advice: Option<String>,
}

/// The words for a call's rule or, where it has none, for its error.
pub(super) fn reason(language: Language, call: &FailedCall) -> Option<Reason> {
    if let Some(rule) = Rule::from_code(&call.rule) {
        return Some(Reason { what: language.rule(rule), advice: Some(language.advice(rule)) });
    }
    let key = key(&call.rule).or_else(|| key(&call.error))?;
    Some(Reason { what: language.text(key), advice: None })
}

/// The message for the code of a rule or an error.
fn key(code: &str) -> Option<&'static str> {
    Some(match code {
        "par.client_id" => "portal-why-client-id",
        "organization.tefca_disabled" | "tefca_disabled" => "portal-why-tefca",
        "organization.byoi_disabled" => "portal-why-byoi",
        "organization.no_hcid" => "portal-why-no-hcid",
        "par.request_uri" => "portal-why-request-uri",
        "par.request" => "portal-why-request-object",
        "par.authorization_details" => "portal-why-authorization-details",
        "par.scope" => "portal-why-scope",
        "invalid_scope" => "portal-why-narrower-scope",
        "par.response_type" => "portal-why-response-type",
        "par.response_mode" => "portal-why-response-mode",
        "target.resource" => "portal-why-resource",
        "target.audience" => "portal-why-audience",
        "par.no_redirect_uri" => "portal-why-no-redirect-uri",
        "par.redirect_uri" => "portal-why-redirect-uri",
        "par.code_challenge" => "portal-why-code-challenge",
        "par.too_long" => "portal-why-too-long",
        "par.prompt" => "portal-why-prompt",
        "par.max_age" => "portal-why-max-age",
        "par.idp" => "portal-why-idp",
        "par.idp_id_token" => "portal-why-no-token",
        "par.patient_id" => "portal-why-patient-id",
        "proofing.not_set_up" => "portal-why-no-proofing",
        "proofing.idp" => "portal-why-proofing-idp",
        "exchange.unreachable" => "portal-why-exchange-unreachable",
        "exchange.busy" => "portal-why-exchange-busy",
        "exchange.refused" => "portal-why-exchange-refused",
        "exchange.unreadable" => "portal-why-exchange-unreadable",
        "exchange.signing" => "portal-why-exchange-signing",
        "csp.keys_unavailable" => "portal-why-keys",
        "token.email_mode" => "portal-why-email-mode",
        "token.replayed" => "portal-why-replayed",
        "client.busy" | "too_many_requests" => "portal-why-busy",
        "client.replayed" => "portal-why-assertion-replayed",
        "assertion.claim" => "portal-why-assertion-claim",
        "assertion.client" => "portal-why-assertion-client",
        "assertion.audience" => "portal-why-assertion-audience",
        "assertion.expired" => "portal-why-assertion-expired",
        "assertion.life" => "portal-why-assertion-life",
        "assertion.ahead" => "portal-why-assertion-ahead",
        "client.no_patient" => "portal-why-no-patient",
        "dpop.missing" => "portal-why-proof-missing",
        "dpop.proof" => "portal-why-proof",
        "dpop.nonce" => "portal-why-proof-nonce",
        "dpop.replayed" => "portal-why-proof-replayed",
        "dpop.other_key" => "portal-why-proof-other-key",
        "code.unknown" => "portal-why-code-unknown",
        "code.redirect_uri" => "portal-why-code-redirect-uri",
        "code.verifier" => "portal-why-code-verifier",
        "code.spent" => "portal-why-code-spent",
        "refresh_token.unknown" => "portal-why-refresh-unknown",
        "refresh_token.reused" => "portal-why-refresh-reused",
        "unsupported_grant_type" => "portal-why-grant-type",
        "invalid_request" | "invalid_json" => "portal-why-unreadable",
        "not_found" => "portal-why-not-found",
        "connection_revoked" => "portal-why-connection-revoked",
        "consent_ended" => "portal-why-consent-ended",
        "export_expired" => "portal-why-export-expired",
        "link_invalid" => "portal-why-link-invalid",
        "provider_unavailable" => "portal-why-provider",
        "session_ended" => "portal-why-session-ended",
        "test_mode_only" => "portal-why-test-mode-only",
        "server_error" | "store" => "portal-why-server",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use identity::refusals::{LOGGED, REFUSED, SIGNED};

    use super::*;

    #[test]
    fn every_code_that_a_call_fails_by_has_words() {
        for code in REFUSED.iter().map(|refused| refused.code).chain(LOGGED).chain(SIGNED) {
            assert!(key(code).is_some() || Rule::from_code(code).is_some(), "{code} has no words");
        }
    }
}
