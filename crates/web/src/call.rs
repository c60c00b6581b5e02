//! What a call turned out to be, noted while it is handled: whose it is, once that is proven, and why it failed.
//!
//! Who calls is known deep inside a handler, when an engine has checked credentials; who counts and keeps a log
//! stands around all of them. A note for the running task is what they share.

use std::cell::RefCell;

use axum::response::Response;
use model::PublicId;
use model::id::OrganizationId;

/// Whose call it is.
#[derive(Clone, Debug)]
pub(crate) struct Caller {
    pub(crate) organization: OrganizationId,
    pub(crate) public_id: PublicId,
}

/// What is known of a call when it is over.
#[derive(Default)]
pub(crate) struct Call {
    /// Whose it is: a client's that proved itself, or a patient's in a session of that client.
    pub(crate) caller: Option<Caller>,
    /// Whether a client proved itself.
    pub(crate) proven: bool,
}

/// Why a call failed, from where errors become answers to whoever stands around the handlers. It travels inside the
/// response.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Failure {
    /// The error of the answer.
    pub(crate) error: &'static str,
    /// The rule's code, where one is known.
    pub(crate) rule: &'static str,
    /// Whether credentials were missing or wrong.
    pub(crate) unauthenticated: bool,
}

tokio::task_local! {
    static CALL: RefCell<Call>;
}

/// Handles a call; what was noted meanwhile comes with the response.
pub(crate) async fn noting(handling: impl Future<Output = Response>) -> (Response, Call) {
    let noting = async {
        let response = handling.await;
        (response, CALL.with(RefCell::take))
    };
    CALL.scope(RefCell::default(), noting).await
}

/// Notes that a client proved itself, and whose it is where it belongs to an organisation.
pub(crate) fn proven(caller: Option<Caller>) {
    note(|call| *call = Call { caller, proven: true });
}

/// Notes whose session a patient calls in.
pub(crate) fn in_session(caller: Caller) {
    note(|call| call.caller = Some(caller));
}

fn note(write: impl FnOnce(&mut Call)) {
    // Outside of a call, as in the command line, there is nothing to note it on.
    let _ = CALL.try_with(|call| write(&mut call.borrow_mut()));
}
