//! `GET /` and `GET /r/{reference}`: the page of the widget, for the pages that may show it.

use axum::extract::{RawQuery, State};
use axum::response::Response;
use model::{Credential, Mode};

use crate::App;
use crate::language::Language;
use crate::pages;

/// The widget where a `public-id` is given, else the start page. `/r/{reference}` brings the end of a
/// `request_uri` in its path, for SDKs that have no property for it; the widget's script reads it there.
pub(crate) async fn get(State(app): State<App>, RawQuery(query): RawQuery, language: Language) -> Response {
    let query = query.unwrap_or_default();
    let public_id = form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "public-id");
    let Some((_, public_id)) = public_id else { return pages::landing(language) };
    match client(&app, &public_id).await {
        // Nothing can be done on the page of an unknown client but tell its developer, wherever it stands.
        Ok(None) => pages::widget(language, app.base_url(), &["*".to_owned()]),
        Ok(Some(credential)) => pages::widget(language, app.base_url(), &frame_ancestors(&credential)),
        Err(error) => pages::problem(language, (&error).into(), &[]),
    }
}

async fn client(app: &App, public_id: &str) -> Result<Option<Credential>, store::StoreError> {
    let mut tx = app.store().read().await?;
    Ok(::identity::clients::identify(&mut tx, public_id).await?.ok().map(|client| client.credential))
}

/// Who may frame pages of a client: this server, whose widget nests the consent page, the client's own
/// pages, and in test mode a developer's machine.
pub(crate) fn frame_ancestors(credential: &Credential) -> Vec<String> {
    let local: &[&str] = match credential.mode() {
        Mode::Test => &["http://localhost:*", "http://127.0.0.1:*"],
        Mode::Live => &[],
    };
    let own = credential.origins.iter().map(String::as_str);
    ["'self'"].into_iter().chain(own).chain(local.iter().copied()).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::id::OrganizationId;
    use model::{PublicId, SecretHash, TokenPolicy};

    #[test]
    fn a_developers_machine_frames_test_pages_alone() {
        let ancestors = |mode| {
            frame_ancestors(&Credential {
                public_id: PublicId::from_random(mode, [1; 45]),
                organization_id: OrganizationId::from_random([1; 16]),
                private_key: SecretHash::of("x"),
                redirect_uris: Vec::new(),
                origins: vec!["https://app.example.org".to_owned()],
                note: String::new(),
                tokens: TokenPolicy::default(),
                policy: model::ClientPolicy::default(),
                active: true,
            })
        };
        assert_eq!(ancestors(Mode::Live), ["'self'", "https://app.example.org"]);
        assert_eq!(ancestors(Mode::Test)[2..], ["http://localhost:*", "http://127.0.0.1:*"]);
    }
}
