//! The rules for ID tokens in words. English stands in the rules themselves; other languages in a file of their
//! own, `rules.ftl`, by the rule's code.

use identity::lint::Remark;
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

impl Language {
    /// What is said of a pasted text beside the rules.
    pub(crate) fn remark(self, remark: &Remark) -> String {
        match self {
            Self::En => remark.sentence(),
            Self::Es => {
                let values = remark.values();
                let values: Vec<_> = values.iter().map(|(name, value)| (*name, value.as_str())).collect();
                self.text_with(&format!("remark-{}", remark.code().replace(['.', '_'], "-")), &values)
            }
        }
    }
}

/// `token.birthdate_format` is `rule-token-birthdate-format`.
fn key(rule: Rule) -> String {
    format!("rule-{}", rule.code().replace(['.', '_'], "-"))
}

#[cfg(test)]
mod tests {
    use identity::lint::Paste as P;
    use model::Timestamp;

    use super::*;

    #[test]
    fn every_remark_has_words_in_every_language() {
        let moment = Timestamp::from_seconds(1_718_237_311);
        let pastes = [
            P::Nothing,
            P::LineBreak,
            P::Space,
            P::Wrapped,
            P::ByteOrderMark,
            P::Invisible,
            P::Quotes,
            P::Bearer,
            P::TokenResponse,
            P::NoIdToken,
            P::NoToken,
        ];
        let others = [
            Remark::IssuerNearly { trusted: "https://a.example".to_owned(), idp: "a_csp".to_owned() },
            Remark::IssuerUntrusted,
            Remark::AudienceOpen,
            Remark::ParAlone,
            Remark::Expired { at: moment, now: moment },
            Remark::Early { now: moment },
        ];
        for remark in pastes.map(Remark::Pasted).iter().chain(&others) {
            for language in Language::ALL {
                let text = language.remark(remark);
                assert!(text.ends_with('.') && !text.starts_with("remark-"), "{language}: {text}");
                assert!(remark.values().iter().all(|(_, value)| text.contains(value)), "{language}: {text}");
            }
        }
    }

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
