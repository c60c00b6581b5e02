//! What is done to people, and why they are admitted for it.

use super::problems::{APPENDICITIS, CHOLECYSTITIS, Chronic, Problem};
use super::{Code, snomed};

/// A stay in hospital with its procedure.
#[derive(Debug)]
pub(in crate::records) struct Operation {
    /// What is done.
    pub(in crate::records) procedure: Code,
    /// Why.
    pub(in crate::records) reason: Reason,
    /// Nights in hospital.
    pub(in crate::records) nights: i32,
}

/// Why someone is operated on.
#[derive(Debug)]
pub(in crate::records) enum Reason {
    /// A lasting condition, which stays.
    Chronic(Chronic),
    /// A condition that ends with the operation.
    Acute(&'static Problem),
}

pub(in crate::records) static APPENDECTOMY: Operation = Operation {
    procedure: snomed("80146002", "Appendectomy"),
    reason: Reason::Acute(&APPENDICITIS),
    nights: 2,
};
pub(in crate::records) static CHOLECYSTECTOMY: Operation = Operation {
    procedure: snomed("38102005", "Cholecystectomy"),
    reason: Reason::Acute(&CHOLECYSTITIS),
    nights: 3,
};
pub(in crate::records) static CORONARY_INTERVENTION: Operation = Operation {
    procedure: snomed("415070008", "Percutaneous coronary intervention"),
    reason: Reason::Chronic(Chronic::CoronaryDisease),
    nights: 3,
};
pub(in crate::records) static KNEE_REPLACEMENT: Operation = Operation {
    procedure: snomed("609588000", "Total knee replacement"),
    reason: Reason::Chronic(Chronic::Osteoarthritis),
    nights: 3,
};

pub(in crate::records) static COLONOSCOPY: Code = snomed("73761001", "Colonoscopy");
pub(in crate::records) static MAMMOGRAPHY: Code = snomed("71651007", "Mammography");
pub(in crate::records) static FOOT_EXAMINATION: Code = snomed("401191002", "Diabetic foot examination");
pub(in crate::records) static MEDICATION_RECONCILIATION: Code =
    snomed("430193006", "Medication reconciliation");
pub(in crate::records) static ELECTROCARDIOGRAM: Code = snomed("29303009", "Electrocardiographic procedure");
pub(in crate::records) static ECHOCARDIOGRAPHY: Code = snomed("40701008", "Echocardiography");
pub(in crate::records) static SPIROMETRY: Code = snomed("127783003", "Spirometry");
pub(in crate::records) static PHYSICAL_THERAPY: Code = snomed("91251008", "Physical therapy procedure");
