use model::synthetic::PATIENTS;
use time::macros::date;

use super::*;
use crate::records::AS_OF;
use crate::records::calendar::Moment;
use crate::records::codes::analytes::{Analyte, Panel};

fn stories() -> impl Iterator<Item = LifeStory> {
    (0..40).flat_map(|seed| PATIENTS.iter().map(move |patient| LifeStory::of(patient, seed, AS_OF)))
}

#[test]
fn nothing_lies_before_adulthood_or_after_today() {
    for story in stories() {
        let days = story
            .ongoing
            .iter()
            .flat_map(|ongoing| {
                std::iter::once(ongoing.onset).chain(ongoing.courses.iter().map(|course| course.start))
            })
            .chain(story.episodes.iter().flat_map(|episode| [episode.onset, episode.resolved]))
            .chain(story.surgery.iter().flat_map(|surgery| [surgery.admitted, surgery.discharged]))
            .chain(story.allergies.iter().map(|allergy| allergy.since))
            .chain(story.vaccinations.iter().chain(&story.screenings).map(|(day, _)| *day));
        for day in days {
            assert!(day >= story.adult() && day < AS_OF, "{day}");
        }
    }
}

#[test]
fn everyone_has_a_history_and_someone_has_each_condition() {
    let mut seen = std::collections::BTreeSet::new();
    for story in stories() {
        assert!((1..=9).contains(&story.ongoing.len()), "{}", story.ongoing.len());
        assert!(story.surgery.is_some() && story.episodes.len() == 5);
        seen.extend(story.ongoing.iter().map(|ongoing| ongoing.entry.problem.snomed.value));
    }
    assert_eq!(seen.len(), 15);
}

#[test]
fn treatment_brings_the_a1c_down() {
    let mut diabetics = 0;
    for story in stories() {
        let level = |day| story.level(Analyte::HemoglobinA1c, day);
        match story.has(Chronic::Diabetes) {
            Some(diabetes) => {
                diabetics += 1;
                let start = diabetes.courses[0].start;
                assert!(level(diabetes.onset) >= 8.0);
                assert!(level(after(start, 90)) < level(start));
                assert!(level(after(start, 360)) < level(after(start, 90)) && level(AS_OF) < 7.2);
            }
            None => assert!((5.0..=5.6).contains(&level(AS_OF))),
        }
    }
    assert!(diabetics > 10);
}

#[test]
fn measurements_stay_within_what_the_living_have() {
    for story in stories() {
        for day in [date!(2016 - 01 - 05), date!(2021 - 08 - 30), date!(2025 - 02 - 11)] {
            let tests = [Panel::Metabolic, Panel::Lipids, Panel::BloodCount];
            let single = [Analyte::HemoglobinA1c, Analyte::Thyrotropin, Analyte::NtProBnp, Analyte::Ferritin];
            for analyte in tests.iter().flat_map(Panel::analytes).chain(&single) {
                let (low, high) = analyte.measure().bounds;
                let level = story.level(*analyte, day);
                assert!(low < level && level < high, "{analyte:?} {level}");
            }
            for (vital, low, high) in [
                (Vital::Systolic, 95.0, 165.0),
                (Vital::Diastolic, 55.0, 105.0),
                (Vital::HeartRate, 50.0, 120.0),
                (Vital::RespiratoryRate, 11.0, 24.0),
                (Vital::Temperature, 36.0, 39.0),
                (Vital::OxygenSaturation, 92.0, 100.0),
                (Vital::Weight, 45.0, 130.0),
                (Vital::Height, 150.0, 190.0),
                (Vital::BodyMassIndex, 18.5, 40.0),
            ] {
                for feverish in [false, true] {
                    let value = story.vital(vital, Moment { date: day, minute: 600 }, feverish);
                    assert!((low..=high).contains(&value), "{vital:?} {value}");
                }
            }
        }
    }
}

#[test]
fn measurements_that_belong_together_agree() {
    for story in stories() {
        let day = date!(2025 - 02 - 11);
        let level = |analyte| story.level(analyte, day);
        let parts = level(Analyte::Ldl) + level(Analyte::Hdl) + level(Analyte::Triglyceride) / 5.0;
        assert!((level(Analyte::Cholesterol) - parts).abs() <= 0.5);
        let packed = level(Analyte::Erythrocytes) * level(Analyte::CellVolume) / 10.0;
        assert!((level(Analyte::Hematocrit) - packed).abs() <= 0.1);
        let at = Moment { date: day, minute: 600 };
        assert!(story.vital(Vital::Systolic, at, true) > story.vital(Vital::Diastolic, at, true) + 20.0);
    }
}

#[test]
fn nobody_is_given_what_they_react_to() {
    for story in stories().filter(LifeStory::avoids_penicillin) {
        for episode in &story.episodes {
            assert!(episode.drug.is_none_or(|drug| drug.code.value != "308191"), "amoxicillin");
        }
    }
}
