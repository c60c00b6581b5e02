//! What the reader refuses, and what it keeps.

use super::*;

const ANY_SIZE: usize = 1 << 20;

#[test]
fn broken_json_is_refused_by_name() {
    let deepest = format!("{}1{}", "[".repeat(MAX_DEPTH), "]".repeat(MAX_DEPTH));
    assert!(parse(deepest.as_bytes(), ANY_SIZE).is_ok(), "the limit itself is allowed");
    let too_deep = format!("[{deepest}]");
    let bomb = "[".repeat(100_000);
    let wide = |members: usize| {
        let members: Vec<String> = (0..members).map(|n| format!("\"{n}\":0")).collect();
        format!("{{{}}}", members.join(","))
    };
    assert!(parse(wide(MAX_MEMBERS).as_bytes(), ANY_SIZE).is_ok(), "the limit itself is allowed");

    let too_wide = wide(MAX_MEMBERS + 1);

    // The array is a value itself.
    let long = |values: usize| format!("[{}]", vec!["{}"; values - 1].join(","));
    assert!(parse(long(MAX_VALUES).as_bytes(), ANY_SIZE).is_ok(), "the limit itself is allowed");
    let too_long = long(MAX_VALUES + 1);
    let scattered = format!("{{\"a\":{0},\"b\":{0}}}", long(MAX_VALUES / 2));

    let table: &[(&str, &[u8], JsonFault)] = &[
        ("V05 not UTF-8", b"{\"a\":\"\xff\"}", JsonFault::NotUtf8),
        ("V05 an encoded surrogate", b"\"\xed\xa0\x80\"", JsonFault::NotUtf8),
        ("V05 an overlong encoding", b"\"\xc0\xaf\"", JsonFault::NotUtf8),
        ("V05 a byte order mark", b"\xef\xbb\xbf{}", JsonFault::Syntax),
        ("V05 UTF-16", b"{\0}\0", JsonFault::Syntax),
        ("V05 a lone high surrogate", br#"{"a":"\ud800"}"#, JsonFault::Syntax),
        ("V05 a lone low surrogate", br#"{"a":"\udc00"}"#, JsonFault::Syntax),
        ("V05 surrogates the wrong way round", br#""\udc00\ud800""#, JsonFault::Syntax),
        ("V05 NUL in a string", br#"{"a":"x\u0000"}"#, JsonFault::Nul),
        ("V05 NUL in a name", br#"{"a\u0000":1}"#, JsonFault::Nul),
        ("V05 a raw control character", b"\"a\nb\"", JsonFault::Syntax),
        ("V06 a member twice", br#"{"a":1,"b":2,"a":1}"#, JsonFault::DuplicateMember),
        ("V06 twice by way of an escape", br#"{"iss":1,"\u0069ss":2}"#, JsonFault::DuplicateMember),
        (
            "V06 twice in a nested object",
            br#"{"address":{"region":"TX","region":"CA"}}"#,
            JsonFault::DuplicateMember,
        ),
        ("V06 twice in an array's object", br#"[{"a":1,"a":1}]"#, JsonFault::DuplicateMember),
        ("V07 one level too deep", too_deep.as_bytes(), JsonFault::TooDeep),
        ("V07 a depth bomb", bomb.as_bytes(), JsonFault::TooDeep),
        ("V07 one member too many", too_wide.as_bytes(), JsonFault::TooManyMembers),
        ("V07 one value too many", too_long.as_bytes(), JsonFault::TooManyValues),
        ("V07 too many values in several places", scattered.as_bytes(), JsonFault::TooManyValues),
        ("V07 a number beyond any float", b"1e400", JsonFault::Syntax),
        ("V07 not a number", b"NaN", JsonFault::Syntax),
        ("V07 data after the value", b"{} {}", JsonFault::TrailingData),
        ("V07 a letter after the value", b"{}x", JsonFault::TrailingData),
        ("a comma missing, as in the published sample", br#"{"a":"1" "b":"2"}"#, JsonFault::Syntax),
        ("a comma too many", b"[1,]", JsonFault::Syntax),
        ("a comment", b"{/**/}", JsonFault::Syntax),
        ("a leading zero", b"01", JsonFault::Syntax),
        ("nothing", b"", JsonFault::Syntax),
    ];
    for (case, text, fault) in table {
        assert_eq!(parse(text, ANY_SIZE).err(), Some(*fault), "{case}");
    }
}

#[test]
fn size_is_checked_before_anything_else() {
    assert_eq!(parse(b"\xff\xff\xff", 2).err(), Some(JsonFault::TooLarge));
    assert!(parse(b"[]", 2).is_ok());
}

#[test]
fn only_the_outermost_object_has_room_before_it_needs_any() {
    let long = format!(r#"{{"a":{{}},"b":[{{}}]{}}}"#, " ".repeat(1000));
    let object = parse_object(long.as_bytes(), ANY_SIZE).expect("valid JSON");
    assert_eq!(object.members.capacity(), long.len() / 40);
    let longer = format!("{{{}}}", " ".repeat(20_000));
    assert_eq!(
        parse_object(longer.as_bytes(), ANY_SIZE).expect("valid JSON").members.capacity(),
        MAX_MEMBERS
    );
    let inside = [object.get("a"), object.get("b").and_then(Value::as_array).and_then(<[_]>::first)];
    for object in inside {
        let object = object.and_then(Value::as_object).expect("an object");
        assert_eq!(object.members.capacity(), 0, "a set of empty keys costs what its values do");
    }
}

#[test]
fn only_an_object_is_read_as_an_object() {
    for text in ["[]", "null", "\"{}\"", "1"] {
        assert_eq!(parse_object(text.as_bytes(), ANY_SIZE).err(), Some(JsonFault::NotAnObject), "{text}");
    }
}

#[test]
fn values_arrive_as_written() {
    let text = r#" {"s":"a","e":"\u00e9\ud83d\ude00","n":-3,"f":1.5,"b":true,"z":null,"l":[1,"2"],"o":{}} "#;
    let object = parse_object(text.as_bytes(), ANY_SIZE).expect("valid JSON");
    assert!(matches!(object.get("s"), Some(Value::String(Cow::Borrowed("a")))), "borrows where it can");
    assert_eq!(object.get("e").and_then(Value::as_str), Some("\u{e9}\u{1f600}"));
    assert!(object.get("n") == Some(&Value::Number(Number::Integer(-3))));
    assert!(object.get("f") == Some(&Value::Number(Number::Float(1.5))));
    assert!(object.get("b") == Some(&Value::Bool(true)) && object.get("z") == Some(&Value::Null));
    assert_eq!(object.get("l").and_then(Value::as_array).map(<[_]>::len), Some(2));
    assert!(object.get("o").and_then(Value::as_object).is_some_and(Object::is_empty));
    assert!(object.get("missing").is_none());
    assert_eq!(object.iter().map(|(name, _)| name).collect::<String>(), "senfbzlo");
}

#[test]
fn names_of_a_scripting_language_are_names_like_any_other() {
    let object = parse_object(br#"{"__proto__":{"iss":"x"},"constructor":1}"#, ANY_SIZE).expect("V40");
    assert!(object.get("iss").is_none());
    assert_eq!(object.len(), 2);
}

#[test]
fn only_plausible_dates_are_dates() {
    let table = [
        ("0", Some(0)),
        ("1768902173", Some(1_768_902_173)),
        ("1768902173.9", Some(1_768_902_173)),
        ("1.768902173e9", Some(1_768_902_173)),
        ("253402300799", Some(END_OF_9999)),
        ("253402300800", None),
        ("1768902173000", None),
        ("-1", None),
        ("-0.5", None),
        ("1e20", None),
        ("18446744073709551615", None),
        ("\"1768902173\"", None),
        ("true", None),
        ("null", None),
        ("[1768902173]", None),
    ];
    for (text, seconds) in table {
        let value = parse(text.as_bytes(), ANY_SIZE).expect("valid JSON");
        assert_eq!(value.numeric_date(), seconds, "V23 {text}");
    }
}

#[test]
fn nothing_read_is_printed() {
    let value = parse(br#"{"given_name":"Camila"}"#, ANY_SIZE).expect("valid JSON");
    assert!(!format!("{value:?} {:?}", value.as_object()).contains("Camila"));
}
