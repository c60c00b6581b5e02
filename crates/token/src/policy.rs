//! By which form a token is judged, and what its issuer is forgiven.

use crate::{Grade, Rule, TokenProfile};

/// How graded rules are weighed. Firm rules know no policy.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Policy<'a> {
    /// The form to judge by; none lets the token's `tefca_ial2claims_version` choose between the two of the
    /// SOP, and without one the 2.x form counts (IAS SOP 3.0: absent means 1.0).
    pub profile: Option<TokenProfile>,
    /// Graded rules that the issuer is known to break: each counts one step milder.
    pub quirks: &'a [Rule],
}

impl Policy<'_> {
    /// The form for a token that says this version of itself.
    pub(crate) fn profile_for(&self, version: Option<&str>) -> TokenProfile {
        self.profile.unwrap_or(match version {
            Some(version) if version.starts_with("3.") => TokenProfile::Tefca3,
            _ => TokenProfile::Tefca2,
        })
    }

    /// What breaking a rule means under `profile`.
    pub(crate) fn grade(&self, rule: Rule, profile: TokenProfile) -> Grade {
        let grade = rule.grade(profile);
        if rule.is_graded() && self.quirks.contains(&rule) { grade.milder() } else { grade }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quirk_is_forgiven_and_a_firm_rule_is_not() {
        let policy = Policy { quirks: &[Rule::BirthdateFormat, Rule::Expired], ..Policy::default() };
        assert_eq!(policy.grade(Rule::BirthdateFormat, TokenProfile::Tefca3), Grade::Warning);
        assert_eq!(policy.grade(Rule::Expired, TokenProfile::Tefca3), Grade::Error);
        assert_eq!(Policy::default().grade(Rule::BirthdateFormat, TokenProfile::Tefca3), Grade::Error);
    }

    #[test]
    fn the_token_says_which_form_it_follows_unless_the_policy_does() {
        let by_version = Policy::default();
        assert_eq!(by_version.profile_for(Some("3.0")), TokenProfile::Tefca3);
        for version in [None, Some("1.0"), Some("2.1"), Some("30"), Some("")] {
            assert_eq!(by_version.profile_for(version), TokenProfile::Tefca2, "{version:?}");
        }
        let fixed = Policy { profile: Some(TokenProfile::CmsAligned), ..Policy::default() };
        assert_eq!(fixed.profile_for(Some("3.0")), TokenProfile::CmsAligned);
    }
}
