//! API credentials as an operator keeps them: making a pair of keys, switching it on and off.

mod policy;

pub use policy::{PolicyFault, PolicyRefusal};

use egress::Origin;
use model::client::private_key;
use model::id::OrganizationId;
use model::{ClientPolicy, Credential, Mode, PublicId, RedirectTarget, Secret, TokenPolicy, TokenProfile};
use store::{Happening, StoreError};

use crate::Identity;

/// How many origins and how many redirect URIs a credential may have.
pub const MAX_ADDRESSES: usize = 25;
/// The longest note, in characters.
pub const MAX_NOTE: usize = 200;

/// A credential as it was entered.
#[derive(Clone, Debug)]
pub struct Draft<'a> {
    /// Which mode it acts in.
    pub mode: Mode,
    /// Pages that may embed the widget, such as `https://app.example.org`.
    pub origins: Vec<&'a str>,
    /// Where codes may be sent.
    pub redirect_uris: Vec<&'a str>,
    /// The operator's own words.
    pub note: &'a str,
    /// How its ID tokens are judged.
    pub tokens: TokenPolicy,
}

/// What is wrong with a draft. A draft can have several faults.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// This is not an origin.
    #[error("{0:?} is not an origin such as https://app.example.org")]
    Origin(String),
    /// A page that no live key is for.
    #[error("{0:?} is not https, which pages with live keys must be")]
    LiveOrigin(String),
    /// There are too many origins.
    #[error("a credential has at most {MAX_ADDRESSES} origins")]
    TooManyOrigins,
    /// No code can be sent there.
    #[error(
        "{0:?} is not a redirect URI: https, http on this machine, or the scheme of an app such as org.example.app, \
         without a #"
    )]
    RedirectUri(String),
    /// No code of a live key can be sent there.
    #[error("{0:?} is on the patient's own machine, where a live key sends no codes")]
    LiveRedirectUri(String),
    /// There are too many redirect URIs.
    #[error("a credential has at most {MAX_ADDRESSES} redirect URIs")]
    TooManyRedirectUris,
    /// The note is too long.
    #[error("the note is longer than {MAX_NOTE} characters")]
    NoteTooLong,
}

/// Why no credential was made.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    /// The draft has faults.
    #[error("{}", sentence(.0))]
    Draft(Vec<Fault>),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Makes a credential for an organisation that exists. The private key is in the answer and nowhere else.
/// `actor` and `request_id` stand in the audit trail.
pub async fn add(
    identity: &Identity,
    organization: &OrganizationId,
    draft: &Draft<'_>,
    actor: &str,
    request_id: &str,
) -> Result<(Credential, Secret), Refusal> {
    let at_home = Origin::parse(&identity.settings.base_url).is_ok_and(|origin| origin.is_loopback());
    let (origins, redirect_uris) = addresses(draft, at_home).map_err(Refusal::Draft)?;
    let key = private_key(draft.mode, identity.entropy.bytes());
    let credential = Credential {
        public_id: PublicId::from_random(draft.mode, identity.entropy.bytes()),
        organization_id: organization.clone(),
        private_key: key.hash(),
        redirect_uris,
        origins,
        note: draft.note.trim().to_owned(),
        tokens: draft.tokens,
        policy: ClientPolicy::default(),
        active: true,
    };
    let now = identity.clock.now();
    let mut tx = identity.store.write().await?;
    tx.add_credential(&credential, now).await?;
    let (subject, detail) = (credential.public_id.as_str(), organization.as_str());
    tx.audit(Happening { request_id, actor, action: "credential.added", subject, detail }, now).await?;
    tx.commit().await?;
    Ok((credential, key))
}

/// Changes how the ID tokens of an organisation's credential are judged; false when it has none with that id.
pub async fn judge_tokens_by(
    identity: &Identity,
    organization: &OrganizationId,
    public_id: &PublicId,
    tokens: TokenPolicy,
    actor: &str,
    request_id: &str,
) -> Result<bool, StoreError> {
    let mut tx = identity.store.write().await?;
    if !tx.set_credential_tokens(organization, public_id, tokens).await? {
        return Ok(false);
    }
    let profile = tokens.profile.map_or("by token", TokenProfile::name);
    let detail = format!("profile {profile}{}", if tokens.once { ", once" } else { "" });
    let (action, subject, detail) = ("credential.tokens_changed", public_id.as_str(), detail.as_str());
    tx.audit(Happening { request_id, actor, action, subject, detail }, identity.clock.now()).await?;
    tx.commit().await?;
    Ok(true)
}

/// Changes how an organisation's credential speaks OAuth; false when it has none with that id.
pub async fn speak_by(
    identity: &Identity,
    organization: &OrganizationId,
    public_id: &PublicId,
    policy: &ClientPolicy,
    actor: &str,
    request_id: &str,
) -> Result<bool, PolicyRefusal> {
    let mut tx = identity.store.write().await?;
    let known = tx.credential(public_id).await?;
    let known = known.filter(|credential| credential.organization_id == *organization);
    let Some(credential) = known else { return Ok(false) };
    policy::check(credential.mode(), &credential.redirect_uris, policy)?;
    if !tx.set_credential_policy(organization, public_id, policy).await? {
        return Ok(false);
    }
    let detail = policy::changes(&credential.policy, policy);
    let (action, subject, detail) = ("credential.policy_changed", public_id.as_str(), detail.as_str());
    tx.audit(Happening { request_id, actor, action, subject, detail }, identity.clock.now()).await?;
    tx.commit().await?;
    Ok(true)
}

/// Switches an organisation's credential on or off; false when it has none with that id.
pub async fn switch(
    identity: &Identity,
    organization: &OrganizationId,
    public_id: &PublicId,
    active: bool,
    actor: &str,
    request_id: &str,
) -> Result<bool, StoreError> {
    let mut tx = identity.store.write().await?;
    if !tx.set_credential_active(organization, public_id, active).await? {
        return Ok(false);
    }
    let action = if active { "credential.switched_on" } else { "credential.switched_off" };
    let (subject, detail) = (public_id.as_str(), organization.as_str());
    tx.audit(Happening { request_id, actor, action, subject, detail }, identity.clock.now()).await?;
    tx.commit().await?;
    Ok(true)
}

/// The origins and redirect URIs of a faultless draft, each once. Live keys are for https and apps alone, unless
/// the server itself is `at_home` on this machine: then so may be what it works with.
fn addresses(draft: &Draft<'_>, at_home: bool) -> Result<(Vec<String>, Vec<String>), Vec<Fault>> {
    let mut faults = Vec::new();
    let live = draft.mode == Mode::Live;
    let mut origins = Vec::new();
    for text in &draft.origins {
        match Origin::parse(text) {
            Ok(origin) if live && !is_for_live(&origin, at_home) => {
                faults.push(Fault::LiveOrigin((*text).to_owned()));
            }
            Ok(origin) => add_once(&mut origins, origin.as_str()),
            Err(_) => faults.push(Fault::Origin((*text).to_owned())),
        }
    }
    let mut redirect_uris = Vec::new();
    for text in &draft.redirect_uris {
        match RedirectTarget::of(text) {
            Some(RedirectTarget::Loopback) if live && !at_home => {
                faults.push(Fault::LiveRedirectUri((*text).to_owned()));
            }
            Some(_) => add_once(&mut redirect_uris, text),
            None => faults.push(Fault::RedirectUri((*text).to_owned())),
        }
    }
    faults.extend((origins.len() > MAX_ADDRESSES).then_some(Fault::TooManyOrigins));
    faults.extend((redirect_uris.len() > MAX_ADDRESSES).then_some(Fault::TooManyRedirectUris));
    faults.extend((draft.note.trim().chars().count() > MAX_NOTE).then_some(Fault::NoteTooLong));
    if faults.is_empty() { Ok((origins, redirect_uris)) } else { Err(faults) }
}

fn is_for_live(origin: &Origin, at_home: bool) -> bool {
    origin.as_str().starts_with("https:") || (at_home && origin.is_loopback())
}

fn add_once(list: &mut Vec<String>, text: &str) {
    if !list.iter().any(|known| known == text) {
        list.push(text.to_owned());
    }
}

fn sentence(faults: &[Fault]) -> String {
    faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_fault_of_a_draft_is_named_and_repetitions_count_once() {
        let many: Vec<String> = (0..=MAX_ADDRESSES).map(|n| format!("https://app.example.org/{n}")).collect();
        let draft = |redirect_uris: Vec<_>, origins| Draft {
            mode: Mode::Test,
            origins,
            redirect_uris,
            note: " a note ",
            tokens: TokenPolicy::default(),
        };
        let twice = draft(vec!["https://a.example/cb", "https://a.example/cb"], vec!["https://A.example"]);
        assert_eq!(
            addresses(&twice, false),
            Ok((vec!["https://a.example".to_owned()], vec!["https://a.example/cb".to_owned()]))
        );
        let faulty =
            draft(many.iter().map(String::as_str).chain(["cb"]).collect(), vec!["https://a.example/x"]);
        assert_eq!(
            addresses(&faulty, false),
            Err(vec![
                Fault::Origin("https://a.example/x".to_owned()),
                Fault::RedirectUri("cb".to_owned()),
                Fault::TooManyRedirectUris
            ])
        );
    }

    #[test]
    fn live_keys_are_not_for_somebodys_own_machine_unless_the_server_is_there_too() {
        let draft = |mode| Draft {
            mode,
            origins: vec!["http://localhost:3000", "https://a.example"],
            redirect_uris: vec!["http://127.0.0.1:3000/cb", "org.example.app:/cb"],
            note: "",
            tokens: TokenPolicy::default(),
        };
        assert!(addresses(&draft(Mode::Test), false).is_ok());
        assert!(addresses(&draft(Mode::Live), true).is_ok());
        let faults = vec![
            Fault::LiveOrigin("http://localhost:3000".to_owned()),
            Fault::LiveRedirectUri("http://127.0.0.1:3000/cb".to_owned()),
        ];
        assert_eq!(addresses(&draft(Mode::Live), false), Err(faults));
        let plain = Draft { origins: vec!["http://a.example"], redirect_uris: vec![], ..draft(Mode::Live) };
        assert_eq!(addresses(&plain, true), Err(vec![Fault::LiveOrigin("http://a.example".to_owned())]));
    }
}
