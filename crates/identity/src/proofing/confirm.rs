//! The e-mail address: a code goes there and comes back.

use model::id::TokenId;
use model::synthetic::is_synthetic_email;
use model::{Letter, Mode, Organization};
use store::{NewCode, ProofingStage};

use super::code::{CODE_LIFE, MOST_CODES, MOST_MAILS, SPAN, TEST_CODE, TRIES, address, fresh, typed};
use super::{Refusal, record, under_way};
use crate::Identity;

/// What became of an address or a code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Confirmed {
    /// It goes on.
    Yes,
    /// That is no address.
    NotAnAddress,
    /// Test clients have synthetic patients alone, live ones real people alone.
    AnotherMode,
    /// The code is another one.
    WrongCode,
    /// The code has lapsed or was tried too often; or no further one is sent.
    Spent,
}

/// Writes the letter that carries a code: for whom, the code, and the organisation that asks.
pub type Write<'a> = &'a (dyn Fn(&str, &str, &Organization) -> Letter + Sync);

/// Sends a code to an address, in place of an earlier one. Without an address, to the one before. In test mode none
/// is sent, and [`TEST_CODE`] is right.
pub async fn send_code(
    identity: &Identity,
    browser: Option<&str>,
    email: Option<&str>,
    write: Write<'_>,
    request_id: &str,
) -> Result<Confirmed, Refusal> {
    let now = identity.clock.now();
    let mut tx = identity.store.write().await?;
    let (proofing, client) = under_way(&mut tx, browser, now).await?;
    if !matches!(proofing.stage, ProofingStage::Email | ProofingStage::Code) {
        return Err(Refusal::AnotherStep);
    }
    let before = proofing.email.as_ref().map(model::Secret::expose);
    let Some(email) = email.or(before).and_then(address) else { return Ok(Confirmed::NotAnAddress) };
    let mode = client.credential.mode();
    if is_synthetic_email(email) != (mode == Mode::Test) {
        return Ok(Confirmed::AnotherMode);
    }
    let code = match mode {
        Mode::Test => TEST_CODE.to_owned(),
        Mode::Live => fresh(&identity.entropy),
    };
    // Two that come at the same moment may both pass: a brake on floods, and no guard of anything.
    let flooded = tx.codes_sent_to(email, now.minus(SPAN)).await? >= MOST_MAILS;
    let expires_at = now.plus(CODE_LIFE);
    let (tries, most_codes) = (i64::from(TRIES), i64::from(MOST_CODES));
    let new = NewCode { email, code: &code, expires_at, tries, most_codes };
    if !tx.send_proofing_code(&proofing.id, &new, now).await? {
        return Ok(Confirmed::Spent);
    }
    if mode == Mode::Live && !flooded {
        let id = TokenId::from_random(identity.entropy.bytes());
        let letter = write(email, &code, &client.organization);
        tx.post_letter(id.as_str(), &letter, &client.organization.id, expires_at, now).await?;
    }
    // Nobody is told of the brake: it would say that others asked for codes to this address.
    let detail = if flooded { "held_back" } else { "" };
    record(&mut tx, &proofing.public_id, "proofing.code_sent", detail, request_id, now).await?;
    tx.commit().await?;
    Ok(Confirmed::Yes)
}

/// Tries a code.
pub async fn confirm(
    identity: &Identity,
    browser: Option<&str>,
    code: &str,
    request_id: &str,
) -> Result<Confirmed, Refusal> {
    let now = identity.clock.now();
    let mut tx = identity.store.write().await?;
    let (proofing, _) = under_way(&mut tx, browser, now).await?;
    if proofing.stage != ProofingStage::Code {
        return Err(Refusal::AnotherStep);
    }
    let outcome = match tx.try_proofing_code(&proofing.id, &typed(code), now).await? {
        Some(true) => Confirmed::Yes,
        Some(false) => Confirmed::WrongCode,
        None => return Ok(Confirmed::Spent),
    };
    let action = if outcome == Confirmed::Yes { "proofing.email_confirmed" } else { "proofing.wrong_code" };
    record(&mut tx, &proofing.public_id, action, "", request_id, now).await?;
    tx.commit().await?;
    Ok(outcome)
}
