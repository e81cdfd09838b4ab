//! Timelines: the calls of the records that stand in the evidence of incidents.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use super::fill::rows;
use crate::detect::signals;
use crate::error::Error;
use crate::finding::Finding;
use crate::lake::Session;
use crate::report::{History, IncidentNote, StepRow};

/// Calls shown of one incident, and earlier incidents of the same cause.
const STEPS: usize = 8;
const EARLIER: usize = 5;

/// Places named to which one incident sent data, and from which it fetched.
const PLACES: usize = 5;

/// Name of the table that `queries/report/timeline.sql` reads the incidents from.
const REPORTED: &str = "reported";

/// A call and the address of the record that shows it.
#[derive(Deserialize)]
struct Addressed {
    address: String,
    #[serde(flatten)]
    step: StepRow,
}

/// What the report adds to each incident that it shows.
///
/// # Errors
/// When the calls cannot be read.
pub(super) async fn notes(
    session: &Session,
    incidents: &[Finding],
    history: &History,
) -> Result<Vec<IncidentNote>, Error> {
    let batch = signals::batch(incidents).map_err(|e| Error::Engine(e.to_string()))?;
    session.register_batches(REPORTED, &signals::schema(), vec![batch])?;
    let mut calls: BTreeMap<String, Vec<StepRow>> = BTreeMap::new();
    for Addressed { address, step } in rows::<Addressed>(session, "timeline").await? {
        calls.entry(address).or_default().push(step);
    }
    Ok(incidents.iter().map(|incident| note(incident, &calls, history)).collect())
}

fn note(incident: &Finding, calls: &BTreeMap<String, Vec<StepRow>>, history: &History) -> IncidentNote {
    let addresses: BTreeSet<String> = incident.evidence.iter().map(signals::address).collect();
    let mut timeline: Vec<StepRow> = addresses.iter().filter_map(|a| calls.get(a)).flatten().cloned().collect();
    // Of a record with many calls, those of the incident's tool or integration matter; of a session, the way there.
    let scope = &incident.scope;
    let about = |step: &StepRow| {
        scope.integration.as_ref().is_none_or(|name| step.integration.as_ref() == Some(name))
            && scope.tool.as_ref().is_none_or(|name| step.tool == *name)
    };
    if scope.session_id.is_none() {
        timeline.retain(about);
    }
    timeline.sort_by_key(|step| step.time);
    let mut timeline = folded(timeline);
    let destinations = places(&timeline, |step| step.destination.as_ref());
    let mut fetched_from = places(&timeline, |step| step.fetched_from.as_ref());
    fetched_from.retain(|place| !destinations.contains(place));
    let more = timeline.iter().skip(STEPS).map(|step| step.repeats + 1).sum();
    timeline.truncate(STEPS);
    let earlier = history.earlier(incident, EARLIER);
    IncidentNote { id: incident.id.clone(), timeline, timeline_more: more, destinations, fetched_from, earlier }
}

/// Places that the organisation does not know, the last first: what was read comes before what is done with it.
fn places(timeline: &[StepRow], of: fn(&StepRow) -> Option<&String>) -> Vec<String> {
    let mut places: Vec<String> = Vec::new();
    let unknown = timeline.iter().rev().filter(|step| matches!(step.novelty.as_deref(), Some("new" | "seen")));
    for place in unknown.filter_map(of) {
        if places.len() < PLACES && !places.contains(place) {
            places.push(place.clone());
        }
    }
    places
}

/// Equal calls in a row as one that says how often it came again.
fn folded(steps: Vec<StepRow>) -> Vec<StepRow> {
    let mut folded: Vec<StepRow> = Vec::new();
    for step in steps {
        let what = |s: &StepRow| (s.integration.clone(), s.tool.clone(), s.outcome.clone(), s.argument.clone());
        match folded.last_mut().filter(|last| what(last) == what(&step)) {
            Some(last) => {
                last.repeats += 1;
                last.last_time = step.time;
            }
            None => folded.push(StepRow { repeats: 0, last_time: step.time, ..step }),
        }
    }
    folded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_unknown_ones_each_once_the_last_first() {
        let step = |place: &str, novelty: &str| StepRow {
            destination: Some(place.to_owned()),
            novelty: Some(novelty.to_owned()),
            ..StepRow::default()
        };
        let steps = [step("a", "new"), step("b", "known"), step("c", "seen"), step("a", "new"), step("d", "listed")];
        assert_eq!(places(&steps, |step| step.destination.as_ref()), ["a", "c"]);
        assert!(places(&steps, |step| step.fetched_from.as_ref()).is_empty());
    }

    #[test]
    fn equal_calls_in_a_row_are_one() {
        let step = |time: i64, tool: &str| StepRow { time, tool: tool.to_owned(), ..StepRow::default() };
        let folded = folded(vec![step(1, "a"), step(2, "a"), step(3, "b"), step(4, "a")]);
        let told: Vec<_> = folded.iter().map(|s| (s.time, s.tool.as_str(), s.repeats, s.last_time)).collect();
        assert_eq!(told, [(1, "a", 1, 2), (3, "b", 0, 3), (4, "a", 0, 4)]);
    }
}
