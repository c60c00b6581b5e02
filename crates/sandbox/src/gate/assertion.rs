//! Client assertions: whose they are, and for business-to-business requests why and about whom.

use fhir::{PatientDemographics, Resource};
use jose::json::Object;
use jose::{Algorithm, Compact};
use matching::{Verdict, judge};
use model::{Demographics, Hcid, Timestamp};
use std::sync::PoisonError;
use token::{Expectations, Unverified};

use super::{Gate, Shut};

/// Assertions may live this long (UDAP).
const ASSERTION_LIFE: i64 = 300;
/// Clocks may differ by this many seconds.
const LEEWAY: i64 = 60;
/// The algorithms a client may sign with (Facilitated FHIR SOP 2.0).
const ALGORITHMS: [Algorithm; 4] = [Algorithm::Rs256, Algorithm::Rs384, Algorithm::Es256, Algorithm::Es384];

impl Gate {
    /// The person whom a `client_credentials` assertion is about, everything about it verified.
    pub(super) async fn judge(&self, assertion: &str) -> Result<Demographics, Shut> {
        let compact = Compact::parse(assertion).map_err(|_| Shut::UnknownClient)?;
        let payload = self.authenticate(&compact).await?;
        let claims = payload.claims().map_err(|_| Shut::Assertion)?;
        let extensions = object(&claims, "extensions").ok_or(Shut::Hl7B2b)?;
        let hcid = check_hl7_b2b(extensions)?;
        let ias = object(extensions, "tefca_ias").ok_or(Shut::TefcaIas)?;
        let id_token = text(ias, "id_token").ok_or(Shut::TefcaIas)?;
        let person = self.verify_id_token(id_token, &hcid, self.trust.clock.now()).await?;
        check_person(payload.bytes(), &person)?;
        Ok(person)
    }

    /// The client behind an assertion that proves it and nothing else.
    pub(super) async fn client_of(&self, assertion: &str) -> Result<String, Shut> {
        let compact = Compact::parse(assertion).map_err(|_| Shut::UnknownClient)?;
        let client = self.registered_client(&compact)?;
        self.authenticate(&compact).await?;
        Ok(client)
    }

    /// Verifies an assertion by its client's keys.
    async fn authenticate<'a>(&self, compact: &'a Compact<'a>) -> Result<jose::VerifiedPayload<'a>, Shut> {
        let client = self.registered_client(compact)?;
        let now = self.trust.clock.now();
        let keys = self.trust.keys.of(&client, compact.key_id(), now).await.map_err(|_| Shut::ClientKeys)?;
        let payload = compact.verify(&keys, &ALGORITHMS).map_err(|_| Shut::Assertion)?;
        let claims = payload.claims().map_err(|_| Shut::Assertion)?;
        self.check_assertion(&claims, &client, now)?;
        Ok(payload)
    }

    /// Only a registered client's keys are ever fetched.
    fn registered_client(&self, compact: &Compact<'_>) -> Result<String, Shut> {
        let claims = jose::json::parse_object(compact.untrusted_payload(), 64 * 1024)
            .map_err(|_| Shut::UnknownClient)?;
        let named = text(&claims, "iss").ok_or(Shut::UnknownClient)?;
        self.trust.clients.iter().find(|client| *client == named).cloned().ok_or(Shut::UnknownClient)
    }

    fn check_assertion(&self, claims: &Object<'_>, client: &str, now: Timestamp) -> Result<(), Shut> {
        let time = |name: &str| claims.get(name).and_then(jose::json::Value::numeric_date);
        let (Some(issued), Some(expires)) = (time("iat"), time("exp")) else { return Err(Shut::Assertion) };
        let in_time = expires > now.seconds() - LEEWAY
            && issued <= now.seconds() + LEEWAY
            && expires - issued <= ASSERTION_LIFE;
        let for_us =
            text(claims, "aud") == Some(self.token_endpoint.as_str()) && text(claims, "sub") == Some(client);
        if !in_time || !for_us {
            return Err(Shut::Assertion);
        }
        let id = text(claims, "jti").filter(|id| !id.is_empty() && id.len() <= 256).ok_or(Shut::Assertion)?;
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        seen.retain(|_, until| *until > now);
        let until = Timestamp::from_seconds(expires + LEEWAY);
        match seen.insert(id.to_owned(), until) {
            Some(_) => Err(Shut::Replay),
            None => Ok(()),
        }
    }

    async fn verify_id_token(
        &self,
        id_token: &str,
        hcid: &Hcid,
        now: Timestamp,
    ) -> Result<Demographics, Shut> {
        let compact = Compact::parse(id_token).map_err(|_| Shut::IdToken)?;
        let unverified = Unverified::read(&compact).map_err(|_| Shut::IdToken)?;
        let issuer = unverified.issuer();
        if !self.trust.csp_issuers.iter().any(|trusted| trusted == issuer) {
            return Err(Shut::CspUntrusted);
        }
        let keys =
            self.trust.keys.of(issuer, unverified.key_id(), now).await.map_err(|_| Shut::CspUntrusted)?;
        let expected = Expectations::new(issuer, &[Algorithm::Rs256], now);
        let verified = token::verify(&unverified, &keys, hcid, &expected).map_err(|_| Shut::IdToken)?;
        Ok(verified.demographics().clone())
    }
}

/// Purpose T-IAS, version 1, and the organisation whose HCID the ID token must be meant for.
fn check_hl7_b2b(extensions: &Object<'_>) -> Result<Hcid, Shut> {
    let b2b = object(extensions, "hl7-b2b").ok_or(Shut::Hl7B2b)?;
    let purposes = b2b.get("purpose_of_use").and_then(jose::json::Value::as_array).ok_or(Shut::Hl7B2b)?;
    let [purpose] = purposes else { return Err(Shut::Hl7B2b) };
    let is_ias = purpose.as_str().is_some_and(|code| code == "T-IAS" || code.ends_with("#T-IAS"));
    let named = text(b2b, "organization_name").is_some_and(|name| !name.is_empty());
    if !is_ias || !named || text(b2b, "version") != Some("1") {
        return Err(Shut::Hl7B2b);
    }
    let oid =
        text(b2b, "organization_id").and_then(|id| id.strip_prefix("Organization/")).ok_or(Shut::Hl7B2b)?;
    Hcid::parse(oid).map_err(|_| Shut::Hl7B2b)
}

/// SOP IAS 3.0 section 4.9 b: the proofed identity is the patient named in the request.
fn check_person(payload: &[u8], person: &Demographics) -> Result<(), Shut> {
    let claims: serde_json::Value = serde_json::from_slice(payload).map_err(|_| Shut::TefcaIas)?;
    let patient = claims["extensions"]["tefca_ias"]["patient_information"].to_string();
    let resource = Resource::scan(&patient).map_err(|_| Shut::TefcaIas)?;
    let named = PatientDemographics::read(&resource).map_err(|_| Shut::TefcaIas)?;
    match judge(person, &named) {
        (Verdict::Certain, _) => Ok(()),
        _ => Err(Shut::AnotherPerson),
    }
}

fn object<'o, 'a>(object: &'o Object<'a>, name: &str) -> Option<&'o Object<'a>> {
    object.get(name).and_then(jose::json::Value::as_object)
}

fn text<'o>(object: &'o Object<'_>, name: &str) -> Option<&'o str> {
    object.get(name).and_then(jose::json::Value::as_str)
}
