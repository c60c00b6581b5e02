//! An app of the demo, the sample one or the developer's own: its organisation, its keys and its endpoint.

use connect::webhooks;
use csp::templates::{NewTemplate, create};
use identity::credentials::{self, Draft};
use identity::registrations::{Proof, Registration, Registrations};
use model::id::OrganizationId;
use model::{ClientPolicy, Entitlements, Hcid, Mode, Organization, PublicId, Secret, TokenPolicy};
use sandbox::integrator::Keys;

use super::kept::{KeptApp, KeptKeys};
use crate::config::OWN_IDP;
use crate::output;
use crate::wiring::Wired;

/// Where an app is.
#[derive(Clone, Debug)]
pub(super) struct AppAddress {
    /// The name that patients read.
    pub(super) name: &'static str,
    /// Its organisation's HCID, below the arc set aside for examples.
    pub(super) hcid: &'static str,
    /// Where its pages are.
    pub(super) origin: String,
    /// Where the CSP sends patients back to.
    pub(super) callback: String,
    /// Where the CSP sends those back to whom OpenIAS sent there with the same keys, if it does.
    pub(super) proofing_callback: Option<String>,
    /// Where codes of the consent page may be sent.
    pub(super) redirect_uris: Vec<String>,
    /// Where it takes webhooks.
    pub(super) webhook: String,
    /// Where it gives out fresh ID tokens of its patients.
    pub(super) token_exchange: Option<String>,
}

/// An app that is registered.
pub(super) struct Registered {
    address: AppAddress,
    organization: OrganizationId,
    pub(super) keys: Keys,
    pub(super) webhook_secret: Secret,
    /// The keys are those of an earlier run.
    kept: bool,
}

/// Registers an app, or finds what an earlier run has registered.
pub(super) async fn register(
    wired: &Wired,
    address: AppAddress,
    kept_keys: &mut KeptKeys,
) -> anyhow::Result<Registered> {
    let organization = organization(wired, &address).await?;
    let webhook_secret = webhook_secret(wired, &organization, &address.webhook).await?;
    let known = kept_keys.find(&address.origin, &address.callback);
    let known = match known {
        Some(app) if serves(wired, app).await? => Some(app.keys()),
        _ => None,
    };
    let kept = known.is_some();
    let keys = match known {
        Some(keys) => keys,
        None => fresh_keys(wired, &organization, &address).await?,
    };
    let registered = Registered { address, organization: organization.id, keys, webhook_secret, kept };
    kept_keys.keep(registered.to_keep())?;
    Ok(registered)
}

impl Registered {
    fn to_keep(&self) -> KeptApp {
        let keys = &self.keys;
        KeptApp {
            origin: self.address.origin.clone(),
            callback: self.address.callback.clone(),
            organization: self.organization.to_string(),
            public_id: keys.public_id.clone(),
            private_key: keys.private_key.expose().to_owned(),
            csp_client_id: keys.csp_client_id.clone(),
            csp_client_secret: keys.csp_client_secret.expose().to_owned(),
            webhook_secret: self.webhook_secret.expose().to_owned(),
        }
    }

    /// Where OpenIAS sends patients without an ID token: to its own CSP, as the client that this app is there. That
    /// proves synthetic patients for every app of the demo, and the network is asked in this app's name.
    pub(super) fn registrations(&self, issuer: String) -> anyhow::Result<Registrations> {
        let registration = Registration {
            idp: OWN_IDP.to_owned(),
            mode: Mode::Test,
            issuer,
            client_id: self.keys.csp_client_id.clone(),
            proof: Proof::Secret(self.keys.csp_client_secret.clone()),
            scope: "openid profile email".to_owned(),
            parameters: Vec::new(),
            hcid: Some(Hcid::parse(self.address.hcid)?),
        };
        Ok(Registrations { all: vec![registration], sends_mail: false })
    }

    /// Tells the developer everything that the app needs.
    pub(super) fn introduce(&self, of: &str) {
        let keys = &self.keys;
        let kept = if self.kept { ", kept from an earlier run" } else { "" };
        output::line(&format!("Keys of {of} (test mode{kept}):"));
        for (name, value) in [
            ("organization", self.organization.as_str()),
            ("public id", &keys.public_id),
            ("private key", keys.private_key.expose()),
            ("CSP client id", &keys.csp_client_id),
            ("CSP secret", keys.csp_client_secret.expose()),
            ("CSP redirect", &self.address.callback),
            ("webhook URL", &self.address.webhook),
            ("webhook secret", self.webhook_secret.expose()),
        ] {
            output::line(&format!("  {name:<14}  {value}"));
        }
        output::line("");
    }
}

/// Whether the store still knows kept keys: the file may be older than the database beside it.
async fn serves(wired: &Wired, app: &KeptApp) -> anyhow::Result<bool> {
    let mut tx = wired.app.identity.store.read().await?;
    let Ok(public_id) = PublicId::parse(&app.public_id) else { return Ok(false) };
    let credential = tx.credential(&public_id).await?;
    let template = tx.authentication_template(&app.csp_client_id).await?;
    Ok(credential.is_some_and(|found| found.active) && template.is_some_and(|found| found.active))
}

async fn fresh_keys(
    wired: &Wired,
    organization: &Organization,
    address: &AppAddress,
) -> anyhow::Result<Keys> {
    let app = &wired.app;
    let draft = Draft {
        mode: Mode::Test,
        origins: vec![&address.origin],
        redirect_uris: address.redirect_uris.iter().map(String::as_str).collect(),
        note: "demo",
        tokens: TokenPolicy::default(),
    };
    let (credential, private_key) =
        credentials::add(&app.identity, &organization.id, &draft, "demo", "").await?;
    let policy = ClientPolicy {
        token_exchange_uri: address.token_exchange.clone(),
        hosted_proofing: true,
        ..ClientPolicy::default()
    };
    credentials::speak_by(&app.identity, &organization.id, &credential.public_id, &policy, "demo", "")
        .await?;
    let template = NewTemplate {
        name: organization.name.clone(),
        redirect_uris: [Some(address.callback.clone()), address.proofing_callback.clone()]
            .into_iter()
            .flatten()
            .collect(),
        hcid: Hcid::parse(address.hcid)?,
        refresh_days: 90,
        form: token::Form::Tefca2,
    };
    let (template, csp_client_secret) = create(&app.csp, &template, "demo", "").await?;
    Ok(Keys {
        public_id: credential.public_id.to_string(),
        private_key,
        csp_client_id: template.client_id,
        csp_client_secret,
    })
}

/// The organisation may stand from an earlier run.
async fn organization(wired: &Wired, address: &AppAddress) -> anyhow::Result<Organization> {
    let identity = &wired.app.identity;
    let hcid = Hcid::parse(address.hcid)?;
    let known = identity.store.read().await?.organizations().await?;
    if let Some(organization) =
        known.into_iter().find(|organization| organization.hcid.as_ref() == Some(&hcid))
    {
        return Ok(organization);
    }
    let organization = Organization {
        id: OrganizationId::from_random(identity.entropy.bytes()),
        name: address.name.to_owned(),
        logo_uri: Some("/assets/demo-logo.svg".to_owned()),
        website_uri: None,
        privacy_policy_uri: Some("https://sample-health-app.example/privacy".to_owned()),
        terms_uri: None,
        hcid: Some(hcid),
        test: Entitlements { tefca: true, byoi: true },
        live: Entitlements::default(),
    };
    let mut tx = identity.store.write().await?;
    tx.add_organization(&organization, identity.clock.now()).await?;
    tx.commit().await?;
    Ok(organization)
}

/// The secret of an app's webhook endpoint, registered now or in an earlier run.
async fn webhook_secret(wired: &Wired, organization: &Organization, url: &str) -> anyhow::Result<Secret> {
    let connect = &wired.app.connect;
    let known = connect.store.read().await?.webhook_endpoints_of(&organization.id).await?;
    if let Some(endpoint) = known.into_iter().find(|endpoint| endpoint.url == url) {
        return Ok(endpoint.secret);
    }
    let events = ["patient.connection_success", "patient.authorization_revoked"].map(str::to_owned);
    let endpoint =
        webhooks::add_endpoint(connect, &organization.id, Mode::Test, url, &events, "demo", "").await?;
    Ok(endpoint.secret)
}
