//! The ten synthetic patients that QHINs share for testing, as the Persona guide prints them.
//!
//! Keyed by e-mail or phone. Allison Hackett's ZIP belongs to another state in the published table; it is
//! kept as published, because every test system holds it that way.

use crate::demographics::{national_digits, parse_iso_date};
use crate::{Address, Demographics, Gender};

/// One synthetic patient.
pub struct SyntheticPatient {
    /// Names as published.
    pub given_name: &'static str,
    /// Middle name, where one is published.
    pub middle_name: Option<&'static str>,
    /// Last name.
    pub family_name: &'static str,
    /// E-mail, which names the patient in the sandbox.
    pub email: &'static str,
    /// Another e-mail that public material gives for the same patient.
    pub other_email: Option<&'static str>,
    /// Ten digits, which name the patient too.
    pub phone: &'static str,
    /// `YYYY-MM-DD`.
    pub birth_date: &'static str,
    /// Used by the record generator and the responders; the sandbox CSP does not verify it.
    pub gender: Gender,
    /// Street, city, state, ZIP.
    pub address: (&'static str, &'static str, &'static str, &'static str),
}

impl SyntheticPatient {
    /// The patient's demographics as a CSP verifies them.
    pub fn demographics(&self) -> Demographics {
        let (street, city, state, postal_code) = self.address;
        Demographics {
            given_name: self.given_name.to_owned(),
            family_name: self.family_name.to_owned(),
            middle_name: self.middle_name.map(str::to_owned),
            suffix: None,
            birth_date: parse_iso_date(self.birth_date).unwrap_or(time::Date::MIN),
            gender: None,
            address: Address {
                street: street.to_owned(),
                city: city.to_owned(),
                state: state.to_owned(),
                postal_code: postal_code.to_owned(),
                country: "US".to_owned(),
            },
            historical_addresses: Vec::new(),
            ssn: None,
            email: Some(self.email.to_owned()),
            phone: Some(format!("+1{}", self.phone)),
        }
    }
}

/// Whether an e-mail address belongs to a synthetic patient. Case is ignored, as mail systems do.
pub fn is_synthetic_email(email: &str) -> bool {
    by_email(email).is_some()
}

/// The patient with this e-mail address.
pub fn by_email(email: &str) -> Option<&'static SyntheticPatient> {
    PATIENTS.iter().find(|patient| {
        patient.email.eq_ignore_ascii_case(email)
            || patient.other_email.is_some_and(|other| other.eq_ignore_ascii_case(email))
    })
}

/// The patient with this phone number, however it is written: `608-555-1243`, `+1 (608) 555-1243`.
pub fn by_phone(phone: &str) -> Option<&'static SyntheticPatient> {
    let national = national_digits(phone);
    PATIENTS.iter().find(|patient| patient.phone == national)
}

/// All ten, in the order of the published table.
pub const PATIENTS: [SyntheticPatient; 10] = [
    SyntheticPatient {
        given_name: "Allison",
        middle_name: None,
        family_name: "Hackett",
        email: "ahackett@gmail.com",
        other_email: None,
        phone: "6085551243",
        birth_date: "1987-01-15",
        gender: Gender::Female,
        address: ("1325 Main St", "Madison", "WI", "57303"),
    },
    SyntheticPatient {
        given_name: "Damon",
        middle_name: None,
        family_name: "Mychart",
        email: "dmychart@gmail.com",
        other_email: Some("dmychart@me.com"),
        phone: "6082113314",
        birth_date: "1979-07-26",
        gender: Gender::Male,
        address: ("308 Oak St", "Madison", "WI", "53711"),
    },
    SyntheticPatient {
        given_name: "Dog",
        middle_name: None,
        family_name: "Beaker",
        email: "dogbeaker@aol.com",
        other_email: None,
        phone: "4107072690",
        birth_date: "1985-11-24",
        gender: Gender::Male,
        address: ("124 Lake Street", "Vernon", "CT", "06066"),
    },
    SyntheticPatient {
        given_name: "Barbara",
        middle_name: None,
        family_name: "Testa",
        email: "btesta@hotmail.com",
        other_email: None,
        phone: "8316003769",
        birth_date: "1947-05-24",
        gender: Gender::Female,
        address: ("8855 Orchid Blvd", "Reading", "PA", "19602"),
    },
    SyntheticPatient {
        given_name: "Tracy",
        middle_name: None,
        family_name: "CraneTest",
        email: "tcranetest@gmail.com",
        other_email: None,
        phone: "2223601564",
        birth_date: "1936-12-26",
        gender: Gender::Female,
        address: ("458 Streich Street", "Lunenburg", "MA", "01462"),
    },
    SyntheticPatient {
        given_name: "Camila",
        middle_name: Some("Maria"),
        family_name: "Lopez",
        email: "knixontestemail@epic.com",
        other_email: None,
        phone: "4694694321",
        birth_date: "1987-09-12",
        gender: Gender::Female,
        address: ("3268 West Johnson St. Apt 117", "Garland", "TX", "75043"),
    },
    SyntheticPatient {
        given_name: "Derrick",
        middle_name: None,
        family_name: "Lin",
        email: "knixontestemail2@epic.com",
        other_email: None,
        phone: "7857854321",
        birth_date: "1973-06-03",
        gender: Gender::Male,
        address: ("7324 Roosevelt Ave", "Indianapolis", "IN", "46201"),
    },
    SyntheticPatient {
        given_name: "Homer",
        middle_name: Some("J"),
        family_name: "Simpson",
        email: "hsimpson@gmail.com",
        other_email: None,
        phone: "2171233608",
        birth_date: "1975-02-09",
        gender: Gender::Male,
        address: ("742 Evergreen Terrace", "Madison", "WI", "53711"),
    },
    SyntheticPatient {
        given_name: "Margaret",
        middle_name: None,
        family_name: "Smith",
        email: "msmith60@gmail.com",
        other_email: None,
        phone: "7061234567",
        birth_date: "1960-01-02",
        gender: Gender::Female,
        address: ("123 Peachtree Road", "Augusta", "GA", "30909"),
    },
    SyntheticPatient {
        given_name: "Ellen",
        middle_name: None,
        family_name: "Doe",
        email: "ellen.doe4321@gmail.com",
        other_email: None,
        phone: "4015551940",
        birth_date: "1940-03-07",
        gender: Gender::Female,
        address: ("110 Westminster St", "Providence", "RI", "02903"),
    },
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demographics::iso_date;

    #[test]
    fn each_is_found_by_email_and_by_phone() {
        for patient in &PATIENTS {
            assert_eq!(by_email(patient.email).map(|p| p.phone), Some(patient.phone));
            assert_eq!(by_phone(patient.phone).map(|p| p.email), Some(patient.email));
            assert_eq!(iso_date(patient.demographics().birth_date), patient.birth_date);
        }
    }

    #[test]
    fn phones_are_found_however_they_are_written() {
        for phone in ["469-469-4321", "+14694694321", "(469) 469 4321"] {
            assert_eq!(by_phone(phone).map(|p| p.family_name), Some("Lopez"), "{phone}");
        }
        assert!(by_phone("").is_none());
    }

    #[test]
    fn v39_what_only_looks_like_a_synthetic_address_is_somebody_elses() {
        assert!(is_synthetic_email("knixontestemail@epic.com"));
        for email in [
            "knixontestemail+1@epic.com",
            "knixontestemai\u{4cf}@epic.com",
            "knixontestemail@epi\u{441}.com",
            "\u{212a}nixontestemail@epic.com",
            "\u{ff4b}nixontestemail@epic.com",
            "knixontestemail@epic.com.example",
            "knixontestemail",
            "",
        ] {
            assert!(!is_synthetic_email(email), "{email}");
        }
    }

    #[test]
    fn the_second_published_mail_of_damon_mychart_counts_too() {
        assert!(is_synthetic_email("DMychart@me.com"));
        assert!(!is_synthetic_email("dmychart@me.com.example"));
    }
}
