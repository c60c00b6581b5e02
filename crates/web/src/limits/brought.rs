//! What a call brings to prove whose it is, as far as limits tell one caller from another.

/// A key, a token or an assertion at one address, by hashes under a key of this process: what was brought is not
/// kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Brought {
    /// Whose failures it is counted among when it proves nothing: those under the name it claims. A token claims
    /// none, and a patient's may be meant by it: it counts like a call that brings nothing.
    pub(super) name: Option<u64>,
    /// What it is known by once it has proven something. A guess is known by something else.
    pub(super) pass: u64,
}
