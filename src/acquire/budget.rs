//! A limit on what a whole run repeats. Each request and each transfer has its own limit; this one ends the patience with
//! a service that is down for good, where every one of ten thousand objects would be tried again and again.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

/// Repetitions that are left, shared by its clones.
#[derive(Debug, Clone)]
pub struct Budget {
    left: Arc<AtomicU32>,
    most: u32,
}

impl Budget {
    /// A budget of so many repetitions, which it never exceeds.
    #[must_use]
    pub fn new(most: u32) -> Self {
        Self { left: Arc::new(AtomicU32::new(most)), most }
    }

    /// Takes one repetition; false when there is none left.
    #[must_use]
    pub fn spend(&self) -> bool {
        self.left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1)).is_ok()
    }

    /// Gives one back: something went well.
    pub fn earn(&self) {
        let more = |left: u32| (left < self.most).then(|| left + 1);
        // At the most already: there is nothing to give back.
        let _ = self.left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, more);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_budget_ends_and_grows_with_success_up_to_its_size() {
        let budget = Budget::new(2);
        let shared = budget.clone();
        budget.earn();
        assert!(budget.spend() && shared.spend() && !budget.spend());
        shared.earn();
        assert!(budget.spend() && !budget.spend());
    }
}
