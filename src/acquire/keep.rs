//! Keeping the original objects as evidence, beside their hashes.
//!
//! Each object becomes `<name>-<first 16 digits of its hash>.cbor.zstd` with a `.sha256` file beside it that
//! `sha256sum -c` reads. The same content under the same name is stored once, so repeating a run adds nothing.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use super::{Error, Object, Opened, TransferHandle, object_key};

/// Longest part of an object's name that becomes part of a file name, in bytes.
const NAME_LIMIT: usize = 100;

/// A folder in which originals are kept.
#[derive(Debug, Clone)]
pub struct Keep {
    folder: PathBuf,
}

impl Keep {
    /// Keeps originals in a folder, which is created for the user alone when it is not there.
    ///
    /// # Errors
    /// When the folder cannot be created.
    pub fn new(folder: impl Into<PathBuf>) -> Result<Self, Error> {
        let folder = folder.into();
        let mut builder = fs::DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(&folder).map_err(|e| Error::at(&folder, e))?;
        Ok(Self { folder })
    }

    /// Wraps an opened object so that what is read is also stored. Nothing stays unless [`Kept::store`] is called.
    ///
    /// # Errors
    /// When no file can be created in the folder.
    pub fn tee(&self, object: &Object, opened: Opened) -> Result<Kept, Error> {
        let name = clean(&object.export_key);
        for attempt in 0..1_000 {
            let temporary = self.folder.join(format!(".{name}.{}.{attempt}.tmp", std::process::id()));
            let mut options = OpenOptions::new();
            options.write(true).create_new(true);
            #[cfg(unix)]
            std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
            match options.open(&temporary) {
                Ok(file) => {
                    return Ok(Kept {
                        opened,
                        file,
                        temporary: Temporary(temporary),
                        folder: self.folder.clone(),
                        name,
                    });
                }
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(Error::at(&self.folder, error)),
            }
        }
        Err(Error::at(&self.folder, io::Error::from(io::ErrorKind::AlreadyExists)))
    }
}

/// An object that is stored while it is read.
pub struct Kept {
    opened: Opened,
    file: File,
    temporary: Temporary,
    folder: PathBuf,
    name: String,
}

impl Kept {
    /// A handle on the transfer.
    #[must_use]
    pub fn handle(&self) -> TransferHandle {
        self.opened.handle()
    }

    /// Reads what is left and gives the file its final name. The result is that name.
    ///
    /// # Errors
    /// When the source fails before its end or the file cannot be written; then nothing is kept.
    pub fn store(mut self) -> io::Result<PathBuf> {
        io::copy(&mut self, &mut io::sink())?;
        let Some(sha256) = self.opened.handle().state().sha256 else {
            return Err(io::Error::from(io::ErrorKind::UnexpectedEof));
        };
        self.file.sync_all()?;
        let file_name = format!("{}-{}{}", self.name, &sha256[..16], object_key::SUFFIX);
        let path = self.folder.join(&file_name);
        fs::rename(&self.temporary.0, &path)?;
        let sums = self.folder.join(format!("{file_name}.sha256"));
        fs::write(sums, format!("{sha256}  {file_name}\n"))?;
        Ok(path)
    }
}

impl Read for Kept {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.opened.read(buffer)?;
        self.file.write_all(&buffer[..read])?;
        Ok(read)
    }
}

/// A file that goes away unless it was renamed.
struct Temporary(PathBuf);

impl Drop for Temporary {
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
        names.sort();
        names
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
            let path = kept.store().unwrap();
            assert_eq!(fs::read(&path).unwrap(), b"abc");
            assert_eq!(names(&folder), ["a-ba7816bf8f01cfea.cbor.zstd", "a-ba7816bf8f01cfea.cbor.zstd.sha256"]);
        }
        let sums = fs::read_to_string(folder.join("a-ba7816bf8f01cfea.cbor.zstd.sha256")).unwrap();
        let hash = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(sums, format!("{hash}  a-ba7816bf8f01cfea.cbor.zstd\n"));
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
        assert!(kept.store().is_err());
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
