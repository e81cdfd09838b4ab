//! Earlier reports that the lake remembers: one small file per end of a window, beside the data.
//!
//! What is in the files is the report's business. A file is written under another name and renamed, so a reader sees
//! it whole or not at all; remembering the same end again replaces it.

use std::fs;
use std::io::Read;
use std::path::PathBuf;

use super::{Error, Lake, disk};

/// Largest file that is read.
const MAX_BYTES: u64 = 64 << 20;

impl Lake {
    /// The newest remembered report whose end lies before `end` (microseconds since the epoch). A report of the same
    /// end is the same report, so that a repeated run compares with what its first run compared with.
    ///
    /// # Errors
    /// When the files cannot be read.
    pub fn remembered_before(&self, end: i64) -> Result<Option<Vec<u8>>, Error> {
        let folder = self.memory_folder();
        let names = disk::names(&folder)?;
        let ends = names.iter().filter_map(|name| name.strip_suffix(".json")?.parse::<i64>().ok());
        let Some(newest) = ends.filter(|at| *at < end).max() else { return Ok(None) };
        let path = folder.join(file_name(newest));
        let mut bytes = Vec::new();
        let file = fs::File::open(&path).map_err(Error::io("read", &path))?;
        file.take(MAX_BYTES).read_to_end(&mut bytes).map_err(Error::io("read", &path))?;
        Ok(Some(bytes))
    }

    /// Remembers a report under the end of its window (microseconds since the epoch).
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn remember(&self, end: i64, content: &[u8]) -> Result<(), Error> {
        let folder = self.memory_folder();
        disk::place(&folder, &file_name(end), content)?;
        disk::sync_folder(&folder)
    }

    fn memory_folder(&self) -> PathBuf {
        self.path().join("reports")
    }
}

/// Names sort as the times they stand for.
fn file_name(end: i64) -> String {
    format!("{:020}.json", end.max(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_report_that_ended_earlier_is_remembered() {
        let folder = tempfile::tempdir().unwrap();
        let lake = Lake::open(folder.path().join("lake")).unwrap();
        assert_eq!(lake.remembered_before(i64::MAX).unwrap(), None);
        for (end, text) in [(10, "a"), (30, "c"), (20, "b"), (20, "B")] {
            lake.remember(end, text.as_bytes()).unwrap();
        }
        assert_eq!(lake.remembered_before(30).unwrap().as_deref(), Some(&b"B"[..]));
        assert_eq!(lake.remembered_before(31).unwrap().as_deref(), Some(&b"c"[..]));
        assert_eq!(lake.remembered_before(10).unwrap(), None);
        assert_eq!(disk::names(&lake.memory_folder()).unwrap().len(), 3, "no drafts stay behind");
    }
}
