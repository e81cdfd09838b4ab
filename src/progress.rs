//! How far a run is, on standard error: a live line on a terminal, a plain line every ten seconds elsewhere, nothing
//! when asked to be quiet or when the work is done sooner.
//!
//! Worker threads count into it; it never slows them down by more than an atomic addition and, ten times a second at
//! most, a line. A thread of its own shows the state also while nothing moves, so that a run that waits for the network
//! does not look dead.

use std::io::{self, IsTerminal, Read, Write};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use indicatif::{HumanBytes, HumanCount, ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::text;

/// Time between plain lines.
const INTERVAL: Duration = Duration::from_secs(10);

/// When a line is due once the work is finished.
const FINISHED: u64 = u64::MAX;

/// Longest object name shown, in characters.
const NAME_LIMIT: usize = 60;

/// The live line, while there is one: whoever else writes to standard error has to put it aside.
static LIVE: Mutex<Option<ProgressBar>> = Mutex::new(None);

fn live() -> MutexGuard<'static, Option<ProgressBar>> {
    LIVE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Writes something to standard error without tearing the live line apart.
pub fn beside<T>(write: impl FnOnce() -> T) -> T {
    let bar = live().clone();
    match bar {
        Some(bar) => bar.suspend(write),
        None => write(),
    }
}

/// A run's progress; clones count together.
#[derive(Clone)]
pub struct Progress(Arc<Inner>);

struct Inner {
    started: Instant,
    /// Milliseconds since the start at which the work itself began, what came before being no measure of its speed.
    began: AtomicU64,
    expected_objects: AtomicU64,
    expected_bytes: AtomicU64,
    objects: AtomicU64,
    bytes: AtomicU64,
    decompressed: AtomicU64,
    records: AtomicU64,
    /// Milliseconds since the start at which the next line is due.
    due: AtomicU64,
    /// What the run does before it knows how much there is to do.
    preparing: Mutex<Option<String>>,
    output: Output,
}

enum Output {
    Silent,
    Bar(ProgressBar),
    Lines { to: Mutex<Box<dyn Write + Send>>, every: Duration },
}

impl Progress {
    /// Progress on standard error, in the form that suits it.
    #[must_use]
    pub fn stderr(quiet: bool) -> Self {
        let progress = if quiet {
            Self::new(Output::Silent)
        } else if io::stderr().is_terminal() {
            let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr_with_hz(10));
            if let Ok(style) = ProgressStyle::with_template("{spinner} {wide_msg}") {
                bar.set_style(style);
            }
            *live() = Some(bar.clone());
            Self::new(Output::Bar(bar))
        } else {
            Self::lines(Box::new(io::stderr()), INTERVAL)
        };
        progress.keep_showing();
        progress
    }

    /// Shows the state from a thread of its own until the work is finished or nobody counts any more.
    fn keep_showing(&self) {
        let Some(every) = self.0.every() else { return };
        let inner = Arc::downgrade(&self.0);
        // Without the thread, the state is shown when something is counted.
        let _ = std::thread::Builder::new().name("progress".to_owned()).spawn(move || {
            loop {
                std::thread::sleep(every);
                let Some(inner) = inner.upgrade() else { break };
                if inner.due.load(Ordering::Relaxed) == FINISHED {
                    break;
                }
                inner.show(None);
            }
        });
    }

    /// Says what the run does while it does not know how much there is to do.
    pub fn preparing(&self, what: &str) {
        *self.0.preparing.lock().unwrap_or_else(PoisonError::into_inner) = Some(text::both_ends(what, NAME_LIMIT * 2));
        self.0.show(None);
    }

    /// Plain lines to any writer, one per interval at most; the first comes after one interval.
    #[must_use]
    pub fn lines(to: Box<dyn Write + Send>, every: Duration) -> Self {
        Self::new(Output::Lines { to: Mutex::new(to), every })
    }

    fn new(output: Output) -> Self {
        let first = match &output {
            Output::Lines { every, .. } => millis(*every),
            _ => 0,
        };
        Self(Arc::new(Inner {
            started: Instant::now(),
            began: AtomicU64::new(0),
            expected_objects: AtomicU64::new(0),
            expected_bytes: AtomicU64::new(0),
            objects: AtomicU64::new(0),
            bytes: AtomicU64::new(0),
            decompressed: AtomicU64::new(0),
            records: AtomicU64::new(0),
            due: AtomicU64::new(first),
            preparing: Mutex::new(None),
            output,
        }))
    }

    /// Adds to what there is to do: objects and their compressed bytes.
    pub fn expect(&self, objects: u64, bytes: u64) {
        *self.0.preparing.lock().unwrap_or_else(PoisonError::into_inner) = None;
        if self.0.expected_objects.fetch_add(objects, Ordering::Relaxed) == 0 {
            self.0.began.store(millis(self.0.started.elapsed()), Ordering::Relaxed);
        }
        self.0.expected_bytes.fetch_add(bytes, Ordering::Relaxed);
        self.0.show(None);
    }

    /// Names the object that is being worked on.
    pub fn working_on(&self, name: &str) {
        self.0.show(Some(name));
    }

    /// Counts compressed bytes read.
    pub fn add_bytes(&self, bytes: u64) {
        self.0.bytes.fetch_add(bytes, Ordering::Relaxed);
        self.0.show(None);
    }

    /// Takes back compressed bytes that will be read again, or whose object was given up.
    pub fn take_back(&self, bytes: u64) {
        self.0.bytes.fetch_sub(bytes, Ordering::Relaxed);
    }

    /// Counts decompressed bytes read and records decoded.
    pub fn add_records(&self, records: u64, decompressed_bytes: u64) {
        self.0.records.fetch_add(records, Ordering::Relaxed);
        self.0.decompressed.fetch_add(decompressed_bytes, Ordering::Relaxed);
        self.0.show(None);
    }

    /// Counts an object as finished, whether or not it could be read.
    pub fn object_done(&self) {
        self.0.objects.fetch_add(1, Ordering::Relaxed);
        self.0.show(None);
    }

    /// Counts what passes through a reader as compressed bytes.
    #[must_use]
    pub fn count<R: Read>(&self, reader: R) -> CountedRead<R> {
        CountedRead { reader, progress: self.clone() }
    }

    /// Removes the live line. Later counts show nothing.
    pub fn finish(&self) {
        if let Output::Bar(bar) = &self.0.output {
            *live() = None;
            bar.finish_and_clear();
        }
        self.0.due.store(FINISHED, Ordering::Relaxed);
    }
}

impl Inner {
    /// Time between two states; none when nothing is shown.
    fn every(&self) -> Option<Duration> {
        match &self.output {
            Output::Silent => None,
            Output::Bar(_) => Some(Duration::from_millis(100)),
            Output::Lines { every, .. } => Some(*every),
        }
    }

    /// Shows the state if that is due. Of threads that come at the same time, one shows it.
    fn show(&self, name: Option<&str>) {
        let Some(every) = self.every() else { return };
        let now = self.started.elapsed();
        let due = self.due.load(Ordering::Relaxed);
        let next = millis(now).saturating_add(millis(every));
        if due == FINISHED
            || millis(now) < due
            || self.due.compare_exchange(due, next, Ordering::Relaxed, Ordering::Relaxed).is_err()
        {
            return;
        }
        let preparing = self.preparing.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let mut line = preparing.unwrap_or_else(|| self.line(now));
        if let Some(name) = name {
            line.push_str(", ");
            line.push_str(&text::both_ends(name, NAME_LIMIT));
        }
        match &self.output {
            Output::Silent => {}
            Output::Bar(bar) => {
                bar.set_message(line);
                bar.tick();
            }
            Output::Lines { to, .. } => {
                let mut to = to.lock().unwrap_or_else(PoisonError::into_inner);
                // Progress that cannot be shown is no reason to stop.
                let _ = writeln!(to, "{line}").and_then(|()| to.flush());
            }
        }
    }

    fn line(&self, elapsed: Duration) -> String {
        let get = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        let (bytes, expected) = (get(&self.bytes), get(&self.expected_bytes));
        let rate = per_second(bytes, elapsed.saturating_sub(Duration::from_millis(get(&self.began))));
        // What matters most comes first: a terminal may be narrow.
        let mut line = format!(
            "{}/{} exports, {} of {}, {}/s",
            HumanCount(get(&self.objects)),
            HumanCount(get(&self.expected_objects)),
            HumanBytes(bytes),
            HumanBytes(expected),
            HumanBytes(rate),
        );
        if let Some(left) = expected.saturating_sub(bytes).checked_div(rate).filter(|left| *left > 0) {
            line.push_str(&format!(", about {} left", span(left)));
        }
        let (records, decompressed) = (HumanCount(get(&self.records)), HumanBytes(get(&self.decompressed)));
        line.push_str(&format!(", {records} records, {decompressed} decompressed"));
        line
    }
}

fn per_second(count: u64, elapsed: Duration) -> u64 {
    let millis = elapsed.as_millis().max(1);
    u64::try_from(u128::from(count) * 1_000 / millis).unwrap_or(u64::MAX)
}

fn span(seconds: u64) -> String {
    match seconds {
        0..60 => format!("{seconds} s"),
        60..3_600 => format!("{} min", seconds.div_ceil(60)),
        _ => format!("{} h {} min", seconds / 3_600, seconds % 3_600 / 60),
    }
}

fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

/// A reader whose bytes are counted.
pub struct CountedRead<R> {
    reader: R,
    progress: Progress,
}

impl<R> CountedRead<R> {
    /// The reader itself.
    pub fn into_inner(self) -> R {
        self.reader
    }
}

impl<R: Read> Read for CountedRead<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.reader.read(buffer)?;
        self.progress.add_bytes(read as u64);
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Clone, Default)]
    struct Sink(Arc<Mutex<Vec<u8>>>);

    impl Write for Sink {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    impl Sink {
        fn text(&self) -> String {
            String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
        }
    }

    #[test]
    fn work_that_is_done_before_the_interval_shows_nothing() {
        let sink = Sink::default();
        let progress = Progress::lines(Box::new(sink.clone()), INTERVAL);
        progress.expect(3, 100);
        progress.add_bytes(100);
        progress.object_done();
        progress.finish();
        assert_eq!(sink.text(), "");
    }

    #[test]
    fn lines_carry_the_counts_of_all_threads_and_end_with_the_work() {
        let sink = Sink::default();
        let progress = Progress::lines(Box::new(sink.clone()), Duration::ZERO);
        progress.expect(8, 8 * 1024);
        std::thread::scope(|scope| {
            for _ in 0..8 {
                let mine = progress.clone();
                scope.spawn(move || {
                    io::copy(&mut mine.count(&[0; 1024][..]), &mut io::sink()).unwrap();
                    mine.add_records(10, 1024 * 1024);
                    mine.object_done();
                });
            }
        });
        progress.working_on("last");
        let text = sink.text();
        let last = text.lines().last().unwrap();
        assert!(last.starts_with("8/8 exports, 8.00 KiB of 8.00 KiB, "), "{last}");
        assert!(last.ends_with("/s, 80 records, 8.00 MiB decompressed, last"), "{last}");
        progress.finish();
        progress.add_bytes(1);
        assert_eq!(sink.text(), text);
    }

    #[test]
    fn before_anything_is_known_it_says_what_it_does() {
        let sink = Sink::default();
        let progress = Progress::lines(Box::new(sink.clone()), Duration::ZERO);
        progress.preparing("looking at s3://logs/aperture/");
        assert_eq!(sink.text(), "looking at s3://logs/aperture/\n");
        progress.expect(1, 1);
        assert!(sink.text().lines().last().unwrap().starts_with("0/1 exports"), "{}", sink.text());
    }

    #[test]
    fn names_from_a_bucket_cannot_control_the_terminal() {
        let sink = Sink::default();
        let progress = Progress::lines(Box::new(sink.clone()), Duration::ZERO);
        progress.working_on(&format!("s3://b/\u{1b}[2J\n\u{202e}{}.cbor.zstd", "x".repeat(5_000)));
        let text = sink.text();
        assert_eq!(text.lines().count(), 1);
        assert!(!text.contains('\u{1b}') && !text.contains('\u{202e}') && text.chars().count() < 200, "{text}");
    }

    #[test]
    fn remaining_time_is_told_in_round_units() {
        assert_eq!([span(5), span(61), span(7_500)], ["5 s", "2 min", "2 h 5 min"]);
        assert_eq!(per_second(3_000, Duration::from_millis(1_500)), 2_000);
        assert_eq!(per_second(u64::MAX, Duration::ZERO), u64::MAX);
    }
}
