//! The e-mail address: a code goes there and comes back.

use model::id::TokenId;
use model::synthetic::is_synthetic_email;
use model::{Letter, Mode, Organization, Timestamp};
use store::{NewCode, ProofingStage, StoreError, Tx};

use super::code::{
    CODE_LIFE, MAILS_SPAN, MOST_CODES, MOST_MAILS, MOST_MAILS_OF_CLIENT, TEST_CODE, TRIES, fresh, typed,
};
use super::{Refusal, record, under_way};
use crate::Identity;
use crate::clients::Client;

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
    let expires_at = now.plus(CODE_LIFE);
    let new = NewCode { email, code: &code, expires_at, tries: TRIES, most_codes: MOST_CODES };
    if !tx.send_proofing_code(&proofing.id, &new, now).await? {
        return Ok(Confirmed::Spent);
    }
    let is_held_back = mode == Mode::Live && is_flooded(&mut tx, email, &client, now).await?;
    if mode == Mode::Live && !is_held_back {
        let id = TokenId::from_random(identity.entropy.bytes());
        let letter = write(email, &code, &client.organization);
        tx.post_letter(id.as_str(), &letter, &client.organization.id, expires_at, now).await?;
        tx.add_code_mail(id.as_str(), email, &client.credential.public_id, now).await?;
    }
    // The page says of every address that it gets few: of one that got too many, it would say that others asked.
    let detail = if is_held_back { "held_back" } else { "" };
    record(&mut tx, &proofing.public_id, "proofing.code_sent", detail, request_id, now).await?;
    tx.commit().await?;
    Ok(Confirmed::Yes)
}

/// Whether an address got as many mails as it may. Two that come at the same moment may both pass: a brake on floods,
/// and no guard of anything.
async fn is_flooded(tx: &mut Tx, email: &str, client: &Client, now: Timestamp) -> Result<bool, StoreError> {
    let sent = tx.code_mails_to(email, &client.credential.public_id, now.minus(MAILS_SPAN)).await?;
    Ok(sent.of_client >= MOST_MAILS_OF_CLIENT || sent.of_all >= MOST_MAILS)
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

/// An address that mail can go to, without spaces around it; or nothing. Printable ASCII alone: what looks like
/// another letter is no way to another mailbox. What the mailer cannot write to is none: the patient would wait.
pub(super) fn address(text: &str) -> Option<&str> {
    let text = text.trim();
    let (mailbox, domain) = text.rsplit_once('@')?;
    let is_plain = |b: u8| b.is_ascii_graphic() && !b"<>()[]\\,;:\"@".contains(&b);
    let host = domain
        .split('.')
        .all(|label| !label.is_empty() && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-'));
    let fits = !mailbox.is_empty() && mailbox.len() <= 64 && text.len() <= 254;
    let plain = fits && mailbox.bytes().all(is_plain) && host && domain.contains('.');
    (plain && egress::is_mailbox(text)).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_mail_can_go_to_is_an_address() {
        assert_eq!(address(" a.b+c@example.org "), Some("a.b+c@example.org"));
        for text in [
            "",
            "@example.org",
            "a@",
            "a@b",
            "a@b@example.org",
            "a b@example.org",
            "a@example..org",
            "a@.org",
            "a\r\nBcc: x@example.org",
            "<a@example.org>",
            "a,b@example.org",
            "\u{430}@example.org",
            "a@ex\u{e4}.org",
            "a..b@example.org",
            ".a@example.org",
            "a.@example.org",
            "a@-example.org",
            "a@example-.org",
        ] {
            assert_eq!(address(text), None, "{text:?}");
        }
        assert_eq!(address(&format!("{}@example.org", "a".repeat(65))), None);
    }
}
