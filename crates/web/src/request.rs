//! Reading requests: strictly, and each under an id of its own.

mod body;
mod client;
pub(crate) mod credentials;
pub(crate) mod form;
mod identify;
mod json;
mod methods;
mod page_form;
mod path;
mod sender;

pub(crate) use body::BODY_TIME;
pub(crate) use client::ClientProof;
pub(crate) use credentials::{Credentials, CredentialsFault, access_token, bearer};
pub(crate) use form::{Fields, Form, FormFault, Query};
pub(crate) use identify::{RequestId, identify, method_name};
pub(crate) use json::{Json, JsonFault};
pub(crate) use methods::without_head;
pub(crate) use page_form::{PageForm, PageQuery};
pub(crate) use path::Path;
pub(crate) use sender::Sender;
