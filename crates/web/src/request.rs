//! Reading requests: strictly, and each under an id of its own.

pub(crate) mod credentials;
pub(crate) mod form;
mod identify;

pub(crate) use credentials::{Credentials, CredentialsFault, bearer};
pub(crate) use form::{Fields, Form, FormFault, Query};
pub(crate) use identify::{RequestId, identify};
