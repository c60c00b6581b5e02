//! The rules as a reference: `docs/reference/token-rules.md` is this text.

use std::fmt::Write as _;

use token::{Profile, Rule, Weight};

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
        let [one, two, three] = grades.map(token::Grade::name);
        writeln!(
            out,
            "| `{}` | {one} | {two} | {three} | {} | {} | {} |",
            said.code, said.sentence, said.advice, said.clause
        )?;
    }
    Ok(())
}
