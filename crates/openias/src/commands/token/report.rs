//! What was found about a token, for people and for programs.

use std::fmt::Write as _;

use identity::lint::Linted;
use serde_json::{Map, Value, json};
use token::lint::{Judgement, Report, Shown, Signature, Verdict};
use token::{Finding, Profile, Rule};

/// For people. Ends with what to tell the CSP.
pub(super) fn text(linted: &Linted<'_>, reveal: bool) -> String {
    let mut out = String::new();
    // Writing to a string cannot fail.
    let _ = write_text(&mut out, linted, reveal);
    out
}

fn write_text(out: &mut String, linted: &Linted<'_>, reveal: bool) -> std::fmt::Result {
    let report = &linted.report;
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
    writeln!(out, "Verdict    {} (by {})", verdict(report.verdict()), report.profile.name())?;
    write_members(out, "Header", &report.header, reveal)?;
    let hidden = if reveal { "" } else { " (values about the person are hidden; --reveal shows them)" };
    write_members(out, &format!("Claims{hidden}"), &report.claims, reveal)?;
    write_findings(out, report)
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
    let widest = members.iter().map(|(name, _)| name.len()).max().unwrap_or_default();
    writeln!(out, "\n{title}")?;
    members.iter().try_for_each(|(name, shown)| writeln!(out, "  {name:<widest$}  {}", shown.text(reveal)))
}

/// The findings, one row each, with what every profile makes of it.
fn write_findings(out: &mut String, report: &Report) -> std::fmt::Result {
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
    writeln!(out, "\nWhat to tell the CSP")?;
    let mut told: Vec<Rule> = Vec::new();
    for breach in &rows {
        if !told.contains(&breach.rule) {
            told.push(breach.rule);
            let said = breach.rule.describe();
            writeln!(out, "  {}: {} ({})", said.code, said.advice, said.clause)?;
        }
    }
    Ok(())
}

fn verdict(verdict: Verdict) -> String {
    match verdict {
        Verdict::Accepted => "accepted".to_owned(),
        Verdict::Refused(breach) => format!("refused: {breach} [{}]", breach.code()),
        Verdict::NotJudged => "not judged: all but the signature is right".to_owned(),
    }
}

/// For programs.
pub(super) fn json(linted: &Linted<'_>, reveal: bool) -> String {
    let report = &linted.report;
    let signature = match report.signature {
        Signature::Good => json!({"checked": true, "good": true}),
        Signature::Bad(breach) => json!({"checked": true, "good": false, "code": breach.code()}),
        Signature::NotChecked => {
            json!({"checked": false, "why": linted.keys_unavailable.as_ref().map(ToString::to_string)})
        }
    };
    let value = json!({
        "verdict": word(report.verdict()),
        "profile": report.profile.name(),
        "issuer": linted.issuer,
        "idp": linted.csp.map(|csp| &csp.idp),
        "signature": signature,
        "header": members(&report.header, reveal),
        "claims": members(&report.claims, reveal),
        "judgements": report.judgements.iter().map(judgement).collect::<Vec<_>>(),
    });
    format!("{value:#}\n")
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
