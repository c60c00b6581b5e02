//! The TEFCA IAS ID token, called IAL2 Claims Token by the IAS SOP: what a credential service provider (CSP)
//! says about a person it has proofed.
//!
//! A token is [`Unverified`] until [`verify()`] has gone through the whole list of checks; only then is there
//! a [`Verified`], the one way to the demographics. Each rule has its own [`Reject`]. Quirks of real issuers
//! that do no harm are accepted and noted as [`Finding`]s. [`issue()`] builds the payload of our own tokens.
//!
//! Pure: the time is an argument, the keys are the caller's.

pub mod expectations;
pub mod finding;
pub mod issue;
pub mod reject;
pub mod unverified;
pub mod verified;
pub mod verify;

mod address;
mod audience;
mod birthdate;
mod contact;
mod demographics;
mod text;
mod window;

pub use expectations::Expectations;
pub use finding::{Finding, Severity};
pub use issue::{Issuance, Profile, issue};
pub use reject::Reject;
pub use unverified::Unverified;
pub use verified::Verified;
pub use verify::verify;
