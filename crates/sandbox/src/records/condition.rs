//! Conditions: lasting ones on the problem list, illnesses as the diagnosis of their encounter.

use model::demographics::iso_date;
use serde_json::{Value, json};
use time::Date;

use super::calendar::Moment;
use super::chart::{Chart, reference, us_core};
use super::codes::hl7;
use super::codes::problems::{Chronic, Problem};
use super::codes::procedures::Reason;
use super::site::SiteKind;
use super::story::Ongoing;
use super::visit::{Purpose, Visit};

/// A condition as it stands in this chart.
pub(super) struct Diagnosis {
    pub(super) id: String,
    pub(super) problem: &'static Problem,
    /// Which lasting condition it is, if it is one.
    pub(super) chronic: Option<Chronic>,
    pub(super) onset: Date,
    /// When it was over.
    pub(super) abated: Option<Date>,
    pub(super) recorded: Moment,
    /// The encounter at which it was recorded.
    pub(super) encounter: String,
}

impl Diagnosis {
    /// The reference to its Condition.
    pub(super) fn reference(&self) -> Value {
        json!({"reference": format!("Condition/{}", self.id), "display": self.problem.snomed.display})
    }
}

/// What the site knows of the patient's conditions: each lasting one it follows from the first visit
/// after its onset, each illness that was seen here.
pub(super) fn diagnose(chart: &Chart<'_>, visits: &[Visit]) -> Vec<Diagnosis> {
    let lasting = chart.story.ongoing.iter().filter(|ongoing| follows(chart.site.kind, ongoing)).filter_map(
        |ongoing| {
            let visit = visits.iter().find(|visit| visit.start.date >= ongoing.onset)?;
            let problem = &ongoing.entry.problem;
            Some(diagnosis(chart, visit, problem, Some(ongoing.entry.chronic), ongoing.onset, None))
        },
    );
    let seen_here = visits.iter().filter_map(|visit| match &visit.purpose {
        Purpose::Illness(episode) | Purpose::Emergency(episode) => {
            let problem = &episode.illness.problem;
            Some(diagnosis(chart, visit, problem, None, episode.onset, Some(episode.resolved)))
        }
        Purpose::Admission(surgery) => {
            let problem = surgery.acute()?;
            Some(diagnosis(chart, visit, problem, None, surgery.admitted, Some(surgery.discharged)))
        }
        _ => None,
    });
    lasting.chain(seen_here).collect()
}

/// What was treated at a visit.
pub(super) fn reasons<'d>(visit: &Visit, diagnoses: &'d [Diagnosis]) -> Vec<&'d Diagnosis> {
    let operated = match visit.purpose {
        Purpose::Admission(surgery) => match surgery.operation.reason {
            Reason::Chronic(chronic) => Some(chronic),
            Reason::Acute(_) => None,
        },
        _ => None,
    };
    let follows_up = matches!(visit.purpose, Purpose::FollowUp | Purpose::Consultation);
    diagnoses
        .iter()
        .filter(|diagnosis| match diagnosis.chronic {
            None => diagnosis.encounter == visit.id,
            Some(chronic) => {
                operated == Some(chronic) || (follows_up && diagnosis.recorded.date <= visit.start.date)
            }
        })
        .collect()
}

/// Writes the Conditions.
pub(super) fn write(chart: &mut Chart<'_>, diagnoses: &[Diagnosis]) {
    for diagnosis in diagnoses {
        let resource = condition(chart, diagnosis);
        chart.add(&resource);
    }
}

/// Whether a lasting condition stands in the charts of a site of this kind.
fn follows(kind: SiteKind, ongoing: &Ongoing) -> bool {
    match kind {
        SiteKind::PrimaryCare | SiteKind::Hospital => true,
        SiteKind::Specialty(specialty) => ongoing.entry.seen_by.contains(&specialty),
        SiteKind::UrgentCare | SiteKind::Laboratory => false,
    }
}

fn diagnosis(
    chart: &Chart<'_>,
    visit: &Visit,
    problem: &'static Problem,
    chronic: Option<Chronic>,
    onset: Date,
    abated: Option<Date>,
) -> Diagnosis {
    let id = chart.id("Condition", &format!("{}/{}", problem.snomed.value, iso_date(onset)));
    let recorded = visit.start.later(15);
    Diagnosis { id, problem, chronic, onset, abated, recorded, encounter: visit.id.clone() }
}

fn condition(chart: &Chart<'_>, diagnosis: &Diagnosis) -> Value {
    let (profile, category) = if diagnosis.chronic.is_some() {
        ("us-core-condition-problems-health-concerns", ("problem-list-item", "Problem List Item"))
    } else {
        ("us-core-condition-encounter-diagnosis", ("encounter-diagnosis", "Encounter Diagnosis"))
    };
    let (status, status_display) =
        if diagnosis.abated.is_some() { ("resolved", "Resolved") } else { ("active", "Active") };
    let problem = diagnosis.problem;
    let mut resource = json!({
        "resourceType": "Condition",
        "id": diagnosis.id,
        "meta": us_core(profile),
        "clinicalStatus": hl7("condition-clinical", status, status_display),
        "verificationStatus": hl7("condition-ver-status", "confirmed", "Confirmed"),
        "category": [hl7("condition-category", category.0, category.1)],
        "code": {
            "coding": [problem.snomed.coding(), problem.icd10.coding()],
            "text": problem.snomed.display,
        },
        "subject": chart.subject(),
        "encounter": reference("Encounter", &diagnosis.encounter),
        "onsetDateTime": iso_date(diagnosis.onset),
        "recordedDate": diagnosis.recorded.stamp(chart.zone),
    });
    if let Some(abated) = diagnosis.abated {
        resource["abatementDateTime"] = iso_date(abated).into();
    }
    resource
}
