//! The token endpoint of the CSP: a code, then refresh tokens, become ID tokens.

use std::sync::Arc;
use std::time::Duration;

use jose::{Algorithm, SigningKey};
use model::id::{AccountId, InquiryId, TokenId};
use model::{Busy, Challenge, Secret, SecretHash, Timestamp};
use store::{AuthenticationTemplate, Happening, Inquiry, RefreshTaken, StoreError, Tx};
use token::{Form, Issuance};

use crate::inquiry::remember_another_person;
use crate::templates::{Presented, authenticate};
use crate::{Csp, Environment, ID_TOKEN_LIFE};

/// What the token endpoint answers.
#[derive(Debug)]
pub struct Tokens {
    /// The TEFCA IAS ID token.
    pub id_token: Secret,
    /// For the userinfo endpoint.
    pub access_token: Secret,
    /// Renews the ID token; none when the template's lifetime for them is over.
    pub refresh_token: Option<Secret>,
    /// Seconds until access and ID token lapse.
    pub expires_in: u64,
    /// The scope granted.
    pub scope: String,
}

/// A code on its way to be redeemed.
#[derive(Clone, Copy)]
pub struct Redemption<'a> {
    /// `code`
    pub code: &'a str,
    /// `redirect_uri`, the same as at the authorization endpoint.
    pub redirect_uri: &'a str,
    /// `code_verifier` (RFC 7636).
    pub code_verifier: Option<&'a str>,
}

/// Why no tokens were issued.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    /// The client is unknown, of the other environment, or its secret is wrong.
    #[error("the client is unknown or did not prove itself")]
    Client,
    /// The client or its organisation asks too much at a time.
    #[error(transparent)]
    Busy(#[from] Busy),
    /// No inquiry has this code, or it is another client's.
    #[error("the code is unknown or another client's")]
    UnknownCode,
    /// `redirect_uri` differs from the authorization request's.
    #[error("redirect_uri differs from the authorization request's")]
    RedirectUri,
    /// The PKCE verifier is missing, unexpected or wrong.
    #[error("code_verifier does not fit the authorization request")]
    Verifier,
    /// The code was used or has lapsed. Whatever a code used twice has brought is revoked now (RFC 6749 4.1.2).
    #[error("the code was used before or has lapsed")]
    Spent,
    /// The account that the client asked for became another person's while this inquiry ran.
    #[error("the account is another person's")]
    AnotherPerson,
    /// The refresh token is unknown, another client's, lapsed or revoked.
    #[error(
        "the refresh token is unknown, another client's, lapsed or revoked: the patient must verify again"
    )]
    RefreshToken,
    /// The refresh token had been used before; its whole family is revoked now.
    #[error(
        "the refresh token had been used before, so all of its family are revoked: the patient must verify again"
    )]
    RefreshReused,
    /// An approved inquiry without a person, or a signature that failed.
    #[error("the ID token could not be made")]
    NotIssued,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Redeems a code, once. The account is made only now, when the client has shown that it asked for the inquiry: a
/// stranger who knows its id of a patient can neither take the account nor keep it from the patient.
/// `request_id` stands in the audit trail.
pub async fn redeem(
    csp: &Csp,
    environment: Environment,
    client: Presented<'_>,
    redemption: &Redemption<'_>,
    request_id: &str,
) -> Result<Tokens, Refusal> {
    let now = csp.clock.now();
    let signer = Signer::of(csp, environment, now).await?;
    let mut tx = csp.store.write().await?;
    let template = authenticate(&mut tx, environment, client).await?.ok_or(Refusal::Client)?;
    (csp.gate)(&template)?;
    let found = tx.inquiry_by_code(&SecretHash::of(redemption.code)).await?;
    let mut inquiry =
        found.filter(|inquiry| inquiry.client_id == template.client_id).ok_or(Refusal::UnknownCode)?;
    if inquiry.request.redirect_uri != redemption.redirect_uri {
        return Err(Refusal::RedirectUri);
    }
    check_verifier(inquiry.request.code_challenge.as_deref(), redemption.code_verifier)?;
    let id = inquiry.id.clone();
    let line = Line { request_id, template: &template, inquiry: &id, now };
    if !tx.exchange_inquiry(&inquiry.id, now).await? {
        // Who else holds the code cannot be told, nor which of the two has the tokens.
        if tx.revoke_tokens(&inquiry.id, now).await? {
            line.write(&mut tx, "tokens.revoked", "code_reused").await?;
        }
        tx.commit().await?;
        return Err(Refusal::Spent);
    }
    inquiry.account_id = claim_account(csp, &mut tx, environment, &inquiry, now).await?;
    if inquiry.account_id.is_none() {
        tx.reject_inquiry(&inquiry.id).await?;
        remember_another_person(csp, &mut tx, &inquiry, request_id).await?;
        tx.commit().await?;
        return Err(Refusal::AnotherPerson);
    }
    let nonce = inquiry.request.nonce.clone();
    let tokens = issue(csp, &mut tx, &signer, &template, &inquiry, nonce.as_deref(), now).await?;
    line.write(&mut tx, "id_token.issued", "").await?;
    tx.commit().await?;
    Ok(tokens)
}

/// Renews the ID token. The refresh token is used up and a successor takes its place, with the same end:
/// counted from proofing, never from use. `request_id` stands in the audit trail.
pub async fn refresh(
    csp: &Csp,
    environment: Environment,
    client: Presented<'_>,
    refresh_token: &str,
    request_id: &str,
) -> Result<Tokens, Refusal> {
    let now = csp.clock.now();
    let hash = SecretHash::of(refresh_token);
    let signer = Signer::of(csp, environment, now).await?;
    let mut tx = csp.store.write().await?;
    let template = authenticate(&mut tx, environment, client).await?.ok_or(Refusal::Client)?;
    (csp.gate)(&template)?;
    let inquiry = tx.refresh_inquiry(&hash).await?.ok_or(Refusal::RefreshToken)?;
    let found = tx.inquiry(&inquiry).await?;
    let inquiry =
        found.filter(|inquiry| inquiry.client_id == template.client_id).ok_or(Refusal::RefreshToken)?;
    let line = Line { request_id, template: &template, inquiry: &inquiry.id, now };
    match tx.take_refresh_token(&hash, now).await? {
        RefreshTaken::Taken => {}
        RefreshTaken::Ended => return Err(Refusal::RefreshToken),
        RefreshTaken::Reused => {
            line.write(&mut tx, "tokens.revoked", "refresh_token_reused").await?;
            tx.commit().await?;
            return Err(Refusal::RefreshReused);
        }
    }
    // OpenID Connect Core 12.2: a renewed token carries the original proofing time and no nonce.
    let tokens = issue(csp, &mut tx, &signer, &template, &inquiry, None, now).await?;
    line.write(&mut tx, "id_token.refreshed", "").await?;
    tx.commit().await?;
    Ok(tokens)
}

/// What the lines of one request in the audit trail have in common.
struct Line<'a> {
    request_id: &'a str,
    template: &'a AuthenticationTemplate,
    inquiry: &'a InquiryId,
    now: Timestamp,
}

impl Line<'_> {
    async fn write(&self, tx: &mut Tx, action: &str, detail: &str) -> Result<(), StoreError> {
        let (request_id, actor) = (self.request_id, self.template.client_id.as_str());
        let subject = self.inquiry.as_str();
        tx.audit(Happening { request_id, actor, action, subject, detail }, self.now).await
    }
}

/// The account that an inquiry is for, made if it is new; none when it is another person's.
async fn claim_account(
    csp: &Csp,
    tx: &mut Tx,
    environment: Environment,
    inquiry: &Inquiry,
    now: Timestamp,
) -> Result<Option<AccountId>, Refusal> {
    let person = matching::lifelong(inquiry.person.as_ref().ok_or(Refusal::NotIssued)?);
    let person = person.each_ref().map(String::as_str);
    let fresh = AccountId::from_random(csp.entropy.bytes());
    let account = tx.claim_account(environment, inquiry.reference.as_ref(), &person, fresh, now).await?;
    if let Some(account) = &account {
        tx.give_inquiry_account(&inquiry.id, account).await?;
    }
    Ok(account)
}

fn check_verifier(challenge: Option<&str>, verifier: Option<&str>) -> Result<(), Refusal> {
    let fits = match (challenge, verifier) {
        (None, None) => true,
        (Some(challenge), Some(verifier)) => {
            Challenge::parse(challenge).is_some_and(|challenge| challenge.is_met_by(verifier))
        }
        // A verifier without a challenge means the challenge was stripped on its way (RFC 9700 4.8.2).
        _ => false,
    };
    if fits { Ok(()) } else { Err(Refusal::Verifier) }
}

/// Who signs: an issuer and its key. Taken before the transaction begins, which would keep its connection while
/// it waits for another one.
struct Signer {
    issuer: String,
    key: Arc<SigningKey>,
}

impl Signer {
    async fn of(csp: &Csp, environment: Environment, now: Timestamp) -> Result<Self, StoreError> {
        let key = csp.keys(environment).signing(Algorithm::Rs256, now).await?;
        Ok(Self { issuer: csp.issuer(environment), key })
    }
}

async fn issue(
    csp: &Csp,
    tx: &mut Tx,
    signer: &Signer,
    template: &AuthenticationTemplate,
    inquiry: &Inquiry,
    nonce: Option<&str>,
    now: Timestamp,
) -> Result<Tokens, Refusal> {
    let proofed_at = inquiry.decided_at.ok_or(Refusal::NotIssued)?;
    let id_token = id_token(csp, signer, template, inquiry, nonce, now)?;
    let access_token = csp.entropy.secret();
    tx.add_userinfo_token(&access_token.hash(), &inquiry.id, now.plus(ID_TOKEN_LIFE)).await?;
    let ends_at = proofed_at.plus(Duration::from_secs(u64::from(template.refresh_days) * 24 * 3600));
    let refresh_token = (ends_at > now).then(|| csp.entropy.secret());
    if let Some(token) = &refresh_token {
        tx.add_refresh_token(&token.hash(), &inquiry.id, ends_at).await?;
    }
    Ok(Tokens {
        id_token,
        access_token,
        refresh_token,
        expires_in: ID_TOKEN_LIFE.as_secs(),
        scope: inquiry.request.scope.clone(),
    })
}

fn id_token(
    csp: &Csp,
    signer: &Signer,
    template: &AuthenticationTemplate,
    inquiry: &Inquiry,
    nonce: Option<&str>,
    now: Timestamp,
) -> Result<Secret, Refusal> {
    let payload = token::issue(&issuance(
        &signer.issuer,
        template,
        inquiry,
        nonce,
        TokenId::from_random(csp.entropy.bytes()).as_str(),
        now,
    )?);
    signer
        .key
        .sign("JWT", &payload, &csp.entropy.for_signing())
        .map(Secret::new)
        .map_err(|_| Refusal::NotIssued)
}

/// What an inquiry allows to be said of a person.
pub(crate) fn issuance<'a>(
    issuer: &'a str,
    template: &'a AuthenticationTemplate,
    inquiry: &'a Inquiry,
    nonce: Option<&'a str>,
    token_id: &'a str,
    now: Timestamp,
) -> Result<Issuance<'a>, Refusal> {
    Ok(Issuance {
        issuer,
        subject: inquiry.account_id.as_ref().ok_or(Refusal::NotIssued)?.as_str(),
        client_id: &template.client_id,
        audience: &template.hcid,
        issued_at: now,
        life: ID_TOKEN_LIFE,
        auth_time: inquiry.decided_at.ok_or(Refusal::NotIssued)?,
        token_id,
        nonce,
        inquiry_id: inquiry.id.as_str(),
        demographics: inquiry.person.as_ref().ok_or(Refusal::NotIssued)?,
        email_verified: true,
        phone_verified: true,
        form: Form::from_name(&template.profile).ok_or(Refusal::NotIssued)?,
    })
}
