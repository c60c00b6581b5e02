//! Typed views over raw FHIR R4 JSON.
//!
//! Records pass through byte for byte: nothing here reads a whole resource into a model and writes it
//! back. A [`Resource`] is the text as it arrived with a scanned header; the other modules read, or
//! build, only the few resource types that OpenIAS acts on. What arrives comes from strangers: every
//! reader takes any bytes and answers with a value or an [`Error`].
//!
//! Pure: no clock, no random source, no I/O. How much text a caller accepts is the caller's limit.

pub mod bundle;
pub mod capability;
pub mod directory;
pub mod error;
pub mod identifier;
mod legible;
pub mod matching_operation;
pub mod operation_outcome;
pub mod patient;
pub mod provenance;
pub mod reference;
pub mod resource;
mod view;

pub use bundle::{Bundle, Searchset};
pub use error::Error;
pub use identifier::Identifier;
pub use matching_operation::MatchGrade;
pub use patient::PatientDemographics;
pub use resource::Resource;
