//! Whether an operator's decisions about a client go together.

use egress::Origin;
use jose::{KeyFault, KeySet};
use model::{ClientAuthentication, ClientPolicy, ClientProfile, IdTokenAlgorithm, Mode, RedirectTarget};
use store::StoreError;

use super::MAX_ADDRESSES;

/// A lost answer is asked for again within seconds; a longer time would be a thief's.
const LONGEST_RETRY: u32 = 60;

/// What does not go together.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PolicyFault {
    /// FAPI 2.0 section 5.3.2.1 has clients prove themselves by keys.
    #[error(
        "a fapi2 client proves itself by signed assertions: name its keys (--jwks), or leave FAPI 2.0 \
         (--profile byoi --secret)"
    )]
    SecretInFapi2,
    /// FAPI 2.0 section 5.3.2.1 has tokens bound to keys.
    #[error("a fapi2 client's tokens are bound to keys: switch DPoP on (--dpop true)")]
    BearerInFapi2,
    /// FAPI 2.0 section 5.4 leaves RSA signatures of this kind out.
    #[error("a fapi2 client's ID tokens are signed with ES256 (--id-token-alg ES256)")]
    Rs256InFapi2,
    /// The widget, to which a client without one would leave its patients, holds no key.
    #[error("tokens bound to keys are for a credential with a redirect URI: the widget holds no key")]
    NowhereToBind,
    /// Whoever has the set could sign for the client: only public keys are for us.
    #[error(
        "the JWK set holds private keys: give the public ones alone, and make new ones where these have been seen"
    )]
    PrivateKeys,
    /// The key set has no key that a signature could be checked with.
    #[error("the JWK set has no usable key: {0}")]
    Keys(String),
    /// A browser cannot be sent there.
    #[error("{0:?} is not an address that a browser may be sent to after a sign-out")]
    PostLogoutRedirectUri(String),
    /// There are too many of them.
    #[error("a credential has at most {MAX_ADDRESSES} addresses after a sign-out")]
    TooManyPostLogoutRedirectUris,
    /// No call goes there.
    #[error("{0:?} is not an https address")]
    TokenExchangeUri(String),
    /// A thief would have the time too.
    #[error("a refresh token may be tried again for at most {LONGEST_RETRY} seconds")]
    RefreshRetry,
    /// Real patients are always asked.
    #[error("only a test client may consent itself: real patients are always asked")]
    LiveConsent,
}

/// Why a policy was not set.
#[derive(Debug, thiserror::Error)]
pub enum PolicyRefusal {
    /// It does not go together.
    #[error(transparent)]
    Fault(#[from] PolicyFault),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The first fault of a policy for a client of this mode, whose codes go to these addresses or to the widget.
pub(super) fn check(mode: Mode, redirect_uris: &[String], policy: &ClientPolicy) -> Result<(), PolicyFault> {
    if let ClientAuthentication::PrivateKeyJwt(jwks) = &policy.authentication {
        check_keys(policy.profile, jwks)?;
    }
    if policy.profile == ClientProfile::Fapi2 {
        check_fapi2(policy)?;
    }
    if policy.sender_constrained && redirect_uris.is_empty() {
        return Err(PolicyFault::NowhereToBind);
    }
    let uris = &policy.post_logout_redirect_uris;
    if let Some(uri) = uris.iter().find(|uri| RedirectTarget::of(uri).is_none()) {
        return Err(PolicyFault::PostLogoutRedirectUri(uri.clone()));
    }
    if uris.len() > MAX_ADDRESSES {
        return Err(PolicyFault::TooManyPostLogoutRedirectUris);
    }
    if let Some(uri) = policy.token_exchange_uri.as_deref().filter(|uri| !can_be_called(uri)) {
        return Err(PolicyFault::TokenExchangeUri(uri.to_owned()));
    }
    if policy.refresh_retry > LONGEST_RETRY {
        return Err(PolicyFault::RefreshRetry);
    }
    if policy.consents_itself && mode == Mode::Live {
        return Err(PolicyFault::LiveConsent);
    }
    Ok(())
}

/// The profile, and which parts of a policy differ from what was before: their names alone, for the audit trail.
pub(super) fn changes(before: &ClientPolicy, after: &ClientPolicy) -> String {
    let ClientPolicy {
        profile,
        authentication,
        request_use,
        id_token_algorithm,
        sender_constrained,
        client_credentials,
        refresh_retry,
        post_logout_redirect_uris,
        hosted_proofing,
        token_exchange_uri,
        consents_itself,
    } = before;
    let parts = [
        ("profile", *profile != after.profile),
        ("authentication", *authentication != after.authentication),
        ("request_use", *request_use != after.request_use),
        ("id_token_algorithm", *id_token_algorithm != after.id_token_algorithm),
        ("sender_constrained", *sender_constrained != after.sender_constrained),
        ("client_credentials", *client_credentials != after.client_credentials),
        ("refresh_retry", *refresh_retry != after.refresh_retry),
        ("post_logout_redirect_uris", *post_logout_redirect_uris != after.post_logout_redirect_uris),
        ("hosted_proofing", *hosted_proofing != after.hosted_proofing),
        ("token_exchange_uri", *token_exchange_uri != after.token_exchange_uri),
        ("consents_itself", *consents_itself != after.consents_itself),
    ];
    let changed = parts.into_iter().filter(|(_, changed)| *changed).map(|(name, _)| name);
    [after.profile.name()].into_iter().chain(changed).collect::<Vec<_>>().join(" ")
}

fn check_keys(profile: ClientProfile, jwks: &str) -> Result<(), PolicyFault> {
    let keys = KeySet::of_client(jwks.as_bytes()).map_err(|fault| PolicyFault::Keys(fault.to_string()))?;
    if keys.skipped().iter().any(|(_, fault)| *fault == KeyFault::PrivateMembers) {
        return Err(PolicyFault::PrivateKeys);
    }
    let known = oauth::algorithms(profile);
    if keys.keys().iter().any(|key| key.algorithms().any(|good| known.contains(&good))) {
        return Ok(());
    }
    let names: Vec<_> = known.iter().map(|algorithm| algorithm.name()).collect();
    Err(PolicyFault::Keys(format!("none is good for {}", names.join(", "))))
}

fn check_fapi2(policy: &ClientPolicy) -> Result<(), PolicyFault> {
    if policy.authentication == ClientAuthentication::Secret {
        return Err(PolicyFault::SecretInFapi2);
    }
    if !policy.sender_constrained {
        return Err(PolicyFault::BearerInFapi2);
    }
    if policy.id_token_algorithm == IdTokenAlgorithm::Rs256 {
        return Err(PolicyFault::Rs256InFapi2);
    }
    Ok(())
}

/// Https, or this machine while somebody develops.
fn can_be_called(uri: &str) -> bool {
    let Ok(url) = url::Url::parse(uri) else { return false };
    let bare = url.username().is_empty() && url.password().is_none() && url.fragment().is_none();
    let at_home = || Origin::parse(&url.origin().ascii_serialization()).is_ok_and(|at| at.is_loopback());
    bare && (url.scheme() == "https" || at_home())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 7517 appendix A.1 and RFC 7638 section 3.1.
    const EC: &str = r#"{"kty":"EC","crv":"P-256","x":"MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4","y":"4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM","kid":"1"}"#;
    const RSA: &str = r#"{"kty":"RSA","n":"0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw","e":"AQAB","alg":"RS256","kid":"2"}"#;

    fn keys(keys: &str) -> ClientAuthentication {
        ClientAuthentication::PrivateKeyJwt(format!("{{\"keys\":[{keys}]}}"))
    }

    fn judge(mode: Mode, policy: &ClientPolicy) -> Result<(), PolicyFault> {
        check(mode, &["https://app.example/callback".to_owned()], policy)
    }

    #[test]
    fn what_does_not_go_together_is_named() {
        let good = ClientPolicy::default();
        assert_eq!(judge(Mode::Live, &good), Ok(()));
        let uri = |uri: &str| ClientPolicy { token_exchange_uri: Some(uri.to_owned()), ..good.clone() };
        let bad = |uri: &str| PolicyFault::TokenExchangeUri(uri.to_owned());
        for (policy, fault) in [
            (ClientPolicy { refresh_retry: 61, ..good.clone() }, PolicyFault::RefreshRetry),
            (ClientPolicy { consents_itself: true, ..good.clone() }, PolicyFault::LiveConsent),
            (uri("http://app.example/exchange"), bad("http://app.example/exchange")),
            (uri("https://a:b@app.example/"), bad("https://a:b@app.example/")),
            (
                ClientPolicy {
                    post_logout_redirect_uris: vec!["javascript:alert(1)".to_owned()],
                    ..good.clone()
                },
                PolicyFault::PostLogoutRedirectUri("javascript:alert(1)".to_owned()),
            ),
        ] {
            assert_eq!(judge(Mode::Live, &policy), Err(fault));
        }
        let keyless = ClientPolicy { authentication: keys(""), ..good.clone() };
        assert!(matches!(judge(Mode::Live, &keyless), Err(PolicyFault::Keys(_))));
        let private = EC.replace("\"kid\"", "\"d\":\"870MB6gfuTJ4HtUnUvYMyJpr5eUZNP4Bk43bVdj3eAE\",\"kid\"");
        for set in [private.clone(), format!("{RSA},{private}")] {
            let shown = ClientPolicy { authentication: keys(&set), ..good.clone() };
            assert_eq!(judge(Mode::Live, &shown), Err(PolicyFault::PrivateKeys));
        }
        assert_eq!(judge(Mode::Live, &uri("http://127.0.0.1:8490/exchange")), Ok(()));
        assert_eq!(judge(Mode::Test, &ClientPolicy { consents_itself: true, ..good.clone() }), Ok(()));
        let bound = ClientPolicy { sender_constrained: true, ..good };
        assert_eq!(judge(Mode::Live, &bound), Ok(()));
        assert_eq!(check(Mode::Live, &[], &bound), Err(PolicyFault::NowhereToBind));
    }

    #[test]
    fn what_changed_is_named_and_not_shown() {
        let before = ClientPolicy::default();
        assert_eq!(changes(&before, &before), "byoi");
        let after = ClientPolicy {
            authentication: keys(EC),
            token_exchange_uri: Some("https://app.example/exchange".to_owned()),
            ..before.clone()
        };
        assert_eq!(changes(&before, &after), "byoi authentication token_exchange_uri");
        let other_keys = ClientPolicy { authentication: keys(RSA), ..after.clone() };
        assert_eq!(changes(&after, &other_keys), "byoi authentication");
    }

    #[test]
    fn fapi_2_is_kept_whole_or_not_at_all() {
        let good = ClientPolicy {
            profile: ClientProfile::Fapi2,
            authentication: keys(EC),
            sender_constrained: true,
            ..ClientPolicy::default()
        };
        assert_eq!(judge(Mode::Live, &good), Ok(()));
        let either = ClientPolicy { authentication: keys(&format!("{RSA},{EC}")), ..good.clone() };
        assert_eq!(judge(Mode::Live, &either), Ok(()));
        let rsa = ClientPolicy { authentication: keys(RSA), ..good.clone() };
        assert!(matches!(judge(Mode::Live, &rsa), Err(PolicyFault::Keys(_))));
        assert_eq!(judge(Mode::Live, &ClientPolicy { profile: ClientProfile::Byoi, ..rsa }), Ok(()));
        for (policy, fault) in [
            (
                ClientPolicy { authentication: ClientAuthentication::Secret, ..good.clone() },
                PolicyFault::SecretInFapi2,
            ),
            (ClientPolicy { sender_constrained: false, ..good.clone() }, PolicyFault::BearerInFapi2),
            (ClientPolicy { id_token_algorithm: IdTokenAlgorithm::Rs256, ..good }, PolicyFault::Rs256InFapi2),
        ] {
            assert_eq!(judge(Mode::Live, &policy), Err(fault));
        }
    }
}
