//! Discovery: asking all nodes at once where a patient is known.

use fhir::directory::ResponseMode;
use fhir::{Bundle, PatientDemographics};
use futures_util::{Stream, StreamExt as _, stream};
use matching::double_check;
use model::Hcid;

use crate::directory::{Node, Participants};
use crate::peer::Peer;
use crate::{Network, PeerFault, Requester};
use egress::EgressError;

/// How many nodes are asked at a time.
const WIDTH: usize = 64;
/// One question does not bring more patients than this, not even from an index.
const MAX_CANDIDATES: usize = 1000;

/// What one node said.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The node: the one that was asked, or the one an index answered for.
    pub hcid: Hcid,
    /// Its name.
    pub name: String,
    /// What it said.
    pub outcome: Outcome,
}

/// What an answer amounts to.
#[derive(Clone, Debug)]
pub enum Outcome {
    /// The patient is known there and the verified identity is enough.
    Found(Found),
    /// The patient may be known there, and must sign in there.
    SignIn(Found),
    /// The patient is not known there.
    NoMatch,
    /// More than one patient there could be meant, so none is.
    Ambiguous,
    /// The node returned another person's demographics; nothing of them is kept.
    Mismatch,
    /// The node refused to answer.
    Refused,
    /// The node did not answer in time.
    TimedOut,
    /// The node failed.
    Failed,
}

impl Outcome {
    /// Whether a place has answered at all, whatever it said, by its word in the record of the search. One that
    /// refused, failed or ran out of time tells nothing about where a patient's records are.
    pub fn is_answer(word: &str) -> bool {
        matches!(word, "found" | "sign_in" | "no_match" | "ambiguous" | "mismatch")
    }

    /// One word for the record of the search.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Found(_) => "found",
            Self::SignIn(_) => "sign_in",
            Self::NoMatch => "no_match",
            Self::Ambiguous => "ambiguous",
            Self::Mismatch => "mismatch",
            Self::Refused => "refused",
            Self::TimedOut => "timed_out",
            Self::Failed => "failed",
        }
    }
}

/// Where a patient was found.
#[derive(Clone, PartialEq, Eq)]
pub struct Found {
    /// FHIR base URL of the node that holds the records.
    pub endpoint: String,
    /// The patient's id there; empty where the patient must sign in first.
    pub patient: String,
}

impl std::fmt::Debug for Found {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Found(..)")
    }
}

/// Asks every node, each with its own deadline, and yields answers as they come. One question may bring
/// several answers: an index answers for all its members.
pub fn discover<'a>(
    network: &'a Network,
    requester: Requester<'a>,
    participants: &'a Participants,
) -> impl Stream<Item = Vec<Answer>> + 'a {
    stream::iter(&participants.asked)
        .map(move |node| ask_in_time(network, requester, participants, node))
        .buffer_unordered(WIDTH)
}

async fn ask_in_time(
    network: &Network,
    requester: Requester<'_>,
    participants: &Participants,
    node: &Node,
) -> Vec<Answer> {
    let outcome = tokio::time::timeout(network.settings.deadline, ask(network, requester, node)).await;
    match outcome {
        Err(_) => vec![answer_of(node, Outcome::TimedOut)],
        Ok(Err(fault)) => {
            tracing::info!(hcid = %node.hcid, %fault, "a node gave no usable answer");
            vec![answer_of(node, outcome_of(&fault))]
        }
        Ok(Ok(candidates)) => judge(requester, participants, node, candidates)
            .into_iter()
            .map(|(node, outcome)| answer_of(node, outcome))
            .collect(),
    }
}

/// A patient that a node returned, and the member of its index that holds the records.
struct Candidate {
    demographics: PatientDemographics,
    holder: Option<Hcid>,
}

async fn ask(network: &Network, requester: Requester<'_>, node: &Node) -> Result<Vec<Candidate>, PeerFault> {
    let peer = Peer::enter(network, requester, &node.endpoint).await?;
    let patient = fhir::patient::build(None, &requester.identity.demographics, &[]);
    let question = fhir::matching_operation::request(&patient).to_string();
    let answer = peer.operation("Patient/$match", question).await?;
    let bundle = Bundle::read(&answer)?;
    let patients = || bundle.resources().filter(|resource| resource.resource_type() == "Patient");
    if patients().count() > MAX_CANDIDATES {
        return Err(PeerFault::Unreadable("patients without end"));
    }
    patients()
        .map(|resource| {
            let demographics = PatientDemographics::read(&resource)?;
            Ok(Candidate { holder: demographics.managing_organization.clone(), demographics })
        })
        .collect()
}

/// Groups the candidates by the node that holds the records and judges each group: exactly one candidate
/// who passes the double check, or none.
fn judge<'p>(
    requester: Requester<'_>,
    participants: &'p Participants,
    asked: &'p Node,
    candidates: Vec<Candidate>,
) -> Vec<(&'p Node, Outcome)> {
    let mut groups: Vec<(&Node, Vec<Candidate>)> = Vec::new();
    for candidate in candidates {
        // An index may only speak for its own members; any other node only for itself.
        let holder = candidate
            .holder
            .as_ref()
            .and_then(|hcid| participants.node(hcid))
            .filter(|node| node.indexed_by.as_ref() == Some(&asked.hcid))
            .unwrap_or(asked);
        match groups.iter_mut().find(|(node, _)| node.hcid == holder.hcid) {
            Some((_, group)) => group.push(candidate),
            None => groups.push((holder, vec![candidate])),
        }
    }
    if groups.is_empty() {
        return vec![(asked, Outcome::NoMatch)];
    }
    groups.into_iter().map(|(node, group)| (node, judge_group(requester, node, &group))).collect()
}

fn judge_group(requester: Requester<'_>, node: &Node, group: &[Candidate]) -> Outcome {
    let found = |patient: String| Found { endpoint: node.endpoint.clone(), patient };
    if node.response_mode == ResponseMode::LogIn {
        return Outcome::SignIn(found(String::new()));
    }
    let [candidate] = group else { return Outcome::Ambiguous };
    match double_check(&requester.identity.demographics, &candidate.demographics) {
        Err(mismatch) => {
            tracing::warn!(hcid = %node.hcid, comparison = ?mismatch.0, "a node returned another person's demographics");
            Outcome::Mismatch
        }
        Ok(_) => match &candidate.demographics.id {
            Some(id) => Outcome::Found(found(id.clone())),
            None => Outcome::Failed,
        },
    }
}

fn answer_of(node: &Node, outcome: Outcome) -> Answer {
    Answer { hcid: node.hcid.clone(), name: node.name.clone(), outcome }
}

fn outcome_of(fault: &PeerFault) -> Outcome {
    match fault {
        PeerFault::Refused(_) => Outcome::Refused,
        PeerFault::Egress(EgressError::Timeout) => Outcome::TimedOut,
        _ => Outcome::Failed,
    }
}
