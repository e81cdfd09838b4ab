//! Findings at the messages that they are about.

use std::collections::{BTreeMap, BTreeSet};

use super::build::{Facts, about, mark};
use super::model::{Entry, Session};
use crate::finding::Finding;

/// Lists the findings of the session, incidents first, and notes each at its messages.
pub(super) fn place(session: &mut Session, facts: &Facts) {
    let mut found: Vec<_> = about(facts).collect();
    found.sort_by(|(a, a_signal), (b, b_signal)| a_signal.cmp(b_signal).then_with(|| a.order(b)));
    let mut by_record = BTreeMap::<(String, Option<i64>), Vec<_>>::new();
    for (thread, t) in session.threads.iter().enumerate() {
        for (message, m) in t.messages.iter().enumerate() {
            by_record.entry((m.export_key.clone(), m.record_id)).or_default().push((thread, message));
        }
    }
    for (finding, signal) in found {
        let mut numbers = BTreeSet::new();
        for evidence in finding.evidence.iter().filter(|e| e.record_id.is_some()) {
            let Some(places) = by_record.get(&(evidence.export_key.clone(), evidence.record_id)) else { continue };
            let entries = places.iter().map(|(t, m)| (&session.threads[*t].messages[*m], (*t, *m)));
            let entries: Vec<(&Entry, (usize, usize))> = entries.collect();
            // The calls of the tool that it names, else the last that the record said.
            let named = entries.iter().filter(|(e, _)| calls(e, finding)).map(|(_, at)| *at).collect::<Vec<_>>();
            let at = if named.is_empty() { entries.last().map(|(_, at)| *at).into_iter().collect() } else { named };
            for (thread, message) in at {
                let entry = &mut session.threads[thread].messages[message];
                let index = session.findings.len() as u64;
                if !entry.findings.contains(&index) {
                    entry.findings.push(index);
                }
                numbers.insert(entry.number);
            }
        }
        session.findings.push(mark(finding, *signal, numbers.into_iter().collect()));
    }
}

fn calls(entry: &Entry, finding: &Finding) -> bool {
    let calls = entry.blocks.iter().filter(|b| b.kind == "tool_call").filter_map(|b| b.call.as_ref());
    let named = |name: Option<&str>| name.is_some() && name == finding.scope.tool.as_deref();
    calls.into_iter().any(|c| named(Some(&c.raw_name)) || named(c.tool.as_deref()))
}
