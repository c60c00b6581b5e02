//! The code tables of the generator: a small set of well-known codes with their displays.
//!
//! Conditions, procedures and findings are SNOMED CT (US edition) with ICD-10-CM beside the conditions;
//! medicines RxNorm, vaccines CVX, measurements LOINC with UCUM units. CPT is not used: its texts may
//! not be passed on.

pub(super) mod allergens;
pub(super) mod analytes;
pub(super) mod drugs;
pub(super) mod problems;
pub(super) mod procedures;
pub(super) mod vaccines;

use serde_json::{Value, json};

/// One code of one system with its display.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::records) struct Code {
    /// Where the code is defined.
    pub(in crate::records) system: System,
    /// The code.
    pub(in crate::records) value: &'static str,
    /// What the system calls it.
    pub(in crate::records) display: &'static str,
}

/// A code system under its FHIR address and its OID.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::records) enum System {
    /// SNOMED CT.
    Snomed,
    /// ICD-10-CM.
    Icd10,
    /// RxNorm.
    RxNorm,
    /// Vaccines administered.
    Cvx,
    /// LOINC.
    Loinc,
}

impl System {
    /// The address in FHIR.
    pub(in crate::records) const fn url(self) -> &'static str {
        match self {
            Self::Snomed => "http://snomed.info/sct",
            Self::Icd10 => "http://hl7.org/fhir/sid/icd-10-cm",
            Self::RxNorm => "http://www.nlm.nih.gov/research/umls/rxnorm",
            Self::Cvx => "http://hl7.org/fhir/sid/cvx",
            Self::Loinc => "http://loinc.org",
        }
    }

    /// The OID in C-CDA.
    pub(in crate::records) const fn oid(self) -> &'static str {
        match self {
            Self::Snomed => "2.16.840.1.113883.6.96",
            Self::Icd10 => "2.16.840.1.113883.6.90",
            Self::RxNorm => "2.16.840.1.113883.6.88",
            Self::Cvx => "2.16.840.1.113883.12.292",
            Self::Loinc => "2.16.840.1.113883.6.1",
        }
    }
}

impl Code {
    /// A FHIR Coding.
    pub(in crate::records) fn coding(&self) -> Value {
        json!({"system": self.system.url(), "code": self.value, "display": self.display})
    }

    /// A FHIR CodeableConcept with its display as text.
    pub(in crate::records) fn concept(&self) -> Value {
        json!({"coding": [self.coding()], "text": self.display})
    }
}

/// A code of one of FHIR's own systems, as a CodeableConcept.
pub(in crate::records) fn hl7(system: &str, code: &str, display: &str) -> Value {
    let system = format!("http://terminology.hl7.org/CodeSystem/{system}");
    json!({"coding": [{"system": system, "code": code, "display": display}]})
}

pub(in crate::records) const fn snomed(value: &'static str, display: &'static str) -> Code {
    Code { system: System::Snomed, value, display }
}

pub(in crate::records) const fn loinc(value: &'static str, display: &'static str) -> Code {
    Code { system: System::Loinc, value, display }
}

const fn icd10(value: &'static str, display: &'static str) -> Code {
    Code { system: System::Icd10, value, display }
}

const fn rxnorm(value: &'static str, display: &'static str) -> Code {
    Code { system: System::RxNorm, value, display }
}

const fn cvx(value: &'static str, display: &'static str) -> Code {
    Code { system: System::Cvx, value, display }
}
