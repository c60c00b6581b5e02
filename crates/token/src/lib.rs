//! The TEFCA IAS ID token, called IAL2 Claims Token by the IAS SOP: what a credential service provider (CSP)
//! says about a person it has proofed.
//!
//! A token is [`Unverified`] until [`verify()`] has gone through the whole list of checks; only then is there
//! a [`Verified`], the one way to the demographics. Every [`Rule`] has a name, a sentence and a clause. Some are
//! firm; about the others the forms of the token differ ([`TokenProfile`]), and issuers have quirks ([`Policy`]). What
//! does no harm is accepted and noted as [`Finding`]s. [`lint()`] says all of it about any text. [`issue()`] builds
//! the payload of our own tokens.
//!
//! Pure: the time is an argument, the keys are the caller's.

pub mod answer;
pub mod breach;
pub mod expectations;
pub mod grade;
pub mod issue;
pub mod lint;
pub mod policy;
pub mod rule;
pub mod unverified;
pub mod verified;
pub mod verify;

mod address;
mod audience;
mod birthdate;
mod conflict;
mod contact;
mod demographics;
mod name;
mod person;
mod ssn;
mod text;
mod window;

pub use breach::{Breach, Finding, Reject};
pub use expectations::Expectations;
pub use grade::Grade;
pub use issue::{Form, Issuance, issue};
pub use lint::{Report, lint};
pub use model::{TokenProfile, TokenProfile as Profile};
pub use policy::Policy;
pub use rule::{Rule, Weight};
pub use unverified::Unverified;
pub use verified::Verified;
pub use verify::verify;
