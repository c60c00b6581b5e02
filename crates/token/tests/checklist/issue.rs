//! Our own tokens.

use std::time::Duration;

use jose::json::{Object, parse_object};
use model::{Demographics, Timestamp, synthetic};
use openias_token::{Form, Issuance, TokenProfile, issue};

use crate::forge::{AUDIENCE, FORGE, ISSUED, ISSUER, NOW, codes, hcid, judge_token};
use crate::sample::{PRINTED, SAMPLE};

fn issued(person: &Demographics, form: Form, verified: bool) -> String {
    let payload = issue(&Issuance {
        issuer: ISSUER,
        subject: "act_1",
        client_id: "env_1.atoc_2",
        audience: &hcid(),
        issued_at: Timestamp::from_seconds(ISSUED),
        life: Duration::from_hours(1),
        auth_time: Timestamp::from_seconds(ISSUED - 2),
        token_id: "0ef0850f",
        nonce: None,
        inquiry_id: "inq_1",
        demographics: person,
        email_verified: verified,
        phone_verified: true,
        form,
    });
    String::from_utf8(payload).unwrap()
}

fn camila() -> Demographics {
    synthetic::by_email("knixontestemail@epic.com").unwrap().demographics()
}

fn names(object: &Object<'_>) -> Vec<String> {
    object.iter().map(|(name, _)| name.to_owned()).collect()
}

#[test]
fn the_sample_is_issued_member_for_member_and_value_for_value() {
    let client = "env_DWP98JkccwwbLPUnzMrx7831.atoc_AWiTtq6zT9TsGU8a6x6rY6qp7n6jXY";
    let payload = issue(&Issuance {
        issuer: "https://authenticate.withpersona.com/authenticate/oidc",
        subject: "act_qDoDyLcWjKD5e8R5kCmK9vUtcUpv",
        client_id: client,
        audience: &hcid(),
        issued_at: Timestamp::from_seconds(1_768_898_573),
        life: Duration::from_hours(1),
        auth_time: Timestamp::from_seconds(1_768_898_571),
        token_id: "0ef0850f-eef9-4cf7-b42d-dxd499523607",
        nonce: Some("a972942b-015a-41e8-b138-8ce13bba5b1b"),
        inquiry_id: "inq_AWiTtq6SoiDHGrX6i2WpTf9WF4UKL8",
        demographics: &camila(),
        email_verified: true,
        phone_verified: true,
        form: Form::Tefca2,
    });
    let ours = parse_object(&payload, 1 << 14).unwrap();
    let sample = SAMPLE.replace(PRINTED, AUDIENCE);
    let sample = parse_object(sample.as_bytes(), 1 << 14).unwrap();

    let expected: Vec<_> = names(&sample).into_iter().filter(|name| !name.starts_with("SSN")).collect();
    assert_eq!(names(&ours), expected);
    let address = |object: &Object<'_>| names(object.get("address").unwrap().as_object().unwrap());
    assert_eq!(address(&ours), address(&sample));
    for (name, value) in ours.iter() {
        assert!(sample.get(name) == Some(value), "{name}");
    }
}

#[test]
fn what_is_issued_verifies_for_every_patient_in_every_form() {
    // Whoever can read either form has to carry the remains of the older one.
    let table = [
        (Form::Tefca2, TokenProfile::Tefca2, vec![]),
        (Form::Tefca3, TokenProfile::Tefca3, vec![]),
        (Form::Dual, TokenProfile::Tefca3, vec!["token.audience_party", "token.filler"]),
    ];
    assert_eq!(table.each_ref().map(|(form, ..)| *form), Form::ALL);
    for (form, profile, findings) in table {
        assert_eq!(Form::from_name(form.name()), Some(form));
        for patient in &synthetic::PATIENTS {
            let mut person = patient.demographics();
            person.gender = Some(patient.gender);
            person.suffix = Some("Jr \"the second\"".to_owned());
            person.historical_addresses = vec![person.address.clone(), camila().address];
            let verified = judge_token(&FORGE.token(issued(&person, form, true))).unwrap();
            assert!(*verified.demographics() == person, "{form:?} {}", patient.email);
            assert_eq!((verified.profile(), codes(&verified)), (profile, findings.clone()), "{form:?}");
            assert_eq!(verified.expires_at().since(NOW), Duration::from_mins(50));
        }
    }
}

#[test]
fn the_forms_differ_where_the_sop_says_so() {
    let read = |form| -> serde_json::Value { serde_json::from_str(&issued(&camila(), form, true)).unwrap() };
    let [two, three, dual] = [Form::Tefca2, Form::Tefca3, Form::Dual].map(read);
    let both = serde_json::json!(["env_1.atoc_2", AUDIENCE]);
    assert_eq!((&two["aud"], &three["aud"], &dual["aud"]), (&both, &AUDIENCE.into(), &both));
    let has = |name: &str| [&two, &three, &dual].map(|token| token.get(name).is_some());
    assert_eq!(has("nickname"), [true, false, true]);
    assert_eq!(has("tefca_ial2claims_version"), [false, true, true]);
    assert_eq!((&three["tefca_ial2claims_version"], &two["nickname"]), (&"3.0".into(), &"Unknown".into()));
    let has = |name: &str| [&two, &three, &dual].map(|token| token["address"].get(name).is_some());
    assert_eq!(has("region"), [true, false, true]);
    assert_eq!(has("regionality"), [false, true, true]);
}

#[test]
fn what_is_not_known_is_not_issued() {
    let mut person = camila();
    person.middle_name = None;
    person.phone = None;
    let token: serde_json::Value = serde_json::from_str(&issued(&person, Form::Tefca2, false)).unwrap();
    for name in [
        "middle_name",
        "suffix",
        "gender",
        "historical_address",
        "phone_number",
        "phone_number_verified",
        "nonce",
    ] {
        assert!(token.get(name).is_none(), "{name}");
    }
    assert_eq!(token["email_verified"], false, "the 2.x form says so");
    for form in [Form::Tefca3, Form::Dual] {
        let token: serde_json::Value = serde_json::from_str(&issued(&person, form, false)).unwrap();
        assert!(token.get("email").is_none() && token.get("email_verified").is_none(), "3.0 forbids it");
    }
}
