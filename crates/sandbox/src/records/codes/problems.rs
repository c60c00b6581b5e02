//! What people in the sandbox have: lasting conditions and short illnesses.

use super::drugs::{self, Drug};
use super::{Code, icd10, snomed};
use crate::records::site::Specialty;

/// A diagnosis in both systems a US record carries.
#[derive(Debug)]
pub(in crate::records) struct Problem {
    /// SNOMED CT.
    pub(in crate::records) snomed: Code,
    /// ICD-10-CM.
    pub(in crate::records) icd10: Code,
}

/// Which lasting condition: what the trends of measurements go by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::records) enum Chronic {
    Obesity,
    Diabetes,
    Hypertension,
    Hyperlipidemia,
    CoronaryDisease,
    AtrialFibrillation,
    Asthma,
    Rhinitis,
    Hypothyroidism,
    Anxiety,
    Migraine,
    IronDeficiency,
    Osteoarthritis,
    Osteoporosis,
    Reflux,
}

/// A lasting condition.
#[derive(Debug)]
pub(in crate::records) struct ChronicProblem {
    pub(in crate::records) chronic: Chronic,
    pub(in crate::records) problem: Problem,
    /// At which age it begins at the earliest.
    pub(in crate::records) from_age: i32,
    /// How many years ago it began, from and to.
    pub(in crate::records) years_ago: (i32, i32),
    /// What is taken for it, in the order it was begun.
    pub(in crate::records) regimen: &'static [&'static Drug],
    /// Which specialists follow it.
    pub(in crate::records) seen_by: &'static [Specialty],
}

/// A short illness.
#[derive(Debug)]
pub(in crate::records) struct Illness {
    pub(in crate::records) problem: Problem,
    /// How many days it lasts.
    pub(in crate::records) days: i32,
    /// Whether it comes with a fever.
    pub(in crate::records) fever: bool,
    /// What is given for it.
    pub(in crate::records) drug: Option<&'static Drug>,
    /// What is given instead to someone allergic to penicillin.
    pub(in crate::records) without_penicillin: Option<&'static Drug>,
}

const fn problem(snomed: Code, icd10: Code) -> Problem {
    Problem { snomed, icd10 }
}

/// Every lasting condition of the sandbox.
pub(in crate::records) static CHRONIC: [ChronicProblem; 15] = [
    ChronicProblem {
        chronic: Chronic::Obesity,
        problem: problem(snomed("414916001", "Obesity"), icd10("E66.9", "Obesity, unspecified")),
        from_age: 25,
        years_ago: (6, 15),
        regimen: &[],
        seen_by: &[Specialty::Endocrinology],
    },
    ChronicProblem {
        chronic: Chronic::Diabetes,
        problem: problem(
            snomed("44054006", "Type 2 diabetes mellitus"),
            icd10("E11.9", "Type 2 diabetes mellitus without complications"),
        ),
        from_age: 30,
        years_ago: (3, 5),
        regimen: &[&drugs::METFORMIN],
        seen_by: &[Specialty::Endocrinology],
    },
    ChronicProblem {
        chronic: Chronic::Hypertension,
        problem: problem(
            snomed("59621000", "Essential hypertension"),
            icd10("I10", "Essential (primary) hypertension"),
        ),
        from_age: 35,
        years_ago: (4, 14),
        regimen: &[&drugs::LISINOPRIL, &drugs::AMLODIPINE],
        seen_by: &[Specialty::Cardiology],
    },
    ChronicProblem {
        chronic: Chronic::Hyperlipidemia,
        problem: problem(snomed("55822004", "Hyperlipidemia"), icd10("E78.5", "Hyperlipidemia, unspecified")),
        from_age: 35,
        years_ago: (3, 12),
        regimen: &[&drugs::ATORVASTATIN],
        seen_by: &[Specialty::Cardiology, Specialty::Endocrinology],
    },
    ChronicProblem {
        chronic: Chronic::CoronaryDisease,
        problem: problem(
            snomed("53741008", "Coronary arteriosclerosis"),
            icd10(
                "I25.10",
                "Atherosclerotic heart disease of native coronary artery without angina pectoris",
            ),
        ),
        from_age: 45,
        years_ago: (3, 6),
        regimen: &[&drugs::ASPIRIN, &drugs::METOPROLOL, &drugs::CLOPIDOGREL],
        seen_by: &[Specialty::Cardiology],
    },
    ChronicProblem {
        chronic: Chronic::AtrialFibrillation,
        problem: problem(
            snomed("49436004", "Atrial fibrillation"),
            icd10("I48.91", "Unspecified atrial fibrillation"),
        ),
        from_age: 60,
        years_ago: (2, 7),
        regimen: &[&drugs::APIXABAN],
        seen_by: &[Specialty::Cardiology],
    },
    ChronicProblem {
        chronic: Chronic::Asthma,
        problem: problem(
            snomed("195967001", "Asthma"),
            icd10("J45.909", "Unspecified asthma, uncomplicated"),
        ),
        from_age: 8,
        years_ago: (10, 25),
        regimen: &[&drugs::ALBUTEROL, &drugs::FLUTICASONE],
        seen_by: &[Specialty::Pulmonology],
    },
    ChronicProblem {
        chronic: Chronic::Rhinitis,
        problem: problem(
            snomed("367498001", "Seasonal allergic rhinitis"),
            icd10("J30.2", "Other seasonal allergic rhinitis"),
        ),
        from_age: 10,
        years_ago: (5, 20),
        regimen: &[&drugs::CETIRIZINE],
        seen_by: &[Specialty::Pulmonology],
    },
    ChronicProblem {
        chronic: Chronic::Hypothyroidism,
        problem: problem(snomed("40930008", "Hypothyroidism"), icd10("E03.9", "Hypothyroidism, unspecified")),
        from_age: 25,
        years_ago: (2, 10),
        regimen: &[&drugs::LEVOTHYROXINE],
        seen_by: &[Specialty::Endocrinology],
    },
    ChronicProblem {
        chronic: Chronic::Anxiety,
        problem: problem(
            snomed("21897009", "Generalized anxiety disorder"),
            icd10("F41.1", "Generalized anxiety disorder"),
        ),
        from_age: 18,
        years_ago: (2, 10),
        regimen: &[&drugs::SERTRALINE],
        seen_by: &[],
    },
    ChronicProblem {
        chronic: Chronic::Migraine,
        problem: problem(
            snomed("37796009", "Migraine"),
            icd10("G43.909", "Migraine, unspecified, not intractable, without status migrainosus"),
        ),
        from_age: 15,
        years_ago: (4, 15),
        regimen: &[&drugs::NAPROXEN],
        seen_by: &[],
    },
    ChronicProblem {
        chronic: Chronic::IronDeficiency,
        problem: problem(
            snomed("87522002", "Iron deficiency anemia"),
            icd10("D50.9", "Iron deficiency anemia, unspecified"),
        ),
        from_age: 18,
        years_ago: (2, 4),
        regimen: &[&drugs::FERROUS_SULFATE],
        seen_by: &[],
    },
    ChronicProblem {
        chronic: Chronic::Osteoarthritis,
        problem: problem(
            snomed("239873007", "Osteoarthritis of knee"),
            icd10("M17.9", "Osteoarthritis of knee, unspecified"),
        ),
        from_age: 45,
        years_ago: (4, 12),
        regimen: &[&drugs::ACETAMINOPHEN],
        seen_by: &[Specialty::Orthopedics],
    },
    ChronicProblem {
        chronic: Chronic::Osteoporosis,
        problem: problem(
            snomed("64859006", "Osteoporosis"),
            icd10("M81.0", "Age-related osteoporosis without current pathological fracture"),
        ),
        from_age: 60,
        years_ago: (2, 10),
        regimen: &[],
        seen_by: &[Specialty::Orthopedics, Specialty::Endocrinology],
    },
    ChronicProblem {
        chronic: Chronic::Reflux,
        problem: problem(
            snomed("235595009", "Gastroesophageal reflux disease"),
            icd10("K21.9", "Gastro-esophageal reflux disease without esophagitis"),
        ),
        from_age: 25,
        years_ago: (2, 12),
        regimen: &[&drugs::OMEPRAZOLE],
        seen_by: &[],
    },
];

/// The illnesses that anyone may catch.
pub(in crate::records) static ILLNESSES: [Illness; 6] = [
    Illness {
        problem: problem(
            snomed("54150009", "Upper respiratory infection"),
            icd10("J06.9", "Acute upper respiratory infection, unspecified"),
        ),
        days: 9,
        fever: true,
        drug: Some(&drugs::ACETAMINOPHEN),
        without_penicillin: None,
    },
    Illness {
        problem: problem(
            snomed("10509002", "Acute bronchitis"),
            icd10("J20.9", "Acute bronchitis, unspecified"),
        ),
        days: 14,
        fever: true,
        drug: Some(&drugs::ALBUTEROL),
        without_penicillin: None,
    },
    Illness {
        problem: problem(
            snomed("43878008", "Streptococcal sore throat"),
            icd10("J02.0", "Streptococcal pharyngitis"),
        ),
        days: 10,
        fever: true,
        drug: Some(&drugs::AMOXICILLIN),
        without_penicillin: Some(&drugs::AZITHROMYCIN),
    },
    Illness {
        problem: problem(
            snomed("444814009", "Viral sinusitis"),
            icd10("J01.90", "Acute sinusitis, unspecified"),
        ),
        days: 12,
        fever: false,
        drug: None,
        without_penicillin: None,
    },
    Illness {
        problem: problem(
            snomed("68566005", "Urinary tract infectious disease"),
            icd10("N39.0", "Urinary tract infection, site not specified"),
        ),
        days: 7,
        fever: false,
        drug: Some(&drugs::NITROFURANTOIN),
        without_penicillin: None,
    },
    Illness {
        problem: problem(
            snomed("44465007", "Sprain of ankle"),
            icd10("S93.409A", "Sprain of unspecified ligament of unspecified ankle, initial encounter"),
        ),
        days: 28,
        fever: false,
        drug: Some(&drugs::ACETAMINOPHEN),
        without_penicillin: None,
    },
];

/// What brings someone without a lasting condition of the field to a specialist.
pub(in crate::records) fn presenting(specialty: Specialty) -> &'static Illness {
    match specialty {
        Specialty::Cardiology => &PALPITATIONS,
        Specialty::Endocrinology => &FATIGUE,
        Specialty::Orthopedics => &JOINT_PAIN,
        Specialty::Pulmonology => &COUGH,
    }
}

const fn symptom(snomed: Code, icd10: Code) -> Illness {
    Illness { problem: problem(snomed, icd10), days: 60, fever: false, drug: None, without_penicillin: None }
}

static PALPITATIONS: Illness = symptom(snomed("80313002", "Palpitations"), icd10("R00.2", "Palpitations"));
static FATIGUE: Illness = symptom(snomed("84229001", "Fatigue"), icd10("R53.83", "Other fatigue"));
static JOINT_PAIN: Illness =
    symptom(snomed("57676002", "Joint pain"), icd10("M25.50", "Pain in unspecified joint"));
static COUGH: Illness = symptom(snomed("49727002", "Cough"), icd10("R05.9", "Cough, unspecified"));

/// Why someone was operated on.
pub(in crate::records) static APPENDICITIS: Problem =
    problem(snomed("85189001", "Acute appendicitis"), icd10("K35.80", "Unspecified acute appendicitis"));
/// Why someone was operated on.
pub(in crate::records) static CHOLECYSTITIS: Problem =
    problem(snomed("76581006", "Cholecystitis"), icd10("K81.9", "Cholecystitis, unspecified"));

/// A lasting condition by its name.
pub(in crate::records) fn chronic(chronic: Chronic) -> Option<&'static ChronicProblem> {
    CHRONIC.iter().find(|entry| entry.chronic == chronic)
}
