//! The shapes of the three known issuers and of IAS SOP 3.0, each with its quirks as rules.

use std::time::Duration;

use model::synthetic::{PATIENTS, SyntheticPatient};
use model::{Demographics, Gender, Ssn};
use openias_token::{Grade, Profile, Rule};
use serde_json::{Value, json};

use crate::forge::{AUDIENCE, ISSUED};

/// How one issuer writes.
pub(crate) struct Shape {
    pub(crate) name: &'static str,
    pub(crate) issuer: &'static str,
    /// The longest that its tokens live.
    pub(crate) max_life: Duration,
    /// What it is known to do.
    pub(crate) quirks: &'static [Rule],
    /// The profile that its tokens say they follow.
    pub(crate) profile: Profile,
    pub(crate) write: fn(&SyntheticPatient) -> Value,
    /// What is read, from what every shape carries.
    pub(crate) read: fn(Demographics) -> Demographics,
    /// What is remarked on in spite of the quirks.
    pub(crate) remarks: &'static [(Grade, Rule)],
}

pub(crate) const SHAPES: [Shape; 4] = [PERSONA, CLEAR, IDME, SOP_3];

/// P1 for all patients.
pub(crate) const PERSONA: Shape = Shape {
    name: "Persona",
    issuer: "https://authenticate.withpersona.com/authenticate/oidc-sandbox",
    max_life: Duration::from_hours(2),
    quirks: &[Rule::AudienceParty, Rule::Filler, Rule::SsnPresent],
    profile: Profile::Tefca2,
    write: |patient| {
        let client = "env_1.atoc_2";
        let mut claims = json!({
            "iss": PERSONA.issuer, "sub": "act_1", "aud": [client, AUDIENCE], "exp": ISSUED + 3600, "iat": ISSUED,
            "auth_time": ISSUED - 2, "nbf": ISSUED, "jti": "0ef0850f-eef9-4cf7-b42d-dxd499523607",
            "nonce": "a972942b", "azp": client, "inquiry_id": "inq_1",
            "given_name": patient.given_name, "family_name": patient.family_name, "nickname": "Unknown",
            "birthdate": patient.birth_date, "address": address(patient, "region"),
            "SSN": "123-45-6789", "SSN_Last_four_digits": "6789",
            "phone_number": format!("+1{}", patient.phone), "phone_number_verified": true,
            "email": patient.email, "email_verified": true
        });
        with_middle_name(&mut claims, patient.middle_name);
        claims
    },
    read: |person| Demographics { ssn: Ssn::parse("123456789"), ..person },
    remarks: &[],
};

/// P3: names in capitals, an unverified e-mail address, no `azp` and no `nbf`.
pub(crate) const CLEAR: Shape = Shape {
    name: "CLEAR",
    issuer: "https://verified.clearme.com/integrations",
    max_life: Duration::from_hours(24),
    quirks: &[Rule::NameCapitals, Rule::Filler, Rule::GenderSpelling, Rule::ContactUnverified, Rule::Alias],
    profile: Profile::Tefca2,
    write: |patient| {
        let mut claims = json!({
            "iss": CLEAR.issuer, "sub": "3kTMd0pW8yfAf1mRz5Qe7uXbNn2cLh6sVgJo9iYtKa",
            "aud": ["00000000-0000-4000-8000-000000000000", AUDIENCE],
            "exp": ISSUED + 3600, "iat": ISSUED, "rat": ISSUED - 9, "auth_time": ISSUED - 2, "jti": "2f6d1c0e",
            "amr": ["selfie", "sms"],
            "given_name": patient.given_name.to_uppercase(), "family_name": patient.family_name.to_uppercase(),
            "nickname": "Unknown", "birthdate": patient.birth_date,
            "gender": if patient.gender == Gender::Female { "F" } else { "M" },
            "address": address(patient, "region"), "historical_addresses": [address(former(), "region")],
            "SSN": "999999999", "SSN_Last_four_digits": "9999",
            "phone_number": format!("+1{}", patient.phone), "phone_number_verified": true,
            "email": patient.email, "email_verified": false
        });
        with_middle_name(&mut claims, patient.middle_name.map(str::to_uppercase).as_deref());
        claims
    },
    read: |person| Demographics {
        given_name: person.given_name.to_uppercase(),
        family_name: person.family_name.to_uppercase(),
        middle_name: person.middle_name.as_deref().map(str::to_uppercase),
        gender: gender(&person),
        historical_addresses: vec![former().demographics().address],
        email: None,
        ssn: Ssn::parse("999-99-9999"),
        ..person
    },
    remarks: &[
        (Grade::Warning, Rule::AudienceOther),
        (Grade::Warning, Rule::NotBeforeMissing),
        (Grade::Note, Rule::Alias),
        (Grade::Note, Rule::ContactUnverified),
        (Grade::Note, Rule::SsnPresent),
    ],
};

/// P2: American dates, words for genders, five hours, and little about the token itself.
pub(crate) const IDME: Shape = Shape {
    name: "ID.me",
    issuer: "https://api.idmelabs.com/oidc",
    max_life: Duration::from_hours(6),
    quirks: &[
        Rule::BirthdateFormat,
        Rule::GenderSpelling,
        Rule::SsnPresent,
        Rule::NotBeforeMissing,
        Rule::AuthTimeMissing,
    ],
    profile: Profile::Tefca2,
    write: |patient| {
        let (year, rest) = patient.birth_date.split_once('-').unwrap();
        let mut claims = json!({
            "iss": IDME.issuer, "sub": "0123456789abcdef0123456789abcdef", "aud": AUDIENCE,
            "exp": ISSUED + 18_000, "iat": ISSUED, "jti": "2f6d1c0e", "uuid": "0123456789abcdef0123456789abcdef",
            "given_name": patient.given_name, "family_name": patient.family_name,
            "birthdate": format!("{}/{year}", rest.replace('-', "/")),
            "gender": if patient.gender == Gender::Female { "Female" } else { "Male" },
            "address": address(patient, "region"), "SSN": "678146132", "identity_document_number": "D1234567",
            "phone_number": format!("+1{}", patient.phone), "email": patient.email
        });
        with_middle_name(&mut claims, patient.middle_name);
        claims
    },
    read: |person| Demographics { gender: gender(&person), ssn: Ssn::parse("678-14-6132"), ..person },
    remarks: &[
        (Grade::Note, Rule::NotBeforeMissing),
        (Grade::Note, Rule::AuthTimeMissing),
        (Grade::Warning, Rule::LongLived),
        (Grade::Warning, Rule::BirthdateFormat),
    ],
};

/// P4: what the tables of IAS SOP 3.0 list and nothing else, an extension under its namespace.
pub(crate) const SOP_3: Shape = Shape {
    name: "IAS SOP 3.0",
    issuer: "https://csp.example/authenticate/oidc",
    max_life: Duration::from_hours(1),
    quirks: &[],
    profile: Profile::Tefca3,
    write: |patient| {
        let mut claims = json!({
            "iss": SOP_3.issuer, "sub": "person-1", "aud": AUDIENCE, "exp": ISSUED + 900, "iat": ISSUED, "jti": "2f6d1c0e",
            "tefca_ial2claims_version": "3.0", "csp_issued_identifier": "csp-1",
            "given_name": patient.given_name, "family_name": patient.family_name,
            "birthdate": patient.birth_date, "address": address(patient, "regionality"),
            "gender": patient.gender.as_str(),
            "historical_address": address(former(), "regionality"),
            "phone_number": format!("+1{}", patient.phone), "email": patient.email,
            "http://rce.sequoiaproject.org/OIDC/claim/mothers_maiden_name": "Doe"
        });
        with_middle_name(&mut claims, patient.middle_name);
        claims
    },
    read: |person| Demographics {
        gender: gender(&person),
        historical_addresses: vec![former().demographics().address],
        ..person
    },
    // The SOP does not ask for auth_time; how old the proofing is then nobody can say.
    remarks: &[(Grade::Note, Rule::AuthTimeMissing)],
};

/// The address, its state under the name that the shape gives it.
fn address(patient: &SyntheticPatient, region: &str) -> Value {
    let (street, city, state, postal_code) = patient.address;
    json!({
        "formatted": format!("{street}\n{city}, {state} {postal_code}"), "street_address": street,
        "locality": city, region: state, "postal_code": postal_code, "country": "US"
    })
}

/// Whose address everybody used to have.
fn former() -> &'static SyntheticPatient {
    PATIENTS.last().unwrap()
}

fn gender(person: &Demographics) -> Option<Gender> {
    let patient = PATIENTS.iter().find(|patient| person.email.as_deref() == Some(patient.email));
    patient.map(|patient| patient.gender)
}

fn with_middle_name(claims: &mut Value, name: Option<&str>) {
    if let Some(name) = name {
        claims["middle_name"] = json!(name);
    }
}
