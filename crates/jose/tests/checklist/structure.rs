//! V01 to V07: what is refused before anything is believed.

use fuzzing::mint::segment;
use openias_jose::json::JsonFault;
use openias_jose::{Compact, Fault};

use crate::forge::{ISSUER, PAYLOAD, judge};

#[test]
fn a_proper_token_passes() {
    let token = ISSUER.with_header("", PAYLOAD);
    assert_eq!(judge(&token, &ISSUER.keys), Ok(()));
    let parsed = Compact::parse(&token).unwrap();
    assert_eq!(parsed.as_str(), token);
    assert_eq!(parsed.untrusted_payload(), PAYLOAD.as_bytes());
    assert!(!format!("{parsed:?}").contains("ey"), "a token does not print");
}

#[test]
fn misshapen_tokens_are_refused_by_name() {
    let token = ISSUER.with_header("", PAYLOAD);
    let [header, payload, signature]: [&str; 3] = token.split('.').collect::<Vec<_>>().try_into().unwrap();
    let table = [
        ("V01 over 16 KiB", "a".repeat(16 * 1024 + 1), Fault::TooLong),
        ("V01 16 KiB of dots", ".".repeat(16 * 1024), Fault::Segments),
        ("V01 nothing", String::new(), Fault::Segments),
        ("V01 one segment", header.to_owned(), Fault::Segments),
        ("V01 two segments", format!("{header}.{payload}"), Fault::Segments),
        ("V01 four segments", format!("{token}.{signature}"), Fault::Segments),
        ("V01 no header", format!(".{payload}.{signature}"), Fault::Segments),
        ("V01 no payload", format!("{header}..{signature}"), Fault::Segments),
        ("V08 no signature", format!("{header}.{payload}."), Fault::Segments),
        (
            "V02 five segments",
            format!("{header}.{payload}.{payload}.{payload}.{signature}"),
            Fault::Encrypted,
        ),
        (
            "V03 flattened JSON",
            format!(r#"{{"protected":"{header}","payload":"{payload}","signature":"{signature}"}}"#),
            Fault::JsonSerialization,
        ),
        ("V03 JSON behind a space", " {\"payload\":\"\"}".to_owned(), Fault::JsonSerialization),
        ("V04 a space in front", format!(" {token}"), Fault::Base64url),
        ("V04 a line break behind", format!("{token}\n"), Fault::Base64url),
        ("V04 a line break inside", format!("{header}.{payload}\r\n.{signature}"), Fault::Base64url),
        ("V04 padding", format!("{header}.{payload}=.{signature}"), Fault::Base64url),
        ("V04 padding of the right length", format!("{header}.e30=.{signature}"), Fault::Base64url),
        ("V04 the standard alphabet's plus", format!("{header}.ab+d.{signature}"), Fault::Base64url),
        ("V04 the standard alphabet's slash", format!("{header}.ab/d.{signature}"), Fault::Base64url),
        ("V04 bits left over", format!("{header}.e31.{signature}"), Fault::Base64url),
        ("V04 a length no bytes have", format!("{header}.e30AA.{signature}"), Fault::Base64url),
        ("V04 a letter that is not ASCII", format!("{header}.e30é.{signature}"), Fault::Base64url),
        ("V04 NUL", format!("{header}.e30\0.{signature}"), Fault::Base64url),
    ];
    for (case, token, fault) in table {
        assert_eq!(Compact::parse(&token).err(), Some(fault), "{case}");
    }
}

#[test]
fn a_token_of_exactly_the_limit_is_read() {
    let token = ISSUER.with_header("", PAYLOAD);
    let room = openias_jose::compact::MAX_BYTES - token.len();
    let filler = "x".repeat(room * 3 / 4 - 16);
    let large = ISSUER
        .sign(format!(r#"{{"alg":"RS256","kid":"{}"}}"#, ISSUER.key.kid()), format!(r#"{{"x":"{filler}"}}"#));
    assert!(large.len() <= openias_jose::compact::MAX_BYTES);
    assert_eq!(judge(&large, &ISSUER.keys), Ok(()));
}

#[test]
fn headers_that_are_not_strict_json_are_refused() {
    let table: &[(&str, &[u8], JsonFault)] = &[
        ("V05 not UTF-8", b"{\"alg\":\"RS256\",\"x\":\"\xff\"}", JsonFault::NotUtf8),
        ("V05 a byte order mark", b"\xef\xbb\xbf{\"alg\":\"RS256\"}", JsonFault::Syntax),
        ("V05 a lone surrogate", br#"{"alg":"RS256","kid":"\ud800"}"#, JsonFault::Syntax),
        ("V06 alg twice", br#"{"alg":"RS256","alg":"none"}"#, JsonFault::DuplicateMember),
        ("V07 not an object", b"[\"RS256\"]", JsonFault::NotAnObject),
        ("V07 something behind", br#"{"alg":"RS256"}{}"#, JsonFault::TrailingData),
        ("V15 NUL in kid", br#"{"alg":"RS256","kid":"a\u0000b"}"#, JsonFault::Nul),
    ];
    for (case, header, fault) in table {
        assert_eq!(judge(&ISSUER.sign(header, PAYLOAD), &ISSUER.keys), Err(Fault::Header(*fault)), "{case}");
    }
}

#[test]
fn payloads_that_are_not_strict_json_are_refused_though_signed() {
    let header = format!(r#"{{"alg":"RS256","kid":"{}"}}"#, ISSUER.key.kid());
    let deep = format!(r#"{{"a":{}{}}}"#, "[".repeat(16), "]".repeat(16));
    let table: &[(&str, &[u8], JsonFault)] = &[
        ("V05 not UTF-8", b"{\"iss\":\"\xff\"}", JsonFault::NotUtf8),
        ("V05 UTF-16", b"{\0}\0", JsonFault::Syntax),
        ("V06 iss twice", br#"{"iss":"a","iss":"b"}"#, JsonFault::DuplicateMember),
        ("V06 region twice", br#"{"address":{"region":"TX","region":"CA"}}"#, JsonFault::DuplicateMember),
        ("V07 too deep", deep.as_bytes(), JsonFault::TooDeep),
        ("V07 1e400", br#"{"exp":1e400}"#, JsonFault::Syntax),
        ("V07 an array", b"[]", JsonFault::NotAnObject),
        ("V07 a string", b"\"{}\"", JsonFault::NotAnObject),
        ("V07 something behind", b"{}null", JsonFault::TrailingData),
    ];
    for (case, payload, fault) in table {
        assert_eq!(
            judge(&ISSUER.sign(&header, payload), &ISSUER.keys),
            Err(Fault::Payload(*fault)),
            "{case}"
        );
    }
}

#[test]
fn the_segments_of_one_token_do_not_fit_another() {
    let [one, two] = [PAYLOAD, "{\"iss\":\"https://other.example\"}"]
        .map(|payload| ISSUER.sign(format!(r#"{{"alg":"RS256","kid":"{}"}}"#, ISSUER.key.kid()), payload));
    let (body, _) = one.rsplit_once('.').unwrap();
    let (_, signature) = two.rsplit_once('.').unwrap();
    assert_eq!(judge(&format!("{body}.{signature}"), &ISSUER.keys), Err(Fault::Signature), "V28");
    let (header, rest) = one.split_once('.').unwrap();
    let (payload, signature) = rest.split_once('.').unwrap();
    assert_eq!(
        judge(&format!("{header}.{}.{signature}", segment("{}")), &ISSUER.keys),
        Err(Fault::Signature),
        "V28"
    );
    assert!(judge(&format!("{payload}.{header}.{signature}"), &ISSUER.keys).is_err(), "V28");
}
