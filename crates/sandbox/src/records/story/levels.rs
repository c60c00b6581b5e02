//! What would be measured on a day: trends that follow the conditions and their treatment.
//!
//! Two sites that measure on the same day find the same. All arithmetic is plain, so that every machine
//! agrees on the digits.

use model::Gender;
use time::Date;

use super::LifeStory;
use crate::records::calendar::{Moment, days_between};
use crate::records::codes::analytes::Analyte;
use crate::records::codes::problems::Chronic;
use crate::records::rng::signed_unit;

/// A vital sign.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::records) enum Vital {
    /// mmHg.
    Systolic,
    /// mmHg.
    Diastolic,
    /// Beats a minute.
    HeartRate,
    /// Breaths a minute.
    RespiratoryRate,
    /// Degrees Celsius.
    Temperature,
    /// Percent.
    OxygenSaturation,
    /// Kilograms.
    Weight,
    /// Centimetres.
    Height,
    /// Kilograms per square metre.
    BodyMassIndex,
}

impl Vital {
    /// Digits behind the point.
    pub(in crate::records) const fn decimals(self) -> i32 {
        match self {
            Self::Temperature | Self::Weight | Self::BodyMassIndex => 1,
            _ => 0,
        }
    }
}

impl LifeStory {
    /// What a laboratory would find on a day, rounded as it is reported.
    pub(in crate::records) fn level(&self, analyte: Analyte, on: Date) -> f64 {
        let measure = analyte.measure();
        let (low, high) = measure.bounds;
        rounded(self.exact_level(analyte, on).clamp(low, high), measure.decimals)
    }

    /// What would be measured at a moment, rounded as it is charted; `feverish` while an illness lasts.
    pub(in crate::records) fn vital(&self, vital: Vital, at: Moment, feverish: bool) -> f64 {
        let on = at.date;
        let noise = self.noise(&format!("{vital:?} {}", at.minute), on);
        let own = self.own(&format!("{vital:?}"));
        let fever = if feverish { 1.0 } else { 0.0 };
        match vital {
            Vital::Systolic => {
                let pressure = 116.0 + 5.0 * own + 32.0 * self.severity(Chronic::Hypertension, on);
                rounded(pressure + 5.0 * noise, 0)
            }
            Vital::Diastolic => {
                let pressure = 72.0 + 4.0 * own + 18.0 * self.severity(Chronic::Hypertension, on);
                rounded(pressure + 3.0 * noise, 0)
            }
            Vital::HeartRate => {
                let fast = 10.0 * self.severity(Chronic::AtrialFibrillation, on) + 16.0 * fever;
                rounded(71.0 + 6.0 * own + fast + 5.0 * noise, 0)
            }
            Vital::RespiratoryRate => {
                rounded(15.0 + own + 2.0 * self.severity(Chronic::Asthma, on) + 3.0 * fever + noise, 0)
            }
            Vital::Temperature => rounded(36.7 + 0.2 * own + 1.5 * fever + 0.2 * noise, 1),
            Vital::OxygenSaturation => {
                rounded(98.0 - 2.0 * self.severity(Chronic::Asthma, on) - fever + 0.9 * noise, 0).min(100.0)
            }
            Vital::Weight => {
                let metres = self.vital(Vital::Height, at, false) / 100.0;
                let heavy = if self.has(Chronic::Obesity).is_some() { 8.5 } else { 0.0 };
                rounded((24.0 + 2.2 * own + heavy + 0.25 * noise) * metres * metres, 1)
            }
            Vital::Height => {
                let middle = if self.gender == Gender::Male { 176.0 } else { 163.0 };
                rounded(middle + 7.0 * own, 0)
            }
            Vital::BodyMassIndex => {
                let metres = self.vital(Vital::Height, at, false) / 100.0;
                rounded(self.vital(Vital::Weight, at, false) / (metres * metres), 1)
            }
        }
    }

    fn exact_level(&self, analyte: Analyte, on: Date) -> f64 {
        let usual = self.usual(analyte, on);
        match analyte {
            Analyte::HemoglobinA1c => usual + 3.4 * self.severity(Chronic::Diabetes, on),
            Analyte::Glucose => {
                // The mean glucose that belongs to the A1c, somewhat lower while fasting.
                let mean = 28.7 * self.level(Analyte::HemoglobinA1c, on) - 46.7;
                0.86 * mean + 4.0 * self.noise("fasting", on)
            }
            Analyte::Creatinine => usual + if self.gender == Gender::Male { 0.12 } else { -0.12 },
            Analyte::FiltrationRate => self.filtration_rate(on),
            Analyte::Cholesterol => {
                let triglycerides = self.level(Analyte::Triglyceride, on);
                self.level(Analyte::Ldl, on) + self.level(Analyte::Hdl, on) + triglycerides / 5.0
            }
            Analyte::Triglyceride => {
                let raised =
                    self.severity(Chronic::Hyperlipidemia, on) + self.severity(Chronic::Diabetes, on);
                usual + 45.0 * raised
            }
            Analyte::Ldl => usual + 62.0 * self.severity(Chronic::Hyperlipidemia, on),
            Analyte::Hdl => usual + if self.gender == Gender::Male { -5.0 } else { 4.0 },
            Analyte::Hemoglobin => {
                let own = if self.gender == Gender::Male { 0.8 } else { -0.6 };
                usual + own - 2.8 * self.severity(Chronic::IronDeficiency, on)
            }
            Analyte::CellVolume => usual - 12.0 * self.severity(Chronic::IronDeficiency, on),
            Analyte::Erythrocytes => {
                // A red cell holds 0.34 g of haemoglobin per millilitre.
                10.0 * self.level(Analyte::Hemoglobin, on) / (0.34 * self.level(Analyte::CellVolume, on))
            }
            Analyte::Hematocrit => {
                self.level(Analyte::Erythrocytes, on) * self.level(Analyte::CellVolume, on) / 10.0
            }
            Analyte::Ferritin => usual * (1.0 - 0.95 * self.severity(Chronic::IronDeficiency, on)),
            Analyte::Thyrotropin => usual + 7.5 * self.severity(Chronic::Hypothyroidism, on),
            Analyte::NtProBnp => {
                let strained = self.severity(Chronic::AtrialFibrillation, on)
                    + self.severity(Chronic::CoronaryDisease, on);
                usual + 420.0 * strained
            }
            _ => usual,
        }
    }

    /// What the patient would have in health.
    fn usual(&self, analyte: Analyte, on: Date) -> f64 {
        let (middle, spread) = analyte.measure().common;
        let code = analyte.measure().code.value;
        middle + spread * (0.7 * self.own(code) + 0.3 * self.noise(code, on))
    }

    /// How much of a condition shows on a day: 0 in health, 1 untreated, and from the start of treatment
    /// falling towards 0.2, half of the way in the first three months. It builds up over the two years
    /// before the diagnosis.
    fn severity(&self, chronic: Chronic, on: Date) -> f64 {
        let Some(ongoing) = self.has(chronic) else { return 0.0 };
        if on < ongoing.onset {
            let before = f64::from(days_between(on, ongoing.onset));
            return (1.0 - before / 730.0).max(0.0);
        }
        match ongoing.courses.first() {
            Some(course) if on > course.start => {
                let days = f64::from(days_between(course.start, on));
                0.2 + 0.8 * 90.0 / (90.0 + days)
            }
            _ => 1.0,
        }
    }

    /// CKD-EPI 2021, from the creatinine as reported.
    fn filtration_rate(&self, on: Date) -> f64 {
        let creatinine = self.level(Analyte::Creatinine, on);
        let (kappa, alpha, sex) =
            if self.gender == Gender::Female { (0.7, -0.241, 1.012) } else { (0.9, -0.302, 1.0) };
        let ratio: f64 = creatinine / kappa;
        142.0 * ratio.min(1.0).powf(alpha) * ratio.max(1.0).powf(-1.2) * 0.9938_f64.powi(self.age(on)) * sex
    }

    /// Where this patient always lies within what is common, from -1 to 1.
    fn own(&self, what: &str) -> f64 {
        signed_unit(self.seed, &["own", self.key, what])
    }

    /// What one day differs from the next, from -1 to 1.
    fn noise(&self, what: &str, on: Date) -> f64 {
        signed_unit(self.seed, &["noise", self.key, what, &on.to_julian_day().to_string()])
    }
}

fn rounded(value: f64, decimals: i32) -> f64 {
    let scale = 10_f64.powi(decimals);
    (value * scale).round() / scale
}
