//! What a call turned out to be, noted while it is handled: whose it is, once that is proven, and why it failed.
//!
//! Who calls is known deep inside a handler, when an engine has checked credentials; who counts and keeps a log
//! stands around all of them. A note for the running task is what they share.

use std::cell::RefCell;

use axum::response::Response;
use model::PublicId;
use model::id::OrganizationId;

use crate::address::Network;
use crate::limits::Brought;

/// Whose call it is.
#[derive(Clone, Debug)]
pub(crate) struct Caller {
    pub(crate) organization: OrganizationId,
    pub(crate) public_id: PublicId,
}

/// What is known of a call, at its beginning and when it is over.
#[derive(Default)]
pub(crate) struct Call {
    /// Where it comes from, if it counts there.
    pub(crate) from: Option<Network>,
    /// What it brings to prove whose it is.
    pub(crate) brought: Option<Brought>,
    /// Whose it is: a client's that proved itself or signed for it, or a patient's in a session of that client.
    pub(crate) caller: Option<Caller>,
    /// Whether a client proved itself, or the operator.
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
}

tokio::task_local! {
    static CALL: RefCell<Call>;
}

/// Handles a call; what was noted meanwhile comes with the response.
pub(crate) async fn noting(call: Call, handling: impl Future<Output = Response>) -> (Response, Call) {
    let noting = async {
        let response = handling.await;
        (response, CALL.with(RefCell::take))
    };
    CALL.scope(RefCell::new(call), noting).await
}

/// Where the running call comes from.
pub(crate) fn from() -> Option<Network> {
    CALL.try_with(|call| call.borrow().from).ok().flatten()
}

/// Notes what the running call brings, where that is known late.
pub(crate) fn brings(brought: Option<Brought>) {
    note(|call| call.brought = brought);
}

/// Notes that the running call is not looked at. Such a call counts for nothing.
pub(crate) fn turned_away() {
    note(|call| call.from = None);
}

/// Notes that a client proved itself, and whose it is where it belongs to an organisation; or the operator.
pub(crate) fn proven(caller: Option<Caller>) {
    note(|call| {
        call.caller = caller;
        call.proven = true;
    });
}

/// Notes whose failed call this would be, without letting it in as a client's: a call of a patient in a session, or one
/// with what the client once signed.
pub(crate) fn on_behalf_of(caller: Caller) {
    note(|call| {
        call.caller = Some(caller);
        call.proven = false;
    });
}

fn note(write: impl FnOnce(&mut Call)) {
    // Outside of a call, as in the command line, there is nothing to note it on.
    let _ = CALL.try_with(|call| write(&mut call.borrow_mut()));
}
