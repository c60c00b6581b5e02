//! The description of the API: whole in itself, and served where clients look for it.

use std::collections::BTreeSet;

use serde_json::Value;
use testkit::TestServer;

const METHODS: [&str; 5] = ["get", "put", "post", "delete", "patch"];

fn description() -> Value {
    serde_json::from_str(&openias_web::openapi()).expect("JSON")
}

/// Each operation with its path and the parameters that its path brings.
fn operations(description: &Value) -> Vec<(&str, Value)> {
    let paths = description["paths"].as_object().expect("paths");
    paths
        .iter()
        .flat_map(|(path, item)| {
            METHODS.into_iter().filter_map(move |method| {
                let mut operation = item.get(method)?.clone();
                let shared = item["parameters"].as_array().cloned().unwrap_or_default();
                let own = operation["parameters"].as_array().cloned().unwrap_or_default();
                operation["parameters"] = [shared, own].concat().into();
                Some((path.as_str(), operation))
            })
        })
        .collect()
}

#[tokio::test]
async fn the_description_is_served() {
    let server = TestServer::start().await;
    let answer = server.http.get("/openapi.json").send().await.is(200);
    assert_eq!(answer.header("content-type"), "application/json");
    assert_eq!(answer.text(), openias_web::openapi());
    assert_eq!(answer.json()["openapi"], "3.1.0");
}

#[test]
fn what_is_limited_says_when_to_come_again() {
    let description = description();
    let limited = |path: &str| {
        let all = operations(&description);
        let (_, operation) = all.iter().find(|(known, _)| *known == path).expect("the operation");
        operation["responses"]["429"]["headers"]["Retry-After"].is_object()
    };
    for path in ["/oauth2/par", "/oauth2/token", "/v1/bridge/org_connection/{id}"] {
        assert!(limited(path), "{path}");
    }
    assert!(!limited("/jwks.json") && !limited("/openapi.json"));
}

#[test]
fn every_operation_has_a_name_a_sentence_a_tag_and_known_schemes() {
    let description = description();
    let tags: BTreeSet<_> =
        description["tags"].as_array().expect("tags").iter().map(|tag| tag["name"].as_str()).collect();
    let mut names = BTreeSet::new();
    for (path, operation) in operations(&description) {
        let name = operation["operationId"].as_str().expect("a name");
        assert!(names.insert(name.to_owned()), "two operations are called {name}");
        assert!(operation["summary"].as_str().is_some_and(|text| text.ends_with('.')), "{name}");
        assert!(tags.contains(&operation["tags"][0].as_str()), "{name}");
        for scheme in operation["security"].as_array().into_iter().flatten() {
            for named in scheme.as_object().expect("a requirement").keys() {
                assert!(description["components"]["securitySchemes"][named].is_object(), "{name}: {named}");
            }
        }
        let described: Vec<_> = operation["parameters"].as_array().expect("parameters").iter().collect();
        let in_path = described.iter().filter(|parameter| parameter["in"] == "path");
        let expected: BTreeSet<_> = path.split('/').filter_map(|part| part.strip_prefix('{')).collect();
        let given: BTreeSet<_> = in_path.filter_map(|parameter| parameter["name"].as_str()).collect();
        assert_eq!(given, expected.iter().map(|part| part.trim_end_matches('}')).collect(), "{path}");
    }
}

#[test]
fn every_reference_leads_somewhere_and_every_schema_is_used() {
    fn collect<'v>(value: &'v Value, found: &mut BTreeSet<&'v str>) {
        match value {
            Value::Object(members) => {
                found.extend(members.get("$ref").and_then(Value::as_str));
                members.values().for_each(|member| collect(member, found));
            }
            Value::Array(items) => items.iter().for_each(|item| collect(item, found)),
            _ => {}
        }
    }
    let description = description();
    let mut references = BTreeSet::new();
    collect(&description, &mut references);
    for reference in &references {
        let pointer = reference.trim_start_matches('#');
        assert!(description.pointer(pointer).is_some(), "{reference} leads nowhere");
    }
    for schema in description["components"]["schemas"].as_object().expect("schemas").keys() {
        assert!(
            references.contains(format!("#/components/schemas/{schema}").as_str()),
            "{schema} is not used"
        );
    }
}

#[tokio::test]
async fn a_path_that_is_no_text_names_nothing() {
    let server = TestServer::start().await;
    let party = server.party().await;
    for path in ["org_connection/%ff", "fhir/ehi-export/%ff", "fhir/ehi-export/a/download/%ff"] {
        let call = party.signed(server.http.get(&format!("/v1/bridge/{path}")));
        call.send().await.is_bridge_error(404, "not_found");
    }
    server.http.get("/downloads/%ff?expires=1").send().await.is_bridge_error(404, "not_found");
}
