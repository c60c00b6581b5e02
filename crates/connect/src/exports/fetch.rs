//! Fetching: from the provider's pages to a sealed NDJSON file, never more than a page at a time.

use std::collections::BTreeMap;

use fhir::provenance;
use model::Hcid;
use network::retrieval::{self, Access, Line, Source};
use network::{PeerFault, Requester};
use store::{Connection, Export, ObjectName, ObjectWriter, StoreError};

use super::budget::{Budget, Exceeded};
use super::file;
use crate::Connect;
use crate::entitlement::is_entitled;
use crate::requester::requester_name;

/// How many records one Provenance speaks for.
const TARGETS: usize = 500;
/// The `failure_reason` of whatever has no better one.
pub(crate) const GIVEN_UP: &str = "suppressed_please_contact";

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
    #[error("TEFCA was switched off for the organisation")]
    NotEntitled,
    #[error("the provider holds no records of the patient")]
    NoRecords,
    #[error(transparent)]
    Exceeded(#[from] Exceeded),
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Failure {
    /// The word in `failure_reason`.
    pub(crate) fn reason(&self) -> &'static str {
        match self {
            Self::TokenExpired | Self::Peer(PeerFault::Refused(_)) => "token_refresh_failure",
            Self::Revoked => "consent_revoked",
            Self::NotEntitled => "tefca_disabled",
            Self::NoRecords => "tefca_no_documents_found",
            Self::Exceeded(_) => "export_limit_exceeded",
            Self::Peer(PeerFault::Unreadable(_)) => "resource_invalid_content",
            Self::Peer(PeerFault::Status(404) | PeerFault::AnotherPerson) => "resource_patient_failure",
            _ => GIVEN_UP,
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
    check_permitted(connect, connection).await?;
    let mut tx = connect.store.read().await?;
    let consent = tx.consent(&connection.consent_id).await?.ok_or(Failure::Revoked)?;
    let organization_name = requester_name(&mut tx, &consent).await?.ok_or(Failure::Revoked)?;
    let refresh_token = tx.connection_refresh_token(&connection.id).await?;
    drop(tx);
    let requester = Requester { organization_name: &organization_name, identity: &consent.identity };
    let access = match &refresh_token {
        Some(token) => Access::SignIn(token),
        None if consent.identity.expires_at <= connect.clock.now() => return Err(Failure::TokenExpired),
        None => Access::Identity(requester),
    };
    let source = Source {
        endpoint: &connection.endpoint,
        patient: &connection.remote_patient,
        person: &consent.identity.demographics,
    };
    let file = file::name(&export.id, export.created_at);
    let name = ObjectName::parse(&file).ok_or(Failure::NoRecords)?;
    let budget = Budget::from(connect.clock.now());
    let (mut reading, rotated) = retrieval::open(&connect.network, access, source).await?;
    if let Some(token) = rotated {
        let mut tx = connect.store.write().await?;
        tx.keep_connection_refresh_token(&connection.id, &token).await?;
        tx.commit().await?;
    }
    let hcid = Hcid::parse(&connection.tefca_directory_id)
        .map_err(|_| StoreError::Damaged { table: "connections", column: "tefca_directory_id" })?;
    let mut output = Output {
        writer: connect.store.objects().create(&name).await?,
        budget,
        stats: BTreeMap::new(),
        targets: Vec::new(),
        source: provenance::Source {
            organization: &connection.provider,
            hcid: &hcid,
            endpoint: &connection.endpoint,
            recorded: connect.clock.now(),
        },
    };
    while let Some(lines) = reading.next_lines().await? {
        output.budget.check_time(connect.clock.now())?;
        // Whoever revokes does not want the next page to be read either.
        check_permitted(connect, connection).await?;
        for line in lines {
            output.add(line).await?;
        }
    }
    if output.stats.is_empty() {
        return Err(Failure::NoRecords);
    }
    output.add_provenance().await?;
    output.writer.finish().await?;
    Ok(Fetched { file, stats: output.stats })
}

/// Whether the connection may be read at this moment.
async fn check_permitted(connect: &Connect, connection: &Connection) -> Result<(), Failure> {
    let mut tx = connect.store.read().await?;
    let current = tx.connection(&connection.id, connection.tenant()).await?;
    if !current.is_some_and(|current| current.usable_at(connect.clock.now())) {
        return Err(Failure::Revoked);
    }
    if is_entitled(&mut tx, connection.tenant()).await? { Ok(()) } else { Err(Failure::NotEntitled) }
}

struct Output<'a> {
    writer: ObjectWriter,
    budget: Budget,
    stats: BTreeMap<String, u64>,
    /// What the next Provenance speaks for.
    targets: Vec<String>,
    source: provenance::Source<'a>,
}

impl Output<'_> {
    async fn add(&mut self, line: Line) -> Result<(), Failure> {
        self.write(&line.text).await?;
        if let Some(id) = line.id {
            self.targets.push(format!("{}/{id}", line.kind));
        }
        *self.stats.entry(line.kind).or_default() += 1;
        if self.targets.len() >= TARGETS { self.add_provenance().await } else { Ok(()) }
    }

    /// Says where the records since the last one came from.
    async fn add_provenance(&mut self) -> Result<(), Failure> {
        if self.targets.is_empty() {
            return Ok(());
        }
        let resource = provenance::build(&self.source, &std::mem::take(&mut self.targets));
        self.write(&resource.to_string()).await?;
        *self.stats.entry("Provenance".to_owned()).or_default() += 1;
        Ok(())
    }

    async fn write(&mut self, line: &str) -> Result<(), Failure> {
        self.budget.spend(line.len() + 1)?;
        self.writer.write(line.as_bytes()).await?;
        self.writer.write(b"\n").await?;
        Ok(())
    }
}
