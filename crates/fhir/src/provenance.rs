//! Provenance: which organisation the records of an export came from, and from which of its endpoints.

use aws_lc_rs::digest;
use model::id::hex;
use model::{Hcid, Timestamp};
use serde_json::{Value, json};

use crate::identifier::URI_SYSTEM;

/// One source that records were fetched from.
pub struct Source<'a> {
    /// The organisation's name.
    pub organization: &'a str,
    /// Its Home Community Id.
    pub hcid: &'a Hcid,
    /// The base URL of the endpoint that gave the records.
    pub endpoint: &'a str,
    /// When they were fetched.
    pub recorded: Timestamp,
}

/// Builds a US Core Provenance for `targets`, references such as `Observation/1`, of which FHIR asks for
/// at least one. Its id follows from what goes in: the same source and targets give the same id, so that
/// a repeated export repeats its lines.
pub fn build(source: &Source<'_>, targets: &[String]) -> Value {
    let references: Vec<Value> = targets.iter().map(|target| json!({"reference": target})).collect();
    json!({
        "resourceType": "Provenance",
        "id": id(source, targets),
        "meta": {"profile": ["http://hl7.org/fhir/us/core/StructureDefinition/us-core-provenance"]},
        "target": references,
        "recorded": source.recorded.rfc3339(),
        "agent": [{
            "type": {"coding": [{
                "system": "http://hl7.org/fhir/us/core/CodeSystem/us-core-provenance-participant-type",
                "code": "transmitter",
                "display": "Transmitter",
            }]},
            "who": {
                "type": "Organization",
                "identifier": {"system": URI_SYSTEM, "value": source.hcid.urn()},
                "display": source.organization,
            },
        }],
        "entity": [{
            "role": "source",
            "what": {
                "type": "Endpoint",
                "identifier": {"system": URI_SYSTEM, "value": source.endpoint},
            },
        }],
    })
}

/// 32 hexadecimal digits of a SHA-256 over all inputs, each behind its length.
fn id(source: &Source<'_>, targets: &[String]) -> String {
    let recorded = source.recorded.millis().to_string();
    let parts = [source.hcid.urn(), source.endpoint, &recorded];
    let mut context = digest::Context::new(&digest::SHA256);
    for part in parts.into_iter().chain(targets.iter().map(String::as_str)) {
        context.update(&(part.len() as u64).to_be_bytes());
        context.update(part.as_bytes());
    }
    hex(context.finish().as_ref()).chars().take(32).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Resource;

    fn built(endpoint: &str, targets: &[&str]) -> Value {
        let hcid = Hcid::parse("1.2.3.4").expect("an OID");
        let source = Source {
            organization: "Fernwood Clinic",
            hcid: &hcid,
            endpoint,
            recorded: Timestamp::from_seconds(1_718_237_311),
        };
        build(&source, &targets.iter().map(|target| (*target).to_owned()).collect::<Vec<_>>())
    }

    #[test]
    fn it_names_the_organisation_by_hcid_and_the_endpoint() {
        let provenance = built("https://r.example/fhir", &["Patient/1", "Condition/2"]);
        assert_eq!(provenance["agent"][0]["who"]["identifier"]["value"], "urn:oid:1.2.3.4");
        assert_eq!(provenance["entity"][0]["what"]["identifier"]["value"], "https://r.example/fhir");
        assert_eq!(provenance["target"][1]["reference"], "Condition/2");
        assert_eq!(provenance["recorded"], "2024-06-13T00:08:31Z");
    }

    #[test]
    fn the_id_follows_from_the_inputs() {
        let one = built("https://r.example/fhir", &["Patient/1", "Condition/2"]);
        assert_eq!(one["id"], built("https://r.example/fhir", &["Patient/1", "Condition/2"])["id"]);
        for other in [
            built("https://r.example/fhir", &["Patient/1Condition/2"]),
            built("https://r.example/fhir", &["Patient/1"]),
            built("https://r.example/fhir/", &["Patient/1", "Condition/2"]),
        ] {
            assert_ne!(one["id"], other["id"]);
        }
        let text = one.to_string();
        assert_eq!(Resource::scan(&text).expect("a resource").id().map(str::len), Some(32));
    }
}
