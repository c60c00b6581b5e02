//! Exports: a connection's records become one NDJSON file, and a signed link leads to it for a while.

mod budget;
mod fetch;
mod file;
mod link;

use model::id::{ConnectionId, ExportId};
use model::{Tenant, Timestamp};
use serde_json::json;
use store::{
    Connection, Export, ExportState, Happening, JobKind, NewExport, ObjectName, ObjectReader, StoreError, Tx,
};

pub(crate) use file::delete_ended;
pub use file::describe_file;
pub use link::{LINK_LIFE, Link};

use crate::Connect;
use crate::entitlement::is_entitled;
use crate::webhooks::{Event, emit};
use crate::worker::JobEnd;
use fetch::{Failure, Fetched, GIVEN_UP};

/// How often a failing provider is asked again.
const MAX_ATTEMPTS: i64 = 4;
/// How often an export is begun at all, crashes and failures of the store counted in; then it is given up.
const MAX_RUNS: i64 = 10;

/// Why an export was not begun or not handed out.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    /// The organisation has no such connection in this mode.
    #[error("no connection with this org_connection_id")]
    UnknownConnection,
    /// The connection was revoked.
    #[error("the connection was revoked: the patient must connect again")]
    Revoked,
    /// The consent behind it has ended.
    #[error("the patient's consent has ended: the patient must connect again")]
    ConsentEnded,
    /// The organisation may not use TEFCA in this mode.
    #[error("TEFCA is not enabled for this organization in this API mode")]
    NotEntitled,
    /// The organisation has no such export or file in this mode.
    #[error("no export with this task_id, or no such file")]
    Unknown,
    /// A link that was not made here, or is too old.
    #[error("the link is not valid or no longer; ask for a new one with the API credentials")]
    Link,
    /// The file has been deleted.
    #[error("the file was deleted after its time; ask for a new export")]
    Expired,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The current export of a tenant's connection, begun when there is none.
pub async fn begin(
    connect: &Connect,
    tenant: Tenant<'_>,
    connection: &str,
    actor: &str,
    request_id: &str,
) -> Result<Export, Refusal> {
    let id = ConnectionId::parse(connection).map_err(|_| Refusal::UnknownConnection)?;
    let now = connect.clock.now();
    let mut tx = connect.store.write().await?;
    let connection = tx.connection(&id, tenant).await?.ok_or(Refusal::UnknownConnection)?;
    check_usable(connect, &connection)?;
    if !is_entitled(&mut tx, tenant).await? {
        return Err(Refusal::NotEntitled);
    }
    let fresh = ExportId::from_random(connect.entropy.bytes());
    let file = file::name(&fresh, now);
    let new = NewExport { id: &fresh, connection_id: &connection.id, file: &file, created_at: now };
    let (export, begun) = tx.begin_export(&new).await?;
    if begun {
        tx.enqueue(JobKind::Export, export.id.as_str(), tenant.organization, now).await?;
        let (subject, detail) = (export.id.as_str(), connection.id.as_str());
        tx.audit(Happening { request_id, actor, action: "export.requested", subject, detail }, now).await?;
    }
    tx.commit().await?;
    Ok(export)
}

/// A tenant's export.
pub async fn status(connect: &Connect, tenant: Tenant<'_>, task: &str) -> Result<Export, Refusal> {
    let id = ExportId::parse(task).map_err(|_| Refusal::Unknown)?;
    connect.store.read().await?.export_of(&id, tenant).await?.ok_or(Refusal::Unknown)
}

/// A link to a tenant's export file that works for ten minutes without credentials.
pub async fn link(connect: &Connect, tenant: Tenant<'_>, task: &str, file: &str) -> Result<String, Refusal> {
    let export = status(connect, tenant, task).await?;
    match file_of(connect, &export).await? {
        ours if ours == file => Ok(Link::sign(connect, &export.id)),
        _ => Err(Refusal::Unknown),
    }
}

/// The name and the content of the file behind a signed link. A revocation ends the link too. Each use stands in
/// the audit trail.
pub async fn open(
    connect: &Connect,
    link: &Link<'_>,
    request_id: &str,
) -> Result<(String, ObjectReader), Refusal> {
    if !link.is_valid(connect) {
        return Err(Refusal::Link);
    }
    let id = ExportId::parse(link.task).map_err(|_| Refusal::Unknown)?;
    let export = connect.store.read().await?.export(&id).await?.ok_or(Refusal::Unknown)?;
    let file = file_of(connect, &export).await?;
    let name = ObjectName::parse(&file).ok_or(Refusal::Unknown)?;
    let content = connect.store.objects().read(&name).await?.ok_or(Refusal::Expired)?;
    let (subject, detail) = (export.id.as_str(), export.connection_id.as_str());
    let mut tx = connect.store.write().await?;
    let happening = Happening { request_id, actor: "link", action: "export.downloaded", subject, detail };
    tx.audit(happening, connect.clock.now()).await?;
    tx.commit().await?;
    Ok((file, content))
}

/// The file of an export that may be handed out now.
async fn file_of(connect: &Connect, export: &Export) -> Result<String, Refusal> {
    let mut tx = connect.store.read().await?;
    let connection = tx.connection_of_export(&export.id).await?.ok_or(Refusal::Unknown)?;
    check_usable(connect, &connection)?;
    if !is_entitled(&mut tx, connection.tenant()).await? {
        return Err(Refusal::NotEntitled);
    }
    match &export.state {
        ExportState::Success { file, expires_at, .. } if *expires_at > connect.clock.now() => {
            Ok(file.clone())
        }
        ExportState::Success { .. } | ExportState::Expired => Err(Refusal::Expired),
        ExportState::Pending | ExportState::Failed { .. } => Err(Refusal::Unknown),
    }
}

fn check_usable(connect: &Connect, connection: &Connection) -> Result<(), Refusal> {
    if connection.status == store::ConnectionStatus::Revoked {
        return Err(Refusal::Revoked);
    }
    if connection.usable_at(connect.clock.now()) { Ok(()) } else { Err(Refusal::ConsentEnded) }
}

/// Runs an export to its end. After a crash it is run again from the start; the file appears only whole.
pub(crate) async fn run(connect: &Connect, job: &store::Job) -> Result<JobEnd, StoreError> {
    let Ok(id) = ExportId::parse(&job.subject) else { return Ok(JobEnd::Done) };
    let mut tx = connect.store.read().await?;
    let Some(export) = tx.export(&id).await? else { return Ok(JobEnd::Done) };
    let Some(connection) = tx.connection_of_export(&id).await? else { return Ok(JobEnd::Done) };
    drop(tx);
    if !matches!(export.state, ExportState::Pending) {
        return Ok(JobEnd::Done);
    }
    if job.attempt > MAX_RUNS {
        tracing::error!(export = %id, attempts = job.attempt, "an export never comes to an end and is given up");
        return fail(connect, &export, &connection, GIVEN_UP).await.map(|()| JobEnd::Done);
    }
    match fetch::fetch(connect, &export, &connection).await {
        Ok(fetched) => succeed(connect, &export, &connection, &fetched).await.map(|()| JobEnd::Done),
        Err(Failure::Store(error)) => Err(error),
        Err(failure) if failure.is_passing() && job.attempt < MAX_ATTEMPTS => {
            tracing::info!(export = %id, %failure, attempt = job.attempt, "an export will be tried again");
            Ok(JobEnd::Again(std::time::Duration::from_secs(5 << (2 * job.attempt).min(12))))
        }
        Err(failure) => {
            tracing::warn!(export = %id, %failure, "an export failed");
            fail(connect, &export, &connection, failure.reason()).await.map(|()| JobEnd::Done)
        }
    }
}

async fn succeed(
    connect: &Connect,
    export: &Export,
    connection: &Connection,
    fetched: &Fetched,
) -> Result<(), StoreError> {
    let now = connect.clock.now();
    let mut tx = connect.store.write().await?;
    // The patient may have revoked while we were reading.
    let current = tx.connection(&connection.id, connection.tenant()).await?;
    let usable = current.is_some_and(|current| current.usable_at(now));
    let expires_at = now.plus(connect.settings.export_life);
    if usable && tx.succeed_export(&export.id, &fetched.stats, expires_at).await? {
        let mut data = describe_file(connect, &export.id, &fetched.file, &fetched.stats);
        data["download_link"] = data["download_links"][0]["url"].clone();
        data["org_connection_id"] = json!(connection.id.as_str());
        data["task_id"] = json!(export.id.as_str());
        data["org_id"] = json!(connection.organization_id.as_str());
        emit(connect, &mut tx, connection, Event::EhiExportSuccess, &data).await?;
        audit(&mut tx, connection, &export.id, "export.succeeded", "", now).await?;
        return tx.commit().await;
    }
    // Or another worker has ended the export meanwhile: with this very file, or without one.
    let ended = tx.export(&export.id).await?.map(|export| export.state);
    drop(tx);
    if !matches!(ended, Some(ExportState::Success { .. })) {
        file::delete(connect, &fetched.file).await?;
    }
    fail(connect, export, connection, Failure::Revoked.reason()).await
}

/// Ends an export without records, unless it has ended.
async fn fail(
    connect: &Connect,
    export: &Export,
    connection: &Connection,
    reason: &str,
) -> Result<(), StoreError> {
    let mut tx = connect.store.write().await?;
    if tx.fail_export(&export.id, reason).await? {
        let data = json!({
            "failure_reason": reason,
            "org_connection_id": connection.id.as_str(),
            "task_id": export.id.as_str(),
            "org_id": connection.organization_id.as_str(),
        });
        emit(connect, &mut tx, connection, Event::EhiExportFailed, &data).await?;
        audit(&mut tx, connection, &export.id, "export.failed", reason, connect.clock.now()).await?;
    }
    tx.commit().await
}

/// An export's end in the audit trail, under the request that made its connection.
async fn audit(
    tx: &mut Tx,
    connection: &Connection,
    export: &ExportId,
    action: &str,
    detail: &str,
    now: Timestamp,
) -> Result<(), StoreError> {
    let request_id = &connection.request_id;
    tx.audit(Happening { request_id, actor: "worker", action, subject: export.as_str(), detail }, now).await
}
