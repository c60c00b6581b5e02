//! The bridge API.

mod connect;
mod download;
mod ehi_export;
mod org;
mod org_connection;
mod record_locator;
mod vault_connection;

use testkit::http::Call;
use testkit::{Http, Party};

/// Asserts that a call of a backend is refused without credentials and with wrong ones, all alike.
async fn is_for_backends(party: &Party, stranger: &Party, call: impl Fn(&Http) -> Call) {
    let key = party.private_key.expose();
    for refused in [
        call(&party.http),
        call(&party.http).basic(&party.public_id, stranger.private_key.expose()),
        call(&party.http).basic(&party.public_id, ""),
        call(&party.http).basic("nobody", key),
        call(&party.http).basic(&party.public_id, key).basic(&party.public_id, key),
        call(&party.http).bearer("private_test_x"),
        call(&party.http).bearer(&party.public_id),
        call(&party.http).header("authorization", "Basic %%%"),
    ] {
        let answer = refused.send().await;
        answer.is_bridge_error(401, "unauthorized");
        assert!(answer.header("www-authenticate").starts_with("Basic "));
    }
}

/// Asserts that a call of the widget is refused without a session, and with anything that is none.
async fn is_for_patients(party: &Party, call: impl Fn(&Http) -> Call) {
    for refused in [
        call(&party.http),
        call(&party.http).bearer("x"),
        call(&party.http).bearer(party.private_key.expose()),
        call(&party.http).basic(&party.public_id, party.private_key.expose()),
    ] {
        let answer = refused.send().await;
        answer.is_bridge_error(401, "session_ended");
        // A browser that is challenged with Basic asks the patient for a password.
        assert!(answer.header("www-authenticate").starts_with("Bearer "));
    }
}
