//! What a validator would trip over at an issuer: its discovery document and its keys, looked at closely.

use egress::{Client, Discovery, KeySource, Request};
use jose::json::{self, Object, Value};
use jose::{Algorithm, KeyFault, KeySet};
use token::Grade;

use super::{Csp, is_dialled, is_issuer};

/// The largest document looked at.
const MAX_BYTES: usize = 256 * 1024;

/// Members that OpenID Connect Discovery 3 requires, beside those without which there are no keys.
const REQUIRED: [&str; 5] = [
    "authorization_endpoint",
    "token_endpoint",
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
struct Observations {
    all: Vec<Observation>,
    /// Nothing is graver than this.
    most: Grade,
}

impl Observations {
    fn say(&mut self, grade: Grade, sentence: impl Into<String>) {
        self.all.push(Observation { grade: grade.min(self.most), sentence: sentence.into() });
    }

    fn check(&mut self, fine: bool, otherwise: Grade, good: &str, bad: &str) {
        if fine { self.say(Grade::Fine, good) } else { self.say(otherwise, bad) }
    }
}

/// Looks at an issuer: what the registry makes of it, discovery document, keys. What is behind a fault is not
/// looked at any more. With the entry that trusts it, its pins, algorithms and profile count; without one, the
/// defaults. Plain http is taken for `local` issuers, as in [`super::TrustedCsps::check`].
pub async fn check(
    client: &Client,
    issuer: &str,
    csp: Option<&Csp>,
    is_local: impl Fn(&str) -> bool,
) -> Vec<Observation> {
    let mut seen = Observations { all: Vec::new(), most: Grade::Error };
    look_at_issuer(issuer, is_local, &mut seen);
    look_at_entry(csp, &mut seen);
    let source = csp.and_then(|csp| csp.keys_of(issuer)).unwrap_or(&KeySource::Discovery);
    let algorithms = csp.map_or(&[Algorithm::Rs256][..], |csp| &csp.algorithms);
    if !matches!(source, KeySource::Discovery) {
        // Whoever has pinned keys needs no document; its other readers do.
        seen.most = Grade::Warning;
    }
    let discovered = look_at_document(client, issuer, source, algorithms, &mut seen).await;
    seen.most = Grade::Error;
    match (source, discovered) {
        (KeySource::Pinned(keys), _) => {
            seen.say(Grade::Fine, "The keys are pinned in jwks_file: none is fetched.");
            look_at_keys(keys, algorithms, &mut seen);
        }
        (KeySource::JwksUri(uri), _) => {
            seen.say(Grade::Fine, "The address of the keys is pinned in jwks_uri.");
            fetch_keys(client, uri, algorithms, &mut seen).await;
        }
        (KeySource::Discovery, Some(document)) => {
            fetch_keys(client, &document.jwks_uri, algorithms, &mut seen).await;
        }
        (KeySource::Discovery, None) => {}
    }
    seen.all
}

/// What the registry would say of it.
fn look_at_issuer(issuer: &str, is_local: impl Fn(&str) -> bool, seen: &mut Observations) {
    let fault = if issuer.ends_with('/') {
        "The issuer ends with a slash: the registry refuses it, for validators compare it letter by letter."
    } else if !is_issuer(issuer) {
        "This is no issuer: an https URL in its plain spelling, without query or fragment. The registry refuses it."
    } else if !is_dialled(issuer, &is_local) {
        "The issuer is not https: the registry refuses it unless its origin stands in egress.private_origins."
    } else {
        return seen.say(Grade::Fine, "The issuer is one that the registry takes.");
    };
    seen.say(Grade::Error, fault);
}

fn look_at_entry(csp: Option<&Csp>, seen: &mut Observations) {
    let Some(csp) = csp else {
        return seen.say(Grade::Note, "No entry of csps trusts this issuer: the defaults count.");
    };
    let names: Vec<_> = csp.algorithms.iter().map(|algorithm| algorithm.name()).collect();
    let form = csp.profile.map_or("the form they name", token::Profile::name);
    let sentence = format!(
        "{} trusts this issuer: its tokens are judged by {form} and signed with {}.",
        csp.idp,
        names.join(" or ")
    );
    seen.say(Grade::Fine, sentence);
    if csp.profile == Some(token::Profile::Tefca3) && !csp.algorithms.contains(&Algorithm::Rs256) {
        seen.say(Grade::Warning, "The entry does not allow RS256, which IAS SOP 3.0 fixes.");
    }
}

/// The discovery document, as far as the server reads it.
async fn look_at_document(
    client: &Client,
    issuer: &str,
    source: &KeySource,
    algorithms: &[Algorithm],
    seen: &mut Observations,
) -> Option<Discovery> {
    let address = format!("{}/.well-known/openid-configuration", issuer.trim_end_matches('/'));
    let document = fetch(client, &address, "discovery document", seen).await?;
    let members = match json::parse_object(&document, MAX_BYTES) {
        Ok(members) => members,
        Err(fault) => {
            seen.say(Grade::Error, format!("The discovery document is not strict JSON: {fault}."));
            return None;
        }
    };
    look_at_members(&members, algorithms, seen);
    let discovery = match Discovery::of(&members) {
        Ok(discovery) => discovery,
        Err(name) => {
            seen.say(
                Grade::Error,
                format!("The discovery document names no {name}: there is no way to the keys."),
            );
            return None;
        }
    };
    seen.check(
        discovery.speaks_for(issuer),
        Grade::Error,
        "The discovery document names the issuer letter by letter.",
        &format!(
            "The discovery document names {:?} as issuer: tokens and registry must say the same.",
            discovery.issuer
        ),
    );
    if matches!(source, KeySource::Discovery) {
        seen.check(
            discovery.has_keys_at_home(issuer),
            Grade::Error,
            "The keys are on the issuer's own origin.",
            "The keys are on another origin than the issuer: pin them with jwks_uri or jwks_file.",
        );
    }
    Some(discovery)
}

fn look_at_members(members: &Object<'_>, algorithms: &[Algorithm], seen: &mut Observations) {
    for name in REQUIRED.iter().filter(|name| members.get(name).is_none()) {
        seen.say(Grade::Warning, format!("The discovery document lacks {name}, which Discovery 3 requires."));
    }
    let lists = |name: &str, value: &str| {
        let list = members.get(name).and_then(Value::as_array).unwrap_or_default();
        list.iter().any(|entry| entry.as_str() == Some(value))
    };
    let supported = "id_token_signing_alg_values_supported";
    let names = algorithms.iter().map(|algorithm| algorithm.name()).collect::<Vec<_>>().join(" or ");
    seen.check(
        algorithms.iter().any(|algorithm| lists(supported, algorithm.name())),
        Grade::Error,
        &format!("ID tokens can be signed with {names}."),
        &format!("{names} is not among the algorithms for ID tokens; others are refused here."),
    );
    if lists(supported, "none") {
        seen.say(Grade::Warning, "Unsigned ID tokens are offered (none); they are refused here.");
    }
    if members.get("id_token_encryption_alg_values_supported").is_some() {
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

async fn fetch_keys(client: &Client, uri: &str, algorithms: &[Algorithm], seen: &mut Observations) {
    let Some(document) = fetch(client, uri, "key set", seen).await else { return };
    match KeySet::from_json(&document) {
        Ok(keys) => look_at_keys(&keys, algorithms, seen),
        Err(fault) => seen.say(Grade::Error, format!("The key set cannot be used: {fault}.")),
    }
}

async fn fetch(client: &Client, url: &str, what: &str, seen: &mut Observations) -> Option<Vec<u8>> {
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

fn look_at_keys(keys: &KeySet, algorithms: &[Algorithm], seen: &mut Observations) {
    for (position, reason) in keys.skipped() {
        let number = position + 1;
        if *reason == KeyFault::PrivateMembers {
            let sentence = format!(
                "Key {number} of the set shows its private members: whoever reads the set can sign. It is compromised."
            );
            seen.say(Grade::Error, sentence);
        } else {
            seen.say(Grade::Warning, format!("Key {number} of the set is not used: {reason}."));
        }
    }
    let with_id: Vec<_> = keys.keys().iter().filter(|key| key.kid().is_some()).collect();
    let fits = |algorithm: Algorithm| algorithms.contains(&algorithm);
    let usable = with_id.iter().filter(|key| key.algorithms().any(fits)).count();
    let names = algorithms.iter().map(|algorithm| algorithm.name()).collect::<Vec<_>>().join(" or ");
    if usable > 0 {
        let keys = if usable == 1 { "1 key".to_owned() } else { format!("{usable} keys") };
        seen.say(Grade::Fine, format!("{keys} can be used."));
    } else if with_id.is_empty() {
        seen.say(Grade::Error, "No key of the set can be used: every token is refused.");
    } else {
        seen.say(Grade::Error, format!("No key of the set is for {names}: every token is refused."));
    }
    let others = with_id.len() - usable;
    if usable > 0 && others > 0 {
        seen.say(Grade::Note, format!("{others} of the keys are not for {names} and not used."));
    }
    let nameless = keys.keys().len() - with_id.len();
    if nameless > 0 {
        seen.say(Grade::Warning, format!("{nameless} of the keys have no kid: no token can name them."));
    }
}
