//! Times as exports write them, to microseconds since the epoch.

/// Microseconds in a second.
const SECOND: i64 = 1_000_000;
/// The first and the last time that a record can have: the years 1700 and 2200. The engine counts some times in
/// nanoseconds, which reach from 1677 to 2262, and adds months to them; one such time would fail every query.
pub(super) const EARLIEST: i64 = -8_520_336_000 * SECOND;
pub(super) const LATEST: i64 = 7_258_118_400 * SECOND;

/// Parses RFC 3339 with any number of fraction digits (cut to microseconds), in any offset.
pub(super) fn parse(text: &[u8]) -> Option<i64> {
    let (date, rest) = text.split_at_checked(19)?;
    let separated = date[4] == b'-' && date[7] == b'-' && date[13] == b':' && date[16] == b':';
    if !separated || !matches!(date[10], b'T' | b't' | b' ') {
        return None;
    }
    let (year, month, day) = (number(&date[..4])?, number(&date[5..7])?, number(&date[8..10])?);
    let (hour, minute, second) = (number(&date[11..13])?, number(&date[14..16])?, number(&date[17..])?);
    // Second 60 is a leap second; it becomes the first of the next minute.
    if hour > 23 || minute > 59 || second > 60 {
        return None;
    }
    let (fraction, zone) = fraction(rest)?;
    let seconds = days(year, month, day)? * 86_400 + hour * 3600 + minute * 60 + second - offset(zone)?;
    Some(seconds * SECOND + fraction)
}

/// Microseconds of `.123…`, and what follows.
fn fraction(text: &[u8]) -> Option<(i64, &[u8])> {
    let Some((b'.' | b',', rest)) = text.split_first() else {
        return Some((0, text));
    };
    let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
    if digits == 0 {
        return None;
    }
    let kept = digits.min(6);
    let micros = (kept..6).fold(number(&rest[..kept])?, |value, _| value * 10);
    Some((micros, &rest[digits..]))
}

/// Seconds east of Greenwich.
fn offset(zone: &[u8]) -> Option<i64> {
    match zone {
        b"Z" | b"z" => Some(0),
        [sign @ (b'+' | b'-'), rest @ ..] if rest.len() == 5 && rest[2] == b':' => {
            let (hours, minutes) = (number(&rest[..2])?, number(&rest[3..])?);
            let seconds = hours * 3600 + minutes * 60;
            (hours <= 23 && minutes <= 59).then_some(if *sign == b'-' { -seconds } else { seconds })
        }
        _ => None,
    }
}

fn number(digits: &[u8]) -> Option<i64> {
    digits.iter().try_fold(0, |value, byte| byte.is_ascii_digit().then(|| value * 10 + i64::from(byte - b'0')))
}

/// Days since the epoch of a date in the Gregorian calendar.
fn days(year: i64, month: i64, day: i64) -> Option<i64> {
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let length = match month {
        2 => 28 + i64::from(leap),
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => return None,
    };
    if day < 1 || day > length {
        return None;
    }
    // Years begin in March here, so that the leap day is the last day of a year.
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let leap_days = year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400);
    Some(year * 365 + leap_days + (month * 153 + 2) / 5 + day - 1 - 719_468)
}

/// A count since the epoch. The unit follows from the magnitude: until the year 5138 seconds stay below 1e11, and
/// after March 1973 milliseconds, microseconds and nanoseconds lie above 1e11, 1e14 and 1e17.
pub(super) fn from_integer(count: i128) -> Option<i64> {
    let micros = match count {
        1..100_000_000_000 => count * 1_000_000,
        100_000_000_000..100_000_000_000_000 => count * 1000,
        100_000_000_000_000..100_000_000_000_000_000 => count,
        100_000_000_000_000_000.. => count / 1000,
        _ => return None,
    };
    i64::try_from(micros).ok()
}

/// Like [`from_integer`], for numbers with a fraction.
pub(super) fn from_float(count: f64) -> Option<i64> {
    let micros = match count {
        _ if !(count > 0.0 && count < 1e19) => return None,
        _ if count < 1e11 => count * 1e6,
        _ if count < 1e14 => count * 1e3,
        _ if count < 1e17 => count,
        _ => count / 1e3,
    };
    Some(micros.round() as i64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_limits_are_whole_years() {
        assert_eq!(parse(b"1700-01-01T00:00:00Z"), Some(EARLIEST));
        assert_eq!(parse(b"2200-01-01T00:00:00Z"), Some(LATEST));
    }
}
