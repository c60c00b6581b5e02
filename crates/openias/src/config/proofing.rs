//! Where patients without an ID token are sent: our registrations at CSPs.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context as _, bail, ensure};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use identity::registrations::{Proof, Registration, Registrations};
use jose::{Algorithm, SigningKey};
use model::{Hcid, Mode, Secret};
use serde::Deserialize;

use super::Config;

/// What every one of our requests holds already.
const OUR_PARAMETERS: [&str; 9] = [
    "response_type",
    "client_id",
    "redirect_uri",
    "scope",
    "state",
    "nonce",
    "code_challenge",
    "code_challenge_method",
    "ui_locales",
];
/// What is asked for unless an entry says otherwise.
const SCOPE: &str = "openid profile email";

/// What the operator registered at a CSP.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ProofingEntry {
    pub(crate) idp: String,
    pub(crate) mode: String,
    pub(crate) client_id: String,
    pub(crate) client_secret_file: Option<PathBuf>,
    pub(crate) client_key_file: Option<PathBuf>,
    pub(crate) issuer: Option<String>,
    pub(crate) scope: Option<String>,
    #[serde(default)]
    pub(crate) parameters: BTreeMap<String, String>,
    pub(crate) hcid: Option<String>,
}

impl Config {
    /// Our registrations at trusted CSPs, checked.
    pub(crate) fn registrations(&self) -> anyhow::Result<Registrations> {
        let csps = self.trusted_csps()?;
        let read = |entry: &ProofingEntry| {
            let ProofingEntry { idp, mode, .. } = entry;
            let csp = csps.find(idp);
            let csp =
                csp.with_context(|| format!("an entry of proofing names {idp:?}, which is no trusted CSP"))?;
            entry.read(csp).with_context(|| format!("in the proofing entry of {idp:?} for {mode:?} mode"))
        };
        let all = self.proofing.iter().map(read).collect::<anyhow::Result<_>>()?;
        let registrations = Registrations { all, sends_mail: self.mail.host.is_some() };
        registrations.check(&csps).context("in the list of proofing")?;
        Ok(registrations)
    }
}

impl ProofingEntry {
    /// The files that it names start where the configuration file stands.
    pub(super) fn starting_at(&mut self, folder: &Path) {
        for file in [&mut self.client_secret_file, &mut self.client_key_file] {
            *file = file.take().map(|path| folder.join(path));
        }
    }

    fn read(&self, csp: &identity::csps::Csp) -> anyhow::Result<Registration> {
        let mode = Mode::parse(&self.mode).context("mode must be \"live\" or \"test\"")?;
        ensure!(!self.client_id.is_empty(), "client_id is empty");
        let issuer = match &self.issuer {
            Some(issuer) => issuer.clone(),
            None => csp.issuer_for(mode).context("the CSP has no issuer for this mode")?.to_owned(),
        };
        let scope = self.scope.clone().unwrap_or_else(|| SCOPE.to_owned());
        ensure!(scope.split(' ').any(|word| word == "openid"), "scope must hold \"openid\"");
        for name in self.parameters.keys() {
            ensure!(
                !OUR_PARAMETERS.contains(&name.as_str()),
                "parameters holds {name}, which is not for you to set"
            );
        }
        let hcid = self.hcid.as_deref().map(|text| {
            Hcid::parse(text)
                .with_context(|| format!("hcid is {text:?}, which is no HCID such as 2.16.840.1"))
        });
        Ok(Registration {
            idp: self.idp.clone(),
            mode,
            issuer,
            client_id: self.client_id.clone(),
            proof: self.proof()?,
            scope,
            parameters: self.parameters.clone().into_iter().collect(),
            hcid: hcid.transpose()?,
        })
    }

    fn proof(&self) -> anyhow::Result<Proof> {
        match (&self.client_secret_file, &self.client_key_file) {
            (Some(file), None) => Ok(Proof::Secret(secret_in(file, "client_secret_file")?)),
            (None, Some(file)) => {
                let shown = file.display();
                let bytes =
                    std::fs::read(file).with_context(|| format!("client_key_file {shown} cannot be read"))?;
                let key = signing_key(&bytes);
                let key = key.with_context(|| {
                    format!(
                        "client_key_file {shown} holds no PKCS#8 key for RS256, ES256 or ES384, as PEM or DER"
                    )
                })?;
                Ok(Proof::Key(Arc::new(key)))
            }
            _ => bail!("name one of client_secret_file and client_key_file"),
        }
    }
}

/// The one line of a file that holds a secret.
pub(super) fn secret_in(file: &Path, key: &str) -> anyhow::Result<Secret> {
    let shown = file.display();
    let text = std::fs::read_to_string(file).with_context(|| format!("{key} {shown} cannot be read"))?;
    let text = text.trim_end_matches(['\r', '\n']);
    ensure!(
        !text.is_empty() && !text.contains(['\r', '\n']),
        "{key} {shown} must hold one line and nothing else"
    );
    Ok(Secret::new(text.to_owned()))
}

/// A private key, whichever of the usual kinds it is.
fn signing_key(bytes: &[u8]) -> Option<SigningKey> {
    let der = pem(bytes).unwrap_or_else(|| bytes.to_vec());
    [Algorithm::Rs256, Algorithm::Es256, Algorithm::Es384]
        .into_iter()
        .find_map(|algorithm| SigningKey::from_pkcs8(algorithm, &der).ok())
}

/// What a PEM file holds (RFC 7468 section 10).
fn pem(bytes: &[u8]) -> Option<Vec<u8>> {
    let text = std::str::from_utf8(bytes).ok()?;
    let (_, rest) = text.split_once("-----BEGIN PRIVATE KEY-----")?;
    let (body, _) = rest.split_once("-----END PRIVATE KEY-----")?;
    STANDARD.decode(body.split_whitespace().collect::<String>()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn load(entry: &str) -> anyhow::Result<Registrations> {
        let dir = tempfile::tempdir()?;
        std::fs::write(dir.path().join("secret"), "the secret\n")?;
        std::fs::write(dir.path().join("two"), "a\nb\n")?;
        let pkcs8 = ambient::ec_p256_keypair().expect("a key");
        let pem =
            format!("-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n", STANDARD.encode(&*pkcs8));
        std::fs::write(dir.path().join("key.pem"), pem)?;
        let path = dir.path().join("openias.toml");
        std::fs::write(&path, format!("[[proofing]]\n{entry}\n"))?;
        Config::load(Some(&path))?.registrations()
    }

    const PERSONA: &str = "idp = \"persona_csp\"\nmode = \"test\"\nclient_id = \"c\"\n";

    #[test]
    fn an_entry_says_what_we_are_at_a_csp() {
        let entry = format!(
            "{PERSONA}client_secret_file = \"secret\"\nscope = \"openid\"\nhcid = \"2.999.1\"\n\
             parameters = {{ acr_values = \"ial2\" }}"
        );
        let registrations = load(&entry).expect("registrations");
        let one = registrations.find("persona_csp", Mode::Test).expect("listed");
        assert_eq!(one.issuer, "https://authenticate.withpersona.com/authenticate/oidc-sandbox");
        assert!(matches!(&one.proof, Proof::Secret(secret) if secret.expose() == "the secret"));
        assert_eq!(one.parameters, [("acr_values".to_owned(), "ial2".to_owned())]);
        assert!(registrations.serve(Mode::Test) && !registrations.serve(Mode::Live));
        let registrations = load(&format!("{PERSONA}client_key_file = \"key.pem\"")).expect("registrations");
        assert!(
            matches!(&registrations.all[0].proof, Proof::Key(key) if key.algorithm() == Algorithm::Es256)
        );
    }

    #[test]
    fn what_cannot_stand_is_named() {
        let secret = "client_secret_file = \"secret\"\n";
        for (entry, words) in [
            (PERSONA.to_owned(), "client_secret_file and client_key_file"),
            (format!("{PERSONA}{secret}client_key_file = \"key.pem\""), "name one of"),
            (format!("{PERSONA}client_secret_file = \"nowhere\""), "cannot be read"),
            (format!("{PERSONA}client_secret_file = \"two\""), "one line"),
            (format!("{PERSONA}client_key_file = \"secret\""), "no PKCS#8 key"),
            (format!("{PERSONA}{secret}scope = \"profile\""), "openid"),
            (format!("{PERSONA}{secret}hcid = \"x\""), "no HCID"),
            (format!("{PERSONA}{secret}parameters = {{ state = \"x\" }}"), "not for you to set"),
            (format!("{PERSONA}{secret}issuer = \"https://a.example\""), "no issuer of persona_csp"),
            (format!("{PERSONA}{secret}tenant = \"x\""), "tenant"),
            (format!("{PERSONA}{secret}").replace("test", "prod"), "\"live\" or \"test\""),
            (format!("{PERSONA}{secret}").replace("persona_csp", "x_csp"), "no trusted CSP"),
            (format!("{PERSONA}{secret}[[proofing]]\n{PERSONA}{secret}"), "two registrations"),
            (
                format!("{PERSONA}{secret}").replace("persona_csp", "openias_csp").replace("test", "live"),
                "no issuer for this mode",
            ),
        ] {
            let error = load(&entry).expect_err(&entry);
            assert!(format!("{error:#}").contains(words), "{entry}: {error:#}");
            assert!(!format!("{error:#}").contains("the secret"), "{error:#}");
        }
    }
}
