//! The administration commands and the doctor: beside a server, and where there is none.

use std::net::TcpListener;
use std::path::Path;
use std::process::Output;

use testkit::Mailbox;

use crate::child::{Server, openias, run};
use crate::installation::{command, free_port};

/// A configuration in the folder `etc`, which asks nobody outside this machine.
fn configure(folder: &Path) {
    let listen = format!("127.0.0.1:{}", free_port());
    let silent: String = ["clear_csp", "idme_csp", "persona_csp"]
        .map(|idp| format!("[[csps]]\nidp = \"{idp}\"\nname = \"{idp}\"\n"))
        .concat();
    let config = format!("[server]\nlisten = \"{listen}\"\nbase_url = \"http://{listen}\"\n{silent}");
    std::fs::create_dir_all(folder.join("etc")).expect("made");
    for file in ["etc/openias.toml", "openias.toml"] {
        std::fs::write(folder.join(file), &config).expect("written");
    }
}

fn text(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

fn entries(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).expect("a folder");
    let mut names: Vec<_> =
        entries.map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

#[test]
fn where_there_is_no_store_none_is_made() {
    let folder = tempfile::tempdir().expect("a folder");
    configure(folder.path());
    let before = entries(folder.path());
    for args in [
        &["org", "list"][..],
        &["org", "add", "--name", "A", "--config", "openias.toml"],
        &["template", "list"],
        &["keys", "list"],
        &["operator", "sign-in"],
    ] {
        let output = run(folder.path(), args);
        let said = text(&output);
        assert_eq!(output.status.code(), Some(1), "{args:?}: {said}");
        assert!(said.contains("there is no store yet in") && said.contains("openias-data"), "{said}");
        assert!(said.contains("openias serve") && said.contains("--config"), "{said}");
    }
    let output = run(folder.path(), &["doctor", "--config", "openias.toml"]);
    let said = text(&output);
    assert!(output.status.success() && said.contains("warn  store: there is no store yet"), "{said}");
    assert_eq!(entries(folder.path()), before, "nothing was made");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_store_stands_beside_its_configuration_and_the_doctor_looks_into_it() {
    let folder = tempfile::tempdir().expect("a folder");
    configure(folder.path());
    let server = Server::start(folder.path()).await;
    let doctor = || run(folder.path(), &["doctor", "--config", "openias.toml"]);
    let said = text(&doctor());
    for line in [
        "ok    store: opens, and its key file unseals what it holds",
        "warn  directory: network.directory_url is not set",
        "ok    CSP openias_csp (OpenIAS Test ID), test: http://127.0.0.1:",
        "warn  CSP persona_csp (persona_csp): its entry has no issuer, so it is not trusted",
    ] {
        assert!(said.contains(line), "{line:?} is not in: {said}");
    }
    assert_eq!(server.terminate().await, Some(0));
    let said = text(&doctor());
    assert!(said.contains("does not answer; it does while the server runs"), "{said}");

    let data = folder.path().join("openias-data");
    std::fs::rename(&data, folder.path().join("etc/openias-data")).expect("moved");
    command(folder.path(), &["org", "list", "--config", "etc/openias.toml"]);
    assert!(!data.exists(), "a relative folder starts at the configuration file");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_key_file_that_is_lost_or_another_is_a_fault_and_is_never_replaced() {
    let folder = tempfile::tempdir().expect("a folder");
    configure(folder.path());
    Server::start(folder.path()).await.kill();
    let key = folder.path().join("openias-data/openias.key");
    let right = std::fs::read_to_string(&key).expect("a key");
    let (start, end) = right.trim_end().split_at(right.trim_end().len() - 4);
    let wrong = format!("{start}{}\n", if end == "0000" { "1111" } else { "0000" });
    for (content, words) in
        [(None, "openias.key is missing"), (Some(&wrong), "not the one that this store was sealed with")]
    {
        match content {
            None => std::fs::remove_file(&key).expect("lost"),
            Some(content) => {
                std::fs::write(&key, content).expect("written");
                let owner = std::os::unix::fs::PermissionsExt::from_mode(0o600);
                std::fs::set_permissions(&key, owner).expect("closed");
            }
        }
        for command in ["serve", "doctor"] {
            let output = run(folder.path(), &[command, "--config", "openias.toml"]);
            let said = text(&output);
            assert_eq!(output.status.code(), Some(1), "{said}");
            assert!(said.contains(words) && said.contains("backup"), "{command}: {said}");
        }
        assert_eq!(key.exists(), content.is_some(), "no new key stands there");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_added_is_listed_and_switched() {
    let folder = tempfile::tempdir().expect("a folder");
    configure(folder.path());
    let _server = Server::start(folder.path()).await;
    let openias = |args: &str| {
        let args: Vec<&str> = args.split(' ').chain(["--config", "openias.toml"]).collect();
        command(folder.path(), &args)
    };
    let org = openias("org add --name Sample --hcid 2.999.7204.9.1");
    let org = org.split(' ').next().expect("an id");
    for (switches, standing) in [
        ("--tefca true", "test: TEFCA  live: off"),
        ("--byoi true", "test: TEFCA, BYOI  live: off"),
        ("--tefca false", "test: BYOI  live: off"),
    ] {
        let said = openias(&format!("org enable {org} --mode test {switches}"));
        assert!(said.contains(standing), "{switches}: {said}");
    }
    let none = run(folder.path(), &["org", "enable", org, "--mode", "test", "--config", "openias.toml"]);
    assert_eq!(none.status.code(), Some(2), "{}", text(&none));
    let (origin, uri) = ("https://app.example.org", "https://app.example.org/callback");
    openias(&format!("client add {org} --mode test --origin {origin} --redirect-uri {uri}"));
    let listed = openias(&format!("client list {org}"));
    assert!(listed.contains(&format!("origin        {origin}\n")), "{listed}");
    assert!(listed.contains(&format!("redirect URI  {uri}\n")), "{listed}");
    let hook = "https://app.example.org/webhooks";
    openias(&format!("webhook add {org} --mode test --url {hook} --event patient.connection_success"));
    let listed = openias(&format!("webhook list {org}"));
    assert!(listed.contains("event  patient.connection_success"), "{listed}");
    // What the demo may do, a server may not; and it is said once.
    for url in ["http://127.0.0.1:9/webhooks", "http://localhost:9/webhooks"] {
        let add = ["webhook", "add", org, "--mode", "test", "--url", url, "--config", "openias.toml"];
        let refused = text(&run(folder.path(), &add));
        assert_eq!(refused.matches("only https is dialled").count(), 1, "{refused}");
    }
    openias(&format!("template add --name Sample --hcid 2.999.7204.9.1 --redirect-uri {uri}"));
    for (list, switch) in [
        (format!("client list {org}"), format!("client STATE {org} ID")),
        (format!("webhook list {org}"), format!("webhook STATE {org} ID")),
        ("template list".to_owned(), "template STATE ID".to_owned()),
    ] {
        let before = openias(&list);
        let id = before.split(' ').next().expect("an id");
        let switch = |state: &str| openias(&switch.replace("STATE", state).replace("ID", id));
        assert!(switch("disable").contains("is switched off"));
        assert!(openias(&list).contains("  off  "));
        assert!(switch("enable").contains("is switched on"));
        assert_eq!(openias(&list), before);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn keys_rotate_beside_a_running_server_and_a_leaked_one_ends_at_once() {
    let folder = tempfile::tempdir().expect("a folder");
    configure(folder.path());
    let _server = Server::start(folder.path()).await;
    let openias = |args: &str| {
        let args: Vec<&str> = args.split(' ').chain(["--config", "openias.toml"]).collect();
        command(folder.path(), &args)
    };
    // Makes what a server makes when it needs it, so that all are there.
    openias("keys rotate --purpose network");
    let said = openias("keys rotate --purpose identity --algorithm ES256");
    let words: Vec<&str> = said.split_whitespace().collect();
    assert!(
        said.starts_with("identity ES256: ") && said.contains(" is published now and signs from "),
        "{said}"
    );
    let successor = words[2];
    let again = openias("keys rotate --purpose identity --algorithm ES256");
    assert!(again.contains("is rotating already") && again.contains(successor), "{again}");

    let listed = openias("keys list");
    let stages = |purpose: &str, stage: &str| {
        listed
            .lines()
            .filter(|line| line.contains(&format!("  {purpose}")) && line.contains(&format!("  {stage}  ")))
            .count()
    };
    assert_eq!(
        (stages("identity  ES256", "signing"), stages("identity  ES256", "published")),
        (1, 1),
        "{listed}"
    );
    let signing = listed.lines().find(|line| line.contains("identity  ES256  signing")).expect("it signs");
    let leaked = signing.split(' ').next().expect("an id").to_owned();

    let bare = run(folder.path(), &["keys", "retire", &leaked, "--config", "openias.toml"]);
    assert!(!bare.status.success() && text(&bare).contains("--at-once"), "{}", text(&bare));
    let said = openias(&format!("keys retire {leaked} --at-once"));
    assert!(said.contains(&format!("{successor} signs for identity")), "{said}");
    assert!(said.contains("What this breaks:") && said.contains("their clients need new ones"), "{said}");
    let listed = openias("keys list");
    assert!(
        !listed.contains(&leaked) && listed.contains(&format!("{successor}  identity  ES256  signing")),
        "{listed}"
    );

    for (args, words) in [
        (&["keys", "retire", "nobody", "--at-once"][..], "openias keys list"),
        (&["keys", "rotate", "--purpose", "network", "--algorithm", "ES256"], "no such key"),
        (&["keys", "rotate", "--purpose", "other"], "csp-sandbox"),
    ] {
        let args: Vec<&str> = args.iter().copied().chain(["--config", "openias.toml"]).collect();
        let refused = run(folder.path(), &args);
        assert!(!refused.status.success() && text(&refused).contains(words), "{}", text(&refused));
    }
}

#[test]
fn a_variable_that_sets_nothing_is_named_and_lists_can_be_set() {
    let folder = tempfile::tempdir().expect("a folder");
    configure(folder.path());
    let doctor = |name: &str, value: &str| {
        let mut command = openias(folder.path(), &["doctor", "--config", "openias.toml"]);
        command.env(name, value).output().expect("the binary runs")
    };
    let said = text(&doctor("OPENIAS_SERVER_LISTN", "127.0.0.1:1"));
    assert!(said.contains("warning: ") && said.contains("did you mean OPENIAS_SERVER_LISTEN?"), "{said}");
    let output = doctor("OPENIAS_EGRESS_PRIVATE_ORIGINS", "http://10.0.0.5:8080,http://10.0.0.6");
    assert!(output.status.success() && !text(&output).contains("warning"), "{}", text(&output));
    let output = doctor("OPENIAS_EGRESS_PRIVATE_ORIGINS", "http://10.0.0.5:8080/");
    assert!(text(&output).contains("egress.private_origins"), "{}", text(&output));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn how_tokens_are_judged_is_shown_and_changed_piece_by_piece() {
    let folder = tempfile::tempdir().expect("a folder");
    configure(folder.path());
    let _server = Server::start(folder.path()).await;
    let openias = |args: &str| {
        let args: Vec<&str> = args.split(' ').chain(["--config", "openias.toml"]).collect();
        command(folder.path(), &args)
    };
    let org = openias("org add --name Sample --hcid 2.999.7204.9.1");
    let org = org.split(' ').next().expect("an id");
    let id = crate::installation::value_of(&openias(&format!("client add {org} --mode test")), "public id:");
    for (options, words) in [
        ("", "judged by-token, taken again while valid"),
        (" --once", "judged by-token, each taken once"),
        (" --profile tefca-3.0", "judged tefca-3.0, each taken once"),
        ("", "judged tefca-3.0, each taken once"),
        (" --no-once", "judged tefca-3.0, taken again while valid"),
        (" --profile by-token --once", "judged by-token, each taken once"),
    ] {
        assert_eq!(openias(&format!("client tokens {org} {id}{options}")), format!("{id}  {words}\n"));
        let listed = openias(&format!("client list {org}"));
        assert!(listed.contains(&format!("ID tokens     {words}\n")), "{listed}");
    }
    let other = openias("org add --name Other --hcid 2.999.7204.9.2");
    let other = other.split(' ').next().expect("an id");
    let refused = run(folder.path(), &["client", "tokens", other, &id, "--once", "--config", "openias.toml"]);
    assert!(text(&refused).contains("has no credential"), "{}", text(&refused));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn how_a_client_speaks_is_shown_and_changed_and_what_does_not_go_together_is_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    configure(folder.path());
    let _server = Server::start(folder.path()).await;
    let arguments = |args: &str| -> Vec<String> {
        args.split(' ').chain(["--config", "openias.toml"]).map(str::to_owned).collect()
    };
    let try_out = |args: &str| {
        let args = arguments(args);
        run(folder.path(), &args.iter().map(String::as_str).collect::<Vec<_>>())
    };
    let openias = |args: &str| {
        let output = try_out(args);
        assert!(output.status.success(), "{args}: {}", text(&output));
        text(&output)
    };
    let org = openias("org add --name Sample --hcid 2.999.7204.9.1");
    let org = org.split(' ').next().expect("an id");
    let add = |more: &str| {
        let added = openias(&format!("client add {org} --mode live{more}"));
        crate::installation::value_of(&added, "public id:")
    };
    let (id, widget) = (add(" --redirect-uri https://app.example/authorized"), add(""));
    let jwk = r#"{"kty":"EC","crv":"P-256","x":"MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4","y":"4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM"}"#;
    std::fs::write(folder.path().join("keys.json"), format!("{{\"keys\":[{jwk}]}}")).expect("written");
    std::fs::write(folder.path().join("none.json"), "{\"keys\":[]}").expect("written");
    for (id, options, words) in [
        (&id, "--profile fapi2", "proves itself by signed assertions"),
        (&id, "--profile fapi2 --jwks keys.json", "are bound to keys"),
        (&id, "--profile fapi2 --jwks keys.json --dpop true --id-token-alg RS256", "with ES256"),
        (&id, "--profile fapi2 --jwks none.json --dpop true", "no usable key"),
        (&id, "--profile fapi2 --jwks missing.json --dpop true", "cannot read missing.json"),
        (&id, "--consents-itself true", "always asked"),
        (&widget, "--dpop true", "the widget holds no key"),
        (&widget, "--profile fapi2 --jwks keys.json --dpop true", "the widget holds no key"),
    ] {
        let refused = try_out(&format!("client policy {org} {id} {options}"));
        assert!(!refused.status.success() && text(&refused).contains(words), "{options}: {}", text(&refused));
    }
    let before = openias(&format!("client policy {org} {id}"));
    let holds = |said: &str, name: &str, value: &str| {
        assert!(said.lines().any(|line| line == format!("{name:<24}{value}")), "{name} {value}: {said}");
    };
    for (name, value) in [("profile", "byoi"), ("DPoP required", "false"), ("client_credentials", "false")] {
        holds(&before, name, value);
    }
    openias(&format!("client policy {org} {id} --profile fapi2 --jwks keys.json --dpop true"));
    let after = openias(&format!("client policy {org} {id} --refresh-retry 5"));
    for (name, value) in [
        ("profile", "fapi2"),
        ("proves itself by", "signed assertions"),
        ("DPoP required", "true"),
        ("client_credentials", "true"),
        ("refresh retry", "5 s"),
    ] {
        holds(&after, name, value);
    }
    let refused = try_out(&format!("client policy {org} {id} --secret"));
    assert!(!refused.status.success(), "{}", text(&refused));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_doctor_goes_to_the_csps_of_proofing_and_to_the_mail_relay_and_sends_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    configure(folder.path());
    std::fs::write(folder.path().join("secret"), "a secret\n").expect("written");
    let (mailbox, plain) =
        (Mailbox::start().await, std::fs::read_to_string(folder.path().join("openias.toml")));
    let plain = plain.expect("read");
    let proofing = |idp: &str, mode: &str| {
        format!(
            "[[proofing]]\nidp = \"{idp}\"\nmode = \"{mode}\"\nclient_id = \"c\"\nclient_secret_file = \"secret\"\n"
        )
    };
    let mail = |port: u16, security: &str| {
        format!(
            "[mail]\nhost = \"127.0.0.1\"\nport = {port}\nsecurity = \"{security}\"\nfrom = \"a@example.org\"\n"
        )
    };
    let said = |more: &str| {
        std::fs::write(folder.path().join("openias.toml"), format!("{plain}{more}")).expect("written");
        let output = run(folder.path(), &["doctor", "--config", "openias.toml"]);
        (output.status.success(), text(&output))
    };
    let silent = TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("an address").port();
    let (healthy, told) = said(&mail(mailbox.port(), "none"));
    assert!(healthy && told.contains("ok    mail: 127.0.0.1 takes our connection"), "{told}");
    for (port, security) in [(silent, "none"), (mailbox.port(), "starttls")] {
        let (healthy, told) = said(&mail(port, security));
        assert!(!healthy && told.contains("FAIL  mail: 127.0.0.1: "), "{security}: {told}");
    }
    assert_eq!((mailbox.asked(), mailbox.taken().len()), (0, 0));
    let (healthy, told) = said(&proofing("openias_csp", "test"));
    assert!(healthy && !told.contains("mail"), "{told}");
    let own = told.lines().find(|line| line.starts_with("warn  proofing at openias_csp, test: "));
    assert!(own.is_some_and(|line| line.ends_with("it does while the server runs")), "{told}");
    let issuer = format!("http://127.0.0.1:{silent}");
    let csp = format!("[[csps]]\nidp = \"near\"\nname = \"Near\"\nlive_issuers = [\"{issuer}\"]\n");
    let near = format!("{csp}{}[egress]\nprivate_origins = [\"{issuer}\"]\n", proofing("near", "live"));
    let (healthy, told) = said(&near);
    assert!(healthy && told.contains("warn  proofing at near, live: the discovery document of"), "{told}");
    assert!(told.contains("warn  proofing: mail.host is not set"), "{told}");
    said(&proofing("openias_csp", "test"));
    let _server = Server::start(folder.path()).await;
    let told = text(&run(folder.path(), &["doctor", "--config", "openias.toml"]));
    assert!(told.contains("ok    proofing at openias_csp, test: patients can be sent to http"), "{told}");
}

#[test]
fn a_taken_address_is_no_fault_to_the_doctor() {
    let folder = tempfile::tempdir().expect("a folder");
    configure(folder.path());
    let config = std::fs::read_to_string(folder.path().join("openias.toml")).expect("read");
    let address = config.split('"').nth(1).expect("an address");
    let _taken = TcpListener::bind(address).expect("free");
    let output = run(folder.path(), &["doctor", "--config", "openias.toml"]);
    let said = text(&output);
    assert!(output.status.success() && said.contains("fine if the server is running"), "{said}");
}
