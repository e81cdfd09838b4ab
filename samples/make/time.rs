//! Times without a clock: nanoseconds since the epoch, civil dates, RFC 3339.

/// Nanoseconds of one second.
pub(crate) const SECOND: i64 = 1_000_000_000;
/// Nanoseconds of one day.
pub(crate) const DAY: i64 = 86_400 * SECOND;

/// The instant of a UTC date and time in 2026.
pub(crate) fn at(month: i64, day: i64, hour: i64, minute: i64) -> i64 {
    // 1 January 2026 is day 20454 of the epoch; the year has no leap day.
    const BEFORE: [i64; 12] = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334];
    let month = usize::try_from(month - 1).unwrap_or(0).min(11);
    (20_454 + BEFORE[month] + day - 1) * DAY + (hour * 60 + minute) * 60 * SECOND
}

/// Day of the week of an instant, Monday = 0.
pub(crate) fn weekday(ns: i64) -> i64 {
    (ns.div_euclid(DAY) + 3).rem_euclid(7)
}

/// `2026-03-17T10:20:31.5Z`: the fraction as short as it can be, left out when zero.
pub(crate) fn rfc3339(ns: i64) -> String {
    let (days, rest) = (ns.div_euclid(DAY), ns.rem_euclid(DAY));
    let (year, month, day) = civil(days);
    let (seconds, fraction) = (rest / SECOND, rest % SECOND);
    let mut out =
        format!("{year:04}-{month:02}-{day:02}T{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60);
    if fraction > 0 {
        out.push_str(format!(".{fraction:09}").trim_end_matches('0'));
    }
    out.push('Z');
    out
}

/// Year, month and day of a day number; the usual 400-year-era computation.
fn civil(days: i64) -> (i64, i64, i64) {
    let z = days + 719_468;
    let era = z.div_euclid(146_097);
    let doe = z.rem_euclid(146_097);
    let yoe = (doe - doe / 1460 + doe / 36_524 - doe / 146_096) / 365;
    let doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    let mp = (5 * doy + 2) / 153;
    let day = doy - (153 * mp + 2) / 5 + 1;
    let month = if mp < 10 { mp + 3 } else { mp - 9 };
    (yoe + era * 400 + i64::from(month <= 2), month, day)
}
