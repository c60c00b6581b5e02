//! Whether an operator's decisions about a client go together.

use egress::Origin;
use jose::KeySet;
use model::{ClientAuthentication, ClientPolicy, ClientProfile, Mode, RedirectTarget};
use store::StoreError;

use super::MAX_ADDRESSES;

/// A lost answer is asked for again within seconds; a longer time would be a thief's.
const LONGEST_RETRY: u32 = 60;

/// What does not go together.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PolicyFault {
    /// FAPI 2.0 section 5.3.2.1 has clients prove themselves by keys.
    #[error("a fapi2 client proves itself by signed assertions: name its keys (--jwks)")]
    SecretInFapi2,
    /// FAPI 2.0 section 5.3.2.1 has tokens bound to keys.
    #[error("a fapi2 client's tokens are bound to keys: switch DPoP on (--dpop true)")]
    BearerInFapi2,
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

/// The first fault of a policy for a client of this mode.
pub(super) fn check(mode: Mode, policy: &ClientPolicy) -> Result<(), PolicyFault> {
    if let ClientAuthentication::PrivateKeyJwt(jwks) = &policy.authentication {
        let keys =
            KeySet::of_client(jwks.as_bytes()).map_err(|fault| PolicyFault::Keys(fault.to_string()))?;
        if keys.keys().is_empty() {
            return Err(PolicyFault::Keys("it is empty".to_owned()));
        }
    }
    if policy.profile == ClientProfile::Fapi2 {
        if policy.authentication == ClientAuthentication::Secret {
            return Err(PolicyFault::SecretInFapi2);
        }
        if !policy.sender_constrained {
            return Err(PolicyFault::BearerInFapi2);
        }
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

    #[test]
    fn what_does_not_go_together_is_named() {
        let good = ClientPolicy::default();
        assert_eq!(check(Mode::Live, &good), Ok(()));
        let fapi2 = ClientPolicy { profile: ClientProfile::Fapi2, ..good.clone() };
        let keys = ClientAuthentication::PrivateKeyJwt("{\"keys\":[]}".to_owned());
        let uri = |uri: &str| ClientPolicy { token_exchange_uri: Some(uri.to_owned()), ..good.clone() };
        let bad = |uri: &str| PolicyFault::TokenExchangeUri(uri.to_owned());
        for (policy, fault) in [
            (fapi2, PolicyFault::SecretInFapi2),
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
            assert_eq!(check(Mode::Live, &policy), Err(fault));
        }
        let keyless = ClientPolicy { authentication: keys, ..good.clone() };
        assert!(matches!(check(Mode::Live, &keyless), Err(PolicyFault::Keys(_))));
        assert_eq!(check(Mode::Live, &uri("http://127.0.0.1:8490/exchange")), Ok(()));
        assert_eq!(check(Mode::Test, &ClientPolicy { consents_itself: true, ..good }), Ok(()));
    }
}
