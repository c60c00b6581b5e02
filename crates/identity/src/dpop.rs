//! Proof of possession (DPoP, RFC 9449): what a request's proof has to say, and that it says it once.

use model::ClientProfile;
use oauth::dpop::{Endpoint, Expectations, Nonces, Proof, verify};
use store::{AssertionUse, Signer, StoreError, Tx};

use crate::Identity;

pub use oauth::dpop::Reject;

/// What proofs may be signed with; under FAPI 2.0 with less.
pub const ALGORITHMS: &[jose::Algorithm] = oauth::algorithms(ClientProfile::Byoi);

/// A request as its proof has to name it.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// The `DPoP` header, if there is one. Several in one request are one that nobody can read.
    pub proof: Option<&'a str>,
    /// The method.
    pub method: &'a str,
    /// Where it arrived, below our own base URL.
    pub path: &'a str,
}

/// Why a request's sender does not hold the key.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// None came where one is demanded.
    #[error("a DPoP proof is required")]
    Missing,
    /// The proof does not stand.
    #[error(transparent)]
    Proof(#[from] Reject),
    /// The proof has to hold this nonce (RFC 9449 section 8).
    #[error("the proof does not hold a current nonce")]
    Nonce(String),
    /// The proof was used before.
    #[error("the DPoP proof was used before")]
    Replayed,
    /// The key is another one than what was granted is bound to.
    #[error("the proof is by another key than the grant is bound to")]
    OtherKey,
}

impl Refusal {
    /// The rule's code in the audit trail.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Missing => "dpop.missing",
            Self::Proof(_) => "dpop.proof",
            Self::Nonce(_) => "dpop.nonce",
            Self::Replayed => "dpop.replayed",
            Self::OtherKey => "dpop.other_key",
        }
    }
}

/// Judges the proof of a request, which may go with an access token. Whether it came before, [`use_up`] tells.
pub(crate) fn judge(
    identity: &Identity,
    request: &Request<'_>,
    profile: ClientProfile,
    access_token: Option<&str>,
) -> Result<Option<Proof>, Refusal> {
    let Some(proof) = request.proof else { return Ok(None) };
    let url = format!("{}{}", identity.settings.base_url, request.path);
    let (endpoint, now) = (Endpoint::parse(&url).ok_or(Reject::Url)?, identity.clock.now());
    let nonces = identity.settings.dpop_nonces.then(|| Nonces::new(&identity.store.nonce_secret()));
    let expected = Expectations {
        access_token,
        nonces: nonces.as_ref(),
        ..Expectations::new(request.method, &endpoint, profile, now)
    };
    match (verify(proof, &expected), &nonces) {
        (Err(reject), Some(nonces)) if reject.wants_nonce() => Err(Refusal::Nonce(nonces.at(now))),
        (judged, _) => Ok(Some(judged?)),
    }
}

/// Uses a proof up, if there is one, in the transaction that does what it is for.
pub(crate) async fn use_up(
    identity: &Identity,
    tx: &mut Tx,
    proof: Option<&Proof>,
) -> Result<Result<(), Refusal>, StoreError> {
    let Some(proof) = proof else { return Ok(Ok(())) };
    let first = tx.use_assertion(&use_of(proof), identity.clock.now()).await?;
    Ok(if first { Ok(()) } else { Err(Refusal::Replayed) })
}

/// What a proof counts as, once.
pub(crate) fn use_of(proof: &Proof) -> AssertionUse<'_> {
    let signer = Signer::Key(proof.jkt().as_str());
    AssertionUse { signer, token_id: proof.jti(), expires_at: proof.expires_at() }
}
