//! Whether anything is kept that only the key file can open.

use crate::Result;
use crate::database::Database;
use crate::statement::statements;

statements! {
    // What a key file opens, and `accounts`, which are found by a keyed hash.
    ANY = "SELECT 1 FROM signing_keys UNION ALL SELECT 1 FROM webhook_endpoints UNION ALL SELECT 1 FROM consents
        UNION ALL SELECT 1 FROM pushed_requests UNION ALL SELECT 1 FROM authorizations
        UNION ALL SELECT 1 FROM csp_pushed_requests UNION ALL SELECT 1 FROM inquiries UNION ALL SELECT 1 FROM accounts
        UNION ALL SELECT 1 FROM accounts_found UNION ALL SELECT 1 FROM connections UNION ALL SELECT 1 FROM sign_ins
        UNION ALL SELECT 1 FROM proofings UNION ALL SELECT 1 FROM letters
        LIMIT 1";
}

/// Whether a database with tables holds a sealed row.
pub(crate) async fn any(database: &Database) -> Result<bool> {
    database.yields_a_row(ANY).await
}
