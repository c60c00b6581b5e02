//! The operator's own CSPs: entries of the configuration, and what they mean.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use egress::{KeySource, Origin};
use identity::csps::{Csp, TrustedCsps, TrustedIssuer};
use jose::{Algorithm, KeySet};
use model::{Hcid, Mode, TokenProfile};
use serde::{Deserialize, Serialize};
use token::Rule;
use url::Url;

use super::{Config, checks};

/// A CSP of the operator's own.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct CspEntry {
    pub(crate) idp: String,
    pub(crate) name: String,
    pub(crate) oid: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) live_issuers: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) test_issuers: Vec<String>,
    pub(crate) algorithms: Option<Vec<String>>,
    pub(crate) max_life_hours: Option<u64>,
    pub(crate) max_proofing_days: Option<u64>,
    pub(crate) profile: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) quirks: Vec<String>,
    pub(crate) jwks_uri: Option<String>,
    pub(crate) jwks_file: Option<PathBuf>,
}

/// The `idp` of the server's own sandbox issuer.
pub(crate) const OWN_IDP: &str = "openias_csp";

impl Config {
    /// The published CSPs and the operator's own, checked, and the server's own sandbox in test mode. An entry
    /// of nothing but the name of a CSP that stands here takes its trust away.
    pub(crate) fn trusted_csps(&self) -> anyhow::Result<TrustedCsps> {
        let mut csps = TrustedCsps::published();
        let is_local = self.is_local()?;
        for (position, entry) in self.csps.iter().enumerate() {
            let idp = &entry.idp;
            checks::csp(entry)?;
            let twice = self.csps.iter().take(position).any(|other| other.idp == *idp);
            anyhow::ensure!(!twice, "csps has two entries for {idp}");
            let csp = entry.read(&is_local).with_context(|| format!("in the csps entry {idp:?}"))?;
            if let Some(uri) = &entry.jwks_uri {
                let whose = || format!("jwks_uri of the csps entry {idp:?} cannot be fetched");
                egress::permits(uri, &self.private_origins()?).with_context(whose)?;
            }
            csps = if entry.trusts_nobody() {
                let known = csps.find(idp).is_some() || idp == OWN_IDP;
                anyhow::ensure!(
                    known && entry.is_bare(),
                    "the csps entry {idp:?} names no issuer in live_issuers or test_issuers; to take the trust of a \
                     published CSP away, write its idp and a name alone"
                );
                csps.without(idp)
            } else {
                csps.with(csp)
            };
        }
        csps.check(&is_local).context("in the list of csps")?;
        if self.csps.iter().any(|entry| entry.idp == OWN_IDP) {
            return Ok(csps);
        }
        // Unlike any other issuer, ours may be another entry's too: in the demo it stands in for Persona.
        let own = CspEntry {
            idp: OWN_IDP.to_owned(),
            name: "OpenIAS Test ID".to_owned(),
            test_issuers: vec![self.own_sandbox()],
            ..CspEntry::default()
        };
        Ok(csps.with(own.read(&is_local)?))
    }

    /// Whether a URL may be called without TLS: its origin stands in `egress.private_origins` or is our own on this
    /// machine.
    pub(crate) fn is_local(&self) -> anyhow::Result<impl Fn(&str) -> bool + use<>> {
        let private = self.private_origins()?;
        Ok(move |url: &str| {
            let origin = Url::parse(url).ok().and_then(|url| Origin::of(&url));
            origin.is_some_and(|origin| private.contains(&origin))
        })
    }

    /// The server's own sandbox issuer.
    pub(crate) fn own_sandbox(&self) -> String {
        format!("{}/authenticate/{}", self.server.base_url, csp::path_of(csp::Environment::Sandbox))
    }
}

impl CspEntry {
    /// The entry as it stands in a configuration file; what is left out counts by its default.
    pub(crate) fn to_toml(&self) -> anyhow::Result<String> {
        Ok(toml::to_string(&BTreeMap::from([("csps", [self])]))?)
    }

    /// Whether it takes trust away instead of giving any.
    pub(crate) fn trusts_nobody(&self) -> bool {
        self.live_issuers.is_empty() && self.test_issuers.is_empty()
    }

    /// Whether it says no more than whom it is about.
    fn is_bare(&self) -> bool {
        *self == Self { idp: self.idp.clone(), name: self.name.clone(), ..Self::default() }
    }

    fn read(&self, is_local: &impl Fn(&str) -> bool) -> anyhow::Result<Csp> {
        let keys = self.keys(is_local)?;
        let issuers = |urls: &[String], mode: Mode| -> Vec<TrustedIssuer> {
            let issuer =
                |url: &String| TrustedIssuer { url: url.clone(), modes: vec![mode], keys: keys.clone() };
            urls.iter().map(issuer).collect()
        };
        Ok(Csp {
            idp: self.idp.clone(),
            name: self.name.clone(),
            oid: self.oid.as_deref().map(oid).transpose()?,
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

    fn keys(&self, is_local: &impl Fn(&str) -> bool) -> anyhow::Result<KeySource> {
        let (name, keys) = match (&self.jwks_uri, &self.jwks_file) {
            (Some(_), Some(_)) => anyhow::bail!("jwks_uri and jwks_file exclude each other"),
            (Some(uri), None) => {
                let url = Url::parse(uri).with_context(|| format!("jwks_uri is {uri:?}, which is no URL"))?;
                anyhow::ensure!(
                    url.scheme() == "https" || (url.scheme() == "http" && is_local(uri)),
                    "jwks_uri is {uri:?}, which is not https; plain http is taken only of an origin that stands in \
                     egress.private_origins"
                );
                ("jwks_uri", KeySource::JwksUri(uri.clone()))
            }
            (None, Some(file)) => ("jwks_file", pinned(file)?),
            (None, None) => return Ok(KeySource::Discovery),
        };
        // One issuer for both modes has one set of keys anyway.
        let differ = |live: &String| self.test_issuers.iter().any(|test| test != live);
        anyhow::ensure!(
            !self.live_issuers.iter().any(differ),
            "{name} would hold the keys of a live and of a test issuer at once, and whoever signs test tokens could \
             sign live ones: make one entry for the live and one for the test issuers"
        );
        Ok(keys)
    }
}

fn oid(text: &str) -> anyhow::Result<Hcid> {
    let hint = || format!("oid is {text:?}, which is no object identifier such as 1.3.6.1.4.1.65312.2.10");
    Hcid::parse(text).with_context(hint)
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
    fn an_entry_that_trusts_nobody_is_a_mistake_unless_it_takes_trust_away() {
        let load = |text: &str| {
            let dir = tempfile::tempdir().expect("a folder");
            let path = dir.path().join("openias.toml");
            std::fs::write(&path, text).expect("written");
            Config::load(Some(&path))
        };
        let entry = |idp: &str, more: &str| format!("[[csps]]\nidp = \"{idp}\"\nname = \"A\"\n{more}\n");
        for (text, words) in [
            (entry("example_csp", ""), "names no issuer"),
            (entry("clear_csp", "max_life_hours = 3"), "names no issuer"),
            (entry("clear_csp", "live_issuers = []\nquirks = [\"token.filler\"]"), "names no issuer"),
            (entry("clear_csp", "").repeat(2), "two entries for clear_csp"),
            (entry("clear_csp", "").replace("\"A\"", "\" \""), "clear_csp has an empty name"),
            (entry("clear_csp", "").replace("\"A\"", r#""A\u202e""#), "cannot be shown"),
        ] {
            let error = load(&text).expect_err(&text);
            assert!(format!("{error:#}").contains(words), "{text}: {error:#}");
        }
        assert!(load(&entry("clear_csp", "")).is_ok() && load(&entry(OWN_IDP, "")).is_ok());
    }

    #[test]
    fn one_issuer_for_both_modes_may_be_pinned() {
        let csps = trusted(
            "jwks_uri = \"https://keys.example/jwks\"\ntest_issuers = [\"https://csp.example/oidc\"]",
        );
        assert!(csps.expect("trusted").find("example_csp").is_some());
    }

    #[test]
    fn an_entry_is_written_whole() {
        let entry = CspEntry {
            idp: "example_csp".to_owned(),
            name: "A \"name\"".to_owned(),
            oid: Some("2.999.1".to_owned()),
            live_issuers: vec!["https://csp.example".to_owned()],
            test_issuers: vec!["https://test.csp.example".to_owned()],
            algorithms: Some(vec!["ES256".to_owned()]),
            max_life_hours: Some(3),
            max_proofing_days: Some(90),
            profile: Some("tefca-3.0".to_owned()),
            quirks: vec!["token.filler".to_owned()],
            jwks_uri: Some("https://csp.example/jwks".to_owned()),
            jwks_file: Some("keys.json".into()),
        };
        for entry in [entry, CspEntry { idp: "x".to_owned(), name: "X".to_owned(), ..CspEntry::default() }] {
            let written = entry.to_toml().expect("TOML");
            let read: BTreeMap<String, Vec<CspEntry>> = toml::from_str(&written).expect(&written);
            assert!(written.starts_with("[[csps]]") && read["csps"] == [entry], "{written}");
        }
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
            ("oid = \"x\"", "oid is \"x\", which is no object identifier"),
            ("jwks_uri = \"keys\"", "which is no URL"),
            ("jwks_uri = \"http://csp.example/jwks\"", "not https; plain http is taken only of an origin"),
            ("jwks_uri = \"ftp://csp.example/jwks\"", "not https"),
            (
                "jwks_uri = \"https://a.example\"\ntest_issuers = [\"https://test.csp.example\"]",
                "whoever signs test tokens could sign live ones",
            ),
            ("max_life_hours = 0", "max_life_hours of the CSP example_csp must be 1 to 168"),
            ("max_life_hours = 18446744073709551615", "max_life_hours"),
            ("max_proofing_days = 3651", "max_proofing_days of the CSP example_csp must be 1 to 3650"),
            ("jwks_file = \"JWKS\"", "holds no key"),
            ("jwks_file = \"/nowhere/jwks.json\"", "/nowhere/jwks.json"),
            ("jwks_file = \"JWKS\"\njwks_uri = \"https://a.example\"", "exclude each other"),
            ("test_issuers = [\"http://csp.example/oidc\"]", "http://csp.example/oidc is not https"),
            ("test_issuers = [\"http://localhost:9000\"]", "egress.private_origins"),
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
