//! `GET /bridge/org`: what a page may know of the organisation behind a public id.

use axum::extract::State;
use axum::response::Response;
use model::Mode;
use serde_json::json;

use super::{caller, success};
use crate::App;
use crate::api_error::ApiError;
use crate::request::{FormFault, Query};

pub(crate) async fn get(
    State(app): State<App>,
    query: Result<Query, FormFault>,
) -> Result<Response, ApiError> {
    let Query(fields) = query?;
    let client = caller::page(&app, &fields).await?;
    let organization = &client.organization;
    let flags: Vec<String> = [Mode::Test, Mode::Live]
        .into_iter()
        .flat_map(|mode| {
            let entitled = organization.entitlements(mode);
            let tefca = entitled.tefca.then(|| format!("{mode}.tefca.enable"));
            let byoi = (entitled.tefca && entitled.byoi).then(|| format!("{mode}.byoi.enable"));
            tefca.into_iter().chain(byoi)
        })
        .collect();
    Ok(success(&json!({
        "id": organization.id.as_str(),
        "name": organization.name,
        "logo_uri": organization.logo_uri,
        "website_uri": organization.website_uri,
        "privacy_policy_uri": organization.privacy_policy_uri,
        "terms_and_conditions_uri": organization.terms_uri,
        "status": "active",
        "feature_flags": flags,
    })))
}
