//! One after the other: a verdict is added to what the file holds, so two commands that read it at once would lose one.

use std::ffi::OsString;
use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::super::target::{Target, folder_of};
use crate::error::Error;
use crate::text;

/// How long a command waits for those before it. Each takes seconds, on a large lake a minute.
const PATIENCE: Duration = Duration::from_secs(600);
/// Pause between two looks at whether it is its turn.
const PAUSE: Duration = Duration::from_millis(50);

/// The right to replace a reviews file, held while this value lives. The system releases it when the process dies.
///
/// It is a lock on a file of its own beside it, because the reviews file is another one after each verdict.
#[derive(Debug)]
pub(super) struct Turn(Option<(PathBuf, File)>);

impl Turn {
    /// Waits for the turn.
    ///
    /// # Errors
    /// When the file's folder cannot be written, or others do not come to an end.
    pub(super) async fn wait(reviews: &Path) -> Result<Self, Error> {
        Self::wait_for(reviews, PATIENCE).await
    }

    async fn wait_for(reviews: &Path, patience: Duration) -> Result<Self, Error> {
        let shown = || text::one_line(&reviews.to_string_lossy(), 200).into_owned();
        let failed = |source| Error::Output { to: shown(), source };
        // What is no file keeps no verdicts that could be lost.
        let Target::File(file) = Target::of(reviews).map_err(failed)? else { return Ok(Self(None)) };
        let path = beside(&file);
        let start = tokio::time::Instant::now();
        while start.elapsed() < patience {
            match attempt(&path).map_err(failed)? {
                Attempt::Ours(lock) => return Ok(Self(Some((path, lock)))),
                Attempt::Impossible => return Ok(Self(None)),
                Attempt::Theirs => tokio::time::sleep(PAUSE).await,
            }
        }
        Err(Error::ReviewsBusy(shown()))
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        if let Self(Some((path, _))) = self {
            // While the lock is held: whoever waits for this file then sees that it is gone, and begins anew.
            let _ = fs::remove_file(path);
        }
    }
}

/// Name of the lock. It does not begin as drafts do, which other commands remove.
fn beside(file: &Path) -> PathBuf {
    let mut name = file.file_name().map_or_else(OsString::new, OsString::from);
    name.push(".lock");
    folder_of(file).join(name)
}

enum Attempt {
    Ours(File),
    Theirs,
    /// The file system knows no locks; a verdict is worth more than the order of two.
    Impossible,
}

fn attempt(path: &Path) -> io::Result<Attempt> {
    let file = File::options().read(true).write(true).create(true).truncate(false).open(path)?;
    match file.try_lock() {
        Ok(()) if is_at(&file, path) => Ok(Attempt::Ours(file)),
        Ok(()) | Err(TryLockError::WouldBlock) => Ok(Attempt::Theirs),
        Err(TryLockError::Error(error)) => {
            tracing::warn!("the reviews file cannot be locked, so a command beside this one may undo it: {error}");
            Ok(Attempt::Impossible)
        }
    }
}

/// Whether the path still names the file: the one before may have removed it after it was opened here.
#[cfg(unix)]
fn is_at(file: &File, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    let identity = |found: &fs::Metadata| (found.dev(), found.ino());
    matches!((&file.metadata(), &fs::metadata(path)), (Ok(a), Ok(b)) if identity(a) == identity(b))
}

/// Elsewhere a file that somebody has open keeps its name.
#[cfg(not(unix))]
fn is_at(_: &File, path: &Path) -> bool {
    path.exists()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn one_has_the_turn_and_nothing_is_left_of_it() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("reviews.toml");
        let short = Duration::from_millis(120);
        let first = Turn::wait(&file).await.unwrap();
        let error = Turn::wait_for(&file, short).await.unwrap_err();
        assert!(error.is_busy() && error.to_string().contains("reviews.toml"), "{error}");
        drop(first);
        drop(Turn::wait_for(&file, short).await.unwrap());
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
        // What a killed command left is in nobody's way.
        fs::write(beside(&file), "").unwrap();
        drop(Turn::wait_for(&file, short).await.unwrap());
        #[cfg(unix)]
        drop(Turn::wait(Path::new("/dev/null")).await.unwrap());
        assert!(Turn::wait(&folder.path().join("absent/reviews.toml")).await.is_err());
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn what_is_read_and_replaced_in_turn_is_not_lost() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("count");
        fs::write(&file, "0").unwrap();
        let add = |file: PathBuf| async move {
            let _turn = Turn::wait(&file).await.unwrap();
            let count: u32 = fs::read_to_string(&file).unwrap().parse().unwrap();
            tokio::time::sleep(Duration::from_millis(5)).await;
            fs::write(&file, (count + 1).to_string()).unwrap();
        };
        let all: Vec<_> = (0..8).map(|_| tokio::spawn(add(file.clone()))).collect();
        for one in all {
            one.await.unwrap();
        }
        assert_eq!(fs::read_to_string(&file).unwrap(), "8");
    }
}
