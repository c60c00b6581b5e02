//! Making credentials and switching them.

use testkit::{Answer, Party, TestServer};

use super::{Desk, shows_fault};

/// The text of the `<code>` that begins so.
fn code(page: &Answer, prefix: &str) -> String {
    let html = page.text();
    let found = html.split('>').find(|text| text.starts_with(prefix)).and_then(|text| text.split('<').next());
    found.expect("it is shown").to_owned()
}

async fn make(desk: &Desk<'_>) -> Answer {
    let fields = [
        ("mode", "test"),
        ("origins", "https://App.example.org\r\n\r\nhttp://localhost:3000\r\n"),
        ("redirect_uris", "https://app.example.org/cb\r\norg.example.app:/cb"),
        ("note", "<first>"),
    ];
    desk.post(&desk.path("/credentials"), &fields).await.is(201)
}

#[tokio::test]
async fn the_private_key_is_shown_once_and_works() {
    let server = TestServer::start().await;
    let desk = Desk::open(&server).await;
    let page = make(&desk).await;
    let (public_id, key) = (code(&page, "public_test_"), code(&page, "private_test_"));
    assert_eq!(page.header("cache-control"), "no-store");
    for path in ["/portal", "/portal/audit", &desk.path(""), &desk.path("/credentials")] {
        assert!(!desk.get(path).await.is(200).text().contains("private_test_"), "{path}");
    }
    let list = desk.get(&desk.path("/credentials")).await.text();
    for text in [
        &*public_id,
        "https://app.example.org<",
        "http://localhost:3000",
        "org.example.app:/cb",
        "&#60;first&#62;",
    ] {
        assert!(list.contains(text), "{text}");
    }
    let party = Party {
        http: server.http.clone(),
        public_id: public_id.clone(),
        private_key: model::Secret::new(key),
    };
    party.push(&server.id_token()).await;
    let made = format!("operator credential.added {public_id} {}", server.organization.id);
    assert!(desk.trail().await.contains(&made));
}

#[tokio::test]
async fn a_credential_that_is_switched_off_opens_nothing_until_it_is_on_again() {
    let server = TestServer::start().await;
    let (desk, party) = (Desk::open(&server).await, server.party().await);
    let path = desk.path(&format!("/credentials/{}", party.public_id));
    let answer = desk.post(&path, &[("active", "false")]).await.is(303);
    assert!(answer.header("location").ends_with("/credentials?lang=en&done=credential-off"));
    party.par(&server.id_token()).send().await.is_oauth_error(401, "invalid_client");
    assert!(desk.get(&desk.path("/credentials")).await.text().contains("value=\"true\">Switch on"));
    desk.post(&path, &[("active", "true")]).await.is(303);
    party.push(&server.id_token()).await;
    let trail = desk.trail().await.join("\n");
    for action in ["credential.switched_off", "credential.switched_on"] {
        assert!(trail.contains(&format!("operator {action} {}", party.public_id)), "{action}");
    }
}

#[tokio::test]
async fn how_id_tokens_are_judged_is_changed_and_counts_at_once() {
    let server = TestServer::start().await;
    let (desk, party) = (Desk::open(&server).await, server.party().await);
    let path = desk.path(&format!("/credentials/{}/tokens", party.public_id));
    let answer = desk.post(&path, &[("token_profile", "tefca-3.0"), ("token_once", "on")]).await.is(303);
    assert!(answer.header("location").ends_with("/credentials?lang=en&done=credential-tokens"));
    let changed = format!("operator credential.tokens_changed {} profile tefca-3.0, once", party.public_id);
    assert_eq!(desk.last_change().await, changed);
    let page = desk.get(&desk.path("/credentials")).await.is(200).text();
    assert!(page.contains("<option selected>tefca-3.0</option>") && page.contains("each once"), "{page}");
    let token = server.id_token();
    party.push(&token).await;
    assert!(party.par(&token).send().await.is(400).text().contains("token.replayed"));
    // What is not ticked is off, and what is not chosen is the token's own word.
    desk.post(&path, &[("token_profile", "")]).await.is(303);
    party.push(&token).await;
    let page = desk.get(&desk.path("/credentials")).await.is(200).text();
    assert!(!page.contains("<option selected>") && !page.contains("each once"));

    desk.post_bare(&path, &[("token_once", "on")]).await.is(403);
    let other = server.another_organization(2).await;
    let stranger = server.party_of(&other.id, model::Mode::Test).await;
    let path = desk.path(&format!("/credentials/{}/tokens", stranger.public_id));
    desk.post(&path, &[("token_once", "on")]).await.is_problem(404, "not_found");
    // The form for a new pair of keys has no such fields.
    let fields = [("mode", "test"), ("token_profile", "cms-aligned"), ("token_once", "on")];
    desk.post(&desk.path("/credentials"), &fields).await.is(201);
    assert!(!desk.get(&desk.path("/credentials")).await.text().contains("each once"));
}

#[tokio::test]
async fn a_policy_is_shown_with_its_keys_and_how_to_change_it() {
    let server = TestServer::start().await;
    let (desk, party) = (Desk::open(&server).await, server.party().await);
    let page = desk.get(&desk.path("/credentials")).await.is(200).text();
    assert!(page.contains("Profile <code>byoi</code>") && page.contains("<dd>Private key</dd>"), "{page}");
    let mut key = testkit::keys::signing_key(0).public_jwk();
    key["kid"] = "our-first".into();
    let policy = model::ClientPolicy {
        profile: model::ClientProfile::Fapi2,
        authentication: model::ClientAuthentication::PrivateKeyJwt(
            serde_json::json!({"keys": [key]}).to_string(),
        ),
        sender_constrained: true,
        hosted_proofing: true,
        token_exchange_uri: Some("https://app.example/exchange".to_owned()),
        ..model::ClientPolicy::default()
    };
    server.set_policy(&party, policy).await;
    let page = desk.get(&desk.path("/credentials")).await.is(200).text();
    for text in [
        "Profile <code>fapi2</code>",
        "keys: our-first<",
        "bound to a key (DPoP)</dt><dd>Yes<",
        "(standard flow)</dt><dd>Yes<",
        "<dd>https://app.example/exchange</dd>",
        "request_uri 90 s, code 60 s, access token 3600 s, refresh token 90 days",
        &format!("openias client policy {} {}", server.organization.id, party.public_id),
    ] {
        assert!(page.contains(text), "{text}");
    }
    let spanish = desk.get(&desk.path("/credentials?lang=es")).await.is(200).text();
    assert!(spanish.contains("claves: our-first") && spanish.contains("Para cambiarla"));
}

#[tokio::test]
async fn another_organizations_credential_is_not_found() {
    let server = TestServer::start().await;
    let other = server.another_organization(2).await;
    let party = server.party_of(&other.id, model::Mode::Test).await;
    let desk = Desk::open(&server).await;
    let path = desk.path(&format!("/credentials/{}", party.public_id));
    desk.post(&path, &[("active", "false")]).await.is_problem(404, "not_found");
}

#[tokio::test]
async fn faults_name_the_line_and_nothing_is_made() {
    let server = TestServer::start().await;
    let desk = Desk::open(&server).await;
    let before = desk.trail().await;
    let many = (0..26).map(|n| format!("https://app.example.org/{n}")).collect::<Vec<_>>().join("\n");
    for (field, value, text) in [
        ("mode", "prod", "Choose test or live."),
        (
            "origins",
            "https://ok.example\nhttps://app.example.org/path",
            "“https://app.example.org/path” is not an origin.",
        ),
        (
            "redirect_uris",
            "https://ok.example/cb\njavascript:alert(1)",
            "“javascript:alert(1)” cannot be a redirect URI.",
        ),
        (
            "redirect_uris",
            "http://app.example.org/cb",
            "“http://app.example.org/cb” cannot be a redirect URI.",
        ),
        ("redirect_uris", "intent://scan/#Intent", "“intent://scan/#Intent” cannot be a redirect URI."),
        ("origins", "https://*.example", "“https://*.example” is not an origin."),
        ("origins", "http://app.example.org", "“http://app.example.org” is not https."),
        ("redirect_uris", &many, "at most 25"),
        ("note", &"a".repeat(201), "at most 200 characters"),
    ] {
        let mut fields = vec![("mode", "live"), ("note", "kept")];
        fields.retain(|(name, _)| *name != field);
        fields.push((field, value));
        let page = desk.post(&desk.path("/credentials"), &fields).await.is(422);
        shows_fault(&page, field, text);
        assert!(field == "mode" || page.text().contains("value=\"live\" checked"), "{field}");
        assert!(field == "note" || page.text().contains("name=\"note\" value=\"kept\""), "{field}");
        assert!(field == "mode" || page.text().contains(value.trim_end()), "{field} loses what was entered");
    }
    assert_eq!(desk.trail().await, before);
}
