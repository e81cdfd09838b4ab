//! What the last analyses found, kept beside the data so that it can be shown without finding it again.
//!
//! What is in the files is the business of whoever writes them: a first line about the analysis, then a line per
//! finding. The name of a file holds the hash of its content, so that a changed byte does not pass for a finding. A file
//! is written under another name and renamed, so a reader sees it whole or not at all.

use std::fs;
use std::io::Read;
use std::path::PathBuf;

use sha2::{Digest, Sha256};

use super::{Error, Lake, disk, layout};

/// Analyses that are kept at most; the oldest go first.
const MAX_KEPT: usize = 8;

/// Largest file, in bytes. What would be larger is not kept.
const MAX_BYTES: u64 = 256 << 20;

impl Lake {
    /// Names of the analyses that are kept, the latest first.
    ///
    /// # Errors
    /// When the folder cannot be read.
    pub fn analyses(&self) -> Result<Vec<String>, Error> {
        let mut names: Vec<String> = disk::names(&self.analyses_folder())?;
        names.retain(|name| parsed(name).is_some());
        // Numbers have leading zeros, so names sort as they were written.
        names.reverse();
        Ok(names)
    }

    /// The content of an analysis.
    ///
    /// # Errors
    /// When it cannot be read, or differs from what was written.
    pub fn analysis(&self, name: &str) -> Result<Vec<u8>, Error> {
        let path = self.analyses_folder().join(name);
        let mut bytes = Vec::new();
        let file = fs::File::open(&path).map_err(Error::io("read", &path))?;
        file.take(MAX_BYTES).read_to_end(&mut bytes).map_err(Error::io("read", &path))?;
        match parsed(name) {
            Some((_, hash)) if hash == short_hash(&bytes) => Ok(bytes),
            _ => Err(Error::BadPart { path, reason: "its content differs" }),
        }
    }

    /// Keeps an analysis as the latest one, instead of those that it takes the place of. The same content as that of the
    /// latest one is kept once.
    ///
    /// # Errors
    /// When files cannot be written or removed.
    pub fn keep_analysis(&self, content: &[u8], instead_of: &[String]) -> Result<(), Error> {
        if content.len() as u64 > MAX_BYTES {
            return Ok(());
        }
        let folder = self.analyses_folder();
        let kept = self.analyses()?;
        let hash = short_hash(content);
        let latest = kept.first().and_then(|name| parsed(name));
        if latest.as_ref().is_none_or(|(_, same)| *same != hash) {
            let number = latest.map_or(1, |(number, _)| number + 1);
            disk::place(&folder, &format!("{number:08}-{hash}.jsonl"), content)?;
        }
        for (at, old) in kept.iter().enumerate() {
            let same = parsed(old).is_some_and(|(_, same)| same == hash) && at == 0;
            if !same && (at + 1 >= MAX_KEPT || instead_of.contains(old)) {
                remove(&folder.join(old))?;
            }
        }
        disk::sync_folder(&folder)
    }

    /// Removes all of them.
    ///
    /// # Errors
    /// When a file cannot be removed.
    pub(super) fn forget_analyses(&self) -> Result<(), Error> {
        self.analyses()?.iter().try_for_each(|name| remove(&self.analyses_folder().join(name)))
    }

    fn analyses_folder(&self) -> PathBuf {
        self.path().join("analyses")
    }
}

/// Another process may have removed it before.
fn remove(path: &std::path::Path) -> Result<(), Error> {
    match fs::remove_file(path) {
        Err(e) if e.kind() != std::io::ErrorKind::NotFound => Err(Error::io("remove", path)(e)),
        _ => Ok(()),
    }
}

/// Number and hash in the name of a file.
fn parsed(name: &str) -> Option<(u64, &str)> {
    let (number, hash) = name.strip_suffix(".jsonl")?.split_once('-')?;
    let fits = number.len() == 8 && hash.len() == 16 && layout::is_id(hash);
    number.parse().ok().filter(|_| fits).map(|number| (number, hash))
}

fn short_hash(content: &[u8]) -> String {
    hex::encode(&Sha256::digest(content)[..8])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_latest_analyses_are_kept_and_prove_themselves() {
        let folder = tempfile::tempdir().unwrap();
        let lake = Lake::open(folder.path().join("lake")).unwrap();
        assert!(lake.analyses().unwrap().is_empty());
        for n in 0..20 {
            lake.keep_analysis(format!("{n}\n").as_bytes(), &[]).unwrap();
        }
        let names = lake.analyses().unwrap();
        assert_eq!(names.len(), MAX_KEPT);
        assert_eq!(lake.analysis(&names[0]).unwrap(), b"19\n");
        lake.keep_analysis(b"19\n", &names).unwrap();
        assert_eq!(lake.analyses().unwrap(), names[..1], "the same again, instead of all others");
        lake.keep_analysis(b"20\n", &names).unwrap();
        let names = lake.analyses().unwrap();
        assert_eq!(names.len(), 1);
        fs::write(lake.analyses_folder().join(&names[0]), b"30\n").unwrap();
        assert!(matches!(lake.analysis(&names[0]), Err(Error::BadPart { .. })));
        // What a killed process left is removed by the next one; what somebody is writing is not.
        let (left, held) = (lake.analyses_folder().join(".1.jsonl.1"), lake.analyses_folder().join(".2.jsonl.2"));
        fs::write(&left, "half").unwrap();
        let writing = fs::File::create(&held).unwrap();
        writing.lock().unwrap();
        lake.keep_analysis(b"21\n", &[]).unwrap();
        assert!(!left.exists() && held.exists());
        lake.forget_analyses().unwrap();
        assert!(lake.analyses().unwrap().is_empty());
    }
}
