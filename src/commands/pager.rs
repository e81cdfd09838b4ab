//! Long text in a terminal goes through the user's pager, as with other tools; in a pipe nothing stands between.

use std::io::{self, IsTerminal as _, Write};
use std::process::{Child, Command, Stdio};

use super::output;
use crate::error::Error;

/// Writes to the pager when standard output is a terminal, else to standard output.
///
/// # Errors
/// When it cannot be written.
pub(super) fn write(content: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<(), Error> {
    let Some(mut pager) = io::stdout().is_terminal().then(start).flatten() else {
        return output::write(None, content);
    };
    let written = match pager.stdin.take() {
        Some(stdin) => {
            let mut out = io::BufWriter::new(stdin);
            content(&mut out).and_then(|()| out.flush())
        }
        None => Ok(()),
    };
    let waited = pager.wait();
    match written.and(waited.map(|_| ())) {
        // Whoever leaves the pager has read enough.
        Err(e) if e.kind() != io::ErrorKind::BrokenPipe => Err(Error::Output { to: "the pager".to_owned(), source: e }),
        _ => Ok(()),
    }
}

/// The user's pager, else less; none where neither can be started or the user wants none (`PAGER=` or `cat`).
fn start() -> Option<Child> {
    let wanted = std::env::var("PAGER").unwrap_or_else(|_| "less".to_owned());
    let mut words = wanted.split_whitespace();
    let program = words.next().filter(|p| *p != "cat")?;
    let mut command = Command::new(program);
    command.args(words).stdin(Stdio::piped());
    if std::env::var_os("LESS").is_none() {
        // Short output stays on the screen.
        command.env("LESS", "FX");
    }
    command.spawn().ok()
}
