//! The patient's decision.

use model::SecretHash;
use model::id::ConsentId;
use store::{Authorization, Happening, NewConsent, StoreError, Tx};

use crate::clients::{UnknownClient, identify};
use crate::{CODE_LIFE, Identity};

/// What the patient decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// Share the records.
    Allow,
    /// Do not.
    Deny,
}

/// Where the browser goes next, and with what.
#[derive(Debug)]
pub struct Answer {
    /// The client's redirect URI.
    pub redirect_uri: String,
    /// Its `state`.
    pub state: Option<String>,
    /// The code, or none when the patient denied.
    pub code: Option<model::Secret>,
}

/// Why a decision was not taken.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    /// Nothing waits behind this handle: decided already, lapsed, or never there.
    #[error("there is nothing to decide: decided already, lapsed or unknown")]
    NothingToDecide,
    /// The client was switched off in the meantime.
    #[error("client: {0}")]
    Client(#[from] UnknownClient),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Records the decision, once, and says where the browser goes.
pub async fn decide(
    identity: &Identity,
    handle: &str,
    decision: Decision,
    request_id: &str,
) -> Result<Answer, Refusal> {
    let mut tx = identity.store.write().await?;
    let waiting = tx.awaiting_consent(&SecretHash::of(handle), identity.clock.now()).await?;
    let authorization = waiting.ok_or(Refusal::NothingToDecide)?;
    let code = match decision {
        Decision::Allow => Some(allow(identity, &mut tx, &authorization).await?),
        Decision::Deny => {
            deny(identity, &mut tx, &authorization).await?;
            None
        }
    };
    let happening = Happening {
        request_id,
        actor: "patient",
        action: if code.is_some() { "consent.given" } else { "consent.denied" },
        subject: authorization.public_id.as_str(),
        detail: "",
    };
    tx.audit(happening, identity.clock.now()).await?;
    tx.commit().await?;
    Ok(Answer { redirect_uri: authorization.redirect_uri, state: authorization.client_state, code })
}

async fn allow(
    identity: &Identity,
    tx: &mut Tx,
    authorization: &Authorization,
) -> Result<model::Secret, Refusal> {
    let now = identity.clock.now();
    let client = identify(tx, authorization.public_id.as_str()).await??;
    let consent = ConsentId::from_random(identity.entropy.bytes());
    tx.add_consent(&NewConsent {
        id: &consent,
        organization_id: &client.organization.id,
        public_id: &authorization.public_id,
        identity: &authorization.identity,
        given_at: now,
        expires_at: now.plus(identity.settings.consent_life),
    })
    .await?;
    let code = identity.entropy.secret();
    if tx.allow(&authorization.id, &code.hash(), &consent, now.plus(CODE_LIFE), now).await? {
        Ok(code)
    } else {
        Err(Refusal::NothingToDecide)
    }
}

async fn deny(identity: &Identity, tx: &mut Tx, authorization: &Authorization) -> Result<(), Refusal> {
    if tx.deny(&authorization.id, identity.clock.now()).await? {
        Ok(())
    } else {
        Err(Refusal::NothingToDecide)
    }
}
