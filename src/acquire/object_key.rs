//! The grammar of export names, and which objects a window lets us leave out without reading them.
//!
//! Aperture writes `[<prefix>/]ts-aperture-export-<unix time>.cbor.zstd`. People rename exports, so every
//! `*.cbor.zstd` counts as one; `<unix time>.cbor.zstd` keeps its time, any other name has none.
//!
//! A key's time is when the export was made: everything inside happened before it, but nothing says how long before,
//! because a busy gateway exports in arrears. So `--since` may leave out keys older than it, and `--until` may leave
//! out nothing.

use crate::window::Window;

/// What every export's name ends with.
pub const SUFFIX: &str = ".cbor.zstd";

const STEM: &str = "ts-aperture-export-";

/// How much older than `--since` a key must be before it is left out: one hour.
///
/// The key's time and the records' times come from one machine, yet its clock may have been stepped back between the
/// two, and whether a key is stamped before or after its last record is taken is not documented. At the default
/// cadence of one export per hour this costs one more object to read, and the window still decides record by record.
pub const SLACK_MICROS: i64 = 3_600 * 1_000_000;

/// 2024-01-01T00:00:00Z in seconds: no gateway exported before it, so a smaller number in a name is not a time.
const EARLIEST: i64 = 1_704_067_200;

/// What a name says about an export.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ExportName {
    /// When the export was made, in microseconds since the epoch, where the name says so.
    pub time: Option<i64>,
}

/// Reads an object key or a file name; `None` when it is not an export.
#[must_use]
pub fn parse(key: &str) -> Option<ExportName> {
    let name = key.rsplit('/').next().unwrap_or(key);
    let stem = name.strip_suffix(SUFFIX).filter(|stem| !stem.is_empty())?;
    Some(ExportName { time: time(stem.strip_prefix(STEM).unwrap_or(stem)) })
}

/// The documented unit is not stated but seconds in every export seen; longer numbers are read as the finer unit
/// their length implies, rather than as a date thousands of years ahead.
fn time(digits: &str) -> Option<i64> {
    if !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let number: i64 = digits.parse().ok()?;
    let micros = match digits.len() {
        10 => number.checked_mul(1_000_000)?,
        13 => number.checked_mul(1_000)?,
        16 => number,
        19 => number / 1_000,
        _ => return None,
    };
    (micros >= EARLIEST * 1_000_000).then_some(micros)
}

/// Whether an export with this key time can be left out, because everything in it lies before the window.
#[must_use]
pub fn is_before(time: Option<i64>, window: &Window) -> bool {
    match (time, window.start) {
        (Some(time), Some(start)) => time < start.saturating_sub(SLACK_MICROS),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const T: i64 = 1_782_318_290;

    #[test]
    fn documented_renamed_and_foreign_names_are_told_apart() {
        let time = |key: &str| parse(key).map(|n| n.time);
        let at = Some(Some(T * 1_000_000));
        assert_eq!(time("ts-aperture-export-1782318290.cbor.zstd"), at);
        assert_eq!(time("a/b/ts-aperture-export-1782318290.cbor.zstd"), at);
        assert_eq!(time("1782318290.cbor.zstd"), at);
        assert_eq!(time("a/ts-aperture-export-1782318290000.cbor.zstd"), at);
        assert_eq!(time("may.cbor.zstd"), Some(None));
        for other in ["ts-aperture-export-1782318290.cbor", "a/.cbor.zstd", "x.cbor.zstd/", "x.CBOR.ZSTD", "", "/"] {
            assert_eq!(time(other), None, "{other}");
        }
    }

    #[test]
    fn numbers_that_cannot_be_export_times_are_not_taken_for_times() {
        for name in ["20260624", "1000000001", "+1782318290", "-178231829", "99999999999999999999", "1782318290 "] {
            assert_eq!(parse(&format!("{name}.cbor.zstd")).unwrap().time, None, "{name}");
        }
    }

    #[test]
    fn since_leaves_out_only_what_is_surely_older_and_until_nothing() {
        let since = |s: i64| Window { start: Some(s * 1_000_000), end: None };
        let time = Some(T * 1_000_000);
        assert!(is_before(time, &since(T + 3_601)));
        assert!(!is_before(time, &since(T + 3_600)));
        assert!(!is_before(time, &since(T - 1)));
        assert!(!is_before(None, &since(T + 1_000_000)));
        assert!(!is_before(time, &Window { start: None, end: Some(0) }));
        assert!(!is_before(time, &Window { start: Some(i64::MIN), end: None }));
    }
}
