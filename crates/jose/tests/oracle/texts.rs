//! Headers and payloads as JSON, most of them nearly right.

use fuzzing::Mutator;
use openias_jose::Algorithm;

/// A member's name and its value as JSON.
type Member = (String, String);

/// Values that a header's members are given, or members that it is given besides.
const HEADER_EDITS: &[(&str, &[&str])] = &[
    (
        "alg",
        &[
            r#""none""#,
            r#""HS256""#,
            r#""RS256""#,
            r#""RS384""#,
            r#""RS512""#,
            r#""PS256""#,
            r#""ES256""#,
            r#""ES384""#,
            r#""ES512""#,
            r#""EdDSA""#,
            r#""es256""#,
            r#""ES256 ""#,
            r#""ES\u003256""#,
            r#""""#,
            "null",
            "256",
            r#"["ES256"]"#,
        ],
    ),
    ("kid", &[r#""""#, "null", "7", r#""../../dev/null""#, r#""\u0000""#, r#"["k"]"#]),
    ("typ", &[r#""JWT""#, r#""jwt""#, r#""at+jwt""#, r#""""#, "null", "1", r#"["JWT"]"#]),
    ("cty", &[r#""JWT""#, r#""application/jwt""#, r#""application/json""#, "null", "[]"]),
    ("crit", &[r#"["exp"]"#, "[]", "null", r#""b64""#]),
    ("b64", &["true", "false", "null"]),
    ("zip", &[r#""DEF""#, "null", "1"]),
    ("enc", &[r#""A256GCM""#, "null", "1"]),
    ("jku", &[r#""https://attacker.example/jwks""#, "null", "1"]),
    ("x5u", &[r#""https://attacker.example/x""#, "null", "1"]),
    ("jwk", &[r#"{"kty":"RSA","n":"AQAB","e":"AQAB"}"#, "null", "{}", r#""key""#]),
    ("x5c", &[r#"["MIIB"]"#, r#""MIIB""#, "[7]", "null", "[]"]),
    ("x5t", &[r#""AA""#, "7", "null"]),
    ("x5t#S256", &[r#""AA""#, "[]", "null"]),
    ("url", &[r#""https://csp.example/""#, "7", "null"]),
    ("nonce", &[r#""AAAA""#, "7", "null"]),
    ("epk", &["{}"]),
];

/// The same for a payload.
const CLAIM_EDITS: &[(&str, &[&str])] = &[
    ("exp", DATES),
    ("nbf", DATES),
    ("iat", DATES),
    ("iss", &[r#""""#, "null", "7", r#"["https://csp.example"]"#, r#"{"a":1}"#]),
    ("sub", &[r#""""#, "null", "7", "true", r#"["act_1"]"#, r#"{"a":1}"#, "[]"]),
    ("aud", &[r#""urn:oid:1.2.3""#, r#"["a","b"]"#, "[]", "null", "7", r#"{"a":1}"#]),
    ("jti", &[r#""""#, r#""\ud83d\ude00""#, "7"]),
];

const DATES: &[&str] = &[
    "0",
    "-0",
    "-0.0",
    "-1",
    "-0.5",
    "0.5",
    "1768902173",
    "1768902173.5",
    "1.768902173e9",
    "1768902173000",
    "253402300799",
    "253402300799.5",
    "253402300800",
    "9223372036854775807",
    "9223372036854775808",
    "18446744073709551615",
    "18446744073709551616",
    "1e18",
    "1e300",
    "1e400",
    r#""1768902173""#,
    "null",
    "true",
    "[1768902173]",
    r#"{"a":1}"#,
];

/// Values for a member of any name.
const ANYTHING: &[&str] = &[
    "{}",
    "[]",
    r#"{"a":1,"a":1}"#,
    r#"{"a":{"b":[1,{"c":null}]}}"#,
    r#"[{"a":1,"\u0061":2}]"#,
    r#""\u0000""#,
    r#""\ud800""#,
    r#""\udc00\ud800""#,
    r#""\ud83d\ude00""#,
    r#""é""#,
    "12345678901234567890123",
    "1E-400",
    "1e400",
    "01",
    "NaN",
    "tru",
];

/// A header for that algorithm and that key, or nearly one.
pub(crate) fn header(mutator: &mut Mutator, algorithm: Algorithm, kid: &str, ids: &[&str]) -> Vec<u8> {
    let mut members = vec![
        member("alg", &format!("\"{}\"", algorithm.name())),
        member("kid", &format!("\"{kid}\"")),
        member("typ", "\"JWT\""),
    ];
    if mutator.one_in(20) {
        members[1].1 = format!("\"{}\"", mutator.pick(ids));
    }
    if mutator.one_in(2) {
        edit(mutator, &mut members, HEADER_EDITS);
    }
    write(mutator, &members)
}

/// Claims, or nearly so.
pub(crate) fn payload(mutator: &mut Mutator) -> Vec<u8> {
    let mut members = vec![
        member("iss", r#""https://csp.example/oidc""#),
        member("sub", r#""act_1""#),
        member("aud", r#""urn:oid:1.2.3""#),
        member("exp", "1768902173"),
        member("jti", r#""0ef0850f""#),
    ];
    if mutator.one_in(2) {
        edit(mutator, &mut members, CLAIM_EDITS);
    }
    if mutator.one_in(100) {
        members
            .push(member("filler", &format!("\"{}\"", "x".repeat(mutator.pick(&[8_000, 12_000, 13_000])))));
    }
    write(mutator, &members)
}

fn edit(mutator: &mut Mutator, members: &mut Vec<Member>, edits: &[(&str, &[&str])]) {
    for _ in 0..=mutator.below(2) {
        let (name, values) = mutator.pick(edits);
        let value = mutator.pick(values);
        let stands = members.iter().position(|(member, _)| member == name);
        let at = mutator.below(members.len() + 1);
        match (mutator.below(10), stands) {
            (0, Some(stands)) => drop(members.remove(stands)),
            (1, Some(_)) => members.insert(at, member(name, value)),
            (2, _) => members.insert(at, member("extra", mutator.pick(ANYTHING))),
            (3, _) => members.insert(at, member("deep", &nested(mutator))),
            (4, _) if mutator.one_in(8) => {
                members.extend((0..mutator.pick(&[250, 300])).map(|n| member(&format!("m{n}"), "0")));
            }
            (_, Some(stands)) => value.clone_into(&mut members[stands].1),
            (_, None) => members.insert(at, member(name, value)),
        }
    }
}

/// Around the depth that is read: a member's value stands at level 2.
fn nested(mutator: &mut Mutator) -> String {
    let depth = 12 + mutator.below(8);
    if mutator.one_in(2) {
        format!("{}{}", "[".repeat(depth), "]".repeat(depth))
    } else {
        format!("{}0{}", r#"{"a":"#.repeat(depth), "}".repeat(depth))
    }
}

/// With whitespace, escapes and broken bytes now and then.
fn write(mutator: &mut Mutator, members: &[Member]) -> Vec<u8> {
    let space = mutator.pick(&["", "", "", " ", "\n\t", "\u{a0}"]);
    let mut text = Vec::new();
    for (name, value) in members {
        text.push(format!("{space}\"{}\"{space}:{value}", escaped(mutator, name)));
    }
    let mut bytes = format!("{{{}}}", text.join(",")).into_bytes();
    if mutator.one_in(8) {
        mutator.bytes(&mut bytes);
    }
    bytes
}

fn escaped(mutator: &mut Mutator, name: &str) -> String {
    match name.chars().next() {
        Some(first) if mutator.one_in(40) => {
            format!("\\u{:04x}{}", u32::from(first), &name[first.len_utf8()..])
        }
        _ => name.to_owned(),
    }
}

fn member(name: &str, value: &str) -> Member {
    (name.to_owned(), value.to_owned())
}
