//! The administration commands and the doctor: beside a server, and where there is none.

use std::net::TcpListener;
use std::path::Path;
use std::process::Output;

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
        "ok    CSP openias_csp (OpenIAS sandbox), test: http://127.0.0.1:",
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
