//! Whether the files of the lake are what was written, and answers without those that are not.
//!
//! A changed byte does not always keep a file from being read: a small part is not compressed, and then a text or a
//! number is simply another. Only the hash tells, so whoever draws conclusions from the lake compares it first.

use std::panic::resume_unwind;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use super::{DataFile, Error, Lake, Ledger, Part};

/// Threads that compare files; beyond that the disk is what is waited for.
const THREADS: usize = 4;

/// A file of the lake that is not what the ledger says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DamagedFile {
    /// The file.
    pub part: Part,
    /// What is wrong, and how its rows come back. Without content.
    pub reason: String,
}

impl Lake {
    /// Compares every file that the ledger names with its size and hash; those that differ, in the order of the ledger.
    #[must_use]
    pub fn damaged_files(&self, ledger: &Ledger) -> Vec<DamagedFile> {
        let files = ledger.files();
        let next = AtomicUsize::new(0);
        let compare = || {
            let mut wrong = Vec::new();
            loop {
                let at = next.fetch_add(1, Ordering::Relaxed);
                let Some(file) = files.get(at) else { return wrong };
                if let Err(error) = self.verify(file.part) {
                    wrong.push((at, self.damage(ledger, file, &error)));
                }
            }
        };
        let threads = thread::available_parallelism().map_or(1, usize::from).min(THREADS).min(files.len());
        let mut wrong = thread::scope(|scope| {
            let others: Vec<_> = (1..threads).map(|_| scope.spawn(compare)).collect();
            let mut wrong = compare();
            // A thread that failed has compared nothing: that must not pass for files that are sound.
            let found =
                |other: thread::ScopedJoinHandle<'_, _>| other.join().unwrap_or_else(|panic| resume_unwind(panic));
            wrong.extend(others.into_iter().flat_map(found));
            wrong
        });
        wrong.sort_by_key(|(at, _)| *at);
        wrong.into_iter().map(|(_, file)| file).collect()
    }

    /// Leaves out of the ledger what [`Lake::damaged_files`] finds: better to miss rows, and to say so, than to tell
    /// what nobody wrote.
    pub fn leave_out_damaged(&self, ledger: &mut Ledger) {
        ledger.left_out = self.damaged_files(ledger);
    }

    fn damage(&self, ledger: &Ledger, file: &DataFile<'_>, error: &Error) -> DamagedFile {
        let exports = ledger.exports_in(file);
        let more = match exports.len() {
            0 | 1 => String::new(),
            n => format!(" and {} more", n - 1),
        };
        let first = exports.first().copied().unwrap_or_default();
        // A pull notices what is missing or has another size, and does not read the rest.
        let what = if self.holds(file.part) { "remove it, and the next pull" } else { "the next pull" };
        // Whoever tells it names the file; where the lake lies is nothing that a report may depend on.
        let error = match error {
            Error::BadPart { reason, .. } => (*reason).to_owned(),
            Error::Io { action, source, .. } => format!("cannot {action} it: {source}"),
            other => other.to_string(),
        };
        let reason = format!("{error}; {what} brings back the rows of {first}{more}, if found there");
        DamagedFile { part: file.part.clone(), reason }
    }
}
