//! The directory server: organisations and endpoints in the shapes of the RCE Directory.

use axum::Router;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;
use fhir::directory::{Endpoint, EndpointLink, Organization, OrganizationKind, PostalAddress, ResponseMode};
use std::sync::Arc;

use crate::page::Page;
use crate::reply;
use crate::world::{Behaviour, Member, Qhin, World};

/// Entries a page, unless the caller asks for fewer.
const PAGE: usize = 200;

struct Entries {
    base: String,
    organizations: Vec<String>,
}

/// The directory of a world whose servers stand at `urls`: first each QHIN's, then its members'.
pub(crate) fn router(world: &World, base: &str, urls: &[String]) -> Router {
    let mut urls = urls.iter();
    let mut organizations = Vec::new();
    for qhin in &world.qhins {
        let own = urls.next().map_or("", String::as_str);
        organizations.push(qhin_entry(qhin, own).to_json().to_string());
        for member in &qhin.members {
            let url = urls.next().map_or("", String::as_str);
            organizations.push(member_entry(qhin, member, url).to_json().to_string());
        }
    }
    Router::new()
        .route("/fhir/{kind}", get(search))
        .with_state(Arc::new(Entries { base: format!("{base}/fhir"), organizations }))
}

fn qhin_entry(qhin: &Qhin, url: &str) -> Organization {
    let mut entry = Organization::new(qhin.hcid.oid(), &qhin.name, OrganizationKind::Qhin);
    entry.hcid = Some(qhin.hcid.clone());
    if qhin.keeps_index {
        entry.endpoints = vec![EndpointLink::Contained(Endpoint::fhir("index", url))];
    }
    entry
}

fn member_entry(qhin: &Qhin, member: &Member, url: &str) -> Organization {
    let site = &member.site;
    let mut entry = Organization::new(site.hcid.oid(), &site.name, OrganizationKind::Participant);
    entry.hcid = Some(site.hcid.clone());
    entry.npi = Some(site.npi.clone());
    entry.part_of = Some(qhin.hcid.oid().to_owned());
    entry.address = PostalAddress {
        city: Some(site.city.clone()),
        state: Some(site.state.clone()),
        ..PostalAddress::default()
    };
    entry.response_modes = vec![match member.behaviour {
        Behaviour::AsksToSignIn => ResponseMode::LogIn,
        _ => ResponseMode::Direct,
    }];
    entry.endpoints = vec![EndpointLink::Contained(Endpoint::fhir("fhir", url))];
    entry
}

async fn search(
    State(entries): State<Arc<Entries>>,
    Path(kind): Path<String>,
    Query(page): Query<Page>,
) -> Response {
    let all: Vec<&str> = match kind.as_str() {
        "Organization" => entries.organizations.iter().map(String::as_str).collect(),
        // Endpoints are contained in their organisations.
        "Endpoint" => Vec::new(),
        _ => {
            let text = format!("{kind} is not in the directory");
            return reply::outcome(StatusCode::NOT_FOUND, "not-supported", &text);
        }
    };
    page.of(&all, PAGE, &entries.base, &format!("{kind}?"))
}
