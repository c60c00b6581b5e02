//! What a client asks of the authorization endpoint, as it was pushed (RFC 9126) and as it is kept until the patient
//! decides.

use serde::{Deserialize, Serialize};

use crate::{ProvenIdentity, Scope};

/// The parameters of an authorization request that were checked, about a patient `P`. Stored sealed. Of a request
/// that was pushed it shows only then whether the patient is proven; consent can be asked for one about a
/// [`ProvenIdentity`] and for no other.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct AuthorizationRequest<P = Patient> {
    /// `scope`
    pub scope: Scope,
    /// `redirect_uri`, registered for the client.
    pub redirect_uri: Option<String>,
    /// `state`, returned unchanged.
    pub state: Option<String>,
    /// `nonce`, copied into the ID token.
    pub nonce: Option<String>,
    /// `code_challenge`, by S256.
    pub code_challenge: Option<String>,
    /// `resource` and `audience` (RFC 8707): for whom the access token shall be.
    #[serde(default)]
    pub resources: Vec<String>,
    /// `prompt=none`: the patient must not be asked anything.
    #[serde(default)]
    pub silent: bool,
    /// `max_age`, in seconds: how long ago the patient may have been proofed.
    pub max_age: Option<u64>,
    /// `login_hint`: an e-mail address to begin with.
    pub login_hint: Option<String>,
    /// `dpop_jkt` (RFC 9449 section 10): the key that the code is for.
    pub dpop_jkt: Option<String>,
    /// Whose records.
    pub patient: P,
}

/// Whose records a pushed request is about, and how that is known.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Patient {
    /// A CSP's ID token came with the request.
    Proven(Box<ProvenIdentity>),
    /// Nobody knows yet: the patient proves it here.
    Unproven(Unproven),
}

/// A patient who has yet to prove who they are.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unproven {
    /// The CSP where they shall; none leaves the choice to them.
    pub idp: Option<String>,
}

impl Default for Patient {
    fn default() -> Self {
        Self::Unproven(Unproven::default())
    }
}

impl<P> AuthorizationRequest<P> {
    /// The same request about another patient.
    pub fn with<Q>(self, patient: Q) -> AuthorizationRequest<Q> {
        self.replace(patient).1
    }

    /// The same request about nobody: what a code still has to answer when the patient has decided.
    pub fn without_patient(&self) -> AuthorizationRequest<()>
    where
        P: Clone,
    {
        self.clone().with(())
    }

    fn replace<Q>(self, patient: Q) -> (P, AuthorizationRequest<Q>) {
        let request = AuthorizationRequest {
            scope: self.scope,
            redirect_uri: self.redirect_uri,
            state: self.state,
            nonce: self.nonce,
            code_challenge: self.code_challenge,
            resources: self.resources,
            silent: self.silent,
            max_age: self.max_age,
            login_hint: self.login_hint,
            dpop_jkt: self.dpop_jkt,
            patient,
        };
        (self.patient, request)
    }
}

/// A pushed request by what is known of its patient.
#[derive(Debug)]
pub enum ByProof {
    /// Consent can be asked for.
    Proven(AuthorizationRequest<Box<ProvenIdentity>>),
    /// The patient has to prove who they are first.
    Unproven(AuthorizationRequest<Unproven>),
}

impl AuthorizationRequest {
    /// Tells the two kinds of request apart.
    pub fn by_proof(self) -> ByProof {
        match self.replace(()) {
            (Patient::Proven(identity), request) => ByProof::Proven(request.with(identity)),
            (Patient::Unproven(unproven), request) => ByProof::Unproven(request.with(unproven)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_is_not_proven_stays_so_through_the_store() {
        let request = AuthorizationRequest {
            scope: Scope::parse("openid").expect("a scope"),
            patient: Patient::Unproven(Unproven { idp: Some("clear_csp".to_owned()) }),
            ..AuthorizationRequest::default()
        };
        let kept = serde_json::to_string(&request).expect("JSON");
        let read: AuthorizationRequest = serde_json::from_str(&kept).expect("a request");
        let ByProof::Unproven(read) = read.by_proof() else { panic!("proven by nobody") };
        assert_eq!((read.scope.as_str(), read.patient.idp.as_deref()), ("openid", Some("clear_csp")));
        // What waits for consent holds a proven identity, or is not read at all.
        assert!(serde_json::from_str::<AuthorizationRequest<ProvenIdentity>>(&kept).is_err());
    }
}
