//! One writer at a time, and cleaning up after one that did not finish.

use std::fs::{self, File, TryLockError};
use std::io::{Read, Write};
use std::path::Path;

use super::known::Known;
use super::layout::{self, Layout};
use super::{Error, disk, merged};

/// The exclusive right to write, held while this value lives. The system releases it when the process dies.
#[derive(Debug)]
pub(super) struct Lock {
    _file: File,
}

impl Lock {
    /// Takes the lock of the writer or says who holds it.
    pub(super) fn take(layout: &Layout) -> Result<Self, Error> {
        Self::at(&layout.lock()).map_err(|e| match e {
            Error::Busy { holder, .. } => Error::Locked { path: layout.root().to_owned(), holder },
            other => other,
        })
    }

    /// Takes a lock or says who holds it.
    pub(super) fn at(path: &Path) -> Result<Self, Error> {
        let mut file = disk::private_file()
            .read(true)
            .create(true)
            .truncate(false)
            .open(path)
            .map_err(Error::io("open the lock", path))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                return Err(Error::Busy { what: "it is locked", path: path.to_owned(), holder: holder(&mut file) });
            }
            Err(TryLockError::Error(e)) => return Err(Error::io("lock", path)(e)),
        }
        // The number only serves the message to others.
        let pid = std::process::id().to_string();
        file.set_len(0).and_then(|()| file.write_all(pid.as_bytes())).map_err(Error::io("write the lock", path))?;
        Ok(Self { _file: file })
    }
}

/// Who holds the lock, as far as the lock file tells. Where locked files cannot be read, nobody knows.
fn holder(file: &mut File) -> String {
    let mut text = String::new();
    let read = file.take(20).read_to_string(&mut text);
    match (read, text.trim().parse::<u32>()) {
        (Ok(_), Ok(pid)) => format!("process {pid}"),
        _ => "another process".to_owned(),
    }
}

/// Removes what an interrupted writer left: staging folders, and parts that no ledger entry names. Merged files lose the
/// rows of exports that were replaced.
///
/// Only files with the name of a part, in a folder of a table, are touched. Parts of a damaged entry stay: the entry
/// may be all that is wrong.
pub(super) fn recover(layout: &Layout) -> Result<(), Error> {
    let staging = layout.staging();
    for name in disk::names(&staging)? {
        let path = staging.join(name);
        fs::remove_dir_all(&path).map_err(Error::io("remove", &path))?;
    }
    let known = Known::read(layout)?;
    let mut removed = 0_u64;
    for table in disk::names(&layout.data())?.into_iter().filter(|t| layout::is_table(t) && layout.part(t).is_dir()) {
        for date in disk::names(&layout.part(&table))?.into_iter().filter(|d| layout::is_partition(d)) {
            for name in disk::names(&layout.part(&table).join(&date))? {
                let Some(hash) = layout::hash_of_part(&name) else { continue };
                let path = format!("{table}/{date}/{name}");
                if known.is_garbage(&path, &date, hash) {
                    let path = layout.part(&path);
                    fs::remove_file(&path).map_err(Error::io("remove", &path))?;
                    removed += 1;
                }
            }
        }
    }
    if removed > 0 {
        tracing::info!(parts = removed, "removed what an interrupted run left behind");
    }
    let folder = staging.join("settle");
    disk::create_folder(&folder)?;
    if let Err(error) = merged::settle(layout, &known, &folder) {
        // Readers are right without it, and a full disk must not keep anybody from making room.
        tracing::warn!("merged files still hold replaced rows: {error}");
    }
    let _ = fs::remove_dir_all(&folder);
    Ok(())
}
