//! The CSP's routes, the same under each of its two issuers.

mod authorize;
mod error;
mod inquiry;
mod metadata;
mod par;
mod token;
mod userinfo;

use ::csp::{Environment, path_of};
use axum::Router;
use axum::routing::{get, post};
use utoipa::openapi::path::{Parameter, ParameterIn};
use utoipa::openapi::schema::Type;
use utoipa::openapi::{Content, Object, OpenApi, RefOr, Required, Response, ResponseBuilder};
use utoipa_axum::router::{OpenApiRouter, UtoipaMethodRouterExt as _};
use utoipa_axum::routes;

use crate::App;
use crate::openapi::words;
use crate::request::without_head;

const ENVIRONMENTS: [Environment; 2] = [Environment::Sandbox, Environment::Production];

/// `/authenticate/oidc-sandbox` and `/authenticate/oidc`, described once.
pub(crate) fn routes() -> OpenApiRouter<App> {
    let (of_one, mut described) = of_one().split_for_parts();
    for item in described.paths.paths.values_mut() {
        item.parameters.get_or_insert_default().push(RefOr::T(environment()));
        for operation in [&mut item.get, &mut item.post].into_iter().flatten() {
            operation.responses.responses.insert("404".to_owned(), RefOr::T(no_such_issuer()));
        }
    }
    let both = ENVIRONMENTS.into_iter().fold(Router::new(), |router, environment| {
        let path = format!("/authenticate/{}", path_of(environment));
        // RFC 8414 section 3 puts the well-known part before the path of an issuer, OpenID Connect behind it.
        let first = format!("/.well-known/oauth-authorization-server{path}");
        let configuration = get(metadata::configuration).layer(axum::Extension(environment));
        let behind = of_one.clone().layer(axum::Extension(environment));
        router.nest(&path, behind).route(&first, configuration)
    });
    let described = OpenApi::default().nest("/authenticate/{environment}", described);
    OpenApiRouter::with_openapi(described).merge(both.into())
}

fn of_one() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(metadata::configuration))
        .routes(routes!(metadata::jwks))
        .routes(routes!(par::post).map(|methods| methods.fallback(crate::oauth::post_only)))
        // Pages, for the browser alone.
        .route("/authorize", without_head(get(authorize::get).post(authorize::post), "GET, POST"))
        .route("/inquiry/person", post(inquiry::person))
        .route("/inquiry/confirm", post(inquiry::confirm))
        .route("/inquiry/decline", post(inquiry::decline))
        .routes(routes!(token::post).map(|methods| methods.fallback(crate::oauth::post_only)))
        .routes(routes!(userinfo::get, userinfo::post))
}

fn environment() -> Parameter {
    let mut environment = Parameter::new("environment");
    environment.parameter_in = ParameterIn::Path;
    environment.required = Required::True;
    environment.description = Some("`oidc-sandbox` for synthetic patients, `oidc` for real ones".to_owned());
    environment.schema = Some(words(&ENVIRONMENTS.map(path_of)).into());
    environment
}

fn no_such_issuer() -> Response {
    let page = Content::new(Some(Object::with_type(Type::String)));
    ResponseBuilder::new().description("There is no such issuer").content("text/html", page).build()
}
