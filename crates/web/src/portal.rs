//! The operator's portal.

use std::time::Duration;

use axum::Router;
use store::StoreError;

use crate::App;

/// A printed sign-in link works this long, or until the next one is made.
const SIGN_IN_LIFE: Duration = Duration::from_secs(12 * 3600);

/// `/portal` and below.
pub(crate) fn routes() -> Router<App> {
    Router::new()
}

/// A fresh link that signs an operator in; earlier ones stop working.
pub async fn sign_in_link(app: &App) -> Result<String, StoreError> {
    let token = app.entropy().secret();
    let mut tx = app.store().write().await?;
    tx.set_operator_sign_in(&token.hash(), app.clock().now().plus(SIGN_IN_LIFE)).await?;
    tx.commit().await?;
    Ok(format!("{}/portal/sign-in?token={}", app.base_url(), token.expose()))
}
