use model::Entitlements;
use model::id::OrganizationId;

use super::*;
use crate::pages::testing::{body_of, header_of};

fn organization() -> Organization {
    Organization {
        id: OrganizationId::from_random([7; 16]),
        name: "Fictional Health".to_owned(),
        logo_uri: None,
        website_uri: None,
        privacy_policy_uri: Some("https://health.example/privacy".to_owned()),
        terms_uri: None,
        hcid: None,
        test: Entitlements::default(),
        live: Entitlements::default(),
    }
}

fn shown<'a>(organization: &'a Organization, ancestors: &'a [String]) -> ConsentPage<'a> {
    ConsentPage {
        organization,
        mode: Mode::Test,
        given_name: "Camila",
        consent_ends: Timestamp::from_seconds(1_826_755_200),
        handle: "handle-1",
        redirect_uri: "https://app.example.org/authorized",
        frame_ancestors: ancestors,
    }
}

#[tokio::test]
async fn the_patient_reads_who_asks_for_how_long_and_decides() {
    let organization = organization();
    let ancestors = ["'self'".to_owned()];
    let response = consent(Language::En, &shown(&organization, &ancestors));
    assert_eq!(header_of(&response, "cache-control"), "no-store");
    assert!(
        header_of(&response, "content-security-policy")
            .ends_with("form-action 'self' https://app.example.org; frame-ancestors 'self'")
    );
    let body = body_of(response).await;
    for part in [
        "Fictional Health",
        "Hello, Camila.",
        "November 21, 2027",
        "21 de noviembre de 2027",
        "https://health.example/privacy",
        "action=\"/oauth2/authorize/decision\"",
        "name=\"handle\" value=\"handle-1\"",
        "name=\"decision\" value=\"allow\"",
        "name=\"decision\" value=\"deny\"",
        "This is a test.",
    ] {
        assert!(body.contains(part), "{part}");
    }
}

#[tokio::test]
async fn live_pages_do_not_speak_of_a_test() {
    let organization = organization();
    let live = ConsentPage { mode: Mode::Live, ..shown(&organization, &[]) };
    assert!(!body_of(consent(Language::En, &live)).await.contains("This is a test."));
}

#[tokio::test]
async fn what_an_organisation_registered_cannot_become_script() {
    let organization = Organization {
        name: "<script>alert(1)</script>".to_owned(),
        logo_uri: Some("https://tracker.example/logo.png".to_owned()),
        privacy_policy_uri: Some("javascript:alert(1)".to_owned()),
        terms_uri: Some("javascript:alert(2)".to_owned()),
        ..organization()
    };
    let response =
        consent(Language::En, &ConsentPage { given_name: "\"><img src=x>", ..shown(&organization, &[]) });
    let body = body_of(response).await;
    for part in ["<script>alert", "tracker.example", "javascript:", "<img"] {
        assert!(!body.contains(part), "{part}");
    }
    assert!(body.contains("&#60;script&#62;alert(1)"));
}
