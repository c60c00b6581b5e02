//! The nouns of OpenIAS: what they are called, what they may contain, which states they can be in.
//!
//! Pure: bytes and values in, values out. No clock, no random source, no I/O; whoever needs a new id
//! brings the random bytes.

pub mod authorization_request;
pub mod busy;
pub mod client;
pub mod client_policy;
pub mod demographics;
pub mod hcid;
pub mod id;
pub mod letter;
pub mod mode;
pub mod organization;
pub mod pkce;
pub mod printable;
pub mod proven_identity;
pub mod pushed_request;
pub mod redirect_uri;
pub mod scope;
pub mod secret;
pub mod ssn;
pub mod synthetic;
pub mod tenant;
pub mod timestamp;
pub mod token_policy;

pub use authorization_request::{AuthorizationRequest, ByProof, Patient, Unproven};
pub use busy::Busy;
pub use client::{Credential, PublicId};
pub use client_policy::{ClientAuthentication, ClientPolicy, ClientProfile, IdTokenAlgorithm, RequestUse};
pub use demographics::{Address, Demographics, Gender};
pub use hcid::Hcid;
pub use letter::Letter;
pub use mode::Mode;
pub use organization::{Entitlements, Organization};
pub use pkce::Challenge;
pub use printable::{is_blank, is_unprintable};
pub use proven_identity::{ProvenIdentity, ProvenSubject};
pub use pushed_request::REQUEST_URI_PREFIX;
pub use redirect_uri::RedirectTarget;
pub use scope::{Scope, ScopeFault};
pub use secret::{Secret, SecretHash};
pub use ssn::Ssn;
pub use tenant::Tenant;
pub use timestamp::Timestamp;
pub use token_policy::{TokenPolicy, TokenProfile};
