//! What OpenIAS remembers: SQL for SQLite and PostgreSQL in one text, sealed columns, sealed object files,
//! the outbox and the audit trail. The only room that holds SQL.
//!
//! Work happens in a [`Tx`]. [`Store::write`] begins one that may change things; nothing is kept until
//! [`Tx::commit`]. The statements of each kind of thing stand in the file of its name.

mod access_tokens;
mod accounts;
mod accounts_found;
mod assertion_uses;
mod audit;
mod authentication_templates;
mod authorizations;
mod backlog;
mod clients;
mod code_mails;
mod connections;
mod consent_refresh_tokens;
mod consents;
mod credentials;
mod csp_tokens;
mod database;
mod dialect;
mod exports;
mod failed_calls;
mod inquiries;
pub mod key_ring;
mod letters;
mod locations;
mod migrations;
mod objects;
mod operator_sessions;
mod organizations;
mod outbox;
mod paging;
mod proofings;
mod pushed_requests;
mod pushes;
mod retention;
mod row_keys;
#[cfg(any(test, feature = "scratch"))]
pub mod scratch;
mod sealed_rows;
mod sealing;
mod sign_ins;
mod signing_keys;
mod statement;
#[cfg(test)]
mod tests;
mod token_uses;
mod webhooks;

pub use access_tokens::{AccessToken, AccessTokenKey, NewAccessToken};
pub use accounts::{AccountReference, CspEnvironment};
pub use accounts_found::{AccountFound, AuthorizationType};
pub use assertion_uses::{AssertionUse, Signer};
pub use audit::{AuditEntry, AuditFilter, Happening};
pub use authentication_templates::AuthenticationTemplate;
pub use authorizations::{Authorization, AuthorizationCode, NewAuthorization, NewAuthorizationCode};
pub use backlog::Backlog;
pub use clients::{Client, ConfigurationVersion, KnownClient};
pub use code_mails::CodeMails;
pub use connections::{Connection, ConnectionStatus, NewConnection};
pub use consent_refresh_tokens::ConsentRefreshToken;
pub use consents::{Consent, NewConsent};
pub use csp_tokens::RefreshTaken;
pub use database::{DatabaseUrl, Tx};
pub use exports::{Export, ExportState, NewExport};
pub use failed_calls::{FailedCall, FailedCallFilter, KEPT as FAILED_CALLS_KEPT};
pub use inquiries::{AuthorizationRequest, Inquiry, InquiryStage, NewInquiry};
pub use key_ring::{KeyRing, Keys};
pub use locations::{Answer, Location, LocationStatus};
pub use objects::{ObjectName, ObjectReader, ObjectWriter, Objects};
pub use outbox::{Job, JobKind, Share};
pub use paging::{Page, Place};
pub use proofings::{Holder, Leg, NewCode, NewProofing, Proofing, ProofingStage};
pub use pushed_requests::{NewPushedRequest, RequestReference};
pub use pushes::{Push, Pushed};
pub use retention::{FORGOTTEN_AT_ONCE, LATE_USE};
pub use sealing::KeyFileError;
pub use sign_ins::SignIn;
pub use signing_keys::{KeyPurpose, KeyStage, KeyTimes, NewSigningKey, Rotated};
pub use token_uses::TokenUse;
pub use webhooks::{Delivery, DeliveryStatus, WebhookEndpoint, WebhookEvent};

use std::path::{Path, PathBuf};
use std::sync::Arc;

use ambient::Entropy;
use tokio::sync::Notify;

use crate::clients::ClientsAtHand;
use crate::database::Database;
use crate::pushes::Queue;
use crate::row_keys::RowKeys;
use crate::sealing::Sealer;

/// The store. Clones share one pool of connections.
#[derive(Clone)]
pub struct Store(Arc<Inner>);

struct Inner {
    database: Database,
    sealer: Sealer,
    objects: Objects,
    outbox_filled: Notify,
    queue: Queue,
    row_keys: RowKeys,
    clients: ClientsAtHand,
}

/// Where the store lives.
#[derive(Clone, Debug)]
pub struct Options {
    /// Holds the SQLite file, the key file and the object files. Made when absent, for its owner alone.
    pub data_dir: PathBuf,
    /// A `postgres://` URL, or none for SQLite in the data directory.
    pub database: DatabaseUrl,
    /// The key file; by default `openias.key` in the data directory.
    pub key_file: Option<PathBuf>,
}

impl Options {
    fn key_file(&self) -> PathBuf {
        self.key_file.clone().unwrap_or_else(|| self.data_dir.join("openias.key"))
    }

    fn database_file(&self) -> PathBuf {
        self.data_dir.join("openias.sqlite3")
    }

    fn objects(&self) -> PathBuf {
        self.data_dir.join("objects")
    }
}

/// Why the store could not be opened or a statement failed.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The data directory cannot be made or written.
    #[error("the data directory {path} cannot be used: {source}")]
    DataDir {
        /// The directory.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// There is no store yet where one was expected. Names the place.
    #[error("there is no store yet in {0}")]
    Absent(String),
    /// The key file is missing, damaged or readable by others.
    #[error(transparent)]
    KeyFile(#[from] KeyFileError),
    /// PostgreSQL refused a connection or a statement.
    #[error("the database answered: {0}")]
    Database(sqlx::Error),
    /// The embedded database refused a statement.
    #[error("the database answered: {0}")]
    Embedded(#[from] rusqlite::Error),
    /// The store was hung up on.
    #[error("the store is closed")]
    Closed,
    /// More is being asked for than the disk can keep up with. Nothing was kept: try again in a moment.
    #[error("the store is busy")]
    Busy,
    /// An object file cannot be read or written.
    #[error("an object file cannot be read or written: {0}")]
    Object(std::io::Error),
    /// A row holds what no code path writes: damage, or another program's hand.
    #[error("table {table} holds a value that cannot be read in column {column}")]
    Damaged {
        /// The table.
        table: &'static str,
        /// The column.
        column: &'static str,
    },
    /// A migration that ran before has another text now.
    #[error("migration {0} differs from the one this database was built with")]
    MigrationChanged(&'static str),
    /// A signing key is missing, and none could be made.
    #[error("there is no {} key that signs for {}, and none could be made", .algorithm.name(), .purpose.name())]
    NoSigningKey {
        /// What it would sign.
        purpose: KeyPurpose,
        /// With which algorithm.
        algorithm: jose::Algorithm,
    },
    /// The tables are older than this version and nobody has brought them up yet.
    #[error("migration {0} has not been run on this database yet")]
    MigrationPending(&'static str),
}

/// What every operation of the store returns.
pub type Result<T, E = StoreError> = std::result::Result<T, E>;

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        match error {
            // Everybody was before it for too long.
            sqlx::Error::PoolTimedOut => Self::Busy,
            error => Self::Database(error),
        }
    }
}

impl Store {
    /// Opens the store, making the data directory, the key file and the tables as needed. Where anything is
    /// sealed already, a missing key file is never replaced.
    pub async fn open(options: &Options, entropy: Entropy) -> Result<Self> {
        make_data_dir(&options.data_dir)?;
        let key_file = options.key_file();
        let kept = Sealer::read(&key_file, &entropy)?;
        let database = Database::open(&options.database, &options.database_file()).await?;
        let sealer = match kept {
            Some(sealer) => sealer,
            None if database.has_tables().await? && sealed_rows::any(&database).await? => {
                return Err(KeyFileError::Missing(key_file).into());
            }
            None => Sealer::make(&key_file, entropy)?,
        };
        let objects = Objects::make(options.objects(), sealer.clone())?;
        let store = Self::over(database, sealer, objects);
        migrations::run(&store, &store.0.database).await?;
        Ok(store)
    }

    /// Opens a store that is there and of this version. Makes nothing and changes nothing: neither folder nor
    /// key file nor table.
    pub async fn open_existing(options: &Options, entropy: Entropy) -> Result<Self> {
        let absent = || match options.database {
            DatabaseUrl::Embedded => StoreError::Absent(options.data_dir.display().to_string()),
            DatabaseUrl::Postgres(_) => StoreError::Absent("the PostgreSQL database".to_owned()),
        };
        let file = options.database_file();
        if matches!(options.database, DatabaseUrl::Embedded) && !file.exists() {
            return Err(absent());
        }
        let key_file = options.key_file();
        let kept = Sealer::read(&key_file, &entropy)?;
        let database = Database::open_existing(&options.database, &file).await?;
        if !database.has_tables().await? {
            return Err(absent());
        }
        let sealer = match kept {
            Some(sealer) => sealer,
            None if sealed_rows::any(&database).await? => return Err(KeyFileError::Missing(key_file).into()),
            None => return Err(absent()),
        };
        let objects = Objects::at(options.objects(), sealer.clone());
        let store = Self::over(database, sealer, objects);
        migrations::check(&store).await?;
        Ok(store)
    }

    fn over(database: Database, sealer: Sealer, objects: Objects) -> Self {
        let (queue, exit) = Queue::new();
        let store = Self(Arc::new(Inner {
            row_keys: RowKeys::new(sealer.entropy()),
            clients: ClientsAtHand::default(),
            outbox_filled: Notify::new(),
            database,
            sealer,
            objects,
            queue,
        }));
        pushes::start(&store, exit);
        store
    }

    /// Begins a transaction that only reads.
    pub async fn read(&self) -> Result<Tx> {
        // What a pool may have to do for a connection is large, and every handler would carry it about.
        Box::pin(self.0.database.begin_read(self)).await
    }

    /// Begins a transaction that may write. On SQLite it is the only one until it ends.
    pub async fn write(&self) -> Result<Tx> {
        Box::pin(self.0.database.begin_write(self)).await
    }

    /// The sealed files beside the database.
    pub fn objects(&self) -> &Objects {
        &self.0.objects
    }

    /// Signs the text of a link that this installation shall recognise as its own.
    pub fn sign_link(&self, text: &str) -> String {
        self.0.sealer.sign_link(text)
    }

    /// Whether a signature made by [`Store::sign_link`] belongs to this text.
    pub fn is_our_link(&self, text: &str, signature: &str) -> bool {
        self.0.sealer.is_our_link(text, signature)
    }

    /// What DPoP nonces are made with (RFC 9449 section 8): the same on every node.
    pub fn nonce_secret(&self) -> [u8; 32] {
        self.0.sealer.tag(&["dpop nonces"]).first_chunk().copied().unwrap_or_default()
    }

    /// Wakes when a committed transaction of this process has put something into the outbox.
    pub async fn outbox_filled(&self) {
        self.0.outbox_filled.notified().await;
    }

    pub(crate) fn sealer(&self) -> &Sealer {
        &self.0.sealer
    }

    pub(crate) fn row_keys(&self) -> &RowKeys {
        &self.0.row_keys
    }

    pub(crate) fn announce_outbox(&self) {
        self.0.outbox_filled.notify_one();
    }
}

fn make_data_dir(path: &Path) -> Result<()> {
    use std::os::unix::fs::DirBuilderExt as _;
    let failed = |source| StoreError::DataDir { path: path.to_owned(), source };
    std::fs::DirBuilder::new().recursive(true).mode(0o700).create(path).map_err(failed)?;
    // What stands there under that name is taken away and not written to: it may lead elsewhere.
    let probe = path.join(".writable");
    let left = std::fs::remove_file(&probe).or_else(|error| match error.kind() {
        std::io::ErrorKind::NotFound => Ok(()),
        _ => Err(error),
    });
    left.and_then(|()| std::fs::File::create_new(&probe))
        .and_then(|_| std::fs::remove_file(&probe))
        .map_err(failed)
}
