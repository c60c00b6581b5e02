//! For whom access tokens are (`audience`, and `resource` of RFC 8707): this API, by its address or by that of its
//! first version. A token that shall name it is one that can be read without us (RFC 9068).

use crate::Identity;

/// What is wrong with `audience` or `resource`. On the wire all are `invalid_target`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TargetFault {
    /// A resource is no absolute URI without a fragment (RFC 8707 section 2).
    #[error("resource is not an absolute URI without a fragment")]
    NotAbsolute,
    /// It names something else than this API.
    #[error("audience or resource does not name this API")]
    Unknown,
    /// It names what the patient was not asked for (RFC 8707 section 2.2).
    #[error("audience or resource was not granted")]
    NotGranted,
}

impl TargetFault {
    /// The rule's code.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NotAbsolute => "target.resource",
            Self::Unknown | Self::NotGranted => "target.audience",
        }
    }
}

/// What a request names, each once; nothing when it does not care.
pub(crate) fn named(
    identity: &Identity,
    audience: Option<&str>,
    resource: Option<&str>,
) -> Result<Vec<String>, TargetFault> {
    if resource.is_some_and(|resource| !is_absolute(resource)) {
        return Err(TargetFault::NotAbsolute);
    }
    let ours = identity.settings.api_names();
    let mut named: Vec<String> = Vec::new();
    for name in audience.into_iter().chain(resource) {
        if !ours.iter().any(|known| known == name) {
            return Err(TargetFault::Unknown);
        }
        if !named.iter().any(|known| known == name) {
            named.push(name.to_owned());
        }
    }
    Ok(named)
}

/// What a token request names, which may be less than what was granted; all of that when it names nothing. Who was
/// granted a token for nobody in particular may still have one that names this API.
pub(crate) fn narrowed(
    identity: &Identity,
    granted: &[String],
    audience: Option<&str>,
    resource: Option<&str>,
) -> Result<Vec<String>, TargetFault> {
    let named = named(identity, audience, resource)?;
    if named.is_empty() {
        return Ok(granted.to_vec());
    }
    let is_granted = granted.is_empty() || named.iter().all(|name| granted.contains(name));
    if is_granted { Ok(named) } else { Err(TargetFault::NotGranted) }
}

fn is_absolute(resource: &str) -> bool {
    resource.split_once("://").is_some_and(|(scheme, rest)| !scheme.is_empty() && !rest.is_empty())
        && !resource.contains('#')
}
