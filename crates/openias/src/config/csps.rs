//! The operator's own CSPs: entries of the configuration, and what they mean.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use egress::{KeySource, Origin};
use identity::csps::{Csp, TrustedCsps, TrustedIssuer};
use jose::{Algorithm, KeySet};
use model::{Hcid, Mode, TokenProfile};
use serde::Deserialize;
use token::Rule;
use url::Url;

use super::Config;

/// A CSP of the operator's own.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct CspEntry {
    pub(crate) idp: String,
    pub(crate) name: String,
    pub(crate) oid: Option<String>,
    #[serde(default)]
    pub(crate) live_issuers: Vec<String>,
    #[serde(default)]
    pub(crate) test_issuers: Vec<String>,
    pub(crate) algorithms: Option<Vec<String>>,
    pub(crate) max_life_hours: Option<u64>,
    pub(crate) max_proofing_days: Option<u64>,
    pub(crate) profile: Option<String>,
    #[serde(default)]
    pub(crate) quirks: Vec<String>,
    pub(crate) jwks_uri: Option<String>,
    pub(crate) jwks_file: Option<PathBuf>,
}

/// The `idp` of the server's own sandbox issuer.
pub(crate) const OWN_IDP: &str = "openias_csp";

impl Config {
    /// The published CSPs and the operator's own, checked, and the server's own sandbox in test mode. An entry
    /// without issuers takes a CSP away.
    pub(crate) fn trusted_csps(&self) -> anyhow::Result<TrustedCsps> {
        let mut csps = TrustedCsps::published();
        let private = self.private_origins()?;
        for entry in &self.csps {
            let csp = entry.read().with_context(|| format!("in the csps entry {:?}", entry.idp))?;
            if let Some(uri) = &entry.jwks_uri {
                let whose = || format!("jwks_uri of the csps entry {:?} cannot be fetched", entry.idp);
                egress::permits(uri, &private).with_context(whose)?;
            }
            csps = if entry.trusts_nobody() { csps.without(&csp.idp) } else { csps.with(csp) };
        }
        let is_local = |issuer: &str| {
            let origin = Url::parse(issuer).ok().and_then(|url| Origin::of(&url));
            origin.is_some_and(|origin| private.contains(&origin))
        };
        csps.check(is_local).context("in the list of csps")?;
        if self.csps.iter().any(|entry| entry.idp == OWN_IDP) {
            return Ok(csps);
        }
        // Unlike any other issuer, ours may be another entry's too: in the demo it stands in for Persona.
        let own = CspEntry {
            idp: OWN_IDP.to_owned(),
            name: "OpenIAS sandbox".to_owned(),
            test_issuers: vec![self.own_sandbox()],
            ..CspEntry::default()
        };
        Ok(csps.with(own.read()?))
    }

    /// The server's own sandbox issuer.
    pub(crate) fn own_sandbox(&self) -> String {
        format!("{}/authenticate/{}", self.server.base_url, csp::path_of(csp::Environment::Sandbox))
    }
}

impl CspEntry {
    /// The entry as it stands in a configuration file; what is left out counts by its default.
    pub(crate) fn to_toml(&self) -> String {
        let list = |values: &[String]| toml::Value::from(values.to_vec()).to_string();
        let text = |value: &str| toml::Value::from(value).to_string();
        let mut lines = vec![
            "[[csps]]".to_owned(),
            format!("idp = {}", text(&self.idp)),
            format!("name = {}", text(&self.name)),
        ];
        let lists = [
            ("live_issuers", &self.live_issuers),
            ("test_issuers", &self.test_issuers),
            ("quirks", &self.quirks),
        ];
        let filled = lists.iter().filter(|(_, values)| !values.is_empty());
        lines.extend(filled.map(|(name, values)| format!("{name} = {}", list(values))));
        lines.join("\n") + "\n"
    }

    /// Whether it takes trust away instead of giving any.
    pub(crate) fn trusts_nobody(&self) -> bool {
        self.live_issuers.is_empty() && self.test_issuers.is_empty()
    }

    fn read(&self) -> anyhow::Result<Csp> {
        let keys = self.keys()?;
        let issuers = |urls: &[String], mode: Mode| -> Vec<TrustedIssuer> {
            let issuer =
                |url: &String| TrustedIssuer { url: url.clone(), modes: vec![mode], keys: keys.clone() };
            urls.iter().map(issuer).collect()
        };
        Ok(Csp {
            idp: self.idp.clone(),
            name: self.name.clone(),
            oid: self.oid.as_deref().map(Hcid::parse).transpose().context("oid")?,
            issuers: [issuers(&self.live_issuers, Mode::Live), issuers(&self.test_issuers, Mode::Test)]
                .concat(),
            algorithms: self.algorithms()?,
            max_life: Duration::from_hours(self.max_life_hours.unwrap_or(2)),
            max_proofing_age: self.max_proofing_days.map(|days| Duration::from_hours(days * 24)),
            profile: self.profile.as_deref().map(profile).transpose()?,
            quirks: self.quirks.iter().map(|code| quirk(code)).collect::<anyhow::Result<_>>()?,
        })
    }

    fn algorithms(&self) -> anyhow::Result<Vec<Algorithm>> {
        let Some(names) = &self.algorithms else { return Ok(vec![Algorithm::Rs256]) };
        let known = Algorithm::ALL.map(Algorithm::name);
        let read = |name: &String| {
            let hint = || format!("algorithms holds {name:?}; known are {}", known.join(", "));
            Algorithm::from_name(name).with_context(hint)
        };
        names.iter().map(read).collect()
    }

    fn keys(&self) -> anyhow::Result<KeySource> {
        match (&self.jwks_uri, &self.jwks_file) {
            (Some(_), Some(_)) => anyhow::bail!("jwks_uri and jwks_file exclude each other"),
            (Some(uri), None) => {
                Url::parse(uri).with_context(|| format!("jwks_uri is {uri:?}, which is no URL"))?;
                Ok(KeySource::JwksUri(uri.clone()))
            }
            (None, Some(file)) => pinned(file),
            (None, None) => Ok(KeySource::Discovery),
        }
    }
}

fn pinned(file: &Path) -> anyhow::Result<KeySource> {
    let shown = file.display();
    let document = std::fs::read(file).with_context(|| format!("jwks_file {shown} cannot be read"))?;
    let keys = KeySet::from_json(&document).with_context(|| format!("jwks_file {shown}"))?;
    if let (true, Some((_, reason))) = (keys.keys().is_empty(), keys.skipped().first()) {
        anyhow::bail!("jwks_file {shown} holds no usable key: {reason}");
    }
    anyhow::ensure!(!keys.keys().is_empty(), "jwks_file {shown} holds no key");
    Ok(KeySource::Pinned(Arc::new(keys)))
}

/// The token profile of that name.
pub(crate) fn profile(name: &str) -> anyhow::Result<TokenProfile> {
    let known = TokenProfile::ALL.map(TokenProfile::name).join(", ");
    TokenProfile::from_name(name)
        .with_context(|| format!("there is no token profile {name:?}; there are {known}"))
}

fn quirk(code: &str) -> anyhow::Result<Rule> {
    Rule::from_code(code).with_context(|| {
        let graded = Rule::ALL.into_iter().filter(|rule| rule.is_graded()).map(Rule::code);
        let nearest = graded.max_by(|one, other| {
            strsim::jaro_winkler(one, code).total_cmp(&strsim::jaro_winkler(other, code))
        });
        format!("quirks holds {code:?}, which is no rule; did you mean {}?", nearest.unwrap_or_default())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn trusted(entry: &str) -> anyhow::Result<TrustedCsps> {
        let dir = tempfile::tempdir()?;
        let path = dir.path().join("openias.toml");
        let jwks = dir.path().join("jwks.json");
        std::fs::write(&jwks, r#"{"keys": []}"#)?;
        let entry = entry.replace("JWKS", &jwks.display().to_string());
        let issuer = "live_issuers = [\"https://csp.example/oidc\"]";
        std::fs::write(
            &path,
            format!("[[csps]]\nidp = \"example_csp\"\nname = \"Example\"\n{issuer}\n{entry}\n"),
        )?;
        Config::load(Some(&path))?.trusted_csps()
    }

    #[test]
    fn an_entry_says_what_a_csp_does_differently() {
        let csps = trusted(
            "oid = \"2.999.1\"\nalgorithms = [\"ES256\"]\nmax_proofing_days = 90\nprofile = \"tefca-3.0\"\n\
             quirks = [\"token.birthdate_format\"]\njwks_uri = \"https://keys.example/jwks\"",
        )
        .expect("trusted");
        let csp = csps.find("example_csp").expect("listed");
        assert_eq!(csp.algorithms, [Algorithm::Es256]);
        assert_eq!(csp.max_proofing_age, Some(Duration::from_hours(2160)));
        assert_eq!(
            (csp.profile, &csp.quirks[..]),
            (Some(TokenProfile::Tefca3), &[Rule::BirthdateFormat][..])
        );
        assert!(
            matches!(&csp.issuers[0].keys, KeySource::JwksUri(uri) if uri == "https://keys.example/jwks")
        );
    }

    #[test]
    fn our_own_sandbox_is_trusted_in_test_mode_until_an_entry_says_otherwise() {
        let trusted = |text: &str| {
            let dir = tempfile::tempdir().expect("a folder");
            let path = dir.path().join("openias.toml");
            std::fs::write(&path, text).expect("written");
            Config::load(Some(&path)).and_then(|config| config.trusted_csps())
        };
        let own = "http://localhost:8480/authenticate/oidc-sandbox";
        let entry = |idp: &str, issuers: &str| format!("[[csps]]\nidp = \"{idp}\"\nname = \"A\"\n{issuers}");
        let csps = trusted("").expect("trusted");
        let csp = csps.find(OWN_IDP).expect("listed");
        assert!(csp.speaks_for(own, Mode::Test) && !csp.speaks_for(own, Mode::Live));
        let (csps, all) = (trusted(&entry(OWN_IDP, "")).expect("trusted"), csps);
        assert!(csps.find(OWN_IDP).is_none() && csps.all().len() + 1 == all.all().len());
        assert!(trusted(&entry("clear_csp", "")).expect("trusted").find("clear_csp").is_none());
        let csps = trusted(&entry(OWN_IDP, "test_issuers = [\"https://csp.example\"]")).expect("trusted");
        let csp = csps.find(OWN_IDP).expect("listed");
        assert!(csp.speaks_for("https://csp.example", Mode::Test) && !csp.speaks_for(own, Mode::Test));
        let csps = trusted(&entry("persona_csp", &format!("test_issuers = [{own:?}]"))).expect("shared");
        assert!(["persona_csp", OWN_IDP].map(|idp| csps.find(idp)).iter().all(Option::is_some));
    }

    #[test]
    fn a_relative_key_file_stands_beside_the_configuration() {
        assert!(
            format!("{:#}", trusted("jwks_file = \"jwks.json\"").expect_err("empty"))
                .contains("holds no key")
        );
    }

    #[test]
    fn what_cannot_be_trusted_is_named() {
        for (entry, words) in [
            ("algorithms = [\"HS256\"]", "\"HS256\"; known are RS256"),
            ("algorithms = []", "no algorithm"),
            ("profile = \"tefca-4\"", "tefca-3.0"),
            ("quirks = [\"token.birthdate_fromat\"]", "did you mean token.birthdate_format"),
            ("quirks = [\"token.expired\"]", "token.expired cannot be a quirk"),
            ("oid = \"x\"", "oid"),
            ("jwks_file = \"JWKS\"", "holds no key"),
            ("jwks_file = \"/nowhere/jwks.json\"", "/nowhere/jwks.json"),
            ("jwks_file = \"JWKS\"\njwks_uri = \"https://a.example\"", "exclude each other"),
            ("test_issuers = [\"http://csp.example/oidc\"]", "http://csp.example/oidc"),
            ("test_issuers = [\"https://api.id.me/oidc\"]", "idme_csp"),
            ("jwks_uri = \"ftp://keys.example/jwks\"", "jwks_uri"),
            ("jwks_uri = \"http://keys.example/jwks\"", "https"),
            ("jwks_uri = \"https://u:p@keys.example/jwks\"", "user name or password"),
            ("jwks_uri = \"https://10.1.1.1/jwks\"", "jwks_uri of the csps entry \"example_csp\""),
            ("max_life_huors = 2", "max_life_huors"),
        ] {
            let error = trusted(entry).expect_err(entry);
            assert!(format!("{error:#}").contains(words), "{entry}: {error:#}");
        }
    }
}
