//! What the server says of itself.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use fhir::capability::{Capability, ResourceCapability};
use serde_json::{Value, json};

use super::Responder;
use crate::records::AS_OF;
use crate::reply;

const BY_PATIENT: [&str; 9] = [
    "Encounter",
    "Condition",
    "Observation",
    "MedicationRequest",
    "AllergyIntolerance",
    "Immunization",
    "Procedure",
    "DiagnosticReport",
    "DocumentReference",
];

pub(super) async fn capability(State(responder): State<Arc<Responder>>) -> Response {
    let patient = ResourceCapability {
        resource_type: "Patient",
        search: &[],
        operations: &[("match", "http://hl7.org/fhir/OperationDefinition/Patient-match")],
    };
    let searchable = |resource_type| ResourceCapability {
        resource_type,
        search: &[("patient", "reference")],
        operations: &[],
    };
    let readable = |resource_type| ResourceCapability { resource_type, search: &[], operations: &[] };
    let resources: Vec<_> = std::iter::once(patient)
        .chain(BY_PATIENT.map(searchable))
        .chain(["Practitioner", "Organization", "Location"].map(readable))
        .collect();
    let statement = fhir::capability::build(&Capability {
        name: &responder.member.site.name,
        base_url: &responder.base,
        date: AS_OF,
        resources: &resources,
    });
    reply::resource(statement.to_string())
}

pub(super) async fn smart_configuration(State(responder): State<Arc<Responder>>) -> Response {
    let base = &responder.base;
    let mut configuration = configuration(base);
    configuration["authorization_endpoint"] = json!(format!("{base}/authorize"));
    configuration["grant_types_supported"] =
        json!(["client_credentials", "authorization_code", "refresh_token"]);
    configuration["code_challenge_methods_supported"] = json!(["S256"]);
    configuration["capabilities"] = json!([
        "launch-standalone",
        "client-confidential-asymmetric",
        "permission-offline",
        "permission-patient",
        "context-standalone-patient",
    ]);
    Json(configuration).into_response()
}

/// The SMART configuration of a server that takes client assertions only.
pub(super) fn configuration(base: &str) -> Value {
    json!({
        "token_endpoint": format!("{base}/token"),
        "grant_types_supported": ["client_credentials"],
        "token_endpoint_auth_methods_supported": ["private_key_jwt"],
        "token_endpoint_auth_signing_alg_values_supported": ["RS256", "RS384", "ES256", "ES384"],
        "scopes_supported": ["patient/*.read"],
        "capabilities": ["client-confidential-asymmetric"],
    })
}
