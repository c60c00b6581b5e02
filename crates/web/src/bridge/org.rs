//! `GET /bridge/org`: what a page may know of the organisation behind a public id.

use axum::extract::State;
use axum::response::Response;
use model::Mode;
use serde::Serialize;
use utoipa::ToSchema;

use super::{Success, caller, success};
use crate::App;
use crate::api_error::{ApiError, Envelope};
use crate::request::{FormFault, Query};

#[derive(Serialize, ToSchema)]
pub(crate) struct Organization {
    id: String,
    name: String,
    logo_uri: Option<String>,
    website_uri: Option<String>,
    privacy_policy_uri: Option<String>,
    terms_and_conditions_uri: Option<String>,
    /// `active`.
    status: &'static str,
    /// What is switched on: `test.tefca.enable`, `test.byoi.enable`, and the same of `live`.
    feature_flags: Vec<String>,
}

/// What a page may know of the organisation behind a public id.
#[utoipa::path(
    get,
    path = "/bridge/org",
    tag = "bridge",
    operation_id = "getOrganization",
    params(("public_id" = String, Query, description = "The credential that the page names")),
    responses(
        (status = 200, description = "The organisation", body = Success<Organization>),
        (status = 400, description = "`invalid_request`: a parameter is repeated or cannot be read", body = Envelope),
        (status = 404, description = "`not_found`: no active credential has this public id", body = Envelope),
        (status = 500, description = "`server_error`: something went wrong on our side", body = Envelope),
    ),
)]
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
    Ok(success(Organization {
        id: organization.id.to_string(),
        name: organization.name.clone(),
        logo_uri: organization.logo_uri.clone(),
        website_uri: organization.website_uri.clone(),
        privacy_policy_uri: organization.privacy_policy_uri.clone(),
        terms_and_conditions_uri: organization.terms_uri.clone(),
        status: "active",
        feature_flags: flags,
    }))
}
