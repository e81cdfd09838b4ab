//! Campaigns: what several incidents have in common, so that it can be stopped once.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Deserializer};

use super::first::listed;
use super::groups::{Case, groups};
use super::redact::rows;
use super::{IncidentNote, Report, commands};
use crate::finding::{Finding, Scope, Severity};
use crate::text;

rows! {
    /// Incidents whose calls sent data to one place, or did the same with one value, because a text said so.
    pub struct CampaignRow {
        /// The place; null where they did the same.
        pub place: Option<String>,
        /// What brings the tool that did the same; null where it is a place, or unknown.
        pub integration: Option<String>,
        /// That tool; null where it is a place.
        pub tool: Option<String>,
        /// The value that the text had named; null where it is a place.
        pub value: Option<String>,
        /// Ids of the findings, told or not.
        pub findings: Vec<String>,
        /// How many incidents they are; those of one session are one.
        pub incidents: u64,
        /// Whether it is so large beside all other incidents that it comes first.
        pub leads: bool,
        /// Severity of the worst of them, a word.
        pub severity: String,
        /// How many of the incidents are as severe.
        pub worst: u64,
        /// Sessions that sent there or did it, whether they are incidents or not.
        pub sessions: u64,
        /// Sessions of these in which the user had named the place before.
        pub asked: u64,
        /// Logins of these.
        pub users: u64,
        /// Their calls.
        pub calls: u64,
        /// Calls of which no result was seen.
        pub attempted: u64,
        /// Calls of each tool, the most used first; empty where they did the same.
        pub tools: Vec<String>,
        /// First call.
        pub first_seen: i64,
        /// Last call.
        pub last_seen: i64,
        /// Secrets and personal data in the calls of its incidents, each kind with how many of them hold it and how many
        /// different ones there are, the most frequent first.
        pub holds: Vec<String>,
        /// Integration and tool whose results said what to do, the most frequent first.
        pub sources: Vec<String>,
        /// The order that most of them followed; null where results only named the place.
        pub said: Option<String>,
        /// All orders that they followed, first those whose incidents are the gravest, then the most frequent.
        #[serde(default, deserialize_with = "or_none")]
        pub orders: Vec<OrderRow>,
    }

    /// What a text had said to do; sentences are one that differ in numbers, punctuation or words before or behind only.
    pub struct OrderRow {
        /// The sentence.
        pub order: String,
        /// Severity of the worst incident that followed it, a word.
        pub severity: String,
        /// How many incidents followed it.
        pub incidents: u64,
    }
}

/// A list that is null where it is empty.
fn or_none<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<OrderRow>, D::Error> {
    Option::deserialize(from).map(Option::unwrap_or_default)
}

/// Takes from what is to be blocked because of each incident what the campaigns leave alone: it is one judgement.
pub fn spare(campaigns: &[CampaignRow], notes: &mut [IncidentNote]) {
    let spared: BTreeSet<&str> =
        campaigns.iter().filter(|row| !row.to_block()).filter_map(|row| row.place.as_deref()).collect();
    for note in notes {
        note.block.retain(|place| !spared.contains(place.as_str()));
    }
}

impl CampaignRow {
    /// Whether an incident, or what is told with it, belongs to it.
    pub(super) fn has(&self, case: &Case<'_>) -> bool {
        case.all().any(|finding| self.holds_finding(finding))
    }

    /// Whether an incident is told with it: its worst belongs to it, or what does is no less severe.
    pub(super) fn tells(&self, case: &Case<'_>) -> bool {
        let severity = || self.severity.parse().is_ok_and(|severity: Severity| severity >= case.lead.severity);
        self.has(case) && (self.holds_finding(case.lead) || severity())
    }

    /// Whether a finding belongs to it.
    pub(super) fn holds_finding(&self, finding: &Finding) -> bool {
        self.findings.contains(&finding.id)
    }

    /// What the detection of one of its findings says is to be done about all of them: nothing that names one.
    pub(super) fn steps(&self, finding: &Finding) -> Vec<String> {
        let nobody =
            Finding { scope: Scope::default(), subject: String::new(), details: BTreeMap::new(), ..finding.clone() };
        let block = self.place.iter().filter(|_| self.to_block()).cloned().collect();
        let note = IncidentNote { block, ..IncidentNote::default() };
        let mut steps: Vec<String> = commands::prose(&nobody, Some(&note)).into_iter().map(|(_, text)| text).collect();
        if self.asked > 0 {
            let of = if self.asked == 1 { "the session whose user" } else { "the sessions whose users" };
            steps.push(format!(
                "Look at {of} had named it ({}, marked in the list of its sessions): they may have wanted that, or somebody \
                 speaks in their name.",
                self.asked
            ));
        }
        if !self.holds.is_empty() {
            let gone = self.holds.join("; ");
            steps.push(format!(
                "Make worthless or replace what these calls gave away, now that others know it: {gone}."
            ));
        }
        steps.push(ASK.to_owned());
        steps
    }

    /// Whether to block the place: not one that results only named, nor one that users name more often than it is an
    /// incident.
    fn to_block(&self) -> bool {
        (self.said.is_some() || self.sources.is_empty()) && self.asked < self.incidents
    }
}

/// What is to be done about every campaign.
const ASK: &str =
    "Ask the users of its sessions whether they wanted this; stop what still runs, and undo what can be undone.";

/// Integrations and tools that are named of those whose results said what to do.
const SOURCES: usize = 3;

/// Tools whose calls are told apart.
const TOOLS: usize = 4;

/// Orders that are quoted, and the longest of them, in characters.
const ORDERS: usize = 8;
const SAID_CHARS: usize = 200;

/// A campaign as it is read.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize)]
pub(super) struct About {
    /// Its number, from 1.
    pub(super) number: usize,
    /// The place that data was sent to; null where the same was done.
    pub(super) place: Option<String>,
    /// What was done: integration and tool, and the value that it was done with.
    pub(super) act: String,
    pub(super) value: String,
    /// Sessions and logins that did it.
    pub(super) sessions: u64,
    pub(super) users: u64,
    /// The same with how many of the sessions are incidents, and in how many the user had named the place: a phrase.
    pub(super) who: String,
    /// In how many sessions the user had named the place, a phrase; empty for none.
    pub(super) asked: String,
    /// First and last day.
    pub(super) days: String,
    /// Calls, how many of them have no result, what they hold: a phrase.
    pub(super) calls: String,
    /// The first whose results said what to do, and how many more there are.
    pub(super) sources: Vec<String>,
    pub(super) sources_more: usize,
    /// The orders that they followed, the gravest first, and how many more there are.
    pub(super) orders: Vec<Order>,
    pub(super) orders_more: usize,
    /// Numbers of its incidents as they are read, and how many have none: a phrase.
    pub(super) told: String,
    /// How many of the incidents have no number in the report.
    pub(super) untold: u64,
}

/// An order as it is read.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize)]
pub(super) struct Order {
    /// Its start.
    pub(super) said: String,
    /// How many incidents followed it, a phrase.
    pub(super) by: String,
}

impl About {
    /// What is told of a campaign whose incidents have these numbers.
    pub(super) fn of(report: &Report, row: &CampaignRow, numbers: &[usize]) -> Self {
        let tool = [row.integration.as_deref(), row.tool.as_deref()];
        let untold = row.incidents.saturating_sub(numbers.len() as u64);
        Self {
            number: report.campaigns.iter().take_while(|other| *other != row).count() + 1,
            place: row.place.clone(),
            act: tool.into_iter().flatten().collect::<Vec<_>>().join("/"),
            value: row.value.clone().unwrap_or_default(),
            sessions: row.sessions,
            users: row.users,
            who: who(row),
            asked: asked(row),
            days: days(row),
            calls: calls(row),
            sources: row.sources.iter().take(SOURCES).cloned().collect(),
            sources_more: row.sources.len().saturating_sub(SOURCES),
            orders: row.orders.iter().take(ORDERS).map(Order::of).collect(),
            orders_more: row.orders.len().saturating_sub(ORDERS),
            told: match (listed(numbers), untold) {
                (listed, 0) => listed,
                (listed, untold) if listed.is_empty() => format!("{untold} not told"),
                (listed, untold) => format!("{listed}; {untold} more not told"),
            },
            untold,
        }
    }
}

impl Order {
    fn of(row: &OrderRow) -> Self {
        let said = text::opening(row.order.trim_end_matches('.'), SAID_CHARS).into_owned();
        Self { said, by: plural(row.incidents, "incident") }
    }
}

fn plural(count: u64, thing: &str) -> String {
    format!("{count} {thing}{}", if count == 1 { "" } else { "s" })
}

fn who(row: &CampaignRow) -> String {
    let incidents = match row.incidents {
        all if all >= row.sessions => "all".to_owned(),
        some => some.to_string(),
    };
    let (sessions, users) = (plural(row.sessions, "session"), plural(row.users, "user"));
    let worst = match row.worst {
        all if all >= row.incidents => String::new(),
        worst => format!(" ({worst} {})", row.severity),
    };
    let asked = match asked(row).as_str() {
        "" => String::new(),
        asked => format!(", {asked}"),
    };
    format!("{sessions} of {users}, {incidents} of them incidents{worst}{asked}")
}

fn asked(row: &CampaignRow) -> String {
    match row.asked {
        0 => String::new(),
        asked => format!("the user had named it in {asked}"),
    }
}

fn days(row: &CampaignRow) -> String {
    let (first, last) = (text::day(row.first_seen), text::day(row.last_seen));
    if first == last { first } else { format!("{first} to {last}") }
}

fn calls(row: &CampaignRow) -> String {
    let result = match row.attempted {
        0 if row.calls == 1 => " with a result".to_owned(),
        0 => ", all with a result".to_owned(),
        all if all >= row.calls => " without a result".to_owned(),
        some => format!(", {some} of them without a result"),
    };
    let holds: String = row.holds.iter().map(|what| format!("; {what}")).collect();
    let tools = match row.tools.as_slice() {
        [] | [_] => String::new(),
        tools => {
            let more = tools.len().saturating_sub(TOOLS);
            let more = if more > 0 { format!(" and {more} more") } else { String::new() };
            format!(" ({}{more})", tools[..tools.len().min(TOOLS)].join(", "))
        }
    };
    format!("{}{tools}{result}{holds}", plural(row.calls, "call"))
}

/// A campaign and where its incidents stand.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub(super) struct Told {
    /// Severity of the worst of its incidents, a word.
    pub(super) severity: String,
    pub(super) about: About,
    /// Numbers of its incidents in the report, in order.
    pub(super) numbers: Vec<usize>,
    /// Commands that list its sessions and where the order came from.
    pub(super) commands: Vec<String>,
}

/// All campaigns, with the numbers of their incidents.
pub(super) fn told(report: &Report) -> Vec<Told> {
    let groups = groups(report);
    let of = |row: &CampaignRow| {
        let cases = groups.iter().flat_map(|group| &group.cases).filter(|case| row.has(case));
        let numbers: Vec<usize> = cases.map(|case| case.number).collect();
        Told {
            severity: row.severity.clone(),
            about: About::of(report, row, &numbers),
            numbers,
            commands: commands::of_campaign(row),
        }
    };
    report.campaigns.iter().map(of).collect()
}
