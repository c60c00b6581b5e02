//! The API described in OpenAPI 3.1: `/openapi.json` and `openias openapi`. It is made of the routes themselves
//! (`OpenApiRouter`), so an operation that is described exists, under the path and method that stand there.

mod documents;
mod refusals;

use std::sync::LazyLock;

use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;
use serde_json::{Value, json};
use utoipa::openapi::schema::{ObjectBuilder, Type};
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::tag::Tag;
use utoipa::openapi::{Components, ComponentsBuilder, Info, License, Object, OpenApi, OpenApiBuilder};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::App;
use crate::api_error::Envelope;
use crate::oauth::OAuthErrorBody;
pub(crate) use documents::{IssuerMetadata, KeySet, Person};
pub(crate) use refusals::{AnyForm, AnyJson, Backend, ClientAuthentication, Patient};

const ABOUT: &str = "\
What an app's backend, its page and its patients' widget call. Pages that a browser visits are not described here.

The Bridge API answers with and without `/v1`, and so does what stands below `/oauth2`; each is described once. \
HEAD is answered wherever GET is, unless GET has an effect; every other method gets 405 with `Allow`. Every answer \
has an `x-request-id` that the operator can look up. A parameter that is repeated is refused, an empty one counts as \
left out, and an unknown one is ignored.";

const TAGS: [(&str, &str); 4] = [
    ("authorization server", "Takes a patient's ID token in, asks for consent, and gives out sessions."),
    ("bridge", "Finds a patient's records, connects them and exports them."),
    ("credential service provider", "The built-in CSP, which proves who a patient is."),
    ("operation", "For the machines that watch."),
];

/// The ways to authenticate: name, scheme, what it is.
const SCHEMES: [(&str, HttpAuthScheme, &str); 6] = [
    ("backend", HttpAuthScheme::Basic, "An organisation's backend: public id and private key."),
    ("private_key", HttpAuthScheme::Bearer, "The same by its private key alone."),
    (
        "client_token",
        HttpAuthScheme::Bearer,
        "The same by an access token of its own, which `/oauth2/token` gives out by `client_credentials`. One that is bound to a key comes by the scheme DPoP, with a proof.",
    ),
    (
        "session",
        HttpAuthScheme::Bearer,
        "The patient in the widget: the access token of `/oauth2/token`. One that is bound to a key comes by the scheme DPoP instead, with a proof (RFC 9449 7).",
    ),
    ("csp_client", HttpAuthScheme::Basic, "A client of the built-in CSP: client id and secret."),
    ("csp_access_token", HttpAuthScheme::Bearer, "The access token of the CSP's token endpoint."),
];

/// A router to which all described routes are added.
pub(crate) fn router() -> OpenApiRouter<App> {
    let mut info = Info::new("OpenIAS", env!("CARGO_PKG_VERSION"));
    info.description = Some(ABOUT.to_owned());
    info.license = Some(License::builder().name("Apache-2.0").identifier(Some("Apache-2.0")).build());
    let tags = TAGS.into_iter().map(|(name, about)| {
        let mut tag = Tag::new(name);
        tag.description = Some(about.to_owned());
        tag
    });
    OpenApiRouter::with_openapi(
        OpenApiBuilder::new().info(info).tags(Some(tags)).components(Some(components())).build(),
    )
}

fn components() -> Components {
    let shared = ComponentsBuilder::new().schema_from::<Envelope>().schema_from::<OAuthErrorBody>();
    SCHEMES
        .into_iter()
        .fold(shared, |components, (name, scheme, about)| {
            let scheme = HttpBuilder::new().scheme(scheme).description(Some(about)).build();
            components.security_scheme(name, SecurityScheme::Http(scheme))
        })
        .build()
}

/// The description where clients look for it.
pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(get))
}

/// This description.
#[utoipa::path(
    get,
    path = "/openapi.json",
    tag = "operation",
    operation_id = "getDescription",
    responses((status = 200, description = "OpenAPI 3.1", body = Object)),
)]
async fn get() -> impl IntoResponse {
    static TEXT: LazyLock<String> = LazyLock::new(crate::openapi);
    ([(CONTENT_TYPE, "application/json")], TEXT.as_str())
}

/// The description as JSON, with what holds for every operation added.
pub(crate) fn to_json(described: &OpenApi) -> String {
    // It can always be written: its keys are texts.
    let mut described = serde_json::to_value(described).unwrap_or_default();
    described["components"]["headers"]["x-request-id"] = json!({
        "description": "What the operator can look the request up by.",
        "required": true,
        "schema": {"type": "string", "format": "uuid"},
    });
    for (path, operations) in described["paths"].as_object_mut().into_iter().flatten() {
        for (method, operation) in operations.as_object_mut().into_iter().flatten() {
            let Some(responses) = operation.get_mut("responses").and_then(Value::as_object_mut) else {
                continue;
            };
            for (status, refusal) in refusals::too_much(method, path).into_iter().flatten() {
                // An operation may have more to say.
                responses.entry(status).or_insert_with(|| json!(refusal));
            }
        }
    }
    for response in each(&mut described["paths"])
        .flat_map(each)
        .filter_map(|operation| operation.get_mut("responses"))
        .flat_map(each)
    {
        // What is described is always there.
        for header in response.get_mut("headers").into_iter().flat_map(each) {
            header["required"] = json!(true);
        }
        response["headers"]["x-request-id"] = json!({"$ref": "#/components/headers/x-request-id"});
    }
    // What stands in an envelope has a name of its own, and is not written down twice.
    for (name, schema) in described["components"]["schemas"].as_object_mut().into_iter().flatten() {
        if let Some(inside) = name.strip_prefix("Success_") {
            schema["properties"]["data"] = json!({"$ref": format!("#/components/schemas/{inside}")});
        }
    }
    format!("{described:#}\n")
}

/// The members of an object; of anything else none.
fn each(value: &mut Value) -> impl Iterator<Item = &mut Value> {
    value.as_object_mut().into_iter().flat_map(serde_json::Map::values_mut)
}

/// One of these words.
pub(crate) fn words(words: &[&str]) -> Object {
    ObjectBuilder::new().schema_type(Type::String).enum_values(Some(words.iter().copied())).build()
}
