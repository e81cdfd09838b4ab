//! The part of a session around the records that something cites.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::RangeInclusive;

use super::{Session, Thread, count};

/// Records that are named when they show nothing here.
const NAMED: usize = 5;

/// Messages of the records that are named.
const PLACES: usize = 10;

impl Session {
    /// Keeps the messages of the records and of some requests before and after each, in their threads. What is left out
    /// is counted in a note.
    ///
    /// # Errors
    /// When none of the records shows a message here; the text says what to do.
    pub fn around(mut self, records: &[i64], requests: usize) -> Result<Self, String> {
        let (mut found, mut places, mut left) = (BTreeSet::new(), Vec::new(), 0_u64);
        for thread in &mut self.threads {
            let steps = steps(thread);
            let mut wanted: Vec<RangeInclusive<usize>> = Vec::new();
            for (at, record) in steps.iter().enumerate() {
                if let Some(record) = record.filter(|record| records.contains(record)) {
                    found.insert(record);
                    wanted.push(at.saturating_sub(requests)..=at.saturating_add(requests));
                }
            }
            let before = thread.messages.len();
            let mut step = 0;
            let mut last = None;
            thread.messages.retain(|entry| {
                let place = (entry.export_key.clone(), entry.record_id);
                if last.as_ref().is_some_and(|last| *last != place) {
                    step += 1;
                }
                last = Some(place);
                if entry.record_id.is_some_and(|id| records.contains(&id)) {
                    places.push(format!("#{}", entry.number));
                }
                wanted.iter().any(|range| range.contains(&step))
            });
            left += (before - thread.messages.len()) as u64;
        }
        let threads = self.threads.len();
        self.threads.retain(|thread| !thread.messages.is_empty());
        let threads = (threads - self.threads.len()) as u64;
        self.excerpt = true;
        if found.is_empty() {
            return Err(nothing(records));
        }
        let elsewhere = self.only_findings_here();
        let left =
            [(left, "message", ""), (threads, "whole thread", ""), (elsewhere, "finding", " about other places")];
        self.notes.push(Self::told(&found, &places, requests, &left));
        let missing: BTreeSet<i64> = records.iter().copied().filter(|record| !found.contains(record)).collect();
        if !missing.is_empty() {
            let (word, shows) = if missing.len() == 1 { ("record", "shows") } else { ("records", "show") };
            self.notes.push(format!("The {word} {} {shows} no message in this session.", named(&missing)));
        }
        self.silent.clear();
        self.silent_more = 0;
        Ok(self)
    }
}

impl Session {
    /// One line on what is shown, what else there is, and how to see it.
    fn told(found: &BTreeSet<i64>, places: &[String], requests: usize, left: &[(u64, &str, &str)]) -> String {
        let word = if found.len() == 1 { "record" } else { "records" };
        let more = if places.len() > PLACES { " …" } else { "" };
        let places = places[..places.len().min(PLACES)].join(" ");
        let around = count(requests as u64, "request");
        let mut note =
            format!("Around {word} {} ({places}{more}), with {around} before and after (--context N).", named(found));
        let left = left.iter().filter(|(n, ..)| *n > 0);
        let left: Vec<String> = left.map(|(n, one, about)| format!("{}{about}", count(*n, one))).collect();
        if !left.is_empty() {
            note.push_str(&format!(" Not shown: {}; without --around, all of it is.", left.join(", ")));
        }
        note
    }

    /// Keeps the findings about messages that are shown; returns how many others there were.
    fn only_findings_here(&mut self) -> u64 {
        let entries = self.threads.iter().flat_map(|t| &t.messages);
        let shown: BTreeSet<u64> = entries.flat_map(|entry| entry.findings.iter().copied()).collect();
        let before = self.findings.len() as u64;
        let mut at = 0;
        self.findings.retain(|_| {
            at += 1;
            shown.contains(&(at - 1))
        });
        // Messages name findings by their positions.
        let places: BTreeMap<u64, u64> = shown.into_iter().zip(0..).collect();
        for entry in self.threads.iter_mut().flat_map(|t| &mut t.messages) {
            entry.findings = entry.findings.iter().filter_map(|at| places.get(at).copied()).collect();
        }
        before - self.findings.len() as u64
    }
}

/// Some of the records by name.
fn named(records: &BTreeSet<i64>) -> String {
    records.iter().take(NAMED).map(i64::to_string).collect::<Vec<_>>().join(", ")
}

/// The records of a thread in the order of its messages: each run of messages of one record once.
fn steps(thread: &Thread) -> Vec<Option<i64>> {
    let mut steps: Vec<(&str, Option<i64>)> =
        thread.messages.iter().map(|e| (e.export_key.as_str(), e.record_id)).collect();
    steps.dedup();
    steps.into_iter().map(|(_, record)| record).collect()
}

fn nothing(records: &[i64]) -> String {
    let names: Vec<String> = records.iter().take(NAMED).map(i64::to_string).collect();
    format!(
        "no message of this session comes with record {}: it is of another session, or repeats only what came before; \
         `lightmeter record EXPORT ID --new` shows what it brought",
        names.join(", ")
    )
}

#[cfg(test)]
mod tests {
    use super::super::Mark;
    use super::super::tests::long;

    #[test]
    fn findings_about_other_places_are_counted() {
        let mut session = long(4);
        let mark = |detection: &str| Mark { detection: detection.to_owned(), ..Mark::default() };
        session.findings = ["a", "b", "c", "d"].map(mark).to_vec();
        session.threads[0].messages[0].findings = vec![0, 2];
        session.threads[0].messages[6].findings = vec![1, 3];
        let session = session.around(&[4], 0).unwrap();
        let left: Vec<&str> = session.findings.iter().map(|mark| mark.detection.as_str()).collect();
        assert_eq!(left, ["b", "d"]);
        assert_eq!(session.threads[0].messages[0].findings, [0, 1]);
        assert!(
            session.notes.iter().any(|note| note.contains("Not shown: 6 messages, 2 findings about other places;")),
            "{:?}",
            session.notes
        );
    }

    #[test]
    fn the_messages_of_a_record_stay_with_those_of_the_requests_around_it() {
        let numbers = |session: &super::Session| -> Vec<i64> {
            let records = session.threads.iter().flat_map(|t| &t.messages).filter_map(|e| e.record_id);
            records.collect()
        };
        let around = |records: &[i64], context| long(10).around(records, context).unwrap();
        assert_eq!(numbers(&around(&[5], 1)), [4, 4, 5, 5, 6, 6]);
        assert_eq!(numbers(&around(&[1, 10], 0)), [1, 1, 10, 10]);
        assert_eq!(numbers(&around(&[2], usize::MAX)).len(), 20);
        let session = around(&[5, 77], 1);
        let [.., note, missing] = &session.notes[..] else { panic!() };
        assert_eq!(
            note,
            "Around record 5 (#9 #10), with 1 request before and after (--context N). Not shown: 14 messages; \
             without --around, all of it is."
        );
        assert_eq!(missing, "The record 77 shows no message in this session.");
        assert!(session.silent.is_empty());
        let error = long(10).around(&[77, 78], 3).unwrap_err();
        assert!(error.starts_with("no message of this session comes with record 77, 78"), "{error}");
    }
}
