//! The time window of a run: `--since` and `--until` become a half-open UTC range. The clock is passed in.

use jiff::{Timestamp, civil::DateTime, tz::TimeZone};

/// A half-open range of time in microseconds since the epoch; either end may be open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Window {
    /// First microsecond inside the window.
    pub start: Option<i64>,
    /// First microsecond after the window.
    pub end: Option<i64>,
}

/// A `--since` or `--until` value that cannot be used.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum BadTime {
    /// It cannot be read.
    #[error(
        "cannot read {0:?} as a time: use a span such as 7d, 36h or 90m, a date such as 2026-03-31, or a time such as \
         2026-03-31T10:00, which is UTC, or 2026-03-31T10:00:00+02:00"
    )]
    Unreadable(String),
    /// Nothing can lie between the two.
    #[error(
        "the window ends before it begins: since {since} is {start}, which is later than until {until}, {end}; exchange \
         them, or leave one out"
    )]
    Backwards {
        /// What was said of its start.
        since: String,
        /// The moment that it means.
        start: Timestamp,
        /// What was said of its end.
        until: String,
        /// The moment that it means.
        end: Timestamp,
    },
}

impl Window {
    /// Builds the window from what the user typed, relative to `now`.
    ///
    /// # Errors
    /// When a value is neither a span, nor a date, nor a time, or the start lies after the end.
    pub fn new(since: Option<&str>, until: Option<&str>, now: Timestamp) -> Result<Self, BadTime> {
        let point = |text: Option<&str>| text.map(|t| parse(t, now)).transpose();
        let (start, end) = (point(since)?, point(until)?);
        if let (Some(start), Some(end)) = (start, end)
            && start > end
        {
            let said = |text: Option<&str>| short(text.unwrap_or_default());
            return Err(BadTime::Backwards { since: said(since), start, until: said(until), end });
        }
        let micros = |time: Option<Timestamp>| time.map(Timestamp::as_microsecond);
        Ok(Self { start: micros(start), end: micros(end) })
    }

    /// Whether a moment lies inside.
    #[must_use]
    pub fn contains(&self, micros: i64) -> bool {
        self.start.is_none_or(|s| micros >= s) && self.end.is_none_or(|e| micros < e)
    }
}

/// What was typed, short enough for a message.
fn short(text: &str) -> String {
    text.chars().take(40).collect()
}

fn parse(text: &str, now: Timestamp) -> Result<Timestamp, BadTime> {
    let bad = || BadTime::Unreadable(short(text));
    let trimmed = text.trim();
    if let Ok(time) = trimmed.parse::<Timestamp>() {
        return Ok(time);
    }
    // A date and time without an offset is UTC, as a date alone is. A time zone in brackets would be passed over.
    if let Some(moment) = trimmed.parse::<DateTime>().ok().filter(|_| !trimmed.contains('[')) {
        return moment.to_zoned(TimeZone::UTC).map(|zoned| zoned.timestamp()).map_err(|_| bad());
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
    now.checked_sub(jiff::SignedDuration::from_secs(seconds)).map_err(|_| bad())
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
    fn a_time_without_an_offset_is_utc() {
        let at = |t: &str| t.parse::<Timestamp>().unwrap().as_microsecond();
        for text in ["2026-03-01 10:00", "2026-03-01T10:00", "2026-03-01T10:00:00", "2026-03-01T11:00:00+01:00"] {
            let w = Window::new(Some(text), None, now()).unwrap();
            assert_eq!(w.start, Some(at("2026-03-01T10:00:00Z")), "{text}");
        }
    }

    #[test]
    fn a_window_that_ends_before_it_begins_is_refused() {
        let error = Window::new(Some("2026-04-02"), Some("2026-04-01"), now()).unwrap_err().to_string();
        assert!(error.contains("since 2026-04-02 is") && error.contains("later than until 2026-04-01"), "{error}");
        assert!(Window::new(Some("1d"), Some("7d"), now()).is_err());
        assert!(Window::new(Some("2026-04-01"), Some("2026-04-01"), now()).is_ok());
    }

    #[test]
    fn nonsense_is_refused_with_help() {
        let zoned = "2026-03-01T10:00[Europe/Berlin]";
        for bad in [
            zoned,
            "2026-03-01 25:00",
            "2026-03-01T",
            "2026-03-01 10:00 x",
            "",
            "7",
            "d",
            "-3d",
            "7y",
            "yesterday",
            "99999999999999d",
            "é",
        ] {
            let error = Window::new(Some(bad), None, now()).unwrap_err();
            assert!(error.to_string().contains("7d"), "{bad}");
        }
    }
}
