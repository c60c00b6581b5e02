//! Refusals that many operations have in common. Those of one operation stand at its handler.

use std::collections::BTreeMap;

use axum::http::Method;
use utoipa::IntoResponses;
use utoipa::openapi::header::HeaderBuilder;
use utoipa::openapi::schema::Type;
use utoipa::openapi::{ContentBuilder, Object, Ref, RefOr, Response, ResponseBuilder};

use crate::guard::Area;

/// Of every call that an organisation's backend makes.
pub(crate) enum Backend {}
/// Of every call that a patient's widget makes.
pub(crate) enum Patient {}
/// Of every call to the Bridge API with a JSON body.
pub(crate) enum AnyJson {}
/// Of every OAuth endpoint at which clients authenticate.
pub(crate) enum ClientAuthentication {}
/// Of every OAuth endpoint that takes a form.
pub(crate) enum AnyForm {}

type Responses = BTreeMap<String, RefOr<Response>>;

const BRIDGE: &str = "BridgeError";
const OAUTH: &str = "OAuthError";
const OUR_FAULT: &str = "`server_error`: something went wrong on our side";
const BUSY: &str = "`temporarily_unavailable`: there is too much to do at the moment";

impl IntoResponses for Backend {
    fn responses() -> Responses {
        let text = "`unauthorized`: the credentials are missing, wrong or switched off";
        [(401, challenge(refused(BRIDGE, text))), (500, refused(BRIDGE, OUR_FAULT))].map(numbered).into()
    }
}

impl IntoResponses for Patient {
    fn responses() -> Responses {
        let text = "`session_ended`: the session is unknown, over, or another client's";
        let fields = "`invalid_request`: a parameter of the query is repeated or cannot be read";
        [
            (400, refused(BRIDGE, fields)),
            (401, challenge(refused(BRIDGE, text))),
            (500, refused(BRIDGE, OUR_FAULT)),
        ]
        .map(numbered)
        .into()
    }
}

impl IntoResponses for AnyJson {
    fn responses() -> Responses {
        let text = "`invalid_json`: the body cannot be read or lacks a member; `invalid_request`: a value is out of \
                    bounds, or a parameter of the query is repeated";
        [
            (400, refused(BRIDGE, text)),
            (413, refused(BRIDGE, "`invalid_request`: the body is longer than 64 KiB")),
            (415, refused(BRIDGE, "`invalid_request`: the body is not `application/json`")),
        ]
        .map(numbered)
        .into()
    }
}

impl IntoResponses for ClientAuthentication {
    fn responses() -> Responses {
        let text = "`invalid_client`: the credentials are missing, wrong or switched off";
        [(401, challenge(refused(OAUTH, text))), (500, refused(OAUTH, OUR_FAULT))].map(numbered).into()
    }
}

impl IntoResponses for AnyForm {
    fn responses() -> Responses {
        [
            (413, refused(OAUTH, "`invalid_request`: the form is longer than 64 KiB")),
            (415, refused(OAUTH, "`invalid_request`: the body is not `application/x-www-form-urlencoded`")),
        ]
        .map(numbered)
        .into()
    }
}

/// How an operation refuses what is too much, of its caller and of everybody together, if it is one that is limited:
/// each of those reads or writes the store.
pub(super) fn too_much(method: &str, path: &str) -> Option<[(&'static str, Response); 2]> {
    let method = Method::from_bytes(method.to_ascii_uppercase().as_bytes()).ok()?;
    let (of_one, of_all) = match Area::of(&method, path)? {
        Area::OAuth => (refused(OAUTH, "`temporarily_unavailable`: too many requests"), refused(OAUTH, BUSY)),
        Area::Bridge => (refused(BRIDGE, "`too_many_requests`"), refused(BRIDGE, BUSY)),
        Area::Page | Area::SignIn => return None,
    };
    let later = |response: ResponseBuilder| {
        let seconds = Object::with_type(Type::Integer);
        response.header("Retry-After", HeaderBuilder::new().schema(Some(seconds)).build()).build()
    };
    Some([("429", later(of_one)), ("503", later(of_all))])
}

fn numbered((status, response): (u16, ResponseBuilder)) -> (String, RefOr<Response>) {
    (status.to_string(), response.build().into())
}

fn refused(body: &str, text: &str) -> ResponseBuilder {
    let content = ContentBuilder::new().schema(Some(Ref::from_schema_name(body))).build();
    ResponseBuilder::new().description(text).content("application/json", content)
}

fn challenge(response: ResponseBuilder) -> ResponseBuilder {
    response.header("WWW-Authenticate", HeaderBuilder::new().schema(Some(string())).build())
}

fn string() -> Object {
    Object::with_type(Type::String)
}
