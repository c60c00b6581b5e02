//! How a credential speaks OAuth, to be read: `openias client policy` changes it.

use std::time::Duration;

use identity::tokens::REFRESH_LIFE;
use identity::{CODE_LIFE, REQUEST_LIFE, SESSION_LIFE};
use jose::KeySet;
use model::{ClientAuthentication, ClientPolicy, RequestUse};

use crate::language::Language;

/// One line: its name and what stands behind it.
pub(super) struct Fact {
    pub(super) name: String,
    /// In words, or as it is written in a configuration.
    pub(super) value: String,
}

/// Every decision of a policy, and how long what the client gets lives.
pub(super) fn facts(language: Language, policy: &ClientPolicy) -> Vec<Fact> {
    let fact = |key: &str, value: String| Fact { name: language.text(key), value };
    let whether = |holds: bool| language.text(if holds { "portal-yes" } else { "portal-no" });
    let used_by = match policy.request_use {
        RequestUse::Load => "portal-policy-request-load",
        RequestUse::Authorize => "portal-policy-request-authorize",
    };
    let none = || language.text("portal-none");
    let after_sign_out = Some(policy.post_logout_redirect_uris.join(" ")).filter(|uris| !uris.is_empty());
    vec![
        fact("portal-policy-profile", policy.profile.name().to_owned()),
        fact("portal-policy-proof", proof(language, policy)),
        fact("portal-policy-dpop", whether(policy.sender_constrained)),
        fact("portal-policy-request-use", language.text(used_by)),
        fact("portal-policy-id-token", policy.id_token_algorithm.name().to_owned()),
        fact("portal-policy-alone", whether(policy.acts_alone())),
        fact("portal-policy-proofing", whether(policy.hosted_proofing)),
        fact("portal-policy-exchange", policy.token_exchange_uri.clone().unwrap_or_else(none)),
        fact("portal-policy-sign-out", after_sign_out.unwrap_or_else(none)),
        fact("portal-policy-itself", whether(policy.consents_itself)),
        fact("portal-policy-lives", lives(language)),
        fact("portal-policy-retry", seconds(language, Duration::from_secs(policy.refresh_retry.into()))),
    ]
}

/// What the client proves itself by: of keys their ids, or else their thumbprints (RFC 7638).
fn proof(language: Language, policy: &ClientPolicy) -> String {
    let ClientAuthentication::PrivateKeyJwt(jwks) = &policy.authentication else {
        return language.text("portal-private-key");
    };
    let keys = KeySet::of_client(jwks.as_bytes()).unwrap_or_default();
    let names: Vec<_> = keys.keys().iter().map(|key| key.kid().unwrap_or_else(|| key.thumbprint())).collect();
    language.text_with("portal-policy-keys", &[("keys", &names.join(", "))])
}

fn lives(language: Language) -> String {
    let days = (REFRESH_LIFE.as_secs() / (24 * 3600)).to_string();
    let [request, code, session] =
        [REQUEST_LIFE, CODE_LIFE, SESSION_LIFE].map(|life| life.as_secs().to_string());
    let values = [("request", &*request), ("code", &*code), ("session", &*session), ("days", &*days)];
    language.text_with("portal-policy-lives-are", &values)
}

fn seconds(language: Language, time: Duration) -> String {
    language.text_with("portal-policy-seconds", &[("seconds", &time.as_secs().to_string())])
}
