//! Pushed authorization requests (RFC 9126), which both authorization endpoints take.

/// What a `request_uri` of ours begins with (2.2); the reference follows.
pub const REQUEST_URI_PREFIX: &str = "urn:ietf:params:oauth:request_uri:";
