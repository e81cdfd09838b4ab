//! Panics under a driver that takes each of them for a finding: those of code that is not ours, which the program
//! catches, are none.

use std::cell::Cell;
use std::panic::{self, AssertUnwindSafe};
use std::sync::Once;

thread_local! {
    static SILENT: Cell<bool> = const { Cell::new(false) };
}

static HOOK: Once = Once::new();

/// Does work whose panics concern nobody; `None` when it panicked.
pub fn caught<T>(work: impl FnOnce() -> T) -> Option<T> {
    HOOK.call_once(|| {
        // The driver's own, which ends the process.
        let finding = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            if !SILENT.get() {
                finding(info);
            }
        }));
    });
    let before = SILENT.replace(true);
    let result = panic::catch_unwind(AssertUnwindSafe(work)).ok();
    SILENT.set(before);
    result
}
