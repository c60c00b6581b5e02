//! Whose something is, where test and live must never meet.

use crate::Mode;
use crate::id::OrganizationId;

/// An organisation in one mode: whose connections and exports these are. A credential of the other mode is a
/// stranger to them, even when it is the same organisation's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tenant<'a> {
    /// The organisation.
    pub organization: &'a OrganizationId,
    /// The mode.
    pub mode: Mode,
}
