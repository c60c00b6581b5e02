//! Laboratory results, each with the report it came in.

use serde_json::{Value, json};

use super::calendar::{Moment, after};
use super::chart::{Chart, reference, us_core};
use super::codes::analytes::{Analyte, Panel};
use super::codes::hl7;
use super::codes::problems::Chronic;
use super::observation::{begin, quantity};
use super::site::{SiteKind, Specialty};
use super::visit::{Purpose, Visit};

/// One result, as a document repeats it.
#[derive(Clone, Copy)]
pub(super) struct LabResult {
    pub(super) analyte: Analyte,
    pub(super) value: f64,
    pub(super) at: Moment,
}

/// Writes the Observations and DiagnosticReports of all visits and returns the results, earliest first.
pub(super) fn write(chart: &mut Chart<'_>, visits: &[Visit]) -> Vec<LabResult> {
    let mut results = Vec::new();
    for (place, visit) in visits.iter().rev().enumerate() {
        for at in drawn(visit) {
            for panel in ordered(chart, visit, place) {
                report(chart, visit, &panel, at, &mut results);
            }
        }
    }
    results.sort_by_key(|result| result.at);
    results
}

/// When blood was drawn: once at a visit, every morning on a ward.
fn drawn(visit: &Visit) -> Vec<Moment> {
    let first = visit.start.later(20);
    let Purpose::Admission(surgery) = visit.purpose else { return vec![first] };
    let mornings = (1..surgery.operation.nights)
        .map(|night| Moment { date: after(visit.start.date, night), minute: 6 * 60 });
    std::iter::once(first).chain(mornings).collect()
}

/// What is ordered at a visit; `place` counts the visits back from the latest.
fn ordered(chart: &Chart<'_>, visit: &Visit, place: usize) -> Vec<Panel> {
    let on = visit.start.date;
    let has = |condition| chart.story.has(condition).is_some_and(|ongoing| ongoing.onset <= on);
    let a1c = has(Chronic::Diabetes).then_some(Panel::Single(Analyte::HemoglobinA1c));
    let thyroid = has(Chronic::Hypothyroidism).then_some(Panel::Single(Analyte::Thyrotropin));
    let iron = has(Chronic::IronDeficiency).then_some(Panel::Single(Analyte::Ferritin));
    let recent = |panel, count: usize| (place < count).then_some(panel);
    let of = |panels: [Option<Panel>; 6]| panels.into_iter().flatten().collect();
    match (chart.site.kind, visit.purpose) {
        (SiteKind::PrimaryCare, Purpose::CheckUp) => of([
            Some(Panel::Lipids),
            recent(Panel::Metabolic, 4),
            recent(Panel::BloodCount, 4),
            a1c,
            thyroid,
            iron,
        ]),
        (SiteKind::PrimaryCare, _) => of([a1c, thyroid, iron, None, None, None]),
        (SiteKind::Laboratory, _) => {
            of([Some(Panel::Metabolic), Some(Panel::Lipids), Some(Panel::BloodCount), a1c, thyroid, iron])
        }
        (SiteKind::Hospital, _) => {
            of([Some(Panel::Metabolic), Some(Panel::BloodCount), None, None, None, None])
        }
        (SiteKind::UrgentCare, _) => {
            of([visit.feverish().then_some(Panel::BloodCount), None, None, None, None, None])
        }
        (SiteKind::Specialty(specialty), _) => match specialty {
            Specialty::Cardiology => {
                let heart = Some(Panel::Single(Analyte::NtProBnp));
                of([Some(Panel::Lipids), heart, recent(Panel::Metabolic, 2), None, None, None])
            }
            Specialty::Endocrinology => {
                let both = [Analyte::HemoglobinA1c, Analyte::Thyrotropin]
                    .map(|analyte| Some(Panel::Single(analyte)));
                let [a1c, thyroid] = both;
                of([a1c, thyroid, recent(Panel::Metabolic, 2), recent(Panel::Lipids, 1), None, None])
            }
            Specialty::Orthopedics | Specialty::Pulmonology => {
                of([recent(Panel::BloodCount, 3), None, None, None, None, None])
            }
        },
    }
}

fn report(chart: &mut Chart<'_>, visit: &Visit, panel: &Panel, at: Moment, results: &mut Vec<LabResult>) {
    let encounter = (!matches!(visit.purpose, Purpose::Draw)).then_some(visit.id.as_str());
    let mut references = Vec::new();
    for analyte in panel.analytes() {
        let result = LabResult { analyte: *analyte, value: chart.story.level(*analyte, at.date), at };
        let resource = observation(chart, &result, encounter);
        references.push(reference("Observation", resource["id"].as_str().unwrap_or_default()));
        chart.add(&resource);
        results.push(result);
    }
    let mut resource = json!({
        "resourceType": "DiagnosticReport",
        "id": chart.id("DiagnosticReport", &format!("{}/{}", panel.code().value, at.stamp(chart.zone))),
        "meta": us_core("us-core-diagnosticreport-lab"),
        "status": "final",
        "category": [hl7("v2-0074", "LAB", "Laboratory")],
        "code": panel.code().concept(),
        "subject": chart.subject(),
        "effectiveDateTime": at.stamp(chart.zone),
        "issued": at.later(180).stamp(chart.zone),
        "performer": [chart.organization()],
        "result": references,
    });
    if let Some(encounter) = encounter {
        resource["encounter"] = reference("Encounter", encounter);
    }
    chart.add(&resource);
}

fn observation(chart: &Chart<'_>, result: &LabResult, encounter: Option<&str>) -> Value {
    let measure = result.analyte.measure();
    let category = ("laboratory", "Laboratory");
    let mut resource = begin(chart, "us-core-observation-lab", category, &measure.code, result.at, encounter);
    resource["valueQuantity"] = quantity(result.value, measure.decimals, measure.unit);
    let (low, high) = measure.reference;
    let (flag, display) = match (low, high) {
        (Some(low), _) if result.value < low => ("L", "Low"),
        (_, Some(high)) if result.value > high => ("H", "High"),
        _ => ("N", "Normal"),
    };
    resource["interpretation"] = json!([hl7("v3-ObservationInterpretation", flag, display)]);
    let mut range = json!({});
    for (end, value) in [("low", low), ("high", high)] {
        if let Some(value) = value {
            range[end] = quantity(value, measure.decimals, measure.unit);
        }
    }
    resource["referenceRange"] = json!([range]);
    resource["performer"] = json!([chart.organization()]);
    resource
}
