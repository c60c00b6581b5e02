//! The TEFCA network from an IAS provider's side: who takes part ([`directory`]), where a patient is known
//! ([`discovery`]), and what is on file there ([`retrieval`]). Every question carries the patient's ID token
//! in a signed assertion ([`assertion`]).

pub mod assertion;
pub mod directory;
pub mod discovery;
mod peer;
pub mod retrieval;
pub mod sign_in;

use std::sync::Arc;
use std::time::Duration;

use ambient::{Clock, Entropy};
use model::ProvenIdentity;
use store::KeyRing;

pub use directory::Node;
pub use discovery::{Answer, Found, Outcome};
pub use peer::PeerFault;

/// What the network is asked with. Cheap to clone.
#[derive(Clone)]
pub struct Network {
    /// Makes the calls.
    pub client: egress::Client,
    /// Sign assertions; their public halves stand in the JWKS that responders know.
    pub keys: KeyRing,
    /// The time.
    pub clock: Clock,
    /// Fresh assertion ids.
    pub entropy: Entropy,
    /// What the operator decides.
    pub settings: Arc<Settings>,
}

/// What the operator decides about the network.
#[derive(Clone, Debug)]
pub struct Settings {
    /// FHIR base URL of the directory.
    pub directory_url: String,
    /// The client id that responders know us by.
    pub client_id: String,
    /// How long one place may take to answer a discovery, all its requests together.
    pub deadline: Duration,
}

/// On whose behalf the network is asked.
#[derive(Clone, Copy)]
pub struct Requester<'a> {
    /// The IAS provider's name: of the organisation that the patient's ID token is meant for.
    pub organization_name: &'a str,
    /// The patient.
    pub identity: &'a ProvenIdentity,
}
