//! Days and clock times. Nothing here overflows, whatever date the caller brings as today.

use model::demographics::iso_date;
use time::{Date, Duration, Month, Weekday};

/// `days` later, or earlier when negative; the ends of the calendar hold.
pub(super) fn after(date: Date, days: i32) -> Date {
    date.saturating_add(Duration::days(i64::from(days)))
}

/// `years` of 365.25 days later.
pub(super) fn years_after(date: Date, years: i32) -> Date {
    after(date, years.saturating_mul(1461) / 4)
}

/// How many days `later` is after `earlier`.
pub(super) fn days_between(earlier: Date, later: Date) -> i32 {
    later.to_julian_day().saturating_sub(earlier.to_julian_day())
}

/// The same day, or the Friday before a weekend.
pub(super) fn on_weekday(date: Date) -> Date {
    match date.weekday() {
        Weekday::Saturday => after(date, -1),
        Weekday::Sunday => after(date, -2),
        _ => date,
    }
}

/// A day and a minute of it, in the local time of a site.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Moment {
    /// The day.
    pub(super) date: Date,
    /// Minutes since midnight, below 1440.
    pub(super) minute: u16,
}

impl Moment {
    /// `minutes` later on the same day, at the latest at its last minute.
    pub(super) fn later(self, minutes: u16) -> Self {
        Self { minute: self.minute.saturating_add(minutes).min(1439), ..self }
    }

    /// `YYYYMMDDhhmmss` and the offset, as HL7 v3 writes times.
    pub(super) fn hl7(self, zone: Zone) -> String {
        let date = iso_date(self.date).replace('-', "");
        format!(
            "{date}{:02}{:02}00-{:02}00",
            self.minute / 60,
            self.minute % 60,
            zone.hours_behind(self.date)
        )
    }

    /// RFC 3339 with the offset of the zone on that day.
    pub(super) fn stamp(self, zone: Zone) -> String {
        let (hour, minute) = (self.minute / 60, self.minute % 60);
        format!("{}T{hour:02}:{minute:02}:00-{:02}:00", iso_date(self.date), zone.hours_behind(self.date))
    }
}

/// A time zone of the United States.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Zone {
    /// Hours behind UTC in winter.
    standard: u8,
    /// Whether clocks go forward in summer.
    summer_time: bool,
}

impl Zone {
    /// The zone in which most of a state lies; Eastern for one that is not known.
    pub(super) fn of_state(state: &str) -> Self {
        let standard = match state {
            "HI" => 10,
            "AK" => 9,
            "CA" | "NV" | "OR" | "WA" => 8,
            "AZ" | "CO" | "ID" | "MT" | "NM" | "UT" | "WY" => 7,
            "AL" | "AR" | "IA" | "IL" | "KS" | "LA" | "MN" | "MO" | "MS" | "ND" | "NE" | "OK" | "SD"
            | "TN" | "TX" | "WI" => 6,
            _ => 5,
        };
        Self { standard, summer_time: !matches!(state, "HI" | "AZ") }
    }

    /// Hours behind UTC on a day. Summer time by the rule since 2007, from the second Sunday of March to
    /// the first of November; the hours before the change on those days are taken as after it.
    fn hours_behind(self, date: Date) -> u8 {
        let summer = match date.month() {
            Month::March => nth_sunday(date) >= 2,
            Month::November => nth_sunday(date) < 1,
            month => month > Month::March && month < Month::November,
        };
        self.standard - u8::from(self.summer_time && summer)
    }
}

/// How many Sundays of its month have begun by a day.
fn nth_sunday(date: Date) -> u8 {
    let since_sunday = date.weekday().number_days_from_sunday();
    (date.day() + 6 - since_sunday) / 7
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::date;

    #[test]
    fn stamps_carry_the_offset_of_the_day() {
        let stamp = |date, state| Moment { date, minute: 545 }.stamp(Zone::of_state(state));
        assert_eq!(stamp(date!(2025 - 03 - 08), "WI"), "2025-03-08T09:05:00-06:00");
        assert_eq!(stamp(date!(2025 - 03 - 09), "WI"), "2025-03-09T09:05:00-05:00");
        assert_eq!(stamp(date!(2025 - 11 - 01), "PA"), "2025-11-01T09:05:00-04:00");
        assert_eq!(stamp(date!(2025 - 11 - 02), "PA"), "2025-11-02T09:05:00-05:00");
        assert_eq!(stamp(date!(2025 - 07 - 01), "AZ"), "2025-07-01T09:05:00-07:00");
        assert_eq!(
            Moment { date: date!(2025 - 07 - 01), minute: 1439 }.hl7(Zone::of_state("CT")),
            "20250701235900-0400"
        );
    }

    #[test]
    fn the_ends_of_the_calendar_hold() {
        assert_eq!(after(Date::MAX, 1), Date::MAX);
        assert_eq!(years_after(Date::MIN, -1), Date::MIN);
        assert!(days_between(Date::MIN, Date::MAX) > 0);
        assert_eq!(Moment { date: Date::MIN, minute: 1430 }.later(u16::MAX).minute, 1439);
    }

    #[test]
    fn weekends_give_way() {
        assert_eq!(on_weekday(date!(2025 - 03 - 09)), date!(2025 - 03 - 07));
        assert_eq!(on_weekday(date!(2025 - 03 - 10)), date!(2025 - 03 - 10));
    }
}
