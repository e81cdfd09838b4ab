//! A folder of exports, or one file.

use std::collections::BTreeSet;
use std::fs::{self, File, Metadata};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use super::{
    Body, Error, Identity, Known, Listing, Object, Opened, Origin, Sha256Read, Skipped, Source, identity, object_key,
};
use crate::text;
use crate::window::Window;

/// A folder with all folders below it, or a single file.
///
/// In a folder, exports are told by their name, hidden entries are left alone, and symbolic links are followed only
/// to places inside the folder. A file that was named itself is read whatever its name.
#[derive(Debug)]
pub struct DirSource {
    path: PathBuf,
}

impl DirSource {
    /// A source at a path; nothing is looked at yet.
    #[must_use]
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into() }
    }
}

impl Source for DirSource {
    fn name(&self) -> String {
        self.path.to_string_lossy().into_owned()
    }

    fn list(&self, window: &Window) -> Result<Listing, Error> {
        let metadata = fs::metadata(&self.path).map_err(|e| Error::at(&self.path, e))?;
        let mut walk = Walk { window, listing: Listing::default() };
        if metadata.is_file() {
            walk.file(self.path.clone(), &metadata, None);
        } else if metadata.is_dir() {
            walk.folder(&self.path)?;
        } else {
            return Err(Error::NotAFile { path: text::place(&self.name()) });
        }
        walk.listing.sort();
        Ok(walk.listing)
    }

    fn identify(&self, object: &Object, ended: &dyn Fn() -> bool) -> Result<Identity, Error> {
        let mut opened = self.open(object)?;
        let mut buffer = vec![0; 128 * 1024];
        loop {
            match opened.read(&mut buffer) {
                Ok(0) => break,
                Ok(_) if ended() => return Err(Error::Stopped),
                Ok(_) => {}
                Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                Err(e) => {
                    return Err(match Error::from_io(&e) {
                        Some(Error::FileChanged { path }) => Error::FileChanged { path: path.clone() },
                        _ => Error::at(file_of(object), e),
                    });
                }
            }
        }
        let sha256 = opened.handle().state().sha256.unwrap_or_default();
        Ok(Identity { ledger_id: identity(&["file", &sha256]), sha256: Some(sha256) })
    }

    fn open(&self, object: &Object) -> Result<Opened, Error> {
        let path = file_of(object);
        // Looked at before opening, because opening a pipe would wait for a writer.
        if !fs::metadata(path).map_err(|e| Error::at(path, e))?.is_file() {
            return Err(Error::NotAFile { path: text::place(&path.to_string_lossy()) });
        }
        let file = File::open(path).map_err(|e| Error::at(path, e))?;
        let reader = UnchangedFile { file, object: object.clone() };
        Ok(Sha256Read::new(Box::new(reader)))
    }

    /// A path is shown unless its name, or a folder on the way, keeps it out; what lies behind a link may be missed.
    fn would_list(&self, known: Known<'_>, window: &Window) -> bool {
        let (Some(path), Ok(root)) = (known.path.map(Path::new), std::path::absolute(&self.path)) else { return false };
        let Ok(below) = path.strip_prefix(&root) else { return false };
        let name = path.file_name().map(|n| n.to_string_lossy()).unwrap_or_default();
        let named = object_key::parse(&name).is_some_and(|export| !object_key::is_before(export.time, window));
        named && !below.iter().any(|part| part.as_encoded_bytes().first() == Some(&b'.'))
    }
}

/// The path of an object of this source; of any other it has none.
fn file_of(object: &Object) -> &Path {
    match &object.origin {
        Origin::File { path } => path,
        Origin::S3 { .. } => Path::new(""),
    }
}

/// A file that fails at its end when it is no longer what was listed: a file still being written would otherwise look
/// like a damaged export.
struct UnchangedFile {
    file: File,
    object: Object,
}

impl Read for UnchangedFile {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.file.read(buffer)?;
        if read == 0 && !buffer.is_empty() {
            let now = self.file.metadata()?;
            if now.len() != self.object.size || modified(&now) != self.object.modified {
                let path = text::place(&file_of(&self.object).to_string_lossy());
                return Err(io::Error::other(Error::FileChanged { path }));
            }
        }
        Ok(read)
    }
}

impl Body for UnchangedFile {}

struct Walk<'a> {
    window: &'a Window,
    listing: Listing,
}

impl Walk<'_> {
    /// Walks without recursion, so that deep nesting costs no stack. Links wait until the real entries are known: a
    /// link to something already seen adds nothing.
    fn folder(&mut self, root: &Path) -> Result<(), Error> {
        let real_root = fs::canonicalize(root).map_err(|e| Error::at(root, e))?;
        let mut seen = BTreeSet::from([real_root.clone()]);
        let mut links = BTreeSet::new();
        self.tree(root, &mut seen, &mut links).map_err(|e| Error::at(root, e))?;
        while let Some(link) = links.pop_first() {
            let target = match fs::canonicalize(&link) {
                Ok(target) if target.starts_with(&real_root) => target,
                Ok(_) => {
                    self.skip(&link, "a symbolic link that leads out of the folder");
                    continue;
                }
                Err(error) => {
                    self.skip(&link, &format!("a symbolic link that leads nowhere: {error}"));
                    continue;
                }
            };
            match fs::metadata(&target) {
                Ok(metadata) if metadata.is_dir() && seen.insert(target) => {
                    if let Err(error) = self.tree(&link, &mut seen, &mut links) {
                        self.skip(&link, &error.to_string());
                    }
                }
                Ok(metadata) if metadata.is_file() && seen.insert(fs::canonicalize(&link).unwrap_or_default()) => {
                    self.named(link, &metadata);
                }
                Ok(_) => {}
                Err(error) => self.skip(&link, &error.to_string()),
            }
        }
        Ok(())
    }

    /// Takes in a folder and all real folders below it; fails only when the folder itself cannot be read.
    fn tree(&mut self, top: &Path, seen: &mut BTreeSet<PathBuf>, links: &mut BTreeSet<PathBuf>) -> io::Result<()> {
        let mut waiting = vec![top.to_owned()];
        let mut first = true;
        while let Some(folder) = waiting.pop() {
            let entries = match fs::read_dir(&folder) {
                Ok(entries) => entries,
                Err(error) if first => return Err(error),
                Err(error) => {
                    self.skip(&folder, &error.to_string());
                    continue;
                }
            };
            first = false;
            for entry in entries {
                let entry = match entry {
                    Ok(entry) => entry,
                    Err(error) => {
                        self.skip(&folder, &error.to_string());
                        break;
                    }
                };
                if entry.file_name().as_encoded_bytes().first() == Some(&b'.') {
                    continue;
                }
                let path = entry.path();
                match entry.file_type() {
                    Ok(kind) if kind.is_symlink() => drop(links.insert(path)),
                    Ok(kind) if kind.is_dir() => {
                        if fs::canonicalize(&path).map_or(true, |real| seen.insert(real)) {
                            waiting.push(path);
                        }
                    }
                    Ok(_) => match entry.metadata() {
                        Ok(metadata) => {
                            if fs::canonicalize(&path).map_or(true, |real| seen.insert(real)) {
                                self.named(path, &metadata);
                            }
                        }
                        Err(error) => self.skip(&path, &error.to_string()),
                    },
                    Err(error) => self.skip(&path, &error.to_string()),
                }
            }
        }
        Ok(())
    }

    /// Takes in an entry if its name says that it is an export.
    fn named(&mut self, path: PathBuf, metadata: &Metadata) {
        let name = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
        match object_key::parse(&name) {
            None => self.listing.ignored += 1,
            Some(_) if !metadata.is_file() => self.skip(&path, "not a regular file"),
            Some(export) if object_key::is_before(export.time, self.window) => self.listing.before_window += 1,
            Some(export) => self.file(path, metadata, export.time),
        }
    }

    fn file(&mut self, path: PathBuf, metadata: &Metadata, key_time: Option<i64>) {
        let export_key = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
        self.listing.objects.push(Object {
            export_key,
            size: metadata.len(),
            etag: None,
            modified: modified(metadata),
            key_time,
            origin: Origin::File { path },
        });
    }

    fn skip(&mut self, path: &Path, reason: &str) {
        let location = path.to_string_lossy().into_owned();
        self.listing.skipped.push(Skipped { location, reason: reason.to_owned() });
    }
}

fn modified(metadata: &Metadata) -> Option<i64> {
    let time = metadata.modified().ok()?;
    let micros = match time.duration_since(UNIX_EPOCH) {
        Ok(after) => i64::try_from(after.as_micros()).ok()?,
        Err(before) => -i64::try_from(before.duration().as_micros()).ok()?,
    };
    Some(micros)
}

#[cfg(test)]
mod tests;
