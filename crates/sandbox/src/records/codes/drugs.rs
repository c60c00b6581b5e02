//! Medicines, with the way each is taken.

use super::{Code, rxnorm, snomed};

/// One medicine in one strength.
#[derive(Clone, Copy, Debug)]
pub(in crate::records) struct Drug {
    /// The clinical drug.
    pub(in crate::records) code: Code,
    /// How to take it, as the label says.
    pub(in crate::records) sig: &'static str,
    /// How often a day.
    pub(in crate::records) per_day: u8,
    /// Only when needed.
    pub(in crate::records) as_needed: bool,
    /// What one dose is counted in.
    pub(in crate::records) form: Form,
}

/// What a dose is counted in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::records) enum Form {
    /// Tablets.
    Tablet,
    /// Capsules.
    Capsule,
    /// Puffs of an inhaler.
    Puff,
}

impl Form {
    /// The unit: its word and its UCUM annotation.
    pub(in crate::records) const fn unit(self) -> (&'static str, &'static str) {
        match self {
            Self::Tablet => ("tablet", "{tbl}"),
            Self::Capsule => ("capsule", "{capsule}"),
            Self::Puff => ("puff", "{puff}"),
        }
    }

    /// How many make one dose.
    pub(in crate::records) const fn per_dose(self) -> u8 {
        match self {
            Self::Tablet | Self::Capsule => 1,
            Self::Puff => 2,
        }
    }

    /// Where it goes in.
    pub(in crate::records) const fn route(self) -> &'static Code {
        match self {
            Self::Tablet | Self::Capsule => &ORAL,
            Self::Puff => &INHALED,
        }
    }
}

static ORAL: Code = snomed("26643006", "Oral route");
static INHALED: Code = snomed("447694001", "Respiratory tract route");

const fn tablets(code: Code, per_day: u8, sig: &'static str) -> Drug {
    Drug { code, sig, per_day, as_needed: false, form: Form::Tablet }
}

const fn when_needed(drug: Drug) -> Drug {
    Drug { as_needed: true, ..drug }
}

const ONCE: &str = "Take 1 tablet by mouth once daily";
const TWICE: &str = "Take 1 tablet by mouth twice daily";

pub(super) static LISINOPRIL: Drug = tablets(rxnorm("314076", "lisinopril 10 MG Oral Tablet"), 1, ONCE);
pub(super) static AMLODIPINE: Drug = tablets(rxnorm("197361", "amlodipine 5 MG Oral Tablet"), 1, ONCE);
pub(super) static METFORMIN: Drug = tablets(
    rxnorm("861007", "metformin hydrochloride 500 MG Oral Tablet"),
    2,
    "Take 1 tablet by mouth twice daily with meals",
);
pub(super) static ATORVASTATIN: Drug = tablets(
    rxnorm("617310", "atorvastatin 20 MG Oral Tablet"),
    1,
    "Take 1 tablet by mouth once daily at bedtime",
);
pub(super) static ASPIRIN: Drug = tablets(rxnorm("243670", "aspirin 81 MG Oral Tablet"), 1, ONCE);
pub(super) static CLOPIDOGREL: Drug = tablets(rxnorm("309362", "clopidogrel 75 MG Oral Tablet"), 1, ONCE);
pub(super) static METOPROLOL: Drug =
    tablets(rxnorm("866436", "24 HR metoprolol succinate 50 MG Extended Release Oral Tablet"), 1, ONCE);
pub(super) static APIXABAN: Drug = tablets(rxnorm("1364445", "apixaban 5 MG Oral Tablet"), 2, TWICE);
pub(super) static LEVOTHYROXINE: Drug = tablets(
    rxnorm("966221", "levothyroxine sodium 0.05 MG Oral Tablet"),
    1,
    "Take 1 tablet by mouth once daily on an empty stomach",
);
pub(super) static SERTRALINE: Drug = tablets(rxnorm("312941", "sertraline 50 MG Oral Tablet"), 1, ONCE);
pub(super) static FERROUS_SULFATE: Drug =
    tablets(rxnorm("310325", "ferrous sulfate 325 MG Oral Tablet"), 1, ONCE);
pub(super) static CETIRIZINE: Drug =
    tablets(rxnorm("1014678", "cetirizine hydrochloride 10 MG Oral Tablet"), 1, ONCE);
pub(super) static NAPROXEN: Drug = when_needed(tablets(
    rxnorm("198014", "naproxen 500 MG Oral Tablet"),
    2,
    "Take 1 tablet by mouth twice daily as needed, with food",
));
pub(super) static ACETAMINOPHEN: Drug = when_needed(tablets(
    rxnorm("313782", "acetaminophen 325 MG Oral Tablet"),
    4,
    "Take 1 tablet by mouth every 6 hours as needed",
));
pub(super) static AZITHROMYCIN: Drug = tablets(rxnorm("308460", "azithromycin 250 MG Oral Tablet"), 1, ONCE);
pub(super) static AMOXICILLIN: Drug = Drug {
    code: rxnorm("308191", "amoxicillin 500 MG Oral Capsule"),
    sig: "Take 1 capsule by mouth twice daily for 10 days",
    per_day: 2,
    as_needed: false,
    form: Form::Capsule,
};
pub(super) static NITROFURANTOIN: Drug = Drug {
    code: rxnorm(
        "1648755",
        "nitrofurantoin, macrocrystals 25 MG / nitrofurantoin, monohydrate 75 MG Oral Capsule",
    ),
    sig: "Take 1 capsule by mouth twice daily for 5 days",
    per_day: 2,
    as_needed: false,
    form: Form::Capsule,
};
pub(super) static OMEPRAZOLE: Drug = Drug {
    code: rxnorm("198051", "omeprazole 20 MG Delayed Release Oral Capsule"),
    sig: "Take 1 capsule by mouth once daily before breakfast",
    per_day: 1,
    as_needed: false,
    form: Form::Capsule,
};
pub(super) static ALBUTEROL: Drug = Drug {
    code: rxnorm("745679", "200 ACTUAT albuterol 0.09 MG/ACTUAT Metered Dose Inhaler"),
    sig: "Inhale 2 puffs every 4 to 6 hours as needed",
    per_day: 4,
    as_needed: true,
    form: Form::Puff,
};
pub(super) static FLUTICASONE: Drug = Drug {
    code: rxnorm("895994", "120 ACTUAT fluticasone propionate 0.044 MG/ACTUAT Metered Dose Inhaler"),
    sig: "Inhale 2 puffs twice daily",
    per_day: 2,
    as_needed: false,
    form: Form::Puff,
};
