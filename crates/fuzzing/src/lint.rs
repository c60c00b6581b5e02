//! The whole judgement of an ID token, and what is said about any text.

use jose::Compact;
use token::lint::{Signature, Verdict, claimed_issuer};
use token::{Reject, Rule, Unverified, Verified, lint, verify};

use crate::issuer;

/// The judge accepts what was signed and nothing else, says the same as the report, and no report without keys
/// accepts anything.
///
/// # Panics
/// When that does not hold.
pub fn check(input: &[u8]) {
    let Ok(text) = std::str::from_utf8(input) else { return };
    let expected = issuer::expectations();
    let report = lint(text, Some(&issuer::KEY_SET), Some(&issuer::AUDIENCE), &expected);
    match judge(text) {
        Ok(verified) => {
            assert!(issuer::signed(text), "nobody signed this");
            assert_eq!(verified.raw(), text);
            assert_eq!(report.verdict(), Verdict::Accepted);
        }
        Err(reject) => match report.verdict() {
            Verdict::Refused(breach) => {
                // Both name the first broken rule, but the judge needs the issuer before it can check anything.
                let early = matches!(reject.rule, Rule::IssuerMissing | Rule::JwsPayload);
                // And the report says why there is no third segment.
                let unsigned = reject.rule == Rule::JwsSegments && breach.rule == Rule::JwsAlgorithm;
                assert!(early || unsigned || breach == reject, "{} and {}", breach.code(), reject.code());
            }
            verdict => panic!("the judge refuses, the report says {verdict:?}"),
        },
    }
    for (_, shown) in report.header.iter().chain(&report.claims) {
        assert_eq!(format!("{shown:?}"), shown.text(false), "a value prints");
    }
    let unchecked = lint(text, None, None, &expected);
    assert!(unchecked.signature != Signature::Good && unchecked.verdict() != Verdict::Accepted);
    if let Some(claimed) = claimed_issuer(text) {
        assert!(!claimed.is_empty());
    }
}

/// What becomes of a text under [`issuer::expectations`].
pub fn judge(text: &str) -> Result<Verified, Reject> {
    let compact = Compact::parse(text)?;
    verify(&Unverified::read(&compact)?, &issuer::KEY_SET, &issuer::AUDIENCE, &issuer::expectations())
}
