//! What is said of an issuer before and after it is trusted.
#![expect(clippy::expect_used, reason = "what goes wrong here is the failure of the test that stands on it")]

use std::sync::Arc;
use std::time::Duration;

use egress::{Client, KeySource, Origin};
use jose::{Algorithm, KeySet};
use model::Mode;
use openias_identity::csps::check::{Observation, check};
use openias_identity::csps::{Csp, TrustedIssuer};
use serde_json::{Value, json};
use testkit::TestServer;
use testkit::issuer::Issuer;
use testkit::keys::signing_key;
use token::Grade;

fn jwk() -> Value {
    signing_key(0).public_jwk()
}

/// On P-256: the example of RFC 7517 appendix A.1.
fn elliptic() -> Value {
    json!({
        "kty": "EC", "crv": "P-256", "kid": "1",
        "x": "MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4",
        "y": "4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM",
    })
}

/// The members that every discovery document has, with other values for some.
fn discovery(issuer: &Issuer, changes: &[(&str, Value)]) -> Value {
    let url = &issuer.url;
    let mut document = json!({
        "issuer": url,
        "authorization_endpoint": format!("{url}/authorize"),
        "token_endpoint": format!("{url}/token"),
        "jwks_uri": format!("{url}/jwks"),
        "response_types_supported": ["code"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "code_challenge_methods_supported": ["S256"],
    });
    for (name, value) in changes {
        document[name] = value.clone();
    }
    document
}

async fn look(issuer: &Issuer, csp: Option<&Csp>) -> Vec<Observation> {
    look_at(&issuer.url, &issuer.url, csp).await
}

async fn look_at(name: &str, origin: &str, csp: Option<&Csp>) -> Vec<Observation> {
    let client = Client::new([Origin::parse(origin).expect("an origin")]);
    check(&client, name, csp, |_| true).await
}

fn says(seen: &[Observation], grade: Grade, words: &str) -> bool {
    seen.iter().any(|it| it.grade == grade && it.sentence.contains(words))
}

fn worst(seen: &[Observation]) -> Grade {
    seen.iter().map(|it| it.grade).max().unwrap_or(Grade::Fine)
}

fn csp(issuer: &str, keys: KeySource, algorithm: Algorithm) -> Csp {
    Csp {
        idp: "example_csp".to_owned(),
        name: "Example".to_owned(),
        oid: None,
        issuers: vec![TrustedIssuer { url: issuer.to_owned(), modes: vec![Mode::Test], keys }],
        algorithms: vec![algorithm],
        max_life: Duration::from_hours(2),
        max_proofing_age: None,
        profile: None,
        quirks: Vec::new(),
    }
}

#[tokio::test]
async fn our_own_csp_has_nothing_to_trip_over() {
    let server = TestServer::start().await;
    let base = server.http.base();
    for environment in ["oidc", "oidc-sandbox"] {
        let name = format!("{base}/authenticate/{environment}");
        let entry = csp(&name, KeySource::Discovery, Algorithm::Rs256);
        let seen = look_at(&name, base, Some(&entry)).await;
        assert_eq!(worst(&seen), Grade::Fine, "{seen:#?}");
        assert!(says(&seen, Grade::Fine, "example_csp trusts this issuer"));
        let seen = look_at(&name, base, None).await;
        assert!(worst(&seen) == Grade::Note && says(&seen, Grade::Note, "No entry of csps"), "{seen:#?}");
    }
}

#[tokio::test]
async fn a_document_that_leads_to_no_keys_is_an_error() {
    let issuer = Issuer::start(&[jwk()]).await;
    issuer.says(&discovery(&issuer, &[]));
    assert!(worst(&look(&issuer, None).await) < Grade::Warning);
    let url = &issuer.url;
    for (changes, words) in [
        ([("jwks_uri", Value::Null)], "names no jwks_uri"),
        ([("jwks_uri", json!(7))], "names no jwks_uri"),
        ([("issuer", Value::Null)], "names no issuer"),
        ([("issuer", json!(format!("{url}/")))], "must say the same"),
        ([("jwks_uri", json!("https://127.0.0.1:1/jwks"))], "pin them"),
        ([("id_token_signing_alg_values_supported", json!(["ES256"]))], "RS256 is not among"),
        ([("response_types_supported", json!(["token"]))], "code flow"),
    ] {
        issuer.says(&discovery(&issuer, &changes));
        let seen = look(&issuer, None).await;
        assert!(says(&seen, Grade::Error, words), "{words}: {seen:#?}");
    }
    let mut without = discovery(&issuer, &[]);
    without.as_object_mut().expect("an object").remove("jwks_uri");
    issuer.says(&without);
    assert!(says(&look(&issuer, None).await, Grade::Error, "names no jwks_uri"));
    issuer.says_text(&format!(r#"{{"issuer":"{url}","issuer":"{url}","jwks_uri":"{url}/jwks"}}"#));
    assert!(says(&look(&issuer, None).await, Grade::Error, "not strict JSON"));
    issuer.answers(404);
    assert!(says(&look(&issuer, None).await, Grade::Error, "status 404"));
}

#[tokio::test]
async fn a_name_that_the_registry_refuses_is_an_error() {
    let issuer = Issuer::start(&[jwk()]).await;
    issuer.says(&discovery(&issuer, &[]));
    let slash = format!("{}/", issuer.url);
    let seen = look_at(&slash, &issuer.url, None).await;
    assert!(says(&seen, Grade::Error, "ends with a slash"), "{seen:#?}");
    let client = Client::new([]);
    for (name, words) in [
        ("http://127.0.0.1:1", "egress.private_origins"),
        ("https://127.0.0.1:1?x=1", "no issuer"),
        ("csp.example", "no issuer"),
    ] {
        let seen = check(&client, name, None, |_| false).await;
        assert!(says(&seen, Grade::Error, words), "{words}: {seen:#?}");
    }
}

#[tokio::test]
async fn keys_are_held_against_what_the_entry_allows() {
    let issuer = Issuer::start(&[elliptic()]).await;
    issuer.says(&discovery(&issuer, &[]));
    let rsa = csp(&issuer.url, KeySource::Discovery, Algorithm::Rs256);
    for entry in [None, Some(&rsa)] {
        let seen = look(&issuer, entry).await;
        assert!(says(&seen, Grade::Error, "No key of the set is for RS256"), "{seen:#?}");
    }
    issuer.says(&discovery(&issuer, &[("id_token_signing_alg_values_supported", json!(["ES256"]))]));
    let entry = csp(&issuer.url, KeySource::Discovery, Algorithm::Es256);
    let seen = look(&issuer, Some(&entry)).await;
    assert!(worst(&seen) == Grade::Fine && says(&seen, Grade::Fine, "1 key can be used"), "{seen:#?}");

    issuer.says(&discovery(&issuer, &[]));
    let (mut nameless, mut encrypting, mut private) = (jwk(), jwk(), jwk());
    nameless.as_object_mut().expect("an object").remove("kid");
    encrypting["use"] = json!("enc");
    private["d"] = json!("AQAB");
    for (keys, grade, words) in [
        (vec![jwk(), nameless.clone()], Grade::Warning, "Key 2 of the set is not used: the key has no id"),
        (
            vec![jwk(), encrypting],
            Grade::Warning,
            "Key 2 of the set is not used: the key is not for signatures",
        ),
        (vec![jwk(), elliptic()], Grade::Note, "not for RS256"),
        (vec![jwk(), private], Grade::Error, "Key 2 of the set shows its private members"),
        (vec![nameless], Grade::Error, "No key of the set can be used"),
        (vec![], Grade::Error, "No key of the set can be used"),
    ] {
        issuer.publishes(&keys);
        let seen = look(&issuer, None).await;
        assert!(worst(&seen) == grade && says(&seen, grade, words), "{words}: {seen:#?}");
    }
    issuer.publishes_text("<html>");
    assert!(says(&look(&issuer, None).await, Grade::Error, "The key set cannot be used"));
}

#[tokio::test]
async fn a_pin_counts_in_place_of_what_the_document_says() {
    let issuer = Issuer::start(&[jwk()]).await;
    issuer.says(&discovery(&issuer, &[("jwks_uri", json!("https://127.0.0.1:1/jwks"))]));
    let address = csp(&issuer.url, KeySource::JwksUri(format!("{}/keys", issuer.url)), Algorithm::Rs256);
    let seen = look(&issuer, Some(&address)).await;
    assert!(worst(&seen) == Grade::Fine && !says(&seen, Grade::Error, "pin them"), "{seen:#?}");
    assert_eq!(issuer.asked(), 1);

    let set = json!({"keys": [jwk()]}).to_string();
    let keys = KeySource::Pinned(Arc::new(KeySet::from_json(set.as_bytes()).expect("keys")));
    issuer.answers(500);
    let seen = look(&issuer, Some(&csp(&issuer.url, keys.clone(), Algorithm::Rs256))).await;
    assert!(says(&seen, Grade::Warning, "status 500") && worst(&seen) == Grade::Warning, "{seen:#?}");
    assert!(says(&seen, Grade::Fine, "1 key can be used") && issuer.asked() == 1);
    let seen = look(&issuer, Some(&csp(&issuer.url, keys, Algorithm::Es256))).await;
    assert!(says(&seen, Grade::Error, "No key of the set is for ES256"), "{seen:#?}");
}
