//! Record locator runs: where a patient's records were looked for, and what each place answered.

use model::Timestamp;
use model::id::{ConsentId, LocationId};

use crate::database::{Row, Tx, args};
use crate::statement::statements;
use crate::{Result, StoreError};

const TABLE: &str = "locations";

statements! {
    INSERT = "INSERT INTO locations (id, consent_id, status, asked, answered, created_at)
        VALUES ($1, $2, 'pending', 0, 0, $3)
        ON CONFLICT DO NOTHING";
    LATEST = "SELECT * FROM locations WHERE consent_id = $1 ORDER BY created_at DESC LIMIT 1";
    BY_ID = "SELECT * FROM locations WHERE id = $1";
    SET_ASKED = "UPDATE locations SET asked = $2, answered = 0 WHERE id = $1 AND status = 'pending'";
    COUNT_ANSWERED = "UPDATE locations SET answered = answered + 1 WHERE id = $1 AND status = 'pending'";
    FINISH = "UPDATE locations SET status = $2 WHERE id = $1 AND status = 'pending'";
    ANSWER = "INSERT INTO location_answers (location_id, hcid, name, outcome) VALUES ($1, $2, $3, $4)
        ON CONFLICT (location_id, hcid) DO UPDATE SET outcome = excluded.outcome";
    ANSWERS = "SELECT hcid, name, outcome FROM location_answers WHERE location_id = $1
        ORDER BY name, hcid LIMIT 100000";
}

/// How far a run is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LocationStatus {
    /// Still asking.
    Pending,
    /// Everyone answered, refused or ran out of time.
    Success,
    /// The network could not be asked at all.
    Failed,
}

impl LocationStatus {
    /// As stored and as it stands on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Success => "success",
            Self::Failed => "failed",
        }
    }

    fn parse(text: &str) -> Option<Self> {
        [Self::Pending, Self::Success, Self::Failed].into_iter().find(|status| status.as_str() == text)
    }
}

/// A record locator run.
#[derive(Clone, Debug)]
pub struct Location {
    /// `task_id`.
    pub id: LocationId,
    /// For whom.
    pub consent_id: ConsentId,
    /// How far it is.
    pub status: LocationStatus,
    /// How many nodes are asked; 0 until the directory was read.
    pub asked: u32,
    /// How many of them have answered or run out of time. An index answers once, for all its members.
    pub answered: u32,
    /// When it began.
    pub created_at: Timestamp,
}

/// What one place answered.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The place, as `urn:oid:`.
    pub hcid: String,
    /// Its name in the directory.
    pub name: String,
    /// A word of `network::Outcome`.
    pub outcome: String,
}

impl Tx {
    /// Begins a run unless one is under way for this consent; the run that counts now.
    pub async fn begin_location(
        &mut self,
        id: &LocationId,
        consent: &ConsentId,
        now: Timestamp,
    ) -> Result<Location> {
        self.execute(INSERT, args![id.as_str(), consent.as_str(), now]).await?;
        self.latest_location(consent).await?.ok_or(StoreError::Damaged { table: TABLE, column: "consent_id" })
    }

    /// The latest run of a consent.
    pub async fn latest_location(&mut self, consent: &ConsentId) -> Result<Option<Location>> {
        self.fetch(LATEST, args![consent.as_str()]).await?.map(|row| read(&row)).transpose()
    }

    /// The run with this id.
    pub async fn location(&mut self, id: &LocationId) -> Result<Option<Location>> {
        self.fetch(BY_ID, args![id.as_str()]).await?.map(|row| read(&row)).transpose()
    }

    /// Records how many nodes a run asks, none of which has answered yet.
    pub async fn set_location_asked(&mut self, id: &LocationId, asked: usize) -> Result<()> {
        self.execute(SET_ASKED, args![id.as_str(), i64::try_from(asked).unwrap_or(i64::MAX)]).await?;
        Ok(())
    }

    /// Counts one more node that has answered or run out of time.
    pub async fn count_location_answered(&mut self, id: &LocationId) -> Result<()> {
        self.execute(COUNT_ANSWERED, args![id.as_str()]).await?;
        Ok(())
    }

    /// Records what one place answered; again after a restart.
    pub async fn add_answer(&mut self, id: &LocationId, answer: &Answer) -> Result<()> {
        let a = answer;
        self.execute(ANSWER, args![id.as_str(), &a.hcid, &a.name, &a.outcome]).await?;
        Ok(())
    }

    /// What each place answered so far, by name.
    pub async fn answers(&mut self, id: &LocationId) -> Result<Vec<Answer>> {
        let rows = self.fetch_all(ANSWERS, args![id.as_str()]).await?;
        rows.iter()
            .map(|row| {
                Ok(Answer { hcid: row.get("hcid")?, name: row.get("name")?, outcome: row.get("outcome")? })
            })
            .collect()
    }

    /// Ends a run.
    pub async fn finish_location(&mut self, id: &LocationId, status: LocationStatus) -> Result<()> {
        self.execute(FINISH, args![id.as_str(), status.as_str()]).await?;
        Ok(())
    }
}

fn read(row: &Row) -> Result<Location> {
    let count = |column| -> Result<u32> { Ok(u32::try_from(row.get::<i64>(column)?).unwrap_or(u32::MAX)) };
    Ok(Location {
        id: row.read(TABLE, "id", |text| LocationId::parse(text).ok())?,
        consent_id: row.read(TABLE, "consent_id", |text| ConsentId::parse(text).ok())?,
        status: row.read(TABLE, "status", LocationStatus::parse)?,
        asked: count("asked")?,
        answered: count("answered")?,
        created_at: row.time("created_at")?,
    })
}
