//! Documents whose form others have written down, and of which we say what is always there.

use std::borrow::Cow;

use utoipa::openapi::schema::{ArrayBuilder, Object, ObjectBuilder, Schema, Type};
use utoipa::openapi::{RefOr, SchemaFormat};
use utoipa::{PartialSchema, ToSchema};

/// Metadata of an issuer (RFC 8414, OpenID Connect Discovery 1.0).
pub(crate) enum IssuerMetadata {}
/// Public keys (RFC 7517).
pub(crate) enum KeySet {}
/// Claims about a person (OpenID Connect Core 5.1).
pub(crate) enum Person {}

impl PartialSchema for IssuerMetadata {
    fn schema() -> RefOr<Schema> {
        let urls = [
            "issuer",
            "authorization_endpoint",
            "token_endpoint",
            "pushed_authorization_request_endpoint",
            "jwks_uri",
        ];
        let lists = [
            "response_types_supported",
            "grant_types_supported",
            "subject_types_supported",
            "id_token_signing_alg_values_supported",
            "scopes_supported",
            "claims_supported",
            "token_endpoint_auth_methods_supported",
            "code_challenge_methods_supported",
        ];
        let about = "Metadata of an issuer (RFC 8414, OpenID Connect Discovery 1.0)";
        let document = urls.into_iter().fold(described(about), |document, name| {
            let url = string().format(Some(SchemaFormat::Custom("uri".to_owned())));
            document.property(name, url).required(name)
        });
        let document = lists.into_iter().fold(document, |document, name| {
            document.property(name, ArrayBuilder::new().items(string())).required(name)
        });
        document.into()
    }
}

impl PartialSchema for KeySet {
    fn schema() -> RefOr<Schema> {
        let key = ["kty", "use", "alg", "kid"]
            .into_iter()
            .fold(ObjectBuilder::new().schema_type(Type::Object), |key, name| {
                key.property(name, string()).required(name)
            });
        let keys = ArrayBuilder::new().items(key);
        described("Public keys (RFC 7517)").property("keys", keys).required("keys").into()
    }
}

impl PartialSchema for Person {
    fn schema() -> RefOr<Schema> {
        let about = "Claims about a person (OpenID Connect Core 5.1)";
        ["given_name", "family_name", "birthdate"]
            .into_iter()
            .fold(described(about).property("sub", string()).required("sub"), |claims, name| {
                claims.property(name, Object::with_type(Type::String))
            })
            .into()
    }
}

impl ToSchema for IssuerMetadata {
    fn name() -> Cow<'static, str> {
        "IssuerMetadata".into()
    }
}

impl ToSchema for KeySet {
    fn name() -> Cow<'static, str> {
        "KeySet".into()
    }
}

impl ToSchema for Person {
    fn name() -> Cow<'static, str> {
        "Person".into()
    }
}

fn described(about: &str) -> ObjectBuilder {
    ObjectBuilder::new().schema_type(Type::Object).description(Some(about))
}

fn string() -> ObjectBuilder {
    ObjectBuilder::new().schema_type(Type::String)
}
