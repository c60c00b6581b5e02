use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use base64::Engine as _;
use fhir::Resource;
use model::demographics::{iso_date, parse_iso_date};
use model::synthetic::PATIENTS;
use model::{Address, Hcid};
use serde_json::Value;

use super::*;

const KINDS: [SiteKind; 8] = [
    SiteKind::PrimaryCare,
    SiteKind::Hospital,
    SiteKind::Specialty(Specialty::Cardiology),
    SiteKind::Specialty(Specialty::Endocrinology),
    SiteKind::Specialty(Specialty::Orthopedics),
    SiteKind::Specialty(Specialty::Pulmonology),
    SiteKind::UrgentCare,
    SiteKind::Laboratory,
];

fn site(kind: SiteKind) -> Site {
    let place = KINDS.iter().position(|other| *other == kind).unwrap_or_default();
    Site {
        name: format!("Fernwood {kind:?}"),
        hcid: Hcid::parse(&format!("2.16.840.1.113883.3.9999.{}", place + 1)).expect("an OID"),
        npi: "9999999995".to_owned(),
        city: "Madison".to_owned(),
        state: "WI".to_owned(),
        kind,
        on_file: Vec::new(),
    }
}

type Generated = (&'static SyntheticPatient, SiteKind, Vec<String>);

/// Every patient at every kind of site.
static EVERYTHING: LazyLock<Vec<Generated>> = LazyLock::new(|| {
    let generated = |patient, kind: &SiteKind| (patient, *kind, generate(patient, &site(*kind), 1, AS_OF));
    PATIENTS.iter().flat_map(|patient| KINDS.iter().map(move |kind| generated(patient, kind))).collect()
});

fn everything() -> impl Iterator<Item = &'static Generated> {
    EVERYTHING.iter()
}

fn trees(lines: &[String]) -> Vec<Value> {
    lines.iter().map(|line| serde_json::from_str(line).expect("JSON")).collect()
}

fn of_type<'v>(resources: &'v [Value], kind: &str) -> Vec<&'v Value> {
    resources.iter().filter(|resource| resource["resourceType"] == kind).collect()
}

/// Every member of every object, at any depth: its key and its value.
fn walk<'v>(value: &'v Value, visit: &mut impl FnMut(&'v str, &'v Value)) {
    match value {
        Value::Object(members) => {
            for (key, member) in members {
                visit(key, member);
                walk(member, visit);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| walk(item, visit)),
        _ => {}
    }
}

#[test]
fn the_same_seed_gives_the_same_bytes_and_another_does_not() {
    for kind in KINDS {
        let generated = |seed| generate(&PATIENTS[5], &site(kind), seed, AS_OF);
        assert_eq!(generated(1), generated(1));
        assert_ne!(generated(1), generated(2));
    }
}

#[test]
fn every_line_is_one_resource_with_an_id_of_its_own() {
    for (patient, kind, lines) in everything() {
        let mut seen = BTreeSet::new();
        for line in lines {
            assert!(!line.contains('\n'));
            let resource = Resource::scan(line).expect("a resource");
            assert!(seen.insert(resource.reference().expect("an id")), "{kind:?} {resource:?}");
        }
        assert_eq!(Resource::scan(&lines[0]).expect("a resource").resource_type(), "Patient");
        assert!((60..=250).contains(&lines.len()), "{} {kind:?}: {}", patient.email, lines.len());
    }
}

#[test]
fn every_reference_resolves_within_the_set() {
    for (_, kind, lines) in everything() {
        let known: BTreeSet<String> =
            lines.iter().filter_map(|line| Resource::scan(line).expect("a resource").reference()).collect();
        for resource in trees(lines) {
            walk(&resource, &mut |key, value| {
                if key == "reference" {
                    assert!(known.contains(value.as_str().expect("text")), "{kind:?} {value}");
                }
            });
        }
    }
}

#[test]
fn no_date_lies_before_birth_or_after_today() {
    for (patient, kind, lines) in everything() {
        let born = parse_iso_date(patient.birth_date).expect("a date");
        let mut dates = 0;
        for resource in trees(lines) {
            walk(&resource, &mut |key, value| {
                let date = value.as_str().and_then(|text| text.get(..10)).and_then(parse_iso_date);
                if let Some(date) = date {
                    dates += 1;
                    assert!(born <= date && date < AS_OF, "{kind:?} {key} {value}");
                }
            });
        }
        assert!(dates > 20);
    }
}

#[test]
fn times_carry_an_offset_and_periods_run_forward() {
    for (_, _, lines) in everything() {
        for resource in trees(lines) {
            walk(&resource, &mut |key, value| {
                if let Some(text) =
                    value.as_str().filter(|text| text.len() > 10 && parse_iso_date(&text[..10]).is_some())
                {
                    assert!(text.ends_with("-05:00") || text.ends_with("-06:00"), "{key} {text}");
                }
                if let (Some(start), Some(end)) = (value["start"].as_str(), value["end"].as_str()) {
                    // Periods are within days, so that the text of the date decides, then the clock.
                    assert!(start[..16] <= end[..16], "{start} {end}");
                }
            });
        }
    }
}

#[test]
fn every_coding_is_complete_and_every_code_has_one_display() {
    let mut displays: BTreeMap<(String, String), String> = BTreeMap::new();
    for (_, _, lines) in everything() {
        for resource in trees(lines) {
            walk(&resource, &mut |key, value| {
                let Some(codings) = value.as_array().filter(|_| key == "coding") else { return };
                for coding in codings {
                    let part = |name: &str| coding[name].as_str().unwrap_or_default().to_owned();
                    // The identifier type of a record number has no display in FHIR's own examples either.
                    if part("system").ends_with("v2-0203") {
                        continue;
                    }
                    let display = part("display");
                    assert!(!display.is_empty() && !part("system").is_empty(), "{coding}");
                    let before = displays.insert((part("system"), part("code")), display.clone());
                    assert!(before.is_none_or(|before| before == display), "{coding}");
                }
            });
        }
    }
    assert!(displays.len() > 100);
}

#[test]
fn each_kind_of_site_holds_its_slice() {
    let types = |kind| -> BTreeSet<String> {
        let lines = generate(&PATIENTS[3], &site(kind), 1, AS_OF);
        trees(&lines)
            .iter()
            .map(|resource| resource["resourceType"].as_str().expect("text").to_owned())
            .collect()
    };
    let laboratory = ["DiagnosticReport", "Observation", "Organization", "Patient"];
    assert!(types(SiteKind::Laboratory).iter().map(String::as_str).eq(laboratory));
    let practice = types(SiteKind::PrimaryCare);
    for expected in [
        "AllergyIntolerance",
        "Condition",
        "DiagnosticReport",
        "DocumentReference",
        "Encounter",
        "Immunization",
        "Location",
        "MedicationRequest",
        "Observation",
        "Organization",
        "Patient",
        "Practitioner",
        "Procedure",
    ] {
        assert!(practice.contains(expected), "{expected}");
    }
    let hospital = trees(&generate(&PATIENTS[3], &site(SiteKind::Hospital), 1, AS_OF));
    let classes: BTreeSet<&str> = of_type(&hospital, "Encounter")
        .iter()
        .map(|encounter| encounter["class"]["code"].as_str().expect("text"))
        .collect();
    assert!(classes.contains("IMP") && classes.contains("EMER"));
}

#[test]
fn two_sites_tell_the_same_story() {
    let mut diabetics = 0;
    for (seed, patient) in (0..3).flat_map(|seed| PATIENTS.iter().map(move |patient| (seed, patient))) {
        let conditions = |kind| -> BTreeMap<String, String> {
            let resources = trees(&generate(patient, &site(kind), seed, AS_OF));
            of_type(&resources, "Condition")
                .iter()
                .filter(|condition| condition["category"][0]["coding"][0]["code"] == "problem-list-item")
                .map(|condition| {
                    let text = |value: &Value| value.as_str().expect("text").to_owned();
                    (text(&condition["code"]["coding"][0]["code"]), text(&condition["onsetDateTime"]))
                })
                .collect()
        };
        let practice = conditions(SiteKind::PrimaryCare);
        let specialist = conditions(SiteKind::Specialty(Specialty::Endocrinology));
        for (code, onset) in &specialist {
            assert_eq!(practice.get(code), Some(onset), "{code}");
        }
        if let Some(onset) = practice.get("44054006") {
            diabetics += 1;
            assert_eq!(specialist.get("44054006"), Some(onset));
            for kind in [SiteKind::PrimaryCare, SiteKind::Specialty(Specialty::Endocrinology)] {
                let series = a1c(patient, kind, seed, onset);
                let (first, last) = (series[0].1, series[series.len() - 1].1);
                assert!(series.len() >= 4 && last < 7.0, "{series:?}");
                // The practice found it: its series begins before treatment.
                assert!(kind != SiteKind::PrimaryCare || first >= 8.0, "{series:?}");
            }
        }
    }
    assert!(diabetics >= 5);
}

/// The A1c values since onset, by time.
fn a1c(patient: &SyntheticPatient, kind: SiteKind, seed: u64, onset: &str) -> Vec<(String, f64)> {
    let resources = trees(&generate(patient, &site(kind), seed, AS_OF));
    let mut series: Vec<(String, f64)> = of_type(&resources, "Observation")
        .iter()
        .filter(|observation| observation["code"]["coding"][0]["code"] == "4548-4")
        .map(|observation| {
            let at = observation["effectiveDateTime"].as_str().expect("text").to_owned();
            (at, observation["valueQuantity"]["value"].as_f64().expect("a number"))
        })
        .filter(|(at, _)| at.as_str() >= onset)
        .collect();
    series.sort_by(|a, b| a.0.cmp(&b.0));
    series
}

#[test]
fn medicines_and_statuses_fit_the_conditions() {
    for (_, kind, lines) in everything() {
        let resources = trees(lines);
        for condition in of_type(&resources, "Condition") {
            let resolved = condition["clinicalStatus"]["coding"][0]["code"] == "resolved";
            assert_eq!(resolved, condition.get("abatementDateTime").is_some());
        }
        let mut active = BTreeSet::new();
        for request in of_type(&resources, "MedicationRequest") {
            assert!(request["reasonReference"][0]["reference"].is_string(), "{kind:?}");
            if request["status"] == "active" {
                let code = request["medicationCodeableConcept"]["coding"][0]["code"].as_str().expect("text");
                assert!(active.insert(code.to_owned()), "{kind:?}: one active request for a medicine");
            }
        }
    }
}

#[test]
fn reports_name_their_results() {
    for (_, kind, lines) in everything() {
        let resources = trees(lines);
        let reported: usize = of_type(&resources, "DiagnosticReport")
            .iter()
            .map(|report| report["result"].as_array().map_or(0, Vec::len))
            .sum();
        let laboratory = of_type(&resources, "Observation")
            .iter()
            .filter(|observation| observation["category"][0]["coding"][0]["code"] == "laboratory")
            .count();
        assert_eq!(reported, laboratory, "{kind:?}");
    }
}

#[test]
fn documents_are_well_formed_and_name_the_patient() {
    for (patient, kind, lines) in everything() {
        let resources = trees(lines);
        let documents = of_type(&resources, "DocumentReference");
        assert_eq!(documents.is_empty(), *kind == SiteKind::Laboratory);
        for document in documents {
            let attachment = &document["content"][0]["attachment"];
            assert_eq!(attachment["contentType"], "application/xml");
            let data = attachment["data"].as_str().expect("text");
            let bytes = base64::engine::general_purpose::STANDARD.decode(data).expect("base64");
            assert_eq!(attachment["size"].as_u64(), u64::try_from(bytes.len()).ok());
            let xml = String::from_utf8(bytes).expect("UTF-8");
            assert_eq!(unbalanced(&xml), None);
            for part in [patient.given_name, patient.family_name, &patient.birth_date.replace('-', "")] {
                assert!(xml.contains(part), "{kind:?} {part}");
            }
            let diagnosed = of_type(&resources, "Condition").iter().any(|condition| {
                xml.contains(condition["code"]["coding"][0]["code"].as_str().expect("text"))
            });
            assert!(diagnosed, "{kind:?}");
        }
    }
}

/// The first tag that is closed without having been opened, or left open.
fn unbalanced(xml: &str) -> Option<String> {
    let mut open: Vec<&str> = Vec::new();
    for tag in xml.split('<').skip(1) {
        let (tag, text) = tag.split_once('>')?;
        assert!(!text.contains('&') || text.contains(';'));
        if let Some(name) = tag.strip_prefix('/') {
            if open.pop() != Some(name) {
                return Some(name.to_owned());
            }
        } else if !tag.starts_with('?') && !tag.ends_with('/') {
            open.push(tag.split(' ').next()?);
        }
    }
    open.pop().map(str::to_owned)
}

#[test]
fn the_patient_is_as_the_site_has_them_on_file() {
    let patient = &PATIENTS[5];
    let mut file = OnFile::of(patient.email);
    let elsewhere = Address {
        street: "9 Old Mill Rd".to_owned(),
        city: "Dallas".to_owned(),
        state: "TX".to_owned(),
        postal_code: "75201".to_owned(),
        country: "US".to_owned(),
    };
    file.given_name = Some("Cam <i>&\u{1}".to_owned());
    file.former_family_name = Some("Diaz".to_owned());
    file.address = Held::Other(elsewhere.clone());
    file.former_address = Some(patient.demographics().address);
    file.phone = Held::Other("(469) 555-0100".to_owned());
    file.email = Held::Missing;
    let at = Site { on_file: vec![file.clone()], ..site(SiteKind::PrimaryCare) };
    let lines = generate(patient, &at, 1, AS_OF);
    let read =
        fhir::PatientDemographics::read(&Resource::scan(&lines[0]).expect("a resource")).expect("a patient");
    assert!(read.given.first().is_some_and(|given| given.starts_with("Cam")));
    assert!(read.other_names[0].family.as_deref() == Some("Diaz"));
    assert!(read.addresses == [elsewhere] && read.historical_addresses == [patient.demographics().address]);
    assert!(read.phones == ["(469) 555-0100"] && read.emails.is_empty());
    assert!(read.identifiers.len() == 1);

    file.address = Held::Missing;
    file.former_address = None;
    let at = Site { on_file: vec![file], ..site(SiteKind::PrimaryCare) };
    let lines = generate(patient, &at, 1, AS_OF);
    assert!(trees(&lines)[0].get("address").is_none());
    for document in of_type(&trees(&lines), "DocumentReference") {
        let data = document["content"][0]["attachment"]["data"].as_str().expect("text");
        let bytes = base64::engine::general_purpose::STANDARD.decode(data).expect("base64");
        assert_eq!(unbalanced(&String::from_utf8(bytes).expect("UTF-8")), None);
    }
}

#[test]
fn what_belongs_to_the_site_is_the_same_for_all_patients() {
    let shared = |patient| -> Vec<String> {
        let lines = generate(patient, &site(SiteKind::Hospital), 1, AS_OF);
        lines
            .into_iter()
            .filter(|line| {
                let resource = Resource::scan(line).expect("a resource");
                matches!(resource.resource_type(), "Organization" | "Location" | "Practitioner")
            })
            .collect()
    };
    assert_eq!(shared(&PATIENTS[0]).len(), 6);
    assert_eq!(shared(&PATIENTS[0]), shared(&PATIENTS[1]));
}

#[test]
fn ids_of_all_patients_at_a_site_differ() {
    let mut seen = BTreeSet::new();
    for patient in &PATIENTS {
        for line in generate(patient, &site(SiteKind::PrimaryCare), 1, AS_OF) {
            let resource = Resource::scan(&line).expect("a resource");
            let shared = matches!(resource.resource_type(), "Organization" | "Location" | "Practitioner");
            assert!(shared || seen.insert(resource.reference().expect("an id")));
        }
    }
}

#[test]
fn any_day_may_be_today() {
    let births = PATIENTS.iter().filter_map(|patient| parse_iso_date(patient.birth_date));
    let days = [Date::MIN, Date::MAX, date!(1955 - 01 - 01), date!(1900 - 02 - 28), date!(2020 - 02 - 29)];
    for today in days.into_iter().chain(births) {
        for (patient, kind) in PATIENTS.iter().zip(KINDS.iter().cycle()) {
            let lines = generate(patient, &site(*kind), 3, today);
            assert!(!lines.is_empty(), "{}", iso_date(today));
            if today <= date!(1950 - 01 - 01) {
                assert!(lines.len() <= 7);
            }
        }
    }
}
