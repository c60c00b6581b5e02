//! The few places where the two engines need different words, all of them.

use crate::database::Engine;

/// The words of the migrations that differ, and what stands for them.
pub(crate) fn words(engine: Engine) -> [(&'static str, &'static str); 3] {
    match engine {
        Engine::Sqlite => [
            // Only so spelt is it the number of the row itself.
            ("{ROWKEY}", "INTEGER PRIMARY KEY"),
            ("{CLUSTERED}", " WITHOUT ROWID"),
            (
                "{CONFIGURATION_TRIGGERS}",
                "CREATE TRIGGER organizations_added AFTER INSERT ON organizations
                     BEGIN UPDATE configuration SET version = version + 1; END;
                 CREATE TRIGGER organizations_changed AFTER UPDATE ON organizations
                     BEGIN UPDATE configuration SET version = version + 1; END;
                 CREATE TRIGGER organizations_removed AFTER DELETE ON organizations
                     BEGIN UPDATE configuration SET version = version + 1; END;
                 CREATE TRIGGER credentials_added AFTER INSERT ON credentials
                     BEGIN UPDATE configuration SET version = version + 1; END;
                 CREATE TRIGGER credentials_changed AFTER UPDATE ON credentials
                     BEGIN UPDATE configuration SET version = version + 1; END;
                 CREATE TRIGGER credentials_removed AFTER DELETE ON credentials
                     BEGIN UPDATE configuration SET version = version + 1; END;",
            ),
        ],
        Engine::Postgres => [
            ("{ROWKEY}", "BIGINT PRIMARY KEY"),
            ("{CLUSTERED}", ""),
            (
                "{CONFIGURATION_TRIGGERS}",
                "CREATE FUNCTION configuration_changed() RETURNS TRIGGER LANGUAGE plpgsql AS $$
                     BEGIN UPDATE configuration SET version = version + 1; RETURN NULL; END $$;
                 CREATE TRIGGER organizations_changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON organizations
                     FOR EACH STATEMENT EXECUTE FUNCTION configuration_changed();
                 CREATE TRIGGER credentials_changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON credentials
                     FOR EACH STATEMENT EXECUTE FUNCTION configuration_changed();",
            ),
        ],
    }
}

/// Leases due jobs of a kind: `$1` until when, `$2` now, `$3` how many, `$4` the kind, `$5` how many of one
/// organisation at a time. What an organisation has running stands first in its line, so that the places up to
/// `$5` are what it may have running after this. On PostgreSQL two workers must not wait for each other's rows;
/// on SQLite there is one writer.
pub(crate) fn lease_jobs(engine: Engine) -> &'static str {
    match engine {
        Engine::Sqlite => {
            "UPDATE outbox SET leased_until = $1, attempts = attempts + 1
             WHERE (kind, subject) IN (
                 SELECT kind, subject FROM (
                     SELECT kind, subject, run_at, leased_until, ROW_NUMBER() OVER (
                         PARTITION BY organization_id
                         ORDER BY CASE WHEN leased_until > $2 THEN 0 ELSE 1 END, run_at, subject) AS place
                     FROM outbox WHERE kind = $4 AND (run_at <= $2 OR leased_until > $2)) AS line
                 WHERE place <= $5 AND leased_until <= $2
                 ORDER BY run_at LIMIT $3)
             RETURNING kind, subject, attempts"
        }
        Engine::Postgres => {
            "WITH picked AS MATERIALIZED (
                 SELECT kind, subject FROM outbox
                 WHERE leased_until <= $2 AND run_at <= $2 AND (kind, subject) IN (
                     SELECT kind, subject FROM (
                         SELECT kind, subject, leased_until, ROW_NUMBER() OVER (
                             PARTITION BY organization_id
                             ORDER BY CASE WHEN leased_until > $2 THEN 0 ELSE 1 END, run_at, subject) AS place
                         FROM outbox WHERE kind = $4 AND (run_at <= $2 OR leased_until > $2)) AS line
                     WHERE place <= $5 AND leased_until <= $2)
                 ORDER BY run_at LIMIT $3 FOR UPDATE SKIP LOCKED)
             UPDATE outbox SET leased_until = $1, attempts = attempts + 1
             FROM picked WHERE outbox.kind = picked.kind AND outbox.subject = picked.subject
             RETURNING outbox.kind, outbox.subject, outbox.attempts"
        }
    }
}

/// Keeps a second process from migrating the same database at the same time; held to the end of the
/// transaction. SQLite's write transaction is that lock already.
pub(crate) fn migration_lock(engine: Engine) -> Option<&'static str> {
    match engine {
        Engine::Sqlite => None,
        Engine::Postgres => Some("SELECT pg_advisory_xact_lock(7204015)"),
    }
}

/// A row when the tables have been made. One transaction makes them, so one stands for all.
pub(crate) fn has_tables(engine: Engine) -> &'static str {
    match engine {
        Engine::Sqlite => "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'signing_keys'",
        Engine::Postgres => "SELECT 1 WHERE to_regclass('signing_keys') IS NOT NULL",
    }
}
