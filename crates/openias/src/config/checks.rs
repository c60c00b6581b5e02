//! Values that can be read and still cannot be: named before anything starts, with what they look like.

use anyhow::{Context as _, ensure};
use model::{is_blank, is_unprintable};
use url::Url;

use super::{Config, CspEntry};
use crate::logs;

/// Checks every value that its type alone does not. Who is trusted is checked where that list is made.
pub(super) fn check(config: &Config) -> anyhow::Result<()> {
    let base = &config.server.base_url;
    egress::Origin::parse(base).with_context(|| {
        format!("server.base_url is {base:?}; it must be an origin such as https://ias.example.org")
    })?;
    config.trusted_proxies()?;
    bounds(config)?;
    database_url(config)?;
    directory_url(config)?;
    config.private_origins()?;
    logs::filter(&config.log.filter)?;
    Ok(())
}

fn bounds(config: &Config) -> anyhow::Result<()> {
    let within = |key: &str, value: u64, least: u64, most: u64| {
        ensure!((least..=most).contains(&value), "{key} must be {least} to {most}");
        Ok(())
    };
    within("identity.consent_days", config.identity.consent_days, 1, 3650)?;
    within("network.deadline_seconds", config.network.deadline_seconds, 1, 300)?;
    within("exports.keep_hours", config.exports.keep_hours, 1, 720)?;
    within("webhooks.timeout_seconds", config.webhooks.timeout_seconds, 1, 60)?;
    within("jobs.lease_seconds", config.jobs.lease_seconds, 1, 3600)?;
    within("keys.rotate_days", config.keys.rotate_days, 0, 3650)
}

/// Says nothing of the URL itself: it may hold a password.
fn database_url(config: &Config) -> anyhow::Result<()> {
    let Some(url) = &config.store.database_url else { return Ok(()) };
    let is_postgres = ["postgres://", "postgresql://"].iter().any(|scheme| url.0.starts_with(scheme));
    ensure!(
        is_postgres,
        "store.database_url must begin with postgres://; leave it out to use the embedded database"
    );
    Ok(())
}

fn directory_url(config: &Config) -> anyhow::Result<()> {
    let Some(text) = &config.network.directory_url else { return Ok(()) };
    let url = Url::parse(text).ok().filter(|url| matches!(url.scheme(), "http" | "https"));
    let bare = url.is_some_and(|url| url.query().is_none() && url.fragment().is_none());
    ensure!(
        bare && !text.ends_with('/'),
        "network.directory_url is {text:?}; it must be a FHIR base URL such as https://directory.example.org/fhir, \
         without a slash at its end"
    );
    Ok(())
}

/// The bounds of an entry, which a command may be about to add.
pub(super) fn csp(entry: &CspEntry) -> anyhow::Result<()> {
    let CspEntry { idp, name, max_life_hours, max_proofing_days, .. } = entry;
    ensure!(!idp.is_empty(), "an entry of csps has an empty idp");
    ensure!(!is_blank(name), "the CSP {idp} has an empty name");
    ensure!(!name.contains(is_unprintable), "the name of the CSP {idp} holds what cannot be shown");
    let within = |value: &Option<u64>, most: u64| value.is_none_or(|value| (1..=most).contains(&value));
    ensure!(within(max_life_hours, 168), "max_life_hours of the CSP {idp} must be 1 to 168");
    ensure!(within(max_proofing_days, 3650), "max_proofing_days of the CSP {idp} must be 1 to 3650");
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::tests::load;

    #[test]
    fn values_that_cannot_be_are_named() {
        for (text, words) in [
            ("[server]\nbase_url = \"https://a.example/path\"", "server.base_url"),
            ("[identity]\nconsent_days = 0", "identity.consent_days must be 1 to 3650"),
            ("[network]\ndeadline_seconds = 0", "network.deadline_seconds"),
            ("[network]\ndirectory_url = \"https://a.example/fhir/\"", "without a slash"),
            ("[network]\ndirectory_url = \"a.example/fhir\"", "network.directory_url"),
            ("[network]\ndirectory_url = \"https://a.example/fhir?x=1\"", "network.directory_url"),
            ("[jobs]\nlease_seconds = 0", "jobs.lease_seconds"),
            ("[log]\nformat = \"xml\"", "format = \"xml\""),
            ("[log]\nfilter = \"infoo==\"", "log.filter"),
            ("[log]\nfilter = \"infoo\"", "did you mean info?"),
            ("[egress]\nprivate_origins = [\"10.0.0.5:8080/\"]", "egress.private_origins"),
            ("[egress]\nprivate_origins = [\"http://10.0.0.5:8080/\"]", "egress.private_origins"),
            (
                "[store]\ndatabase_url = \"mysql://u:planted@h/d\"",
                "store.database_url must begin with postgres://",
            ),
            ("[[csps]]\nidp = \"x_csp\"\nname = \"X\"\ntest_issuers = [\"x.example\"]", "x.example"),
            ("[[csps]]\nidp = \"x_csp\"\nname = \"X\"\nmax_life_hours = 0", "max_life_hours"),
            ("[[csps]]\nidp = \"x_csp\"\nname = \"X\"\nmax_proofing_days = 0", "max_proofing_days"),
        ] {
            let said = format!("{:#}", load(text).expect_err(text));
            assert!(said.contains(words) && !said.contains("planted"), "{words:?} is not in: {said}");
        }
        for text in [
            "[network]\ndirectory_url = \"http://127.0.0.1:8090/fhir\"",
            "[log]\nfilter = \"info,openias_network=debug\"",
            "[log]\nfilter = \"openias_network\"",
            "[store]\ndatabase_url = \"postgresql://u:planted@h/d\"",
        ] {
            assert!(load(text).is_ok(), "{text}");
        }
    }
}
