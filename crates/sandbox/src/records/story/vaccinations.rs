//! The vaccines an adult is given by the schedule, at the age and in the years it recommends them.

use time::{Date, Month};

use crate::records::calendar::{after, on_weekday, years_after};
use crate::records::codes::Code;
use crate::records::codes::vaccines::{
    COVID_19, INFLUENZA_QUADRIVALENT, INFLUENZA_TRIVALENT, PNEUMOCOCCAL_CONJUGATE,
    PNEUMOCOCCAL_POLYSACCHARIDE, TD, TDAP, ZOSTER,
};

/// How many influenza seasons are told of.
const SEASONS: i32 = 6;

/// What was given by `as_of` to someone who was born on `born`, earliest first; `later` days after the
/// first day on which it could be had.
pub(super) fn by_age(born: Date, as_of: Date, later: i32) -> Vec<(Date, &'static Code)> {
    let mut given = influenza(as_of);
    // A tetanus booster every ten years; the first of the recent two with pertussis.
    given.push((after(years_after(as_of, -13), 100), &TDAP));
    given.push((after(years_after(as_of, -3), 100), &TD));
    given.extend(day(2021, Month::March, 15).map(|first| (first, &COVID_19)));
    given.extend(day(2021, Month::April, 5).map(|second| (second, &COVID_19)));
    given.extend(day(2021, Month::November, 10).map(|booster| (booster, &COVID_19)));
    // The recombinant zoster vaccine has been there since 2018, for people of 50 and over.
    if let Some(there) = day(2018, Month::April, 10) {
        let first = years_after(born, 50).max(there);
        given.push((first, &ZOSTER));
        given.push((after(first, 90), &ZOSTER));
    }
    // From 2014 to 2019 both pneumococcal vaccines were given at 65, a year apart.
    if let Some(there) = day(2014, Month::September, 20) {
        let first = years_after(born, 65).max(there);
        given.push((first, &PNEUMOCOCCAL_CONJUGATE));
        given.push((years_after(first, 1), &PNEUMOCOCCAL_POLYSACCHARIDE));
    }
    for (day, _) in &mut given {
        *day = on_weekday(after(*day, later));
    }
    let adult = years_after(born, 18);
    given.retain(|(day, _)| *day >= adult && *day < as_of);
    given.sort_by_key(|(day, _)| *day);
    given
}

fn influenza(as_of: Date) -> Vec<(Date, &'static Code)> {
    (0..SEASONS)
        .filter_map(|back| {
            let year = as_of.year() - back;
            // Quadrivalent vaccines were in use until the season of 2023.
            let vaccine =
                if (2013..=2023).contains(&year) { &INFLUENZA_QUADRIVALENT } else { &INFLUENZA_TRIVALENT };
            Some((day(year, Month::October, 12)?, vaccine))
        })
        .collect()
}

fn day(year: i32, month: Month, day: u8) -> Option<Date> {
    Date::from_calendar_date(year, month, day).ok()
}
