//! Fetching: from the provider's pages to a sealed NDJSON file, never more than a page at a time.

use std::collections::BTreeMap;

use fhir::provenance;
use model::Hcid;
use network::retrieval::{self, Access, Line, Source};
use network::{PeerFault, Requester};
use store::{Connection, Export, ObjectName, ObjectWriter, StoreError};

use super::file;
use crate::Connect;

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
            Self::Peer(PeerFault::Egress(_)) => true,
            Self::Peer(PeerFault::Status(status)) => *status >= 500 || *status == 429,
            _ => false,
        }
    }
}

pub(crate) async fn fetch(
    connect: &Connect,
    export: &Export,
    connection: &Connection,
) -> Result<Fetched, Failure> {
    if !connection.usable_at(connect.clock.now()) {
        return Err(Failure::Revoked);
    }
    let mut tx = connect.store.read().await?;
    let consent = tx.consent(&connection.consent_id).await?.ok_or(Failure::Revoked)?;
    let organization = tx.organization(&connection.organization_id).await?.ok_or(Failure::Revoked)?;
    let refresh_token = tx.connection_refresh_token(&connection.id).await?;
    drop(tx);
    let requester = Requester { organization: &organization, identity: &consent.identity };
    let access = match &refresh_token {
        Some(token) => Access::SignIn(token),
        None if consent.identity.expires_at <= connect.clock.now() => return Err(Failure::TokenExpired),
        None => Access::Identity(requester),
    };
    let source = Source { endpoint: &connection.endpoint, patient: &connection.remote_patient };
    let file = file::name(&export.id, export.created_at);
    let name = ObjectName::parse(&file).ok_or(Failure::NoRecords)?;
    let (mut reading, rotated) = retrieval::open(&connect.network, access, source).await?;
    if let Some(token) = rotated {
        let mut tx = connect.store.write().await?;
        tx.keep_connection_refresh_token(&connection.id, &token).await?;
        tx.commit().await?;
    }
    let mut output = Output::new(connect.store.objects().create(&name).await?);
    while let Some(lines) = reading.next_lines().await? {
        for line in lines {
            output.add(line).await?;
        }
    }
    if output.stats.is_empty() {
        return Err(Failure::NoRecords);
    }
    output.add_provenance(connect, connection).await?;
    output.writer.finish().await?;
    Ok(Fetched { file, stats: output.stats })
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
