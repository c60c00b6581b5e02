//! Accounts of the CSP: one person each, found again by the client's immutable reference.

use model::id::AccountId;
use model::{Hcid, Timestamp};

use crate::Result;
use crate::database::{Tx, args};
use crate::statement::statements;

statements! {
    INSERT = "INSERT INTO accounts (id, environment, reference_tag, created_at) VALUES ($1, $2, $3, $4)
        ON CONFLICT DO NOTHING";
    BY_REFERENCE = "SELECT id FROM accounts WHERE environment = $1 AND reference_tag = $2";
}

/// Which of the CSP's two issuers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CspEnvironment {
    /// `…/oidc-sandbox`: synthetic patients, simulated verification.
    Sandbox,
    /// `…/oidc`: real proofing.
    Production,
}

impl CspEnvironment {
    /// As stored.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Sandbox => "sandbox",
            Self::Production => "production",
        }
    }

    /// Reads what [`Self::as_str`] wrote.
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "sandbox" => Some(Self::Sandbox),
            "production" => Some(Self::Production),
            _ => None,
        }
    }
}

impl Tx {
    /// The account of a client's reference, made with `fresh` as its id when the reference is new. Without a
    /// reference every call makes an account. A reference means something to the IAS provider `owner` alone:
    /// the same text of another is another account.
    pub async fn account(
        &mut self,
        environment: CspEnvironment,
        owner: &Hcid,
        reference: Option<&str>,
        fresh: AccountId,
        now: Timestamp,
    ) -> Result<AccountId> {
        let sealer = self.store.sealer();
        let tag = reference.map(|reference| sealer.tag(&["accounts", owner.urn(), reference]));
        self.execute(INSERT, args![fresh.as_str(), environment.as_str(), tag.as_deref(), now]).await?;
        let Some(tag) = tag else { return Ok(fresh) };
        let row = self.fetch(BY_REFERENCE, args![environment.as_str(), &tag]).await?;
        match row {
            Some(row) => row.read("accounts", "id", |text| AccountId::parse(text).ok()),
            None => Ok(fresh),
        }
    }
}
