//! What happens in a life: drawn once, by age and seed.

use std::ops::RangeInclusive;

use model::Gender;
use time::Date;

use super::{Allergy, Course, Episode, LifeStory, Ongoing, Surgery};
use crate::records::calendar::{after, years_after};
use crate::records::codes::allergens::ALLERGENS;
use crate::records::codes::problems::{Chronic, ChronicProblem, ILLNESSES, chronic};
use crate::records::codes::procedures::{
    APPENDECTOMY, CHOLECYSTECTOMY, COLONOSCOPY, CORONARY_INTERVENTION, KNEE_REPLACEMENT, MAMMOGRAPHY,
    Operation, Reason,
};
use crate::records::codes::{Code, snomed};
use crate::records::rng::Rng;

/// The conditions that tend to come together, and the age from which they do.
const BENTS: [(i32, &[Chronic]); 5] = [
    (35, &[Chronic::Obesity, Chronic::Diabetes, Chronic::Hypertension, Chronic::Hyperlipidemia]),
    (50, &[Chronic::Hypertension, Chronic::Hyperlipidemia, Chronic::CoronaryDisease]),
    (18, &[Chronic::Asthma, Chronic::Rhinitis, Chronic::Reflux]),
    (30, &[Chronic::Hypothyroidism, Chronic::Anxiety, Chronic::Rhinitis]),
    (60, &[Chronic::Osteoarthritis, Chronic::Reflux, Chronic::Hypertension]),
];

/// What may come on top: at which ages, how often, and whether to women alone.
const EXTRAS: [(Chronic, RangeInclusive<i32>, f64, bool); 8] = [
    (Chronic::Hypertension, 50..=120, 0.5, false),
    (Chronic::Hyperlipidemia, 50..=120, 0.5, false),
    (Chronic::Osteoarthritis, 60..=120, 0.5, false),
    (Chronic::AtrialFibrillation, 70..=120, 0.4, false),
    (Chronic::Osteoporosis, 65..=120, 0.5, true),
    (Chronic::Migraine, 20..=50, 0.3, true),
    (Chronic::IronDeficiency, 20..=50, 0.3, true),
    (Chronic::Reflux, 30..=120, 0.2, false),
];

static NEVER_SMOKED: Code = snomed("266919005", "Never smoked tobacco");
static EX_SMOKER: Code = snomed("8517006", "Ex-smoker");

pub(super) fn smoking(rng: &mut Rng) -> &'static Code {
    if rng.chance(0.3) { &EX_SMOKER } else { &NEVER_SMOKED }
}

pub(super) fn allergies(story: &LifeStory, rng: &mut Rng) -> Vec<Allergy> {
    let mut allergies: Vec<Allergy> = Vec::new();
    for _ in 0..rng.within(0, 2) {
        let since = after(story.adult(), rng.within(0, 2_000));
        let Some(allergen) = rng.pick(&ALLERGENS) else { continue };
        let known = allergies.iter().any(|allergy| allergy.allergen.code == allergen.code);
        if !known && story.tells_of(since) {
            allergies.push(Allergy { allergen, since });
        }
    }
    allergies
}

pub(super) fn ongoing(story: &LifeStory, rng: &mut Rng) -> Vec<Ongoing> {
    let age = story.age(story.as_of);
    // Dealt out in turn rather than drawn, so that ten patients have some of everything under any seed.
    let bent =
        BENTS.iter().cycle().skip(story.turn(BENTS.len())).take(BENTS.len()).find(|(from, _)| age >= *from);
    let mut chosen: Vec<Chronic> = bent.map(|(_, conditions)| conditions.to_vec()).unwrap_or_default();
    for (condition, ages, share, women) in &EXTRAS {
        let may = ages.contains(&age) && (!women || story.gender == Gender::Female);
        if rng.chance(*share) && may && !chosen.contains(condition) {
            chosen.push(*condition);
        }
    }
    let mut ongoing: Vec<Ongoing> =
        chosen.into_iter().filter_map(chronic).filter_map(|entry| begin(story, entry, rng)).collect();
    ongoing.sort_by_key(|ongoing| ongoing.onset);
    ongoing
}

fn begin(story: &LifeStory, entry: &'static ChronicProblem, rng: &mut Rng) -> Option<Ongoing> {
    let (least, most) = entry.years_ago;
    let ago = rng.within(least.saturating_mul(365), most.saturating_mul(365));
    let earliest = years_after(story.born, entry.from_age.max(18));
    let onset = after(story.as_of, ago.saturating_neg()).max(earliest);
    if onset >= years_after(story.as_of, -1) {
        return None;
    }
    let mut courses = Vec::new();
    let mut start = onset;
    for drug in entry.regimen {
        start = after(start, rng.within(14, 60));
        courses.push(Course { drug, start });
        start = after(start, rng.within(60, 180));
    }
    courses.retain(|course| course.start < story.as_of);
    Some(Ongoing { entry, onset, courses })
}

pub(super) fn episodes(story: &LifeStory, rng: &mut Rng) -> Vec<Episode> {
    let mut episodes: Vec<Episode> = (0..5)
        .filter_map(|year: i32| {
            let onset = after(story.as_of, -(year * 365 + rng.within(60, 330)));
            let illness = rng.pick(&ILLNESSES)?;
            let instead = illness.without_penicillin.filter(|_| story.avoids_penicillin());
            let resolved = after(onset, illness.days);
            story.tells_of(onset).then_some(Episode {
                illness,
                onset,
                resolved,
                drug: instead.or(illness.drug),
            })
        })
        .collect();
    episodes.sort_by_key(|episode| episode.onset);
    episodes
}

pub(super) fn surgery(story: &LifeStory, rng: &mut Rng) -> Option<Surgery> {
    let operation = operation_for(story, rng);
    let mut admitted = after(story.as_of, -rng.within(120, 900));
    if let Reason::Chronic(condition) = operation.reason {
        admitted = admitted.max(after(story.has(condition)?.onset, 30));
    }
    let discharged = after(admitted, operation.nights);
    (story.tells_of(admitted) && story.tells_of(discharged)).then_some(Surgery {
        operation,
        admitted,
        discharged,
    })
}

fn operation_for(story: &LifeStory, rng: &mut Rng) -> &'static Operation {
    if story.has(Chronic::CoronaryDisease).is_some() {
        &CORONARY_INTERVENTION
    } else if story.has(Chronic::Osteoarthritis).is_some() {
        &KNEE_REPLACEMENT
    } else if rng.chance(0.5) {
        &CHOLECYSTECTOMY
    } else {
        &APPENDECTOMY
    }
}

pub(super) fn screenings(story: &LifeStory, rng: &mut Rng) -> Vec<(Date, &'static Code)> {
    let mut screenings: Vec<(Date, &'static Code)> = Vec::new();
    let colonoscopy = after(years_after(story.born, 50), rng.within(0, 400));
    screenings.push((colonoscopy, &COLONOSCOPY));
    screenings.push((years_after(colonoscopy, 10), &COLONOSCOPY));
    if story.gender == Gender::Female {
        let offset = rng.within(0, 300);
        // Every two years from 50 to 74, as far as the last years go.
        let years = [50, 52, 54, 56, 58, 60, 62, 64, 66, 68, 70, 72, 74];
        let mammographies = years.iter().map(|age| after(years_after(story.born, *age), offset));
        let recent = years_after(story.as_of, -10);
        screenings.extend(mammographies.filter(|day| *day >= recent).map(|day| (day, &MAMMOGRAPHY)));
    }
    screenings.retain(|(day, _)| story.tells_of(*day) && story.age(*day) <= 76);
    screenings.sort_by_key(|(day, _)| *day);
    screenings
}
