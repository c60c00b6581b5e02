//! Authentication templates: making one, and proving to be its client.

use std::sync::Arc;

use model::id::base62;
use model::{Busy, Hcid, RedirectTarget, Secret, SecretHash, is_unprintable};
use store::{AuthenticationTemplate, Happening, StoreError, Tx};
use token::Form;

use crate::{Csp, Environment, MAX_REFRESH_DAYS};

/// What an operator says of a new template.
#[derive(Clone, Debug)]
pub struct NewTemplate {
    /// The name the patient reads.
    pub name: String,
    /// Where codes may be sent.
    pub redirect_uris: Vec<String>,
    /// The IAS provider's HCID.
    pub hcid: Hcid,
    /// How many days from proofing refresh tokens live.
    pub refresh_days: u16,
    /// The form of its ID tokens.
    pub form: Form,
}

/// Why a template was not made.
#[derive(Debug, thiserror::Error)]
pub enum TemplateRefused {
    /// Refresh tokens would outlive the proofing.
    #[error("refresh tokens live at most {MAX_REFRESH_DAYS} days from proofing")]
    RefreshDays,
    /// The name cannot be shown to patients.
    #[error("the name is empty or holds a character that cannot be shown")]
    Name,
    /// There is nowhere to send a code.
    #[error("a template needs a redirect URI")]
    NoRedirectUri,
    /// No code can be sent there.
    #[error(
        "{0:?} is not a redirect URI: https, http on this machine, or the scheme of an app such as org.example.app, \
         without a #"
    )]
    RedirectUri(String),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Makes a template of the sandbox issuer: the production one can prove nobody yet. Its secret is shown now
/// and kept only as a hash. `actor` and `request_id` stand in the audit trail.
pub async fn create(
    csp: &Csp,
    new: &NewTemplate,
    actor: &str,
    request_id: &str,
) -> Result<(AuthenticationTemplate, Secret), TemplateRefused> {
    if new.refresh_days > MAX_REFRESH_DAYS {
        return Err(TemplateRefused::RefreshDays);
    }
    if new.redirect_uris.is_empty() {
        return Err(TemplateRefused::NoRedirectUri);
    }
    if new.name.trim().is_empty() || new.name.chars().any(is_unprintable) {
        return Err(TemplateRefused::Name);
    }
    if let Some(uri) = new.redirect_uris.iter().find(|uri| RedirectTarget::of(uri).is_none()) {
        return Err(TemplateRefused::RedirectUri(uri.clone()));
    }
    let secret = csp.entropy.secret();
    let (env, template) = (base62(&csp.entropy.bytes::<24>()), base62(&csp.entropy.bytes::<30>()));
    let template = AuthenticationTemplate {
        client_id: format!("env_{env}.atoc_{template}"),
        environment: Environment::Sandbox,
        name: new.name.clone(),
        secret: secret.hash(),
        redirect_uris: new.redirect_uris.clone(),
        hcid: new.hcid.clone(),
        refresh_days: new.refresh_days,
        profile: new.form.name().to_owned(),
        active: true,
    };
    let mut tx = csp.store.write().await?;
    let now = csp.clock.now();
    tx.add_authentication_template(&template, now).await?;
    let (subject, detail) = (template.client_id.as_str(), template.hcid.urn());
    tx.audit(Happening { request_id, actor, action: "template.added", subject, detail }, now).await?;
    tx.commit().await?;
    Ok((template, secret))
}

/// Switches a template on or off: what is switched off opens no inquiry and gets no token, not even for a
/// refresh token it holds. False when there is none with this client id. `actor` and `request_id` stand in the
/// audit trail.
pub async fn switch(
    csp: &Csp,
    client_id: &str,
    active: bool,
    actor: &str,
    request_id: &str,
) -> Result<bool, StoreError> {
    let mut tx = csp.store.write().await?;
    if !tx.set_authentication_template_active(client_id, active).await? {
        return Ok(false);
    }
    let action = if active { "template.switched_on" } else { "template.switched_off" };
    let happening = Happening { request_id, actor, action, subject: client_id, detail: "" };
    tx.audit(happening, csp.clock.now()).await?;
    tx.commit().await?;
    Ok(true)
}

/// Whether the client of a template may be served now. Every client that has proven itself is asked about, and none
/// that has not. Who counts, and how much is too much, the edge knows.
pub type Gate = Arc<dyn Fn(&AuthenticationTemplate) -> Result<(), Busy> + Send + Sync>;

/// Client credentials as a request brought them, unchecked.
#[derive(Clone, Copy)]
pub struct Presented<'a> {
    /// The client id, perhaps.
    pub client_id: &'a str,
    /// The client secret, perhaps.
    pub client_secret: &'a str,
}

/// The template whose client this is: the id known, the secret right, the environment this one, and switched on.
pub(crate) async fn authenticate(
    tx: &mut Tx,
    environment: Environment,
    presented: Presented<'_>,
) -> Result<Option<AuthenticationTemplate>, StoreError> {
    let hash = SecretHash::of(presented.client_secret);
    let found = tx.authentication_template(presented.client_id).await?;
    let matches = hash.is_on_file(found.as_ref().map(|template| &template.secret));
    Ok(found.filter(|template| matches && template.active && template.environment == environment))
}
