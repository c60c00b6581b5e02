//! Organisations.

use model::id::OrganizationId;
use model::{Entitlements, Hcid, Organization, Timestamp};

use crate::database::{Row, Tx, args};
use crate::statement::statements;
use crate::{Result, StoreError};

const TABLE: &str = "organizations";

statements! {
    INSERT = "INSERT INTO organizations (id, name, logo_uri, website_uri, privacy_policy_uri, terms_uri, hcid,
            test_tefca, test_byoi, live_tefca, live_byoi, created_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)";
    UPDATE = "UPDATE organizations SET name = $2, logo_uri = $3, website_uri = $4, privacy_policy_uri = $5,
            terms_uri = $6, hcid = $7, test_tefca = $8, test_byoi = $9, live_tefca = $10, live_byoi = $11
        WHERE id = $1";
    BY_ID = "SELECT * FROM organizations WHERE id = $1";
    LIST = "SELECT * FROM organizations ORDER BY created_at, id LIMIT 1000";
    BY_HCID = "SELECT * FROM organizations WHERE hcid = $1";
    HCID_HOLDER = "SELECT id FROM organizations WHERE hcid = $1 AND id <> $2";
}

impl Tx {
    /// Adds an organisation.
    pub async fn add_organization(&mut self, organization: &Organization, now: Timestamp) -> Result<()> {
        let o = organization;
        self.execute(
            INSERT,
            args![
                o.id.as_str(),
                &o.name,
                o.logo_uri.as_deref(),
                o.website_uri.as_deref(),
                o.privacy_policy_uri.as_deref(),
                o.terms_uri.as_deref(),
                o.hcid.as_ref().map(Hcid::urn),
                o.test.tefca,
                o.test.byoi,
                o.live.tefca,
                o.live.byoi,
                now
            ],
        )
        .await?;
        Ok(())
    }

    /// Replaces what may change of an organisation; false when there is none with its id.
    pub async fn update_organization(&mut self, organization: &Organization) -> Result<bool> {
        let o = organization;
        let changed = self
            .execute(
                UPDATE,
                args![
                    o.id.as_str(),
                    &o.name,
                    o.logo_uri.as_deref(),
                    o.website_uri.as_deref(),
                    o.privacy_policy_uri.as_deref(),
                    o.terms_uri.as_deref(),
                    o.hcid.as_ref().map(Hcid::urn),
                    o.test.tefca,
                    o.test.byoi,
                    o.live.tefca,
                    o.live.byoi
                ],
            )
            .await?;
        Ok(changed == 1)
    }

    /// The organisation with this id.
    pub async fn organization(&mut self, id: &OrganizationId) -> Result<Option<Organization>> {
        self.fetch(BY_ID, args![id.as_str()]).await?.map(|row| read(&row)).transpose()
    }

    /// The organisation with this HCID.
    pub async fn organization_of(&mut self, hcid: &Hcid) -> Result<Option<Organization>> {
        self.fetch(BY_HCID, args![hcid.urn()]).await?.map(|row| read(&row)).transpose()
    }

    /// All organisations, oldest first.
    pub async fn organizations(&mut self) -> Result<Vec<Organization>> {
        self.fetch_all(LIST, &[]).await?.iter().map(read).collect()
    }

    /// Whether another organisation than `id` holds this HCID.
    pub async fn hcid_is_taken(&mut self, hcid: &Hcid, id: &OrganizationId) -> Result<bool> {
        Ok(self.fetch(HCID_HOLDER, args![hcid.urn(), id.as_str()]).await?.is_some())
    }
}

fn read(row: &Row) -> Result<Organization> {
    let hcid: Option<String> = row.get("hcid")?;
    Ok(Organization {
        id: row.read(TABLE, "id", |text| OrganizationId::parse(text).ok())?,
        name: row.get("name")?,
        logo_uri: row.get("logo_uri")?,
        website_uri: row.get("website_uri")?,
        privacy_policy_uri: row.get("privacy_policy_uri")?,
        terms_uri: row.get("terms_uri")?,
        hcid: hcid
            .map(|text| Hcid::parse(&text))
            .transpose()
            .map_err(|_| StoreError::Damaged { table: TABLE, column: "hcid" })?,
        test: Entitlements { tefca: row.get("test_tefca")?, byoi: row.get("test_byoi")? },
        live: Entitlements { tefca: row.get("live_tefca")?, byoi: row.get("live_byoi")? },
    })
}
