//! Authentication templates: the OIDC clients of the CSP.

use model::{Hcid, SecretHash, Timestamp};

use crate::accounts::CspEnvironment;
use crate::database::{Row, Tx, args, to_json};
use crate::statement::statements;
use crate::{Result, StoreError};

const TABLE: &str = "authentication_templates";

statements! {
    INSERT = "INSERT INTO authentication_templates (client_id, environment, name, secret_hash, redirect_uris, hcid,
            refresh_days, profile, active, created_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
    BY_CLIENT_ID = "SELECT * FROM authentication_templates WHERE client_id = $1";
    LIST = "SELECT * FROM authentication_templates ORDER BY created_at LIMIT 1000";
    SET_ACTIVE = "UPDATE authentication_templates SET active = $2 WHERE client_id = $1";
}

/// One authentication template.
#[derive(Clone, Debug)]
pub struct AuthenticationTemplate {
    /// `env_….atoc_…`: the OIDC client id.
    pub client_id: String,
    /// Which issuer it belongs to.
    pub environment: CspEnvironment,
    /// The name the patient reads.
    pub name: String,
    /// Hash of the client secret.
    pub secret: SecretHash,
    /// Where a code may be sent, compared as exact text.
    pub redirect_uris: Vec<String>,
    /// The IAS provider's HCID: the second audience of every token.
    pub hcid: Hcid,
    /// How many days from proofing refresh tokens live; at most 90.
    pub refresh_days: u16,
    /// Which form of ID token it issues: `tefca-2`, `tefca-3.0` or `dual`.
    pub profile: String,
    /// Whether its client may do anything at all.
    pub active: bool,
}

impl Tx {
    /// Adds a template.
    pub async fn add_authentication_template(
        &mut self,
        template: &AuthenticationTemplate,
        now: Timestamp,
    ) -> Result<()> {
        let t = template;
        self.execute(
            INSERT,
            args![
                &t.client_id,
                t.environment.as_str(),
                &t.name,
                t.secret.as_bytes(),
                &to_json(&t.redirect_uris),
                t.hcid.urn(),
                i64::from(t.refresh_days),
                &t.profile,
                t.active,
                now
            ],
        )
        .await?;
        Ok(())
    }

    /// The template with this client id.
    pub async fn authentication_template(
        &mut self,
        client_id: &str,
    ) -> Result<Option<AuthenticationTemplate>> {
        self.fetch(BY_CLIENT_ID, args![client_id]).await?.map(|row| read(&row)).transpose()
    }

    /// Switches a template on or off; false when there is none with this client id.
    pub async fn set_authentication_template_active(
        &mut self,
        client_id: &str,
        active: bool,
    ) -> Result<bool> {
        Ok(self.execute(SET_ACTIVE, args![client_id, active]).await? == 1)
    }

    /// All templates, oldest first.
    pub async fn authentication_templates(&mut self) -> Result<Vec<AuthenticationTemplate>> {
        self.fetch_all(LIST, &[]).await?.iter().map(read).collect()
    }
}

fn read(row: &Row) -> Result<AuthenticationTemplate> {
    let hash: Vec<u8> = row.get("secret_hash")?;
    let days: i64 = row.get("refresh_days")?;
    Ok(AuthenticationTemplate {
        client_id: row.get("client_id")?,
        environment: row.read(TABLE, "environment", CspEnvironment::parse)?,
        name: row.get("name")?,
        secret: SecretHash::from_bytes(&hash)
            .ok_or(StoreError::Damaged { table: TABLE, column: "secret_hash" })?,
        redirect_uris: row.json(TABLE, "redirect_uris")?,
        hcid: row.read(TABLE, "hcid", |text| Hcid::parse(text).ok())?,
        refresh_days: u16::try_from(days)
            .map_err(|_| StoreError::Damaged { table: TABLE, column: "refresh_days" })?,
        profile: row.get("profile")?,
        active: row.get("active")?,
    })
}
