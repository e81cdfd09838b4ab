//! Removing whole days of old data.
//!
//! One small file, `v1/pruned.json`, names the first day that the lake holds. It appears in one step, and with it all
//! earlier days are gone for every reader; their files are removed afterwards, if need be by the next writer. The ledger
//! entries stay, so an export of those days is known and not pulled again; should it be converted anew, its old rows
//! are left out.

use std::fs;
use std::io::{self, Write};
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::layout::{self, Day, Layout};
use super::seal::{seal, unseal_or_plain};
use super::{Error, Lake, Ledger, Part, disk, lock};

/// What the file says.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Marker {
    /// First day that stays, `YYYY-MM-DD`.
    first_day: String,
}

/// What a pruning did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Pruned {
    /// Files that went.
    pub parts: u64,
    /// Their rows.
    pub rows: u64,
    /// Their size in bytes.
    pub bytes: u64,
}

/// The first day that the lake holds, as the name of a partition; the marker is absent while nothing was pruned.
pub(super) fn first_day(layout: &Layout) -> Result<Option<String>, Error> {
    let path = layout.pruned();
    let bytes = match fs::read(&path) {
        Ok(bytes) => bytes,
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(e) => return Err(Error::io("read", &path)(e)),
    };
    let damaged = |reason| Error::BadMarker { path: path.clone(), reason };
    let marker: Marker = unseal_or_plain(&bytes).map_err(damaged)?;
    marker.first_day.parse::<jiff::civil::Date>().map_err(|_| damaged("it names no day".to_owned()))?;
    Ok(Some(format!("date={}", marker.first_day)))
}

/// Whether a part lies on a day that stays.
pub(super) fn stays(part: &Part, first_day: Option<&str>) -> bool {
    let day = part.path.split('/').nth(1).unwrap_or_default();
    first_day.is_none_or(|first| day >= first)
}

impl Lake {
    /// Removes all days before that of a moment. Days that were removed before stay removed.
    ///
    /// # Errors
    /// [`Error::Locked`] while another process writes; otherwise when files cannot be written or removed.
    pub fn prune(&self, before: i64) -> Result<Pruned, Error> {
        let layout = &self.layout;
        let old = match first_day(layout) {
            // What it said is lost; what is asked for now is known. Nobody can write before it is gone.
            Err(Error::BadMarker { path, .. }) => {
                fs::remove_file(&path).map_err(Error::io("remove", &path))?;
                None
            }
            old => old?,
        };
        let writer = self.writer()?;
        // Sorts as text, like the days.
        let first = Day::of(before).folder();
        if old.is_some_and(|old| old >= first) {
            return Ok(Pruned::default());
        }
        let mut pruned = Pruned::default();
        for file in self.ledger()?.files().iter().filter(|file| !stays(file.part, Some(&first))) {
            pruned.parts += 1;
            pruned.rows += file.rows();
            pruned.bytes += file.part.bytes;
        }
        let day = first.strip_prefix("date=").unwrap_or(&first).to_owned();
        write(&layout.pruned(), &layout.data(), &Marker { first_day: day })?;
        lock::recover(layout)?;
        // What was found in the days that go is to go with them.
        self.forget_analyses()?;
        let is_folder = |name: &str| layout::is_table(name) && layout.part(name).is_dir();
        for table in disk::names(&layout.data())?.iter().filter(|t| is_folder(t)) {
            for day in disk::names(&layout.part(table))?.iter().filter(|d| layout::is_partition(d) && **d < first) {
                // What is not empty holds something that is not ours.
                let _ = fs::remove_dir(layout.part(&format!("{table}/{day}")));
            }
        }
        drop(writer);
        Ok(pruned)
    }

    /// First microsecond of the first day that the lake holds; none while nothing was pruned.
    ///
    /// # Errors
    /// When the marker cannot be read.
    pub fn pruned_before(&self) -> Result<Option<i64>, Error> {
        let day = first_day(&self.layout)?;
        let date =
            day.as_deref().and_then(|d| d.strip_prefix("date=")).and_then(|d| d.parse::<jiff::civil::Date>().ok());
        let start = date.and_then(|d| d.to_zoned(jiff::tz::TimeZone::UTC).ok());
        Ok(start.map(|z| z.timestamp().as_microsecond()))
    }
}

/// Leaves out of a ledger what was pruned.
pub(super) fn apply(ledger: &mut Ledger, layout: &Layout) -> Result<(), Error> {
    if let Some(first) = first_day(layout)? {
        for entry in &mut ledger.entries {
            entry.parts.retain(|part| stays(part, Some(&first)));
        }
    }
    Ok(())
}

fn write(path: &Path, folder: &Path, marker: &Marker) -> Result<(), Error> {
    let json = seal(marker)?;
    let draft = path.with_extension("new");
    let mut file =
        disk::private_file().create(true).truncate(true).open(&draft).map_err(Error::io("create", &draft))?;
    file.write_all(&json).and_then(|()| file.sync_all()).map_err(Error::io("write", &draft))?;
    drop(file);
    fs::rename(&draft, path).map_err(Error::io("replace", path))?;
    disk::sync_folder(folder)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn part(path: &str) -> Part {
        Part {
            table: "requests".to_owned(),
            path: path.to_owned(),
            rows: 1,
            bytes: 1,
            sha256: String::new(),
            first_time: 0,
            last_time: 0,
        }
    }

    #[test]
    fn the_first_day_stays_and_earlier_ones_go() {
        for (path, expected) in [
            ("requests/date=2026-03-09/x-0123456789abcdef.parquet", false),
            ("requests/date=2026-03-10/x-0123456789abcdef.parquet", true),
            ("requests/date=2027-01-01/x-0123456789abcdef.parquet", true),
        ] {
            assert_eq!(stays(&part(path), Some("date=2026-03-10")), expected, "{path}");
            assert!(stays(&part(path), None));
        }
    }

    #[test]
    fn days_that_went_do_not_come_back() {
        let folder = tempfile::tempdir().unwrap();
        let lake = Lake::open(folder.path().join("lake")).unwrap();
        let day = 86_400_000_000;
        assert_eq!(lake.pruned_before().unwrap(), None);
        lake.prune(10 * day + 5).unwrap();
        assert_eq!(lake.pruned_before().unwrap(), Some(10 * day));
        // A clock that jumped back asks for less.
        lake.prune(3 * day).unwrap();
        assert_eq!(lake.pruned_before().unwrap(), Some(10 * day));
        let whole = fs::read(lake.layout.pruned()).unwrap();
        for at in 0..whole.len() {
            for bit in 0..8 {
                let mut bytes = whole.clone();
                bytes[at] ^= 1 << bit;
                fs::write(lake.layout.pruned(), bytes).unwrap();
                assert!(matches!(lake.ledger(), Err(Error::BadMarker { .. })), "bit {bit} of byte {at}");
            }
        }
        lake.prune(10 * day).unwrap();
        assert_eq!(lake.pruned_before().unwrap(), Some(10 * day), "written anew");
        fs::write(lake.layout.pruned(), r#"{"first_day":"1970-01-09"}"#).unwrap();
        assert_eq!(lake.pruned_before().unwrap(), Some(8 * day), "as earlier versions wrote it");
    }
}
