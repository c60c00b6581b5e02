//! Comparing field by field.

use fhir::PatientDemographics;
use model::demographics::national_digits;
use model::{Address, Demographics};

use crate::normal;

/// What one field says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Agreement {
    /// Both sides have it, and it is the same.
    Same,
    /// Both sides have it, and it differs.
    Different,
    /// One side does not have it.
    Unknown,
}

/// What the fields say. Holds no value of either side, so it may be logged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Comparison {
    /// First given name.
    pub given: Agreement,
    /// Family name, in any name on file.
    pub family: Agreement,
    /// Suffix: a different one is another generation of the family.
    pub suffix: Agreement,
    /// Date of birth.
    pub birth_date: Agreement,
    /// Street and ZIP, of any address on either side.
    pub address: Agreement,
    /// Phone.
    pub phone: Agreement,
    /// E-mail.
    pub email: Agreement,
}

/// Compares verified demographics with what is on file.
pub fn compare(verified: &Demographics, on_file: &PatientDemographics) -> Comparison {
    Comparison {
        given: agreement(&[normal::name(first_word(&verified.given_name))], &given_names(on_file)),
        family: agreement(&[normal::name(&verified.family_name)], &family_names(on_file)),
        suffix: agreement(
            &normals(verified.suffix.iter(), normal::name),
            &normals(on_file.suffix.iter(), normal::name),
        ),
        birth_date: match on_file.birth_date {
            Some(date) if date == verified.birth_date => Agreement::Same,
            Some(_) => Agreement::Different,
            None => Agreement::Unknown,
        },
        address: agreement(
            &addresses(std::iter::once(&verified.address).chain(&verified.historical_addresses)),
            &addresses(on_file.addresses.iter().chain(&on_file.historical_addresses)),
        ),
        phone: agreement(
            &normals(verified.phone.iter(), national_digits),
            &normals(on_file.phones.iter(), national_digits),
        ),
        email: agreement(
            &normals(verified.email.iter(), normal::email),
            &normals(on_file.emails.iter(), normal::email),
        ),
    }
}

fn agreement(ours: &[String], theirs: &[String]) -> Agreement {
    if ours.is_empty() || theirs.is_empty() {
        Agreement::Unknown
    } else if ours.iter().any(|one| theirs.contains(one)) {
        Agreement::Same
    } else {
        Agreement::Different
    }
}

fn first_word(text: &str) -> &str {
    text.split_whitespace().next().unwrap_or_default()
}

fn given_names(on_file: &PatientDemographics) -> Vec<String> {
    let others = on_file.other_names.iter().filter_map(|name| name.given.first());
    normals(on_file.given.first().into_iter().chain(others).map(|name| first_word(name)), normal::name)
}

fn family_names(on_file: &PatientDemographics) -> Vec<String> {
    let others = on_file.other_names.iter().filter_map(|name| name.family.as_ref());
    normals(on_file.family.iter().chain(others), normal::name)
}

fn addresses<'a>(all: impl Iterator<Item = &'a Address>) -> Vec<String> {
    all.map(|address| (normal::street(&address.street), normal::zip(&address.postal_code)))
        .filter(|(street, zip)| !street.is_empty() && !zip.is_empty())
        .map(|(street, zip)| format!("{street}|{zip}"))
        .collect()
}

fn normals<T: AsRef<str>>(all: impl Iterator<Item = T>, normal: fn(&str) -> String) -> Vec<String> {
    all.map(|text| normal(text.as_ref())).filter(|text| !text.is_empty()).collect()
}
