//! Inquiries: one identity proofing each, and the code it ends in.
//!
//! `stage` only moves forward, and each move is one guarded statement:
//! `started` -> `confirming` (a person is named) -> `approved`, `declined` or `failed`;
//! `approved` -> `exchanged` (its code was redeemed), and from there to its account, or to `failed` after all.

use model::id::{AccountId, InquiryId};
use model::{Demographics, Hcid, SecretHash, Timestamp};
use serde::{Deserialize, Serialize};

use crate::accounts::AccountReference;
use crate::database::{Row, Tx, args, to_json};
use crate::sealing::Place;
use crate::statement::statements;
use crate::{Result, StoreError};

const TABLE: &str = "inquiries";

statements! {
    INSERT = "INSERT INTO inquiries (id, handle_hash, client_id, reference_tag, request, stage, created_at, expires_at)
        VALUES ($1, $2, $3, $4, $5, 'started', $6, $7)";
    OPEN = "SELECT * FROM inquiries WHERE handle_hash = $1 AND stage IN ('started', 'confirming') AND expires_at > $2";
    NAME_PERSON = "UPDATE inquiries SET stage = 'confirming', person = $2
        WHERE id = $1 AND stage IN ('started', 'confirming') AND expires_at > $3";
    APPROVE = "UPDATE inquiries SET stage = 'approved', code_hash = $2, decided_at = $3, expires_at = $4
        WHERE id = $1 AND stage = 'confirming' AND expires_at > $3";
    END = "UPDATE inquiries SET stage = $2, decided_at = $3
        WHERE id = $1 AND stage IN ('started', 'confirming') AND expires_at > $3";
    BY_CODE = "SELECT * FROM inquiries WHERE code_hash = $1";
    BY_ID = "SELECT * FROM inquiries WHERE id = $1";
    EXCHANGE = "UPDATE inquiries SET stage = 'exchanged' WHERE id = $1 AND stage = 'approved' AND expires_at > $2";
    GIVE_ACCOUNT = "UPDATE inquiries SET account_id = $2
        WHERE id = $1 AND stage = 'exchanged' AND account_id IS NULL";
    REJECT = "UPDATE inquiries SET stage = 'failed' WHERE id = $1 AND stage = 'exchanged' AND account_id IS NULL";
}

/// The client's authorization request, as it came.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct AuthorizationRequest {
    /// Where the answer goes; already checked against the registered ones.
    pub redirect_uri: String,
    /// Space-separated scopes.
    pub scope: String,
    /// Returned unchanged.
    pub state: Option<String>,
    /// Echoed in the ID token.
    pub nonce: Option<String>,
    /// PKCE S256 challenge.
    pub code_challenge: Option<String>,
    /// The client's own id of the patient: the account's reference. Kept with an inquiry as that alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub login_hint: Option<String>,
}

/// An inquiry as the engine hands it over.
pub struct NewInquiry<'a> {
    /// Its id.
    pub id: &'a InquiryId,
    /// Hash of the handle that the pages' forms carry.
    pub handle: &'a SecretHash,
    /// The client.
    pub client_id: &'a str,
    /// The IAS provider that the login hint of the request means something to.
    pub owner: &'a Hcid,
    /// The request it answers.
    pub request: &'a AuthorizationRequest,
    /// When it began.
    pub created_at: Timestamp,
    /// Until when it may be completed.
    pub expires_at: Timestamp,
}

/// Where an inquiry stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InquiryStage {
    /// Nobody is named yet.
    Started,
    /// Someone is named and asked for the code that was sent.
    Confirming,
    /// Proven; a code waits for the client.
    Approved,
    /// Proven, and the code was redeemed.
    Exchanged,
    /// The person declined.
    Declined,
    /// The checks failed.
    Failed,
}

impl InquiryStage {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Started => "started",
            Self::Confirming => "confirming",
            Self::Approved => "approved",
            Self::Exchanged => "exchanged",
            Self::Declined => "declined",
            Self::Failed => "failed",
        }
    }

    fn parse(text: &str) -> Option<Self> {
        [Self::Started, Self::Confirming, Self::Approved, Self::Exchanged, Self::Declined, Self::Failed]
            .into_iter()
            .find(|stage| stage.as_str() == text)
    }
}

/// An inquiry as stored.
#[derive(Debug)]
pub struct Inquiry {
    /// Its id.
    pub id: InquiryId,
    /// The client.
    pub client_id: String,
    /// The reference of the account that it is for; none for an account of its own.
    pub reference: Option<AccountReference>,
    /// Whose it is, once its code was redeemed.
    pub account_id: Option<AccountId>,
    /// The request it answers.
    pub request: AuthorizationRequest,
    /// Where it stands.
    pub stage: InquiryStage,
    /// Who it is about, once named.
    pub person: Option<Demographics>,
    /// When it was decided: the `auth_time` of its tokens.
    pub decided_at: Option<Timestamp>,
}

impl Tx {
    /// Keeps a new inquiry. The login hint may name the patient, so it is kept as a keyed hash.
    pub async fn add_inquiry(&mut self, inquiry: &NewInquiry<'_>) -> Result<()> {
        let i = inquiry;
        let reference = i.request.login_hint.as_deref().map(|hint| self.account_reference(i.owner, hint));
        let request = AuthorizationRequest { login_hint: None, ..i.request.clone() };
        self.execute(
            INSERT,
            args![
                i.id.as_str(),
                i.handle.as_bytes(),
                i.client_id,
                reference.as_ref().map(|reference| reference.0.as_slice()),
                &to_json(&request),
                i.created_at,
                i.expires_at
            ],
        )
        .await?;
        Ok(())
    }

    /// The undecided inquiry behind a page's handle.
    pub async fn open_inquiry(&mut self, handle: &SecretHash, now: Timestamp) -> Result<Option<Inquiry>> {
        let row = self.fetch(OPEN, args![handle.as_bytes(), now]).await?;
        row.map(|row| self.read_inquiry(&row)).transpose()
    }

    /// Names the person an inquiry is about; again, when they mistyped. False when it was decided already.
    pub async fn name_person(
        &mut self,
        id: &InquiryId,
        person: &Demographics,
        now: Timestamp,
    ) -> Result<bool> {
        let sealed = self.store.sealer().seal_json(place(id), person);
        Ok(self.execute(NAME_PERSON, args![id.as_str(), &sealed, now]).await? == 1)
    }

    /// Approves an inquiry and keeps the code that stands for it; false when it was decided already.
    pub async fn approve_inquiry(
        &mut self,
        id: &InquiryId,
        code: &SecretHash,
        code_expires_at: Timestamp,
        now: Timestamp,
    ) -> Result<bool> {
        Ok(self.execute(APPROVE, args![id.as_str(), code.as_bytes(), now, code_expires_at]).await? == 1)
    }

    /// Ends an inquiry as declined or failed; false when it was decided already.
    pub async fn end_inquiry(&mut self, id: &InquiryId, stage: InquiryStage, now: Timestamp) -> Result<bool> {
        Ok(self.execute(END, args![id.as_str(), stage.as_str(), now]).await? == 1)
    }

    /// The inquiry a code was issued for, used or not.
    pub async fn inquiry_by_code(&mut self, code: &SecretHash) -> Result<Option<Inquiry>> {
        let row = self.fetch(BY_CODE, args![code.as_bytes()]).await?;
        row.map(|row| self.read_inquiry(&row)).transpose()
    }

    /// The inquiry with this id.
    pub async fn inquiry(&mut self, id: &InquiryId) -> Result<Option<Inquiry>> {
        let row = self.fetch(BY_ID, args![id.as_str()]).await?;
        row.map(|row| self.read_inquiry(&row)).transpose()
    }

    /// Redeems an inquiry's code: once, and not after it lapsed.
    pub async fn exchange_inquiry(&mut self, id: &InquiryId, now: Timestamp) -> Result<bool> {
        Ok(self.execute(EXCHANGE, args![id.as_str(), now]).await? == 1)
    }

    /// Says whose an inquiry is whose code was redeemed; false when that is known or the code was not.
    pub async fn give_inquiry_account(&mut self, id: &InquiryId, account: &AccountId) -> Result<bool> {
        Ok(self.execute(GIVE_ACCOUNT, args![id.as_str(), account.as_str()]).await? == 1)
    }

    /// Ends an inquiry whose code was redeemed as failed after all; false when it has an account.
    pub async fn reject_inquiry(&mut self, id: &InquiryId) -> Result<bool> {
        Ok(self.execute(REJECT, args![id.as_str()]).await? == 1)
    }

    fn read_inquiry(&self, row: &Row) -> Result<Inquiry> {
        let id = row.read(TABLE, "id", |text| InquiryId::parse(text).ok())?;
        let sealed: Option<Vec<u8>> = row.get("person")?;
        let person = match sealed {
            Some(sealed) => {
                let plain = self.store.sealer().open_sealed(place(&id), &sealed)?;
                let read = serde_json::from_slice(&plain);
                Some(read.map_err(|_| StoreError::Damaged { table: TABLE, column: "person" })?)
            }
            None => None,
        };
        let account: Option<String> = row.get("account_id")?;
        let account = account.map(|text| AccountId::parse(&text)).transpose();
        let reference: Option<Vec<u8>> = row.get("reference_tag")?;
        Ok(Inquiry {
            client_id: row.get("client_id")?,
            reference: reference.map(AccountReference),
            account_id: account.map_err(|_| StoreError::Damaged { table: TABLE, column: "account_id" })?,
            request: row.json(TABLE, "request")?,
            stage: row.read(TABLE, "stage", InquiryStage::parse)?,
            decided_at: row.time_if_any("decided_at")?,
            id,
            person,
        })
    }
}

fn place(id: &InquiryId) -> Place<'_> {
    Place { table: TABLE, column: "person", row: id.as_str() }
}
