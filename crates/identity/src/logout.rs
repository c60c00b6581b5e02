//! Sign-out begun by the client (OpenID Connect RP-Initiated Logout 1.0). There is no session of the browser here to
//! end: what ends are the access tokens of the consent that the ID token names.

use jose::{Compact, KeySet};
use model::id::ConsentId;
use serde::Deserialize;
use store::StoreError;

use crate::Identity;
use crate::clients::identify;
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

#[derive(Deserialize)]
struct Hint {
    iss: String,
    aud: String,
    sid: String,
}

/// Ends what the ID token names. Yields the address that the browser may be sent to, if the client has registered it;
/// without one, or without a token of ours, a page says that it is done.
pub async fn end(
    identity: &Identity,
    query: &Query<'_>,
    request_id: &str,
) -> Result<Option<String>, StoreError> {
    let keys = identity.keys.key_set(identity.clock.now()).await?;
    let hint = query.id_token_hint.and_then(|hint| read(identity, &keys, hint));
    let Some(hint) = hint else { return Ok(None) };
    if query.client_id.is_some_and(|named| named != hint.aud) {
        return Ok(None);
    }
    let mut tx = identity.store.write().await?;
    let Ok(client) = identify(&mut tx, &hint.aud).await? else { return Ok(None) };
    if let Ok(id) = ConsentId::parse(&hint.sid)
        && let Some(consent) = tx.consent(&id).await?
        && consent.public_id == client.credential.public_id
        && tx.revoke_access_tokens_of(&id).await? > 0
    {
        let now = identity.clock.now();
        record_end(&mut tx, "patient", (id.as_str(), "signed_out"), request_id, now).await?;
    }
    tx.commit().await?;
    let registered =
        |uri: &&str| client.credential.policy.post_logout_redirect_uris.iter().any(|known| known == uri);
    Ok(query.post_logout_redirect_uri.filter(registered).map(str::to_owned))
}

/// An ID token that we signed with a key which is still published, lapsed or not.
fn read(identity: &Identity, keys: &KeySet, hint: &str) -> Option<Hint> {
    let compact = Compact::parse(hint).ok()?;
    let verified = compact.verify(keys, ID_TOKEN_ALGORITHMS).ok()?;
    let hint: Hint = serde_json::from_slice(verified.bytes()).ok()?;
    (hint.iss == identity.settings.base_url).then_some(hint)
}
