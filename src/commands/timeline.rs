//! Timelines: the calls of the records that stand in the evidence of incidents.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use serde_json::Value;
use tokio::try_join;

use super::rows::SideBySide;
use crate::detect::signals;
use crate::error::Error;
use crate::finding::{Evidence, Finding};
use crate::lake::Session;
use crate::report::{AskedRow, History, IncidentNote, LeftRow, StepRow};

/// Calls shown of one incident, and earlier incidents of the same cause.
const STEPS: usize = 10;
const EARLIER: usize = 5;

/// Calls that are telling for one reason before those count that are a little less so for another.
const OF_EACH: u64 = 4;

/// Places named to which one incident sent data, and from which it fetched.
const PLACES: usize = 5;

/// Rows told of what left in one incident.
const LEFT: usize = 10;

/// Name of the table that `queries/report/timeline.sql` reads the incidents from.
const REPORTED: &str = "reported";

/// A call and the address of the record that shows it.
#[derive(Deserialize)]
struct Addressed {
    address: String,
    /// Words from which on an argument is a text.
    shown_words: Option<u64>,
    #[serde(flatten)]
    step: StepRow,
}

/// What a person had written last before the call of a finding that matters.
#[derive(Deserialize)]
struct Asked {
    finding_id: String,
    #[serde(flatten)]
    row: AskedRow,
}

/// A record of the session that a finding names.
#[derive(Deserialize)]
struct Own {
    finding_id: String,
    record_id: i64,
}

/// What left in the story of a finding.
#[derive(Deserialize)]
struct Left {
    finding_id: String,
    #[serde(flatten)]
    row: LeftRow,
}

/// An agent that may be another.
#[derive(Deserialize)]
struct Doubt {
    finding_id: String,
    looks_like: String,
    why: String,
}

/// The session of all calls that an incident is about.
#[derive(Deserialize)]
struct Used {
    finding_id: String,
    session_id: String,
    used_for: Option<String>,
}

/// A place whose text gave orders in the session of an incident.
#[derive(Deserialize)]
struct Order {
    finding_id: String,
    place: String,
    /// Whether the order itself named the place.
    named: bool,
}

/// What is known of incidents, by address of the record and by id of the finding.
#[derive(Default)]
struct Facts {
    calls: BTreeMap<String, Vec<Addressed>>,
    asked: BTreeMap<String, AskedRow>,
    own: BTreeMap<String, Vec<i64>>,
    left: BTreeMap<String, Vec<LeftRow>>,
    doubts: BTreeMap<String, Doubt>,
    orders: BTreeMap<String, Vec<Order>>,
    used: BTreeMap<String, Used>,
}

/// What the report adds to each incident that it shows.
///
/// # Errors
/// When the calls cannot be read.
pub(super) async fn notes(
    session: &Session,
    side: &SideBySide,
    incidents: &[Finding],
    history: &History,
) -> Result<Vec<IncidentNote>, Error> {
    let batch = signals::batch(incidents).map_err(|e| Error::Engine(e.to_string()))?;
    session.register_batches(REPORTED, &signals::schema(), vec![batch])?;
    let (calls, asked, own, left, orders, used, doubts) = try_join!(
        side.read::<Addressed>("report/timeline"),
        side.read::<Asked>("report/asked"),
        side.read::<Own>("report/own_records"),
        side.read::<Left>("report/left"),
        side.read::<Order>("report/orders"),
        side.read::<Used>("report/used_in"),
        side.read::<Doubt>("report/doubts"),
    )?;
    let mut facts = Facts {
        asked: asked.into_iter().map(|asked| (asked.finding_id, asked.row)).collect(),
        used: used.into_iter().map(|used| (used.finding_id.clone(), used)).collect(),
        doubts: doubts.into_iter().map(|doubt| (doubt.finding_id.clone(), doubt)).collect(),
        ..Facts::default()
    };
    for mut call in calls {
        let words = call.shown_words.and_then(|words| usize::try_from(words).ok()).unwrap_or_default();
        if !call.step.capabilities.iter().any(|capability| capability == "executes") {
            call.step.argument = without_texts(&call.step.argument, words);
        }
        facts.calls.entry(call.address.clone()).or_default().push(call);
    }
    for own in own {
        facts.own.entry(own.finding_id).or_default().push(own.record_id);
    }
    for left in left {
        facts.left.entry(left.finding_id).or_default().push(left.row);
    }
    for order in orders {
        facts.orders.entry(order.finding_id.clone()).or_default().push(order);
    }
    Ok(incidents.iter().map(|incident| note(incident, &facts, history)).collect())
}

fn note(incident: &Finding, facts: &Facts, history: &History) -> IncidentNote {
    let addresses: BTreeSet<String> = incident.evidence.iter().map(signals::address).collect();
    let shown = addresses.iter().filter_map(|a| facts.calls.get(a)).flatten();
    let mut timeline: Vec<StepRow> = shown.map(|call| call.step.clone()).collect();
    // Of a record with many calls, those of the incident's tool or integration matter; of a session, the way there.
    let scope = &incident.scope;
    let about = |step: &StepRow| {
        scope.integration.as_ref().is_none_or(|name| step.integration.as_ref() == Some(name))
            && scope.tool.as_ref().is_none_or(|name| step.tool == *name)
    };
    if scope.session_id.is_none() {
        timeline.retain(about);
    }
    // Of calls made at once, the one whose result counts comes first.
    timeline.sort_by_key(|step| (step.time, step.role.is_none()));
    let source = timeline.iter().find(|step| step.role.is_some()).and_then(result);
    let timeline = folded(timeline);
    let named = Named::of(&timeline);
    let calls = |steps: &[StepRow]| steps.iter().map(|step| step.repeats + 1).sum::<u64>();
    let all = calls(&timeline);
    let timeline = decisive(timeline);
    let more = all - calls(&timeline);
    let earlier = history.earlier(incident, EARLIER);
    let Named { destinations, fetched_from, mut block, wished } = named;
    let (id, timeline_more) = (incident.id.clone(), more);
    let mut left = facts.left.get(&id).cloned().unwrap_or_default();
    let left_more = left.len().saturating_sub(LEFT) as u64;
    left.truncate(LEFT);
    let orders = facts.orders.get(&id).map(Vec::as_slice).unwrap_or_default();
    also_blocked(&mut block, orders);
    let orders_from = orders.iter().take(LEFT).map(|order| order.place.clone()).collect();
    IncidentNote {
        orders_from,
        used_in: facts.used.get(&id).map(|used| used.session_id.clone()),
        used_for: facts.used.get(&id).and_then(|used| used.used_for.clone()),
        looks_like: facts.doubts.get(&id).map(|doubt| doubt.looks_like.clone()),
        looks_like_by: facts.doubts.get(&id).map(|doubt| doubt.why.clone()),
        left,
        left_more,
        asked: facts.asked.get(&id).cloned(),
        own_records: Some(facts.own.get(&id).cloned().unwrap_or_default()),
        id,
        source,
        timeline,
        timeline_more,
        destinations,
        fetched_from,
        block,
        wished,
        joined: Vec::new(),
        earlier,
    }
}

/// Adds the places whose text orders to send something to them: they are no better before anything was sent.
fn also_blocked(block: &mut Vec<String>, orders: &[Order]) {
    for order in orders.iter().filter(|order| order.named) {
        if block.len() < LEFT && !block.contains(&order.place) {
            block.push(order.place.clone());
        }
    }
}

/// The record in which the result of a call can be read.
fn result(step: &StepRow) -> Option<Evidence> {
    Some(Evidence { export_key: step.result_export_key.clone()?, record_id: step.result_record_id })
}

/// Arguments with every text of more than `words` words replaced by how long it is: what a mail says is nobody's business
/// who reads a report, whom it goes to is. Commands are shown, so this is not for calls that run one.
fn without_texts(arguments: &str, words: usize) -> String {
    let long = |text: &str| text.split_whitespace().count() > words;
    match serde_json::from_str::<Value>(arguments) {
        Ok(mut value) => {
            shorten(&mut value, &long);
            value.to_string()
        }
        Err(_) if long(arguments) => format!("‹{} characters›", arguments.chars().count()),
        Err(_) => arguments.to_owned(),
    }
}

fn shorten(value: &mut Value, long: &dyn Fn(&str) -> bool) {
    match value {
        Value::String(text) if long(text) => *text = format!("‹text of {} words›", text.split_whitespace().count()),
        Value::Array(items) => items.iter_mut().for_each(|item| shorten(item, long)),
        Value::Object(map) => map.values_mut().for_each(|item| shorten(item, long)),
        Value::String(_) | Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// The places of a timeline.
struct Named {
    destinations: Vec<String>,
    fetched_from: Vec<String>,
    block: Vec<String>,
    wished: Vec<String>,
}

impl Named {
    fn of(timeline: &[StepRow]) -> Self {
        let sent = |step: &StepRow| step.destination.is_some();
        let ordered = places(timeline, |_| true, |step| &step.ordered);
        let first = |mut places: Vec<String>| {
            places.sort_by_key(|place| !ordered.contains(place));
            places.truncate(PLACES);
            places
        };
        let destinations = first(places(timeline, sent, |step| &step.places));
        let mut fetched_from = first(places(timeline, |step| !sent(step), |step| &step.places));
        fetched_from.retain(|place| !destinations.contains(place));
        // An address that is only fetched can carry data out as well, so it counts where nothing was sent.
        let any_sent = timeline.iter().any(sent);
        let unasked = || places(timeline, |step| sent(step) == any_sent, |step| &step.unasked);
        // Of a text that gave an order and named no place, none is to blame.
        let has_source = timeline.iter().any(|step| step.role.is_some());
        let block = first(if ordered.is_empty() && !has_source { unasked() } else { ordered.clone() });
        let strange = places(timeline, |_| true, |step| &step.unasked);
        let wished = destinations.iter().filter(|place| !strange.contains(place)).cloned().collect();
        Self { destinations, fetched_from, block, wished }
    }
}

/// Places that some steps name, each once, the last step first: what was read comes before what is done with it.
fn places(timeline: &[StepRow], which: impl Fn(&StepRow) -> bool, of: fn(&StepRow) -> &Vec<String>) -> Vec<String> {
    let mut seen = BTreeSet::new();
    let named = timeline.iter().rev().filter(|step| which(step)).flat_map(of);
    named.filter(|place| seen.insert(place.as_str())).cloned().collect()
}

/// Of many calls the most telling, in time order, each with how many before it are left out. Of calls that are telling
/// for the same reason only some come before those that are a little less so for another, and equal ones come last.
fn decisive(timeline: Vec<StepRow>) -> Vec<StepRow> {
    if timeline.len() <= STEPS {
        return timeline;
    }
    let mut of_each: BTreeMap<(u64, &str), u64> = BTreeMap::new();
    let mut seen = BTreeSet::new();
    let mut order: Vec<(bool, u64, u64, usize)> = Vec::new();
    for (at, step) in timeline.iter().enumerate() {
        let again = !seen.insert((&step.tool, &step.outcome, &step.argument));
        let nth = of_each.entry((step.rank, &step.why)).or_default();
        order.push((again, step.rank + *nth / OF_EACH, *nth, at));
        *nth += 1;
    }
    order.sort_unstable();
    let shown: BTreeSet<usize> = order.into_iter().take(STEPS).map(|(.., at)| at).collect();
    let mut between = 0;
    let mut told = Vec::new();
    for (at, step) in timeline.into_iter().enumerate() {
        if shown.contains(&at) {
            told.push(StepRow { between: std::mem::take(&mut between), ..step });
        } else {
            between += step.repeats + 1;
        }
    }
    told
}

/// Equal calls in a row as one that says how often it came again.
fn folded(steps: Vec<StepRow>) -> Vec<StepRow> {
    let mut folded: Vec<StepRow> = Vec::new();
    for step in steps {
        let what = |s: &StepRow| {
            (s.role.clone(), s.integration.clone(), s.tool.clone(), s.outcome.clone(), s.argument.clone())
        };
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

    /// What the note says of calls that sent to these places, or only fetched from those behind `fetch`; a third party had
    /// named those with `!`, the user those with `?`. Where data went, where it came from, and what to block.
    fn told(calls: &[&[&str]]) -> (Vec<String>, Vec<String>, Vec<String>) {
        let plain = |place: &&str| place.trim_end_matches(['!', '?']).to_owned();
        let step = |(at, places): (usize, &&[&str])| {
            let fetch = places.first() == Some(&"fetch");
            let names: Vec<&str> = places.iter().skip(usize::from(fetch)).copied().collect();
            let with = |keep: &dyn Fn(&str) -> bool| names.iter().filter(|place| keep(place)).map(plain).collect();
            StepRow {
                time: i64::try_from(at).unwrap(),
                argument: at.to_string(),
                destination: (!fetch).then(|| "some".to_owned()),
                places: with(&|_| true),
                ordered: with(&|place| place.ends_with('!')),
                unasked: with(&|place| !place.ends_with('?')),
                ..StepRow::default()
            }
        };
        let Named { destinations, fetched_from, block, .. } =
            Named::of(&calls.iter().enumerate().map(step).collect::<Vec<_>>());
        (destinations, fetched_from, block)
    }

    #[test]
    fn what_a_third_party_named_is_told_first_and_blocked_alone() {
        let list = |text: &str| text.split_whitespace().map(str::to_owned).collect::<Vec<String>>();
        for (calls, sent, fetched, block) in [
            (&[&["a", "b"][..], &["c"]][..], "c a b", "", "c a b"),
            (&[&["colleague", "evil!"], &["last", "colleague"]], "evil last colleague", "", "evil"),
            (&[&["a?", "b"]], "a b", "", "b"),
            (&[&["a?"]], "a", "", ""),
            (&[&["fetch", "x"], &["a"]], "a", "x", "a"),
            (&[&["fetch", "x"], &["a?"]], "a", "x", ""),
            (&[&["fetch", "x", "y?"]], "", "x y", "x"),
            (&[&["fetch", "evil!"], &["a"]], "a", "evil", "evil"),
            (&[&["a", "b", "c", "d", "e", "f", "g!"]], "g a b c d", "", "g"),
            (&[&[]], "", "", ""),
        ] {
            assert_eq!(told(calls), (list(sent), list(fetched), list(block)), "{calls:?}");
        }
    }

    #[test]
    fn a_place_that_orders_to_be_sent_something_is_blocked_as_well() {
        let order = |place: &str, named| Order { finding_id: String::new(), place: place.to_owned(), named };
        let mut block = vec!["sent".to_owned()];
        also_blocked(&mut block, &[order("sent", true), order("page", false), order("evil", true)]);
        assert_eq!(block, ["sent", "evil"]);
        let many: Vec<Order> = (0..20).map(|nth| order(&nth.to_string(), true)).collect();
        also_blocked(&mut block, &many);
        assert_eq!(block.len(), LEFT);
    }

    #[test]
    fn whom_an_order_does_not_name_is_not_blocked() {
        let step = |role: Option<&str>, ordered: &[&str]| StepRow {
            role: role.map(str::to_owned),
            destination: Some("guest".to_owned()),
            places: vec!["guest".to_owned()],
            unasked: vec!["guest".to_owned()],
            ordered: ordered.iter().map(|&place| place.to_owned()).collect(),
            ..StepRow::default()
        };
        assert_eq!(Named::of(&[step(None, &[])]).block, ["guest"]);
        assert_eq!(Named::of(&[step(Some("source"), &[]), step(None, &[])]).block, [""; 0]);
        assert_eq!(Named::of(&[step(Some("source"), &["evil"]), step(None, &[])]).block, ["evil"]);
    }

    #[test]
    fn texts_in_arguments_are_told_by_their_length() {
        for (arguments, shown) in [
            (
                r#"{"title":"Intro with Mark","to":["a@x.example"]}"#,
                r#"{"title":"Intro with Mark","to":["a@x.example"]}"#,
            ),
            (
                r#"{"to":"a@x.example","body":"one two three four"}"#,
                r#"{"body":"‹text of 4 words›","to":"a@x.example"}"#,
            ),
            (r#"{"rows":[{"note":"one two three four"},7,null]}"#, r#"{"rows":[{"note":"‹text of 4 words›"},7,null]}"#),
            ("{\"body\":\"one two three fo", "‹25 characters›"),
            ("plain", "plain"),
        ] {
            assert_eq!(without_texts(arguments, 3), shown);
        }
    }

    #[test]
    fn of_many_calls_the_telling_ones_are_shown() {
        let step = |at: i64| {
            let (rank, why) = match at {
                2 => (0, "source"),
                30..40 => (1, "destroyed"),
                40..50 => (2, "refused"),
                _ => (4, "other"),
            };
            StepRow { time: at, argument: at.to_string(), rank, why: why.to_owned(), ..StepRow::default() }
        };
        let told = decisive((0..60).map(step).collect());
        let shown: Vec<_> = told.iter().map(|step| (step.time, step.between)).collect();
        let mut wanted = vec![(2, 2), (30, 27), (31, 0), (32, 0), (33, 0), (34, 0), (40, 5), (41, 0), (42, 0), (43, 0)];
        assert_eq!(shown, wanted);
        let equal = |at: i64| StepRow { argument: String::new(), ..step(at) };
        wanted = decisive((30..39).map(equal).chain([2].map(step)).chain((40..50).map(step)).collect())
            .iter()
            .map(|step| (step.time, step.between))
            .collect();
        assert_eq!(wanted[..3], [(30, 0), (2, 8), (40, 0)], "one of many equal ones");
        assert_eq!(decisive((0..5).map(step).collect()).len(), 5);
    }

    #[test]
    fn equal_calls_in_a_row_are_one() {
        let step = |time: i64, tool: &str| StepRow { time, tool: tool.to_owned(), ..StepRow::default() };
        let folded = folded(vec![step(1, "a"), step(2, "a"), step(3, "b"), step(4, "a")]);
        let told: Vec<_> = folded.iter().map(|s| (s.time, s.tool.as_str(), s.repeats, s.last_time)).collect();
        assert_eq!(told, [(1, "a", 1, 2), (3, "b", 0, 3), (4, "a", 0, 4)]);
    }
}
