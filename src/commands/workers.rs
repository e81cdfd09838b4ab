//! Carrying out a plan: downloads and conversions side by side, each kind bounded.
//!
//! There are more threads than conversions at a time. A thread asks for its object, waits for the server's answer, and
//! then for its turn to convert. While it waits for bytes it lets another one have its turn, so that the processors do not
//! wait for the network; the few buffers of a transfer hold the network back while the processors are busy. What is
//! converted gives its turn back before it waits for the disk, so that commits come together and share that wait.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;

use super::convert::{ConvertError, Converted, Settings, convert, keep_only};
use super::plan::{Job, Task};
use super::stop::Stop;
use crate::acquire::{Budget, Nature, Object, Waiting};
use crate::lake::{Committed, Writer};
use crate::progress::Progress;

/// Times that an export is read from its start when its transfer fails in a way that may pass. Sources repeat requests
/// and resume broken transfers themselves; this is for what shows only at the end, such as a checksum that does not
/// agree, or an object that changed after it was listed.
const ATTEMPTS: u32 = 3;

/// Pauses between attempts are random up to a limit that doubles from here.
const FIRST_PAUSE: Duration = Duration::from_millis(500);

/// Times that exports are read from their start again in the whole run; each that is done gives one back.
const AGAIN: u32 = 50;

/// Threads per conversion: objects that are asked for ahead or wait for the disk, so that the round trips of many small
/// ones overlap.
const AHEAD: usize = 8;

/// Exports per conversion that are begun and not finished. It bounds memory; those above one wait for the network.
const BEGUN: usize = 2;

/// What became of a job; `None` when the run ended before it.
pub(super) type Done = Option<Result<Committed, ConvertError>>;

/// Everything that the workers share.
pub(super) struct Workers<'w> {
    pub(super) writer: &'w Writer,
    pub(super) settings: Settings<'w>,
    pub(super) progress: &'w Progress,
    pub(super) stop: &'w Stop,
    /// Exports converted at the same time.
    pub(super) conversions: usize,
}

impl Workers<'_> {
    /// Carries out the jobs, in their order as far as they are started. A lake or a folder for originals that cannot
    /// be written ends the work, and so does the user.
    pub(super) fn run(&self, jobs: &[Job<'_>]) -> Vec<Done> {
        let next = AtomicUsize::new(0);
        let hopeless = AtomicBool::new(false);
        let limits = Limits::new(self.conversions.max(1));
        let results = Mutex::new(Vec::new());
        lock(&results).resize_with(jobs.len(), || None);
        std::thread::scope(|scope| {
            for _ in 0..(self.conversions.max(1) * AHEAD).min(jobs.len()) {
                scope.spawn(|| {
                    while !hopeless.load(Ordering::Relaxed) && self.stop.requested().is_none() {
                        let index = next.fetch_add(1, Ordering::Relaxed);
                        let Some(job) = jobs.get(index) else { break };
                        let result = self.carry_out(job, &limits);
                        if result.as_ref().is_err_and(ConvertError::concerns_all) {
                            hopeless.store(true, Ordering::Relaxed);
                        }
                        if self.stop.requested().is_some()
                            && result.as_ref().is_err_and(|e| e.nature() == Nature::Stopped)
                        {
                            break;
                        }
                        self.progress.object_done();
                        lock(&results)[index] = Some(result);
                    }
                });
            }
        });
        results.into_inner().unwrap_or_else(PoisonError::into_inner)
    }

    fn carry_out(&self, job: &Job<'_>, limits: &Limits) -> Result<Committed, ConvertError> {
        let mut object = job.object.clone().into_owned();
        let mut pause = FIRST_PAUSE;
        for attempt in 1.. {
            let error = match self.attempt(job, &object, limits) {
                Ok(done) => {
                    limits.again.earn();
                    return Ok(done);
                }
                Err(error) => error,
            };
            if attempt == ATTEMPTS || self.stop.requested().is_some() {
                return Err(error);
            }
            match error.nature() {
                Nature::Lasting | Nature::Stopped => return Err(error),
                Nature::Passing | Nature::Changed if !limits.again.spend() => return Err(error),
                Nature::Passing => {
                    self.stop.pause(pause.mul_f64(fastrand::f64()));
                    pause *= 2;
                }
                Nature::Changed => match job.source.look_again(&object)? {
                    Some(now) => object = Object { export_key: object.export_key, ..now },
                    None => return Err(error),
                },
            }
        }
        Err(ConvertError::Read("no attempt was made".to_owned()))
    }

    fn attempt(&self, job: &Job<'_>, object: &Object, limits: &Limits) -> Result<Committed, ConvertError> {
        let mut opened = job.source.open(object)?;
        let transfer = opened.handle();
        let begun = Turn::take(&limits.begun);
        let turn = Arc::new(Turn::take(&limits.running));
        opened.tell(Arc::clone(&turn) as _);
        let converted = match &job.task {
            Task::Convert => convert(opened, object, &job.identity, self.writer, self.settings, self.progress),
            Task::Keep { sha256 } => keep_only(opened, object, sha256, self.settings, self.progress),
        };
        // From here on it holds no memory and waits for the disk.
        drop((turn, begun));
        let result = converted.and_then(Converted::commit);
        if result.is_err() {
            // Read again, or not at all: it does not count twice.
            self.progress.take_back(transfer.state().bytes);
        }
        result
    }
}

/// What bounds a run.
struct Limits {
    /// Exports that are being converted.
    running: Arc<Turns>,
    /// Exports that are being converted or wait for the network in the middle of it.
    begun: Arc<Turns>,
    again: Budget,
}

impl Limits {
    fn new(conversions: usize) -> Self {
        let (running, begun) = (Turns::new(conversions), Turns::new(conversions * BEGUN));
        Self { running: Arc::new(running), begun: Arc::new(begun), again: Budget::new(AGAIN) }
    }
}

/// A limit on how many threads do something at a time.
struct Turns {
    free: Mutex<usize>,
    freed: Condvar,
}

impl Turns {
    fn new(free: usize) -> Self {
        Self { free: Mutex::new(free), freed: Condvar::new() }
    }

    fn take(&self) {
        let free = lock(&self.free);
        let mut free = self.freed.wait_while(free, |free| *free == 0).unwrap_or_else(PoisonError::into_inner);
        *free -= 1;
    }

    fn give_back(&self) {
        *lock(&self.free) += 1;
        self.freed.notify_one();
    }
}

/// The right to go on, given back when dropped, and meanwhile while its thread waits for bytes.
struct Turn {
    turns: Arc<Turns>,
    lent: AtomicBool,
}

impl Turn {
    fn take(turns: &Arc<Turns>) -> Self {
        turns.take();
        Self { turns: Arc::clone(turns), lent: AtomicBool::new(false) }
    }
}

impl Waiting for Turn {
    fn begins(&self) {
        if !self.lent.swap(true, Ordering::AcqRel) {
            self.turns.give_back();
        }
    }

    fn ends(&self) {
        if self.lent.load(Ordering::Acquire) {
            self.turns.take();
            self.lent.store(false, Ordering::Release);
        }
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        if !self.lent.load(Ordering::Acquire) {
            self.turns.give_back();
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_more_threads_than_allowed_have_a_turn() {
        let turns = Arc::new(Turns::new(2));
        let (now, most) = (AtomicUsize::new(0), AtomicUsize::new(0));
        let busy = || {
            most.fetch_max(now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
            std::thread::yield_now();
            now.fetch_sub(1, Ordering::SeqCst);
        };
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    for _ in 0..50 {
                        let turn = Turn::take(&turns);
                        busy();
                        turn.begins();
                        std::thread::yield_now();
                        turn.ends();
                        busy();
                    }
                });
            }
        });
        assert!((1..=2).contains(&most.into_inner()));
        assert_eq!(*lock(&turns.free), 2);
    }

    #[test]
    fn whoever_waits_for_bytes_lets_another_one_go_on() {
        let turns = Arc::new(Turns::new(1));
        let waiting = Turn::take(&turns);
        waiting.begins();
        drop(Turn::take(&turns));
        waiting.ends();
        assert_eq!(*lock(&turns.free), 0);
        waiting.begins();
        drop(waiting);
        assert_eq!(*lock(&turns.free), 1);
    }
}
