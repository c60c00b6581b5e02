//! Exports: all records of one connection, as one NDJSON file for a day.

use std::collections::BTreeMap;

use model::id::{ConnectionId, ExportId, OrganizationId};
use model::{Tenant, Timestamp};

use crate::database::{Row, Tx, args, to_json};
use crate::statement::statements;
use crate::{Result, StoreError};

const TABLE: &str = "exports";

statements! {
    LAPSE = "UPDATE exports SET status = 'expired' WHERE connection_id = $1 AND status = 'success' AND expires_at <= $2";
    INSERT = "INSERT INTO exports (id, connection_id, status, file, created_at) VALUES ($1, $2, 'pending', $3, $4)
        ON CONFLICT DO NOTHING";
    CURRENT = "SELECT * FROM exports WHERE connection_id = $1 AND status IN ('pending', 'success')";
    BY_ID = "SELECT * FROM exports WHERE id = $1";
    OF_TENANT = "SELECT exports.* FROM exports JOIN connections ON connections.id = exports.connection_id
        WHERE exports.id = $1 AND connections.organization_id = $2 AND connections.mode = $3";
    OF_ORGANIZATION = "SELECT exports.* FROM exports JOIN connections ON connections.id = exports.connection_id
        WHERE connections.organization_id = $1 ORDER BY exports.created_at DESC, exports.id LIMIT $2";
    SUCCEED = "UPDATE exports SET status = 'success', stats = $2, expires_at = $3
        WHERE id = $1 AND status = 'pending'";
    FAIL = "UPDATE exports SET status = 'failed', failure_reason = $2 WHERE id = $1 AND status = 'pending'";
    LAPSE_DUE = "UPDATE exports SET status = 'expired'
        WHERE file IS NOT NULL AND status = 'success' AND expires_at <= $1";
    LAPSE_OF_CONNECTION = "UPDATE exports SET status = 'expired' WHERE connection_id = $1 AND status = 'success'";
    WITH_FILE_TO_DELETE = "SELECT id, file FROM exports
        WHERE file IS NOT NULL AND status IN ('expired', 'failed') LIMIT 1000";
    FILE_DELETED = "UPDATE exports SET file = NULL WHERE id = $1 AND status IN ('expired', 'failed')";
}

/// An export as the engine hands it over.
pub struct NewExport<'a> {
    /// Its id.
    pub id: &'a ExportId,
    /// From where.
    pub connection_id: &'a ConnectionId,
    /// The object file that it will be, also the `fileId` of its URL.
    pub file: &'a str,
    /// Now.
    pub created_at: Timestamp,
}

/// An export as stored.
#[derive(Clone, Debug)]
pub struct Export {
    /// `task_id`.
    pub id: ExportId,
    /// From where.
    pub connection_id: ConnectionId,
    /// How far it is.
    pub state: ExportState,
    /// When it was asked for.
    pub created_at: Timestamp,
}

/// How far an export is.
#[derive(Clone, Debug)]
pub enum ExportState {
    /// Waiting or running.
    Pending,
    /// Ready for download.
    Success {
        /// The object file, also the `fileId` of its URL.
        file: String,
        /// How many resources of each type it holds.
        stats: BTreeMap<String, u64>,
        /// When it is deleted.
        expires_at: Timestamp,
    },
    /// Ended without records.
    Failed {
        /// A reason of the webhook's list.
        reason: String,
    },
    /// It was ready once; its file is deleted.
    Expired,
}

impl ExportState {
    /// As it stands on the wire: what lapsed was a success.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Success { .. } | Self::Expired => "success",
            Self::Failed { .. } => "failed",
        }
    }
}

impl Tx {
    /// The current export of a connection, begun with `new` when there is none: asking twice is asking
    /// once. The flag tells whether it was begun now.
    pub async fn begin_export(&mut self, new: &NewExport<'_>) -> Result<(Export, bool)> {
        let connection = new.connection_id.as_str();
        self.execute(LAPSE, args![connection, new.created_at]).await?;
        let begun =
            self.execute(INSERT, args![new.id.as_str(), connection, new.file, new.created_at]).await? == 1;
        let row = self.fetch(CURRENT, args![connection]).await?;
        let row = row.ok_or(StoreError::Damaged { table: TABLE, column: "status" })?;
        Ok((read(&row)?, begun))
    }

    /// The export with this id.
    pub async fn export(&mut self, id: &ExportId) -> Result<Option<Export>> {
        self.fetch(BY_ID, args![id.as_str()]).await?.map(|row| read(&row)).transpose()
    }

    /// A tenant's export; another's, and the other mode's, is not found.
    pub async fn export_of(&mut self, id: &ExportId, tenant: Tenant<'_>) -> Result<Option<Export>> {
        let (organization, mode) = (tenant.organization.as_str(), tenant.mode.as_str());
        self.fetch(OF_TENANT, args![id.as_str(), organization, mode]).await?.map(|row| read(&row)).transpose()
    }

    /// An organisation's exports of both modes, newest first.
    pub async fn exports_of(&mut self, organization: &OrganizationId, limit: u32) -> Result<Vec<Export>> {
        self.fetch_all(OF_ORGANIZATION, args![organization.as_str(), i64::from(limit)])
            .await?
            .iter()
            .map(read)
            .collect()
    }

    /// Ends an export with its file; false when it had ended already.
    pub async fn succeed_export(
        &mut self,
        id: &ExportId,
        stats: &BTreeMap<String, u64>,
        expires_at: Timestamp,
    ) -> Result<bool> {
        Ok(self.execute(SUCCEED, args![id.as_str(), &to_json(stats), expires_at]).await? == 1)
    }

    /// Ends an export without records; false when it had ended already.
    pub async fn fail_export(&mut self, id: &ExportId, reason: &str) -> Result<bool> {
        Ok(self.execute(FAIL, args![id.as_str(), reason]).await? == 1)
    }

    /// Marks what has lapsed; how many. Their files are then [`Tx::export_files_to_delete`].
    pub async fn lapse_exports(&mut self, now: Timestamp) -> Result<u64> {
        self.execute(LAPSE_DUE, args![now]).await
    }

    /// Marks the exports of a connection that is being revoked.
    pub(crate) async fn lapse_exports_of(&mut self, connection: &ConnectionId) -> Result<()> {
        self.execute(LAPSE_OF_CONNECTION, args![connection.as_str()]).await?;
        Ok(())
    }

    /// Exports whose files shall not be there any more, and the files; some of them. A failed one may have
    /// left a file when a crash came between writing it and saying so.
    pub async fn export_files_to_delete(&mut self) -> Result<Vec<(ExportId, String)>> {
        let rows = self.fetch_all(WITH_FILE_TO_DELETE, &[]).await?;
        let read = |row: &Row| {
            Ok((row.read(TABLE, "id", |text| ExportId::parse(text).ok())?, row.get::<String>("file")?))
        };
        rows.iter().map(read).collect()
    }

    /// Forgets the file of an ended export: it has been deleted.
    pub async fn export_file_deleted(&mut self, id: &ExportId) -> Result<()> {
        self.execute(FILE_DELETED, args![id.as_str()]).await?;
        Ok(())
    }
}

fn read(row: &Row) -> Result<Export> {
    let damaged = |column| StoreError::Damaged { table: TABLE, column };
    let status: String = row.get("status")?;
    let state = match status.as_str() {
        "pending" => ExportState::Pending,
        "success" => ExportState::Success {
            file: row.get::<Option<String>>("file")?.ok_or(damaged("file"))?,
            stats: row.json(TABLE, "stats")?,
            expires_at: row.time_if_any("expires_at")?.ok_or(damaged("expires_at"))?,
        },
        "failed" => ExportState::Failed {
            reason: row.get::<Option<String>>("failure_reason")?.ok_or(damaged("failure_reason"))?,
        },
        "expired" => ExportState::Expired,
        _ => return Err(damaged("status")),
    };
    Ok(Export {
        id: row.read(TABLE, "id", |text| ExportId::parse(text).ok())?,
        connection_id: row.read(TABLE, "connection_id", |text| ConnectionId::parse(text).ok())?,
        state,
        created_at: row.time("created_at")?,
    })
}
