//! What to look at first: a line for each story, the worst first, and what is left by detection.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use super::campaigns::About;
use super::commands;
use super::common::{Pattern, pattern};
use super::details::capitalised;
use super::groups::{Case, Group, groups, why};
use super::left;
use super::{CampaignRow, Report};
use crate::finding::{Finding, Severity};

/// Stories told on the first screen.
const FIRST: usize = 5;

/// Things to do that are named there of each, at least where there are as many: all that name something of the incident
/// are.
const STEPS: usize = 2;

/// Sentences of other detections that are told there of each.
const SIGNS: usize = 3;

/// Incidents of one detection from which on those that are left are only counted: one more than this.
const BRIEFS: usize = 3;

/// An incident on the first screen, or several that are much the same.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize)]
pub(super) struct First {
    /// What they have in common, where they are a campaign; its incidents may all be untold, then the rest is empty.
    pub(super) campaign: Option<About>,
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
    /// What it tells of other detections that asks for something of its own, sentences, the worst first.
    pub(super) signs: Vec<String>,
    /// What was made public in it, a part of a sentence; empty for nothing.
    pub(super) left: String,
    /// The session that all calls belong to which it is about, where it names none, and what they were: a sentence.
    pub(super) used: String,
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
    /// What each of them is about, where they are few.
    pub(super) cases: Vec<Brief>,
}

/// An incident that the first screen only names.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub(super) struct Brief {
    /// Its number in the report.
    pub(super) number: usize,
    /// What it is about.
    pub(super) subject: String,
    /// Why it was flagged, a sentence.
    pub(super) says: String,
    /// What was made public in it, a part of a sentence; empty for nothing.
    pub(super) left: String,
}

/// Cases that are one line: those of a campaign, or those of one detection whose calls did much the same.
struct Story<'g, 'r> {
    campaign: Option<&'r CampaignRow>,
    cases: Vec<&'g Case<'r>>,
    /// Its place among the stories of its detection.
    nth: usize,
}

impl Story<'_, '_> {
    fn severity(&self) -> Severity {
        let of_campaign = self.campaign.and_then(|row| row.severity.parse().ok());
        of_campaign.or_else(|| self.cases.first().map(|case| case.lead.severity)).unwrap_or(Severity::Informational)
    }

    /// Whether an earlier report told all of it.
    fn told(&self, report: &Report) -> bool {
        !self.cases.is_empty() && self.cases.iter().flat_map(|case| case.all()).all(|finding| told(report, finding))
    }

    /// Numbers of the cases that need no other story: of a campaign not those that something worse leads.
    fn told_by(&self) -> Vec<usize> {
        let whole = |case: &&&Case<'_>| self.campaign.is_none_or(|row| row.tells(case));
        self.cases.iter().filter(whole).map(|case| case.number).collect()
    }

    /// Large campaigns come before everything else; what earlier reports told comes last.
    fn place(&self, report: &Report) -> (bool, bool, Reverse<Severity>) {
        (self.told(report), !self.campaign.is_some_and(|row| row.leads), Reverse(self.severity()))
    }
}

/// What to look at first, and what is left: campaigns that are large beside everything else, then the worst. What
/// earlier reports told comes last; of equally severe stories each detection tells one before any tells a second.
pub(super) fn first(report: &Report) -> (Vec<First>, Vec<Later>) {
    let all = groups(report);
    let mut stories = stories(report, &all);
    // Stable, so that the order of the report decides among equals.
    stories.sort_by_key(|story| (story.place(report), story.nth));
    stories.truncate(FIRST);
    // Those that are told are read by number.
    let number = |story: &Story<'_, '_>| story.cases.first().map_or(usize::MAX, |case| case.number);
    stories.sort_by_key(|story| (story.place(report), number(story)));
    let covered: BTreeSet<usize> = stories.iter().flat_map(Story::told_by).collect();
    let left = all.iter().flat_map(|group| &group.cases).filter(|case| !covered.contains(&case.number)).collect();
    (stories.iter().map(|story| line(report, story, &all)).collect(), by_detection(report, left))
}

fn stories<'g, 'r>(report: &'r Report, groups: &'g [Group<'r>]) -> Vec<Story<'g, 'r>> {
    let cases = || groups.iter().flat_map(|group| &group.cases);
    let of_campaign = |row: &'r CampaignRow| Story {
        campaign: Some(row),
        cases: cases().filter(|case| row.has(case)).collect(),
        nth: 0,
    };
    let mut all: Vec<Story<'g, 'r>> = report.campaigns.iter().map(of_campaign).collect();
    let mut alike: BTreeMap<(&str, Pattern<'_>), usize> = BTreeMap::new();
    for case in cases().filter(|case| !report.campaigns.iter().any(|row| row.tells(case))) {
        let detection = case.lead.detection.id.as_str();
        let same = pattern(report, case).map(|pattern| *alike.entry((detection, pattern)).or_insert(all.len()));
        match same.filter(|at| *at < all.len()) {
            Some(at) => all[at].cases.push(case),
            None => all.push(Story { campaign: None, cases: vec![case], nth: 0 }),
        }
    }
    let mut of_each: BTreeMap<&str, usize> = BTreeMap::new();
    for story in &mut all {
        let detection = story.cases.first().map_or("", |case| case.lead.detection.id.as_str());
        let nth = of_each.entry(detection).or_default();
        (story.nth, *nth) = (*nth, *nth + 1);
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

fn line(report: &Report, story: &Story<'_, '_>, groups: &[Group<'_>]) -> First {
    let all = || story.cases.iter().flat_map(|case| case.all());
    let numbers: Vec<usize> = story.cases.iter().map(|case| case.number).collect();
    let campaign = story.campaign.map(|row| About::of(report, row, &numbers));
    let fresh = all().filter(|finding| matches!(state(report, finding), "new" | "returned")).count();
    // Of a campaign what belongs to it speaks, not what else its sessions hold.
    let mine = |finding: &&Finding| story.campaign.is_none_or(|row| row.holds_finding(finding));
    let speaks = all().filter(mine).find(|finding| !told(report, finding)).or_else(|| all().find(mine));
    let base =
        First { campaign, severity: story.severity().as_str(), fresh, listed: listed(&numbers), ..First::default() };
    let Some(speaks) = speaks else { return First { numbers, ..base } };
    let steps = match story.campaign {
        Some(row) => row.steps(speaks),
        None => steps(report, speaks),
    };
    let places = match story.campaign {
        Some(_) => Vec::new(),
        None => places(report, &story.cases),
    };
    First {
        others: others(report, &places, &numbers, groups),
        severity: story.campaign.map_or(speaks.severity.as_str(), |_| base.severity),
        title: speaks.detection.title.clone(),
        subject: speaks.subject.clone(),
        places,
        reason: why(speaks, &speaks.subject),
        also: also(story),
        signs: match story.campaign {
            Some(_) => Vec::new(),
            None => signs(report, speaks),
        },
        left: public(report, speaks),
        used: used(report, speaks),
        further: match story.campaign {
            Some(_) => Vec::new(),
            None => further(report, &story.cases, speaks, &steps),
        },
        steps,
        numbers,
        ..base
    }
}

/// What a finding tells of other detections, the worst first.
fn signs(report: &Report, finding: &Finding) -> Vec<String> {
    let joined = report.note(&finding.id).into_iter().flat_map(|note| &note.joined).take(SIGNS);
    joined.map(|row| capitalised(&row.says)).collect()
}

/// What was made public in the story of a finding.
fn public(report: &Report, finding: &Finding) -> String {
    report.note(&finding.id).and_then(|note| left::public(&note.left)).unwrap_or_default()
}

/// The session of all calls that a finding is about, and what they were.
fn used(report: &Report, finding: &Finding) -> String {
    let note = report.note(&finding.id);
    let told = note.and_then(|note| Some((note.used_in.as_ref()?, note.used_for.as_ref()?)));
    told.map_or_else(String::new, |(session, calls)| format!("All in session {session}: {calls}."))
}

/// What to do about a finding.
fn steps(report: &Report, finding: &Finding) -> Vec<String> {
    let prose = commands::prose(finding, report.note(&finding.id));
    // What names something of this incident says more than what is always to be done.
    let named = prose.iter().filter(|(own, _)| *own).count();
    prose.into_iter().take(STEPS.max(named)).map(|(_, text)| text).collect()
}

/// What else to do that none of the sentences told says, of each detection once.
fn further(report: &Report, cases: &[&Case<'_>], speaks: &Finding, told: &[String]) -> Vec<Further> {
    let others = cases.iter().flat_map(|case| case.equals(report)).filter(|part| part.id != speaks.id);
    let further = commands::one_of_each(others).map(|part| Further {
        title: part.detection.title.clone(),
        steps: steps(report, part).into_iter().filter(|step| !told.contains(step)).collect(),
    });
    further.filter(|further| !further.steps.is_empty()).collect()
}

/// Where several cases that are one story sent to.
fn places(report: &Report, cases: &[&Case<'_>]) -> Vec<String> {
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

/// What else is told inside; of a campaign whatever does not belong to it.
fn also(story: &Story<'_, '_>) -> Vec<String> {
    let mut also: Vec<(&str, usize, usize)> = Vec::new();
    let inside = |case: &Case<'_>, finding: &Finding| match story.campaign {
        Some(row) => !row.holds_finding(finding),
        None => finding.id != case.lead.id,
    };
    let all = story.cases.iter().flat_map(|case| case.all().map(move |finding| (case, finding)));
    for (_, part) in all.filter(|(case, finding)| inside(case, finding)) {
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

fn by_detection(report: &Report, left: Vec<&Case<'_>>) -> Vec<Later> {
    let mut all: Vec<(&str, Vec<&Case<'_>>)> = Vec::new();
    for case in left {
        let detection = case.lead.detection.id.as_str();
        match all.iter_mut().find(|(id, _)| *id == detection) {
            Some((_, cases)) => cases.push(case),
            None => all.push((detection, vec![case])),
        }
    }
    all.into_iter().map(|(_, cases)| later(report, &cases)).collect()
}

fn later(report: &Report, cases: &[&Case<'_>]) -> Later {
    let brief = |case: &&Case<'_>| Brief {
        number: case.number,
        subject: case.lead.subject.clone(),
        says: why(case.lead, &case.lead.subject),
        left: public(report, case.lead),
    };
    // What is grave, and what anybody can read by now.
    let telling = |brief: &Brief, case: &Case<'_>| case.lead.severity >= Severity::High || !brief.left.is_empty();
    let briefs = cases.iter().map(|case| (brief(case), case));
    let briefs: Vec<Brief> = briefs.filter(|(brief, case)| telling(brief, case)).map(|(brief, _)| brief).collect();
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
        cases: if briefs.len() <= BRIEFS { briefs } else { Vec::new() },
    }
}

/// Numbers of incidents as they are read, ranges as such: `incident 3`, `incidents 4, 6 and 9 to 12`. Of many ranges the
/// first are named.
pub(super) fn listed(numbers: &[usize]) -> String {
    const RANGES: usize = 6;
    let mut sorted = numbers.to_vec();
    sorted.sort_unstable();
    let mut ranges: Vec<(usize, usize)> = Vec::new();
    for number in sorted {
        match ranges.last_mut().filter(|(_, to)| to + 1 == number) {
            Some((_, to)) => *to = number,
            None => ranges.push((number, number)),
        }
    }
    let more = ranges.split_off(ranges.len().min(RANGES));
    let range = |(from, to): &(usize, usize)| match to - from {
        0 => from.to_string(),
        1 => format!("{from}, {to}"),
        _ => format!("{from} to {to}"),
    };
    let named = ranges.iter().map(range).collect::<Vec<_>>().join(", ");
    match (numbers.len(), more.last()) {
        (0, _) => String::new(),
        (1, _) => format!("incident {named}"),
        (_, Some((_, last))) => {
            let count: usize = more.iter().map(|(from, to)| to - from + 1).sum();
            format!("incidents {named} and {count} more up to {last}")
        }
        (_, None) => match named.rsplit_once(", ") {
            Some((first, last)) => format!("incidents {first} and {last}"),
            None => format!("incidents {named}"),
        },
    }
}

#[cfg(test)]
#[path = "first_tests.rs"]
mod tests;
