//! Accounts of the CSP: one person each, found again by the client's immutable reference.

use model::id::AccountId;
use model::{Hcid, Timestamp};

use crate::Result;
use crate::database::{Tx, args};
use crate::statement::statements;

statements! {
    INSERT = "INSERT INTO accounts (id, environment, reference_tag, person_tag, created_at)
        VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING";
    BY_REFERENCE = "SELECT id, person_tag FROM accounts WHERE environment = $1 AND reference_tag = $2";
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

/// A client's own id of a patient, as a keyed hash. It means something to one IAS provider alone: the same text
/// of another is another reference.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountReference(pub(crate) Vec<u8>);

impl Tx {
    /// The reference behind an IAS provider's id of a patient.
    pub(crate) fn account_reference(&self, owner: &Hcid, id: &str) -> AccountReference {
        AccountReference(self.store.sealer().tag(&["accounts", owner.urn(), id]))
    }

    /// Whether the account of a reference can be this person's: it is, or nobody has it yet. `person` is what a
    /// person keeps for life, in normal form.
    pub async fn can_have_account(
        &mut self,
        environment: CspEnvironment,
        reference: Option<&AccountReference>,
        person: &[&str],
    ) -> Result<bool> {
        let Some(reference) = reference else { return Ok(true) };
        let owner = self.account_of(environment, reference).await?;
        Ok(owner.is_none_or(|(id, tag)| tag == self.person_tag(&id, person)))
    }

    /// The account of a reference, made with `fresh` as its id when the reference is new; none when it is another
    /// person's. Without a reference every call makes an account.
    pub async fn claim_account(
        &mut self,
        environment: CspEnvironment,
        reference: Option<&AccountReference>,
        person: &[&str],
        fresh: AccountId,
        now: Timestamp,
    ) -> Result<Option<AccountId>> {
        let (tag, person_tag) =
            (reference.map(|reference| reference.0.as_slice()), self.person_tag(&fresh, person));
        self.execute(INSERT, args![fresh.as_str(), environment.as_str(), tag, &person_tag, now]).await?;
        let Some(reference) = reference else { return Ok(Some(fresh)) };
        let owner = self.account_of(environment, reference).await?;
        Ok(owner.filter(|(id, tag)| *tag == self.person_tag(id, person)).map(|(id, _)| id))
    }

    async fn account_of(
        &mut self,
        environment: CspEnvironment,
        reference: &AccountReference,
    ) -> Result<Option<(AccountId, Vec<u8>)>> {
        let row = self.fetch(BY_REFERENCE, args![environment.as_str(), &reference.0]).await?;
        row.map(|row| {
            let id = row.read("accounts", "id", |text| AccountId::parse(text).ok())?;
            Ok((id, row.get("person_tag")?))
        })
        .transpose()
    }

    /// Differs between two accounts of one person: who reads the table shall not find them.
    fn person_tag(&self, account: &AccountId, person: &[&str]) -> Vec<u8> {
        self.store.sealer().tag(&[&["persons", account.as_str()], person].concat())
    }
}
