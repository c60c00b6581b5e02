//! Well-signed tokens of any content: only then does a refusal prove its rule.

use std::sync::LazyLock;

use fuzzing::Mint;
use jose::{Algorithm, Compact};
use model::{Hcid, Timestamp};
use openias_token::{Breach, Expectations, Policy, Reject, Rule, Unverified, Verified, verify};
use serde_json::{Value, json};

/// The issuer the judge expects.
pub(crate) const ISSUER: &str = "https://csp.example/authenticate/oidc";
/// The audience the judge expects.
pub(crate) const AUDIENCE: &str = "urn:oid:2.16.840.1.113883.3.7204.9";
/// When the base token was issued; it lives for an hour.
pub(crate) const ISSUED: i64 = 1_768_898_573;
/// When the judge looks at it.
pub(crate) const NOW: Timestamp = Timestamp::from_seconds(ISSUED + 600);

/// The algorithms the judge allows.
pub(crate) const RS256: &[Algorithm] = &[Algorithm::Rs256];

/// The expected issuer's key.
pub(crate) static FORGE: LazyLock<Mint> = LazyLock::new(|| Mint::new(Algorithm::Rs256));
/// Somebody else's key.
pub(crate) static STRANGER: LazyLock<Mint> = LazyLock::new(|| Mint::new(Algorithm::Rs256));

/// A token with any JSON as `typ`.
pub(crate) fn typed(typ: &Value, payload: &str) -> String {
    FORGE.with_header(&format!(r#","typ":{typ}"#), payload)
}

/// The claims of an impeccable token.
pub(crate) fn base() -> Value {
    json!({
        "iss": ISSUER, "sub": "act_1", "aud": AUDIENCE, "exp": ISSUED + 3600, "iat": ISSUED,
        "nbf": ISSUED, "auth_time": ISSUED - 2, "jti": "0ef0850f",
        "given_name": "Camila", "family_name": "Lopez", "birthdate": "1987-09-12",
        "address": {
            "street_address": "3268 West Johnson St. Apt 117", "locality": "Garland", "region": "TX",
            "postal_code": "75043", "country": "US"
        },
        "phone_number": "+14694694321", "phone_number_verified": true,
        "email": "knixontestemail@epic.com", "email_verified": true
    })
}

/// The base token with claims replaced or, by null, taken away. A dotted name reaches into the address.
pub(crate) fn changed(changes: &[(&str, Value)]) -> Value {
    let mut claims = base();
    for (name, value) in changes {
        let (object, name) = match name.split_once('.') {
            Some((outer, inner)) => (&mut claims[outer], inner),
            None => (&mut claims, *name),
        };
        if value.is_null() {
            object.as_object_mut().unwrap().remove(name);
        } else {
            object[name] = value.clone();
        }
    }
    claims
}

/// The HCID the judge expects.
pub(crate) fn hcid() -> Hcid {
    Hcid::parse(AUDIENCE).unwrap()
}

/// What the issuer's keys and the default policy make of these claims.
pub(crate) fn judge(claims: &Value) -> Result<Verified, Reject> {
    judge_token(&FORGE.token(claims.to_string()))
}

/// What they make of any text.
pub(crate) fn judge_token(token: &str) -> Result<Verified, Reject> {
    judge_by(token, &Expectations::new(ISSUER, RS256, NOW))
}

/// What the issuer's keys and any policy make of these claims.
pub(crate) fn judge_under(policy: Policy<'_>, claims: &Value) -> Result<Verified, Reject> {
    let expected = Expectations { policy, ..Expectations::new(ISSUER, RS256, NOW) };
    judge_by(&FORGE.token(claims.to_string()), &expected)
}

/// What becomes of a token under any policy.
pub(crate) fn judge_by(token: &str, expected: &Expectations<'_>) -> Result<Verified, Reject> {
    judge_for(&hcid(), token, expected)
}

/// And of one for any organisation.
pub(crate) fn judge_for(
    audience: &Hcid,
    token: &str,
    expected: &Expectations<'_>,
) -> Result<Verified, Reject> {
    let compact = Compact::parse(token)?;
    verify(&Unverified::read(&compact)?, &FORGE.keys, audience, expected)
}

/// Judges the base token with one claim changed, case by case.
pub(crate) fn refuses<const N: usize>(table: [(&str, &str, Value, Reject); N]) {
    for (case, name, value, reject) in table {
        assert_eq!(
            judge(&changed(&[(name, value.clone())])).err(),
            Some(reject),
            "{case} {name} {value:.60}"
        );
    }
}

/// The codes of what was remarked on.
pub(crate) fn codes(verified: &Verified) -> Vec<&'static str> {
    verified.findings().iter().map(|finding| finding.breach.code()).collect()
}

/// A rule broken as a whole.
pub(crate) fn of(rule: Rule) -> Reject {
    rule.into()
}

/// A rule broken at a claim.
pub(crate) fn at(rule: Rule, claim: &'static str) -> Reject {
    Breach::at(rule, claim)
}
