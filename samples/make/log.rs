//! What the sessions produce: records and labels in the making.

use super::value::Val;

/// Records and labels in the making.
#[derive(Debug, Default)]
pub(crate) struct Log {
    /// End time and content of each record, not yet in order and without id.
    pub(crate) drafts: Vec<(i64, Val)>,
    /// What was planted.
    pub(crate) labels: Vec<Label>,
}

impl Log {
    /// Says that the newest label covers several conversations, so that no single session id names it.
    pub(crate) fn spans_sessions(&mut self) {
        if let Some(label) = self.labels.last_mut() {
            label.session = None;
        }
    }
}

/// Something planted, with the positions of its records in [`Log::drafts`].
#[derive(Debug, Clone)]
pub(crate) struct Label {
    /// Unique name.
    pub(crate) id: &'static str,
    /// Detection family: inventory, sequences, secrets, usage; or coverage.
    pub(crate) family: &'static str,
    /// What a reader should make of it: `finding`, `listed` (shown in the inventory or in the coverage, no finding) or
    /// `nothing`.
    pub(crate) expected: &'static str,
    /// What happened.
    pub(crate) what: &'static str,
    /// Login.
    pub(crate) login: &'static str,
    /// Device.
    pub(crate) device: &'static str,
    /// Agent.
    pub(crate) agent: &'static str,
    /// The client's own session id, where it sends one.
    pub(crate) session: Option<String>,
    /// Records that show it.
    pub(crate) shots: Vec<usize>,
}
