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
pub const REFUSED: [Refused; 36] = [
    refused(
        "client.busy",
        "The client, its organization or its address asks for more than it may in this time.",
        "Try again after the seconds of Retry-After.",
    ),
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
    refused(
        "dpop.proof",
        "The DPoP proof or dpop_jkt does not stand, or the two name different keys.",
        "Make a proof for each request: POST, this URL, the present time, a new jti.",
    ),
    refused(
        "dpop.nonce",
        "The DPoP proof does not hold a current nonce.",
        "Make another one with the nonce of the DPoP-Nonce header.",
    ),
    refused("dpop.replayed", "The DPoP proof was used before.", "Make a proof for each request."),
    refused("par.request_uri", "A pushed request names another pushed request.", "Leave request_uri out."),
    refused(
        "par.request",
        "A request object came, which is not supported.",
        "Push the parameters themselves.",
    ),
    refused(
        "par.authorization_details",
        "authorization_details came, of which no type is supported.",
        "Leave them out.",
    ),
    refused(
        "par.scope",
        "scope is not one allowed.",
        "Send openid profile email, in any order, perhaps with offline_access; by fapi2 openid suffices.",
    ),
    refused("par.response_type", "response_type is not code.", "Send code."),
    refused("par.response_mode", "response_mode is not query.", "Leave it out."),
    refused(
        "target.resource",
        "resource is no absolute URI without a fragment.",
        "Leave it out, or send the base URL.",
    ),
    refused("par.no_redirect_uri", "redirect_uri is left out where it has to be pushed.", "Push it."),
    refused(
        "par.code_challenge",
        "The PKCE challenge is missing, malformed or not by S256.",
        "Send code_challenge with code_challenge_method S256.",
    ),
    refused(
        "par.too_long",
        "state, nonce, login_hint, patient_id or dpop_jkt is too long.",
        "Send at most 2048 bytes.",
    ),
    refused(
        "par.prompt",
        "prompt holds an unknown value, or none beside another.",
        "Send none, login, consent or select_account.",
    ),
    refused("par.max_age", "max_age is not a number of seconds.", "Send a number, or leave it out."),
    refused(
        "target.audience",
        "audience or resource names something else than this API.",
        "Leave both out, or send the base URL.",
    ),
    refused(
        "par.redirect_uri",
        "redirect_uri is not registered for the credential.",
        "Leave it out, or have it registered.",
    ),
    refused(
        "par.idp_id_token",
        "The ID token is missing, and the client's policy does not have patients proven here.",
        "Send it as idp_id_token, or ask the operator for openias client policy --hosted-proofing.",
    ),
    refused(
        "par.idp",
        "idp is missing or names no trusted CSP.",
        "Send one of those that openias csp list names.",
    ),
    refused(
        "proofing.not_set_up",
        "There is no ID token, and no CSP is set up to get one from in the mode of the key.",
        "Ask the operator for an entry of proofing in the configuration, and for mail in live mode.",
    ),
    refused(
        "proofing.idp",
        "There is no ID token, and the CSP that idp names is not one where patients can be sent to get one.",
        "Leave idp out, or ask the operator for an entry of proofing in the configuration.",
    ),
    refused(
        "par.patient_id",
        "patient_id came from a client without a token exchange endpoint, or beside an ID token.",
        "Have the endpoint registered by openias client policy, and send one of the two.",
    ),
    refused(
        "exchange.unreachable",
        "The client's token exchange endpoint cannot be reached.",
        "See that it answers within five seconds, over https.",
    ),
    refused(
        "exchange.busy",
        "The client's token exchange endpoint asked to come later.",
        "Try again when it says.",
    ),
    refused(
        "exchange.refused",
        "The client's token exchange endpoint refused to give an ID token out.",
        "Look there: it does not know the patient, or does not accept our signature.",
    ),
    refused(
        "exchange.unreadable",
        "The client's token exchange endpoint answered something else than an ID token.",
        "Answer by RFC 8693, with the ID token in access_token.",
    ),
    refused(
        "exchange.signing",
        "Our assertion for the client's endpoint could not be signed.",
        "Tell the operator: a signing key is missing.",
    ),
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

/// The codes of the token endpoint that stand in the request log alone, for its answer tells them apart no further
/// than RFC 6749 section 5.2 does. [`crate::tokens::Refusal::code`] gives them out.
pub const LOGGED: [&str; 7] = [
    "code.unknown",
    "code.redirect_uri",
    "code.verifier",
    "code.spent",
    "refresh_token.unknown",
    "refresh_token.reused",
    "client.no_patient",
];

/// The codes of an assertion that its client signed itself. Like [`LOGGED`], they stand in the portal's failed calls
/// alone.
pub const SIGNED: [&str; 7] = [
    "client.replayed",
    "assertion.claim",
    "assertion.client",
    "assertion.audience",
    "assertion.expired",
    "assertion.life",
    "assertion.ahead",
];

const fn refused(code: &'static str, sentence: &'static str, advice: &'static str) -> Refused {
    Refused { code, sentence, advice }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clients::UnknownClient;

    /// What a proof is refused for at the token endpoint and at the resources alone.
    const ELSEWHERE: [&str; 2] = ["dpop.missing", "dpop.other_key"];

    /// A refusal that is added there gets words here, or this fails.
    #[test]
    fn every_code_of_a_refusal_stands_here_and_no_other() {
        let sources = [
            include_str!("par/refusal.rs"),
            include_str!("token_exchange.rs"),
            include_str!("dpop.rs"),
            include_str!("targets.rs"),
        ];
        let codes: Vec<_> =
            sources.into_iter().flat_map(codes).filter(|code| !ELSEWHERE.contains(code)).collect();
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

    #[test]
    fn every_code_of_the_token_endpoint_stands_in_one_of_the_lists() {
        let codes: Vec<_> = codes(include_str!("tokens.rs")).collect();
        for code in &codes {
            let known = LOGGED.contains(code) || REFUSED.iter().any(|known| known.code == *code);
            assert!(known, "{code} stands nowhere");
        }
        assert!(LOGGED.iter().all(|known| codes.contains(known)), "{codes:?}");
    }

    #[test]
    fn every_code_of_an_assertion_that_its_client_signed_stands_in_its_list() {
        // Of what the client did not sign nobody is told, and a replay is the store's to say.
        let source = include_str!("../../oauth/src/assertion/reject.rs");
        let signed = codes(source).filter(|code| *code != "client.assertion");
        let mut codes: Vec<_> = signed.chain([UnknownClient::Replayed.code()]).collect();
        let mut listed = SIGNED;
        codes.sort_unstable();
        listed.sort_unstable();
        assert_eq!(codes, listed);
    }

    /// What a function of codes can give out.
    fn codes(source: &str) -> impl Iterator<Item = &str> {
        let (_, body) = source.split_once(" fn code(&self)").expect("the codes");
        let (body, _) = body.split_once("\n    }\n").expect("their end");
        body.split('"').filter(|text| text.contains('.') && !text.contains(' '))
    }
}
