//! What follows consent: finding the records, connections, exports, webhooks.
//!
//! Whatever takes time is a job in the outbox, written in the transaction that promised it and run by a
//! [`worker::Worker`]. A process may die at any instant; its jobs are leased again.

pub mod connections;
mod entitlement;
pub mod exports;
pub mod locate;
mod mail;
mod requester;
pub mod sign_in;
pub mod webhooks;
pub mod worker;

use std::sync::Arc;
use std::time::Duration;

use ambient::{Clock, Entropy};
use network::Network;
use store::Store;

/// What the engine works with. Cheap to clone.
#[derive(Clone)]
pub struct Connect {
    /// Where everything is kept.
    pub store: Store,
    /// The TEFCA network.
    pub network: Network,
    /// Sends webhooks.
    pub client: egress::Client,
    /// The time.
    pub clock: Clock,
    /// Fresh ids.
    pub entropy: Entropy,
    /// What the operator decides.
    pub settings: Arc<Settings>,
}

/// What the operator decides about connections, exports and webhooks.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Where the world reaches OpenIAS, without a trailing slash.
    pub base_url: String,
    /// How long an export file can be downloaded.
    pub export_life: Duration,
    /// The waits before each retry of a webhook; one attempt more than there are waits.
    pub webhook_retries: Vec<Duration>,
    /// How long a webhook endpoint may take to answer.
    pub webhook_timeout: Duration,
    /// Sends letters, where the operator has a relay for them.
    pub mailer: Option<egress::Mailer>,
    /// How long a job is a worker's own. Whoever works renews it, so this is how long the jobs of a worker
    /// that died wait for another.
    pub job_lease: Duration,
}
