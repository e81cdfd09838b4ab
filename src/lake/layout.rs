//! Where things are in a lake, and how files are named.
//!
//! ```text
//! <lake>/lightmeter-lake.json                                     what this folder is, and its version
//! <lake>/v1/<table>/date=YYYY-MM-DD/<export>-<hash>[-n].parquet   parts, a plain hive layout
//! <lake>/v1/<table>/date=YYYY-MM-DD/merged-<hash>.parquet         rows of several small parts
//! <lake>/v1/merged/date=YYYY-MM-DD.json                           which parts the merged files of a day hold
//! <lake>/v1/ledger/<id>.json                                      one entry per export: which parts count
//! <lake>/v1/vanished.json                                         exports that are no longer where they were found
//! <lake>/v1/pruned.json                                           first day that the lake holds, once days were removed
//! <lake>/v1/lock                                                  held by the one writer
//! <lake>/reports/<end>.json                                      incidents of remembered reports
//! <lake>/analyses/<number>-<hash>.jsonl                           what the last analyses found
//! <lake>/v1/.staging/                                             parts being written
//! ```
//! Version rule: a new column or table keeps the version (older parts read as null); a changed meaning of a stored
//! column or a changed layout is a new version and a new `v<n>` folder.

use std::path::{Path, PathBuf};

use jiff::{Timestamp, tz::TimeZone};
use sha2::{Digest, Sha256};

/// Version of the layout that this program writes, and the newest it reads.
pub const VERSION: u32 = 1;

const MICROS_PER_DAY: i64 = 86_400_000_000;
/// 2199-12-31 as days since the epoch.
const LAST_DAY: i64 = 84_005;
/// Characters kept of an export's name.
const MAX_STEM: usize = 80;

/// A UTC day as days since the epoch, from 1970-01-01 to 2199-12-31.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Day(pub(super) i64);

impl Day {
    /// The day of a moment; moments outside 1970–2199 belong to the nearest day inside.
    pub(super) fn of(micros: i64) -> Self {
        Self(micros.div_euclid(MICROS_PER_DAY).clamp(0, LAST_DAY))
    }

    /// The day of a partition folder.
    pub(super) fn parse(folder: &str) -> Option<Self> {
        let date: jiff::civil::Date = folder.strip_prefix("date=")?.parse().ok()?;
        let start = date.to_zoned(TimeZone::UTC).ok()?;
        Some(Self::of(start.timestamp().as_microsecond()))
    }

    /// Name of the partition folder, `date=YYYY-MM-DD`.
    pub(super) fn folder(self) -> String {
        let micros = self.0.clamp(0, LAST_DAY) * MICROS_PER_DAY;
        let time = Timestamp::from_microsecond(micros).unwrap_or(Timestamp::UNIX_EPOCH);
        format!("date={}", time.to_zoned(TimeZone::UTC).date())
    }
}

/// Paths of one lake.
#[derive(Debug, Clone)]
pub(super) struct Layout {
    root: PathBuf,
}

impl Layout {
    pub(super) fn new(root: PathBuf) -> Self {
        Self { root }
    }
    pub(super) fn root(&self) -> &Path {
        &self.root
    }
    pub(super) fn marker(&self) -> PathBuf {
        self.root.join("lightmeter-lake.json")
    }
    pub(super) fn data(&self) -> PathBuf {
        self.root.join(format!("v{VERSION}"))
    }
    pub(super) fn ledger(&self) -> PathBuf {
        self.data().join("ledger")
    }
    pub(super) fn entry(&self, id: &str) -> PathBuf {
        self.ledger().join(format!("{id}.json"))
    }
    pub(super) fn merged(&self) -> PathBuf {
        self.data().join("merged")
    }
    /// The list of merged files of a day, given as the name of its partition.
    pub(super) fn merged_of(&self, day: &str) -> PathBuf {
        self.merged().join(format!("{day}.json"))
    }
    pub(super) fn vanished(&self) -> PathBuf {
        self.data().join("vanished.json")
    }
    pub(super) fn pruned(&self) -> PathBuf {
        self.data().join("pruned.json")
    }
    pub(super) fn lock(&self) -> PathBuf {
        self.data().join("lock")
    }
    pub(super) fn staging(&self) -> PathBuf {
        self.data().join(".staging")
    }
    /// Full path of a part named in the ledger.
    pub(super) fn part(&self, relative: &str) -> PathBuf {
        self.data().join(relative)
    }
}

/// Identity of an object that keeps its name when its content changes (an object of a bucket): lower-case hex.
///
/// A local file is identified by the SHA-256 of its content instead, so that the same content is the same export.
#[must_use]
pub fn object_id(source: &str, key: &str) -> String {
    let mut hash = Sha256::new();
    hash.update((source.len() as u64).to_le_bytes());
    hash.update(source.as_bytes());
    hash.update(key.as_bytes());
    hex::encode(hash.finalize())
}

/// Whether `id` can name a ledger entry: 16 to 64 lower-case hex digits.
pub(super) fn is_id(id: &str) -> bool {
    (16..=64).contains(&id.len()) && id.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
}

/// Start of an identity, as the names of its parts carry it.
pub(super) fn hash_of(id: &str) -> String {
    id.get(..16).unwrap_or(id).to_owned()
}

/// File name of a part: cleaned export name, start of the identity, and a number from the second part on.
pub(super) fn part_name(export_key: &str, id: &str, number: usize) -> String {
    let (hash, stem) = (hash_of(id), stem(export_key));
    if number < 2 { format!("{stem}-{hash}.parquet") } else { format!("{stem}-{hash}-{number}.parquet") }
}

/// The last path segment of an object name without its export suffix, reduced to `[A-Za-z0-9._-]`.
fn stem(export_key: &str) -> String {
    let name = export_key.rsplit(['/', '\\']).next().unwrap_or_default();
    let name = [".cbor.zstd", ".cbor.zst", ".cbor"].iter().find_map(|s| name.strip_suffix(s)).unwrap_or(name);
    let clean: String = name
        .trim_start_matches('.')
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-') { c } else { '_' })
        .take(MAX_STEM)
        .collect();
    if clean.is_empty() { "export".to_owned() } else { clean }
}

/// Start of the export's identity in the name of a part, or `None` if the name is not one of ours.
pub(super) fn hash_of_part(name: &str) -> Option<&str> {
    let name = name.strip_suffix(".parquet")?;
    let is_hash = |h: &str| h.len() == 16 && is_id(h);
    let (rest, last) = name.rsplit_once('-')?;
    if is_hash(last) {
        return Some(last);
    }
    if last.is_empty() || !last.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    rest.rsplit_once('-').map(|(_, hash)| hash).filter(|h| is_hash(h))
}

/// Whether a path read from a ledger entry is that of a part: `<table>/date=YYYY-MM-DD/<name>.parquet`, nothing else.
pub(super) fn is_part_path(table: &str, path: &str) -> bool {
    let mut segments = path.split('/');
    let (Some(folder), Some(date), Some(name), None) =
        (segments.next(), segments.next(), segments.next(), segments.next())
    else {
        return false;
    };
    folder == table
        && is_table(table)
        && is_partition(date)
        && !name.starts_with('.')
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-'))
        && hash_of_part(name).is_some()
}

/// Whether a folder name can be that of a table.
pub(super) fn is_table(name: &str) -> bool {
    !name.is_empty()
        && !matches!(name, "ledger" | "merged")
        && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
}

/// Whether a folder name is `date=YYYY-MM-DD`.
pub(super) fn is_partition(name: &str) -> bool {
    name.strip_prefix("date=").is_some_and(|d| {
        d.len() == 10
            && d.bytes().enumerate().all(|(i, b)| if i == 4 || i == 7 { b == b'-' } else { b.is_ascii_digit() })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "0123456789abcdef0123456789abcdef";

    #[test]
    fn days_outside_the_calendar_are_clamped() {
        assert_eq!(Day::of(0).folder(), "date=1970-01-01");
        assert_eq!(Day::of(i64::MIN).folder(), "date=1970-01-01");
        assert_eq!(Day::of(-1).folder(), "date=1970-01-01");
        assert_eq!(Day::of(i64::MAX).folder(), "date=2199-12-31");
        assert_eq!(Day::of(1_774_915_200_000_000).folder(), "date=2026-03-31");
        assert_eq!(Day::of(1_774_915_200_000_000 - 1).folder(), "date=2026-03-30");
        for day in [0, 20_544, LAST_DAY] {
            assert_eq!(Day::parse(&Day(day).folder()), Some(Day(day)));
        }
        assert_eq!(Day::parse("date=2026-02-30"), None);
    }

    #[test]
    fn hostile_export_names_become_one_plain_segment() {
        let long = "x".repeat(500);
        for key in [
            "../../etc/passwd",
            "..",
            "",
            "/",
            "a/b\\..\\c",
            ".hidden",
            "\u{202e}\0\n",
            "date=1/..",
            "CON",
            &long,
            "é☃",
        ] {
            let name = part_name(key, ID, 1);
            assert!(!name.starts_with('.') && name.len() < 130, "{key:?} {name}");
            assert!(name.bytes().all(|b| b.is_ascii_alphanumeric() || b"._-".contains(&b)), "{key:?} {name}");
            let path = format!("requests/{}/{name}", Day::of(0).folder());
            assert!(is_part_path("requests", &path), "{key:?} {path}");
        }
    }

    #[test]
    fn part_names_keep_the_readable_part_and_carry_the_identity() {
        let name = part_name("s3://bucket/x/ts-aperture-export-1774972800.cbor.zstd", ID, 1);
        assert_eq!(name, "ts-aperture-export-1774972800-0123456789abcdef.parquet");
        assert_eq!(hash_of_part(&name), Some("0123456789abcdef"));
        assert_eq!(hash_of_part(&part_name("a", ID, 12)), Some("0123456789abcdef"));
        assert_eq!(hash_of_part("notes.parquet"), None);
        assert_eq!(hash_of_part("a-0123456789abcdef.txt"), None);
    }

    #[test]
    fn paths_that_leave_the_lake_are_not_parts() {
        for path in [
            "requests/../x-0123456789abcdef.parquet",
            "/etc/date=2026-01-01/x-0123456789abcdef.parquet",
            "requests/date=2026-01-01/../x-0123456789abcdef.parquet",
            "requests/date=2026-01-01/.x-0123456789abcdef.parquet",
            "messages/date=2026-01-01/x-0123456789abcdef.parquet",
            "requests/date=2026-01-01/x.parquet",
        ] {
            assert!(!is_part_path("requests", path), "{path}");
        }
    }

    #[test]
    fn object_identities_do_not_run_into_each_other() {
        assert_ne!(object_id("s3://a", "b/c"), object_id("s3://a/b", "c"));
        assert_ne!(object_id("ab", "c"), object_id("a", "bc"));
        assert!(is_id(&object_id("s3://a", "b")));
        assert!(!is_id("../../0123456789abcdef"));
    }
}
