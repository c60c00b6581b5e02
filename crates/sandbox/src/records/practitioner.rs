//! The people who write in a chart. All of them are made up, and their names say so.

use serde_json::{Value, json};

use super::chart::{Chart, id, us_core};
use super::rng::Rng;
use super::site::{Site, SiteKind};

/// A clinician of a site.
#[derive(Clone, Debug)]
pub(super) struct Clinician {
    pub(super) id: String,
    pub(super) given: &'static str,
    pub(super) family: &'static str,
    /// Ten digits with a valid check digit. Those that are given out begin with 1 or 2; these do not.
    pub(super) npi: String,
}

const GIVEN: [&str; 6] = ["Sample", "Example", "Demo", "Placeholder", "Specimen", "Mock"];
const FAMILY: [&str; 12] = [
    "Fernwood",
    "Birchgrove",
    "Willowmere",
    "Mapleton",
    "Cedarfield",
    "Hollybrook",
    "Aspenvale",
    "Juniperton",
    "Rowanhurst",
    "Larchmoor",
    "Alderstone",
    "Elmsworth",
];

impl Clinician {
    /// The staff of a site: the same for all its patients. A laboratory signs as an organisation.
    pub(super) fn of(site: &Site, seed: u64) -> Vec<Self> {
        let count = match site.kind {
            SiteKind::Hospital => 4,
            SiteKind::PrimaryCare | SiteKind::Specialty(_) | SiteKind::UrgentCare => 2,
            SiteKind::Laboratory => 0,
        };
        let hcid = site.hcid.urn();
        let mut rng = Rng::of(seed, &["staff", hcid]);
        (0..count)
            .map(|place: usize| Self {
                id: id(&[hcid, "Practitioner", &place.to_string()]),
                given: rng.pick(&GIVEN).copied().unwrap_or("Sample"),
                family: rng.pick(&FAMILY).copied().unwrap_or("Fernwood"),
                npi: with_check_digit(&format!("9{:08}", rng.within(0, 99_999_999))),
            })
            .collect()
    }

    /// The reference with the name beside it.
    pub(super) fn reference(&self) -> Value {
        json!({
            "reference": format!("Practitioner/{}", self.id),
            "display": format!("Dr. {} {}", self.given, self.family),
        })
    }
}

/// Writes the staff into the chart.
pub(super) fn write(chart: &mut Chart<'_>) {
    for clinician in chart.clinicians.clone() {
        chart.add(&json!({
            "resourceType": "Practitioner",
            "id": clinician.id,
            "meta": us_core("us-core-practitioner"),
            "identifier": [fhir::Identifier::new(fhir::identifier::NPI_SYSTEM, &clinician.npi).to_json()],
            "active": true,
            "name": [{
                "use": "official",
                "family": clinician.family,
                "given": [clinician.given],
                "prefix": ["Dr."],
            }],
        }));
    }
}

/// Nine digits and their Luhn check digit, counted with the prefix 80840 as for every NPI.
fn with_check_digit(nine: &str) -> String {
    let sum: u32 = nine
        .chars()
        .rev()
        .filter_map(|digit| digit.to_digit(10))
        .enumerate()
        .map(|(place, digit)| match (place % 2 == 0, digit * 2) {
            (true, doubled @ 10..) => doubled - 9,
            (true, doubled) => doubled,
            (false, _) => digit,
        })
        .sum();
    // 24 is what the prefix adds.
    format!("{nine}{}", (10 - (sum + 24) % 10) % 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_check_digit_is_that_of_the_npi_standard() {
        assert_eq!(with_check_digit("123456789"), "1234567893");
    }
}
