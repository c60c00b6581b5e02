//! Connections: made from accounts the patient picked, ended by whoever may.

use std::collections::BTreeMap;

use model::id::{AccountFoundId, ConnectionId, RequestId};
use model::{Mode, Tenant};
use serde_json::json;
use store::{AccountFound, AuthorizationType, Connection, Consent, Happening, NewConnection, StoreError, Tx};

use crate::Connect;
use crate::webhooks::{Event, emit};

/// The scope of every TEFCA connection.
pub const SCOPE: &str = "patient/*.read";
/// How TEFCA connections are marked in events.
pub const PLATFORM: &str = "tefca";
/// How many connections are opened at a time.
const PAGE: u32 = 500;

/// What became of the accounts a patient picked.
#[derive(Debug, Default)]
pub struct Authorized {
    /// Ties the events together for support.
    pub request_id: String,
    /// By account.
    pub successes: BTreeMap<String, Success>,
    /// By account.
    pub failures: BTreeMap<String, Refusal>,
}

/// An account that is connected now.
#[derive(Debug)]
pub struct Success {
    /// Its connection.
    pub connection: Connection,
    /// It was connected before.
    pub existed: bool,
}

/// Why an account was not connected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The search of this consent found no such account.
    #[error("no such account was found for this patient")]
    Unknown,
    /// The patient must sign in at the provider first.
    #[error("the patient must sign in at this provider first")]
    SignInRequired,
}

impl Refusal {
    /// The error code on the wire.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Unknown => "unknown_vault_connection",
            Self::SignInRequired => "sign_in_required",
        }
    }
}

/// Connects the accounts a patient picked; each stands for itself.
pub async fn authorize(
    connect: &Connect,
    consent: &Consent,
    picked: &[String],
    external_id: Option<&str>,
) -> Result<Authorized, StoreError> {
    let request_id = RequestId::from_random(connect.entropy.bytes());
    let mut authorized = Authorized { request_id: request_id.to_string(), ..Authorized::default() };
    let mut tx = connect.store.write().await?;
    for text in picked {
        let account = match AccountFoundId::parse(text) {
            Ok(id) => tx.account_found(&id, &consent.id).await?,
            Err(_) => None,
        };
        let Some(account) = account else {
            authorized.failures.insert(text.clone(), Refusal::Unknown);
            continue;
        };
        if account.authorization_type == AuthorizationType::Facilitated && account.connection_id.is_none() {
            authorized.failures.insert(text.clone(), Refusal::SignInRequired);
            continue;
        }
        let success = connect_account(connect, &mut tx, consent, &account, external_id, &request_id).await?;
        authorized.successes.insert(text.clone(), success);
    }
    tx.commit().await?;
    Ok(authorized)
}

/// Makes the connection of an account, or finds the one it has.
pub(crate) async fn connect_account(
    connect: &Connect,
    tx: &mut Tx,
    consent: &Consent,
    account: &AccountFound,
    external_id: Option<&str>,
    request_id: &RequestId,
) -> Result<Success, StoreError> {
    let missing = || StoreError::Damaged { table: "connections", column: "id" };
    let now = connect.clock.now();
    let id = ConnectionId::from_random(connect.entropy.bytes());
    // The claim comes first: of two requests at once, one makes the connection and the other finds it.
    if account.connection_id.is_some() || !tx.connect_account(&account.id, &consent.id, &id).await? {
        let current = tx.account_found(&account.id, &consent.id).await?;
        let existing = current.and_then(|current| current.connection_id).ok_or_else(missing)?;
        let connection = tx.connection(&existing, consent.tenant()).await?.ok_or_else(missing)?;
        return Ok(Success { connection, existed: true });
    }
    tx.add_connection(&NewConnection {
        id: &id,
        organization_id: &consent.organization_id,
        public_id: &consent.public_id,
        account,
        external_id,
        request_id,
        consent_expires_at: consent.expires_at,
        created_at: now,
    })
    .await?;
    let connection = tx.connection(&id, consent.tenant()).await?.ok_or_else(missing)?;
    emit(connect, tx, &connection, Event::ConnectionSuccess, &success_data(&connection)).await?;
    tx.audit(
        Happening {
            request_id: request_id.as_str(),
            actor: "patient",
            action: "connection.authorized",
            subject: id.as_str(),
            detail: "",
        },
        now,
    )
    .await?;
    Ok(Success { connection, existed: false })
}

/// `data` of `patient.connection_success`.
fn success_data(connection: &Connection) -> serde_json::Value {
    let mut data = json!({
        "org_connection_id": connection.id.as_str(),
        "connection_status": connection.status.as_str(),
        "platform_type": PLATFORM,
        "request_id": connection.request_id,
        "scope": SCOPE,
        "consent_expires_at": connection.consent_expires_at.rfc3339(),
        "tefca_directory_id": connection.tefca_directory_id,
        "provider_name": connection.provider,
    });
    if let Some(external_id) = &connection.external_id {
        data["external_id"] = json!(external_id);
    }
    data
}

/// Revokes a tenant's connection; false when there is none or it was revoked already.
pub async fn revoke(
    connect: &Connect,
    id: &ConnectionId,
    tenant: Tenant<'_>,
    actor: &str,
    request_id: &str,
) -> Result<bool, StoreError> {
    let now = connect.clock.now();
    let mut tx = connect.store.write().await?;
    if !tx.revoke_connection(id, tenant).await? {
        tx.commit().await?;
        return Ok(false);
    }
    tx.disconnect_account(id).await?;
    if let Some(connection) = tx.connection(id, tenant).await? {
        let data = json!({
            "org_connection_id": id.as_str(),
            "platform_type": PLATFORM,
            "connection_status": connection.status.as_str(),
            "provider_name": connection.provider,
        });
        emit(connect, &mut tx, &connection, Event::AuthorizationRevoked, &data).await?;
    }
    tx.audit(
        Happening { request_id, actor, action: "connection.revoked", subject: id.as_str(), detail: "" },
        now,
    )
    .await?;
    tx.commit().await?;
    Ok(true)
}

/// Revokes all connections of the synthetic patient with this e-mail: how a test begins afresh. A tenant of live
/// mode has none that it could find so.
pub async fn revoke_by_email(
    connect: &Connect,
    tenant: Tenant<'_>,
    email: &str,
    request_id: &str,
) -> Result<Vec<ConnectionId>, StoreError> {
    let mut revoked = Vec::new();
    if tenant.mode != Mode::Test {
        return Ok(revoked);
    }
    let mut past: Option<ConnectionId> = None;
    loop {
        // Whose connections they are is sealed: they are opened page by page, and nobody waits to write.
        let mut tx = connect.store.read().await?;
        let page = tx.test_connections_past(tenant.organization, past.as_ref(), PAGE).await?;
        drop(tx);
        let Some((last, _)) = page.last() else { return Ok(revoked) };
        past = Some(last.clone());
        for (id, consent) in page {
            let known = consent.identity.demographics.email.as_deref();
            let theirs = known.is_some_and(|known| known.eq_ignore_ascii_case(email));
            if theirs && revoke(connect, &id, tenant, "client", request_id).await? {
                revoked.push(id);
            }
        }
    }
}
