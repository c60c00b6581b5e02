//! The answer to an authentication request: its nonce, and whom it was issued to (OpenID Connect Core 3.1.3.7).

use openias_token::Policy;
use openias_token::answer::Mismatch;
use serde_json::{Value, json};

use crate::forge::{AUDIENCE, changed, judge_under};

fn answer(changes: &[(&str, Value)]) -> Result<(), Mismatch> {
    let verified = judge_under(Policy::default(), &changed(changes)).expect("it stands");
    verified.answers("client_1", "nonce_1")
}

#[test]
fn an_answer_carries_the_nonce_of_its_request() {
    let nonce = |nonce: Value| answer(&[("aud", json!([AUDIENCE, "client_1"])), ("nonce", nonce)]);
    assert_eq!(nonce(json!("nonce_1")), Ok(()));
    for other in [json!(null), json!("nonce_2"), json!("nonce_1 "), json!(["nonce_1"])] {
        assert_eq!(nonce(other.clone()), Err(Mismatch::Nonce), "{other}");
    }
}

#[test]
fn an_answer_was_issued_to_who_asked() {
    let issued = |aud: Value, azp: Value| answer(&[("aud", aud), ("azp", azp), ("nonce", json!("nonce_1"))]);
    assert_eq!(issued(json!(AUDIENCE), json!(null)), Ok(()), "the HCID alone, as IAS SOP 3.0 has it");
    assert_eq!(issued(json!([AUDIENCE, "client_1"]), json!("client_1")), Ok(()));
    assert_eq!(issued(json!([AUDIENCE, "client_2"]), json!(null)), Err(Mismatch::Client));
    assert_eq!(issued(json!([AUDIENCE, "client_1", "client_2"]), json!("client_2")), Err(Mismatch::Client));
}
