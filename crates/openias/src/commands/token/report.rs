//! What was found about a token, for people and for programs.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use identity::lint::{Linted, Question, Remark};
use serde_json::{Map, Value, json};
use token::lint::{Judgement, Shown, Signature, Verdict};
use token::{Breach, Finding, Profile};

/// How wide the column of names gets. Longer ones stand out of it.
const WIDEST: usize = 32;

/// For people. Ends with what to tell the CSP.
pub(super) fn text(linted: &Linted<'_>, reveal: bool) -> String {
    let mut out = String::new();
    // Writing to a string cannot fail.
    let _ = write_text(&mut out, linted, reveal);
    out
}

fn write_text(out: &mut String, linted: &Linted<'_>, reveal: bool) -> std::fmt::Result {
    let report = &linted.report;
    // What was pasted stands first: it explains the rest.
    let (pasted, others): (Vec<_>, Vec<_>) =
        linted.remarks.iter().partition(|remark| matches!(remark, Remark::Pasted(_)));
    pasted.iter().try_for_each(|remark| writeln!(out, "{}", remark.sentence()))?;
    if linted.is_empty() {
        return Ok(());
    }
    match linted.csp {
        Some(csp) => writeln!(out, "Issuer     {} ({}, {})", linted.issuer, csp.name, csp.idp)?,
        None if linted.issuer.is_empty() => writeln!(out, "Issuer     none that can be read")?,
        None => writeln!(out, "Issuer     {} (not a trusted CSP)", linted.issuer)?,
    }
    write!(out, "Signature  ")?;
    match (report.signature, &linted.keys_unavailable) {
        (Signature::Good, _) => writeln!(out, "right")?,
        (Signature::Bad(breach), _) => writeln!(out, "{breach} [{}]", breach.code())?,
        (Signature::NotChecked, Some(why)) => writeln!(out, "not checked: {why}")?,
        (Signature::NotChecked, None) => writeln!(out, "not checked: no keys to check it with")?,
    }
    writeln!(out, "Verdict    {} (by {})", verdict(linted), report.profile.name())?;
    for remark in others {
        writeln!(out, "Note       {}", remark.sentence())?;
    }
    write_members(out, "Header", &report.header, reveal)?;
    let hidden = if reveal { "" } else { " (values about the person are hidden; --reveal shows them)" };
    write_members(out, &format!("Claims{hidden}"), &report.claims, reveal)?;
    write_findings(out, linted)
}

fn write_members(
    out: &mut String,
    title: &str,
    members: &[(String, Shown)],
    reveal: bool,
) -> std::fmt::Result {
    if members.is_empty() {
        return Ok(());
    }
    let widest = members.iter().map(|(name, _)| name.chars().count()).max().unwrap_or_default().min(WIDEST);
    writeln!(out, "\n{title}")?;
    members.iter().try_for_each(|(name, shown)| {
        let moment = shown.moment().map(|moment| format!("  {}", moment.rfc3339()));
        writeln!(out, "  {name:<widest$}  {}{}", shown.text(reveal), moment.unwrap_or_default())
    })
}

/// The findings, one row each, with what every profile makes of it; then what the CSP can do about those of the
/// profile that counts.
fn write_findings(out: &mut String, linted: &Linted<'_>) -> std::fmt::Result {
    let report = &linted.report;
    let rows = report.breaches();
    if rows.is_empty() {
        return writeln!(out, "\nNo profile has anything to remark on.");
    }
    writeln!(out, "\nFindings")?;
    for profile in Profile::ALL {
        write!(out, "  {:<11}", profile.name())?;
    }
    writeln!(out, "  rule")?;
    for breach in &rows {
        for judgement in &report.judgements {
            write!(out, "  {:<11}", judgement.grade(breach).name())?;
        }
        writeln!(out, "  {}  {breach}", breach.code())?;
    }
    let told = linted.for_csp();
    if !told.is_empty() {
        writeln!(out, "\nWhat to tell the CSP (by {})", report.profile.name())?;
    }
    told.iter().try_for_each(|breach| {
        let said = breach.rule.describe();
        writeln!(out, "  {}: {} ({})", said.code, said.advice, said.clause)
    })
}

/// The verdict with what it leaves open.
fn verdict(linted: &Linted<'_>) -> String {
    let mut said = match linted.verdict() {
        Verdict::Accepted => "accepted".to_owned(),
        Verdict::Refused(breach) => return format!("refused: {breach} [{}]", breach.code()),
        Verdict::NotJudged => "not judged: all but the signature is right".to_owned(),
    };
    let is = |wanted: fn(&Remark) -> bool| linted.remarks.iter().any(wanted);
    if is(|remark| matches!(remark, Remark::Pasted(_))) {
        said.push_str(", once the token stands by itself");
    }
    if is(|remark| matches!(remark, Remark::IssuerNearly { .. } | Remark::IssuerUntrusted)) {
        said.push_str(", issuer not trusted");
    }
    if is(|remark| *remark == Remark::AudienceOpen) {
        said.push_str(", audience not compared");
    }
    said
}

/// For programs.
pub(super) fn json(linted: &Linted<'_>, question: &Question<'_>, reveal: bool) -> String {
    let report = &linted.report;
    let remark = |remark: &Remark| json!({"code": remark.code(), "sentence": remark.sentence()});
    let moments = report.claims.iter().filter_map(|(name, shown)| Some((name, shown.moment()?.rfc3339())));
    let refused_for = match linted.verdict() {
        Verdict::Refused(breach) => Some(breach.code()),
        _ => None,
    };
    let signature = match report.signature {
        Signature::Good => json!({"checked": true, "good": true}),
        Signature::Bad(breach) => json!({"checked": true, "good": false, "code": breach.code()}),
        Signature::NotChecked => {
            json!({"checked": false, "why": linted.keys_unavailable.as_ref().map(ToString::to_string)})
        }
    };
    let value = json!({
        "verdict": word(linted.verdict()),
        "code": refused_for,
        "remarks": linted.remarks.iter().map(remark).collect::<Vec<_>>(),
        "audience_compared": question.audience.is_some() && !report.claims.is_empty(),
        "now": question.now.rfc3339(),
        "profile": report.profile.name(),
        "issuer": linted.issuer,
        "idp": linted.csp.map(|csp| &csp.idp),
        "signature": signature,
        "header": members(&report.header, reveal),
        "claims": members(&report.claims, reveal),
        "times": moments.collect::<BTreeMap<_, _>>(),
        "tell_csp": linted.for_csp().iter().map(Breach::code).collect::<Vec<_>>(),
        "judgements": report.judgements.iter().map(judgement).collect::<Vec<_>>(),
    });
    format!("{value:#}\n")
}

/// Why nothing was judged.
pub(super) fn json_error(error: &anyhow::Error) -> String {
    format!("{:#}\n", json!({"verdict": word(Verdict::NotJudged), "error": format!("{error:#}")}))
}

fn members(members: &[(String, Shown)], reveal: bool) -> Value {
    let shown = members.iter().map(|(name, shown)| (name.clone(), Value::from(shown.text(reveal))));
    Value::Object(shown.collect::<Map<_, _>>())
}

fn judgement(judgement: &Judgement) -> Value {
    let finding = |finding: &Finding| {
        let said = finding.breach.rule.describe();
        json!({
            "grade": finding.grade.name(), "code": said.code, "at": finding.breach.at,
            "sentence": said.sentence, "clause": said.clause, "advice": said.advice,
        })
    };
    json!({
        "profile": judgement.profile.name(),
        "verdict": word(judgement.verdict),
        "findings": judgement.findings.iter().map(finding).collect::<Vec<_>>(),
    })
}

const fn word(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Accepted => "accepted",
        Verdict::Refused(_) => "refused",
        Verdict::NotJudged => "not_judged",
    }
}
