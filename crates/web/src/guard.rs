//! What stands around the endpoints that anybody can call: limits before them, and the log of what failed behind
//! them.

mod brings;

use std::net::{IpAddr, Ipv4Addr};

use axum::extract::{FromRequestParts as _, MatchedPath, Request};
use axum::http::header::{AUTHORIZATION, RETRY_AFTER};
use axum::http::{HeaderValue, Method};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use model::Busy;
use store::FailedCall;

use crate::App;
use crate::address::{Network, Peer};
use crate::api_error::ApiError;
use crate::call::{self, Call, Failure, noting};
use crate::language::Language;
use crate::limits::Brought;
use crate::oauth::OAuthError;
use crate::pages::{self, Problem};
use crate::request::{ClientProof, RequestId, method_name};
use crate::response::even_after_panic;
use brings::{in_form, in_headers};

/// Who answers, and in which form a refusal is read there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Area {
    /// Programs that speak OAuth.
    OAuth,
    /// Programs that speak the bridge API.
    Bridge,
    /// Browsers.
    Page,
    /// Browsers whose operator signs in.
    SignIn,
}

impl Area {
    /// The area of a route, if it is one that is limited.
    pub(crate) fn of(method: &Method, route: &str) -> Option<Self> {
        let path = route.strip_prefix("/v1").unwrap_or(route);
        if path == "/portal/sign-in" {
            return (method == Method::POST).then_some(Self::SignIn);
        }
        let pages = ["/", "/r/{reference}", "/bridge/callback"];
        if pages.contains(&path) || path.starts_with("/portal") {
            return Some(Self::Page);
        }
        if path.starts_with("/bridge/") || path.starts_with("/downloads/") {
            return Some(Self::Bridge);
        }
        let issued = path.starts_with("/authenticate/");
        if (!issued && !path.starts_with("/oauth2/"))
            || path.ends_with("/jwks")
            || path.contains("/.well-known/")
        {
            return None;
        }
        let pages = ["/authorize", "/inquiry/", "/logout", "/proofing"];
        Some(if pages.iter().any(|page| path.contains(page)) { Self::Page } else { Self::OAuth })
    }

    /// Whether a request says in its form who calls. Whoever reads the form asks [`look_at_form`].
    fn says_in_form(self, route: &str, request: &Request) -> bool {
        let forms = ["/par", "/token", "/introspect", "/revoke"];
        self == Self::OAuth
            && request.method() == Method::POST
            && forms.iter().any(|form| route.ends_with(form))
            && !request.headers().contains_key(AUTHORIZATION)
    }
}

/// Refuses what is too much, handles the rest, and counts and logs what came of it.
pub(crate) async fn guard(app: &App, request: Request, next: Next) -> Response {
    let run = |request| even_after_panic(next.run(request));
    let matched = request.extensions().get::<MatchedPath>().cloned();
    let limited = matched.and_then(|route| Some((Area::of(request.method(), route.as_str())?, route)));
    let Some((area, route)) = limited else { return run(request).await };
    let from = from(app, &request);
    let brought = from.and_then(|from| in_headers(&app.limiter, from, area, request.headers()));
    if let Some(from) = from
        && let Err(busy) = look(app, area, from, brought, route.as_str(), &request)
    {
        return refuse(area, busy, request).await;
    }
    let seen = Seen {
        area,
        method: request.method().clone(),
        route,
        request_id: request.extensions().get::<RequestId>().map(|id| id.0.clone()).unwrap_or_default(),
    };
    let call = Call { from, brought, ..Call::default() };
    let (mut response, call) = noting(call, run(request)).await;
    let failure = response.extensions_mut().remove::<Failure>().unwrap_or_default();
    settle(app, seen, &response, &call, failure);
    response
}

/// Whether a call is looked at whose form says who calls.
pub(crate) fn look_at_form(app: &App, proof: Option<&ClientProof<'_>>) -> Result<(), Busy> {
    let Some(from) = call::from() else { return Ok(()) };
    let brought = proof.map(|proof| in_form(&app.limiter, from, proof));
    call::brings(brought);
    app.limiter.look(from, brought).inspect_err(|_| call::turned_away())
}

/// A request, as far as it may be remembered.
struct Seen {
    area: Area,
    method: Method,
    route: MatchedPath,
    request_id: String,
}

/// Who calls; a request that came over no connection, as tests make them, came from here.
fn from(app: &App, request: &Request) -> Option<Network> {
    let peer = request.extensions().get::<Peer>().map_or(IpAddr::V4(Ipv4Addr::LOCALHOST), |peer| peer.0);
    app.proxies.caller(peer, request.headers())
}

fn look(
    app: &App,
    area: Area,
    from: Network,
    brought: Option<Brought>,
    route: &str,
    request: &Request,
) -> Result<(), Busy> {
    match area {
        Area::SignIn => app.limiter.admit_sign_in(from),
        area if area.says_in_form(route, request) => Ok(()),
        _ => app.limiter.look(from, brought),
    }
}

/// The answer to too much, as whoever asked reads it.
async fn refuse(area: Area, busy: Busy, request: Request) -> Response {
    match area {
        Area::OAuth => OAuthError::from(busy).into_response(),
        Area::Bridge => ApiError::from(busy).into_response(),
        Area::Page | Area::SignIn => {
            let (mut parts, _) = request.into_parts();
            let Ok(language) = Language::from_request_parts(&mut parts, &()).await;
            let mut response = pages::problem(language, Problem::TooMany, &[]);
            response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(busy.seconds()));
            response
        }
    }
}

/// Counts a call that is over, and keeps it for its client's developers if it failed.
fn settle(app: &App, seen: Seen, response: &Response, call: &Call, failure: Failure) {
    match (call.from, call.brought) {
        (Some(_), Some(brought)) if call.proven => app.limiter.remember(brought),
        (Some(from), brought) if !call.proven && seen.area != Area::SignIn => {
            app.limiter.charge(from, brought);
        }
        _ => {}
    }
    let (status, Some(caller)) = (response.status(), &call.caller) else { return };
    if status.is_client_error() || status.is_server_error() {
        app.request_log.note(FailedCall {
            at: app.clock().now(),
            organization_id: caller.organization.clone(),
            public_id: caller.public_id.clone(),
            request_id: seen.request_id,
            method: method_name(&seen.method).to_owned(),
            route: seen.route.as_str().to_owned(),
            status: status.as_u16(),
            error: failure.error.to_owned(),
            rule: failure.rule.to_owned(),
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_way_in_is_limited_and_nothing_else() {
        for (method, route, area) in [
            (Method::POST, "/oauth2/par", Some(Area::OAuth)),
            (Method::POST, "/v1/oauth2/token", Some(Area::OAuth)),
            (Method::GET, "/v1/oauth2/authorize", Some(Area::Page)),
            (Method::POST, "/oauth2/authorize/decision", Some(Area::Page)),
            (Method::POST, "/oauth2/proofing/code", Some(Area::Page)),
            (Method::GET, "/oauth2/proofing/callback", Some(Area::Page)),
            (Method::GET, "/bridge/org", Some(Area::Bridge)),
            (Method::POST, "/v1/bridge/vault_connection/authorize", Some(Area::Bridge)),
            (Method::GET, "/bridge/callback", Some(Area::Page)),
            (Method::GET, "/downloads/{task}", Some(Area::Bridge)),
            (Method::POST, "/authenticate/oidc-sandbox/par", Some(Area::OAuth)),
            (Method::POST, "/authenticate/oidc/token", Some(Area::OAuth)),
            (Method::GET, "/authenticate/oidc/authorize", Some(Area::Page)),
            (Method::POST, "/authenticate/oidc-sandbox/inquiry/person", Some(Area::Page)),
            (Method::POST, "/portal/sign-in", Some(Area::SignIn)),
            (Method::GET, "/portal/sign-in", None),
            (Method::GET, "/portal", Some(Area::Page)),
            (Method::POST, "/portal/organizations/{organization}/webhooks", Some(Area::Page)),
            (Method::GET, "/r/{reference}", Some(Area::Page)),
            (Method::GET, "/authenticate/oidc/jwks", None),
            (Method::GET, "/authenticate/oidc/.well-known/openid-configuration", None),
            (Method::GET, "/jwks.json", None),
            (Method::GET, "/healthz", None),
            (Method::GET, "/", Some(Area::Page)),
            (Method::GET, "/assets/{*path}", None),
            (Method::GET, "", None),
        ] {
            assert_eq!(Area::of(&method, route), area, "{method} {route}");
        }
    }
}
