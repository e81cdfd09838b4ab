//! Keeping the original objects as evidence, beside their hashes.
//!
//! Each object becomes `<name>-<first 16 digits of its hash>.cbor.zstd` with a `.sha256` file beside it that
//! `sha256sum -c` reads. The same content under the same name is stored once, so repeating a run adds nothing.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::{Error, Object, Opened, TransferHandle, object_key};
use crate::text;

/// Longest part of an object's name that becomes part of a file name, in bytes.
const NAME_LIMIT: usize = 100;

/// Digits of the hash that become part of a file name.
const HASH_DIGITS: usize = 16;

const LOCK: &str = ".lightmeter-lock";
const DRAFT: &str = ".lightmeter-draft-";

/// A folder in which originals are kept. One process keeps at a time.
#[derive(Debug, Clone)]
pub struct Keep {
    folder: PathBuf,
    next: Arc<AtomicU64>,
    _lock: Option<Arc<File>>,
}

impl Keep {
    /// Keeps originals in a folder, which is created for the user alone when it is not there. What a killed run left
    /// unfinished is removed.
    ///
    /// # Errors
    /// When the folder cannot be created or written, or another process keeps originals in it.
    pub fn new(folder: impl Into<PathBuf>) -> Result<Self, Error> {
        let folder = folder.into();
        let failed = |source| Error::Keep { folder: text::place(&folder.to_string_lossy()), source };
        let mut builder = fs::DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(&folder).map_err(failed)?;
        let lock = private().create(true).truncate(false).open(folder.join(LOCK)).map_err(failed)?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(fs::TryLockError::WouldBlock) => {
                return Err(Error::KeepLocked { folder: text::place(&folder.to_string_lossy()) });
            }
            Err(fs::TryLockError::Error(error)) => return Err(failed(error)),
        }
        for entry in fs::read_dir(&folder).map_err(failed)? {
            let entry = entry.map_err(failed)?;
            if entry.file_name().as_encoded_bytes().starts_with(DRAFT.as_bytes()) {
                fs::remove_file(entry.path()).map_err(failed)?;
            }
        }
        Ok(Self { folder, next: Arc::default(), _lock: Some(Arc::new(lock)) })
    }

    /// Looks at a folder of originals, which need not be there, without becoming its keeper: nothing is written.
    #[must_use]
    pub fn look(folder: impl Into<PathBuf>) -> Self {
        Self { folder: folder.into(), next: Arc::default(), _lock: None }
    }

    /// Whether the folder holds content with this hash (64 hex digits) under the name of this export.
    #[must_use]
    pub fn holds(&self, export_key: &str, sha256: &str) -> bool {
        let name = file_name(export_key, sha256);
        self.folder.join(sums_name(&name)).is_file() && self.folder.join(name).is_file()
    }

    /// Wraps an opened object so that what is read is also stored. Nothing stays unless [`Complete::store`] is called.
    ///
    /// # Errors
    /// When no file can be created in the folder.
    pub fn tee(&self, object: &Object, opened: Opened) -> Result<Kept, Error> {
        let draft = self.folder.join(format!("{DRAFT}{}", self.next.fetch_add(1, Ordering::Relaxed)));
        let file = private().create_new(true).open(&draft).map_err(|e| self.failed(e))?;
        let draft = Draft(draft);
        Ok(Kept { opened, file, draft, keep: self.clone(), export_key: object.export_key.clone(), failed: None })
    }

    fn failed(&self, source: io::Error) -> Error {
        Error::Keep { folder: text::place(&self.folder.to_string_lossy()), source }
    }

    /// Gives the file and the file with its hash their names; the hash comes last and says that the file is whole.
    fn place(&self, file: &File, draft: &Draft, export_key: &str, sha256: &str) -> io::Result<PathBuf> {
        file.sync_all()?;
        let name = file_name(export_key, sha256);
        let path = self.folder.join(&name);
        fs::rename(&draft.0, &path)?;
        let sums = Draft(self.folder.join(format!("{DRAFT}{}", self.next.fetch_add(1, Ordering::Relaxed))));
        let mut file = private().create_new(true).open(&sums.0)?;
        file.write_all(format!("{sha256}  {name}\n").as_bytes())?;
        file.sync_all()?;
        fs::rename(&sums.0, self.folder.join(sums_name(&name)))?;
        if cfg!(unix) {
            File::open(&self.folder)?.sync_all()?;
        }
        Ok(path)
    }
}

/// An object that is stored while it is read.
pub struct Kept {
    opened: Opened,
    file: File,
    draft: Draft,
    keep: Keep,
    export_key: String,
    /// Why writing failed; reading fails from then on.
    failed: Option<(io::ErrorKind, Option<i32>)>,
}

impl Kept {
    /// A handle on the transfer.
    #[must_use]
    pub fn handle(&self) -> TransferHandle {
        self.opened.handle()
    }

    /// Reads what is left.
    ///
    /// # Errors
    /// When the source fails before its end, or the file could not be written ([`Error::Keep`]); then nothing is kept.
    pub fn finish(mut self) -> io::Result<Complete> {
        io::copy(&mut self, &mut io::sink())?;
        match self.handle().state().sha256 {
            Some(sha256) => Ok(Complete { kept: self, sha256 }),
            None => Err(io::ErrorKind::UnexpectedEof.into()),
        }
    }

    fn write_error(&self) -> Option<io::Error> {
        let (kind, code) = self.failed?;
        let source = code.map_or_else(|| kind.into(), io::Error::from_raw_os_error);
        Some(io::Error::other(self.keep.failed(source)))
    }
}

impl Read for Kept {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if let Some(error) = self.write_error() {
            return Err(error);
        }
        let read = self.opened.read(buffer)?;
        if let Err(error) = self.file.write_all(&buffer[..read]) {
            self.failed = Some((error.kind(), error.raw_os_error()));
            return Err(self.write_error().unwrap_or(error));
        }
        Ok(read)
    }
}

/// An object that was read to its end and waits for its name.
pub struct Complete {
    kept: Kept,
    sha256: String,
}

impl Complete {
    /// Gives the file its final name, which is the result.
    ///
    /// # Errors
    /// When files cannot be written or renamed.
    pub fn store(self) -> Result<PathBuf, Error> {
        let Self { kept, sha256 } = self;
        kept.keep.place(&kept.file, &kept.draft, &kept.export_key, &sha256).map_err(|e| kept.keep.failed(e))
    }
}

fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

fn file_name(export_key: &str, sha256: &str) -> String {
    format!("{}-{}{}", clean(export_key), sha256.get(..HASH_DIGITS).unwrap_or(sha256), object_key::SUFFIX)
}

fn sums_name(name: &str) -> String {
    format!("{name}.sha256")
}

/// A file that goes away unless it was renamed.
struct Draft(PathBuf);

impl Drop for Draft {
    fn drop(&mut self) {
        // After a rename there is nothing left to remove.
        let _ = fs::remove_file(&self.0);
    }
}

/// The last part of a key as part of a file name: letters, digits, `-`, `_` and single dots inside.
fn clean(key: &str) -> String {
    let name = Path::new(key).file_name().map(|n| n.to_string_lossy()).unwrap_or_default();
    let name = name.strip_suffix(object_key::SUFFIX).unwrap_or(&name);
    let plain = |c: char| if c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.') { c } else { '_' };
    let name: String = name.chars().map(plain).take(NAME_LIMIT).collect();
    let name = name.trim_matches('.').replace("..", "_");
    if name.is_empty() { "export".to_owned() } else { name }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::acquire::{DirSource, Source};
    use crate::window::Window;

    fn names(folder: &Path) -> Vec<String> {
        let mut names: Vec<_> =
            fs::read_dir(folder).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
        names.retain(|name| name != LOCK);
        names.sort();
        names
    }

    const HASH: &str = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

    #[test]
    fn a_folder_has_one_keeper_who_removes_what_a_killed_one_left() {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join(format!("{DRAFT}7")), "half").unwrap();
        fs::write(dir.path().join("notes.txt"), "").unwrap();
        let first = Keep::new(dir.path()).unwrap();
        assert_eq!(names(dir.path()), ["notes.txt"]);
        assert!(matches!(Keep::new(dir.path()), Err(Error::KeepLocked { .. })));
        assert!(!Keep::look(dir.path()).holds("a.cbor.zstd", HASH), "looking needs no lock");
        drop(first);
        Keep::new(dir.path()).unwrap();
        let error = Keep::new(dir.path().join("notes.txt/raw")).unwrap_err();
        assert!(matches!(error, Error::Keep { .. }) && error.help().is_some(), "{error}");
    }

    #[test]
    fn an_object_read_in_part_is_kept_whole_with_its_hash_and_only_once() {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("a.cbor.zstd"), "abc").unwrap();
        let source = DirSource::new(dir.path().join("a.cbor.zstd"));
        let object = source.list(&Window::default()).unwrap().objects.remove(0);
        let folder = dir.path().join("evidence/raw");
        let keep = Keep::new(&folder).unwrap();
        for _ in 0..2 {
            let mut kept = keep.tee(&object, source.open(&object).unwrap()).unwrap();
            kept.read_exact(&mut [0; 1]).unwrap();
            let path = kept.finish().unwrap().store().unwrap();
            assert!(keep.holds(&object.export_key, HASH) && !keep.holds("b.cbor.zstd", HASH));
            assert_eq!(fs::read(&path).unwrap(), b"abc");
            assert_eq!(names(&folder), ["a-ba7816bf8f01cfea.cbor.zstd", "a-ba7816bf8f01cfea.cbor.zstd.sha256"]);
        }
        let sums = fs::read_to_string(folder.join("a-ba7816bf8f01cfea.cbor.zstd.sha256")).unwrap();
        assert_eq!(sums, format!("{HASH}  a-ba7816bf8f01cfea.cbor.zstd\n"));
    }

    #[test]
    fn an_object_that_could_not_be_read_leaves_nothing() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("a.cbor.zstd");
        fs::write(&file, "abc").unwrap();
        let source = DirSource::new(&file);
        let object = source.list(&Window::default()).unwrap().objects.remove(0);
        fs::write(&file, "abcd").unwrap();
        let folder = dir.path().join("raw");
        let kept = Keep::new(&folder).unwrap().tee(&object, source.open(&object).unwrap()).unwrap();
        assert!(kept.finish().is_err());
        assert_eq!(names(&folder), [""; 0]);
    }

    #[test]
    fn keys_cannot_choose_where_they_are_kept() {
        assert_eq!(clean("s3://b/team/ts-aperture-export-1782318290.cbor.zstd"), "ts-aperture-export-1782318290");
        assert_eq!(clean("s3://b/..\\..\\x\u{0}\n.cbor.zstd"), "___x__");
        for hostile in ["..", "../..", "", ".cbor.zstd", "a/....cbor.zstd", "s3://b/"] {
            let name = clean(hostile);
            assert!(!name.contains('/') && !name.starts_with('.') && !name.is_empty(), "{hostile}: {name}");
        }
        assert!(clean(&"x".repeat(5_000)).len() <= NAME_LIMIT);
    }
}
