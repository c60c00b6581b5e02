//! Letters on their way: kept sealed until they are sent or of no more use.

use model::id::OrganizationId;
use model::{Letter, Timestamp};

use crate::database::{Tx, args};
use crate::sealing::Place;
use crate::statement::statements;
use crate::{JobKind, Result, StoreError};

const TABLE: &str = "letters";

statements! {
    INSERT = "INSERT INTO letters (id, letter, expires_at) VALUES ($1, $2, $3)";
    BY_ID = "SELECT letter FROM letters WHERE id = $1 AND expires_at > $2";
    DROP_LETTER = "DELETE FROM letters WHERE id = $1";
}

impl Tx {
    /// Keeps a letter and has it sent, while it is of use.
    pub async fn post_letter(
        &mut self,
        id: &str,
        letter: &Letter,
        organization: &OrganizationId,
        expires_at: Timestamp,
        now: Timestamp,
    ) -> Result<()> {
        let sealed = self.store.sealer().seal_json(place(id), letter);
        self.execute(INSERT, args![id, &sealed, expires_at]).await?;
        self.enqueue(JobKind::Mail, id, organization, now).await
    }

    /// A letter that waits to be sent; none when it is of no more use.
    pub async fn letter(&mut self, id: &str, now: Timestamp) -> Result<Option<Letter>> {
        let Some(row) = self.fetch(BY_ID, args![id, now]).await? else { return Ok(None) };
        let sealed: Vec<u8> = row.get("letter")?;
        let plain = self.store.sealer().open_sealed(place(id), &sealed)?;
        let letter = serde_json::from_slice(&plain);
        letter.map(Some).map_err(|_| StoreError::Damaged { table: TABLE, column: "letter" })
    }

    /// Forgets a letter that was sent or cannot be.
    pub async fn drop_letter(&mut self, id: &str) -> Result<()> {
        self.execute(DROP_LETTER, args![id]).await.map(drop)
    }
}

fn place(row: &str) -> Place<'_> {
    Place { table: TABLE, column: "letter", row }
}
