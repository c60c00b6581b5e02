//! Vital signs, and tobacco use.

use serde_json::{Value, json};

use super::calendar::{Moment, after};
use super::chart::Chart;
use super::codes::{Code, loinc};
use super::observation::{begin, quantity};
use super::site::SiteKind;
use super::story::Vital;
use super::visit::{Purpose, Visit};

/// One vital sign: value, profile, code, unit.
pub(super) struct Sign {
    pub(super) vital: Vital,
    profile: &'static str,
    pub(super) code: Code,
    pub(super) unit: &'static str,
}

const fn sign(vital: Vital, profile: &'static str, code: Code, unit: &'static str) -> Sign {
    Sign { vital, profile, code, unit }
}

/// The signs that stand alone. Those of the body come last: in hospital they are taken once.
pub(super) static SIGNS: [Sign; 7] = [
    sign(Vital::HeartRate, "us-core-heart-rate", loinc("8867-4", "Heart rate"), "/min"),
    sign(Vital::RespiratoryRate, "us-core-respiratory-rate", loinc("9279-1", "Respiratory rate"), "/min"),
    sign(Vital::Temperature, "us-core-body-temperature", loinc("8310-5", "Body temperature"), "Cel"),
    sign(
        Vital::OxygenSaturation,
        "us-core-pulse-oximetry",
        loinc("59408-5", "Oxygen saturation in Arterial blood by Pulse oximetry"),
        "%",
    ),
    sign(Vital::Weight, "us-core-body-weight", loinc("29463-7", "Body weight"), "kg"),
    sign(Vital::Height, "us-core-body-height", loinc("8302-2", "Body height"), "cm"),
    sign(Vital::BodyMassIndex, "us-core-bmi", loinc("39156-5", "Body mass index (BMI) [Ratio]"), "kg/m2"),
];
/// How many of the signs are those of the body.
const OF_THE_BODY: usize = 3;

static PRESSURE: Code = loinc("85354-9", "Blood pressure panel with all children optional");
pub(super) static SYSTOLIC: Code = loinc("8480-6", "Systolic blood pressure");
pub(super) static DIASTOLIC: Code = loinc("8462-4", "Diastolic blood pressure");
static OXYGEN: Code = loinc("2708-6", "Oxygen saturation in Arterial blood");
pub(super) static TOBACCO: Code = loinc("72166-2", "Tobacco smoking status");

/// Writes the vital signs of every visit, and tobacco use at the last check-up.
pub(super) fn write(chart: &mut Chart<'_>, visits: &[Visit]) {
    for visit in visits {
        match visit.purpose {
            Purpose::Draw => {}
            Purpose::Admission(_) => ward(chart, visit),
            _ => set(chart, visit, first_taken(visit), true),
        }
    }
    if chart.site.kind == SiteKind::PrimaryCare
        && let Some(last) = visits.iter().rev().find(|visit| matches!(visit.purpose, Purpose::CheckUp))
    {
        let at = last.start.later(10);
        let category = ("social-history", "Social History");
        let mut resource = begin(chart, "us-core-smokingstatus", category, &TOBACCO, at, Some(&last.id));
        resource["valueCodeableConcept"] = chart.story.smoking.concept();
        chart.add(&resource);
    }
}

/// When the signs are taken first at a visit.
pub(super) fn first_taken(visit: &Visit) -> Moment {
    visit.start.later(5)
}

/// Twice a day from admission to the morning of discharge, when all has healed.
fn ward(chart: &mut Chart<'_>, visit: &Visit) {
    set(chart, visit, first_taken(visit), true);
    let mut day = after(visit.start.date, 1);
    while day < visit.end.date {
        set(chart, visit, Moment { date: day, minute: 7 * 60 }, false);
        set(chart, visit, Moment { date: day, minute: 19 * 60 }, false);
        day = after(day, 1);
    }
    set(chart, visit, Moment { date: visit.end.date, minute: 7 * 60 }, false);
}

fn set(chart: &mut Chart<'_>, visit: &Visit, at: Moment, with_body: bool) {
    let pressure = pressure(chart, visit, at);
    chart.add(&pressure);
    let count = if with_body { SIGNS.len() } else { SIGNS.len() - OF_THE_BODY };
    for sign in SIGNS.iter().take(count) {
        let mut resource = begin(chart, sign.profile, VITAL_SIGNS, &sign.code, at, Some(&visit.id));
        if sign.vital == Vital::OxygenSaturation {
            resource["code"]["coding"] = json!([sign.code.coding(), OXYGEN.coding()]);
        }
        resource["valueQuantity"] =
            quantity(chart.story.vital(sign.vital, at, visit.feverish()), sign.vital.decimals(), sign.unit);
        chart.add(&resource);
    }
}

const VITAL_SIGNS: (&str, &str) = ("vital-signs", "Vital Signs");

fn pressure(chart: &Chart<'_>, visit: &Visit, at: Moment) -> Value {
    let mut resource = begin(chart, "us-core-blood-pressure", VITAL_SIGNS, &PRESSURE, at, Some(&visit.id));
    let component = |code: &Code, vital| {
        let value = chart.story.vital(vital, at, visit.feverish());
        json!({"code": code.concept(), "valueQuantity": quantity(value, 0, "mm[Hg]")})
    };
    resource["component"] =
        json!([component(&SYSTOLIC, Vital::Systolic), component(&DIASTOLIC, Vital::Diastolic)]);
    resource
}
