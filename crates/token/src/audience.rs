//! Whom a token is for.

use jose::json::{Object, Value};
use model::Hcid;

use crate::breach::{Breach, Breaches};
use crate::{Rule, text};

/// Most members of `aud`.
const MAX_MEMBERS: usize = 8;

/// `aud` is a string or an array; the expected HCID's URN must be in it exactly, and no other HCID. The 2.x
/// form has the client id besides; 3.0 has the HCID alone (IAS SOP 3.0, footnote 13).
pub(crate) fn check(claims: &Object<'_>, expected: Option<&Hcid>, breaches: &mut Breaches) {
    let outcome = claims.get("aud").ok_or(Breach::from(Rule::AudienceMissing)).and_then(members);
    let Some(audience) = breaches.take(outcome) else { return };
    if audience.iter().any(|member| text::misleads(member)) {
        breaches.add_at(Rule::Unprintable, "aud");
    }
    let ours = |member: &str| match expected {
        Some(hcid) => member == hcid.urn(),
        None => looks_like_an_hcid(member),
    };
    // Nearly right, and worth a word of its own: with nothing to hold it against, the only HCID there is.
    let bare = match expected {
        Some(hcid) => audience.contains(&hcid.oid()) && !audience.contains(&hcid.urn()),
        None => audience.iter().filter(|member| looks_like_an_hcid(member)).all(|member| is_bare(member)),
    };
    if !audience.iter().any(|member| ours(member)) {
        breaches.add(if bare && expected.is_some() { Rule::AudienceBare } else { Rule::Audience });
    } else if bare {
        breaches.add(Rule::AudienceBare);
    } else if audience.iter().filter(|member| looks_like_an_hcid(member)).count() > 1 {
        breaches.add(Rule::ForeignAudience);
    }
    let azp = claims.get("azp").and_then(Value::as_str);
    for member in audience.iter().filter(|member| !looks_like_an_hcid(member)) {
        breaches.add_at(if Some(*member) == azp { Rule::AudienceParty } else { Rule::AudienceOther }, "aud");
    }
    if azp.is_some_and(|azp| !audience.contains(&azp)) {
        breaches.add(Rule::AuthorizedParty);
    }
}

fn members<'c>(aud: &'c Value<'_>) -> Result<Vec<&'c str>, Breach> {
    let members: Option<Vec<&str>> = match aud {
        Value::String(one) => Some(vec![one]),
        Value::Array(several) if several.len() <= MAX_MEMBERS => several.iter().map(Value::as_str).collect(),
        _ => None,
    };
    let members = members.filter(|members| !members.is_empty() && !members.contains(&""));
    let members = members.ok_or(Breach::from(Rule::AudienceShape))?;
    let twice = members
        .iter()
        .enumerate()
        .any(|(at, member)| members.iter().skip(at + 1).any(|other| other == member));
    if twice { Err(Rule::AudienceShape.into()) } else { Ok(members) }
}

/// An OID without its `urn:oid:` (RFC 3061).
fn is_bare(member: &str) -> bool {
    !member.starts_with("urn:") && Hcid::parse(member).is_ok()
}

/// Loosely, so that no spelling of a second HCID passes for a client id.
fn looks_like_an_hcid(member: &str) -> bool {
    member.trim_start().get(..8).is_some_and(|scheme| scheme.eq_ignore_ascii_case("urn:oid:"))
        || Hcid::parse(member.trim()).is_ok()
}
