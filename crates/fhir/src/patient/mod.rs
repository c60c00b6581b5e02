//! Patient: the demographics we send, and those that responders hold.

mod build;
mod read;

pub use build::build;
pub use read::{Name, PatientDemographics};
