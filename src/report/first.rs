//! What to look at first: a line for each story, the worst first, and what is left by detection.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::Report;
use super::commands;
use super::common::{Pattern, pattern};
use super::groups::{Case, Group, groups, why};
use crate::finding::{Finding, Severity};

/// Stories told on the first screen.
const FIRST: usize = 5;

/// Things to do that are named there of each, at least where there are as many: all that name something of the incident
/// are.
const STEPS: usize = 2;

/// An incident on the first screen, or several that are much the same.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub(super) struct First {
    /// Severity of the worst of them, a word.
    pub(super) severity: &'static str,
    /// Title of the detection.
    pub(super) title: String,
    /// What the worst is about.
    pub(super) subject: String,
    /// Where all of several sent to; empty for one, and where they did not.
    pub(super) places: Vec<String>,
    /// Why that one was flagged, a sentence.
    pub(super) reason: String,
    /// Their numbers in the report, the worst first, and the same as it is read.
    pub(super) numbers: Vec<usize>,
    pub(super) listed: String,
    /// How many other incidents of the detection sent to one of these places, among others or with another tool.
    pub(super) others: usize,
    /// How many findings in them an earlier report did not tell; 0 without an earlier report.
    pub(super) fresh: usize,
    /// Titles of what else is told inside them and is high at least once, each with how often; the worst first.
    pub(super) also: Vec<String>,
    /// What to do about the worst that is no command, sentences.
    pub(super) steps: Vec<String>,
    /// The same of what is no less severe inside them.
    pub(super) further: Vec<Further>,
}

/// What to do about a related finding.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub(super) struct Further {
    /// Title of the detection.
    pub(super) title: String,
    /// Sentences.
    pub(super) steps: Vec<String>,
}

/// Incidents of one detection that the first screen only counts.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub(super) struct Later {
    /// Title of the detection.
    pub(super) title: String,
    /// How many of each severity, those that there are, the worst first.
    pub(super) severities: Vec<(&'static str, u64)>,
    /// Their numbers in the report, in order, and the same as it is read.
    pub(super) numbers: Vec<usize>,
    pub(super) listed: String,
}

/// Cases that are one line: those of one detection whose calls did much the same.
struct Story<'r> {
    cases: Vec<Case<'r>>,
    /// Its place among the stories of its detection.
    nth: usize,
}

/// What to look at first, and what is left. What earlier reports told comes last; of equally severe stories each
/// detection tells one before any tells a second.
pub(super) fn first(report: &Report) -> (Vec<First>, Vec<Later>) {
    let mut stories = stories(report);
    let told = |story: &Story<'_>| story.cases.iter().flat_map(Case::all).all(|finding| told(report, finding));
    // Stable, so that the order of the report decides among equals.
    stories.sort_by_key(|story| (told(story), Reverse(story.cases[0].lead.severity), story.nth));
    let later = stories.split_off(stories.len().min(FIRST));
    // Those that are told are read by number.
    stories.sort_by_key(|story| (told(story), Reverse(story.cases[0].lead.severity), story.cases[0].number));
    let all = groups(report);
    (stories.iter().map(|story| line(report, story, &all)).collect(), by_detection(&later))
}

fn stories(report: &Report) -> Vec<Story<'_>> {
    let mut all: Vec<Story<'_>> = Vec::new();
    for group in groups(report) {
        let from = all.len();
        let mut alike: BTreeMap<Pattern<'_>, usize> = BTreeMap::new();
        for case in group.cases {
            let same = pattern(report, &case).map(|pattern| *alike.entry(pattern).or_insert(all.len()));
            match same.filter(|at| *at < all.len()) {
                Some(at) => all[at].cases.push(case),
                None => all.push(Story { nth: all.len() - from, cases: vec![case] }),
            }
        }
    }
    all
}

fn state<'r>(report: &'r Report, finding: &Finding) -> &'r str {
    report.history.row(&finding.id).map_or("first", |row| row.state.as_str())
}

/// Whether an earlier report told it.
fn told(report: &Report, finding: &Finding) -> bool {
    matches!(state(report, finding), "open" | "suppressed")
}

fn line(report: &Report, story: &Story<'_>, groups: &[Group<'_>]) -> First {
    let all = || story.cases.iter().flat_map(Case::all);
    let speaks = all().find(|finding| !told(report, finding)).unwrap_or(story.cases[0].lead);
    let steps = steps(report, speaks);
    let numbers: Vec<usize> = story.cases.iter().map(|case| case.number).collect();
    let places = places(report, &story.cases);
    First {
        others: others(report, &places, &numbers, groups),
        severity: speaks.severity.as_str(),
        title: speaks.detection.title.clone(),
        subject: speaks.subject.clone(),
        places,
        reason: why(speaks, &speaks.subject),
        listed: listed(&numbers),
        numbers,
        fresh: all().filter(|finding| matches!(state(report, finding), "new" | "returned")).count(),
        also: also(&story.cases),
        further: further(report, &story.cases, speaks, &steps),
        steps,
    }
}

/// What to do about a finding.
fn steps(report: &Report, finding: &Finding) -> Vec<String> {
    let prose = commands::prose(finding, report.note(&finding.id));
    // What names something of this incident says more than what is always to be done.
    let named = prose.iter().filter(|(own, _)| *own).count();
    prose.into_iter().take(STEPS.max(named)).map(|(_, text)| text).collect()
}

/// What else to do that none of the sentences told says, of each detection once.
fn further(report: &Report, cases: &[Case<'_>], speaks: &Finding, told: &[String]) -> Vec<Further> {
    let others = cases.iter().flat_map(|case| case.equals(report)).filter(|part| part.id != speaks.id);
    let further = commands::one_of_each(others).map(|part| Further {
        title: part.detection.title.clone(),
        steps: steps(report, part).into_iter().filter(|step| !told.contains(step)).collect(),
    });
    further.filter(|further| !further.steps.is_empty()).collect()
}

/// Where several cases that are one story sent to.
fn places(report: &Report, cases: &[Case<'_>]) -> Vec<String> {
    match cases {
        [first, _, ..] => report.note(&first.lead.id).map(|note| note.destinations.clone()).unwrap_or_default(),
        _ => Vec::new(),
    }
}

/// How many cases of the detection beside these sent to one of the places.
fn others(report: &Report, places: &[String], numbers: &[usize], groups: &[Group<'_>]) -> usize {
    let sent_there = |case: &&Case<'_>| {
        !numbers.contains(&case.number)
            && report.note(&case.lead.id).is_some_and(|note| note.destinations.iter().any(|to| places.contains(to)))
    };
    let of_it = groups.iter().find(|group| group.cases.iter().any(|case| numbers.contains(&case.number)));
    of_it.map_or(0, |group| group.cases.iter().filter(sent_there).count())
}

fn also(cases: &[Case<'_>]) -> Vec<String> {
    let mut also: Vec<(&str, usize, usize)> = Vec::new();
    for part in cases.iter().flat_map(|case| &case.parts) {
        let high = usize::from(part.severity >= Severity::High);
        match also.iter_mut().find(|(title, ..)| *title == part.detection.title) {
            Some((_, count, grave)) => (*count, *grave) = (*count + 1, *grave + high),
            None => also.push((&part.detection.title, 1, high)),
        }
    }
    let titled = |(title, count, high): (&str, usize, usize)| match count {
        1 => title.to_owned(),
        _ if high == count => format!("{title} ({count})"),
        _ => format!("{title} ({count}, {high} of them high or critical)"),
    };
    also.into_iter().filter(|(.., high)| *high > 0).map(titled).collect()
}

fn by_detection(stories: &[Story<'_>]) -> Vec<Later> {
    let mut all: Vec<(&str, Vec<&Case<'_>>)> = Vec::new();
    for case in stories.iter().flat_map(|story| &story.cases) {
        let detection = case.lead.detection.id.as_str();
        match all.iter_mut().find(|(id, _)| *id == detection) {
            Some((_, cases)) => cases.push(case),
            None => all.push((detection, vec![case])),
        }
    }
    all.into_iter().map(|(_, cases)| later(&cases)).collect()
}

fn later(cases: &[&Case<'_>]) -> Later {
    let mut numbers: Vec<usize> = cases.iter().map(|case| case.number).collect();
    numbers.sort_unstable();
    let mut severities: BTreeMap<Reverse<Severity>, u64> = BTreeMap::new();
    for case in cases {
        *severities.entry(Reverse(case.lead.severity)).or_default() += 1;
    }
    Later {
        title: cases[0].lead.detection.title.clone(),
        severities: severities.into_iter().map(|(Reverse(severity), count)| (severity.as_str(), count)).collect(),
        listed: listed(&numbers),
        numbers,
    }
}

/// Numbers of incidents as they are read: `incident 3`, `incidents 4, 6 and 9`, `15 incidents between 4 and 40`.
fn listed(numbers: &[usize]) -> String {
    const NAMED: usize = 3;
    let list = |numbers: &[usize]| numbers.iter().map(usize::to_string).collect::<Vec<_>>().join(", ");
    match numbers {
        [] => String::new(),
        [only] => format!("incident {only}"),
        [from, .., to] if numbers.len() > 2 && to - from == numbers.len() - 1 => format!("incidents {from} to {to}"),
        [but_last @ .., last] if numbers.len() <= NAMED + 1 => format!("incidents {} and {last}", list(but_last)),
        [from, ..] => {
            let last = numbers.iter().max().unwrap_or(from);
            format!("{} incidents between {from} and {last}", numbers.len())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::IncidentNote;
    use crate::report::tests::example;

    /// A report with incidents of detections, each with its severity and the place that it sent to.
    fn report(incidents: &[(&str, Severity, &str)]) -> Report {
        let mut report = example();
        let one = report.incidents[0].clone();
        (report.incidents, report.notes) = (Vec::new(), Vec::new());
        (report.history.index, report.history.previous) = (Vec::new(), None);
        for (n, (detection, severity, place)) in incidents.iter().enumerate() {
            let mut finding = one.clone();
            finding.id = format!("f-{n:02}");
            finding.detection.id = format!("sequences.{detection}");
            finding.detection.title = (*detection).to_owned();
            finding.severity = *severity;
            finding.scope.session_id = Some(format!("s-{n}"));
            finding.details.clear();
            let destinations = vec![(*place).to_owned()];
            report.notes.push(IncidentNote { id: finding.id.clone(), destinations, ..IncidentNote::default() });
            report.incidents.push(finding);
        }
        report
    }

    #[test]
    fn near_equal_incidents_are_one_line_and_the_rest_is_counted() {
        use Severity::{Critical, High, Medium};
        let report = report(&[
            ("a", Critical, "x"),
            ("a", Critical, "y"),
            ("a", Critical, "x"),
            ("a", Medium, "z"),
            ("b", Critical, "x"),
            ("c", High, "x"),
            ("c", High, "y"),
            ("c", Medium, "z"),
        ]);
        let (first, later) = first(&report);
        let told: Vec<(&str, &[usize])> = first.iter().map(|f| (f.title.as_str(), f.numbers.as_slice())).collect();
        let expected: [(&str, &[usize]); 5] = [("a", &[1, 3]), ("a", &[2]), ("b", &[5]), ("c", &[6]), ("c", &[7])];
        assert_eq!(told, expected, "they are read by number");
        let others: Vec<usize> = first.iter().map(|f| f.others).collect();
        assert_eq!(others, [0; 5]);
        let mut report = report;
        report.notes[3].destinations = vec!["z".to_owned(), "x".to_owned()];
        let others: Vec<usize> = super::first(&report).0.iter().map(|f| f.others).collect();
        assert_eq!(others, [1, 0, 0, 0, 0], "one that sent to x and z sent to x too");
        let rest: Vec<_> = later.iter().map(|l| (l.title.as_str(), l.severities.clone(), l.numbers.clone())).collect();
        assert_eq!(rest, [("a", vec![("medium", 1)], vec![4]), ("c", vec![("medium", 1)], vec![8])]);
    }

    #[test]
    fn numbers_are_listed_as_they_are_read() {
        for (numbers, wanted) in [
            (&[3][..], "incident 3"),
            (&[3, 4], "incidents 3 and 4"),
            (&[3, 4, 5, 6, 7], "incidents 3 to 7"),
            (&[3, 5, 9], "incidents 3, 5 and 9"),
            (&[3, 5, 9, 11, 40], "5 incidents between 3 and 40"),
            (&[], ""),
        ] {
            assert_eq!(listed(numbers), wanted);
        }
    }
}
