//! Mails with codes of the last hour: one line each, which the brake on floods of an address counts.

use model::{PublicId, Timestamp};

use crate::Result;
use crate::database::{Tx, args};
use crate::statement::statements;

statements! {
    INSERT = "INSERT INTO code_mails (letter_id, email_tag, public_id, sent_at) VALUES ($1, $2, $3, $4)";
    COUNT = "SELECT COUNT(*) AS of_all, COUNT(CASE WHEN public_id = $2 THEN 1 END) AS of_client FROM code_mails
        WHERE email_tag = $1 AND sent_at > $3";
}

/// How many mails with codes went to an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CodeMails {
    /// Those that one client's patients asked for.
    pub of_client: i64,
    /// All.
    pub of_all: i64,
}

impl Tx {
    /// Notes that a letter with a code goes to an address, for a patient of this client's.
    pub async fn add_code_mail(
        &mut self,
        letter_id: &str,
        email: &str,
        public_id: &PublicId,
        now: Timestamp,
    ) -> Result<()> {
        let tag = self.email_tag(email);
        self.execute(INSERT, args![letter_id, &tag, public_id.as_str(), now]).await?;
        Ok(())
    }

    /// How many went to an address after `since`, which is no longer ago than [`crate::LATE_USE`].
    pub async fn code_mails_to(
        &mut self,
        email: &str,
        public_id: &PublicId,
        since: Timestamp,
    ) -> Result<CodeMails> {
        let tag = self.email_tag(email);
        let none = CodeMails { of_client: 0, of_all: 0 };
        let row = self.fetch(COUNT, args![&tag, public_id.as_str(), since]).await?;
        row.map_or(Ok(none), |row| {
            Ok(CodeMails { of_client: row.get("of_client")?, of_all: row.get("of_all")? })
        })
    }

    /// Keyed: there are few addresses.
    fn email_tag(&self, email: &str) -> Vec<u8> {
        self.store.sealer().tag(&["code_mails", "email", &email.to_lowercase()])
    }
}
