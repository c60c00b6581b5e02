//! What a laboratory measures: code, unit, reference range, and what is common in people.

use super::{Code, loinc};

/// One measured quantity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::records) enum Analyte {
    HemoglobinA1c,
    Glucose,
    UreaNitrogen,
    Creatinine,
    FiltrationRate,
    Sodium,
    Potassium,
    Chloride,
    CarbonDioxide,
    Calcium,
    Protein,
    Albumin,
    Bilirubin,
    AlkalinePhosphatase,
    Ast,
    Alt,
    Cholesterol,
    Triglyceride,
    Hdl,
    Ldl,
    Leukocytes,
    Erythrocytes,
    Hemoglobin,
    Hematocrit,
    CellVolume,
    Platelets,
    Thyrotropin,
    NtProBnp,
    Ferritin,
}

/// How a quantity is reported.
#[derive(Clone, Copy, Debug)]
pub(in crate::records) struct Measure {
    pub(in crate::records) analyte: Analyte,
    pub(in crate::records) code: Code,
    /// UCUM.
    pub(in crate::records) unit: &'static str,
    /// Digits behind the point.
    pub(in crate::records) decimals: i32,
    /// The laboratory's reference range; an open end is `None`.
    pub(in crate::records) reference: (Option<f64>, Option<f64>),
    /// The middle of what healthy adults have, and how far they stray from it.
    pub(in crate::records) common: (f64, f64),
    /// No living adult of the sandbox goes beyond this.
    pub(in crate::records) bounds: (f64, f64),
}

/// A set of measurements ordered and reported together.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::records) enum Panel {
    /// One analyte alone, under its own code.
    Single(Analyte),
    Metabolic,
    Lipids,
    BloodCount,
}

impl Panel {
    /// The code of the report.
    pub(in crate::records) fn code(&self) -> &'static Code {
        match self {
            Self::Single(analyte) => &analyte.measure().code,
            Self::Metabolic => &METABOLIC,
            Self::Lipids => &LIPIDS,
            Self::BloodCount => &BLOOD_COUNT,
        }
    }

    /// What it measures.
    pub(in crate::records) fn analytes(&self) -> &[Analyte] {
        match self {
            Self::Single(analyte) => std::slice::from_ref(analyte),
            Self::Metabolic => &[
                Analyte::Glucose,
                Analyte::UreaNitrogen,
                Analyte::Creatinine,
                Analyte::FiltrationRate,
                Analyte::Sodium,
                Analyte::Potassium,
                Analyte::Chloride,
                Analyte::CarbonDioxide,
                Analyte::Calcium,
                Analyte::Protein,
                Analyte::Albumin,
                Analyte::Bilirubin,
                Analyte::AlkalinePhosphatase,
                Analyte::Ast,
                Analyte::Alt,
            ],
            Self::Lipids => &[Analyte::Cholesterol, Analyte::Triglyceride, Analyte::Hdl, Analyte::Ldl],
            Self::BloodCount => &[
                Analyte::Leukocytes,
                Analyte::Erythrocytes,
                Analyte::Hemoglobin,
                Analyte::Hematocrit,
                Analyte::CellVolume,
                Analyte::Platelets,
            ],
        }
    }
}

static METABOLIC: Code = loinc("24323-8", "Comprehensive metabolic 2000 panel - Serum or Plasma");
static LIPIDS: Code = loinc("24331-1", "Lipid 1996 panel - Serum or Plasma");
static BLOOD_COUNT: Code = loinc("58410-2", "CBC panel - Blood by Automated count");

impl Analyte {
    /// How it is reported.
    pub(in crate::records) fn measure(self) -> &'static Measure {
        // Every analyte stands in the table; a test holds it to that.
        MEASURES.iter().find(|measure| measure.analyte == self).unwrap_or(&MEASURES[0])
    }
}

const fn measure(
    analyte: Analyte,
    code: Code,
    unit: &'static str,
    decimals: i32,
    reference: (f64, f64),
    common: (f64, f64),
    bounds: (f64, f64),
) -> Measure {
    Measure {
        analyte,
        code,
        unit,
        decimals,
        reference: (Some(reference.0), Some(reference.1)),
        common,
        bounds,
    }
}

const fn at_most(measure: Measure) -> Measure {
    Measure { reference: (None, measure.reference.1), ..measure }
}

const fn at_least(measure: Measure) -> Measure {
    Measure { reference: (measure.reference.0, None), ..measure }
}

#[rustfmt::skip]
static MEASURES: [Measure; 29] = [
    measure(Analyte::HemoglobinA1c, loinc("4548-4", "Hemoglobin A1c/Hemoglobin.total in Blood"), "%", 1, (4.0, 5.6), (5.3, 0.2), (4.0, 13.0)),
    measure(Analyte::Glucose, loinc("2345-7", "Glucose [Mass/volume] in Serum or Plasma"), "mg/dL", 0, (70.0, 99.0), (90.0, 7.0), (60.0, 320.0)),
    measure(Analyte::UreaNitrogen, loinc("3094-0", "Urea nitrogen [Mass/volume] in Serum or Plasma"), "mg/dL", 0, (7.0, 20.0), (14.0, 4.0), (5.0, 40.0)),
    measure(Analyte::Creatinine, loinc("2160-0", "Creatinine [Mass/volume] in Serum or Plasma"), "mg/dL", 2, (0.5, 1.3), (0.9, 0.12), (0.4, 2.0)),
    at_least(measure(Analyte::FiltrationRate, loinc("98979-8", "Glomerular filtration rate [Volume Rate/Area] in Serum, Plasma or Blood by Creatinine-based formula (CKD-EPI 2021)/1.73 sq M"), "mL/min/{1.73_m2}", 0, (60.0, 140.0), (90.0, 0.0), (20.0, 150.0))),
    measure(Analyte::Sodium, loinc("2951-2", "Sodium [Moles/volume] in Serum or Plasma"), "mmol/L", 0, (136.0, 145.0), (140.0, 2.5), (130.0, 150.0)),
    measure(Analyte::Potassium, loinc("2823-3", "Potassium [Moles/volume] in Serum or Plasma"), "mmol/L", 1, (3.5, 5.1), (4.2, 0.4), (3.2, 5.8)),
    measure(Analyte::Chloride, loinc("2075-0", "Chloride [Moles/volume] in Serum or Plasma"), "mmol/L", 0, (98.0, 107.0), (102.0, 2.5), (92.0, 112.0)),
    measure(Analyte::CarbonDioxide, loinc("2028-9", "Carbon dioxide, total [Moles/volume] in Serum or Plasma"), "mmol/L", 0, (22.0, 29.0), (25.0, 2.0), (18.0, 34.0)),
    measure(Analyte::Calcium, loinc("17861-6", "Calcium [Mass/volume] in Serum or Plasma"), "mg/dL", 1, (8.6, 10.3), (9.4, 0.4), (8.0, 11.0)),
    measure(Analyte::Protein, loinc("2885-2", "Protein [Mass/volume] in Serum or Plasma"), "g/dL", 1, (6.0, 8.3), (7.1, 0.4), (5.5, 8.8)),
    measure(Analyte::Albumin, loinc("1751-7", "Albumin [Mass/volume] in Serum or Plasma"), "g/dL", 1, (3.5, 5.0), (4.2, 0.3), (3.0, 5.4)),
    measure(Analyte::Bilirubin, loinc("1975-2", "Bilirubin.total [Mass/volume] in Serum or Plasma"), "mg/dL", 1, (0.1, 1.2), (0.6, 0.3), (0.1, 2.0)),
    measure(Analyte::AlkalinePhosphatase, loinc("6768-6", "Alkaline phosphatase [Enzymatic activity/volume] in Serum or Plasma"), "U/L", 0, (44.0, 147.0), (80.0, 22.0), (30.0, 180.0)),
    measure(Analyte::Ast, loinc("1920-8", "Aspartate aminotransferase [Enzymatic activity/volume] in Serum or Plasma"), "U/L", 0, (8.0, 40.0), (22.0, 7.0), (6.0, 90.0)),
    measure(Analyte::Alt, loinc("1742-6", "Alanine aminotransferase [Enzymatic activity/volume] in Serum or Plasma"), "U/L", 0, (7.0, 56.0), (24.0, 9.0), (5.0, 100.0)),
    at_most(measure(Analyte::Cholesterol, loinc("2093-3", "Cholesterol [Mass/volume] in Serum or Plasma"), "mg/dL", 0, (0.0, 199.0), (180.0, 0.0), (90.0, 380.0))),
    at_most(measure(Analyte::Triglyceride, loinc("2571-8", "Triglyceride [Mass/volume] in Serum or Plasma"), "mg/dL", 0, (0.0, 149.0), (105.0, 25.0), (40.0, 400.0))),
    at_least(measure(Analyte::Hdl, loinc("2085-9", "Cholesterol in HDL [Mass/volume] in Serum or Plasma"), "mg/dL", 0, (40.0, 100.0), (52.0, 9.0), (25.0, 100.0))),
    at_most(measure(Analyte::Ldl, loinc("13457-7", "Cholesterol in LDL [Mass/volume] in Serum or Plasma by calculation"), "mg/dL", 0, (0.0, 129.0), (100.0, 18.0), (40.0, 260.0))),
    measure(Analyte::Leukocytes, loinc("6690-2", "Leukocytes [#/volume] in Blood by Automated count"), "10*3/uL", 1, (4.5, 11.0), (6.8, 1.4), (3.0, 18.0)),
    measure(Analyte::Erythrocytes, loinc("789-8", "Erythrocytes [#/volume] in Blood by Automated count"), "10*6/uL", 2, (3.9, 5.9), (4.7, 0.0), (3.0, 6.5)),
    measure(Analyte::Hemoglobin, loinc("718-7", "Hemoglobin [Mass/volume] in Blood"), "g/dL", 1, (12.0, 17.5), (14.2, 0.6), (8.0, 18.5)),
    measure(Analyte::Hematocrit, loinc("4544-3", "Hematocrit [Volume Fraction] of Blood by Automated count"), "%", 1, (36.0, 51.0), (42.0, 0.0), (24.0, 56.0)),
    measure(Analyte::CellVolume, loinc("787-2", "MCV [Entitic volume] by Automated count"), "fL", 1, (80.0, 100.0), (90.0, 3.5), (65.0, 110.0)),
    measure(Analyte::Platelets, loinc("777-3", "Platelets [#/volume] in Blood by Automated count"), "10*3/uL", 0, (150.0, 400.0), (250.0, 50.0), (100.0, 500.0)),
    measure(Analyte::Thyrotropin, loinc("3016-3", "Thyrotropin [Units/volume] in Serum or Plasma"), "m[IU]/L", 2, (0.4, 4.5), (1.9, 0.7), (0.1, 20.0)),
    at_most(measure(Analyte::NtProBnp, loinc("33762-6", "Natriuretic peptide.B prohormone N-Terminal [Mass/volume] in Serum or Plasma"), "pg/mL", 0, (0.0, 125.0), (70.0, 30.0), (10.0, 1800.0))),
    measure(Analyte::Ferritin, loinc("2276-4", "Ferritin [Mass/volume] in Serum or Plasma"), "ng/mL", 0, (15.0, 300.0), (95.0, 40.0), (3.0, 400.0)),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_analyte_has_its_own_measure() {
        for panel in [Panel::Metabolic, Panel::Lipids, Panel::BloodCount] {
            for analyte in panel.analytes() {
                assert_eq!(analyte.measure().analyte, *analyte);
            }
        }
        for (at, measure) in MEASURES.iter().enumerate() {
            assert_eq!(measure.analyte.measure().code.value, measure.code.value);
            assert!(MEASURES[..at].iter().all(|other| other.code.value != measure.code.value));
            let (low, high) = measure.bounds;
            let (middle, spread) = measure.common;
            assert!(low < middle - spread && middle + spread < high, "{:?}", measure.analyte);
        }
    }
}
