//! Where results go: standard output, or a file that appears whole or not at all.

use std::fs::File;
use std::io::{self, Write};
use std::path::Path;

use crate::error::Error;

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
    let mut file = tempfile::Builder::new().prefix(".lightmeter-").tempfile_in(folder).map_err(failed)?;
    content(file.as_file_mut()).map_err(failed)?;
    file.persist(path).map_err(|e| failed(e.error))?;
    Ok(())
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
