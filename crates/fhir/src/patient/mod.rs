//! Patient: the demographics we send, and those that responders hold.

mod build;
mod read;

pub use build::{US_CORE_PATIENT, address, build};
pub use read::{Name, PatientDemographics};
