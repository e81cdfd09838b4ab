//! The temporary folder of a session, and those that killed processes left.

use std::fs::{self, File};
use std::path::Path;
use std::sync::Once;
use std::time::{Duration, SystemTime};

use tempfile::TempDir;

use super::{Error, disk};

/// Start of the folders' names.
const PREFIX: &str = "lightmeter-";
/// A file in each, locked while its process lives.
const LOCK: &str = ".lightmeter-in-use";
/// Age from which a folder that nobody holds is removed.
const LEFT_AFTER: Duration = Duration::from_secs(24 * 60 * 60);

/// A folder of its own that only the owner may enter, removed when dropped.
#[derive(Debug)]
pub(super) struct Temporary {
    // Dropped first: some systems do not remove a file that is open.
    _lock: File,
    folder: TempDir,
}

impl Temporary {
    /// Creates the folder. The first one of a process also removes what killed processes left beside it.
    pub(super) fn create_in(parent: &Path) -> Result<Self, Error> {
        static SWEPT: Once = Once::new();
        let mut builder = tempfile::Builder::new();
        builder.prefix(PREFIX);
        #[cfg(unix)]
        builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o700));
        let folder = builder.tempdir_in(parent).map_err(Error::io("create a temporary folder in", parent))?;
        let lock = folder.path().join(LOCK);
        let file = disk::private_file().create(true).truncate(false).open(&lock).map_err(Error::io("create", &lock))?;
        // Without it nobody removes the folder, should this process be killed.
        let _ = file.try_lock();
        SWEPT.call_once(|| remove_left(parent, folder.path(), SystemTime::now()));
        Ok(Self { _lock: file, folder })
    }

    pub(super) fn path(&self) -> &Path {
        self.folder.path()
    }
}

/// Removes folders of this user that were last changed a day ago and that no process holds. What cannot be removed stays:
/// it is in nobody's way.
fn remove_left(parent: &Path, own: &Path, now: SystemTime) {
    let Ok(entries) = fs::read_dir(parent) else { return };
    for entry in entries.filter_map(Result::ok) {
        let path = entry.path();
        if entry.file_name().as_encoded_bytes().starts_with(PREFIX.as_bytes())
            && is_left(&path, own, now)
            && let Err(error) = fs::remove_dir_all(&path)
        {
            tracing::debug!("cannot remove {}: {error}", path.display());
        }
    }
}

fn is_left(path: &Path, own: &Path, now: SystemTime) -> bool {
    let (Ok(found), Ok(ours)) = (fs::symlink_metadata(path), fs::symlink_metadata(own)) else { return false };
    let age = found.modified().ok().and_then(|changed| now.duration_since(changed).ok());
    if !found.is_dir() || !has_owner_of(&found, &ours) || age.is_none_or(|age| age < LEFT_AFTER) {
        return false;
    }
    // A folder without the file is not one of these, whatever it is called.
    disk::private_file().open(path.join(LOCK)).is_ok_and(|file| file.try_lock().is_ok())
}

/// Anybody may create folders of that name where temporary files lie.
#[cfg(unix)]
fn has_owner_of(found: &fs::Metadata, ours: &fs::Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;
    found.uid() == ours.uid()
}

/// Elsewhere each user has a temporary folder.
#[cfg(not(unix))]
fn has_owner_of(_: &fs::Metadata, _: &fs::Metadata) -> bool {
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_old_folders_that_nobody_holds_are_removed() {
        let parent = tempfile::tempdir().unwrap();
        let at = |name: &str| parent.path().join(name);
        let own = Temporary::create_in(parent.path()).unwrap();
        let held = Temporary::create_in(parent.path()).unwrap();
        for name in ["lightmeter-killed", "lightmeter-notes", "other-killed"] {
            fs::create_dir(at(name)).unwrap();
            fs::write(at(name).join("view-0.parquet"), "rows").unwrap();
        }
        for name in ["lightmeter-killed", "other-killed"] {
            fs::write(at(name).join(LOCK), "").unwrap();
        }
        let now = SystemTime::now();
        remove_left(parent.path(), own.path(), now);
        assert!(at("lightmeter-killed").exists(), "it is not a day old");
        remove_left(parent.path(), own.path(), now + LEFT_AFTER + Duration::from_secs(60));
        assert!(!at("lightmeter-killed").exists());
        for kept in [own.path(), held.path(), &at("lightmeter-notes"), &at("other-killed")] {
            assert!(kept.exists(), "{}", kept.display());
        }
        let path = own.path().to_owned();
        drop(own);
        assert!(!path.exists());
    }
}
