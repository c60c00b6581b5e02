//! What clients may sign with, by the rules they are held to.

use jose::Algorithm;
use model::ClientProfile;

/// What a client's assertions and proofs may be signed with, the dearest to us first. FAPI 2.0 section 5.4 leaves out
/// RS256.
pub const fn algorithms(profile: ClientProfile) -> &'static [Algorithm] {
    match profile {
        ClientProfile::Byoi => &[Algorithm::Es256, Algorithm::EdDsa, Algorithm::Ps256, Algorithm::Rs256],
        ClientProfile::Fapi2 => &[Algorithm::Es256, Algorithm::EdDsa, Algorithm::Ps256],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fapi_knows_no_pkcs1_signatures() {
        assert!(!algorithms(ClientProfile::Fapi2).contains(&Algorithm::Rs256));
        assert!(algorithms(ClientProfile::Byoi).contains(&Algorithm::Rs256));
    }
}
