//! Where results go: standard output, or a file that appears whole or not at all.

use std::fs::File;
use std::io::{self, Write};
use std::path::Path;

use super::target::{Target, folder_of};
use crate::error::Error;

/// Start of the temporary names of files that are being written.
const DRAFT: &str = ".lightmeter-";

/// Writes to the file, or to standard output when none is named.
///
/// A file is written under a temporary name beside its place and renamed, so that a reader never sees half of it. What
/// is no file, such as a device or a pipe, is written to as it is.
///
/// # Errors
/// When it cannot be written.
pub fn write(to: Option<&Path>, content: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<(), Error> {
    let target = match to {
        Some(path) => Target::of(path).map_err(|source| failed(path, source))?,
        None => Target::Stdout,
    };
    let shown = to.filter(|_| target != Target::Stdout).unwrap_or(Path::new("standard output"));
    match &target {
        Target::Stdout => to_stream(shown, io::stdout().lock(), content),
        Target::Direct(path) => {
            let stream = Target::open_direct(path).map_err(|source| failed(shown, source))?;
            to_stream(shown, stream, content)
        }
        Target::File(path) => replace(path, |file| {
            let mut out = io::BufWriter::new(file);
            content(&mut out).and_then(|()| out.flush())
        })
        .map_err(|source| failed(shown, source)),
    }
}

/// Writes to what takes bytes one after the other.
fn to_stream(
    shown: &Path,
    stream: impl Write,
    content: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> Result<(), Error> {
    let mut pipe = Pipe { out: stream, closed: false };
    let mut out = io::BufWriter::new(&mut pipe);
    let written = content(&mut out).and_then(|()| out.flush());
    // Nothing of what is still buffered can be written to a closed pipe.
    let _ = out.into_parts();
    let written = if pipe.closed { Err(io::ErrorKind::BrokenPipe.into()) } else { written };
    written.map_err(|source| failed(shown, source))
}

/// Writes a file of its own, which appears whole or not at all; what is no file is written to as it is.
///
/// # Errors
/// When it cannot be written.
pub(super) fn write_file(path: &Path, content: impl FnOnce(&mut File) -> io::Result<()>) -> Result<(), Error> {
    let written = Target::of(path).and_then(|target| match target {
        Target::File(place) => replace(&place, content),
        Target::Direct(place) => Target::open_direct(&place).and_then(|mut file| content(&mut file)),
        Target::Stdout => stdout_file().and_then(|mut file| content(&mut file)),
    });
    written.map_err(|source| failed(path, source))
}

/// Standard output as a file that shares its position, so that what the caller writes there later comes after it.
#[cfg(unix)]
fn stdout_file() -> io::Result<File> {
    std::os::fd::AsFd::as_fd(&io::stdout()).try_clone_to_owned().map(File::from)
}

/// No other system gives standard output a name among the files.
#[cfg(not(unix))]
fn stdout_file() -> io::Result<File> {
    Err(io::ErrorKind::Unsupported.into())
}

/// Puts a new file in a place at once.
fn replace(place: &Path, content: impl FnOnce(&mut File) -> io::Result<()>) -> io::Result<()> {
    // Readable by its owner only: a report names people and what they did.
    let mut file = tempfile::Builder::new().prefix(&draft_of(place)).tempfile_in(folder_of(place))?;
    content(file.as_file_mut())?;
    // A name that is in place must not turn out to be empty after a power cut.
    file.as_file().sync_all()?;
    file.persist(place).map_err(|e| e.error)?;
    Ok(())
}

/// Creates a folder for results, readable by its owner only; an existing one is left as it is.
///
/// # Errors
/// When it cannot be created.
pub fn create_folder(path: &Path) -> Result<(), Error> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path).map_err(|source| failed(path, source))
}

/// Creates a folder that others may look into; an existing one is left as it is.
///
/// # Errors
/// When it cannot be created.
pub(super) fn create_shared_folder(path: &Path) -> Result<(), Error> {
    if path.as_os_str().is_empty() || path.is_dir() {
        return Ok(());
    }
    create_folder(path)?;
    #[cfg(unix)]
    {
        let mode = std::os::unix::fs::PermissionsExt::from_mode(0o755);
        std::fs::set_permissions(path, mode).map_err(|source| failed(path, source))?;
    }
    Ok(())
}

/// Removes all but the last `keep` files, by name, that are called `<start><digits><end>`.
///
/// # Errors
/// When the folder cannot be read or a file cannot be removed.
pub fn rotate(folder: &Path, start: &str, end: &str, keep: usize) -> Result<(), Error> {
    let names = numbered(folder, start, end)?;
    for name in names.iter().rev().skip(keep) {
        std::fs::remove_file(folder.join(name)).map_err(|source| failed(&folder.join(name), source))?;
    }
    Ok(())
}

/// Like [`rotate`], for files that were last written before a moment, in microseconds since the epoch. A file from the
/// future stays: the clock that it was written by may have been wrong.
///
/// # Errors
/// As [`rotate`].
pub fn rotate_older(folder: &Path, start: &str, end: &str, oldest: i64) -> Result<(), Error> {
    for name in numbered(folder, start, end)? {
        let path = folder.join(name);
        let written = std::fs::metadata(&path).and_then(|m| m.modified()).map_err(|source| failed(&path, source))?;
        let since = written.duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
        if i64::try_from(since.as_micros()).is_ok_and(|written| written < oldest) {
            std::fs::remove_file(&path).map_err(|source| failed(&path, source))?;
        }
    }
    Ok(())
}

/// Gives a file the next number, `<start><8 digits><end>` beside it, before it is replaced; an absent file has none.
/// The file itself stays in place until then.
///
/// # Errors
/// When it cannot be copied.
pub fn set_aside(file: &Path, start: &str, end: &str) -> Result<(), Error> {
    let folder = folder_of(file);
    if !file.is_file() {
        return Ok(());
    }
    let last = numbered(folder, start, end)?.pop();
    let number = last.and_then(|name| name[start.len()..name.len() - end.len()].parse::<u64>().ok()).unwrap_or(0);
    let target = folder.join(format!("{start}{:08}{end}", number + 1));
    // A second name of a symbolic link would show the next content, too.
    let linked = std::fs::canonicalize(file).and_then(|file| std::fs::hard_link(file, &target));
    let copied = linked.or_else(|_| std::fs::copy(file, &target).map(drop));
    copied.map_err(|source| failed(&target, source))
}

/// Start of the temporary names of a file.
fn draft_of(path: &Path) -> String {
    let name: String = path.file_name().unwrap_or_default().to_string_lossy().chars().take(50).collect();
    format!("{DRAFT}{name}-")
}

/// Removes what an interrupted run left of a file under temporary names.
///
/// # Errors
/// When the folder cannot be read or a file cannot be removed.
pub fn remove_drafts_of(path: &Path) -> Result<(), Error> {
    match Target::of(path).map_err(|source| failed(path, source))? {
        Target::File(place) => remove_named(folder_of(&place), &draft_of(&place)),
        Target::Stdout | Target::Direct(_) => Ok(()),
    }
}

/// Removes what an interrupted run left in a folder under temporary names.
///
/// # Errors
/// When the folder cannot be read or a file cannot be removed.
pub fn remove_drafts(folder: &Path) -> Result<(), Error> {
    remove_named(folder, DRAFT)
}

fn remove_named(folder: &Path, start: &str) -> Result<(), Error> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Ok(()) };
    for entry in entries.filter_map(Result::ok) {
        let name = entry.file_name();
        if name.to_string_lossy().starts_with(start) && entry.file_type().is_ok_and(|t| t.is_file()) {
            std::fs::remove_file(entry.path()).map_err(|source| failed(&entry.path(), source))?;
        }
    }
    Ok(())
}

/// Names of the files `<start><digits><end>` in a folder, sorted.
fn numbered(folder: &Path, start: &str, end: &str) -> Result<Vec<String>, Error> {
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(source) => return Err(failed(folder, source)),
    };
    let is_ours = |name: &str| {
        let number = name.strip_prefix(start).and_then(|rest| rest.strip_suffix(end));
        number.is_some_and(|n| !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit()))
    };
    let mut names: Vec<String> =
        entries.filter_map(|e| e.ok()?.file_name().into_string().ok()).filter(|name| is_ours(name)).collect();
    names.sort_unstable();
    Ok(names)
}

fn failed(path: &Path, source: io::Error) -> Error {
    Error::Output { to: crate::text::one_line(&path.to_string_lossy(), 200).into_owned(), source }
}

/// Remembers that the reader has gone: writers of formats turn such errors into texts.
struct Pipe<W> {
    out: W,
    closed: bool,
}

impl<W: Write> Pipe<W> {
    fn noted<T>(&mut self, result: io::Result<T>) -> io::Result<T> {
        self.closed |= result.as_ref().is_err_and(|e| e.kind() == io::ErrorKind::BrokenPipe);
        result
    }
}

impl<W: Write> Write for Pipe<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.out.write(bytes);
        self.noted(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        let flushed = self.out.flush();
        self.noted(flushed)
    }
}

#[cfg(test)]
mod tests;
