//! `openias token`: what an operator asks when a CSP's tokens are refused.

use std::path::Path;
use std::process::Output;

use ambient::Clock;
use model::Hcid;
use serde_json::{Value, json};
use testkit::forge::Csp;

use crate::child::run;

const HCID: &str = "2.999.7204.9.1";

/// A folder with a configuration that trusts this CSP, and one good token in it.
pub(crate) struct Desk {
    pub(crate) folder: tempfile::TempDir,
    pub(crate) csp: Csp,
}

impl Desk {
    pub(crate) async fn new() -> Self {
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

    pub(crate) fn write(&self, name: &str, text: &str) {
        std::fs::write(self.folder.path().join(name), text).expect("written");
    }

    pub(crate) fn run(&self, args: &[&str]) -> (Option<i32>, String) {
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
        (&["good"][..], 0, "Verdict    accepted, audience not compared (by tefca-2)"),
        (&["good", "--audience", HCID], 0, "Signature  right"),
        (&["good", "--audience", "2.999.1"], 1, "[token.audience]"),
        (&["good", "--profile", "cms-aligned"], 1, "[token.assurance_level]"),
        (&["good", "--offline"], 2, "not judged"),
        (&["good", "--issuer", "https://other.example"], 1, "[token.issuer]"),
        (&["bad"], 1, "Write birthdate as YYYY-MM-DD. (IAS SOP 3.0"),
        (&["strange"], 1, "not a trusted CSP"),
        (&["nothing"], 1, "[jws.segments]"),
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

#[test]
fn the_rules_are_explained_one_by_one_and_for_the_reference() {
    let rules = |args: &[&str]| {
        let output = run(Path::new("."), &[&["token", "rules"], args].concat());
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        (output.status.code(), said + &String::from_utf8_lossy(&output.stderr))
    };
    for args in [&[][..], &["--json"], &["--markdown"]] {
        let (status, said) = rules(args);
        let codes = token::Rule::ALL.map(token::Rule::code).into_iter();
        let mut codes = codes.chain(identity::refusals::REFUSED.iter().map(|refused| refused.code));
        assert!(status == Some(0) && codes.all(|code| said.contains(code)), "{args:?}");
    }
    let (_, all) = rules(&[]);
    assert!(all.lines().all(|line| line.chars().count() <= 80), "{all}");
    let (status, one) = rules(&["token.expired"]);
    assert!(
        status == Some(0) && one.starts_with("token.expired\n  ") && one.contains("Ask of the CSP:"),
        "{one}"
    );
    assert!(!one.contains("jws."));
    let (_, both) = rules(&["token.issuer"]);
    assert!(both.matches("token.issuer\n").count() == 2 && both.contains("PAR alone"), "{both}");
    let (_, json) = rules(&["token.email_mode", "--json"]);
    let json: Value = serde_json::from_str(&json).expect("JSON");
    assert_eq!((&json[0]["code"], &json[0]["kind"]), (&json!("token.email_mode"), &json!("par")));
    let (status, unknown) = rules(&["token.expird"]);
    assert!(status == Some(1) && unknown.contains("did you mean token.expired?"), "{unknown}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_par_would_refuse_does_not_read_as_accepted() {
    let desk = Desk::new().await;
    let good = desk.csp.sign(&desk.claims());
    let lint = |text: &str, more: &[&str]| {
        desk.write("pasted", text);
        desk.run(&[&["token", "lint", "pasted"], more].concat())
    };
    let response = format!("{{\"access_token\":\"x\",\"id_token\":\"{good}\"}}");
    for (text, first) in [
        (format!("{good}\n"), "There is a line break after the token"),
        (format!(" {good}"), "There is white space around the token"),
        (format!("\"{good}\""), "There are quotation marks around the token"),
        (format!("Bearer {good}"), "There is the word Bearer"),
        (format!("\u{feff}{good}"), "There is a byte order mark"),
        (format!("{good}\u{200b}"), "There are characters that do not show"),
        (response, "This is a token response"),
    ] {
        let (status, said) = lint(&text, &["--audience", HCID]);
        assert!(said.starts_with(first) && status == Some(0), "{status:?} {said}");
        assert!(said.contains("Verdict    accepted, once the token stands by itself (by"), "{said}");
    }
    for (text, first, status) in [
        ("", "Nothing was pasted.", 2),
        (" \r\n", "Nothing was pasted.", 2),
        ("mF_9.B5f", "Issuer     none that can be read", 1),
        ("mF_9B5f-4JqM", "This has no dots", 1),
        ("{\"access_token\":\"x\"}", "This is a token response without an id_token", 1),
    ] {
        let (code, said) = lint(text, &[]);
        assert!(said.starts_with(first) && code == Some(status), "{code:?} {said}");
        assert_eq!(said.contains("What to tell the CSP"), text == "mF_9.B5f", "{said}");
    }
    let (_, open) = lint(&good, &[]);
    for words in
        ["accepted, audience not compared (by", "Note       The audience was not compared", "PAR alone"]
    {
        assert!(open.contains(words), "{open}");
    }
    let (_, closed) = lint(&good, &["--audience", HCID]);
    assert!(
        closed.contains("Verdict    accepted (by tefca-2)") && !closed.contains("audience was not"),
        "{closed}"
    );
    let (_, json) = lint(&format!("{good}\n"), &["--json"]);
    let json: Value = serde_json::from_str(&json).expect("JSON");
    let remarks: Vec<_> = json["remarks"].as_array().expect("remarks").iter().map(|it| &it["code"]).collect();
    assert_eq!(remarks, ["paste.line_break", "audience.not_compared", "par.alone"]);
    assert_eq!(json["audience_compared"], false);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_first_thing_wrong_is_what_is_told() {
    use base64::Engine as _;
    let encode = |text: &str| base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(text);
    let desk = Desk::new().await;
    let lint = |text: &str, more: &[&str]| {
        desk.write("pasted", text);
        desk.run(&[&["token", "lint", "pasted"], more].concat()).1
    };
    let claims = desk.claims();
    let good = desk.csp.sign(&claims);
    let payload = encode(&claims.to_string());
    let none = encode(r#"{"alg":"none","typ":"JWT"}"#);
    let symmetric = encode(r#"{"alg":"HS256","typ":"JWT","kid":"1"}"#);
    let cut = good.get(..good.len() - 1).expect("a token");
    for (text, code) in [
        (format!("{none}.{payload}."), "[jws.algorithm] (by"),
        (format!("{none}.{payload}.AAAA"), "[jws.algorithm] (by"),
        (format!("{symmetric}.{payload}.AAAA"), "[jws.algorithm] (by"),
        (cut.to_owned(), "[jws."),
    ] {
        let said = lint(&text, &[]);
        let verdict = said.lines().find(|line| line.starts_with("Verdict")).expect("a verdict");
        assert!(
            verdict.contains(code) && said.contains(&format!("Issuer     {} (", desk.csp.issuer)),
            "{said}"
        );
        assert!(!said.contains("token.issuer"), "{said}");
    }
    let said_of = |name: &str, value: Value| {
        let mut claims = desk.claims();
        claims[name] = value;
        lint(&desk.csp.sign(&claims), &["--audience", HCID])
    };
    let slash = said_of("iss", json!(format!("{}/", desk.csp.issuer)));
    let near = format!("differs from {}, which is trusted as persona_csp, only by a slash", desk.csp.issuer);
    assert!(slash.contains(&near) && slash.contains("issuer not trusted"), "{slash}");
    let bare = said_of("aud", json!(HCID));
    assert!(
        bare.contains("[token.audience_bare]") && bare.contains("Write urn:oid: before the HCID"),
        "{bare}"
    );
    let expired = said_of("exp", json!(1_718_237_311));
    assert!(expired.contains("1718237311  2024-06-13T00:08:31Z"), "{expired}");
    assert!(expired.contains("Note       It expired at 2024-06-13T00:08:31Z; here it is 20"), "{expired}");

    // Only the profile that counts has something to tell the CSP.
    let told = |said: &str| said.split_once("What to tell the CSP").expect("advice").1.to_owned();
    let two = lint(&good, &[]);
    assert!(two.contains("token.assurance_level") && !told(&two).contains("token.assurance_level"), "{two}");
    let cms = lint(&good, &["--profile", "cms-aligned"]);
    assert!(
        told(&cms).starts_with(" (by cms-aligned)") && told(&cms).contains("token.assurance_level"),
        "{cms}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_could_not_be_judged_says_so_by_its_status() {
    let desk = Desk::new().await;
    let good = desk.csp.sign(&desk.claims());
    let bearer = format!("Bearer {good}");
    let long = "x".repeat(300);
    for (args, words) in [
        (&["missing-file"][..], "missing-file cannot be read"),
        (&[&*long], "that long name cannot be read"),
        (&["good", "--audience", "none"], "--audience"),
        (&["good", "--jwks", "missing-keys"], "--jwks missing-keys"),
        (&["good", "--jwks", "openias.toml"], "--jwks openias.toml"),
        (&[&*good], "a token stands where the name of a file should"),
        (&[&*bearer], "a token stands where the name of a file should"),
    ] {
        let (status, said) = desk.run(&[&["token", "lint"], args].concat());
        assert!(status == Some(2) && said.contains(words) && !said.contains(&good), "{args:?}: {said}");
        let (status, said) = desk.run(&[&["token", "lint", "--json"], args].concat());
        let json: Value = serde_json::from_str(&said).expect("JSON");
        assert_eq!((status, &json["verdict"]), (Some(2), &json!("not_judged")), "{said}");
        assert!(json["error"].as_str().is_some_and(|error| error.contains(words)), "{said}");
    }
    let output = run(desk.folder.path(), &["token", "lint", "good", "--config", "missing.toml"]);
    assert_eq!(output.status.code(), Some(2));
}
