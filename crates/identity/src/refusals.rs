//! Every code by which a pushed request is refused beside the rules for its ID token, with what it means and what to
//! do about it. [`crate::par::Refusal::code`] gives these codes out; `docs/reference/token-rules.md` is made of them.

/// A code of the answer to a pushed request that is no rule for tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Refused {
    /// The stable name, such as `par.scope`.
    pub code: &'static str,
    /// What it means, in one sentence for the integrator.
    pub sentence: &'static str,
    /// What to do about it.
    pub advice: &'static str,
}

/// All of them, in the order of the checks.
pub const REFUSED: [Refused; 15] = [
    refused(
        "par.client_id",
        "client_id in the body is not the public id of the credentials.",
        "Leave client_id out, or send the public id of the Basic header.",
    ),
    refused(
        "organization.tefca_disabled",
        "TEFCA is not enabled for the organization in the mode of the key.",
        "Ask the operator for openias org enable.",
    ),
    refused(
        "organization.byoi_disabled",
        "BYOI is not enabled for the organization in the mode of the key.",
        "Ask the operator for openias org enable.",
    ),
    refused("par.request_uri", "A pushed request names another pushed request.", "Leave request_uri out."),
    refused("par.scope", "scope is not the one allowed.", "Send openid profile email, in any order."),
    refused("par.response_type", "response_type is not code.", "Send code."),
    refused(
        "par.audience",
        "audience or resource names something else than this API.",
        "Leave both out, or send the base URL.",
    ),
    refused(
        "par.redirect_uri",
        "redirect_uri is not registered for the credential.",
        "Leave it out, or have it registered.",
    ),
    refused(
        "par.idp",
        "idp is missing or names no trusted CSP.",
        "Send one of those that openias csp list names.",
    ),
    refused("par.idp_id_token", "The ID token is missing.", "Send it as idp_id_token."),
    refused(
        "organization.no_hcid",
        "The organization has no HCID, so no token can be meant for it.",
        "Ask the operator to add it.",
    ),
    refused(
        "token.issuer",
        "The token's issuer is not one of the chosen CSP's in the mode of the key.",
        "Compare iss with openias csp list: a sandbox token goes with a test key.",
    ),
    refused(
        "csp.keys_unavailable",
        "The CSP's keys cannot be fetched, and the last ones are too old.",
        "Try again; if it stays, look at the issuer with openias csp check.",
    ),
    refused(
        "token.email_mode",
        "A synthetic patient's e-mail came with a live key, or another one with a test key.",
        "Use the key of the other mode.",
    ),
    refused(
        "token.replayed",
        "Another client has pushed the token, or the credential takes each token once.",
        "Get a fresh ID token.",
    ),
];

const fn refused(code: &'static str, sentence: &'static str, advice: &'static str) -> Refused {
    Refused { code, sentence, advice }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A refusal that is added there gets words here, or this fails.
    #[test]
    fn every_code_of_a_refusal_stands_here_and_no_other() {
        let source = include_str!("par.rs");
        let (_, body) = source.split_once("pub fn code(&self)").expect("the codes");
        let (body, _) = body.split_once("\n    }\n").expect("their end");
        let codes: Vec<_> =
            body.split('"').filter(|text| text.contains('.') && !text.contains(' ')).collect();
        assert!(codes.len() > 10, "{codes:?}");
        for code in &codes {
            assert!(REFUSED.iter().any(|known| known.code == *code), "{code} has no words");
        }
        for known in &REFUSED {
            assert!(codes.contains(&known.code), "{} is no code of par::Refusal", known.code);
            for text in [known.sentence, known.advice] {
                assert!(text.ends_with('.'), "{text}");
            }
        }
    }
}
