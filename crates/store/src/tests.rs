//! The contract of the store. Every test runs on SQLite, and on PostgreSQL where a server is named.

mod access_tokens;
mod accounts_found;
mod assertion_uses;
mod audit;
mod authentication_templates;
mod authorizations;
mod backlog;
mod code_mails;
mod connections;
mod consent_refresh_tokens;
mod consents;
mod credentials;
mod csp_tokens;
mod exports;
mod failed_calls;
mod flushes;
mod inquiries;
mod key_ring;
mod letters;
mod locations;
mod migrations;
mod opening;
mod operator_sessions;
mod organizations;
mod outbox;
mod proofings;
mod pushed_requests;
mod pushes;
mod races;
mod retention;
mod sample;
mod sealed;
mod sign_ins;
mod signing_keys;
mod statements;
mod token_uses;
mod webhooks;

use ambient::Entropy;

use crate::scratch::PostgresDatabase;
use crate::{DatabaseUrl, Options, Store};

/// A store of its own for one test.
struct Stage {
    store: Store,
    options: Options,
    _folder: tempfile::TempDir,
    _database: Option<PostgresDatabase>,
}

impl Stage {
    async fn sqlite() -> Self {
        Self::open(None).await
    }

    /// None where no server is named.
    async fn postgres() -> Option<Self> {
        Some(Self::open(Some(PostgresDatabase::create().await?)).await)
    }

    async fn open(database: Option<PostgresDatabase>) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let url = database.as_ref().map_or(DatabaseUrl::Embedded, PostgresDatabase::url);
        let options = Options { data_dir: folder.path().to_owned(), database: url, key_file: None };
        let store = Store::open(&options, Entropy::seeded(1)).await.expect("the store opens");
        Self { store, options, _folder: folder, _database: database }
    }
}

/// Writes each check as two tests, one for each engine.
macro_rules! on_both_engines {
    ($($(#[doc = $doc:literal])* async fn $name:ident($stage:ident: &Stage) $check:block)+) => {$(
        mod $name {
            use super::*;

            $(#[doc = $doc])*
            async fn check($stage: &crate::tests::Stage) $check

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn sqlite() {
                check(&crate::tests::Stage::sqlite().await).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn postgres() {
                if let Some(stage) = crate::tests::Stage::postgres().await {
                    check(&stage).await;
                }
            }
        }
    )+};
}
use on_both_engines;
