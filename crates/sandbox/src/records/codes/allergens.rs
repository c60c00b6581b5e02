//! What people react to.

use super::{Code, rxnorm, snomed};

/// Something people react to, and how.
#[derive(Debug)]
pub(in crate::records) struct Allergen {
    /// The substance.
    pub(in crate::records) code: Code,
    /// `medication`, `food` or `environment`.
    pub(in crate::records) category: &'static str,
    /// `high` or `low`.
    pub(in crate::records) criticality: &'static str,
    /// What happens.
    pub(in crate::records) reaction: Code,
    /// `mild`, `moderate` or `severe`.
    pub(in crate::records) severity: &'static str,
    /// Whether penicillins must not be given.
    pub(in crate::records) penicillin: bool,
}

const fn allergen(
    code: Code,
    category: &'static str,
    criticality: &'static str,
    reaction: Code,
    severity: &'static str,
) -> Allergen {
    Allergen { code, category, criticality, reaction, severity, penicillin: false }
}

/// Every allergen of the sandbox.
pub(in crate::records) static ALLERGENS: [Allergen; 6] = [
    Allergen {
        penicillin: true,
        ..allergen(
            rxnorm("7980", "penicillin G"),
            "medication",
            "high",
            snomed("126485001", "Urticaria"),
            "moderate",
        )
    },
    allergen(
        rxnorm("10180", "sulfamethoxazole"),
        "medication",
        "low",
        snomed("271807003", "Eruption of skin"),
        "mild",
    ),
    allergen(rxnorm("2670", "codeine"), "medication", "low", snomed("422587007", "Nausea"), "mild"),
    allergen(snomed("762952008", "Peanut"), "food", "high", snomed("39579001", "Anaphylaxis"), "severe"),
    allergen(snomed("735029006", "Shellfish"), "food", "low", snomed("126485001", "Urticaria"), "moderate"),
    allergen(snomed("111088007", "Latex"), "environment", "low", snomed("418290006", "Itching"), "mild"),
];

/// Said of someone who reacts to nothing.
pub(in crate::records) static NO_KNOWN_ALLERGY: Code = snomed("716186003", "No known allergy");
