//! `openias csp`: whom the server trusts, and whether it should.

use serde_json::{Value, json};

use crate::child::{Server, run};
use crate::installation::free_port;
use crate::token::Desk;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_issuer_is_looked_at_closely() {
    let desk = Desk::new().await;
    let (status, said) = desk.run(&["csp", "check", &desk.csp.issuer]);
    // The forge publishes the least that works: what it leaves out is told, and RS256 is announced nowhere.
    assert_eq!(status, Some(1), "{said}");
    for words in [
        "ok       The keys are on the issuer's own origin.",
        "1 key can be used",
        "lacks response_types_supported",
        "RS256 is not among",
        "persona_csp trusts this issuer",
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
        ("example_csp", "http://csp.example/oidc", "egress.private_origins"),
        ("example_csp", "https://api.id.me/oidc", "idme_csp"),
        ("persona_csp", "https://csp.example/oidc", "or change its entry in openias.toml"),
        (
            "clear_csp",
            "https://csp.example/oidc",
            "the test issuer https://verified.clearme.com/integrations",
        ),
        ("clear_csp", "https://csp.example/oidc", "quirks: token.name_capitals"),
        ("clear_csp", "https://csp.example/oidc", "tokens live: at most 24 h (then at most 2 h)"),
    ] {
        let (status, said) = add(idp, issuer);
        assert_eq!(status, Some(1), "{said}");
        assert!(said.contains(words), "{said}");
    }
    assert_eq!(file(), before, "what makes no sense is not written");
    assert_eq!(add("example_csp", "https://csp.example/oidc").0, Some(0));
    let add = |args: &[&str]| desk.run(&[&["csp", "add"], args].concat());
    let issuer = ["--live-issuer", "https://verified.clearme.com/integrations"];
    let empty = add(&[&["other_csp", "--name", " "], &issuer[..]].concat());
    assert!(empty.0 == Some(1) && empty.1.contains("empty name"), "{}", empty.1);
    let whole = [
        &["clear_csp", "--name", "Ours", "--replace", "--oid", "2.999.7", "--algorithm", "ES256"][..],
        &["--max-life-hours", "5", "--max-proofing-days", "30", "--profile", "cms-aligned"],
        &["--quirk", "token.filler", "--jwks-uri", "https://verified.clearme.com/keys"],
        &issuer,
    ];
    assert_eq!(add(&whole.concat()).0, Some(0));
    let local = ["persona_csp", "--name", "Local", "--replace", "--test-issuer", &desk.csp.issuer];
    assert_eq!(add(&local).0, Some(0));
    assert!(file().matches("persona_csp").count() == 1 && !file().contains("A CSP"), "{}", file());
    let (_, listed) = desk.run(&["csp", "list"]);
    for words in
        ["example_csp  Example", "https://csp.example/oidc  (live)", "persona_csp  Local", "idme_csp"]
    {
        assert!(listed.contains(words), "{listed}");
    }
    let (_, ours) = listed.split_once("clear_csp  Ours").expect("the entry");
    let ours = ours.split("_csp  ").next().unwrap_or_default();
    for words in [
        "(live)  keys at https://verified.clearme.com/keys",
        "oid          2.999.7",
        "algorithms   ES256",
        "tokens live  at most 5 h",
        "proofed      at most 30 days ago",
        "profile      cms-aligned",
        "quirks       token.filler",
    ] {
        assert!(ours.contains(words), "{words}: {ours}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn csps_added_at_the_same_time_are_all_trusted() {
    let desk = Desk::new().await;
    std::thread::scope(|scope| {
        for number in 0..6 {
            let (desk, idp) = (&desk, format!("csp_{number}"));
            let issuer = format!("https://csp{number}.example");
            scope.spawn(move || {
                let (status, said) =
                    desk.run(&["csp", "add", &idp, "--name", "Example", "--live-issuer", &issuer]);
                assert_eq!(status, Some(0), "{said}");
            });
        }
    });
    let (_, listed) = desk.run(&["csp", "list"]);
    assert_eq!(listed.matches("  Example").count(), 6, "{listed}");
    let files = std::fs::read_dir(desk.folder.path()).expect("the folder").filter_map(Result::ok);
    let left: Vec<_> = files.filter(|file| file.file_name().to_string_lossy().starts_with(".tmp")).collect();
    assert!(left.is_empty(), "{left:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn our_own_issuer_has_nothing_to_trip_over() {
    let folder = tempfile::tempdir().expect("a folder");
    let base = format!("http://127.0.0.1:{}", free_port());
    let config = format!("[server]\nlisten = {:?}\nbase_url = {base:?}\n", &base[7..]);
    std::fs::write(folder.path().join("openias.toml"), config).expect("written");
    let _server = Server::start(folder.path()).await;
    let issuer = format!("{base}/authenticate/oidc-sandbox");
    let check = |issuer: &str, more: &[&str]| {
        let output =
            run(folder.path(), &[&["csp", "check", "--config", "openias.toml", issuer], more].concat());
        (output.status.code(), String::from_utf8_lossy(&output.stdout).into_owned())
    };
    let (status, said) = check(&issuer, &[]);
    assert!(status == Some(0) && said.lines().all(|line| line.starts_with("ok ")), "{said}");
    let (status, said) = check(&issuer, &["--json"]);
    let json: Value = serde_json::from_str(&said).expect("JSON");
    assert_eq!((status, &json["usable"], &json["idp"]), (Some(0), &json!(true), &json!("openias_csp")));
    let (status, said) = check(&format!("{issuer}/"), &[]);
    assert!(status == Some(1) && said.contains("error    The issuer ends with a slash"), "{said}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_doctor_does_not_say_that_a_pinned_issuer_answers() {
    let desk = Desk::new().await;
    let keys = json!({"keys": [testkit::keys::signing_key(0).public_jwk()]});
    desk.write("keys.json", &keys.to_string());
    desk.write(
        "openias.toml",
        "[[csps]]\nidp = \"pinned_csp\"\nname = \"P\"\nlive_issuers = [\"https://csp.invalid\"]\njwks_file = \"keys.json\"\n",
    );
    let (_, said) = desk.run(&["doctor"]);
    let line = "the keys of https://csp.invalid are pinned in jwks_file (1); it was not asked";
    assert!(said.contains(line) && !said.contains("https://csp.invalid answers"), "{said}");
}
