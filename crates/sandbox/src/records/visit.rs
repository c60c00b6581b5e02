//! When the patient was at the site, and why: what each kind of site sees of a life.

use model::demographics::iso_date;
use time::Date;

use super::calendar::{Moment, after, on_weekday};
use super::chart::Chart;
use super::codes::problems::{Chronic, presenting};
use super::rng::Rng;
use super::site::{SiteKind, Specialty};
use super::story::{Episode, Surgery};

/// One encounter.
pub(super) struct Visit {
    /// Of its Encounter.
    pub(super) id: String,
    pub(super) purpose: Purpose,
    pub(super) start: Moment,
    pub(super) end: Moment,
    /// Which of the site's clinicians was there.
    pub(super) clinician: usize,
}

/// Why the patient came.
#[derive(Clone, Copy)]
pub(super) enum Purpose {
    /// The yearly check-up.
    CheckUp,
    /// To look after the lasting conditions.
    FollowUp,
    /// To see a specialist about the conditions of the field.
    Consultation,
    /// Ill, without an appointment, or with a symptom.
    Illness(Episode),
    /// Ill, in the emergency department.
    Emergency(Episode),
    /// For an operation.
    Admission(Surgery),
    /// To have blood drawn; a laboratory keeps no encounters.
    Draw,
}

impl Visit {
    /// Whether an illness with a fever was there.
    pub(super) fn feverish(&self) -> bool {
        self.episode().is_some_and(|episode| episode.illness.fever)
    }

    /// The illness that brought the patient.
    pub(super) fn episode(&self) -> Option<Episode> {
        match self.purpose {
            Purpose::Illness(episode) | Purpose::Emergency(episode) => Some(episode),
            _ => None,
        }
    }
}

/// All encounters at the site, earliest first, none before the 18th birthday or on or after today.
pub(super) fn plan(chart: &Chart<'_>, rng: &mut Rng) -> Vec<Visit> {
    let (as_of, adult) = (chart.story.as_of, chart.story.adult());
    let mut days: Vec<(Date, Purpose)> = match chart.site.kind {
        SiteKind::PrimaryCare => primary_care(chart, rng),
        SiteKind::Hospital => hospital(chart),
        SiteKind::Specialty(specialty) => consultations(chart, specialty, rng),
        SiteKind::UrgentCare => {
            chart.story.episodes.iter().map(|episode| (seen(episode), Purpose::Illness(*episode))).collect()
        }
        SiteKind::Laboratory => (0..5)
            .map(|draw: i32| (on_weekday(after(as_of, -(draw * 180 + rng.within(30, 120)))), Purpose::Draw))
            .collect(),
    };
    days.retain(|(day, _)| *day >= adult && *day < as_of);
    days.sort_by_key(|(day, _)| *day);
    days.dedup_by_key(|(day, _)| *day);
    days.into_iter().map(|(day, purpose)| visit(chart, day, purpose, rng)).collect()
}

fn primary_care(chart: &Chart<'_>, rng: &mut Rng) -> Vec<(Date, Purpose)> {
    let as_of = chart.story.as_of;
    let mut days: Vec<(Date, Purpose)> = (0..5)
        .map(|year: i32| on_weekday(after(as_of, -(year * 365 + rng.within(20, 60)))))
        .map(|day| (day, Purpose::CheckUp))
        .collect();
    let follow_ups = (0..3).map(|turn: i32| on_weekday(after(as_of, -(turn * 180 + rng.within(150, 170)))));
    days.extend(follow_ups.map(|day| (day, Purpose::FollowUp)));
    // Diabetes is found here, and watched closely while treatment takes hold.
    if let Some(diabetes) = chart.story.has(Chronic::Diabetes) {
        days.extend([0, 100, 200].map(|later| (after(diabetes.onset, later), Purpose::FollowUp)));
    }
    days
}

fn hospital(chart: &Chart<'_>) -> Vec<(Date, Purpose)> {
    let surgery = chart.story.surgery;
    let admission = surgery.map(|surgery| (surgery.admitted, Purpose::Admission(surgery)));
    // The emergency department sees two illnesses, and none while the patient is in hospital.
    let emergencies = chart
        .story
        .episodes
        .iter()
        .rev()
        .filter(|episode| {
            surgery.is_none_or(|surgery| {
                episode.resolved < surgery.admitted || episode.onset > surgery.discharged
            })
        })
        .take(2)
        .map(|episode| (seen(episode), Purpose::Emergency(*episode)));
    admission.into_iter().chain(emergencies).collect()
}

fn consultations(chart: &Chart<'_>, specialty: Specialty, rng: &mut Rng) -> Vec<(Date, Purpose)> {
    let as_of = chart.story.as_of;
    let days: Vec<Date> =
        (0..5).map(|turn: i32| on_weekday(after(as_of, -(turn * 170 + rng.within(30, 90))))).collect();
    let known = chart.story.ongoing.iter().filter(|ongoing| ongoing.entry.seen_by.contains(&specialty));
    // Nobody sees a specialist about a condition before it began.
    let since = known.map(|ongoing| ongoing.onset).min();
    days.into_iter()
        .map(|day| match since {
            Some(since) if day >= since => (day, Purpose::Consultation),
            _ => {
                let illness = presenting(specialty);
                let resolved = after(day, illness.days).min(after(as_of, -1));
                (day, Purpose::Illness(Episode { illness, onset: after(day, -14), resolved, drug: None }))
            }
        })
        .collect()
}

/// When someone with an illness goes to be seen: two days into it.
fn seen(episode: &Episode) -> Date {
    after(episode.onset, 2)
}

fn visit(chart: &Chart<'_>, day: Date, purpose: Purpose, rng: &mut Rng) -> Visit {
    let quarter = u16::try_from(rng.within(0, 28)).unwrap_or(0) * 15;
    let start = Moment { date: day, minute: 8 * 60 + quarter };
    let end = match purpose {
        Purpose::Admission(surgery) => Moment { date: surgery.discharged, minute: 11 * 60 },
        Purpose::Emergency(_) => start.later(240),
        Purpose::CheckUp | Purpose::Consultation => start.later(40),
        Purpose::FollowUp | Purpose::Illness(_) => start.later(25),
        Purpose::Draw => start.later(10),
    };
    let last = i32::try_from(chart.clinicians.len()).unwrap_or(0).saturating_sub(1);
    Visit {
        id: chart.id("Encounter", &iso_date(day)),
        purpose,
        start,
        end,
        clinician: usize::try_from(rng.within(0, last.max(0))).unwrap_or(0),
    }
}
