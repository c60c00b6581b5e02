//! Mail: the operator's relay.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail, ensure};
use egress::{Mailer, Relay, RelaySecurity};
use serde::Deserialize;

use super::proofing::secret_in;

/// Mail.
#[derive(Debug, confique::Config)]
pub(crate) struct Mail {
    /// Host name of the SMTP relay. Without it no mail is sent, and no patient without an ID token is proven in live
    /// mode. In test mode none is sent anyway.
    #[config(env = "OPENIAS_MAIL_HOST")]
    pub(crate) host: Option<String>,
    /// Its port: 587 with `starttls`, 465 with `tls` and 25 with `none` unless said.
    #[config(env = "OPENIAS_MAIL_PORT")]
    pub(crate) port: Option<u16>,
    /// `starttls`, `tls`, or `none`, which is taken only of a relay on this machine.
    #[config(default = "starttls", env = "OPENIAS_MAIL_SECURITY")]
    pub(crate) security: MailSecurity,
    /// Who the mail is from, such as `Example Health <no-reply@example.org>`.
    #[config(env = "OPENIAS_MAIL_FROM")]
    pub(crate) from: Option<String>,
    /// User name at the relay, if it wants one.
    #[config(env = "OPENIAS_MAIL_USERNAME")]
    pub(crate) username: Option<String>,
    /// A file with the password, in one line. A relative path starts where `data_dir` does.
    #[config(env = "OPENIAS_MAIL_PASSWORD_FILE")]
    pub(crate) password_file: Option<PathBuf>,
}

/// How the relay is reached.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum MailSecurity {
    /// TLS begun in the plain connection.
    Starttls,
    /// TLS from the first byte.
    Tls,
    /// Not at all.
    None,
}

impl Mail {
    /// The files that it names start where the configuration file stands.
    pub(super) fn starting_at(&mut self, folder: &Path) {
        self.password_file = self.password_file.take().map(|path| folder.join(path));
    }

    /// What sends the mail, if any is sent.
    pub(crate) fn read(&self) -> anyhow::Result<Option<Mailer>> {
        let Some(host) = &self.host else {
            let stray = self.from.is_some() || self.username.is_some() || self.password_file.is_some();
            ensure!(!stray, "mail.host is missing: the relay that the other keys of mail are about");
            return Ok(None);
        };
        let security = match self.security {
            MailSecurity::Starttls => RelaySecurity::StartTls,
            MailSecurity::Tls => RelaySecurity::Tls,
            MailSecurity::None => RelaySecurity::None,
        };
        let here = ["localhost", "127.0.0.1", "::1"].contains(&host.as_str());
        ensure!(
            security != RelaySecurity::None || here,
            "mail.security may be none only of a relay on this machine"
        );
        let password =
            self.password_file.as_deref().map(|file| secret_in(file, "mail.password_file")).transpose()?;
        let credentials = match (&self.username, &password) {
            (Some(name), Some(password)) => Some((name.as_str(), password)),
            (None, None) => None,
            _ => bail!("mail.username and mail.password_file go together"),
        };
        let from = self.from.as_deref().context("mail.from is missing: who the mail is from")?;
        let relay = Relay { host, port: self.port.unwrap_or(security.port()), security, from, credentials };
        Ok(Some(Mailer::new(&relay).context("in mail")?))
    }
}

#[cfg(test)]
mod tests {
    use super::super::Config;

    fn load(text: &str) -> anyhow::Result<Config> {
        let dir = tempfile::tempdir()?;
        let path = dir.path().join("openias.toml");
        std::fs::write(dir.path().join("password"), "the password\n")?;
        std::fs::write(&path, format!("[mail]\n{text}\n"))?;
        Config::load(Some(&path))
    }

    #[test]
    fn a_relay_is_read_whole_or_not_at_all() {
        let from = "from = \"Example Health <no-reply@example.org>\"\n";
        let whole =
            format!("host = \"smtp.example.org\"\n{from}username = \"u\"\npassword_file = \"password\"");
        load(&whole).expect("a relay");
        load(&format!("host = \"localhost\"\nsecurity = \"none\"\n{from}")).expect("a relay");
        load("").expect("no mail");
        for (text, words) in [
            (from.to_owned(), "mail.host is missing"),
            ("host = \"smtp.example.org\"".to_owned(), "mail.from is missing"),
            ("host = \"smtp.example.org\"\nfrom = \"nobody\"".to_owned(), "no mail address"),
            (format!("host = \"smtp.example.org\"\nsecurity = \"none\"\n{from}"), "on this machine"),
            (format!("host = \"smtp.example.org\"\nsecurity = \"ssl\"\n{from}"), "security"),
            (format!("host = \"smtp.example.org\"\n{from}username = \"u\""), "go together"),
            (whole.replace("\"password\"", "\"nowhere\""), "cannot be read"),
        ] {
            let error = load(&text).expect_err(&text);
            assert!(format!("{error:#}").contains(words), "{text}: {error:#}");
            assert!(!format!("{error:#}").contains("the password"), "{error:#}");
        }
    }
}
