//! The demo's journey, run as anybody would run it, at TRACE: what it prints, logs, writes and keeps gives
//! neither a secret nor the patient away.

use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use model::synthetic::by_email;
use testkit::PATIENT;

use crate::child::run;
use crate::installation::free_port;

/// What stands in a text that must not: the person, then anything shaped like a secret of ours.
fn given_away(text: &str) -> Vec<String> {
    let person = by_email(PATIENT).expect("a synthetic patient");
    let phone = person.phone;
    let of_the_person = [
        person.family_name.to_owned(),
        PATIENT.to_owned(),
        phone.to_owned(),
        format!("{}-{}-{}", &phone[..3], &phone[3..6], &phone[6..]),
        person.birth_date.to_owned(),
        person.address.0.to_owned(),
        person.address.0[..17].to_owned(),
    ];
    let mut found: Vec<String> =
        of_the_person.into_iter().filter(|value| text.contains(value.as_str())).collect();
    found.extend(["private_test_", "private_live_", "whsec_", "PRIVATE KEY"].iter().filter_map(|mark| {
        let at = text.find(mark)?;
        Some(text[at..].chars().take(60).collect())
    }));
    found.extend(words(text).filter(|word| is_jwt(word)).map(str::to_owned));
    found
}

/// What may be a token: letters, digits and the marks of base64url and of JWTs.
fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_ascii_alphanumeric() && !matches!(c, '-' | '_' | '.'))
        .filter(|word| !word.is_empty())
}

fn is_jwt(word: &str) -> bool {
    word.match_indices("eyJ").any(|(at, _)| word[at..].split('.').filter(|part| part.len() > 8).count() >= 3)
}

/// Our secrets, codes and tokens are 256 bits in base64url: 43 characters without a dot between them, and
/// some of them capital letters. Names of export files are as long, and hold none.
fn secrets(text: &str) -> Vec<&str> {
    let is_secret = |part: &&str| part.len() == 43 && part.bytes().any(|byte| byte.is_ascii_uppercase());
    words(text).flat_map(|word| word.split('.')).filter(is_secret).collect()
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() { found.extend(files(&path)) } else { found.push(path) }
    }
    found
}

#[test]
fn the_journey_gives_nothing_away() {
    let folder = tempfile::tempdir().expect("a folder");
    let port = free_port().to_string();
    let output = run(
        folder.path(),
        &[
            "demo",
            "--headless",
            "--log",
            "trace",
            "--port",
            &port,
            "--data-dir",
            "data",
            "--out",
            "out",
            "--patient",
            PATIENT,
        ],
    );
    let printed = String::from_utf8(output.stdout).expect("text");
    let logged = String::from_utf8(output.stderr).expect("text");
    assert!(output.status.success(), "{printed}");
    assert!(logged.contains(" TRACE ") && logged.contains("openias"), "it logs at TRACE");

    let (first, rest) = printed.split_once("Journey of ").expect("the line that names the patient");
    let rest = rest.strip_prefix(PATIENT).expect("the patient as typed");
    let transcript = std::fs::read_to_string(folder.path().join("out/journey.json")).expect("a transcript");
    let named = format!("\"patient\": \"{PATIENT}\"");
    assert_eq!(
        transcript.matches(PATIENT).count(),
        transcript.matches(&named).count(),
        "named as typed, once"
    );
    for (what, text) in [
        ("output", format!("{first}{rest}")),
        ("transcript", transcript.replace(&named, "")),
        ("log", logged),
    ] {
        assert_eq!(given_away(&text), Vec::<String>::new(), "the {what} gives this away");
        assert_eq!(secrets(&text), Vec::<&str>::new(), "the {what} holds what may be secrets");
    }

    let kept = files(&folder.path().join("data"));
    assert!(kept.iter().any(|path| path.ends_with("openias.sqlite3")) && kept.len() > 2, "{kept:?}");
    // The demo's own keys are kept on purpose, for its owner alone; what a server keeps is all the rest.
    let (keys, kept): (Vec<_>, Vec<_>) = kept.into_iter().partition(|path| path.ends_with("demo-keys.json"));
    let [keys] = keys.as_slice() else { panic!("one file of keys: {keys:?}") };
    assert_eq!(std::fs::metadata(keys).expect("a file").permissions().mode() & 0o777, 0o600);
    for path in kept {
        let text = String::from_utf8_lossy(&std::fs::read(&path).expect("a file")).into_owned();
        assert_eq!(given_away(&text), Vec::<String>::new(), "{} gives this away", path.display());
    }
    let records = std::fs::read_to_string(folder.path().join("out/records.ndjson")).expect("the records");
    assert!(records.contains("Lopez"), "the records are the patient's");
}

#[test]
fn what_would_give_something_away_is_found() {
    for text in [
        "x Lopez",
        "tel:4694694321",
        "k=private_test_abc",
        "whsec_MDEy",
        "Bearer eyJhbGciOiJSUzI1NiJ9.eyJwbGFudGVkIjoidmFsdWUifQ.c2lnbmF0dXJlYQ.",
        "\u{fffd}eyJhbGciOiJSUzI1NiJ9.eyJwbGFudGVkIjoidmFsdWUifQ.c2lnbmF0dXJlYQ\u{fffd}",
    ] {
        assert_eq!(given_away(text).len(), 1, "{text}");
    }
    let secret = "A".repeat(43);
    assert_eq!(secrets(&format!("?code={secret}&x uri:1.{secret}")), [&secret, &secret]);
    assert!(given_away("nothing of anybody").is_empty() && secrets("nor any secret").is_empty());
}
