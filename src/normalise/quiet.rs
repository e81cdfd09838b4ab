//! When to let go of what was not seen for long, so that a store follows what is repeated and not what ever came.

/// Decides when a growing store is looked through, and what in it counts as quiet.
///
/// A store is looked through when it has doubled since the last time, so that the work is a constant per entry. What no
/// record carried while the second half of the new entries came is quiet; so it settles at about twice what is lively.
#[derive(Debug, Clone, Copy)]
pub struct Quiet {
    step: usize,
    /// Entries at which the store is looked through next.
    limit: usize,
    /// Entries at which the second half of the new ones begins.
    half: usize,
    /// The record that brought the first of that half.
    since: Option<u64>,
}

impl Quiet {
    /// A store that may hold `step` entries before it is looked through.
    #[must_use]
    pub fn new(step: usize) -> Self {
        Self { step, limit: step, half: step / 2, since: None }
    }

    /// Entries that a store may hold before it is first looked through.
    #[must_use]
    pub fn step(&self) -> usize {
        self.step
    }

    /// To be asked after each record: the first record that still counts, when the store is to be looked through now.
    pub fn since(&mut self, held: usize, serial: u64) -> Option<u64> {
        if held >= self.half {
            self.since.get_or_insert(serial);
        }
        self.since.filter(|_| held >= self.limit)
    }

    /// Notes how much was left when the quiet was let go.
    pub fn left(&mut self, held: usize) {
        self.limit = self.step.max(held.saturating_mul(2));
        self.half = held.midpoint(self.limit);
        self.since = None;
    }
}
