//! The shapes in which the three known CSPs and IAS SOP 3.0 write a token about a synthetic patient (P1 to P4).
//! What each CSP is forgiven stands with its entry in `identity`.

use model::synthetic::{PATIENTS, SyntheticPatient};
use model::{Demographics, Gender, Ssn, Timestamp};
use serde_json::{Value, json};

use crate::issuer::AUDIENCE;

/// How one issuer writes.
pub struct Shape {
    /// Whose it is.
    pub name: &'static str,
    /// What stands in `iss`.
    pub issuer: &'static str,
    /// The claims of its token for [`AUDIENCE`] about a patient.
    pub write: fn(&SyntheticPatient) -> Value,
    /// What is read, from what every shape carries.
    pub read: fn(Demographics) -> Demographics,
}

/// When their tokens are looked at: ten minutes after they were issued.
pub const NOW: Timestamp = Timestamp::from_seconds(ISSUED + 600);
const ISSUED: i64 = 1_768_898_573;

/// Every shape.
pub const SHAPES: [Shape; 4] = [PERSONA, CLEAR, IDME, SOP_3];

/// P1 for all patients.
pub const PERSONA: Shape = Shape {
    name: "Persona",
    issuer: "https://authenticate.withpersona.com/authenticate/oidc-sandbox",
    write: |patient| {
        let client = "env_1.atoc_2";
        let mut claims = json!({
            "iss": PERSONA.issuer, "sub": "act_1", "aud": [client, AUDIENCE.urn()], "exp": ISSUED + 3600, "iat": ISSUED,
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
};

/// P3: names in capitals, an unverified e-mail address, no `azp` and no `nbf`.
pub const CLEAR: Shape = Shape {
    name: "CLEAR",
    issuer: "https://verified.clearme.com/integrations",
    write: |patient| {
        let mut claims = json!({
            "iss": CLEAR.issuer, "sub": "3kTMd0pW8yfAf1mRz5Qe7uXbNn2cLh6sVgJo9iYtKa",
            "aud": ["00000000-0000-4000-8000-000000000000", AUDIENCE.urn()],
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
};

/// P2: American dates, words for genders, five hours, and little about the token itself.
pub const IDME: Shape = Shape {
    name: "ID.me",
    issuer: "https://api.idmelabs.com/oidc",
    write: |patient| {
        let (year, rest) = patient.birth_date.split_once('-').unwrap_or_default();
        let mut claims = json!({
            "iss": IDME.issuer, "sub": "0123456789abcdef0123456789abcdef", "aud": AUDIENCE.urn(),
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
};

/// P4: what the tables of IAS SOP 3.0 list and nothing else, an extension under its namespace.
pub const SOP_3: Shape = Shape {
    name: "IAS SOP 3.0",
    issuer: "https://csp.example/authenticate/oidc",
    write: |patient| {
        let mut claims = json!({
            "iss": SOP_3.issuer, "sub": "person-1", "aud": AUDIENCE.urn(), "exp": ISSUED + 900, "iat": ISSUED, "jti": "2f6d1c0e",
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
    &PATIENTS[PATIENTS.len() - 1]
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
