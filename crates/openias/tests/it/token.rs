//! `openias token lint` and `openias csp`: what an operator asks when a CSP's tokens are refused.

use std::path::Path;
use std::process::Output;

use ambient::Clock;
use model::Hcid;
use serde_json::{Value, json};
use testkit::forge::Csp;

use crate::child::run;

const HCID: &str = "2.999.7204.9.1";

/// A folder with a configuration that trusts this CSP, and one good token in it.
struct Desk {
    folder: tempfile::TempDir,
    csp: Csp,
}

impl Desk {
    async fn new() -> Self {
        let (folder, csp) = (tempfile::tempdir().expect("a folder"), Csp::start().await);
        let config = format!(
            "[egress]\nprivate_origins = [{0:?}]\n[[csps]]\nidp = \"persona_csp\"\nname = \"A CSP\"\ntest_issuers = [{0:?}]\n",
            csp.issuer
        );
        std::fs::write(folder.path().join("openias.toml"), config).expect("written");
        let desk = Self { folder, csp };
        desk.write("good", &desk.csp.sign(&desk.claims()));
        desk
    }

    fn claims(&self) -> Value {
        self.csp.claims(&Hcid::parse(HCID).expect("an HCID"), Clock::system().now())
    }

    fn write(&self, name: &str, text: &str) {
        std::fs::write(self.folder.path().join(name), text).expect("written");
    }

    fn run(&self, args: &[&str]) -> (Option<i32>, String) {
        let output: Output =
            run(self.folder.path(), &[&args[..1], &["--config", "openias.toml"], &args[1..]].concat());
        let said =
            String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
        (output.status.code(), said)
    }
}

/// The child is waited for by blocking; what it calls needs the other threads.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_exit_status_tells_accepted_refused_and_not_judged() {
    let desk = Desk::new().await;
    let mut claims = desk.claims();
    claims["birthdate"] = json!("1987");
    desk.write("bad", &desk.csp.sign(&claims));
    claims["iss"] = json!("https://csp.example/oidc");
    desk.write("strange", &desk.csp.sign(&claims));
    desk.write("nothing", "not a token");
    for (args, code, words) in [
        (&["good"][..], 0, "Verdict    accepted (by tefca-2)"),
        (&["good", "--audience", HCID], 0, "Signature  right"),
        (&["good", "--audience", "2.999.1"], 1, "[token.audience]"),
        (&["good", "--profile", "cms-aligned"], 1, "[token.assurance_level]"),
        (&["good", "--offline"], 2, "not judged"),
        (&["good", "--issuer", "https://other.example"], 1, "[token.issuer]"),
        (&["bad"], 1, "Write birthdate as YYYY-MM-DD. (IAS SOP 3.0"),
        (&["strange"], 1, "not a trusted CSP"),
        (&["nothing"], 1, "[jws.segments]"),
        (&["missing-file"], 1, "missing-file cannot be read"),
    ] {
        let args =
            [&["token", "lint"], args, &["--offline"][..usize::from(words.contains("[token.issuer]"))]]
                .concat();
        let (status, said) = desk.run(&args);
        assert_eq!(status, Some(code), "{args:?}: {said}");
        assert!(said.contains(words), "{args:?}: {said}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn values_are_hidden_and_json_says_the_same() {
    let desk = Desk::new().await;
    let (_, hidden) = desk.run(&["token", "lint", "good"]);
    let (_, shown) = desk.run(&["token", "lint", "good", "--reveal"]);
    for value in ["Camila", "1987-09-12", testkit::forge::SSN, testkit::PATIENT] {
        assert!(!hidden.contains(value) && shown.contains(value), "{value}: {hidden}");
    }
    let (status, said) = desk.run(&["token", "lint", "good", "--json"]);
    let json: Value = serde_json::from_str(&said).expect("JSON");
    assert_eq!(
        (status, &json["verdict"], &json["idp"]),
        (Some(0), &json!("accepted"), &json!("persona_csp"))
    );
    assert_eq!(json["judgements"].as_array().map(Vec::len), Some(3));
    assert_eq!(json["judgements"][2]["verdict"], "refused");
    assert!(!said.contains("Camila"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_issuer_is_looked_at_closely() {
    let desk = Desk::new().await;
    let (status, said) = desk.run(&["csp", "check", &desk.csp.issuer]);
    // The forge publishes the least that works: what it leaves out is told, and RS256 is announced nowhere.
    assert_eq!(status, Some(1), "{said}");
    for words in [
        "ok       The keys are on the issuer's own origin.",
        "1 keys can be used",
        "lacks token_endpoint",
        "RS256 is not among",
    ] {
        assert!(said.contains(words), "{words}: {said}");
    }
    let (status, said) = desk.run(&["csp", "check", "http://127.0.0.1:1", "--json"]);
    let json: Value = serde_json::from_str(&said).expect("JSON");
    assert_eq!((status, &json["usable"]), (Some(1), &json!(false)));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_csp_is_added_to_the_configuration_once_and_only_if_it_makes_sense() {
    let desk = Desk::new().await;
    let add = |idp: &str, issuer: &str| {
        desk.run(&["csp", "add", idp, "--name", "Example", "--live-issuer", issuer])
    };
    let file = || std::fs::read_to_string(desk.folder.path().join("openias.toml")).expect("read");
    let before = file();
    for (idp, issuer, words) in [
        ("Example CSP", "https://csp.example/oidc", "is no idp"),
        ("example_csp", "http://csp.example/oidc", "http://csp.example/oidc"),
        ("example_csp", "https://api.id.me/oidc", "idme_csp"),
        ("persona_csp", "https://csp.example/oidc", "has an entry"),
    ] {
        let (status, said) = add(idp, issuer);
        assert_eq!(status, Some(1), "{said}");
        assert!(said.contains(words), "{said}");
    }
    assert_eq!(file(), before, "what makes no sense is not written");
    assert_eq!(add("example_csp", "https://csp.example/oidc").0, Some(0));
    let (_, listed) = desk.run(&["csp", "list"]);
    for words in
        ["example_csp  Example", "https://csp.example/oidc  (live)", "persona_csp  A CSP", "idme_csp"]
    {
        assert!(listed.contains(words), "{listed}");
    }
}

#[test]
fn the_rules_are_printed_for_the_reference() {
    let output = run(Path::new("."), &["token", "rules"]);
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(token::Rule::ALL.iter().all(|rule| said.contains(rule.code())));
}
