//! The table of rules, in the order of the checks.

use super::{Description, Weight};
use crate::profile::Grade::{Error as E, Fine as F, Note as N, Warning as W};

/// Writes the enum and what is said about each of its rules from one list.
macro_rules! rules {
    ($($rule:ident $code:literal $weight:expr, $clause:literal, $sentence:literal, $advice:literal;)+) => {
        /// A rule by which a token is judged.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Rule {
            $(#[doc = concat!("`", $code, "`: ", $sentence)] $rule,)+
        }

        impl Rule {
            /// Every rule, in the order of the checks.
            pub const ALL: [Self; [$(Self::$rule),+].len()] = [$(Self::$rule),+];

            /// What is written about it.
            pub const fn describe(self) -> Description {
                match self {
                    $(Self::$rule => Description {
                        code: $code, sentence: $sentence, clause: $clause, advice: $advice, weight: $weight,
                    },)+
                }
            }
        }
    };
}

const FIRM: Weight = Weight::Firm;

/// Under `tefca-2`, `tefca-3.0` and `cms-aligned`.
const fn graded(two: crate::Grade, three: crate::Grade, cms: crate::Grade) -> Weight {
    Weight::Graded([two, three, cms])
}

rules! {
    // The outer form.
    JwsSize "jws.size" FIRM, "RFC 8725 3.2",
        "The token is longer than 16 KiB.",
        "Leave out what the claims table does not list, such as pictures or whole documents.";
    JwsJsonSerialization "jws.json_serialization" FIRM, "RFC 7515 3.1, RFC 7519 1",
        "The token is in a JSON serialisation; only the compact one is read.",
        "Send the compact serialisation: three segments joined by dots.";
    JwsEncrypted "jws.encrypted" FIRM, "RFC 7516 3.1, RFC 8725 2.3",
        "The token is encrypted (JWE); only signed tokens are read.",
        "Switch off ID token encryption for this client.";
    JwsSegments "jws.segments" FIRM, "RFC 7515 7.1",
        "The text does not have three segments, so it is no signed token.",
        "Compare the token with what the token endpoint answered: it may have been cut.";
    JwsBase64url "jws.base64url" FIRM, "RFC 7515 2",
        "A segment is not strict base64url: no padding, no spaces, one spelling for each content.",
        "Encode the segments as base64url without padding and line breaks.";
    JwsHeader "jws.header" FIRM, "RFC 7515 4, RFC 8725 2.6",
        "The header is not strict JSON.",
        "Write the header as one JSON object that names no member twice.";
    JwsNoAlgorithm "jws.no_algorithm" FIRM, "RFC 7515 4.1.1",
        "The header names no algorithm.",
        "Put alg into the header.";
    JwsAlgorithm "jws.algorithm" FIRM, "IAS SOP 3.0 section 4.9, RFC 8725 3.1",
        "The header names an algorithm that this issuer may not sign with.",
        "Sign with RS256.";
    JwsKeyId "jws.key_id" FIRM, "IAS SOP 3.0 section 4.9, RFC 8725 3.10",
        "The key id is not a string of 1 to 256 characters.",
        "Put the kid of the signing key into the header, as it stands in the key set.";
    JwsType "jws.type" FIRM, "RFC 7515 4.1.9",
        "The type in the header is not a string.",
        "Set typ to JWT.";
    JwsCrit "jws.crit" FIRM, "RFC 7515 4.1.11",
        "The header demands an extension (crit), and none is understood here.",
        "Leave crit out.";
    JwsB64 "jws.b64" FIRM, "RFC 7797 6",
        "The header says how the payload is encoded (b64), which an ID token must not.",
        "Leave b64 out.";
    JwsZip "jws.zip" FIRM, "RFC 8725 3.6",
        "The token is compressed (zip).",
        "Leave zip out.";
    JwsJku "jws.jku" FIRM, "RFC 8725 3.10",
        "The token points at a key set of its own (jku).",
        "Publish the keys at jwks_uri and leave jku out.";
    JwsX5u "jws.x5u" FIRM, "RFC 8725 3.10",
        "The token points at a certificate of its own (x5u).",
        "Publish the keys at jwks_uri and leave x5u out.";
    JwsJwk "jws.jwk" FIRM, "RFC 8725 3.10, CVE-2018-0114",
        "The token brings a key of its own (jwk).",
        "Publish the keys at jwks_uri and leave jwk out.";
    JwsEnc "jws.enc" FIRM, "RFC 7516 4.1.2",
        "The header is that of an encrypted token (enc).",
        "Switch off ID token encryption for this client.";
    JwsNested "jws.nested" FIRM, "RFC 7519 5.2",
        "The token holds another token (cty).",
        "Send the inner token by itself.";
    JwsNoKeyId "jws.no_key_id" FIRM, "IAS SOP 3.0 section 4.9",
        "The header names no key (kid).",
        "Put the kid of the signing key into the header.";
    JwsUnknownKey "jws.unknown_key" FIRM, "RFC 8725 3.8",
        "The issuer publishes no usable key of that id.",
        "Publish the signing key at jwks_uri before the first token is signed with it.";
    JwsKeyType "jws.key_type" FIRM, "RFC 8725 3.1",
        "The algorithm does not fit the key, or the key is bound to another one.",
        "Give the key in the key set the alg it signs with.";
    JwsSignature "jws.signature" FIRM, "RFC 7515 5.2",
        "The signature is not that of the key it names: the content was changed, or another key signed it.",
        "Compare the token with what the token endpoint answered, and the key set with the signing key.";
    JwsPayload "jws.payload" FIRM, "RFC 7519 4, RFC 8725 2.6",
        "The payload is not strict JSON.",
        "Write the payload as one UTF-8 JSON object that names no member twice.";

    // Who says it, to whom, about whom.
    IssuerMissing "token.issuer_missing" FIRM, "OIDC Core 2",
        "The token does not say who issued it (iss).",
        "Put the issuer URL into iss.";
    Issuer "token.issuer" FIRM, "OIDC Core 3.1.3.7 (2), RFC 8725 3.8",
        "The token comes from another issuer than expected, or the issuer is spelt in another way.",
        "Use one issuer URL, letter by letter the one in the discovery document.";
    AudienceMissing "token.audience_missing" FIRM, "OIDC Core 2",
        "The token does not say for whom it is (aud).",
        "Put the HCID of the IAS provider into aud, as urn:oid:….";
    AudienceShape "token.audience_shape" FIRM, "RFC 7519 4.1.3",
        "The audience is not a string or an array of 1 to 8 different strings.",
        "Write aud as a string, or as an array of strings.";
    Audience "token.audience" FIRM, "IAS SOP 3.0 section 4.9 (footnote 13)",
        "The token is not meant for this organization: its audience lacks the HCID.",
        "Set the HCID on the client that the token is issued to.";
    AudienceBare "token.audience_bare" FIRM, "IAS SOP 3.0 section 4.9 (footnote 13), RFC 3061",
        "The audience holds the HCID as a bare OID, without urn:oid: before it.",
        "Write urn:oid: before the HCID in aud.";
    ForeignAudience "token.foreign_audience" FIRM, "IAS SOP 3.0 section 4.9 (footnote 13)",
        "The token is meant for another organization too: its audience holds a second HCID.",
        "Issue a token for one organization alone.";
    Missing "token.missing" FIRM, "IAS SOP 3.0 section 4.9",
        "A claim that every token must have is missing, blank or Unknown.",
        "Issue the claim; where it could not be verified, the person cannot be looked for.";
    NotText "token.not_text" FIRM, "IAS SOP 3.0 section 4.9",
        "A claim that must be text is not.",
        "Write the claim as a JSON string.";
    TooLong "token.too_long" FIRM, "RFC 8725 3.11",
        "A text is longer than 256 characters (2048 for a formatted address).",
        "Shorten the value to what was verified.";
    Unprintable "token.unprintable" FIRM, "RFC 8725 3.11, Unicode UAX 9",
        "A text holds characters that do not show, or that turn the reading direction.",
        "Remove control characters and bidirectional controls from the value.";
    Subject "token.subject" FIRM, "OIDC Core 2",
        "The subject is not 1 to 255 printable ASCII characters.",
        "Use an opaque id of ASCII characters as sub.";
    TokenId "token.token_id" FIRM, "RFC 7519 4.1.7",
        "The token's id (jti) is not a string of 1 to 256 characters.",
        "Give every token a fresh jti.";
    Type "token.type" FIRM, "RFC 8725 3.11",
        "The token is of another type than an ID token.",
        "Send the ID token, not an access token or a proof; its typ is JWT.";
    Events "token.events" FIRM, "RFC 8417 2.2, RFC 8725 2.8",
        "The token reports an event; it is no ID token.",
        "Send the ID token, not a logout token or a security event.";

    // When.
    NumericDate "token.numeric_date" FIRM, "RFC 7519 2",
        "A time is not a number of seconds between 1970 and the year 9999.",
        "Write times as seconds since the epoch: numbers, not strings, not milliseconds.";
    Expired "token.expired" FIRM, "OIDC Core 3.1.3.7 (9)",
        "The token has expired (exp).",
        "Nothing, if it was sent late: ask for a fresh token by the refresh token.";
    NotYetValid "token.not_yet_valid" FIRM, "RFC 7519 4.1.5",
        "The token is not valid yet (nbf).",
        "Check the clock of the token endpoint.";
    IssuedInFuture "token.issued_in_future" FIRM, "RFC 7519 4.1.6",
        "The token was issued in the future (iat).",
        "Check the clock of the token endpoint.";
    ExpiresBeforeIssued "token.expires_before_issued" FIRM, "RFC 7519 4.1.4",
        "The token expires before it was issued.",
        "Set exp later than iat.";
    Lifetime "token.lifetime" FIRM, "IAS SOP 3.0 section 4.9",
        "The token lives longer than this issuer's tokens may.",
        "Issue tokens that live an hour.";
    ProofedInFuture "token.proofed_in_future" FIRM, "OIDC Core 2",
        "The token says that the person was proofed in the future (auth_time).",
        "Check the clock of the token endpoint.";
    ProofingAge "token.proofing_age" FIRM, "Persona guide, refresh tokens",
        "The person was proofed longer ago than this issuer's proofing counts.",
        "Nothing: the person has to prove their identity again.";

    // What the profiles differ about.
    TypeMissing "token.type_missing" graded(W, E, E), "IAS SOP 3.0 section 4.9",
        "The header has no typ.",
        "Set typ to JWT.";
    AudienceParty "token.audience_party" graded(F, W, F), "IAS SOP 3.0 section 4.9 (footnote 13)",
        "The audience holds the client id besides the HCID, which replaces it since 3.0.",
        "Put the HCID alone into aud.";
    AudienceOther "token.audience_other" graded(W, W, W), "OIDC Core 3.1.3.7 (3)",
        "The audience names somebody besides the HCID and the authorized party.",
        "Leave everybody else out of aud.";
    AuthorizedParty "token.azp" graded(W, F, F), "OIDC Core 3.1.3.7 (5)",
        "The authorized party (azp) is not in the audience.",
        "Set azp to the client id that stands in aud.";
    NotBeforeMissing "token.nbf_missing" graded(W, F, F), "Persona guide, standard claims",
        "The token does not say from when it is valid (nbf).",
        "Put nbf into the token.";
    LongLived "token.long_lived" graded(W, W, W), "IAS SOP 3.0 section 4.9",
        "The token lives longer than two hours.",
        "Issue tokens that live an hour.";
    AuthTimeMissing "token.auth_time_missing" graded(W, N, E), "Persona guide, standard claims; CMS payload rules",
        "The token does not say when the person was proofed (auth_time).",
        "Put auth_time into the token; after a refresh it stays the time of the proofing.";
    AuthTimeLate "token.auth_time_late" graded(W, W, W), "OIDC Core 2",
        "The token was issued before its person was proofed (auth_time).",
        "Set auth_time to when the proofing ended.";
    NotFresh "token.not_fresh" graded(F, F, E), "CMS payload rules",
        "The time is more than five minutes ago, which CMS-aligned networks refuse.",
        "Issue the token when it is needed.";
    AssuranceLevel "token.assurance_level" graded(F, F, E), "CMS payload rules",
        "The token does not say that the identity was proofed to level 2 (identity_assurance_level).",
        "Put identity_assurance_level into the token, 2 or ial2.";
    Version "token.version" graded(F, W, F), "IAS SOP 3.0 section 4.9",
        "The token does not say that it follows version 3.0 (tefca_ial2claims_version).",
        "Put tefca_ial2claims_version into the token.";
    Filler "token.filler" graded(F, W, W), "IAS SOP 3.0 section 4.9; Persona guide, demographic claims",
        "A claim says Unknown, which newer readers take for a value.",
        "Leave out what was not verified.";
    Alias "token.alias" graded(W, W, F), "CMS payload specification; IAS SOP 3.0 section 4.9",
        "A claim stands under the name of another specification.",
        "Use the claim names of OpenID Connect.";
    Unlisted "token.unlisted" graded(F, N, F), "IAS SOP 3.0 section 4.9",
        "A claim about the person is not in the claims table and has no namespace; it is not read.",
        "Put it under http://rce.sequoiaproject.org/OIDC/claim/.";
    NameSpacing "token.name_spacing" graded(W, W, W), "OIDC Core 5.1",
        "A name begins or ends with a space, or has several in a row; it is read with single ones.",
        "Trim the names.";
    NameCapitals "token.name_capitals" graded(N, N, N), "OIDC Core 5.1",
        "A name is written in capitals, as on an identity document.",
        "Nothing: names are compared without regard to case.";
    NameScript "token.name_script" graded(N, N, E), "CMS payload rules",
        "A name has characters beyond U+017F, which some readers refuse.",
        "Send the name in the spelling of the identity document's machine-readable zone besides.";
    MiddleInitial "token.middle_initial" graded(W, W, W), "IAS SOP 3.0 section 4.9",
        "The middle initial is not one letter and is not used.",
        "Write the initial as one letter.";
    Birthdate "token.birthdate" FIRM, "IAS SOP 3.0 section 4.9, OIDC Core 5.1",
        "The birthdate is not the full date of a day that exists.",
        "Write birthdate as YYYY-MM-DD.";
    BirthdateRange "token.birthdate_range" FIRM, "IAS SOP 3.0 section 4.9",
        "The birthdate is before 1880 or to come.",
        "Check the birthdate that was verified.";
    BirthdateFormat "token.birthdate_format" graded(E, E, E), "IAS SOP 3.0 section 4.9, OIDC Core 5.1",
        "The birthdate is written MM/DD/YYYY instead of YYYY-MM-DD.",
        "Write birthdate as YYYY-MM-DD.";
    Gender "token.gender" graded(W, W, W), "IAS SOP 3.0 section 4.9, OIDC Core 5.1",
        "The gender is written in an unknown way and is not used.",
        "Write gender as female, male or other.";
    GenderSpelling "token.gender_spelling" graded(N, N, N), "OIDC Core 5.1",
        "The gender is written as a letter or in capitals.",
        "Write gender as female, male or other.";
    Address "token.address" FIRM, "IAS SOP 3.0 table 3, OIDC Core 5.1.1",
        "The address is not one object.",
        "Write address as one JSON object; former addresses go into historical_address.";
    Region "token.region" FIRM, "IAS SOP 3.0 table 3",
        "The state in the address is not a two-letter code.",
        "Write the state as two letters.";
    RegionConflict "token.region_conflict" FIRM, "IAS SOP 3.0 table 3",
        "The address names two different states (region and regionality).",
        "Write the same state into region and regionality, or use one of them.";
    RegionName "token.region_name" graded(F, N, F), "IAS SOP 3.0 table 3",
        "The state stands under region; the table of 3.0 names it regionality.",
        "Put the state under regionality too.";
    RegionFormat "token.region_format" graded(W, W, W), "IAS SOP 3.0 table 3",
        "The state is written in small letters.",
        "Write the state as two capital letters.";
    PostalCode "token.postal_code" FIRM, "IAS SOP 3.0 table 3",
        "The postal code is not a US ZIP code of 5 or 5+4 digits.",
        "Write postal_code as 75043 or 75043-1234.";
    Country "token.country" FIRM, "IAS SOP 3.0 table 3",
        "The country is not a two-letter code.",
        "Write country as US.";
    CountryFormat "token.country_format" graded(W, W, W), "IAS SOP 3.0 table 3",
        "The country is written out or in small letters instead of as US.",
        "Write country as US.";
    History "token.history" graded(W, W, W), "IAS SOP 3.0 section 4.9",
        "The former addresses are not a list of at most 32 and are not used.",
        "Write historical_address as an array of address objects.";
    HistoryEntry "token.history_entry" graded(W, W, W), "IAS SOP 3.0 section 4.9",
        "A former address is incomplete or malformed and is not used.",
        "Write former addresses with the same members as address.";
    Contact "token.contact" FIRM, "IAS SOP 3.0 section 4.9",
        "The token has neither a verified e-mail address nor a verified phone number.",
        "Verify an e-mail address or a phone number and put it into the token.";
    ContactUnverified "token.contact_unverified" graded(W, E, W), "IAS SOP 3.0 section 4.9",
        "An e-mail address or phone number is marked as not verified; it is not used.",
        "Leave out contacts that were not verified.";
    ContactFormat "token.contact_format" graded(W, W, W), "OIDC Core 5.1",
        "An e-mail address or phone number is malformed and is not used.",
        "Check the contact that was verified.";
    PhoneSpelling "token.phone_spelling" graded(W, W, W), "OIDC Core 5.1, ITU-T E.164",
        "The phone number is not written in E.164.",
        "Write phone_number like +14694694321.";
    VerifiedFlag "token.verified_flag" graded(W, W, W), "OIDC Core 5.1",
        "A flag that must be true or false is written in another way.",
        "Write the flag as a JSON boolean.";
    SsnPresent "token.ssn" graded(N, W, N), "IAS SOP 3.0 section 4.9",
        "The token carries a social security number, which no table lists since 3.0; it is never sent on by itself.",
        "Leave social security numbers out of the token.";
    SsnFormat "token.ssn_format" graded(W, W, W), "Persona guide, demographic claims",
        "A social security number is malformed, cannot have been given out, or contradicts its last four digits.",
        "Check the number, or leave it out.";
    Zip4 "token.zip4" graded(W, W, W), "Persona guide, demographic claims",
        "ZIP+4 is malformed or does not continue the postal code.",
        "Write ZIP+4 as 75043-1234, beginning with the postal code.";
}
