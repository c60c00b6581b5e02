//! Every statement is one that both engines can plan.

use crate::dialect;
use crate::{
    access_tokens, accounts, accounts_found, audit, authentication_templates, authorizations, backlog,
    connections, consent_refresh_tokens, consents, credentials, csp_tokens, exports, failed_calls, inquiries,
    letters, locations, operator_sessions, organizations, outbox, proofings, pushed_requests, retention,
    sealed_rows, sign_ins, signing_keys, token_uses, webhooks,
};

use super::on_both_engines;

type Statements = &'static [(&'static str, &'static str)];

const FILES: [(&str, Statements); 28] = [
    ("access_tokens", access_tokens::ALL),
    ("accounts", accounts::ALL),
    ("accounts_found", accounts_found::ALL),
    ("audit", audit::ALL),
    ("authentication_templates", authentication_templates::ALL),
    ("authorizations", authorizations::ALL),
    ("backlog", backlog::ALL),
    ("connections", connections::ALL),
    ("consent_refresh_tokens", consent_refresh_tokens::ALL),
    ("consents", consents::ALL),
    ("credentials", credentials::ALL),
    ("csp_tokens", csp_tokens::ALL),
    ("exports", exports::ALL),
    ("failed_calls", failed_calls::ALL),
    ("inquiries", inquiries::ALL),
    ("letters", letters::ALL),
    ("locations", locations::ALL),
    ("operator_sessions", operator_sessions::ALL),
    ("organizations", organizations::ALL),
    ("outbox", outbox::ALL),
    ("proofings", proofings::ALL),
    ("pushed_requests", pushed_requests::ALL),
    ("retention", retention::ALL),
    ("sealed_rows", sealed_rows::ALL),
    ("token_uses", token_uses::ALL),
    ("sign_ins", sign_ins::ALL),
    ("signing_keys", signing_keys::ALL),
    ("webhooks", webhooks::ALL),
];

on_both_engines! {
    async fn every_statement_is_understood(stage: &Stage) {
        let mut tx = stage.store.write().await.expect("a transaction");
        let engine = tx.engine();
        let of_dialect =
            [Some(dialect::lease_jobs(engine)), dialect::migration_lock(engine), Some(dialect::has_tables(engine))];
        for sql in of_dialect.into_iter().flatten() {
            tx.prepare(sql).await.expect("a statement of the dialect");
        }
        for (file, statements) in FILES {
            for (name, sql) in statements {
                if let Err(error) = tx.prepare(sql).await {
                    panic!("{name} in {file}.rs: {error}");
                }
            }
        }
    }
}

#[test]
fn no_file_with_statements_is_left_out() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    for entry in std::fs::read_dir(folder).expect("the sources") {
        let path = entry.expect("an entry").path();
        let holds =
            path.is_file() && std::fs::read_to_string(&path).expect("text").contains("\nstatements! {");
        let name = path.file_stem().and_then(|stem| stem.to_str()).expect("a name");
        assert_eq!(holds, FILES.iter().any(|(file, _)| *file == name), "{name}");
    }
}
