//! Panics are defects, and what one says may quote what an export holds: only where it happened is told.

use std::any::Any;
use std::cell::Cell;
use std::panic::{self, AssertUnwindSafe, Location};

thread_local! {
    /// Whether the panics of this thread are somebody's own affair.
    static SILENT: Cell<bool> = const { Cell::new(false) };
}

/// Makes panics of the whole process one log line each, in place of what Rust prints.
pub fn guard() {
    panic::set_hook(Box::new(|info| {
        if !SILENT.get() {
            tracing::error!("{}", line(info.payload(), info.location()));
        }
    }));
}

/// Does the work; `None` when it panicked, which [`guard`] has told.
pub fn survived<T>(work: impl FnOnce() -> T) -> Option<T> {
    panic::catch_unwind(AssertUnwindSafe(work)).ok()
}

/// Does work whose panics concern nobody, such as parsing with code that is not ours; `None` when it panicked.
pub fn caught<T>(work: impl FnOnce() -> T) -> Option<T> {
    let before = SILENT.replace(true);
    let result = survived(work);
    SILENT.set(before);
    result
}

fn line(payload: &(dyn Any + Send), location: Option<&Location<'_>>) -> String {
    let place =
        location.map_or_else(|| "an unknown place".to_owned(), |at| format!("{}:{}", file(at.file()), at.line()));
    // A literal is part of the program. Any other text was made while it ran.
    let said = payload.downcast_ref::<&'static str>().map(|said| format!(" ({said})")).unwrap_or_default();
    format!("internal error at {place}{said}: a defect of the program, not of its input")
}

/// The end of a path: folders of the machine that the program was built on concern nobody.
fn file(path: &str) -> &str {
    let mut cuts = path.rmatch_indices(['/', '\\']).map(|(at, _)| at + 1);
    cuts.nth(3).map_or(path, |at| &path[at..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_literals_of_the_program_are_told() {
        let literal: Box<dyn Any + Send> = Box::new("offset overflow");
        let quoting: Box<dyn Any + Send> = Box::new("byte index 3 is not in `hunter2-canary`".to_owned());
        let here = Location::caller();
        assert!(line(&*literal, Some(here)).contains("src/panics.rs:"));
        assert!(line(&*literal, Some(here)).contains("(offset overflow)"));
        assert!(!line(&*quoting, Some(here)).contains("canary"));
        assert!(line(&*quoting, None).contains("an unknown place"));
        assert_eq!(file("/home/x/.cargo/registry/src/index-1/crate-1.0/src/a/b.rs"), "crate-1.0/src/a/b.rs");
        assert_eq!(file("src/a.rs"), "src/a.rs");
    }

    #[test]
    fn work_that_panics_gives_nothing_and_the_next_goes_on() {
        assert_eq!(caught(|| "text".len()), Some(4));
        assert_eq!(
            caught(|| {
                let text = String::from("é");
                text[1..].len()
            }),
            None
        );
        assert!(!SILENT.get());
    }
}
