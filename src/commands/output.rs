//! Where results go: standard output, or a file that appears whole or not at all.

use std::fs::File;
use std::io::{self, Write};
use std::path::Path;

use crate::error::Error;

/// Start of the temporary names of files that are being written.
const DRAFT: &str = ".lightmeter-";

/// Writes to the file, or to standard output when none is named.
///
/// A file is written under a temporary name beside its place and renamed, so that a reader never sees half of it.
///
/// # Errors
/// When it cannot be written.
pub fn write(to: Option<&Path>, content: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<(), Error> {
    let Some(path) = to else {
        let mut pipe = Pipe { out: io::stdout().lock(), closed: false };
        let mut out = io::BufWriter::new(&mut pipe);
        let written = content(&mut out).and_then(|()| out.flush());
        // Nothing of what is still buffered can be written to a closed pipe.
        let _ = out.into_parts();
        let written = if pipe.closed { Err(io::ErrorKind::BrokenPipe.into()) } else { written };
        return written.map_err(|source| Error::Output { to: "standard output".to_owned(), source });
    };
    write_file(path, |file| {
        let mut out = io::BufWriter::new(file);
        content(&mut out).and_then(|()| out.flush())
    })
}

/// Writes a file of its own, which appears whole or not at all.
///
/// # Errors
/// When it cannot be written.
pub(super) fn write_file(path: &Path, content: impl FnOnce(&mut File) -> io::Result<()>) -> Result<(), Error> {
    let failed =
        |source| Error::Output { to: crate::text::one_line(&path.to_string_lossy(), 200).into_owned(), source };
    let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    // Readable by its owner only: a report names people and what they did.
    let mut file = tempfile::Builder::new().prefix(&draft_of(path)).tempfile_in(folder).map_err(failed)?;
    content(file.as_file_mut()).map_err(failed)?;
    // A name that is in place must not turn out to be empty after a power cut.
    file.as_file().sync_all().map_err(failed)?;
    file.persist(path).map_err(|e| failed(e.error))?;
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
    let folder = file.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    if !file.is_file() {
        return Ok(());
    }
    let last = numbered(folder, start, end)?.pop();
    let number = last.and_then(|name| name[start.len()..name.len() - end.len()].parse::<u64>().ok()).unwrap_or(0);
    let target = folder.join(format!("{start}{:08}{end}", number + 1));
    let copied = std::fs::hard_link(file, &target).or_else(|_| std::fs::copy(file, &target).map(drop));
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
    let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    remove_named(folder, &draft_of(path))
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
mod tests {
    use super::*;

    #[test]
    fn old_reports_go_by_age_or_by_count_and_nothing_else_goes() {
        let folder = tempfile::tempdir().unwrap();
        let report = folder.path().join("report.md");
        let names = || {
            let mut names: Vec<String> = std::fs::read_dir(folder.path())
                .unwrap()
                .map(|entry| entry.unwrap().file_name().into_string().unwrap())
                .collect();
            names.sort();
            names
        };
        let at = |seconds| std::time::UNIX_EPOCH + std::time::Duration::from_secs(seconds);
        for seconds in [100, 200, 300, 400] {
            set_aside(&report, "report-", ".md").unwrap();
            write(Some(&report), |out| write!(out, "{seconds}")).unwrap();
            File::options().write(true).open(&report).unwrap().set_modified(at(seconds)).unwrap();
        }
        std::fs::write(folder.path().join("report-notes.md"), "somebody's own").unwrap();
        let numbered = |numbers: &[u32]| {
            let mut names: Vec<String> = numbers.iter().map(|n| format!("report-{n:08}.md")).collect();
            names.extend(["report-notes.md", "report.md"].map(str::to_owned));
            names
        };
        assert_eq!(names(), numbered(&[1, 2, 3]));
        rotate_older(folder.path(), "report-", ".md", 200_000_000).unwrap();
        assert_eq!(names(), numbered(&[2, 3]));
        rotate(folder.path(), "report-", ".md", 1).unwrap();
        assert_eq!(names(), numbered(&[3]));
        assert_eq!(std::fs::read_to_string(folder.path().join("report-00000003.md")).unwrap(), "300");
        // The next one does not take a number that was used.
        set_aside(&report, "report-", ".md").unwrap();
        assert_eq!(names(), numbered(&[3, 4]));
    }
}
