//! V16, V30 to V33: what an issuer's server does, and what becomes of its keys here.
#![expect(
    clippy::expect_used,
    clippy::panic,
    reason = "what goes wrong here is the failure of the test that stands on it"
)]

use std::sync::Arc;
use std::time::Duration;

use jose::KeySet;
use metrics_exporter_prometheus::PrometheusBuilder;
use model::Timestamp;
use openias_egress::{Client, FRESH, IssuerKeys, KeySource, KeysUnavailable, Origin, PAUSE, STALE};
use serde_json::{Value, json};
use testkit::issuer::Issuer;
use testkit::keys;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

const NOW: Timestamp = Timestamp::from_seconds(1_780_000_000);

fn jwk(number: usize) -> Value {
    keys::signing_key(number).public_jwk()
}

fn kid(number: usize) -> String {
    keys::signing_key(number).kid().to_owned()
}

fn renamed(number: usize, kid: &str) -> Value {
    let mut jwk = jwk(number);
    jwk["kid"] = json!(kid);
    jwk
}

fn keys_of(issuers: &[&Issuer]) -> IssuerKeys {
    let origins = issuers.iter().map(|issuer| Origin::parse(&issuer.url).expect("an origin"));
    IssuerKeys::new(Client::new(origins))
}

/// Whether the key of that number is among what `of` yields.
async fn holds(keys: &IssuerKeys, issuer: &Issuer, number: usize, now: Timestamp) -> bool {
    let kid = kid(number);
    let set = keys.of(&issuer.url, Some(&kid), now).await.expect("keys");
    set.find(&kid).is_some()
}

#[tokio::test]
async fn d6_any_number_of_callers_cost_one_fetch() {
    let issuer = Issuer::start(&[jwk(0)]).await;
    let keys = keys_of(&[&issuer]);
    let calls = (0..64).map(|_| {
        let (keys, url) = (keys.clone(), issuer.url.clone());
        tokio::spawn(async move { keys.of(&url, None, NOW).await.map(|set| set.keys().len()) })
    });
    for call in calls.collect::<Vec<_>>() {
        assert_eq!(call.await.expect("no panic"), Ok(1));
    }
    assert_eq!(issuer.asked(), 1);
}

#[tokio::test]
async fn v16_unknown_key_ids_cost_one_fetch_a_minute() {
    let issuer = Issuer::start(&[jwk(0)]).await;
    let keys = keys_of(&[&issuer]);
    for flood in 0..100 {
        let set = keys.of(&issuer.url, Some(&format!("guess-{flood}")), NOW).await.expect("keys");
        assert!(set.find("guess").is_none());
    }
    assert_eq!(issuer.asked(), 1);
    let later = NOW.plus(PAUSE);
    for flood in 0..100 {
        keys.of(&issuer.url, Some(&format!("guess-{flood}")), later).await.expect("keys");
    }
    assert_eq!(issuer.asked(), 2);
}

#[tokio::test]
async fn v32_a_new_key_counts_at_once_and_an_old_one_no_longer() {
    let issuer = Issuer::start(&[jwk(0)]).await;
    let keys = keys_of(&[&issuer]);
    assert!(holds(&keys, &issuer, 0, NOW).await);
    issuer.publishes(&[jwk(1)]);
    let later = NOW.plus(PAUSE);
    assert!(holds(&keys, &issuer, 0, later).await, "the old one, until somebody asks for the new one");
    assert!(holds(&keys, &issuer, 1, later).await);
    assert!(!holds(&keys, &issuer, 0, later).await);
}

#[tokio::test]
async fn d6_keys_are_fetched_ahead_while_the_old_ones_serve() {
    let issuer = Issuer::start(&[jwk(0)]).await;
    let keys = keys_of(&[&issuer]);
    assert!(holds(&keys, &issuer, 0, NOW).await);
    let due = NOW.plus(Duration::from_mins(9));
    // The test's runtime has one thread: what is fetched behind comes after the answer.
    assert!(holds(&keys, &issuer, 0, due).await);
    assert_eq!(issuer.asked(), 1);
    let fetched = async {
        while issuer.asked() < 2 {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(30), fetched).await.expect("fetched behind");
    issuer.falls_silent();
    assert!(holds(&keys, &issuer, 0, due).await, "and nobody waits for it");
}

#[tokio::test]
async fn v31_stale_keys_serve_for_a_day_and_then_nothing_does() {
    let issuer = Issuer::start(&[jwk(0)]).await;
    let keys = keys_of(&[&issuer]);
    assert!(holds(&keys, &issuer, 0, NOW).await);
    issuer.answers(503);
    let mut now = NOW.plus(FRESH);
    while now < NOW.plus(STALE) {
        assert!(holds(&keys, &issuer, 0, now).await);
        now = now.plus(Duration::from_hours(6));
    }
    let unavailable = keys.of(&issuer.url, None, NOW.plus(STALE)).await.map(drop);
    assert!(matches!(unavailable, Err(KeysUnavailable::Discovery { .. })), "{unavailable:?}");
    issuer.answers(200);
    let resting = keys.of(&issuer.url, None, NOW.plus(STALE)).await.map(drop);
    assert_eq!(resting, unavailable, "it rests before it is asked again");
    assert!(holds(&keys, &issuer, 0, NOW.plus(STALE).plus(PAUSE)).await);
}

#[tokio::test]
async fn v30_a_set_without_a_usable_key_never_replaces_a_good_one() {
    let issuer = Issuer::start(&[jwk(0)]).await;
    let keys = keys_of(&[&issuer]);
    assert!(holds(&keys, &issuer, 0, NOW).await);
    let mut now = NOW.plus(FRESH);
    let mut nameless = jwk(1);
    nameless.as_object_mut().expect("a key").remove("kid");
    let nameless = json!({"keys": [nameless]}).to_string();
    let oct = r#"{"keys":[{"kty":"oct","k":"AAAA"}]}"#;
    for nothing in [r#"{"keys":[]}"#, oct, &nameless, "<html>", "", "[]"] {
        issuer.publishes_text(nothing);
        assert!(holds(&keys, &issuer, 0, now).await, "{nothing}");
        now = now.plus(FRESH);
    }
    let fresh = keys_of(&[&issuer]);
    assert!(matches!(fresh.of(&issuer.url, None, NOW).await, Err(KeysUnavailable::Keys { .. })));
}

/// Why the keys at an address cannot be had.
async fn refused(issuer: &str, jwks_uri: String) -> String {
    let client = Client::new(Origin::of_url(&jwks_uri));
    let keys = IssuerKeys::new(client).with(issuer, KeySource::JwksUri(jwks_uri));
    match keys.of(issuer, None, NOW).await.map(drop) {
        Err(KeysUnavailable::Keys { why, .. }) => why,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn v30_keys_behind_a_redirect_are_nobodys() {
    let (issuer, other) = (Issuer::start(&[jwk(0)]).await, Issuer::start(&[jwk(1)]).await);
    let elsewhere = format!("{}/jwks", other.url);
    issuer.publishes_under(&[("location", &elsewhere)], b"");
    for status in [301, 302, 303, 307, 308] {
        issuer.answers(status);
        assert_eq!(refused(&issuer.url, format!("{}/jwks", issuer.url)).await, format!("status {status}"));
    }
    assert_eq!(other.asked(), 0);
}

#[tokio::test]
async fn v30_keys_are_served_as_json() {
    let issuer = Issuer::start(&[jwk(0)]).await;
    let document = json!({"keys": [jwk(0)]}).to_string();
    for media_type in ["text/html", "text/plain; charset=utf-8", "application/octet-stream", "json", ""] {
        issuer.publishes_under(&[("content-type", media_type)], document.as_bytes());
        let why = refused(&issuer.url, format!("{}/jwks", issuer.url)).await;
        assert_eq!(why, "it is not served as JSON", "{media_type}");
    }
    for headers in [
        &[("content-type", "application/json")][..],
        &[("content-type", "Application/JSON; charset=utf-8")],
        &[("content-type", "application/jwk-set+json")],
        &[],
    ] {
        issuer.publishes_under(headers, document.as_bytes());
        assert!(holds(&keys_of(&[&issuer]), &issuer, 0, NOW).await, "{headers:?}");
    }
}

#[tokio::test]
async fn v30_nothing_is_inflated() {
    let issuer = Issuer::start(&[]).await;
    let document = json!({"keys": [jwk(0)]}).to_string();
    let headers = [("content-type", "application/json"), ("content-encoding", "gzip")];
    issuer.publishes_under(&headers, &gzip(document.as_bytes()));
    let why = refused(&issuer.url, format!("{}/jwks", issuer.url)).await;
    assert!(why.ends_with("it is not UTF-8"), "a bomb would be nothing but its bytes: {why}");
}

/// Any reader of gzip finds these bytes in it: one stored block (RFC 1951 section 3.2.4, RFC 1952).
fn gzip(bytes: &[u8]) -> Vec<u8> {
    let length = u16::try_from(bytes.len()).expect("short");
    let crc = !bytes.iter().fold(!0u32, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| (crc >> 1) ^ (0xedb8_8320 * (crc & 1)))
    });
    [
        &[0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255, 1][..],
        &length.to_le_bytes(),
        &(!length).to_le_bytes(),
        bytes,
        &crc.to_le_bytes(),
        &u32::from(length).to_le_bytes(),
    ]
    .concat()
}

#[tokio::test]
async fn v30_an_answer_that_drips_ends_with_the_time_of_the_whole() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    let dripping = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.expect("a caller");
        assert!(stream.read(&mut [0; 1024]).await.expect("a request") > 0);
        tokio::time::pause();
        let head = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 100000\r\n\r\n";
        let (mut sent, mut seconds) = (stream.write_all(head).await, 0);
        while sent.is_ok() {
            tokio::time::advance(Duration::from_secs(1)).await;
            sent = stream.write_all(b" ").await;
            seconds += 1;
        }
        seconds
    });
    assert_eq!(refused(&url, format!("{url}/jwks")).await, "no answer in time");
    let seconds = dripping.await.expect("the caller hangs up");
    assert!(seconds < 60, "{seconds}");
}

#[tokio::test]
async fn v31_without_tls_there_are_no_keys() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let url = format!("https://{}", listener.local_addr().expect("an address"));
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            // Not a word of TLS.
            let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await;
        }
    });
    assert_eq!(refused(&url, format!("{url}/jwks")).await, "no connection");
}

#[tokio::test]
async fn v31_an_alarm_sounds_as_long_as_keys_are_stale_or_missing() {
    let recorder = PrometheusBuilder::new().build_recorder();
    let _here = metrics::set_default_local_recorder(&recorder);
    let issuer = Issuer::start(&[jwk(0)]).await;
    let keys = keys_of(&[&issuer]);
    let says = |name: &str| {
        let rendered = recorder.handle().render();
        let line = rendered.lines().find(|line| line.starts_with(&format!("openias_issuer_keys_{name}")));
        line.and_then(|line| line.rsplit(' ').next()).map(str::to_owned)
    };
    let alarm = || (says("usable{"), says("stale_seconds{"));
    let said = |usable: &str, stale: Option<&str>| (Some(usable.to_owned()), stale.map(str::to_owned));

    issuer.answers(503);
    keys.of(&issuer.url, None, NOW).await.expect_err("never had");
    assert_eq!(alarm(), said("0", None), "no age, and no token can be judged");
    issuer.answers(200);
    let had = NOW.plus(PAUSE);
    keys.of(&issuer.url, None, had).await.expect("keys");
    assert_eq!(alarm(), said("1", Some("0")));
    issuer.answers(503);
    keys.of(&issuer.url, None, had.plus(Duration::from_hours(1))).await.expect("stale keys");
    assert_eq!(alarm(), said("1", Some("3600")));
    keys.of(&issuer.url, None, had.plus(STALE)).await.expect_err("too old");
    assert_eq!(alarm(), said("0", Some("86400")));
    let counted = |outcome: &str| {
        let rendered = recorder.handle().render();
        rendered.lines().any(|line| line.ends_with(outcome) && line.contains("keys_fetches_total"))
    };
    assert!(counted("outcome=\"failed\"} 3") && counted("outcome=\"fetched\"} 1"));
}

#[tokio::test]
async fn v33_a_discovery_document_is_strict_json_that_names_its_keys() {
    let issuer = Issuer::start(&[jwk(0)]).await;
    let url = &issuer.url;
    let twice = format!(r#"{{"issuer":"{url}","issuer":"{url}","jwks_uri":"{url}/jwks"}}"#);
    for (document, words) in [
        (json!({"issuer": url}).to_string(), "names no jwks_uri"),
        (json!({"issuer": url, "jwks_uri": null}).to_string(), "names no jwks_uri"),
        (json!({"issuer": url, "jwks_uri": 7}).to_string(), "names no jwks_uri"),
        (json!({"jwks_uri": format!("{url}/jwks")}).to_string(), "names no issuer"),
        (json!("nothing").to_string(), "not strict JSON"),
        (twice, "names a member twice"),
    ] {
        issuer.says_text(&document);
        let refused = keys_of(&[&issuer]).of(url, None, NOW).await.expect_err(&document).to_string();
        assert!(refused.contains(words), "{refused}");
    }
    assert_eq!(issuer.asked(), 0);
}

#[tokio::test]
async fn v33_a_discovery_document_speaks_for_its_own_issuer_and_origin() {
    let issuer = Issuer::start(&[jwk(0)]).await;
    let jwks_uri = format!("{}/jwks", issuer.url);
    for (document, foreign) in [
        (json!({"issuer": "https://other.example", "jwks_uri": jwks_uri}), true),
        (json!({"issuer": format!("{}/", issuer.url), "jwks_uri": jwks_uri}), true),
        (json!({"issuer": issuer.url, "jwks_uri": "https://keys.example/jwks"}), false),
        (json!({"issuer": issuer.url, "jwks_uri": "/jwks"}), false),
    ] {
        issuer.says(&document);
        let expected = if foreign {
            KeysUnavailable::ForeignDocument(issuer.url.clone())
        } else {
            KeysUnavailable::ForeignKeys(issuer.url.clone())
        };
        let outcome = keys_of(&[&issuer]).of(&issuer.url, None, NOW).await.map(drop);
        assert_eq!(outcome, Err(expected), "{document}");
    }
    assert_eq!(issuer.asked(), 0);
}

/// Asks for keys as somebody who hangs up before they come, after that many turns of the runtime.
async fn hang_up(keys: &IssuerKeys, issuer: &Issuer, now: Timestamp, turns: usize) {
    let (kid, url, keys) = (kid(0), issuer.url.clone(), keys.clone());
    let impatient = tokio::spawn(async move { keys.of(&url, Some(&kid), now).await.map(drop) });
    for _ in 0..turns {
        tokio::task::yield_now().await;
    }
    impatient.abort();
    assert!(impatient.await.is_err(), "nobody waited");
}

#[tokio::test]
async fn v16_callers_who_hang_up_cost_one_fetch_together() {
    let issuer = Issuer::start(&[jwk(0)]).await;
    issuer.falls_silent();
    let by_address = KeySource::JwksUri(format!("{}/keys.json", issuer.url));
    let keys = keys_of(&[&issuer]).with(&issuer.url, by_address);
    for _ in 0..20 {
        // Long enough for a request to reach the issuer, which answers none.
        hang_up(&keys, &issuer, NOW, 2000).await;
    }
    assert_eq!(issuer.asked(), 1);
}

#[tokio::test]
async fn v32_a_withdrawn_key_does_not_live_on_callers_who_hang_up() {
    let issuer = Issuer::start(&[jwk(0)]).await;
    let keys = keys_of(&[&issuer]);
    assert!(holds(&keys, &issuer, 0, NOW).await);
    issuer.publishes(&[jwk(1)]);
    let later = NOW.plus(FRESH);
    hang_up(&keys, &issuer, later, 1).await;
    assert!(!holds(&keys, &issuer, 0, later).await);
    assert_eq!(issuer.asked(), 2);
}

#[tokio::test]
async fn v31_a_failure_nobody_waited_for_is_sounded_and_remembered() {
    testkit::logs::keep();
    let issuer = Issuer::start(&[jwk(0)]).await;
    let keys = keys_of(&[&issuer]);
    assert!(holds(&keys, &issuer, 0, NOW).await);
    issuer.answers(503);
    let later = NOW.plus(FRESH);
    hang_up(&keys, &issuer, later, 1).await;
    assert!(holds(&keys, &issuer, 0, later).await, "stale keys, once the failure is known");
    assert!(testkit::logs::hold(&format!("cannot be fetched issuer={:?}", issuer.url)));
    issuer.answers(200);
    assert!(holds(&keys, &issuer, 0, later).await && issuer.asked() == 1, "it rests");
}

#[tokio::test]
async fn v06_a_discovery_document_is_strict_json() {
    let issuer = Issuer::start(&[jwk(0)]).await;
    let document = json!({"issuer": issuer.url, "jwks_uri": format!("{}/jwks", issuer.url)}).to_string();
    let good = document.trim_end_matches('}');
    let deep = format!("{good},\"x\":{}{}}}", "[".repeat(20), "]".repeat(20));
    let evil = format!("{good},\"jwks\\u005furi\":\"https://other.example/jwks\"}}");
    for text in [format!("{good},\"x\":1,\"x\":2}}"), deep, evil, format!("{document}{{}}"), "{}".to_owned()]
    {
        issuer.says_text(&text);
        let outcome = keys_of(&[&issuer]).of(&issuer.url, None, NOW).await.map(drop);
        assert!(matches!(outcome, Err(KeysUnavailable::Discovery { .. })), "{text} {outcome:?}");
    }
    assert_eq!(issuer.asked(), 0);
    issuer.says_text(&document);
    assert!(holds(&keys_of(&[&issuer]), &issuer, 0, NOW).await);
}

#[tokio::test]
async fn a_broken_issuer_slows_nobody_else() {
    let (broken, good) = (Issuer::start(&[jwk(0)]).await, Issuer::start(&[jwk(1)]).await);
    broken.falls_silent();
    let keys = keys_of(&[&broken, &good]);
    let waiting = tokio::spawn({
        let (keys, url) = (keys.clone(), broken.url.clone());
        async move { keys.of(&url, None, NOW).await.map(drop) }
    });
    assert!(holds(&keys, &good, 1, NOW).await);
    assert!(!waiting.is_finished());
    waiting.abort();
}

#[tokio::test]
async fn pinned_keys_and_a_pinned_address_need_no_discovery() {
    let issuer = Issuer::start(&[jwk(0)]).await;
    issuer.says(&json!("nothing"));
    let by_address =
        keys_of(&[&issuer]).with(&issuer.url, KeySource::JwksUri(format!("{}/keys.json", issuer.url)));
    assert!(holds(&by_address, &issuer, 0, NOW).await);
    let document = json!({"keys": [jwk(1)]}).to_string();
    let pinned = Arc::new(KeySet::from_json(document.as_bytes()).expect("keys"));
    let pinned = keys_of(&[&issuer]).with(&issuer.url, KeySource::Pinned(pinned));
    assert!(holds(&pinned, &issuer, 1, NOW.plus(STALE).plus(STALE)).await);
    assert_eq!(issuer.asked(), 1);
}

#[tokio::test]
async fn another_key_under_a_known_id_is_sounded() {
    testkit::logs::keep();
    let issuer = Issuer::start(&[renamed(0, "one")]).await;
    let alarm = format!("another key than before issuer={:?}", issuer.url);
    let keys = keys_of(&[&issuer]);
    keys.of(&issuer.url, Some("one"), NOW).await.expect("keys");
    issuer.publishes(&[renamed(0, "one"), jwk(1)]);
    keys.of(&issuer.url, Some("one"), NOW.plus(FRESH)).await.expect("keys");
    assert!(!testkit::logs::hold(&alarm));
    issuer.publishes(&[renamed(1, "one")]);
    keys.of(&issuer.url, Some("one"), NOW.plus(FRESH).plus(FRESH)).await.expect("keys");
    assert!(testkit::logs::hold(&alarm));
}

/// The key as its owner alone may have it.
fn with_private_half(number: usize) -> Value {
    let mut jwk = renamed(number, "leaked");
    jwk["d"] = json!("AQAB");
    jwk
}

#[tokio::test]
async fn v30_a_key_whose_private_half_is_published_is_trusted_no_more() {
    testkit::logs::keep();
    let issuer = Issuer::start(&[jwk(0)]).await;
    let keys = keys_of(&[&issuer]);
    assert!(holds(&keys, &issuer, 0, NOW).await);
    issuer.publishes(&[with_private_half(0)]);
    let unknown = keys.of(&issuer.url, Some("new"), NOW.plus(PAUSE)).await.map(drop);
    assert!(matches!(unknown, Err(KeysUnavailable::Keys { .. })), "{unknown:?}");
    assert!(testkit::logs::hold(&format!("not trusted any more issuer={:?}", issuer.url)));
    // Nor when it is published as if nothing had happened.
    issuer.publishes(&[jwk(0), jwk(1)]);
    let later = NOW.plus(PAUSE).plus(PAUSE);
    assert!(holds(&keys, &issuer, 1, later).await && !holds(&keys, &issuer, 0, later).await);
}

#[tokio::test]
async fn v30_the_other_keys_serve_on_when_one_is_compromised() {
    let issuer = Issuer::start(&[jwk(0), jwk(1)]).await;
    let keys = keys_of(&[&issuer]);
    assert!(holds(&keys, &issuer, 0, NOW).await);
    issuer.publishes(&[with_private_half(0)]);
    let later = NOW.plus(FRESH);
    assert!(!holds(&keys, &issuer, 0, later).await && holds(&keys, &issuer, 1, later).await);
}

#[tokio::test]
async fn another_key_under_an_id_that_was_away_is_sounded_too() {
    testkit::logs::keep();
    let issuer = Issuer::start(&[renamed(0, "one")]).await;
    let alarm = format!("another key than before issuer={:?}", issuer.url);
    let keys = keys_of(&[&issuer]);
    let mut now = NOW;
    for (published, sounds) in
        [(vec![renamed(0, "one")], false), (vec![jwk(1)], false), (vec![renamed(1, "one")], true)]
    {
        issuer.publishes(&published);
        keys.of(&issuer.url, Some("one"), now).await.expect("keys");
        assert_eq!(testkit::logs::hold(&alarm), sounds);
        now = now.plus(FRESH);
    }
}
