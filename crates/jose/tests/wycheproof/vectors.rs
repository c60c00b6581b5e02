//! Reads the vectors.

use std::io::Write as _;
use std::path::PathBuf;
use std::sync::Once;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use openias_jose::{Algorithm, Compact, Fault, KeySet, VerifyingKey};
use serde_json::{Value, json};

/// One vector, and what its group says.
pub(crate) struct Vector {
    /// What is tested, such as `rejectsMissingSignature`.
    pub(crate) comment: String,
    /// What its group tests, such as `jws_rsa_roca_key`.
    pub(crate) group: String,
    pub(crate) flags: Vec<String>,
    /// Whether it has to be accepted.
    pub(crate) valid: bool,
    /// The public keys, or the shared ones where there are no public ones.
    pub(crate) keys: KeySet,
    pub(crate) token: String,
    number: u64,
}

impl Vector {
    /// What becomes of it under no other policy than that of its keys.
    pub(crate) fn judge(&self) -> Result<(), Fault> {
        let allowed: Vec<Algorithm> = self.keys.keys().iter().flat_map(VerifyingKey::algorithms).collect();
        Compact::parse(&self.token)?.verify(&self.keys, &allowed).map(|_| ())
    }

    /// The algorithm that the token names, if it can be read that far.
    pub(crate) fn algorithm(&self) -> Option<String> {
        let header = URL_SAFE_NO_PAD.decode(self.token.split('.').next()?).ok()?;
        let header: Value = serde_json::from_slice(&header).ok()?;
        Some(header["alg"].as_str()?.to_owned())
    }

    /// For messages.
    pub(crate) fn name(&self) -> String {
        format!("{} {} ({})", self.number, self.comment, self.group)
    }
}

/// The vectors of one file; none where no folder is named.
pub(crate) fn read(file: &str) -> Option<Vec<Vector>> {
    let path = folder()?.join(file);
    let text = std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let document: Value = serde_json::from_slice(&text).unwrap();
    let groups = document["testGroups"].as_array().unwrap();
    let vectors: Vec<Vector> = groups.iter().flat_map(group).collect();
    assert_eq!(document["numberOfTests"].as_u64(), Some(vectors.len() as u64), "{file} is incomplete");
    Some(vectors)
}

fn group(group: &Value) -> Vec<Vector> {
    let keys = group.get("public").or_else(|| group.get("private")).unwrap();
    let document = if keys.get("keys").is_some() { keys.clone() } else { json!({ "keys": [keys] }) };
    let keys = KeySet::from_json(document.to_string().as_bytes()).unwrap();
    let vector = |test: &Value| Vector {
        comment: text(&test["comment"]),
        group: text(&group["comment"]),
        flags: test["flags"].as_array().unwrap().iter().map(text).collect(),
        valid: match test["result"].as_str() {
            Some("valid") => true,
            Some("invalid") => false,
            other => panic!("a result of another kind: {other:?}"),
        },
        keys: keys.clone(),
        token: token(test.get("jws").or_else(|| test.get("jwe")).unwrap()),
        number: test["tcId"].as_u64().unwrap(),
    };
    group["tests"].as_array().unwrap().iter().map(vector).collect()
}

/// A JSON serialisation stands there as JSON, the empty string as null.
fn token(written: &Value) -> String {
    match written {
        Value::String(compact) => compact.clone(),
        Value::Null => String::new(),
        json => json.to_string(),
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

#[expect(clippy::disallowed_methods, reason = "nothing else tells a test where the vectors are")]
fn folder() -> Option<PathBuf> {
    static SAID: Once = Once::new();
    let folder = std::env::var("OPENIAS_TEST_WYCHEPROOF").ok().filter(|folder| !folder.is_empty());
    if folder.is_none() {
        let required = std::env::var("OPENIAS_TEST_WYCHEPROOF_REQUIRED").is_ok_and(|value| value == "1");
        assert!(!required, "OPENIAS_TEST_WYCHEPROOF is not set, and the Wycheproof vectors are required");
        // Past the test harness, which shows nothing of tests that pass.
        let say = || {
            drop(writeln!(
                std::io::stderr(),
                "skipped: the Wycheproof vectors (set OPENIAS_TEST_WYCHEPROOF)"
            ));
        };
        SAID.call_once(say);
    }
    folder.map(PathBuf::from)
}
