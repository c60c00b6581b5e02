//! Every statement is one that both engines can plan.

use crate::dialect;
use crate::{
    access_tokens, accounts, accounts_found, assertion_uses, audit, authentication_templates, authorizations,
    backlog, clients, code_mails, connections, consent_refresh_tokens, consents, credentials, csp_tokens,
    exports, failed_calls, inquiries, letters, locations, operator_sessions, organizations, outbox,
    proofings, pushed_requests, pushes, retention, sealed_rows, sign_ins, signing_keys, token_uses, webhooks,
};

use super::on_both_engines;

type Statements = &'static [(&'static str, &'static str)];

const FILES: [(&str, Statements); 32] = [
    ("access_tokens", access_tokens::ALL),
    ("accounts", accounts::ALL),
    ("accounts_found", accounts_found::ALL),
    ("assertion_uses", assertion_uses::ALL),
    ("audit", audit::ALL),
    ("authentication_templates", authentication_templates::ALL),
    ("authorizations", authorizations::ALL),
    ("backlog", backlog::ALL),
    ("clients", clients::ALL),
    ("code_mails", code_mails::ALL),
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
    ("pushes/group", pushes::group::ALL),
    ("sign_ins", sign_ins::ALL),
    ("signing_keys", signing_keys::ALL),
    ("token_uses", token_uses::ALL),
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
        for sql in pushes::group::all() {
            tx.prepare(sql).await.expect("a statement for many rows");
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
    let sources = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut folders = vec![sources.clone()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("the sources") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let holds = std::fs::read_to_string(&path).expect("text").contains("\nstatements! {");
            let name = path.with_extension("");
            let name = name.strip_prefix(&sources).ok().and_then(|name| name.to_str()).expect("a name");
            assert_eq!(holds, FILES.iter().any(|(file, _)| *file == name), "{name}");
        }
    }
}
