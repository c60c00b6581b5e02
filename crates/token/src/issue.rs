//! The payload of the tokens our own CSP issues, member for member in the order of the published sample.

use std::fmt::Write as _;
use std::time::Duration;

use model::demographics::iso_date;
use model::{Address, Demographics, Hcid, Timestamp};
use serde_json::Value;

/// Everything that goes into a token. Has no `Debug`: it is a person's identity.
#[derive(Clone, Copy)]
pub struct Issuance<'a> {
    /// `iss`
    pub issuer: &'a str,
    /// `sub`: the account, `act_…`.
    pub subject: &'a str,
    /// The client the token is for: `azp`, and in the 2.x form part of `aud`.
    pub client_id: &'a str,
    /// The HCID of the client's organisation, in `aud`.
    pub audience: &'a Hcid,
    /// `iat` and `nbf`.
    pub issued_at: Timestamp,
    /// From `iat` to `exp`; one hour in the published form.
    pub life: Duration,
    /// `auth_time`: when the inquiry was completed. A refreshed token keeps it.
    pub auth_time: Timestamp,
    /// `jti`
    pub token_id: &'a str,
    /// The nonce of the authorization request, if it had one; a refreshed token has none.
    pub nonce: Option<&'a str>,
    /// `inquiry_id`: `inq_…`.
    pub inquiry_id: &'a str,
    /// What was verified.
    pub demographics: &'a Demographics,
    /// Whether the person confirmed the e-mail address.
    pub email_verified: bool,
    /// Whether the person confirmed the phone number.
    pub phone_verified: bool,
    /// Which form.
    pub form: Form,
}

/// The forms of the token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// The 2.x form of the Persona guide.
    Tefca2,
    /// IAS SOP 3.0: the HCID alone as audience, `regionality`, a version, no `nickname`.
    Tefca3,
    /// The 2.x form with `regionality`, the version and the assurance level besides, for readers of either and
    /// of CMS-aligned networks.
    Dual,
}

impl Form {
    /// Every form there is.
    pub const ALL: [Self; 3] = [Self::Tefca2, Self::Tefca3, Self::Dual];

    /// The form's name in configuration and in the store.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Tefca2 => "tefca-2",
            Self::Tefca3 => "tefca-3.0",
            Self::Dual => "dual",
        }
    }

    /// The form of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|form| form.name() == name)
    }
}

/// Builds the payload as JSON.
///
/// The SSN members of the sample are left out on purpose: 3.0 does not list them, matching does not need
/// them, and nothing else in a token does as much harm when it leaks. Where 3.0 is meant, a contact that is
/// not verified is left out, for 3.0 forbids it; the 2.x form says `false` instead.
pub fn issue(issuance: &Issuance<'_>) -> Vec<u8> {
    let Issuance { demographics: person, form, .. } = issuance;
    let since_3 = *form != Form::Tefca2;
    let until_2 = *form != Form::Tefca3;

    let mut claims = Members::new();
    claims.text("iss", issuance.issuer);
    claims.text("sub", issuance.subject);
    claims.json("aud", &audience(issuance));
    claims.number("exp", issuance.issued_at.plus(issuance.life).seconds());
    claims.number("iat", issuance.issued_at.seconds());
    claims.number("auth_time", issuance.auth_time.seconds());
    claims.number("nbf", issuance.issued_at.seconds());
    claims.text("jti", issuance.token_id);
    claims.known("nonce", issuance.nonce);
    claims.text("azp", issuance.client_id);
    claims.text("inquiry_id", issuance.inquiry_id);
    claims.text("given_name", &person.given_name);
    claims.text("family_name", &person.family_name);
    claims.known("middle_name", person.middle_name.as_deref());
    claims.known("suffix", person.suffix.as_deref());
    if until_2 {
        claims.text("nickname", "Unknown");
    }
    claims.text("birthdate", &iso_date(person.birth_date));
    claims.known("gender", person.gender.map(model::Gender::as_str));
    claims.json("address", &address(&person.address, *form));
    if !person.historical_addresses.is_empty() {
        let history = person.historical_addresses.iter().map(|former| address(former, *form));
        claims.json("historical_address", &format!("[{}]", history.collect::<Vec<_>>().join(",")));
    }
    if let Some(phone) = person.phone.as_deref().filter(|_| issuance.phone_verified || !since_3) {
        claims.text("phone_number", phone);
        claims.flag("phone_number_verified", issuance.phone_verified);
    }
    if let Some(email) = person.email.as_deref().filter(|_| issuance.email_verified || !since_3) {
        claims.text("email", email);
        claims.flag("email_verified", issuance.email_verified);
    }
    if since_3 {
        claims.text("tefca_ial2claims_version", "3.0");
    }
    if *form == Form::Dual {
        claims.number("identity_assurance_level", 2);
    }
    claims.close().into_bytes()
}

fn audience(issuance: &Issuance<'_>) -> String {
    let hcid = issuance.audience.urn();
    match issuance.form {
        Form::Tefca2 | Form::Dual => Value::from(vec![issuance.client_id, hcid]).to_string(),
        Form::Tefca3 => Value::from(hcid).to_string(),
    }
}

fn address(address: &Address, form: Form) -> String {
    let Address { street, city, state, postal_code, country } = address;
    let mut members = Members::new();
    members.text("formatted", &format!("{street}, {city}, {state} {postal_code}, {country}"));
    members.text("street_address", street);
    members.text("locality", city);
    if form != Form::Tefca3 {
        members.text("region", state);
    }
    if form != Form::Tefca2 {
        members.text("regionality", state);
    }
    members.text("postal_code", postal_code);
    members.text("country", country);
    members.close()
}

/// A JSON object written member by member: the order is the sample's, and which members there are depends
/// on what is known.
struct Members(String);

impl Members {
    fn new() -> Self {
        Self(String::from("{"))
    }

    fn text(&mut self, name: &str, text: &str) {
        self.json(name, &Value::from(text).to_string());
    }

    fn known(&mut self, name: &str, text: Option<&str>) {
        if let Some(text) = text {
            self.text(name, text);
        }
    }

    fn number(&mut self, name: &str, number: i64) {
        self.json(name, &number.to_string());
    }

    fn flag(&mut self, name: &str, flag: bool) {
        self.json(name, if flag { "true" } else { "false" });
    }

    /// `value` is JSON already; `name` is one of ours and needs no escaping.
    fn json(&mut self, name: &str, value: &str) {
        let comma = if self.0.len() > 1 { "," } else { "" };
        // Writing to a string cannot fail.
        let _ = write!(self.0, "{comma}\"{name}\":{value}");
    }

    fn close(mut self) -> String {
        self.0.push('}');
        self.0
    }
}
