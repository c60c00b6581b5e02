//! A small app with a backend of its own, as an integrator would write it: it sends patients to the CSP,
//! pushes their ID tokens, embeds the widget, takes webhooks and downloads records. It knows OpenIAS only
//! by its published HTTP interface.

mod backend;
mod calls;
mod inbox;
mod site;

pub use backend::{Backend, CspTokens, Keys, SignIn};
pub use calls::{Call, CallFault, Calls, Reply};
pub use inbox::{Inbox, Received};
pub use site::router;
