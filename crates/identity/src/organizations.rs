//! Organisations as an operator keeps them: what is entered is checked, and kept together with its line in
//! the audit trail.

mod logo;

use model::id::OrganizationId;
use model::{Entitlements, Hcid, Mode, Organization, is_unprintable};
use store::{Happening, StoreError, Tx};
use url::Url;

use crate::Identity;

pub use logo::{MAX_LOGO, set_logo};

/// The longest name, in characters.
pub const MAX_NAME: usize = 120;
/// The longest address, in bytes.
const MAX_ADDRESS: usize = 2000;

/// An organisation as it was entered; empty text stands for what was left out.
#[derive(Clone, Copy, Debug, Default)]
pub struct Draft<'a> {
    /// The name patients read.
    pub name: &'a str,
    /// Its Home Community Id, as an OID or its URN.
    pub hcid: &'a str,
    /// Its website, an https address.
    pub website_uri: &'a str,
    /// Its privacy policy, an https address.
    pub privacy_policy_uri: &'a str,
    /// Its terms of use, an https address.
    pub terms_uri: &'a str,
    /// What it may do in test mode.
    pub test: Entitlements,
    /// What it may do in live mode.
    pub live: Entitlements,
}

/// What is wrong with a draft. A draft can have several faults.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// There is no name.
    #[error("the name is missing")]
    NameMissing,
    /// The name is too long for a consent page.
    #[error("the name is longer than {MAX_NAME} characters")]
    NameTooLong,
    /// The name holds a character that is not shown, or that changes how the others are.
    #[error("the name holds a character that cannot be shown")]
    NameUnshowable,
    /// The HCID is not one.
    #[error(transparent)]
    Hcid(#[from] model::hcid::InvalidHcid),
    /// Another organisation has the HCID.
    #[error("another organisation has this HCID")]
    HcidTaken,
    /// The website is not an https address.
    #[error("the website is not an https address")]
    Website,
    /// The privacy policy is not an https address.
    #[error("the privacy policy is not an https address")]
    PrivacyPolicy,
    /// The terms are not an https address.
    #[error("the terms of use are not an https address")]
    Terms,
    /// The logo is larger than a consent page should carry.
    #[error("the logo is larger than {} KiB", MAX_LOGO / 1024)]
    LogoTooLarge,
    /// The logo is not an image of a kind that cannot run script.
    #[error("the logo is not a PNG, JPEG or WebP image")]
    LogoNotAnImage,
}

/// Why nothing was kept.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    /// The draft has faults.
    #[error("{}", sentence(.0))]
    Draft(Vec<Fault>),
    /// There is no organisation with that id.
    #[error("there is no such organisation")]
    Unknown,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Adds an organisation. `actor` and `request_id` stand in the audit trail.
pub async fn add(
    identity: &Identity,
    draft: &Draft<'_>,
    actor: &str,
    request_id: &str,
) -> Result<Organization, Refusal> {
    let mut tx = identity.store.write().await?;
    let mut added = Organization {
        id: OrganizationId::from_random(identity.entropy.bytes()),
        name: String::new(),
        logo_uri: None,
        website_uri: None,
        privacy_policy_uri: None,
        terms_uri: None,
        hcid: None,
        test: Entitlements::default(),
        live: Entitlements::default(),
    };
    apply(&mut tx, draft, &mut added).await?;
    let now = identity.clock.now();
    tx.add_organization(&added, now).await?;
    let (subject, detail) = (added.id.as_str(), "");
    tx.audit(Happening { request_id, actor, action: "organization.added", subject, detail }, now).await?;
    tx.commit().await?;
    Ok(added)
}

/// Replaces what a draft holds of an organisation; its logo stays.
pub async fn change(
    identity: &Identity,
    id: &OrganizationId,
    draft: &Draft<'_>,
    actor: &str,
    request_id: &str,
) -> Result<Organization, Refusal> {
    let mut tx = identity.store.write().await?;
    let before = tx.organization(id).await?.ok_or(Refusal::Unknown)?;
    let mut after = before.clone();
    apply(&mut tx, draft, &mut after).await?;
    keep(identity, tx, &before, &after, actor, request_id).await?;
    Ok(after)
}

/// Which entitlements an operator switches; what is not named stays.
#[derive(Clone, Copy, Debug)]
pub struct Named {
    /// TEFCA IAS.
    pub tefca: Option<bool>,
    /// Bring Your Own Identity.
    pub byoi: Option<bool>,
}

/// Switches what an organisation may do in one mode.
pub async fn entitle(
    identity: &Identity,
    id: &OrganizationId,
    mode: Mode,
    named: Named,
    actor: &str,
    request_id: &str,
) -> Result<Organization, Refusal> {
    let mut tx = identity.store.write().await?;
    let before = tx.organization(id).await?.ok_or(Refusal::Unknown)?;
    let mut after = before.clone();
    let entitlements = match mode {
        Mode::Test => &mut after.test,
        Mode::Live => &mut after.live,
    };
    entitlements.tefca = named.tefca.unwrap_or(entitlements.tefca);
    entitlements.byoi = named.byoi.unwrap_or(entitlements.byoi);
    keep(identity, tx, &before, &after, actor, request_id).await?;
    Ok(after)
}

/// Puts a faultless draft into `organization`.
async fn apply(tx: &mut Tx, draft: &Draft<'_>, organization: &mut Organization) -> Result<(), Refusal> {
    let mut faults = Vec::new();
    let name = draft.name.trim();
    faults.extend(name_fault(name));
    let hcid = match Some(draft.hcid.trim()).filter(|text| !text.is_empty()).map(Hcid::parse).transpose() {
        Ok(hcid) => hcid,
        Err(fault) => {
            faults.push(fault.into());
            None
        }
    };
    if let Some(hcid) = &hcid
        && tx.hcid_is_taken(hcid, &organization.id).await?
    {
        faults.push(Fault::HcidTaken);
    }
    let mut address = |text: &str, fault: Fault| {
        https_address(text).unwrap_or_else(|()| {
            faults.push(fault);
            None
        })
    };
    let website_uri = address(draft.website_uri, Fault::Website);
    let privacy_policy_uri = address(draft.privacy_policy_uri, Fault::PrivacyPolicy);
    let terms_uri = address(draft.terms_uri, Fault::Terms);
    if !faults.is_empty() {
        return Err(Refusal::Draft(faults));
    }
    *organization = Organization {
        id: organization.id.clone(),
        name: name.to_owned(),
        logo_uri: organization.logo_uri.take(),
        website_uri,
        privacy_policy_uri,
        terms_uri,
        hcid,
        test: draft.test,
        live: draft.live,
    };
    Ok(())
}

async fn keep(
    identity: &Identity,
    mut tx: Tx,
    before: &Organization,
    after: &Organization,
    actor: &str,
    request_id: &str,
) -> Result<(), Refusal> {
    let changes = changes(before, after);
    if changes.is_empty() {
        return Ok(tx.commit().await?);
    }
    if !tx.update_organization(after).await? {
        return Err(Refusal::Unknown);
    }
    let (subject, detail) = (after.id.as_str(), changes.as_str());
    let happening = Happening { request_id, actor, action: "organization.changed", subject, detail };
    tx.audit(happening, identity.clock.now()).await?;
    tx.commit().await?;
    Ok(())
}

/// What changed, for the audit trail: `name hcid=urn:oid:1.2.3 test.byoi=true`.
fn changes(before: &Organization, after: &Organization) -> String {
    let mut changes = Vec::new();
    let texts = [
        ("name", before.name != after.name),
        ("logo", before.logo_uri != after.logo_uri),
        ("website_uri", before.website_uri != after.website_uri),
        ("privacy_policy_uri", before.privacy_policy_uri != after.privacy_policy_uri),
        ("terms_uri", before.terms_uri != after.terms_uri),
    ];
    changes.extend(texts.iter().filter(|(_, changed)| *changed).map(|(name, _)| (*name).to_owned()));
    if before.hcid != after.hcid {
        changes.push(format!("hcid={}", after.hcid.as_ref().map_or("none", Hcid::urn)));
    }
    let switches = [
        ("test.tefca", before.test.tefca, after.test.tefca),
        ("test.byoi", before.test.byoi, after.test.byoi),
        ("live.tefca", before.live.tefca, after.live.tefca),
        ("live.byoi", before.live.byoi, after.live.byoi),
    ];
    changes
        .extend(switches.iter().filter(|(_, was, is)| was != is).map(|(name, _, is)| format!("{name}={is}")));
    changes.join(" ")
}

fn name_fault(name: &str) -> Option<Fault> {
    if name.is_empty() {
        Some(Fault::NameMissing)
    } else if name.chars().count() > MAX_NAME {
        Some(Fault::NameTooLong)
    } else {
        name.chars().any(is_unprintable).then_some(Fault::NameUnshowable)
    }
}

/// An https address in its normal form; none for empty text. Patients' browsers follow it from the consent
/// page, so nothing else is taken.
fn https_address(text: &str) -> Result<Option<String>, ()> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(None);
    }
    let url = Url::parse(text).map_err(drop)?;
    let plain = url.scheme() == "https" && url.username().is_empty() && url.password().is_none();
    if plain && url.as_str().len() <= MAX_ADDRESS { Ok(Some(url.into())) } else { Err(()) }
}

fn sentence(faults: &[Fault]) -> String {
    faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_https_or_left_out() {
        assert_eq!(https_address("  "), Ok(None));
        assert_eq!(https_address(" https://Example.org "), Ok(Some("https://example.org/".to_owned())));
        let long = format!("https://example.org/{}", "a".repeat(MAX_ADDRESS));
        for text in [
            "http://example.org",
            "javascript:alert(1)",
            "java\nscript:alert(1)",
            "data:text/html,x",
            "//example.org",
            "example.org",
            "https://user:word@example.org",
            "https://",
            long.as_str(),
        ] {
            assert_eq!(https_address(text), Err(()), "{text}");
        }
    }

    #[test]
    fn names_are_shown_whole_or_refused() {
        assert_eq!(name_fault(&"ñ".repeat(MAX_NAME)), None);
        assert_eq!(name_fault(&"ñ".repeat(MAX_NAME + 1)), Some(Fault::NameTooLong));
        assert_eq!(name_fault(""), Some(Fault::NameMissing));
        assert_eq!(name_fault("a\u{7}b"), Some(Fault::NameUnshowable));
        assert_eq!(name_fault("Example \u{202e}htlaeH"), Some(Fault::NameUnshowable));
    }

    #[test]
    fn the_audit_trail_names_what_changed() {
        let before = Organization {
            id: OrganizationId::from_random([1; 16]),
            name: "Example Health".to_owned(),
            logo_uri: None,
            website_uri: None,
            privacy_policy_uri: None,
            terms_uri: None,
            hcid: None,
            test: Entitlements::default(),
            live: Entitlements::default(),
        };
        let after = Organization {
            terms_uri: Some("https://example.org/terms".to_owned()),
            hcid: Hcid::parse("2.999.1").ok(),
            test: Entitlements { tefca: false, byoi: true },
            ..before.clone()
        };
        assert_eq!(changes(&before, &after), "terms_uri hcid=urn:oid:2.999.1 test.byoi=true");
        assert_eq!(changes(&before, &before), "");
    }
}
