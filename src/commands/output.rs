//! Where results go: standard output, or a file that appears whole or not at all.

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
        let mut out = io::BufWriter::new(io::stdout().lock());
        let written = content(&mut out).and_then(|()| out.flush());
        return written.map_err(|source| Error::Output { to: "standard output".to_owned(), source });
    };
    let failed =
        |source| Error::Output { to: crate::text::one_line(&path.to_string_lossy(), 200).into_owned(), source };
    let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut file = tempfile::Builder::new().prefix(".lightmeter-").tempfile_in(folder).map_err(failed)?;
    let mut out = io::BufWriter::new(file.as_file_mut());
    content(&mut out).and_then(|()| out.flush()).map_err(failed)?;
    drop(out);
    file.persist(path).map_err(|e| failed(e.error))?;
    Ok(())
}
