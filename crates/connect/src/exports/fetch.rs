//! Fetching: from the provider's pages to a sealed NDJSON file, never more than a page at a time.

use std::collections::BTreeMap;
use std::time::Duration;

use fhir::provenance;
use model::Hcid;
use network::retrieval::{self, Line, Source};
use network::{PeerFault, Requester};
use store::{Connection, Export, Job, ObjectName, ObjectWriter, StoreError};

use crate::Connect;
use crate::worker::LEASE;

/// How many records one Provenance speaks for.
const TARGETS: usize = 500;

/// A file that is ready.
pub(crate) struct Fetched {
    /// Its name.
    pub(crate) file: String,
    /// How many resources of each type it holds.
    pub(crate) stats: BTreeMap<String, u64>,
}

/// Why there is no file.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    #[error(transparent)]
    Peer(#[from] PeerFault),
    #[error("the patient's ID token has expired and cannot be renewed here")]
    TokenExpired,
    #[error("the connection was revoked")]
    Revoked,
    #[error("the provider holds no records of the patient")]
    NoRecords,
    #[error("another worker has taken the job over")]
    LeaseLost,
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Failure {
    /// The word in `failure_reason`.
    pub(crate) fn reason(&self) -> &'static str {
        match self {
            Self::TokenExpired | Self::Peer(PeerFault::Refused(_)) => "token_refresh_failure",
            Self::Revoked => "consent_revoked",
            Self::NoRecords => "tefca_no_documents_found",
            Self::Peer(PeerFault::Unreadable(_)) => "resource_invalid_content",
            Self::Peer(PeerFault::Status(404)) => "resource_patient_failure",
            _ => "suppressed_please_contact",
        }
    }

    /// Whether trying again may help.
    pub(crate) fn is_passing(&self) -> bool {
        match self {
            Self::Peer(PeerFault::Egress(_)) | Self::LeaseLost => true,
            Self::Peer(PeerFault::Status(status)) => *status >= 500 || *status == 429,
            _ => false,
        }
    }
}

pub(crate) async fn fetch(
    connect: &Connect,
    job: &Job,
    export: &Export,
    connection: &Connection,
) -> Result<Fetched, Failure> {
    if !connection.usable_at(connect.clock.now()) {
        return Err(Failure::Revoked);
    }
    let mut tx = connect.store.read().await?;
    let consent = tx.consent(&connection.consent_id).await?.ok_or(Failure::Revoked)?;
    let organization = tx.organization(&connection.organization_id).await?.ok_or(Failure::Revoked)?;
    drop(tx);
    if consent.identity.expires_at <= connect.clock.now() {
        return Err(Failure::TokenExpired);
    }
    let requester = Requester { organization: &organization, identity: &consent.identity };
    let source = Source { endpoint: &connection.endpoint, patient: &connection.remote_patient };
    let file = format!("{}-{}.jsonl", model::demographics::iso_date(export.created_at.date()), export.id);
    let name = ObjectName::parse(&file).ok_or(Failure::NoRecords)?;
    let mut reading = retrieval::open(&connect.network, requester, source).await?;
    let mut output = Output::new(connect.store.objects().create(&name).await?);
    let mut lease = connect.clock.now();
    while let Some(lines) = reading.next_lines().await? {
        for line in lines {
            output.add(line).await?;
        }
        if connect.clock.now().since(lease) > LEASE / 4 {
            lease = connect.clock.now();
            extend_lease(connect, job, LEASE).await?;
        }
    }
    if output.stats.is_empty() {
        return Err(Failure::NoRecords);
    }
    output.add_provenance(connect, connection).await?;
    output.writer.finish().await?;
    Ok(Fetched { file, stats: output.stats })
}

async fn extend_lease(connect: &Connect, job: &Job, lease: Duration) -> Result<(), Failure> {
    let mut tx = connect.store.write().await?;
    let held = tx.extend_lease(job, connect.clock.now().plus(lease)).await?;
    tx.commit().await?;
    if held { Ok(()) } else { Err(Failure::LeaseLost) }
}

struct Output {
    writer: ObjectWriter,
    stats: BTreeMap<String, u64>,
    targets: Vec<String>,
}

impl Output {
    fn new(writer: ObjectWriter) -> Self {
        Self { writer, stats: BTreeMap::new(), targets: Vec::new() }
    }

    async fn add(&mut self, line: Line) -> Result<(), Failure> {
        self.writer.write(line.text.as_bytes()).await?;
        self.writer.write(b"\n").await?;
        if let Some(id) = line.id {
            self.targets.push(format!("{}/{id}", line.kind));
        }
        *self.stats.entry(line.kind).or_default() += 1;
        Ok(())
    }

    /// Says of all records where they came from.
    async fn add_provenance(&mut self, connect: &Connect, connection: &Connection) -> Result<(), Failure> {
        let hcid = Hcid::parse(&connection.tefca_directory_id)
            .map_err(|_| StoreError::Damaged { table: "connections", column: "tefca_directory_id" })?;
        let source = provenance::Source {
            organization: &connection.provider,
            hcid: &hcid,
            endpoint: &connection.endpoint,
            recorded: connect.clock.now(),
        };
        for targets in std::mem::take(&mut self.targets).chunks(TARGETS) {
            let resource = provenance::build(&source, targets);
            self.add(Line { kind: "Provenance".to_owned(), id: None, text: resource.to_string() }).await?;
        }
        Ok(())
    }
}
