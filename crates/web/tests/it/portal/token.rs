//! A token under the glass: what is pasted is judged, told and forgotten.

use model::Hcid;
use serde_json::json;
use testkit::{TestServer, logs};

use super::Desk;

/// The page after a token was pasted.
async fn judged(desk: &Desk<'_>, token: &str, more: &[(&str, &str)]) -> String {
    let fields = [&[("token", token)], more].concat();
    desk.post("/portal/token", &fields).await.is(200).text().replace("<wbr>", "")
}

/// What stands behind "What to tell the CSP", up to the next heading.
fn advice(page: &str) -> &str {
    let behind = page.split_once("What to tell the CSP</h2>").map_or("", |(_, behind)| behind);
    behind.split("<h2>").next().unwrap_or_default()
}

#[tokio::test]
async fn a_good_token_is_accepted_with_what_the_profiles_differ_about() {
    let server = TestServer::start().await;
    let desk = Desk::open(&server).await;
    let page = judged(&desk, &format!("  {}\n", server.id_token()), &[]).await;
    for text in ["Accepted", "tefca-2", "token.filler", "Set aud", "Right", server.csp.issuer.as_str()] {
        assert_eq!(page.contains(text), text != "Set aud", "{text}");
    }
    let strict = judged(&desk, &server.id_token(), &[("profile", "cms-aligned")]).await;
    assert!(strict.contains("Refused") && strict.contains("token.assurance_level"));
}

#[tokio::test]
async fn a_broken_one_is_refused_with_what_to_tell_the_csp() {
    let server = TestServer::start().await;
    let desk = Desk::open(&server).await;
    let mut claims = server.csp.claims(server.hcid(), server.clock.now());
    claims["birthdate"] = json!("1987");
    let page = judged(&desk, &server.csp.sign(&claims), &[]).await;
    assert!(page.contains("Refused") && page.contains("token.birthdate"));
    assert!(page.contains("Write birthdate as YYYY-MM-DD."));
    let tampered = judged(&desk, &server.csp.tamper(&claims), &[]).await;
    assert!(tampered.contains("jws.signature"));
    for text in ["not a token", "a.b.c.d.e", "{}", "<script>alert(1)</script>"] {
        let page = judged(&desk, text, &[]).await;
        assert!(page.contains("Refused") && !page.contains("<script"), "{text}");
    }
    claims["exp"] = json!(1_718_237_311);
    let expired = judged(&desk, &server.csp.sign(&claims), &[]).await;
    for words in ["2024-06-13T00:08:31Z", "It expired at", "<code>token.expired</code>"] {
        assert!(expired.contains(words), "{words}");
    }
}

#[tokio::test]
async fn what_par_would_refuse_does_not_read_as_accepted() {
    let server = TestServer::start().await;
    let desk = Desk::open(&server).await;
    let good = server.id_token();
    let hcid = server.hcid().oid().to_owned();
    let audience = [("audience", hcid.as_str())];
    let whole = judged(&desk, &good, &audience).await;
    assert!(whole.contains("chip good\">Accepted<") && !whole.contains("audience was not compared"));
    assert!(whole.contains("PAR alone can say") && whole.contains(&format!("value=\"{hcid}\" selected")));
    let open = judged(&desk, &good, &[]).await;
    assert!(open.contains("Accepted, with remarks") && open.contains("The audience was not compared"));
    for (text, words) in [
        (format!("{good}\n"), "There is a line break after the token"),
        (format!("Bearer {good}"), "the word Bearer before the token"),
        (json!({"access_token": "x", "id_token": good}).to_string(), "This is a token response"),
    ] {
        let page = judged(&desk, &text, &audience).await;
        assert!(page.contains(words) && page.contains("Accepted, with remarks"), "{words}");
    }
    for (text, words) in [
        (" \r\n", "Nothing was pasted"),
        ("mF_9B5f-4JqM", "has no dots"),
        ("{\"access_token\":1}", "without an id_token"),
    ] {
        let page = judged(&desk, text, &audience).await;
        assert!(page.contains(words) && advice(&page).is_empty(), "{words}");
    }
    let other = Hcid::parse("2.999.1").expect("an HCID");
    let foreign = server.csp.token(&other, server.clock.now());
    assert!(judged(&desk, &foreign, &audience).await.contains("<code>token.audience</code>"));
    assert!(
        judged(&desk, &foreign, &[("audience", "nonsense")]).await.contains("The audience was not compared")
    );
}

#[tokio::test]
async fn only_the_profile_that_counts_has_something_to_tell_the_csp() {
    let server = TestServer::start().await;
    let desk = Desk::open(&server).await;
    let by_token = judged(&desk, &server.id_token(), &[]).await;
    assert!(
        by_token.contains("token.assurance_level") && !advice(&by_token).contains("token.assurance_level")
    );
    let cms = judged(&desk, &server.id_token(), &[("profile", "cms-aligned")]).await;
    assert!(advice(&cms).contains("token.assurance_level"), "{}", advice(&cms));
}

#[tokio::test]
async fn why_there_are_no_keys_is_told() {
    let server = TestServer::start().await;
    let desk = Desk::open(&server).await;
    let mut claims = server.csp.claims(server.hcid(), server.clock.now());
    // Published, and not to be had from a machine whose names lead nowhere.
    claims["iss"] = json!("https://api.id.me/oidc");
    let page = judged(&desk, &server.csp.sign(&claims), &[]).await;
    let keys = "Not checked: the issuer&#39;s keys cannot be fetched.";
    assert!(page.contains(keys) && page.contains("https://api.id.me/oidc"), "{page}");
}

#[tokio::test]
async fn values_are_hidden_unless_asked_for_and_nothing_is_kept() {
    let server = TestServer::start().await;
    let desk = Desk::open(&server).await;
    let token = server.id_token();
    let (rows, trail) = (server.store().row_counts().await, desk.trail().await);
    let hidden = judged(&desk, &token, &[]).await;
    let shown = judged(&desk, &token, &[("reveal", "on")]).await;
    for value in ["Camila", "1987-09-12", "Johnson", testkit::forge::SSN, testkit::PATIENT] {
        assert!(!hidden.contains(value) && shown.contains(value), "{value}");
    }
    assert!(!hidden.contains(&token) && !shown.contains(&token));
    assert!(logs::hold("/portal/token"), "log lines are kept");
    for part in token.split('.').skip(1).chain([testkit::forge::SSN]) {
        assert!(!logs::hold(part), "a log line repeats what was pasted");
    }
    assert_eq!((server.store().row_counts().await, desk.trail().await), (rows, trail));
}

#[tokio::test]
async fn a_stranger_is_not_called() {
    let server = TestServer::start().await;
    let desk = Desk::open(&server).await;
    let stranger = testkit::issuer::Issuer::start(&[]).await;
    let mut claims = server.csp.claims(server.hcid(), server.clock.now());
    claims["iss"] = json!(stranger.url);
    let page = judged(&desk, &server.csp.sign(&claims), &[]).await;
    assert!(page.contains("Not judged") && page.contains("Not a trusted CSP"));
    assert_eq!(stranger.asked(), 0);
}

#[tokio::test]
async fn the_page_speaks_spanish() {
    let server = TestServer::start().await;
    let desk = Desk::open(&server).await;
    let csrf = desk.csrf().await;
    let fields = [("csrf", csrf.as_str()), ("token", "x.y")];
    let page = desk.post_bare("/portal/token?lang=es", &fields).await.is(200).text();
    assert!(page.contains("Rechazado") && page.contains("no es un token firmado"), "{page}");
    assert!(page.contains("Empieza de nuevo"), "another language loses the result, and says so");
    assert!(!desk.get("/portal/token?lang=es").await.text().contains("Empieza de nuevo"));
    let fields = [("csrf", csrf.as_str()), ("token", "")];
    let page = desk.post_bare("/portal/token?lang=es", &fields).await.is(200).text();
    assert!(page.contains("No se pegó nada") && !page.contains("Rechazado"), "{page}");
}
