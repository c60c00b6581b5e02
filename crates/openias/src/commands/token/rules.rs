//! The rules for people and programs, and as a reference: `docs/reference/token-rules.md` is the Markdown.

use std::fmt::Write as _;

use identity::refusals::{REFUSED, Refused};
use serde_json::{Value, json};
use token::{Grade, Profile, Rule, Weight};

/// How wide a terminal is at least.
const WIDTH: usize = 80;

/// Every rule and code.
pub(super) fn all(as_json: bool) -> String {
    if as_json {
        let rules = Rule::ALL.into_iter().map(rule_json);
        return pretty(&rules.chain(REFUSED.iter().map(refused_json)).collect());
    }
    let rules = Rule::ALL.into_iter().map(rule_text);
    rules.chain(REFUSED.iter().map(refused_text)).collect::<Vec<_>>().join("\n")
}

/// What one code means; a code can be a rule and a refusal of its own.
pub(super) fn one(code: &str, as_json: bool) -> anyhow::Result<String> {
    let rule = Rule::from_code(code);
    let refused = REFUSED.iter().find(|refused| refused.code == code);
    anyhow::ensure!(rule.is_some() || refused.is_some(), unknown(code));
    if as_json {
        return Ok(pretty(&rule.map(rule_json).into_iter().chain(refused.map(refused_json)).collect()));
    }
    let both = rule.map(rule_text).into_iter().chain(refused.map(refused_text));
    Ok(both.collect::<Vec<_>>().join("\n"))
}

fn unknown(code: &str) -> String {
    let known = Rule::ALL.into_iter().map(Rule::code).chain(REFUSED.iter().map(|refused| refused.code));
    let nearest = known
        .max_by(|one, other| strsim::jaro_winkler(one, code).total_cmp(&strsim::jaro_winkler(other, code)));
    format!(
        "no rule for ID tokens and pushed requests has the code {code:?}; did you mean {}? \
         What an identity check says stands in docs/operate.md.",
        nearest.unwrap_or_default()
    )
}

fn pretty(value: &Value) -> String {
    format!("{value:#}\n")
}

fn rule_text(rule: Rule) -> String {
    let said = rule.describe();
    let weight = match said.weight {
        Weight::Firm => "Weight: firm, it refuses the token under every profile".to_owned(),
        Weight::Graded(grades) => {
            let pairs = Profile::ALL.into_iter().zip(grades);
            let words = pairs.map(|(profile, grade)| format!("{} {}", profile.name(), grade.name()));
            format!("Weight: {}", words.collect::<Vec<_>>().join(", "))
        }
    };
    let ask = format!("Ask of the CSP: {}", said.advice);
    paragraphs(said.code, &[said.sentence, &ask, &weight, &format!("Clause: {}", said.clause)])
}

fn refused_text(refused: &Refused) -> String {
    let what = format!("What to do: {}", refused.advice);
    paragraphs(refused.code, &[refused.sentence, &what, "Weight: PAR alone refuses for it"])
}

/// A heading, and below it each text, indented and no wider than a terminal.
fn paragraphs(heading: &str, texts: &[&str]) -> String {
    let mut out = format!("{heading}\n");
    for text in texts {
        let mut line = " ".to_owned();
        for word in text.split(' ') {
            if line.chars().count() + 1 + word.chars().count() > WIDTH {
                out.push_str(&line);
                out.push('\n');
                "   ".clone_into(&mut line);
            }
            line.push(' ');
            line.push_str(word);
        }
        out.push_str(&line);
        out.push('\n');
    }
    out
}

fn rule_json(rule: Rule) -> Value {
    let said = rule.describe();
    let grades = match said.weight {
        Weight::Firm => Value::Null,
        Weight::Graded(grades) => {
            let pairs = Profile::ALL.into_iter().zip(grades);
            pairs.map(|(profile, grade)| (profile.name(), grade.name())).collect()
        }
    };
    json!({
        "code": said.code, "kind": if rule.is_graded() { "graded" } else { "firm" }, "grades": grades,
        "sentence": said.sentence, "advice": said.advice, "clause": said.clause,
    })
}

fn refused_json(refused: &Refused) -> Value {
    json!({"code": refused.code, "kind": "par", "sentence": refused.sentence, "advice": refused.advice})
}

/// All of it as the reference.
pub(super) fn markdown() -> String {
    let mut out = String::new();
    // Writing to a string cannot fail.
    let _ = write(&mut out);
    out
}

fn write(out: &mut String) -> std::fmt::Result {
    let profiles = Profile::ALL.map(Profile::name);
    writeln!(out, "## Firm rules\n")?;
    writeln!(out, "Breaking one refuses the token, under every profile and whoever issued it.\n")?;
    writeln!(out, "| code | what it means | what to ask of the CSP | clause |\n|---|---|---|---|")?;
    for rule in Rule::ALL.into_iter().filter(|rule| !rule.is_graded()) {
        let said = rule.describe();
        writeln!(out, "| `{}` | {} | {} | {} |", said.code, said.sentence, said.advice, said.clause)?;
    }
    writeln!(out, "\n## Graded rules\n")?;
    writeln!(
        out,
        "An `error` refuses the token, a `warning` and a `note` are kept with it. A CSP that is known to break a \
         rule is forgiven one step (its `quirks`).\n"
    )?;
    writeln!(out, "| code | {} | what it means | what to ask of the CSP | clause |", profiles.join(" | "))?;
    writeln!(out, "|---|---|---|---|---|---|---|")?;
    for rule in Rule::ALL {
        let said = rule.describe();
        let Weight::Graded(grades) = said.weight else { continue };
        let [one, two, three] = grades.map(Grade::name);
        writeln!(
            out,
            "| `{}` | {one} | {two} | {three} | {} | {} | {} |",
            said.code, said.sentence, said.advice, said.clause
        )?;
    }
    writeln!(out, "\n## The other codes of a pushed request\n")?;
    writeln!(
        out,
        "What can be wrong with the request beside its token, and with the token in this request alone.\n"
    )?;
    writeln!(out, "| code | what it means | what to do |\n|---|---|---|")?;
    for refused in &REFUSED {
        writeln!(out, "| `{}` | {} | {} |", refused.code, refused.sentence, refused.advice)?;
    }
    Ok(())
}
