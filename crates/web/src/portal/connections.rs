//! `/portal/organizations/{organization}/connections`: whose records are shared, and the end of that.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use model::id::ConnectionId;
use model::{Organization, Timestamp};
use store::{Connection, ConnectionStatus};

use super::ACTOR;
use super::csrf::Posted;
use super::frame::{Frame, Notice};
use super::organization::{find, path_of};
use super::session::Operator;
use super::stop::Stop;
use crate::App;
use crate::pages::{self, Policy};

/// How many connections the page shows.
const SHOWN: u32 = 100;

#[derive(Template)]
#[template(path = "portal/connections.html")]
struct ConnectionsTemplate<'a> {
    frame: Frame,
    tab: &'static str,
    organization: &'a Organization,
    connections: &'a [Connection],
    now: Timestamp,
}

#[derive(Template)]
#[template(path = "portal/revoke.html")]
struct RevokeTemplate<'a> {
    frame: Frame,
    tab: &'static str,
    organization: &'a Organization,
    connection: &'a Connection,
    now: Timestamp,
}

/// `GET …/connections`
pub(super) async fn get(
    State(app): State<App>,
    operator: Operator,
    Path(id): Path<String>,
) -> Result<Response, Stop> {
    let organization = find(&app, &id).await?;
    let connections = app.store().read().await?.connections_of(&organization.id, SHOWN).await?;
    let template = ConnectionsTemplate {
        frame: operator.frame(),
        tab: "connections",
        organization: &organization,
        connections: &connections,
        now: app.clock().now(),
    };
    Ok(pages::page(StatusCode::OK, &Policy::default(), &template))
}

/// `GET …/connections/{connection}/revoke`: asks first, because nobody but the patient can undo it.
pub(super) async fn ask(
    State(app): State<App>,
    operator: Operator,
    Path((id, connection)): Path<(String, String)>,
) -> Result<Response, Stop> {
    let (organization, connection) = find_connection(&app, &id, &connection).await?;
    let template = RevokeTemplate {
        frame: operator.frame(),
        tab: "connections",
        organization: &organization,
        connection: &connection,
        now: app.clock().now(),
    };
    Ok(pages::page(StatusCode::OK, &Policy::default(), &template))
}

/// `POST …/connections/{connection}/revoke`
pub(super) async fn revoke(
    State(app): State<App>,
    Path((id, connection)): Path<(String, String)>,
    posted: Posted,
) -> Result<Response, Stop> {
    let operator = posted.operator;
    let (organization, connection) = find_connection(&app, &id, &connection).await?;
    let (connect, request_id) = (&app.connect, &operator.request_id);
    // One that is revoked already is what the operator wants it to be.
    connect::connections::revoke(connect, &connection.id, connection.tenant(), ACTOR, request_id).await?;
    Ok(operator.done(&format!("{}/connections", path_of(&organization.id)), Notice::Revoked))
}

async fn find_connection(app: &App, id: &str, connection: &str) -> Result<(Organization, Connection), Stop> {
    let organization = find(app, id).await?;
    let connection = ConnectionId::parse(connection)?;
    let found = app.store().read().await?.connection_in_any_mode(&connection, &organization.id).await?;
    Ok((organization, found.ok_or(Stop::NotFound)?))
}

/// How a state looks, and the key of its word.
fn state(connection: &Connection, now: Timestamp) -> (&'static str, &'static str) {
    match connection.status {
        ConnectionStatus::Revoked => ("off", "portal-connection-revoked"),
        ConnectionStatus::Authorized if connection.usable_at(now) => ("good", "portal-connection-connected"),
        ConnectionStatus::Authorized => ("off", "portal-connection-ended"),
    }
}

fn can_be_revoked(connection: &Connection) -> bool {
    connection.status == ConnectionStatus::Authorized
}
