//! The patient's decision.

use model::id::ConsentId;
use model::{AuthorizationRequest, RequestUse, SecretHash};
use store::{Authorization, Happening, NewAuthorizationCode, NewConsent, StoreError, Tx};

use crate::clients::{Client, UnknownClient, identify};
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
    /// Another load of the same request was decided already.
    #[error("another load of the same request was decided already")]
    DecidedElsewhere,
    /// The client, or TEFCA for its organisation, was switched off in the meantime.
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
    let client = identify(&mut tx, authorization.public_id.as_str()).await??;
    if decision == Decision::Allow && !client.may_use_tefca() {
        return Err(UnknownClient::Inactive.into());
    }
    use_request_up(identity, &mut tx, &client, &authorization).await?;
    let code = match decision {
        Decision::Allow => Some(allow(identity, &mut tx, &client, &authorization).await?),
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
    let AuthorizationRequest { redirect_uri, state, .. } = authorization.request;
    Ok(Answer { redirect_uri: redirect_uri.unwrap_or_default(), state, code })
}

/// Where the decision uses the pushed request up, only the first of several loads counts.
async fn use_request_up(
    identity: &Identity,
    tx: &mut Tx,
    client: &Client,
    authorization: &Authorization,
) -> Result<(), Refusal> {
    let decides = client.credential.policy.request_use == RequestUse::Authorize;
    if decides && !tx.use_up_pushed_request(authorization.pushed_id, identity.clock.now()).await? {
        return Err(Refusal::DecidedElsewhere);
    }
    Ok(())
}

async fn allow(
    identity: &Identity,
    tx: &mut Tx,
    client: &Client,
    authorization: &Authorization,
) -> Result<model::Secret, Refusal> {
    let now = identity.clock.now();
    let request = &authorization.request;
    let consent = ConsentId::at(now, identity.entropy.bytes());
    tx.add_consent(&NewConsent {
        id: &consent,
        organization_id: &client.organization.id,
        public_id: &authorization.public_id,
        identity: &request.patient,
        scope: &request.scope,
        resources: &request.resources,
        dpop_jkt: request.dpop_jkt.as_deref(),
        given_at: now,
        expires_at: now.plus(identity.settings.consent_life),
    })
    .await?;
    let code = identity.entropy.secret();
    let new = NewAuthorizationCode {
        hash: &code.hash(),
        consent_id: &consent,
        request: &request.without_patient(),
        expires_at: now.plus(CODE_LIFE),
    };
    if tx.allow(&authorization.id, &new, now).await? { Ok(code) } else { Err(Refusal::NothingToDecide) }
}

async fn deny(identity: &Identity, tx: &mut Tx, authorization: &Authorization) -> Result<(), Refusal> {
    if tx.deny(&authorization.id, identity.clock.now()).await? {
        Ok(())
    } else {
        Err(Refusal::NothingToDecide)
    }
}
