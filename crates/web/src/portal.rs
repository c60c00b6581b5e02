//! The operator's portal: organisations, their keys, webhooks, connections and exports, and the audit trail.
//! Made on the server, without a script. Each page is one file with its form's other end.

mod audit;
mod connections;
mod credentials;
mod csrf;
mod deliveries;
mod exports;
mod frame;
mod moment;
mod organization;
mod organizations;
mod paging;
mod policy;
mod reason;
mod requests;
mod secret;
mod session;
mod sheet;
mod sign_in;
mod stop;
mod token_lint;
mod upload;
mod webhooks;

use std::time::Duration;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{MethodRouter, get, post};
use store::StoreError;

use crate::App;

/// A printed sign-in link works once, this long, or until the next one is made.
const SIGN_IN_LIFE: Duration = Duration::from_mins(15);

/// Who acts, in the audit trail.
const ACTOR: &str = "operator";

/// A logo that is too large is told so up to here; what is longer is broken off.
const MAX_UPLOAD: usize = 2 << 20;

/// The pages of one organisation.
const ORGANIZATION: &str = "/portal/organizations/{organization}";

/// `/portal` and below.
pub(crate) fn routes() -> Router<App> {
    let of_organization: [(&str, MethodRouter<App>); 13] = [
        ("", get(organization::get).post(organization::post)),
        ("/logo", post(organization::logo).layer(DefaultBodyLimit::max(MAX_UPLOAD))),
        ("/credentials", get(credentials::get).post(credentials::post)),
        ("/credentials/{public_id}", post(credentials::switch)),
        ("/credentials/{public_id}/tokens", post(credentials::tokens)),
        ("/webhooks", get(webhooks::get).post(webhooks::post)),
        ("/webhooks/{endpoint}", get(deliveries::get).post(webhooks::switch)),
        ("/webhooks/{endpoint}/test", post(deliveries::test)),
        ("/webhooks/{endpoint}/deliveries/{delivery}", post(deliveries::resend)),
        ("/connections", get(connections::get)),
        ("/connections/{connection}/revoke", get(connections::ask).post(connections::revoke)),
        ("/exports", get(exports::get)),
        ("/requests", get(requests::get)),
    ];
    let router = Router::new()
        .route("/portal", get(organizations::get).post(organizations::post))
        .route("/portal/sign-in", get(sign_in::get).post(sign_in::post))
        .route("/portal/sign-out", post(sign_in::end))
        .route("/portal/token", get(token_lint::get).post(token_lint::post))
        .route("/portal/audit", get(audit::get));
    of_organization
        .into_iter()
        .fold(router, |router, (path, methods)| router.route(&format!("{ORGANIZATION}{path}"), methods))
        .layer(axum::middleware::from_fn(stop::explain))
}

/// A fresh link that signs an operator in, once and within a quarter of an hour; earlier ones stop working.
pub async fn sign_in_link(app: &App) -> Result<String, StoreError> {
    sign_in_link_for(app, SIGN_IN_LIFE).await
}

/// A fresh link that signs an operator in, once and within `life`; earlier ones stop working.
pub async fn sign_in_link_for(app: &App, life: Duration) -> Result<String, StoreError> {
    let token = app.entropy().secret();
    let mut tx = app.store().write().await?;
    tx.set_operator_sign_in(&token.hash(), app.clock().now().plus(life)).await?;
    tx.commit().await?;
    Ok(format!("{}/portal/sign-in?token={}", app.base_url(), token.expose()))
}
