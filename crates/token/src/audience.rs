//! Whom a token is for.

use jose::json::{Object, Value};
use model::Hcid;

use crate::Reject;
use crate::finding::Findings;

/// Most members of `aud`.
const MAX_MEMBERS: usize = 8;

/// `aud` is a string or an array; the expected HCID's URN must be in it exactly, and no other HCID. The 2.x
/// form has the client id besides; 3.0 has the HCID alone (IAS SOP 3.0, footnote 13).
pub(crate) fn check(claims: &Object<'_>, expected: &Hcid, findings: &mut Findings) -> Result<(), Reject> {
    let audience = members(claims.get("aud").ok_or(Reject::Missing("aud"))?)?;
    if !audience.contains(&expected.urn()) {
        return Err(Reject::Audience);
    }
    if audience.iter().any(|member| *member != expected.urn() && looks_like_an_hcid(member)) {
        return Err(Reject::ForeignAudience);
    }
    if audience.len() > 1 {
        name_strangers(&audience, expected, claims.get("azp").and_then(Value::as_str), findings);
    }
    Ok(())
}

fn members<'c>(aud: &'c Value<'_>) -> Result<Vec<&'c str>, Reject> {
    let members: Option<Vec<&str>> = match aud {
        Value::String(one) => Some(vec![one]),
        Value::Array(several) if several.len() <= MAX_MEMBERS => several.iter().map(Value::as_str).collect(),
        _ => None,
    };
    let members = members.filter(|members| !members.is_empty() && !members.contains(&""));
    let members = members.ok_or(Reject::AudienceShape)?;
    let twice = members
        .iter()
        .enumerate()
        .any(|(at, member)| members.iter().skip(at + 1).any(|other| other == member));
    if twice { Err(Reject::AudienceShape) } else { Ok(members) }
}

/// Loosely, so that no spelling of a second HCID passes for a client id.
fn looks_like_an_hcid(member: &str) -> bool {
    member.trim_start().get(..8).is_some_and(|scheme| scheme.eq_ignore_ascii_case("urn:oid:"))
        || Hcid::parse(member.trim()).is_ok()
}

fn name_strangers(audience: &[&str], expected: &Hcid, azp: Option<&str>, findings: &mut Findings) {
    if audience.iter().any(|member| *member != expected.urn() && Some(*member) != azp) {
        findings.warn(
            "token.audience_other",
            "the audience names somebody besides the HCID and the authorized party",
        );
    }
    if azp.is_some_and(|azp| !audience.contains(&azp)) {
        findings.warn("token.azp", "the authorized party (azp) is not in the audience");
    }
}
