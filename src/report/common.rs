//! What many incidents of one kind have in common, so that one sees whether they are one story or many.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use super::Report;
use super::groups::{Case, Group};

/// Incidents from which on it is told what they have in common.
const MANY: usize = 5;

/// Values named of each kind.
const NAMED: usize = 8;

/// Values of one kind, with the number of incidents that have each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Shared {
    /// What the values are, for people.
    pub(super) name: &'static str,
    /// The values, the most frequent first; bounded.
    pub(super) values: Vec<(String, u64)>,
    /// Those that the user had named in some of the incidents, with how many these are.
    pub(super) asked: BTreeMap<String, u64>,
    /// Values beyond those.
    pub(super) more: usize,
    /// Whether the values are places that no viewer may make a link of.
    pub(super) places: bool,
}

/// What the incidents of a group share; nothing for a few.
pub(super) fn shared(report: &Report, group: &Group<'_>) -> Vec<Shared> {
    if group.cases.len() < MANY {
        return Vec::new();
    }
    let of = |name, places, values: &dyn Fn(&Case<'_>) -> BTreeSet<String>| {
        let mut counted: BTreeMap<String, u64> = BTreeMap::new();
        for value in group.cases.iter().flat_map(values) {
            *counted.entry(value).or_default() += 1;
        }
        let mut values: Vec<(String, u64)> = counted.into_iter().collect();
        values.sort_by_key(|(_, count)| Reverse(*count));
        let more = values.len().saturating_sub(NAMED);
        values.truncate(NAMED);
        Shared { name, values, asked: BTreeMap::new(), more, places }
    };
    let scope = |value: &Option<String>| value.iter().cloned().collect::<BTreeSet<String>>();
    let note = |case: &Case<'_>| report.note(&case.lead.id);
    let mut all = [
        of("Sent to", true, &|case| note(case).map(|n| n.destinations.iter().cloned().collect()).unwrap_or_default()),
        of("Fetched from", true, &|case| {
            note(case).map(|n| n.fetched_from.iter().cloned().collect()).unwrap_or_default()
        }),
        of("Integration", false, &|case| scope(&case.lead.scope.integration)),
        of("Tool", false, &|case| scope(&case.lead.scope.tool)),
        of("Agent", false, &|case| scope(&case.lead.scope.agent)),
        of("User", false, &|case| scope(&case.lead.scope.login)),
        of("Day", false, &|case| BTreeSet::from([crate::text::day(case.lead.last_seen)])),
    ];
    for place in group.cases.iter().filter_map(note).flat_map(|note| &note.wished) {
        *all[0].asked.entry(place.clone()).or_default() += 1;
    }
    all.into_iter().filter(|shared| !shared.values.is_empty()).collect()
}

/// Places, integration and tool.
pub(super) type Pattern<'r> = (Vec<&'r str>, Option<&'r str>, Option<&'r str>);

/// What makes two incidents of a detection much the same: where their calls sent to, or what they are about. None where
/// nothing of that is known.
pub(super) fn pattern<'r>(report: &'r Report, case: &Case<'r>) -> Option<Pattern<'r>> {
    let scope = &case.lead.scope;
    let places = report.note(&case.lead.id).map_or(&[][..], |note| &note.destinations);
    let mut places: Vec<&str> = places.iter().map(String::as_str).collect();
    places.sort_unstable();
    let (integration, tool) = (scope.integration.as_deref(), scope.tool.as_deref());
    let known = !places.is_empty() || integration.is_some() || tool.is_some();
    known.then_some((places, integration, tool))
}

/// What makes two incidents of a detection one story: the campaign that they belong to, else [`pattern`].
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Alike<'r> {
    /// By its place in the report.
    Campaign(usize),
    /// What they did or are about.
    Pattern(Pattern<'r>),
}

/// The story that an incident belongs to; none where nothing of it is known.
pub(super) fn alike<'r>(report: &'r Report, case: &Case<'r>) -> Option<Alike<'r>> {
    case.campaign.map(Alike::Campaign).or_else(|| pattern(report, case).map(Alike::Pattern))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::IncidentNote;
    use crate::report::groups::groups;
    use crate::report::tests::example;

    #[test]
    fn many_incidents_of_one_kind_tell_what_they_share() {
        let mut report = example();
        let one = report.incidents[0].clone();
        (report.incidents, report.notes) = (Vec::new(), Vec::new());
        report.campaigns.clear();
        for n in 0..MANY + 1 {
            let mut finding = one.clone();
            finding.id = format!("f-{n}");
            finding.scope.session_id = Some(format!("s-{n}"));
            finding.scope.login = Some(format!("user-{}", n % 2));
            let destinations = vec![if n == 0 { "a.example" } else { "b.example" }.to_owned()];
            report.notes.push(IncidentNote { id: finding.id.clone(), destinations, ..IncidentNote::default() });
            report.incidents.push(finding);
        }
        let all = shared(&report, &groups(&report)[0]);
        let of = |name: &str| all.iter().find(|s| s.name == name).unwrap().values.clone();
        let (few, many) = (1, MANY as u64);
        assert_eq!(of("Sent to"), [("b.example".to_owned(), many), ("a.example".to_owned(), few)]);
        assert_eq!(of("User"), [("user-0".to_owned(), 3), ("user-1".to_owned(), 3)]);
        assert_eq!(of("Day").len(), 1);
        report.incidents.truncate(MANY - 1);
        assert!(shared(&report, &groups(&report)[0]).is_empty(), "a few are quickly read");
    }
}
