//! Small files that a run keeps beside the data: what was exported to whom, and who is at work.
//!
//! ```text
//! <lake>/exports/<name>.json    account of what was exported
//! <lake>/exports/<name>.lock    held while an export for that account runs
//! <lake>/run.lock               held while an unattended run is at work
//! ```

use std::fs;
use std::io::Write;
use std::path::PathBuf;

use super::lock::Lock;
use super::{Error, Lake, disk};

/// Largest account that is read, in bytes.
const MAX_BYTES: u64 = 1 << 30;

/// The right to run or to export, held while this value lives.
#[derive(Debug)]
pub struct Held(#[allow(dead_code, reason = "held, not read")] Lock);

impl Lake {
    /// Becomes the one unattended run over the lake.
    ///
    /// # Errors
    /// [`Error::Busy`] while another one is at work.
    pub fn run_lock(&self) -> Result<Held, Error> {
        let lock = Lock::at(&self.path().join("run.lock"));
        lock.map(Held).map_err(|e| e.or_busy("another run is at work on the lake", self.path()))
    }

    /// Becomes the one export for an account. The name is made of `a-z`, `0-9`, `-` and `_`.
    ///
    /// # Errors
    /// [`Error::Busy`] while another export for it runs; otherwise when the folder cannot be written.
    pub fn account_lock(&self, name: &str) -> Result<Held, Error> {
        disk::create_folder(&self.accounts())?;
        let path = self.accounts().join(format!("{name}.lock"));
        Lock::at(&path).map(Held).map_err(|e| e.or_busy("another export for the same consumer is at work", self.path()))
    }

    /// Path of an account.
    #[must_use]
    pub fn account_path(&self, name: &str) -> PathBuf {
        self.accounts().join(format!("{name}.json"))
    }

    /// Names of all accounts, sorted.
    ///
    /// # Errors
    /// When the folder cannot be read.
    pub fn account_names(&self) -> Result<Vec<String>, Error> {
        let names = disk::names(&self.accounts())?;
        Ok(names.iter().filter_map(|n| n.strip_suffix(".json")).map(str::to_owned).collect())
    }

    /// Reads an account; `None` when there is none yet.
    ///
    /// # Errors
    /// When it is there and cannot be read.
    pub fn read_account(&self, name: &str) -> Result<Option<Vec<u8>>, Error> {
        let path = self.account_path(name);
        match fs::metadata(&path) {
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(e) => return Err(Error::io("read", &path)(e)),
            Ok(metadata) if metadata.len() > MAX_BYTES => {
                return Err(Error::Damaged { path, reason: "too large".to_owned() });
            }
            Ok(_) => {}
        }
        fs::read(&path).map(Some).map_err(Error::io("read", &path))
    }

    /// Replaces an account in one step; after it returns, the new one is on the disk.
    ///
    /// # Errors
    /// When it cannot be written; the old account is then unharmed.
    pub fn write_account(&self, name: &str, bytes: &[u8]) -> Result<(), Error> {
        disk::create_folder(&self.accounts())?;
        let path = self.account_path(name);
        let draft = self.accounts().join(format!(".{name}.new"));
        let mut file =
            disk::private_file().create(true).truncate(true).open(&draft).map_err(Error::io("create", &draft))?;
        file.write_all(bytes).and_then(|()| file.sync_all()).map_err(Error::io("write", &draft))?;
        drop(file);
        fs::rename(&draft, &path).map_err(Error::io("replace", &path))?;
        disk::sync_folder(&self.accounts())
    }

    fn accounts(&self) -> PathBuf {
        self.path().join("exports")
    }
}
