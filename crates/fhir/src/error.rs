//! Why text is not the resource it was taken for.

/// Names the fault, never the text: a resource may hold anything about a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// Not JSON at all, cut short, or nested deeper than the 128 levels that are read as a tree.
    #[error("not JSON, or nested too deeply")]
    NotJson,
    /// JSON, but not an object with a `resourceType` that names a resource type.
    #[error("not a FHIR resource")]
    NotAResource,
    /// Another resource type than the one asked for.
    #[error("not a {0} resource")]
    WrongType(&'static str),
    /// An element that must be there is not.
    #[error("{0} is missing")]
    Missing(&'static str),
    /// There are more of an element than are read.
    #[error("there are too many of {0}")]
    TooMany(&'static str),
    /// An element is there in another shape than FHIR gives it.
    #[error("{0} has the wrong shape")]
    Malformed(&'static str),
}
