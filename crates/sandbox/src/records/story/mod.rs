//! A patient's life as it was, before any site wrote down its part of it.
//!
//! It follows from the patient, the seed and today's date alone. That is why all sites tell the same
//! story: each takes what its kind of care would see, none makes up a condition or a value of its own.

mod choose;
mod levels;
mod vaccinations;

use model::Gender;
use model::demographics::parse_iso_date;
use model::synthetic::{PATIENTS, SyntheticPatient};
use time::Date;

use super::calendar::{after, days_between, years_after};
use super::codes::Code;
use super::codes::allergens::Allergen;
use super::codes::drugs::Drug;
use super::codes::problems::{Chronic, ChronicProblem, Illness, Problem};
use super::codes::procedures::{Operation, Reason};
use super::rng::Rng;

pub(super) use levels::Vital;

/// One patient's life.
pub(super) struct LifeStory {
    pub(super) born: Date,
    pub(super) gender: Gender,
    /// Today: nothing lies after it.
    pub(super) as_of: Date,
    /// Lasting conditions, earliest first.
    pub(super) ongoing: Vec<Ongoing>,
    /// Short illnesses of the last years, earliest first, all over by today.
    pub(super) episodes: Vec<Episode>,
    /// The stay in hospital.
    pub(super) surgery: Option<Surgery>,
    pub(super) allergies: Vec<Allergy>,
    /// Vaccines by date, earliest first.
    pub(super) vaccinations: Vec<(Date, &'static Code)>,
    /// Screening examinations by date.
    pub(super) screenings: Vec<(Date, &'static Code)>,
    /// Tobacco use.
    pub(super) smoking: &'static Code,
    /// Names the patient in draws of measurement noise.
    key: &'static str,
    seed: u64,
}

/// A lasting condition of this patient.
pub(super) struct Ongoing {
    pub(super) entry: &'static ChronicProblem,
    pub(super) onset: Date,
    /// What is taken for it, and since when.
    pub(super) courses: Vec<Course>,
}

/// A medicine taken from a day on, to this day.
#[derive(Clone, Copy)]
pub(super) struct Course {
    pub(super) drug: &'static Drug,
    pub(super) start: Date,
}

/// A short illness of this patient.
#[derive(Clone, Copy)]
pub(super) struct Episode {
    pub(super) illness: &'static Illness,
    pub(super) onset: Date,
    pub(super) resolved: Date,
    pub(super) drug: Option<&'static Drug>,
}

/// A stay in hospital with an operation on the day after admission.
#[derive(Clone, Copy)]
pub(super) struct Surgery {
    pub(super) operation: &'static Operation,
    pub(super) admitted: Date,
    pub(super) discharged: Date,
}

/// An allergy of this patient.
#[derive(Clone, Copy)]
pub(super) struct Allergy {
    pub(super) allergen: &'static Allergen,
    pub(super) since: Date,
}

impl LifeStory {
    /// The life of `patient` up to `as_of`. Nothing is told of the years before 18: the sandbox has no
    /// children's records.
    pub(super) fn of(patient: &SyntheticPatient, seed: u64, as_of: Date) -> Self {
        let mut rng = Rng::of(seed, &["story", patient.email]);
        let born = parse_iso_date(patient.birth_date).unwrap_or(as_of);
        let mut story = Self {
            born,
            gender: patient.gender,
            as_of,
            ongoing: Vec::new(),
            episodes: Vec::new(),
            surgery: None,
            allergies: Vec::new(),
            vaccinations: vaccinations::by_age(born, as_of, rng.within(0, 30)),
            screenings: Vec::new(),
            smoking: choose::smoking(&mut rng),
            key: patient.email,
            seed,
        };
        story.allergies = choose::allergies(&story, &mut rng);
        story.ongoing = choose::ongoing(&story, &mut rng);
        story.episodes = choose::episodes(&story, &mut rng);
        story.surgery = choose::surgery(&story, &mut rng);
        story.screenings = choose::screenings(&story, &mut rng);
        story
    }

    /// Completed years on a day.
    pub(super) fn age(&self, on: Date) -> i32 {
        days_between(self.born, on).saturating_mul(4) / 1461
    }

    /// The first day that records may tell of.
    pub(super) fn adult(&self) -> Date {
        years_after(self.born, 18)
    }

    /// The patient's lasting condition of that name.
    pub(super) fn has(&self, chronic: Chronic) -> Option<&Ongoing> {
        self.ongoing.iter().find(|ongoing| ongoing.entry.chronic == chronic)
    }

    /// Whether penicillins must not be given.
    pub(super) fn avoids_penicillin(&self) -> bool {
        self.allergies.iter().any(|allergy| allergy.allergen.penicillin)
    }

    /// Which of `count` things falls to this patient, when they are dealt out among the ten in turn.
    fn turn(&self, count: usize) -> usize {
        let place = PATIENTS.iter().position(|patient| patient.email == self.key).unwrap_or_default();
        let shift = usize::try_from(self.seed % 60).unwrap_or_default();
        (place + shift) % count.max(1)
    }

    /// Whether a day may carry an entry: after the 18th birthday and before today.
    fn tells_of(&self, day: Date) -> bool {
        day >= self.adult() && day < self.as_of
    }
}

impl Surgery {
    /// The day of the operation.
    pub(super) fn operated(&self) -> Date {
        after(self.admitted, 1)
    }

    /// The acute condition that ends with it, if it is not for a lasting one.
    pub(super) fn acute(&self) -> Option<&'static Problem> {
        match self.operation.reason {
            Reason::Acute(problem) => Some(problem),
            Reason::Chronic(_) => None,
        }
    }
}

#[cfg(test)]
mod tests;
