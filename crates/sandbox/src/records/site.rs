//! A care site of the sandbox network, and what it has on file about its patients.

use model::synthetic::SyntheticPatient;
use model::{Address, Demographics, Hcid};
use time::Date;

/// One organisation that holds records.
#[derive(Clone, Debug)]
pub struct Site {
    /// Its name. Clearly fictional.
    pub name: String,
    /// Its Home Community Id. Ids of its resources follow from it.
    pub hcid: Hcid,
    /// Its National Provider Identifier, ten digits.
    pub npi: String,
    /// City of its seat.
    pub city: String,
    /// Two-letter state of its seat; decides the time zone of its records.
    pub state: String,
    /// What care it gives, hence which part of a patient's life it sees.
    pub kind: SiteKind,
    /// Where its files differ from what the patient's CSP verifies. Patients who are not listed are on
    /// file as published.
    pub on_file: Vec<OnFile>,
}

/// What care a site gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SiteKind {
    /// A family practice: the whole problem list, check-ups, vaccines, laboratory panels.
    PrimaryCare,
    /// A hospital: an admission with its procedure, an emergency visit.
    Hospital,
    /// A specialist's practice: consultations about the problems of its field.
    Specialty(Specialty),
    /// Walk-in care for short illnesses.
    UrgentCare,
    /// A laboratory: results and their reports, nothing else.
    Laboratory,
}

/// The field of a specialist.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Specialty {
    /// Heart and vessels.
    Cardiology,
    /// Diabetes and thyroid.
    Endocrinology,
    /// Bones and joints.
    Orthopedics,
    /// Lungs and airways.
    Pulmonology,
}

/// Where a site's file on one patient differs from the published demographics. No printing `Debug`.
#[derive(Clone, Default)]
pub struct OnFile {
    /// Which patient: the e-mail under which it is published.
    pub patient: String,
    /// Another first name, such as a nickname.
    pub given_name: Option<String>,
    /// Another last name.
    pub family_name: Option<String>,
    /// A former last name, which stands beside the present one.
    pub former_family_name: Option<String>,
    /// Another date of birth: a slip of the pen, or another person altogether.
    pub birth_date: Option<Date>,
    /// The address.
    pub address: Held<Address>,
    /// A former address beside the present one.
    pub former_address: Option<Address>,
    /// The phone number, in any spelling.
    pub phone: Held<String>,
    /// The e-mail address.
    pub email: Held<String>,
}

/// What a file holds in one field.
#[derive(Clone, Default, PartialEq, Eq)]
pub enum Held<T> {
    /// The published value.
    #[default]
    AsPublished,
    /// Nothing.
    Missing,
    /// Another value.
    Other(T),
}

impl OnFile {
    /// A file that differs in nothing yet from what is published under `email`.
    pub fn of(email: &str) -> Self {
        Self { patient: email.to_owned(), ..Self::default() }
    }
}

impl Site {
    /// Where the site's file on `patient` differs, if it does.
    pub fn file_on(&self, patient: &SyntheticPatient) -> Option<&OnFile> {
        self.on_file.iter().find(|file| file.patient.eq_ignore_ascii_case(patient.email))
    }

    /// The demographics of `patient` as this site has them on file: what a responder compares a query
    /// with, and what its Patient resource says. An address on file as missing is an address of empty
    /// parts.
    pub fn demographics_of(&self, patient: &SyntheticPatient) -> Demographics {
        let mut demographics = patient.demographics();
        demographics.gender = Some(patient.gender);
        let Some(file) = self.file_on(patient) else { return demographics };
        if let Some(given_name) = &file.given_name {
            demographics.given_name.clone_from(given_name);
        }
        if let Some(family_name) = &file.family_name {
            demographics.family_name.clone_from(family_name);
        }
        demographics.birth_date = file.birth_date.unwrap_or(demographics.birth_date);
        demographics.address = match &file.address {
            Held::AsPublished => demographics.address,
            Held::Missing => nowhere(),
            Held::Other(address) => address.clone(),
        };
        demographics.historical_addresses = file.former_address.iter().cloned().collect();
        demographics.phone = held(&file.phone, demographics.phone);
        demographics.email = held(&file.email, demographics.email);
        demographics
    }
}

impl std::fmt::Debug for OnFile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("OnFile(..)")
    }
}

fn held(held: &Held<String>, published: Option<String>) -> Option<String> {
    match held {
        Held::AsPublished => published,
        Held::Missing => None,
        Held::Other(value) => Some(value.clone()),
    }
}

fn nowhere() -> Address {
    Address {
        street: String::new(),
        city: String::new(),
        state: String::new(),
        postal_code: String::new(),
        country: String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::synthetic::PATIENTS;

    #[test]
    fn a_file_differs_only_where_it_says_so() {
        let [patient, other, ..] = &PATIENTS;
        let mut file = OnFile::of(&patient.email.to_uppercase());
        file.given_name = Some("Allie".to_owned());
        file.phone = Held::Missing;
        let site = Site {
            name: "Fernwood Family Practice".to_owned(),
            hcid: Hcid::parse("2.16.840.1.113883.3.9999.1").expect("an OID"),
            npi: "9999900000".to_owned(),
            city: "Madison".to_owned(),
            state: "WI".to_owned(),
            kind: SiteKind::PrimaryCare,
            on_file: vec![file],
        };
        let held = site.demographics_of(patient);
        assert!(held.given_name == "Allie" && held.phone.is_none());
        assert!(held.address == patient.demographics().address && held.email.is_some());
        assert!(site.demographics_of(other).given_name == other.given_name);
        assert!(!format!("{site:?}").contains("Allie"));
    }
}
