//! The directory: which nodes answer individuals, and where.

use std::collections::BTreeMap;
use std::time::Duration;

use egress::Request;
use fhir::Bundle;
use fhir::directory::{Directory, Organization, OrganizationKind, ResponseMode};
use model::Hcid;

use crate::peer::is_below;
use crate::{Network, PeerFault};

/// A directory of more pages is refused: half of it would hide nodes without a word.
const MAX_PAGES: usize = 2000;
/// A directory of more entries than this is refused; all of them are held at once.
const MAX_ENTRIES: usize = 200_000;
/// How long reading it may take: a directory that never ends would never let a search begin.
const READ_TIME: Duration = Duration::from_mins(2);

/// A node of the network that answers individuals.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Node {
    /// Its Home Community Id.
    pub hcid: Hcid,
    /// Its name.
    pub name: String,
    /// City and state of its seat, for people.
    pub place: String,
    /// FHIR base URL, without a slash at its end.
    pub endpoint: String,
    /// How it answers individuals.
    pub response_mode: ResponseMode,
    /// The QHIN that keeps an index for it: that one is asked where the patient is known.
    pub indexed_by: Option<Hcid>,
}

/// What the directory says.
#[derive(Clone, Debug, Default)]
pub struct Participants {
    /// Nodes that are asked themselves.
    pub asked: Vec<Node>,
    /// Nodes that a QHIN's index answers for.
    pub indexed: Vec<Node>,
}

impl Participants {
    /// The node with this HCID, asked or indexed.
    pub fn node(&self, hcid: &Hcid) -> Option<&Node> {
        self.asked.iter().chain(&self.indexed).find(|node| &node.hcid == hcid)
    }
}

/// Reads the directory.
///
/// A QHIN that has an endpoint of its own keeps an index of its members' patients (the SOP's central
/// eMPI): it is asked, and they are not. The members of a QHIN without one are asked one by one.
///
/// An HCID that two entries claim is nobody's: which of them it belongs to cannot be told, and the wrong one would
/// be shown, asked and connected in the right one's name. Neither takes part until the directory is mended.
pub async fn read(network: &Network) -> Result<Participants, PeerFault> {
    let directory = fetch(network).await?;
    let active = directory.organizations.iter().filter(|organization| organization.active);
    let nodes: Vec<Node> = active.filter_map(|organization| node(&directory, organization)).collect();
    let mut claims: BTreeMap<Hcid, usize> = BTreeMap::new();
    for node in &nodes {
        *claims.entry(node.hcid.clone()).or_default() += 1;
    }
    let mut participants = Participants::default();
    for node in nodes {
        if claims.get(&node.hcid) != Some(&1) {
            tracing::error!(hcid = %node.hcid, "two entries of the directory have one HCID; neither is asked");
            continue;
        }
        if node.indexed_by.is_some() {
            participants.indexed.push(node);
        } else {
            participants.asked.push(node);
        }
    }
    Ok(participants)
}

fn node(directory: &Directory, organization: &Organization) -> Option<Node> {
    let endpoint = answering_endpoint(directory, organization)?;
    let qhin = qhin_above(directory, organization);
    Some(Node {
        hcid: organization.hcid.clone()?,
        name: organization.name.clone(),
        place: place(organization),
        endpoint,
        response_mode: *organization.response_modes.first().unwrap_or(&ResponseMode::Direct),
        indexed_by: qhin
            .filter(|qhin| qhin.id != organization.id && answering_endpoint(directory, qhin).is_some())
            .and_then(|qhin| qhin.hcid.clone()),
    })
}

fn answering_endpoint(directory: &Directory, organization: &Organization) -> Option<String> {
    let answers =
        |purposes: &[String]| purposes.is_empty() || purposes.iter().any(|purpose| purpose == "T-IAS");
    directory
        .endpoints_of(organization)
        .find(|endpoint| endpoint.is_active_fhir() && answers(&endpoint.purposes))
        .map(|endpoint| endpoint.address.trim_end_matches('/').to_owned())
}

/// The QHIN at the top of an organisation's branch; a branch that runs in a circle has none.
fn qhin_above<'d>(directory: &'d Directory, organization: &'d Organization) -> Option<&'d Organization> {
    let mut current = organization;
    for _ in 0..8 {
        if current.kind == Some(OrganizationKind::Qhin) {
            return Some(current);
        }
        let above = current.part_of.as_ref()?;
        current = directory.organizations.iter().find(|candidate| &candidate.id == above)?;
    }
    None
}

fn place(organization: &Organization) -> String {
    let parts = [&organization.address.city, &organization.address.state];
    parts.into_iter().flatten().map(String::as_str).collect::<Vec<_>>().join(", ")
}

async fn fetch(network: &Network) -> Result<Directory, PeerFault> {
    let pages = all_pages(network);
    let without_end = || PeerFault::Unreadable("a directory without end");
    let directory = tokio::time::timeout(READ_TIME, pages).await.map_err(|_| without_end())??;
    if directory.passed_over > 0 {
        tracing::warn!(entries = directory.passed_over, "the directory has entries that cannot be read");
    }
    Ok(directory)
}

async fn all_pages(network: &Network) -> Result<Directory, PeerFault> {
    let mut directory = Directory::default();
    let base = &network.settings.directory_url;
    let mut pending = ["Organization", "Endpoint"].map(|kind| format!("{base}/{kind}?_count=200")).to_vec();
    for _ in 0..MAX_PAGES {
        let Some(url) = pending.pop() else { return Ok(directory) };
        let page = page(network, &url).await?;
        let page = Bundle::read(&page)?;
        directory.add(&page);
        if directory.organizations.len() + directory.endpoints.len() > MAX_ENTRIES {
            break;
        }
        pending.extend(page.next_link().map(str::to_owned));
    }
    Err(PeerFault::Unreadable("a directory without end"))
}

async fn page(network: &Network, url: &str) -> Result<String, PeerFault> {
    if !is_below(&network.settings.directory_url, url) {
        return Err(PeerFault::ForeignOrigin);
    }
    let request = Request::get(url).at_most(8 << 20).header("accept", "application/fhir+json");
    let answer = network.client.fetch(request).await?;
    if !answer.status.is_success() {
        return Err(PeerFault::Status(answer.status.as_u16()));
    }
    String::from_utf8(answer.body.into()).map_err(|_| PeerFault::Unreadable("UTF-8"))
}
