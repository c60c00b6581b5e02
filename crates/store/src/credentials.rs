//! API credentials of organisations.

use model::id::OrganizationId;
use model::{ClientPolicy, Credential, PublicId, SecretHash, Timestamp, TokenPolicy, TokenProfile};

use crate::database::{Row, Tx, args, to_json};
use crate::statement::statements;
use crate::{Result, StoreError};

const TABLE: &str = "credentials";

statements! {
    INSERT = "INSERT INTO credentials (public_id, organization_id, private_key_hash, redirect_uris, origins, note,
            token_profile, token_once, policy, active, created_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
    BY_PUBLIC_ID = "SELECT * FROM credentials WHERE public_id = $1";
    BY_PRIVATE_KEY = "SELECT * FROM credentials WHERE private_key_hash = $1";
    OF_ORGANIZATION = "SELECT * FROM credentials WHERE organization_id = $1 ORDER BY created_at LIMIT 1000";
    SET_TOKENS = "UPDATE credentials SET token_profile = $3, token_once = $4
        WHERE public_id = $1 AND organization_id = $2";
    SET_POLICY = "UPDATE credentials SET policy = $3 WHERE public_id = $1 AND organization_id = $2";
    SET_ACTIVE = "UPDATE credentials SET active = $3 WHERE public_id = $1 AND organization_id = $2";
}

impl Tx {
    /// Adds a credential.
    pub async fn add_credential(&mut self, credential: &Credential, now: Timestamp) -> Result<()> {
        let c = credential;
        self.execute(
            INSERT,
            args![
                c.public_id.as_str(),
                c.organization_id.as_str(),
                c.private_key.as_bytes(),
                &to_json(&c.redirect_uris),
                &to_json(&c.origins),
                &c.note,
                c.tokens.profile.map(TokenProfile::name),
                c.tokens.once,
                &to_json(&c.policy),
                c.active,
                now
            ],
        )
        .await?;
        Ok(())
    }

    /// The credential with this public id, active or not.
    pub async fn credential(&mut self, public_id: &PublicId) -> Result<Option<Credential>> {
        self.fetch(BY_PUBLIC_ID, args![public_id.as_str()]).await?.map(|row| read(&row)).transpose()
    }

    /// The credential whose private key has this hash. The look-up is by hash, so its time tells nothing of
    /// the key.
    pub async fn credential_by_private_key(
        &mut self,
        private_key: &SecretHash,
    ) -> Result<Option<Credential>> {
        self.fetch(BY_PRIVATE_KEY, args![private_key.as_bytes()]).await?.map(|row| read(&row)).transpose()
    }

    /// The credentials of an organisation, oldest first.
    pub async fn credentials_of(&mut self, organization: &OrganizationId) -> Result<Vec<Credential>> {
        self.fetch_all(OF_ORGANIZATION, args![organization.as_str()]).await?.iter().map(read).collect()
    }

    /// Changes how the ID tokens of an organisation's credential are judged; false when it has none with that
    /// id.
    pub async fn set_credential_tokens(
        &mut self,
        organization: &OrganizationId,
        public_id: &PublicId,
        tokens: TokenPolicy,
    ) -> Result<bool> {
        let profile = tokens.profile.map(TokenProfile::name);
        let args = args![public_id.as_str(), organization.as_str(), profile, tokens.once];
        Ok(self.execute(SET_TOKENS, args).await? == 1)
    }

    /// Changes how an organisation's credential speaks OAuth; false when it has none with that id.
    pub async fn set_credential_policy(
        &mut self,
        organization: &OrganizationId,
        public_id: &PublicId,
        policy: &ClientPolicy,
    ) -> Result<bool> {
        let policy = to_json(policy);
        let args = args![public_id.as_str(), organization.as_str(), &policy];
        Ok(self.execute(SET_POLICY, args).await? == 1)
    }

    /// Switches a credential of an organisation on or off; false when it has none with that id.
    pub async fn set_credential_active(
        &mut self,
        organization: &OrganizationId,
        public_id: &PublicId,
        active: bool,
    ) -> Result<bool> {
        let changed =
            self.execute(SET_ACTIVE, args![public_id.as_str(), organization.as_str(), active]).await?;
        Ok(changed == 1)
    }
}

fn profile(row: &Row) -> Result<Option<TokenProfile>> {
    let name: Option<String> = row.get("token_profile")?;
    let damaged = StoreError::Damaged { table: TABLE, column: "token_profile" };
    name.map(|name| TokenProfile::from_name(&name).ok_or(damaged)).transpose()
}

fn read(row: &Row) -> Result<Credential> {
    let hash: Vec<u8> = row.get("private_key_hash")?;
    Ok(Credential {
        public_id: row.read(TABLE, "public_id", |text| PublicId::parse(text).ok())?,
        organization_id: row.read(TABLE, "organization_id", |text| OrganizationId::parse(text).ok())?,
        private_key: SecretHash::from_bytes(&hash)
            .ok_or(StoreError::Damaged { table: TABLE, column: "private_key_hash" })?,
        redirect_uris: row.json(TABLE, "redirect_uris")?,
        origins: row.json(TABLE, "origins")?,
        note: row.get("note")?,
        tokens: TokenPolicy { profile: profile(row)?, once: row.get("token_once")? },
        policy: row.json(TABLE, "policy")?,
        active: row.get("active")?,
    })
}
