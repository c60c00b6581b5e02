//! What a validator would trip over at an issuer: its discovery document and its keys, looked at closely.

use egress::{Client, Origin, Request};
use jose::KeySet;
use jose::json::{self, Object, Value};
use token::Grade;
use url::Url;

/// The largest document looked at.
const MAX_BYTES: usize = 256 * 1024;

/// Members that OpenID Connect Discovery 3 requires.
const REQUIRED: [&str; 7] = [
    "issuer",
    "authorization_endpoint",
    "token_endpoint",
    "jwks_uri",
    "response_types_supported",
    "subject_types_supported",
    "id_token_signing_alg_values_supported",
];

/// One thing that was looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Observation {
    /// How much it matters: fine, or what a validator makes of it.
    pub grade: Grade,
    /// What was found, in one sentence.
    pub sentence: String,
}

/// Observations as they gather.
#[derive(Default)]
struct Observations(Vec<Observation>);

impl Observations {
    fn say(&mut self, grade: Grade, sentence: impl Into<String>) {
        self.0.push(Observation { grade, sentence: sentence.into() });
    }

    fn check(&mut self, fine: bool, otherwise: Grade, good: &str, bad: &str) {
        if fine { self.say(Grade::Fine, good) } else { self.say(otherwise, bad) }
    }
}

/// Looks at an issuer: discovery document, then keys. What is behind a fault is not looked at any more.
pub async fn check(client: &Client, issuer: &str) -> Vec<Observation> {
    let mut seen = Observations::default();
    let local = |text: &str| Url::parse(text).ok().and_then(|url| Origin::of(&url));
    seen.check(
        issuer.starts_with("https://"),
        Grade::Warning,
        "The issuer is an https URL.",
        "The issuer is not an https URL; outside a developer's machine it is refused.",
    );
    if issuer.ends_with('/') {
        seen.say(
            Grade::Warning,
            "The issuer ends with a slash: many validators compare it letter by letter.",
        );
    }
    let address = format!("{}/.well-known/openid-configuration", issuer.trim_end_matches('/'));
    let Some(document) = document(client, &address, "discovery document", &mut seen).await else {
        return seen.0;
    };
    let discovery = match json::parse_object(&document, MAX_BYTES) {
        Ok(discovery) => discovery,
        Err(fault) => {
            seen.say(Grade::Error, format!("The discovery document is not strict JSON: {fault}."));
            return seen.0;
        }
    };
    look_at_discovery(&discovery, issuer, &mut seen);
    let Some(jwks_uri) = discovery.get("jwks_uri").and_then(Value::as_str) else { return seen.0 };
    seen.check(
        local(jwks_uri).is_some() && local(jwks_uri) == local(issuer),
        Grade::Error,
        "The keys are on the issuer's own origin.",
        "The keys are on another origin than the issuer: pin them with jwks_uri or jwks_file.",
    );
    if let Some(document) = self::document(client, jwks_uri, "key set", &mut seen).await {
        look_at_keys(&document, &mut seen);
    }
    seen.0
}

async fn document(client: &Client, url: &str, what: &str, seen: &mut Observations) -> Option<Vec<u8>> {
    let request = Request::get(url).at_most(MAX_BYTES).header("accept", "application/json");
    match client.fetch(request).await {
        Ok(answer) if answer.status.is_success() => {
            seen.say(Grade::Fine, format!("The {what} answers at {url}."));
            Some(answer.body.to_vec())
        }
        Ok(answer) => {
            let status = answer.status.as_u16();
            seen.say(Grade::Error, format!("The {what} at {url} answers with status {status}."));
            None
        }
        Err(error) => {
            seen.say(Grade::Error, format!("The {what} at {url} cannot be fetched: {error}."));
            None
        }
    }
}

fn look_at_discovery(discovery: &Object<'_>, issuer: &str, seen: &mut Observations) {
    let named = discovery.get("issuer").and_then(Value::as_str).unwrap_or_default();
    seen.check(
        named == issuer,
        Grade::Error,
        "The discovery document names the issuer letter by letter.",
        &format!("The discovery document names {named:?} as issuer: tokens and registry must say the same."),
    );
    for name in REQUIRED.iter().filter(|name| discovery.get(name).is_none()) {
        seen.say(Grade::Warning, format!("The discovery document lacks {name}, which Discovery 3 requires."));
    }
    let lists = |name: &str, value: &str| {
        let list = discovery.get(name).and_then(Value::as_array).unwrap_or_default();
        list.iter().any(|entry| entry.as_str() == Some(value))
    };
    seen.check(
        lists("id_token_signing_alg_values_supported", "RS256"),
        Grade::Error,
        "ID tokens can be signed with RS256.",
        "RS256 is not among the algorithms for ID tokens; IAS SOP 3.0 fixes it.",
    );
    if lists("id_token_signing_alg_values_supported", "none") {
        seen.say(Grade::Warning, "Unsigned ID tokens are offered (none); they are refused here.");
    }
    if discovery.get("id_token_encryption_alg_values_supported").is_some() {
        seen.say(Grade::Note, "ID tokens can be encrypted; leave that off, encrypted ones are refused here.");
    }
    seen.check(
        lists("response_types_supported", "code"),
        Grade::Error,
        "The code flow is supported.",
        "The code flow is not among the response types.",
    );
    seen.check(
        lists("code_challenge_methods_supported", "S256"),
        Grade::Note,
        "PKCE with S256 is supported.",
        "PKCE with S256 is not announced.",
    );
}

fn look_at_keys(document: &[u8], seen: &mut Observations) {
    let keys = match KeySet::from_json(document) {
        Ok(keys) => keys,
        Err(fault) => return seen.say(Grade::Error, format!("The key set cannot be used: {fault}.")),
    };
    for (position, reason) in keys.skipped() {
        seen.say(Grade::Warning, format!("Key {} of the set is not used: {reason}.", position + 1));
    }
    let usable = keys.keys().iter().filter(|key| key.kid().is_some()).count();
    seen.check(
        usable > 0,
        Grade::Error,
        &format!("{usable} keys can be used."),
        "No key of the set can be used: every token is refused.",
    );
    let nameless = keys.keys().len() - usable;
    if nameless > 0 {
        seen.say(Grade::Warning, format!("{nameless} keys have no kid: no token can name them."));
    }
}
