//! The rules for ID tokens in words. English stands in the rules themselves; other languages in a file of their
//! own, `rules.ftl`, by the rule's code.

use token::Rule;

use super::Language;

impl Language {
    /// What breaking a rule means.
    pub(crate) fn rule(self, rule: Rule) -> String {
        match self {
            Self::En => rule.describe().sentence.to_owned(),
            Self::Es => self.text(&key(rule)),
        }
    }

    /// What to ask of the CSP.
    pub(crate) fn advice(self, rule: Rule) -> String {
        match self {
            Self::En => rule.describe().advice.to_owned(),
            Self::Es => self.text(&format!("{}-advice", key(rule))),
        }
    }
}

/// `token.birthdate_format` is `rule-token-birthdate-format`.
fn key(rule: Rule) -> String {
    format!("rule-{}", rule.code().replace(['.', '_'], "-"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rule_has_words_in_every_language() {
        for rule in Rule::ALL {
            for language in Language::ALL {
                for text in [language.rule(rule), language.advice(rule)] {
                    assert!(text.ends_with('.') && !text.starts_with("rule-"), "{language} {rule:?}: {text}");
                }
            }
        }
    }
}
