//! The demographics a responder has on file, as messy as they are.

use model::demographics::parse_iso_date;
use model::{Address, Gender, Hcid};
use serde_json::Value;
use time::Date;

use crate::view::{list, text, tree};
use crate::{Error, Identifier, Resource};

/// More entries of one kind than this are not one person's, and are passed over.
const MOST: usize = 64;

/// What a Patient resource says of a person. Everything may be missing; text is as the responder wrote
/// it, without blanks around it. No printing `Debug`.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct PatientDemographics {
    /// The responder's id of the patient.
    pub id: Option<String>,
    /// First and middle names of the name in use.
    pub given: Vec<String>,
    /// Last name of the name in use.
    pub family: Option<String>,
    /// Jr, Sr, III.
    pub suffix: Option<String>,
    /// All further names: maiden, former, nicknames.
    pub other_names: Vec<Name>,
    /// The date of birth, when it is a whole date.
    pub birth_date: Option<Date>,
    /// Administrative gender.
    pub gender: Option<Gender>,
    /// Present addresses. A part that the responder left out is empty text.
    pub addresses: Vec<Address>,
    /// Addresses marked `old`.
    pub historical_addresses: Vec<Address>,
    /// Phone numbers, in any spelling.
    pub phones: Vec<String>,
    /// E-mail addresses.
    pub emails: Vec<String>,
    /// Record numbers and the like.
    pub identifiers: Vec<Identifier>,
    /// The organisation that keeps the record, when an index answers for several.
    pub managing_organization: Option<Hcid>,
}

/// One name of a person.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Name {
    /// First and middle names.
    pub given: Vec<String>,
    /// Last name.
    pub family: Option<String>,
    /// Jr, Sr, III.
    pub suffix: Option<String>,
}

impl PatientDemographics {
    /// Reads a Patient. The name in use is the official one, then the usual one, then the first that is
    /// not marked as former, maiden or a nickname, then the first of all.
    pub fn read(resource: &Resource<'_>) -> Result<Self, Error> {
        let patient = tree(resource, "Patient")?;
        let mut names: Vec<(u8, Name)> = list(&patient, "name")
            .iter()
            .take(MOST)
            .filter_map(|name| Some((rank(name), read_name(name)?)))
            .collect();
        names.sort_by_key(|(rank, _)| *rank);
        let mut names = names.into_iter().map(|(_, name)| name);
        let Name { given, family, suffix } = names.next().unwrap_or_default();
        let (old, present): (Vec<_>, Vec<_>) = list(&patient, "address")
            .iter()
            .take(MOST)
            .partition(|address| text(address, "use") == Some("old"));
        Ok(Self {
            id: resource.id().map(str::to_owned),
            given,
            family,
            suffix,
            other_names: names.collect(),
            birth_date: text(&patient, "birthDate").and_then(read_date),
            gender: text(&patient, "gender").and_then(read_gender),
            addresses: present.into_iter().filter_map(read_address).collect(),
            historical_addresses: old.into_iter().filter_map(read_address).collect(),
            phones: telecom(&patient, "phone"),
            emails: telecom(&patient, "email"),
            identifiers: Identifier::read_all(&patient).take(MOST).collect(),
            managing_organization: patient
                .get("managingOrganization")
                .and_then(|reference| reference.get("identifier"))
                .and_then(|identifier| text(identifier, "value"))
                .and_then(|value| Hcid::parse(value).ok()),
        })
    }
}

impl std::fmt::Debug for PatientDemographics {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PatientDemographics(..)")
    }
}

impl std::fmt::Debug for Name {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Name(..)")
    }
}

fn rank(name: &Value) -> u8 {
    match text(name, "use") {
        Some("official") => 0,
        Some("usual") => 1,
        Some("old" | "maiden" | "nickname" | "anonymous") => 3,
        _ => 2,
    }
}

fn read_name(name: &Value) -> Option<Name> {
    let given = strings(name, "given");
    let family = text(name, "family").map(str::to_owned);
    if given.is_empty() && family.is_none() {
        return None;
    }
    let suffix = strings(name, "suffix");
    Some(Name { given, family, suffix: (!suffix.is_empty()).then(|| suffix.join(" ")) })
}

fn read_address(address: &Value) -> Option<Address> {
    let part = |key| text(address, key).unwrap_or_default().to_owned();
    let read = Address {
        street: strings(address, "line").join(" "),
        city: part("city"),
        state: part("state"),
        postal_code: part("postalCode"),
        country: part("country"),
    };
    let says_something =
        [&read.street, &read.city, &read.state, &read.postal_code].iter().any(|part| !part.is_empty());
    says_something.then_some(read)
}

/// A whole date, also where a time was written behind it.
fn read_date(text: &str) -> Option<Date> {
    match text.split_once('T') {
        Some((date, _)) => parse_iso_date(date),
        None => parse_iso_date(text),
    }
}

fn read_gender(code: &str) -> Option<Gender> {
    [Gender::Male, Gender::Female, Gender::Other, Gender::Unknown]
        .into_iter()
        .find(|gender| gender.as_str() == code)
}

fn telecom(patient: &Value, system: &str) -> Vec<String> {
    list(patient, "telecom")
        .iter()
        .filter(|point| text(point, "system") == Some(system))
        .filter_map(|point| text(point, "value"))
        .take(MOST)
        .map(str::to_owned)
        .collect()
}

fn strings(value: &Value, key: &str) -> Vec<String> {
    list(value, key)
        .iter()
        .filter_map(Value::as_str)
        .map(str::trim)
        .filter(|text| !text.is_empty())
        .take(MOST)
        .map(str::to_owned)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::patient::build;
    use model::synthetic::PATIENTS;

    fn read(text: &str) -> PatientDemographics {
        PatientDemographics::read(&Resource::scan(text).expect("a resource")).expect("a patient")
    }

    #[test]
    fn what_we_send_reads_back() {
        for patient in &PATIENTS {
            let mut sent = patient.demographics();
            sent.gender = Some(patient.gender);
            sent.suffix = Some("Jr".to_owned());
            sent.historical_addresses = vec![PATIENTS[3].demographics().address];
            let read = read(&build(Some("p"), &sent, &[]).to_string());
            let middle = sent.middle_name.clone();
            assert!(read.given.iter().eq(std::iter::once(&sent.given_name).chain(&middle)));
            assert!(read.family.as_ref() == Some(&sent.family_name) && read.suffix == sent.suffix);
            assert!(read.birth_date == Some(sent.birth_date) && read.gender == sent.gender);
            assert!(
                read.addresses == [sent.address] && read.historical_addresses == sent.historical_addresses
            );
            assert!(read.phones.first() == sent.phone.as_ref() && read.emails.first() == sent.email.as_ref());
            assert_eq!(read.id.as_deref(), Some("p"));
        }
    }

    #[test]
    fn the_name_in_use_is_chosen_by_its_use() {
        let read = read(
            r#"{"resourceType":"Patient","name":[
                {"use":"nickname","given":["Cam"]},{"use":"maiden","family":"Diaz","given":["Camila"]},
                {"text":"only words"},{"family":"Lopez-Diaz","given":["Camila"]},
                {"use":"usual","family":"Lopez","given":"Camila","suffix":["MD","III"]}]}"#,
        );
        assert!(read.given == ["Camila"] && read.family.as_deref() == Some("Lopez"));
        assert!(read.suffix.as_deref() == Some("MD III"));
        let others: Vec<_> = read.other_names.iter().map(|name| name.family.as_deref()).collect();
        assert_eq!(others, [Some("Lopez-Diaz"), None, Some("Diaz")]);
    }

    #[test]
    fn messy_patients_read_as_far_as_they_go() {
        for (member, check) in [
            (r#""birthDate":"1987-09""#, "partial"),
            (r#""birthDate":19870912"#, "number"),
            (r#""name":"Camila""#, "text for a list"),
            (r#""name":[[["x"]],null,{"given":[1,null," "]}]"#, "odd names"),
            (r#""address":[{"country":"US"},{"line":7},"x"]"#, "addresses that say nothing"),
            (r#""telecom":[{"system":"phone"},{"value":"1"},{"system":"fax","value":"2"}]"#, "odd telecom"),
            (r#""gender":"F","identifier":[{"system":"x"}]"#, "codes of another system"),
        ] {
            let read = read(&format!(r#"{{"resourceType":"Patient",{member}}}"#));
            assert!(read == PatientDemographics::default(), "{check}");
        }
        let dated = read(r#"{"resourceType":"Patient","birthDate":"1987-09-12T00:00:00Z"}"#);
        assert!(dated.birth_date == parse_iso_date("1987-09-12"));
    }

    #[test]
    fn a_flood_of_entries_is_cut() {
        let phones = vec![r#"{"system":"phone","value":"1"}"#; 5_000].join(",");
        let names = vec![r#"{"family":"x"}"#; 5_000].join(",");
        let read = read(&format!(r#"{{"resourceType":"Patient","telecom":[{phones}],"name":[{names}]}}"#));
        assert_eq!((read.phones.len(), read.other_names.len()), (MOST, MOST - 1));
    }

    #[test]
    fn nothing_of_a_person_prints() {
        let read = read(r#"{"resourceType":"Patient","name":[{"family":"Lopez"},{"family":"Diaz"}]}"#);
        assert_eq!(format!("{read:?} {:?}", read.other_names), "PatientDemographics(..) [Name(..)]");
    }

    #[test]
    fn another_resource_or_one_too_deep_is_an_error() {
        let group = Resource::scan(r#"{"resourceType":"Group"}"#).expect("a resource");
        assert_eq!(PatientDemographics::read(&group).err(), Some(Error::WrongType("Patient")));
        let deep = format!(r#"{{"resourceType":"Patient","x":{}{}}}"#, "[".repeat(5_000), "]".repeat(5_000));
        let deep = Resource::scan(&deep).expect("a resource");
        assert_eq!(PatientDemographics::read(&deep).err(), Some(Error::NotJson));
    }
}
