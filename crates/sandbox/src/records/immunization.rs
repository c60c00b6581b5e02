//! Immunizations.

use model::demographics::iso_date;
use serde_json::{Value, json};
use time::Date;

use super::chart::{Chart, us_core};
use super::codes::Code;
use super::codes::vaccines::{INFLUENZA_QUADRIVALENT, INFLUENZA_TRIVALENT, TD, TDAP};
use super::site::SiteKind;

/// The vaccines a site knows of: a practice keeps the whole record, walk-in care and hospitals what they
/// ask about.
pub(super) fn known(chart: &Chart<'_>) -> Vec<(Date, &'static Code)> {
    let asked = [&INFLUENZA_TRIVALENT, &INFLUENZA_QUADRIVALENT, &TD, &TDAP];
    let all = chart.story.vaccinations.iter().copied();
    match chart.site.kind {
        SiteKind::PrimaryCare => all.collect(),
        SiteKind::Hospital | SiteKind::UrgentCare => {
            all.filter(|(_, vaccine)| asked.contains(vaccine)).collect()
        }
        SiteKind::Specialty(_) | SiteKind::Laboratory => Vec::new(),
    }
}

/// Writes the Immunizations. Only a practice gave them itself.
pub(super) fn write(chart: &mut Chart<'_>, vaccinations: &[(Date, &'static Code)]) {
    let primary_source = chart.site.kind == SiteKind::PrimaryCare;
    for (day, vaccine) in vaccinations {
        let resource = immunization(chart, *day, vaccine, primary_source);
        chart.add(&resource);
    }
}

fn immunization(chart: &Chart<'_>, day: Date, vaccine: &Code, primary_source: bool) -> Value {
    json!({
        "resourceType": "Immunization",
        "id": chart.id("Immunization", &format!("{}/{}", vaccine.value, iso_date(day))),
        "meta": us_core("us-core-immunization"),
        "status": "completed",
        "vaccineCode": vaccine.concept(),
        "patient": chart.subject(),
        "occurrenceDateTime": iso_date(day),
        "primarySource": primary_source,
    })
}
