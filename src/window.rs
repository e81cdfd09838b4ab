//! The time window of a run: `--since` and `--until` become a half-open UTC range. The clock is passed in.

use jiff::{Timestamp, tz::TimeZone};

/// A half-open range of time in microseconds since the epoch; either end may be open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Window {
    /// First microsecond inside the window.
    pub start: Option<i64>,
    /// First microsecond after the window.
    pub end: Option<i64>,
}

/// A `--since` or `--until` value that cannot be read.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error(
    "cannot read {0:?} as a time: use a span such as 7d, 36h or 90m, a date such as 2026-03-31, or an RFC 3339 time"
)]
pub struct BadTime(pub String);

impl Window {
    /// Builds the window from what the user typed, relative to `now`.
    ///
    /// # Errors
    /// When a value is neither a span, nor a date, nor a time.
    pub fn new(since: Option<&str>, until: Option<&str>, now: Timestamp) -> Result<Self, BadTime> {
        let point = |text: Option<&str>| text.map(|t| parse(t, now)).transpose();
        Ok(Self { start: point(since)?, end: point(until)? })
    }

    /// Whether a moment lies inside.
    #[must_use]
    pub fn contains(&self, micros: i64) -> bool {
        self.start.is_none_or(|s| micros >= s) && self.end.is_none_or(|e| micros < e)
    }
}

fn parse(text: &str, now: Timestamp) -> Result<i64, BadTime> {
    let bad = || BadTime(text.chars().take(40).collect());
    let trimmed = text.trim();
    if let Ok(time) = trimmed.parse::<Timestamp>() {
        return Ok(time.as_microsecond());
    }
    if let Ok(date) = trimmed.parse::<jiff::civil::Date>() {
        let start = date.to_zoned(TimeZone::UTC).map_err(|_| bad())?;
        return Ok(start.timestamp().as_microsecond());
    }
    let (digits, unit) = trimmed.split_at(trimmed.len() - trimmed.chars().last().map_or(0, char::len_utf8));
    let amount: i64 = digits.parse().map_err(|_| bad())?;
    let minutes = match unit {
        "m" => 1,
        "h" => 60,
        "d" => 24 * 60,
        "w" => 7 * 24 * 60,
        _ => return Err(bad()),
    };
    let seconds = amount.checked_mul(minutes * 60).filter(|s| *s >= 0).ok_or_else(bad)?;
    now.checked_sub(jiff::SignedDuration::from_secs(seconds)).map(|t| t.as_microsecond()).map_err(|_| bad())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> Timestamp {
        "2026-04-10T12:00:00Z".parse().unwrap()
    }

    #[test]
    fn spans_dates_and_times_are_read() {
        let at = |t: &str| t.parse::<Timestamp>().unwrap().as_microsecond();
        let w = Window::new(Some("7d"), None, now()).unwrap();
        assert_eq!(w.start, Some(at("2026-04-03T12:00:00Z")));
        let w = Window::new(Some("2026-04-01"), Some("2026-04-02T03:00:00+01:00"), now()).unwrap();
        assert_eq!(w.start, Some(at("2026-04-01T00:00:00Z")));
        assert_eq!(w.end, Some(at("2026-04-02T02:00:00Z")));
        assert!(w.contains(at("2026-04-01T00:00:00Z")) && !w.contains(at("2026-04-02T02:00:00Z")));
    }

    #[test]
    fn nonsense_is_refused_with_help() {
        for bad in ["", "7", "d", "-3d", "7y", "yesterday", "99999999999999d", "é"] {
            let error = Window::new(Some(bad), None, now()).unwrap_err();
            assert!(error.to_string().contains("7d"), "{bad}");
        }
    }
}
