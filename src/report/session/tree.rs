//! From messages to threads: which message answers which.
//!
//! A record repeats the whole history, but the lake holds each message once, at the first record that carried it. So
//! the message before a new one is the last one in front of it that the same record carried: one that is new in it
//! too, or one that was there before and was still sent. Results name the call that they answer, which settles most of
//! what is left; where several messages fit, the youngest without an answer is taken and the thread is marked.

use std::collections::{BTreeMap, BTreeSet};

use super::rows::MessageFact;

/// A message with all of its pieces.
pub(super) struct Element<'m> {
    /// Its pieces in order; never empty.
    pub(super) pieces: Vec<&'m MessageFact>,
    /// The message before it.
    pub(super) parent: Option<usize>,
    /// Whether other messages could be the one before it.
    pub(super) uncertain: bool,
    /// Whether it replaced an earlier message in the history and nothing answers it.
    pub(super) aside: bool,
    /// Start of the request that first carried it.
    asked: i64,
}

impl<'m> Element<'m> {
    pub(super) fn first(&self) -> &'m MessageFact {
        self.pieces[0]
    }

    fn position(&self) -> i64 {
        self.first().position
    }

    fn record(&self) -> (&'m str, Option<i64>) {
        (self.first().export_key.as_str(), self.first().record_id)
    }

    fn ids(&self, kind: &str) -> impl Iterator<Item = &'m str> {
        self.pieces.iter().filter(move |p| p.kind == kind).filter_map(|p| p.call_id.as_deref())
    }
}

/// A run of messages.
pub(super) struct Run {
    /// The messages, as positions in the list of elements.
    pub(super) elements: Vec<usize>,
    /// The message that the run leaves from.
    pub(super) from: Option<usize>,
}

/// The messages of one conversation with the one before each. `asked` gives the start of the request of a record.
pub(super) fn elements<'m>(
    messages: &[&'m MessageFact],
    asked: &BTreeMap<(&str, Option<i64>), i64>,
) -> Vec<Element<'m>> {
    let mut places: BTreeMap<&str, usize> = BTreeMap::new();
    let mut elements: Vec<Element<'m>> = Vec::new();
    for message in messages {
        let at = *places.entry(&message.element_id).or_insert(elements.len());
        if at < elements.len() {
            elements[at].pieces.push(message);
            continue;
        }
        let asked =
            asked.get(&(message.export_key.as_str(), message.record_id)).copied().unwrap_or(message.time_micros);
        let element = Element { pieces: vec![message], parent: None, uncertain: false, aside: false, asked };
        elements.push(element);
    }
    for element in &mut elements {
        element.pieces.sort_by_key(|p| (p.part, &p.message_id));
    }
    elements.sort_by(|a, b| key(a).cmp(&key(b)));
    link(&mut elements);
    set_aside(&mut elements);
    elements
}

type Key<'k> = (i64, &'k str, i64, i64, i64, &'k str);

fn key<'k>(element: &Element<'k>) -> Key<'k> {
    let first = element.first();
    let record = first.record_id.unwrap_or(-1);
    (element.asked, &first.export_key, record, first.position, first.time_micros, &first.element_id)
}

fn link(elements: &mut [Element<'_>]) {
    // Messages by position, in the order in which they appeared.
    let mut by_position: BTreeMap<i64, Vec<usize>> = BTreeMap::new();
    let mut answered: BTreeSet<usize> = BTreeSet::new();
    let mut callers: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for at in 0..elements.len() {
        let element = &elements[at];
        let position = element.position();
        let called = element.ids("tool_result").filter_map(|id| {
            let asking = callers.get(id)?.iter().rev().find(|c| elements[**c].position() < position)?;
            Some(*asking)
        });
        let called = called.max_by_key(|c| (elements[*c].position(), *c));
        let (parent, uncertain) = before(elements, &by_position, &answered, at, called);
        by_position.entry(position).or_default().push(at);
        for id in elements[at].ids("tool_call") {
            callers.entry(id).or_default().push(at);
        }
        answered.extend(parent);
        elements[at].parent = parent;
        elements[at].uncertain = uncertain;
    }
}

/// The message before `at`, and whether others fit as well.
fn before(
    elements: &[Element<'_>],
    by_position: &BTreeMap<i64, Vec<usize>>,
    answered: &BTreeSet<usize>,
    at: usize,
    called: Option<usize>,
) -> (Option<usize>, bool) {
    let element = &elements[at];
    let carried = |other: &Element<'_>| {
        let sent = other.pieces.iter().map(|p| p.last_sent_micros).max().unwrap_or_default();
        other.record() == element.record() || (other.first().time_micros <= element.asked && sent >= element.asked)
    };
    let mut earlier = None;
    for (position, here) in by_position.range(..element.position()).rev() {
        // Nothing in front of the call that is answered can be the message before the answer.
        if called.is_some_and(|c| elements[c].position() > *position) {
            break;
        }
        let same = here.iter().rev().find(|o| elements[**o].record() == element.record());
        if let Some(same) =
            same.copied().filter(|s| called.is_none_or(|c| elements[c].position() < *position || c == *s))
        {
            return (Some(same), false);
        }
        if let Some(called) = called.filter(|c| elements[*c].position() == *position) {
            return (Some(called), false);
        }
        let fits: Vec<usize> = here.iter().copied().filter(|o| carried(&elements[*o])).collect();
        let open = fits.iter().rev().find(|o| !answered.contains(*o)).or(fits.last());
        if let Some(open) = open {
            return (Some(*open), fits.len() > 1);
        }
        earlier = earlier.or_else(|| here.last().copied());
    }
    (called.or(earlier), called.is_none() && earlier.is_some())
}

/// Clients edit their history: a reminder is moved, a date in the system prompt changes. Such a message stands beside
/// the thread, not for a branch of its own.
fn set_aside(elements: &mut [Element<'_>]) {
    let mut children = vec![0_u32; elements.len()];
    let mut last: BTreeMap<(String, Option<i64>), i64> = BTreeMap::new();
    for element in elements.iter() {
        if let Some(parent) = element.parent {
            children[parent] += 1;
        }
        let (export_key, record_id) = element.record();
        let last = last.entry((export_key.to_owned(), record_id)).or_insert(i64::MIN);
        *last = (*last).max(element.position());
    }
    for at in (0..elements.len()).rev() {
        let (export_key, record_id) = elements[at].record();
        let newer = last.get(&(export_key.to_owned(), record_id)).is_some_and(|l| *l > elements[at].position());
        let sent = elements[at].first().direction == "request";
        let alone = elements[at].parent.is_none() && elements[at].first().role == "system" && at > 0;
        if children[at] == 0 && sent && (newer || alone) {
            elements[at].aside = true;
            if let Some(parent) = elements[at].parent.take() {
                children[parent] -= 1;
            }
        }
    }
}

/// The threads of one conversation, the main one first. A thread goes on with the answer that leads furthest; the other
/// answers begin threads of their own.
pub(super) fn runs(elements: &[Element<'_>]) -> Vec<Run> {
    let mut children: Vec<Vec<usize>> = vec![Vec::new(); elements.len()];
    let mut size = vec![1_usize; elements.len()];
    let mut heads: Vec<(usize, Option<usize>)> = Vec::new();
    for (at, element) in elements.iter().enumerate() {
        match element.parent {
            _ if element.aside => {}
            Some(parent) => children[parent].push(at),
            None => heads.push((at, None)),
        }
    }
    // A message stands behind the one before it, so one walk backwards adds up everything.
    for at in (0..elements.len()).rev() {
        if let Some(parent) = elements[at].parent {
            size[parent] += size[at];
        }
    }
    let mut runs = Vec::new();
    // The longest first: a head without much behind it is rarely what the session is about.
    heads.sort_by_key(|(at, _)| (std::cmp::Reverse(size[*at]), *at));
    let mut waiting: std::collections::VecDeque<_> = heads.into();
    while let Some((head, from)) = waiting.pop_front() {
        let mut run = vec![head];
        let mut at = head;
        while let Some(next) = children[at].iter().copied().max_by_key(|c| (size[*c], std::cmp::Reverse(*c))) {
            waiting.extend(children[at].iter().filter(|c| **c != next).map(|c| (*c, Some(at))));
            run.push(next);
            at = next;
        }
        runs.push(Run { elements: run, from });
    }
    place_asides(elements, &mut runs);
    runs
}

/// Puts messages that stand aside in front of what the same record said, else at the end of the first thread.
fn place_asides(elements: &[Element<'_>], runs: &mut Vec<Run>) {
    for (at, element) in elements.iter().enumerate().filter(|(_, e)| e.aside) {
        let place = runs.iter().enumerate().find_map(|(run, r)| {
            let same = |e: &usize| !elements[*e].aside && elements[*e].record() == element.record();
            r.elements.iter().position(same).map(|place| (run, place))
        });
        match (place, runs.first_mut()) {
            (Some((run, place)), _) => runs[run].elements.insert(place, at),
            (None, Some(run)) => run.elements.push(at),
            (None, None) => runs.push(Run { elements: vec![at], from: None }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Name, record, position, last record that carried it, role, call id.
    type Told<'a> = (&'a str, i64, i64, i64, &'a str, Option<&'a str>);

    fn messages(rows: &[Told<'_>]) -> Vec<MessageFact> {
        let row = |(name, record, position, last, role, call): &Told<'_>| MessageFact {
            message_id: format!("m-{name}"),
            element_id: (*name).to_owned(),
            export_key: "e".to_owned(),
            record_id: Some(*record),
            time_micros: record * 10 + i64::from(*role == "assistant"),
            last_sent_micros: last * 10,
            position: *position,
            role: (*role).to_owned(),
            kind: match (call, *role) {
                (None, _) => "text",
                (_, "assistant") => "tool_call",
                _ => "tool_result",
            }
            .to_owned(),
            direction: if *role == "assistant" { "response" } else { "request" }.to_owned(),
            call_id: call.map(str::to_owned),
            ..MessageFact::default()
        };
        rows.iter().map(row).collect()
    }

    fn threads(rows: &[Told<'_>]) -> Vec<(String, Option<String>, bool)> {
        let messages = messages(rows);
        let asked =
            messages.iter().map(|m| ((m.export_key.as_str(), m.record_id), m.record_id.unwrap() * 10)).collect();
        let elements = elements(&messages.iter().collect::<Vec<_>>(), &asked);
        let name = |at: usize| elements[at].first().element_id.clone();
        runs(&elements)
            .into_iter()
            .map(|run| {
                let names: Vec<String> = run.elements.iter().map(|e| name(*e)).collect();
                (names.join(" "), run.from.map(name), elements[run.elements[0]].uncertain)
            })
            .collect()
    }

    fn thread(names: &str, from: Option<&str>) -> (String, Option<String>, bool) {
        (names.to_owned(), from.map(str::to_owned), false)
    }

    #[test]
    fn a_conversation_that_only_grows_is_one_thread() {
        let found = threads(&[
            ("s", 1, 0, 3, "system", None),
            ("u1", 1, 1, 3, "user", None),
            ("a1", 1, 2, 3, "assistant", Some("c1")),
            ("t1", 2, 3, 3, "user", Some("c1")),
            ("a2", 2, 4, 3, "assistant", None),
            ("u2", 3, 5, 3, "user", None),
            ("a3", 3, 6, 3, "assistant", None),
        ]);
        assert_eq!(found, [thread("s u1 a1 t1 a2 u2 a3", None)]);
    }

    #[test]
    fn an_edited_question_begins_a_branch_from_the_message_before_it() {
        let found = threads(&[
            ("u1", 1, 0, 5, "user", None),
            ("a1", 1, 1, 5, "assistant", None),
            ("u2", 2, 2, 3, "user", None),
            ("a2", 2, 3, 3, "assistant", None),
            ("u3", 3, 4, 3, "user", None),
            ("a3", 3, 5, 3, "assistant", None),
            ("v2", 4, 2, 5, "user", None),
            ("b2", 4, 3, 5, "assistant", None),
        ]);
        assert_eq!(found, [thread("u1 a1 u2 a2 u3 a3", None), thread("v2 b2", Some("a1"))]);
    }

    #[test]
    fn branches_that_take_turns_are_told_apart_by_their_calls() {
        let found = threads(&[
            ("u1", 1, 0, 9, "user", None),
            ("a1", 1, 1, 9, "assistant", None),
            ("u2", 2, 2, 9, "user", None),
            ("a2", 2, 3, 9, "assistant", Some("x")),
            ("v2", 3, 2, 9, "user", None),
            ("b2", 3, 3, 9, "assistant", Some("y")),
            ("t3", 4, 4, 9, "user", Some("x")),
            ("a3", 4, 5, 9, "assistant", None),
            ("w3", 5, 4, 9, "user", Some("y")),
            ("b3", 5, 5, 9, "assistant", None),
        ]);
        assert_eq!(found, [thread("u1 a1 u2 a2 t3 a3", None), thread("v2 b2 w3 b3", Some("a1"))]);
    }

    #[test]
    fn where_two_messages_fit_the_thread_is_marked() {
        let found = threads(&[
            ("u1", 1, 0, 9, "user", None),
            ("a1", 1, 1, 9, "assistant", None),
            ("b1", 2, 1, 9, "assistant", None),
            ("u2", 3, 2, 9, "user", None),
            ("u3", 4, 2, 9, "user", None),
            ("u4", 5, 2, 9, "user", None),
        ]);
        assert_eq!(found.len(), 3);
        assert!(found.iter().skip(1).any(|(_, from, uncertain)| from.is_some() && *uncertain), "{found:?}");
    }

    #[test]
    fn an_edited_history_is_no_branch() {
        let found = threads(&[
            ("s", 1, 0, 1, "system", None),
            ("u1", 1, 1, 2, "user", None),
            ("a1", 1, 2, 2, "assistant", None),
            ("s2", 2, 0, 2, "system", None),
            ("u2", 2, 3, 2, "user", None),
            ("a2", 2, 4, 2, "assistant", None),
        ]);
        assert_eq!(found, [thread("s u1 a1 s2 u2 a2", None)]);
    }

    #[test]
    fn messages_of_a_session_that_goes_on_elsewhere_still_form_a_thread() {
        let found = threads(&[("u9", 7, 40, 8, "user", None), ("a9", 7, 41, 8, "assistant", None)]);
        assert_eq!(found, [thread("u9 a9", None)]);
        assert_eq!(threads(&[]), []);
    }
}
