//! Times on pages: UTC, for people and for machines.

/// RFC 3339 in UTC with whole seconds, as people read it: `2026-11-21 20:52:31 UTC`, which may break
/// after the date.
pub(super) fn utc(rfc3339: &str) -> String {
    let (date, time) = rfc3339.split_once('T').unwrap_or((rfc3339, ""));
    format!("{date} {}\u{a0}UTC", time.trim_end_matches('Z'))
}

#[cfg(test)]
mod tests {
    use model::Timestamp;

    use super::*;

    #[test]
    fn times_name_their_zone() {
        assert_eq!(utc(&Timestamp::from_seconds(1_718_237_311).rfc3339()), "2024-06-13 00:08:31\u{a0}UTC");
    }
}
