//! What the authorization server has to keep, and which tests prove it. A test says so by its name, which begins with
//! what it proves: `par_8_…`, `t8_j11_…`.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use anyhow::{Context as _, bail};

/// What has to hold, by its name in the checklist.
const REQUIREMENTS: [(&str, &str); 48] = [
    ("PAR-1", "Requests are pushed by POST, as forms alone (RFC 9126 2.3)"),
    ("PAR-2", "A client proves itself as at the token endpoint, in one way (RFC 9126 2)"),
    ("PAR-3", "`request_uri` cannot be pushed (RFC 9126 2.1)"),
    ("PAR-4", "The answer is 201 with `request_uri` and `expires_in`, kept by no cache (RFC 9126 2.2)"),
    ("PAR-5", "Nobody guesses a `request_uri` (RFC 9126 7.1)"),
    ("PAR-6", "It is for the client that pushed it (RFC 9126 2.2)"),
    ("PAR-7", "What the authorization endpoint would check is checked here (RFC 9126 2.1)"),
    (
        "PAR-8",
        "A repeated parameter is refused, an empty one left out, an unknown one ignored (RFC 6749 3.1)",
    ),
    ("PAR-9", "Request objects are refused by their own error (RFC 9101)"),
    ("PAR-10", "What is too long is 413 before it is read to its end, what is too much 429 (RFC 9126 2.3)"),
    ("PAR-11", "`resource` and `audience` name this API, else `invalid_target` (RFC 8707 2)"),
    ("PAR-12", "`authorization_details` of no type are known (RFC 9396 5)"),
    ("PAR-13", "Proof and `dpop_jkt` name one key, to which the code is bound (RFC 9449 10)"),
    ("PAR-14", "An assertion is for us: by issuer, token or PAR URL; under FAPI 2.0 by the issuer alone"),
    ("PAR-15", "Scope, response type, `idp` and ID token are as the BYOI guide has them"),
    ("PAR-16", "The ID token stands, for this organisation, in this mode, which is entitled"),
    ("PAR-17", "Client and redirect URI may be left out; when they are there, they fit"),
    ("AZ-1", "Behind a `request_uri` what the browser brings is ignored (RFC 9101 6.3)"),
    (
        "AZ-2",
        "A `request_uri` that lapsed, was used or is another's leads to a page, and nowhere else (RFC 9126 4)",
    ),
    ("AZ-3", "Of 64 loads at once one wins"),
    ("AZ-4", "Nothing is asked for but by a pushed request (RFC 9126 5)"),
    ("AZ-5", "Redirect URIs are compared as text, and nobody is sent to an unknown one (RFC 9700 2.1)"),
    ("AZ-6", "Redirects after a form are 303 (RFC 9700 4.12)"),
    ("AZ-7", "Answers carry `state` unchanged and `iss`, errors too (RFC 9207 2)"),
    ("AZ-8", "A code lives for a minute, for its client, redirect URI, challenge and key"),
    ("AZ-9", "A PKCE challenge by S256 is demanded (RFC 9700 2.1.1)"),
    ("AZ-10", "`prompt`, `max_age`, `nonce` and POST are as OpenID Connect Core 3.1.2 has them"),
    (
        "AZ-11",
        "Pages are framed by the client's own, kept by no cache, and tell nobody their address (RFC 9700 4.16)",
    ),
    ("AZ-12", "What a stranger puts into the browser begins nothing"),
    ("T1", "Tokens are asked for by POST, with a form and one proof of the client (RFC 6749 2.3.1)"),
    ("T2", "Each refusal has its code (RFC 6749 5.2)"),
    ("T3", "No cache keeps an answer (RFC 6749 5.1)"),
    ("T4", "A code that is used twice ends what it brought (RFC 6749 4.1.2)"),
    ("T5", "Of 64 redemptions at once one wins"),
    ("T6", "The PKCE verifier fits, and a wrong guess costs the right client nothing (RFC 7636 4.6)"),
    (
        "T7",
        "A refresh token is its client's, narrows alone, ends its family when used twice, and is as old as the proofing",
    ),
    (
        "T8",
        "Clients prove themselves by secret or by signed assertions, each of which counts once (RFC 7523)",
    ),
    ("T9", "Tokens are bound to keys and of use to nobody else (RFC 9449)"),
    ("T10", "Access tokens that are JWTs hold what RFC 9068 2 asks for"),
    ("T11", "ID tokens name their client, and nothing of the person"),
    ("T12", "There are no passwords and no implicit answers (RFC 9700 2.4)"),
    ("T13", "A token is for what was granted, or less (RFC 8707 2.2)"),
    ("D1", "Discovery names the issuer that it was asked of (RFC 8414 3)"),
    ("D2", "It holds what it must, RS256 among the algorithms"),
    ("D3", "It announces PAR, `iss`, S256, DPoP"),
    ("D4", "The key set has public halves alone, ids of their own, and an entity tag"),
    ("D5", "A new key is published before it signs, the old one until its last token expired"),
    ("D6", "Keys of CSPs are fetched once for all who ask, ahead of time, and not for every unknown id"),
];

/// The table; fails when nothing proves one of them.
pub(super) fn table(root: &Path) -> anyhow::Result<String> {
    let mut proofs = BTreeMap::new();
    collect(root, &root.join("crates"), &mut proofs)?;
    let mut table = String::from("| | what holds | proven by |\n|---|---|---|\n");
    for (id, requirement) in REQUIREMENTS {
        let Some(tests) = proofs.get(id) else { bail!("no test's name begins with {id}") };
        // Writing to a string cannot fail.
        let _ = writeln!(table, "| {id} | {requirement} | {} |", tests.join("<br>"));
    }
    Ok(table)
}

/// The tests below a folder by what they prove.
fn collect(root: &Path, folder: &Path, proofs: &mut BTreeMap<String, Vec<String>>) -> anyhow::Result<()> {
    let mut entries = std::fs::read_dir(folder)
        .with_context(|| folder.display().to_string())?
        .collect::<Result<Vec<_>, _>>()?;
    entries.sort_by_key(std::fs::DirEntry::path);
    for path in entries.iter().map(std::fs::DirEntry::path) {
        if path.is_dir() {
            collect(root, &path, proofs)?;
        } else if path.extension().is_some_and(|kind| kind == "rs") {
            let text = std::fs::read_to_string(&path).with_context(|| path.display().to_string())?;
            let file = path.strip_prefix(root).unwrap_or(&path).display().to_string();
            for name in text.lines().filter_map(function) {
                for id in ids(name) {
                    proofs.entry(id).or_default().push(format!("[`{name}`](../../{file})"));
                }
            }
        }
    }
    Ok(())
}

/// The name of the function that begins in this line.
fn function(line: &str) -> Option<&str> {
    let line = line.trim_start();
    let rest = line.strip_prefix("async ").unwrap_or(line).strip_prefix("fn ")?;
    rest.split('(').next()
}

/// What a name begins with: `t8_par_2_two_ways` with `T8` and `PAR-2`.
fn ids(name: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut words = name.split('_');
    while let Some(word) = words.next() {
        let number = word.get(1..).filter(|number| is_number(number));
        match (word, number) {
            ("par" | "az", _) => match words.next().filter(|number| is_number(number)) {
                Some(number) => found.push(format!("{}-{number}", word.to_uppercase())),
                None => break,
            },
            (_, Some(_)) => found.push(word.to_uppercase()),
            _ => break,
        }
    }
    found
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_begins_with_what_it_proves() {
        for (name, expected) in [
            ("par_8_a_repeated_parameter_is_named", &["PAR-8"][..]),
            ("t8_par_2_two_ways_at_once", &["T8", "PAR-2"]),
            ("j7_j14_nothing_but_a_proof_is_one", &["J7", "J14"]),
            ("a_code_lives_for_a_minute", &[]),
            ("par_is_read", &[]),
            ("the_t8_is_elsewhere", &[]),
        ] {
            assert_eq!(ids(name), expected, "{name}");
        }
        assert_eq!(function("    async fn t5_once(server: &TestServer) {"), Some("t5_once"));
        assert_eq!(function("let fn_ = 1;"), None);
    }
}
