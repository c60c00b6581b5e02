//! Sign-out begun by the client (OpenID Connect RP-Initiated Logout 1.0). There is no session of the browser here to
//! end: what ends are the access tokens of the consent that the ID token names. A refresh token is there for the time
//! without the patient, who allowed that as `offline_access`: it stays (OpenID Connect Back-Channel Logout 1.0 section
//! 2.7), and the page says so.

use jose::{Compact, KeySet};
use model::id::ConsentId;
use serde::Deserialize;
use store::StoreError;

use crate::Identity;
use crate::clients::identify;
use crate::par::OFFLINE_ACCESS;
use crate::tokens::{ID_TOKEN_ALGORITHMS, record_end};

/// The query as it came.
#[derive(Clone, Copy, Default)]
pub struct Query<'a> {
    /// `id_token_hint`: an ID token of ours, which may have lapsed.
    pub id_token_hint: Option<&'a str>,
    /// `client_id`, which has to be the ID token's.
    pub client_id: Option<&'a str>,
    /// `post_logout_redirect_uri`, registered for the client.
    pub post_logout_redirect_uri: Option<&'a str>,
}

/// What a sign-out has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// Nothing: no ID token of ours came, or not with its client.
    Nothing,
    /// The patient's session.
    Session,
    /// The patient's session, which the client may begin again without the patient (`offline_access`).
    RenewableSession,
}

/// What became of a sign-out.
#[derive(Debug)]
pub struct SignedOut {
    /// What it has ended.
    pub ended: Ended,
    /// Where the browser may be sent, because the client has registered it. Otherwise a page says what ended.
    pub back: Option<String>,
}

#[derive(Deserialize)]
struct Hint {
    iss: String,
    aud: String,
    sid: String,
}

/// Ends what the ID token names.
pub async fn end(identity: &Identity, query: &Query<'_>, request_id: &str) -> Result<SignedOut, StoreError> {
    const NOTHING: SignedOut = SignedOut { ended: Ended::Nothing, back: None };
    let keys = identity.keys.key_set(identity.clock.now()).await?;
    let hint = query.id_token_hint.and_then(|hint| read(identity, &keys, hint));
    let Some(hint) = hint else { return Ok(NOTHING) };
    if query.client_id.is_some_and(|named| named != hint.aud) {
        return Ok(NOTHING);
    }
    let mut tx = identity.store.write().await?;
    let Ok(client) = identify(&mut tx, &hint.aud).await? else { return Ok(NOTHING) };
    let consent = match ConsentId::parse(&hint.sid) {
        Ok(id) => tx.consent(&id).await?,
        Err(_) => None,
    };
    let consent = consent.filter(|consent| consent.public_id == client.credential.public_id);
    let Some(consent) = consent else { return Ok(NOTHING) };
    if tx.revoke_access_tokens_of(&consent.id).await? > 0 {
        let now = identity.clock.now();
        record_end(&mut tx, "patient", (consent.id.as_str(), "signed_out"), request_id, now).await?;
    }
    tx.commit().await?;
    let registered =
        |uri: &&str| client.credential.policy.post_logout_redirect_uris.iter().any(|known| known == uri);
    let back = query.post_logout_redirect_uri.filter(registered).map(str::to_owned);
    let renewable = consent.scope.contains(OFFLINE_ACCESS) && !consent.tokens_revoked;
    Ok(SignedOut { ended: if renewable { Ended::RenewableSession } else { Ended::Session }, back })
}

/// An ID token that we signed with a key which is still published, lapsed or not.
fn read(identity: &Identity, keys: &KeySet, hint: &str) -> Option<Hint> {
    let compact = Compact::parse(hint).ok()?;
    let verified = compact.verify(keys, ID_TOKEN_ALGORITHMS).ok()?;
    let hint: Hint = serde_json::from_slice(verified.bytes()).ok()?;
    (hint.iss == identity.settings.base_url).then_some(hint)
}
