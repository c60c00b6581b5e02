//! What the CSP hands out beside the ID token: refresh tokens, userinfo tokens, pushed requests.

use model::id::{InquiryId, hex};
use model::{SecretHash, Timestamp};

use crate::database::{Tx, args};
use crate::inquiries::AuthorizationRequest;
use crate::sealing::Place;
use crate::statement::statements;
use crate::{Result, StoreError};

const PUSHED: &str = "csp_pushed_requests";

statements! {
    ADD_REFRESH = "INSERT INTO refresh_tokens (token_hash, inquiry_id, expires_at) VALUES ($1, $2, $3)";
    REFRESH_INQUIRY = "SELECT inquiry_id FROM refresh_tokens WHERE token_hash = $1";
    TAKE_REFRESH = "UPDATE refresh_tokens SET used_at = $2
        WHERE token_hash = $1 AND used_at IS NULL AND expires_at > $2
        AND EXISTS (SELECT 1 FROM inquiries i WHERE i.id = refresh_tokens.inquiry_id AND i.tokens_revoked_at IS NULL)";
    WAS_USED = "SELECT inquiry_id FROM refresh_tokens WHERE token_hash = $1 AND used_at IS NOT NULL";
    // One row that every use looks at: a token that another transaction is adding at this moment cannot be seen
    // here, and is ended all the same.
    REVOKE_FAMILY = "UPDATE inquiries SET tokens_revoked_at = $2 WHERE id = $1 AND tokens_revoked_at IS NULL";
    FORGET_USERINFO = "DELETE FROM userinfo_tokens WHERE inquiry_id = $1";
    ADD_USERINFO = "INSERT INTO userinfo_tokens (token_hash, inquiry_id, expires_at) VALUES ($1, $2, $3)";
    USERINFO = "SELECT t.inquiry_id FROM userinfo_tokens t JOIN inquiries i ON i.id = t.inquiry_id
        WHERE t.token_hash = $1 AND t.expires_at > $2 AND i.tokens_revoked_at IS NULL";
    ADD_PUSHED = "INSERT INTO csp_pushed_requests (reference_hash, client_id, request, expires_at)
        VALUES ($1, $2, $3, $4)";
    TAKE_PUSHED = "DELETE FROM csp_pushed_requests WHERE reference_hash = $1 AND client_id = $2 AND expires_at > $3
        RETURNING request";
}

/// What became of an attempt to use a refresh token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RefreshTaken {
    /// It is used up now; a successor may be issued.
    Taken,
    /// It had been used before: someone holds a copy, and the whole family is revoked now.
    Reused,
    /// It lapsed or was revoked.
    Ended,
}

impl Tx {
    /// Keeps a refresh token until it lapses: an absolute time counted from proofing, the same for its whole
    /// family.
    pub async fn add_refresh_token(
        &mut self,
        token: &SecretHash,
        inquiry: &InquiryId,
        expires_at: Timestamp,
    ) -> Result<()> {
        self.execute(ADD_REFRESH, args![token.as_bytes(), inquiry.as_str(), expires_at]).await?;
        Ok(())
    }

    /// The inquiry whose proofing a refresh token renews, used or not: the family of all tokens that descend
    /// from it.
    pub async fn refresh_inquiry(&mut self, token: &SecretHash) -> Result<Option<InquiryId>> {
        let row = self.fetch(REFRESH_INQUIRY, args![token.as_bytes()]).await?;
        row.map(|row| row.read("refresh_tokens", "inquiry_id", |text| InquiryId::parse(text).ok()))
            .transpose()
    }

    /// Uses a refresh token up: once. A second use revokes every token of its family (RFC 9700 4.14.2).
    pub async fn take_refresh_token(&mut self, token: &SecretHash, now: Timestamp) -> Result<RefreshTaken> {
        if self.execute(TAKE_REFRESH, args![token.as_bytes(), now]).await? == 1 {
            return Ok(RefreshTaken::Taken);
        }
        let Some(row) = self.fetch(WAS_USED, args![token.as_bytes()]).await? else {
            return Ok(RefreshTaken::Ended);
        };
        let inquiry = row.read("refresh_tokens", "inquiry_id", |text| InquiryId::parse(text).ok())?;
        self.revoke_tokens(&inquiry, now).await?;
        Ok(RefreshTaken::Reused)
    }

    /// Ends whatever an inquiry's code or refresh tokens brought, or are bringing at this moment: refresh and
    /// userinfo tokens (RFC 6749 4.1.2, RFC 9700 4.14.2). False when they were ended before.
    pub async fn revoke_tokens(&mut self, inquiry: &InquiryId, now: Timestamp) -> Result<bool> {
        let revoked = self.execute(REVOKE_FAMILY, args![inquiry.as_str(), now]).await? == 1;
        self.execute(FORGET_USERINFO, args![inquiry.as_str()]).await?;
        Ok(revoked)
    }

    /// Keeps an access token for the userinfo endpoint.
    pub async fn add_userinfo_token(
        &mut self,
        token: &SecretHash,
        inquiry: &InquiryId,
        expires_at: Timestamp,
    ) -> Result<()> {
        self.execute(ADD_USERINFO, args![token.as_bytes(), inquiry.as_str(), expires_at]).await?;
        Ok(())
    }

    /// The inquiry an unexpired userinfo token stands for.
    pub async fn userinfo_inquiry(
        &mut self,
        token: &SecretHash,
        now: Timestamp,
    ) -> Result<Option<InquiryId>> {
        let row = self.fetch(USERINFO, args![token.as_bytes(), now]).await?;
        row.map(|row| row.read("userinfo_tokens", "inquiry_id", |text| InquiryId::parse(text).ok()))
            .transpose()
    }

    /// Keeps a request pushed to the CSP, sealed: its login hint may name the patient.
    pub async fn push_csp_request(
        &mut self,
        reference: &SecretHash,
        client_id: &str,
        request: &AuthorizationRequest,
        expires_at: Timestamp,
    ) -> Result<()> {
        let row = hex(reference.as_bytes());
        let sealed = self.store.sealer().seal_json(place(&row), request);
        self.execute(ADD_PUSHED, args![reference.as_bytes(), client_id, &sealed, expires_at]).await?;
        Ok(())
    }

    /// Takes a request pushed to the CSP: once, by the client that pushed it.
    pub async fn take_csp_request(
        &mut self,
        reference: &SecretHash,
        client_id: &str,
        now: Timestamp,
    ) -> Result<Option<AuthorizationRequest>> {
        let Some(row) = self.fetch(TAKE_PUSHED, args![reference.as_bytes(), client_id, now]).await? else {
            return Ok(None);
        };
        let sealed: Vec<u8> = row.get("request")?;
        let plain = self.store.sealer().open_sealed(place(&hex(reference.as_bytes())), &sealed)?;
        let request = serde_json::from_slice(&plain);
        request.map(Some).map_err(|_| StoreError::Damaged { table: PUSHED, column: "request" })
    }
}

fn place(row: &str) -> Place<'_> {
    Place { table: PUSHED, column: "request", row }
}
