//! Proofings: patients on their way from the authorization endpoint to a CSP and back, each in one browser.
//!
//! `stage` moves by guarded statements: `email` -> `code` -> `confirmed` -> `csp` -> `confirmed` -> `proven`, and to
//! `ended` from each but the last. What is `proven` goes on as an authorization.

use model::{AuthorizationRequest, PublicId, Secret, SecretHash, Timestamp, Unproven};
use serde::{Deserialize, Serialize};

use crate::database::{Row, Tx, args, to_json};
use crate::sealing::Place;
use crate::statement::statements;
use crate::{Result, StoreError};

const TABLE: &str = "proofings";

statements! {
    INSERT = "INSERT INTO proofings (id, browser_hash, ticket_hash, public_id, pushed_id, stage, request, tries_left,
            codes_sent, departures, began_at, expires_at)
        SELECT $1, $2, $3, $4, $5, 'email', $6, 0, 0, 0, $7, $8
        WHERE (SELECT COUNT(*) FROM proofings WHERE pushed_id = $5) < $9";
    // The first browser that brings the ticket keeps the proofing; there the ticket opens it again.
    OPEN = "UPDATE proofings SET browser_hash = $2 WHERE ticket_hash = $1
        AND browser_hash IS NULL AND stage NOT IN ('proven', 'ended') AND expires_at > $3";
    OPENED = "SELECT * FROM proofings WHERE ticket_hash = $1 AND browser_hash = $2";
    BY_BROWSER = "SELECT * FROM proofings WHERE browser_hash = $1";
    BY_TICKET = "SELECT pushed_id FROM proofings WHERE ticket_hash = $1 AND public_id = $2
        AND stage NOT IN ('proven', 'ended') AND expires_at > $3";
    SEND_CODE = "UPDATE proofings SET stage = 'code', email = $2, code_tag = $3, code_expires_at = $4,
        tries_left = $5, codes_sent = codes_sent + 1
        WHERE id = $1 AND stage IN ('email', 'code') AND codes_sent < $6 AND expires_at > $7";
    // One statement takes the try and decides about it: no number of simultaneous guesses is one too many.
    TRY_CODE = "UPDATE proofings SET tries_left = tries_left - 1,
        stage = CASE WHEN code_tag = $2 THEN 'confirmed' ELSE stage END
        WHERE id = $1 AND stage = 'code' AND tries_left > 0 AND code_expires_at > $3 AND expires_at > $3
        RETURNING stage";
    DEPART = "UPDATE proofings SET departures = departures + 1
        WHERE id = $1 AND stage IN ('confirmed', 'csp') AND departures < $2 AND expires_at > $3";
    BEGIN_LEG = "UPDATE proofings SET stage = 'csp', state_hash = $2, leg = $3, trouble = NULL
        WHERE id = $1 AND stage IN ('confirmed', 'csp') AND expires_at > $4";
    AT_CSP = "SELECT * FROM proofings
        WHERE browser_hash = $1 AND state_hash = $2 AND stage = 'csp' AND expires_at > $3";
    TAKE_LEG = "UPDATE proofings SET stage = 'confirmed', state_hash = NULL
        WHERE id = $1 AND state_hash = $2 AND stage = 'csp' AND expires_at > $3";
    NOTE_TROUBLE = "UPDATE proofings SET trouble = $2 WHERE id = $1 AND stage = 'confirmed'";
    // What the browser kept until now opens nothing any more.
    PROVE = "UPDATE proofings SET stage = 'proven', browser_hash = $2
        WHERE id = $1 AND stage = 'confirmed' AND expires_at > $3";
    END = "UPDATE proofings SET stage = 'ended' WHERE id = $1 AND stage NOT IN ('proven', 'ended')";
}

/// A proofing as the engine hands it over.
pub struct NewProofing<'a> {
    /// Its own name.
    pub id: &'a str,
    /// Where it runs.
    pub holder: Holder<'a>,
    /// The client.
    pub public_id: &'a PublicId,
    /// The row of the pushed request behind it.
    pub pushed_id: i64,
    /// What the client asks for. Its `redirect_uri` and `code_challenge` are known by now.
    pub request: &'a AuthorizationRequest<Unproven>,
    /// When it began.
    pub began_at: Timestamp,
    /// When the patient has taken too long.
    pub expires_at: Timestamp,
    /// How many proofings one pushed request may begin.
    pub most_of_request: i64,
}

/// Who goes on with a proofing.
pub enum Holder<'a> {
    /// The browser that keeps this secret.
    Browser(&'a SecretHash),
    /// The first one that brings this ticket.
    Ticket(&'a SecretHash),
}

/// How far a proofing is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProofingStage {
    /// The patient is asked for an e-mail address.
    Email,
    /// A code was sent there.
    Code,
    /// The address is confirmed; a CSP is chosen.
    Confirmed,
    /// The patient is at the CSP.
    Csp,
    /// The patient is proven; consent is asked.
    Proven,
    /// The patient has given up.
    Ended,
}

impl ProofingStage {
    const ALL: [(Self, &'static str); 6] = [
        (Self::Email, "email"),
        (Self::Code, "code"),
        (Self::Confirmed, "confirmed"),
        (Self::Csp, "csp"),
        (Self::Proven, "proven"),
        (Self::Ended, "ended"),
    ];

    fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|(_, name)| *name == text).map(|(stage, _)| stage)
    }
}

/// What must be known of a way to a CSP when the patient comes back. Sealed, and never printed.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Leg {
    /// Which CSP.
    pub idp: String,
    /// Under which of its issuers.
    pub issuer: String,
    /// Where the code is redeemed, as the issuer's discovery document said when the way began.
    pub token_endpoint: String,
    /// Whether the issuer names itself in its answers (RFC 9207).
    pub names_itself: bool,
    /// Whether the secret goes into the form: the issuer takes no HTTP Basic.
    pub secret_in_form: bool,
    /// PKCE verifier.
    pub verifier: String,
    /// `nonce`
    pub nonce: String,
}

impl std::fmt::Debug for Leg {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Leg(..)")
    }
}

/// A proofing as stored.
#[derive(Debug)]
pub struct Proofing {
    /// Its own name.
    pub id: String,
    /// The client.
    pub public_id: PublicId,
    /// The row of the pushed request behind it.
    pub pushed_id: i64,
    /// How far it is.
    pub stage: ProofingStage,
    /// What the client asks for.
    pub request: AuthorizationRequest<Unproven>,
    /// The address that a code was sent to; confirmed from [`ProofingStage::Confirmed`] on.
    pub email: Option<Secret>,
    /// When the code lapses.
    pub code_expires_at: Option<Timestamp>,
    /// How often the code may still be tried.
    pub tries_left: i64,
    /// How many codes were sent.
    pub codes_sent: i64,
    /// The last way to a CSP.
    pub leg: Option<Leg>,
    /// What went wrong there, in the engine's words.
    pub trouble: Option<String>,
    /// When the patient has taken too long.
    pub expires_at: Timestamp,
}

/// A code on its way to a patient.
pub struct NewCode<'a> {
    /// The address.
    pub email: &'a str,
    /// The code, as it will be compared. It is short, so that only a keyed hash of it is kept.
    pub code: &'a str,
    /// When it lapses.
    pub expires_at: Timestamp,
    /// How often it may be tried.
    pub tries: i64,
    /// How many codes a proofing may have.
    pub most_codes: i64,
}

impl Tx {
    /// Keeps a new proofing; false when its pushed request has begun too many.
    pub async fn add_proofing(&mut self, proofing: &NewProofing<'_>) -> Result<bool> {
        let p = proofing;
        let sealed = self.store.sealer().seal(place("request", p.id), to_json(p.request).as_bytes());
        let (browser, ticket) = match &p.holder {
            Holder::Browser(hash) => (Some(hash.as_bytes()), None),
            Holder::Ticket(hash) => (None, Some(hash.as_bytes())),
        };
        let public_id = p.public_id.as_str();
        let (began_at, expires_at, most) = (p.began_at, p.expires_at, p.most_of_request);
        let args = args![p.id, browser, ticket, public_id, p.pushed_id, &sealed, began_at, expires_at, most];
        Ok(self.execute(INSERT, args).await? == 1)
    }

    /// Gives the proofing behind a ticket to a browser; false when one has it, or it is over.
    pub async fn open_proofing(
        &mut self,
        ticket: &SecretHash,
        browser: &SecretHash,
        now: Timestamp,
    ) -> Result<bool> {
        Ok(self.execute(OPEN, args![ticket.as_bytes(), browser.as_bytes(), now]).await? == 1)
    }

    /// The proofing behind a ticket if this browser has it, over or not.
    pub async fn opened_proofing(
        &mut self,
        ticket: &SecretHash,
        browser: &SecretHash,
    ) -> Result<Option<Proofing>> {
        let row = self.fetch(OPENED, args![ticket.as_bytes(), browser.as_bytes()]).await?;
        row.map(|row| self.read_proofing(&row)).transpose()
    }

    /// The proofing of a browser, over or not.
    pub async fn proofing(&mut self, browser: &SecretHash) -> Result<Option<Proofing>> {
        let row = self.fetch(BY_BROWSER, args![browser.as_bytes()]).await?;
        row.map(|row| self.read_proofing(&row)).transpose()
    }

    /// The row of the pushed request behind a ticket of a client's, until the proofing is over.
    pub async fn request_of_ticket(
        &mut self,
        ticket: &SecretHash,
        public_id: &PublicId,
        now: Timestamp,
    ) -> Result<Option<i64>> {
        let row = self.fetch(BY_TICKET, args![ticket.as_bytes(), public_id.as_str(), now]).await?;
        row.map(|row| row.get("pushed_id")).transpose()
    }

    /// Notes the address and the code that goes there, in place of an earlier one; false when a code can no longer be
    /// sent.
    pub async fn send_proofing_code(&mut self, id: &str, code: &NewCode<'_>, now: Timestamp) -> Result<bool> {
        let sealed = self.store.sealer().seal(place("email", id), code.email.as_bytes());
        let tag = self.code_tag(id, code.code);
        let args = args![id, &sealed, &tag, code.expires_at, code.tries, code.most_codes, now];
        Ok(self.execute(SEND_CODE, args).await? == 1)
    }

    /// Tries a code; whether it was right, or none when no try is left or the code has lapsed.
    pub async fn try_proofing_code(&mut self, id: &str, code: &str, now: Timestamp) -> Result<Option<bool>> {
        let tag = self.code_tag(id, code);
        let row = self.fetch(TRY_CODE, args![id, &tag, now]).await?;
        row.map(|row| Ok(row.get::<String>("stage")? == "confirmed")).transpose()
    }

    /// Counts that the patient sets out for a CSP; false when that was too often, or is not possible.
    pub async fn count_departure(&mut self, id: &str, most: i64, now: Timestamp) -> Result<bool> {
        Ok(self.execute(DEPART, args![id, most, now]).await? == 1)
    }

    /// Sends the patient to a CSP, whose answer will carry `state`; false when that is no longer possible.
    pub async fn begin_proofing_leg(
        &mut self,
        id: &str,
        state: &SecretHash,
        leg: &Leg,
        now: Timestamp,
    ) -> Result<bool> {
        let sealed = self.store.sealer().seal(place("leg", id), to_json(leg).as_bytes());
        Ok(self.execute(BEGIN_LEG, args![id, state.as_bytes(), &sealed, now]).await? == 1)
    }

    /// The proofing that waits in this browser for the answer with this `state`.
    pub async fn proofing_at_csp(
        &mut self,
        browser: &SecretHash,
        state: &SecretHash,
        now: Timestamp,
    ) -> Result<Option<Proofing>> {
        let row = self.fetch(AT_CSP, args![browser.as_bytes(), state.as_bytes(), now]).await?;
        row.map(|row| self.read_proofing(&row)).transpose()
    }

    /// Takes the CSP's answer: once, and in time.
    pub async fn take_proofing_leg(&mut self, id: &str, state: &SecretHash, now: Timestamp) -> Result<bool> {
        Ok(self.execute(TAKE_LEG, args![id, state.as_bytes(), now]).await? == 1)
    }

    /// Notes what went wrong at the CSP, for a patient who is to choose again.
    pub async fn note_proofing_trouble(&mut self, id: &str, trouble: &str) -> Result<()> {
        self.execute(NOTE_TROUBLE, args![id, trouble]).await.map(drop)
    }

    /// The patient is proven; false when it is too late for that. From now on the browser keeps the `handle` of the
    /// decision.
    pub async fn prove(&mut self, id: &str, handle: &SecretHash, now: Timestamp) -> Result<bool> {
        Ok(self.execute(PROVE, args![id, handle.as_bytes(), now]).await? == 1)
    }

    /// Ends a proofing that led to nothing; false when it had ended or the patient is proven.
    pub async fn end_proofing(&mut self, id: &str) -> Result<bool> {
        Ok(self.execute(END, args![id]).await? == 1)
    }

    /// Of a code with this proofing: the same code of another is another.
    fn code_tag(&self, id: &str, code: &str) -> Vec<u8> {
        self.store.sealer().tag(&[TABLE, "code", id, code])
    }

    fn read_proofing(&self, row: &Row) -> Result<Proofing> {
        let id: String = row.get("id")?;
        let damaged = |column| StoreError::Damaged { table: TABLE, column };
        let request = self.open_column(row, "request", &id)?.ok_or(damaged("request"))?;
        let email = self.open_column(row, "email", &id)?;
        let email = email.map(|email| String::from_utf8(email).map_err(|_| damaged("email"))).transpose()?;
        let leg = self.open_column(row, "leg", &id)?;
        Ok(Proofing {
            public_id: row.read(TABLE, "public_id", |text| PublicId::parse(text).ok())?,
            pushed_id: row.get("pushed_id")?,
            stage: row.read(TABLE, "stage", ProofingStage::parse)?,
            request: serde_json::from_slice(&request).map_err(|_| damaged("request"))?,
            email: email.map(Secret::new),
            code_expires_at: row.time_if_any("code_expires_at")?,
            tries_left: row.get("tries_left")?,
            codes_sent: row.get("codes_sent")?,
            leg: leg.map(|leg| serde_json::from_slice(&leg).map_err(|_| damaged("leg"))).transpose()?,
            trouble: row.get("trouble")?,
            expires_at: row.time("expires_at")?,
            id,
        })
    }

    fn open_column(&self, row: &Row, column: &'static str, id: &str) -> Result<Option<Vec<u8>>> {
        let Some(sealed) = row.get::<Option<Vec<u8>>>(column)? else { return Ok(None) };
        Ok(Some(self.store.sealer().open_sealed(place(column, id), &sealed)?.to_vec()))
    }
}

fn place<'a>(column: &'static str, row: &'a str) -> Place<'a> {
    Place { table: TABLE, column, row }
}
