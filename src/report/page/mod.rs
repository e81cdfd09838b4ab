//! The report for the browser: the JSON layout and four charts in one page, see [`super::html`].

mod chart;
mod rotation;

use std::collections::BTreeMap;
use std::io::{self, Write};

use serde::Serialize;

use super::commands::{self, Step};
use super::common::{Shared, shared};
use super::details::{self, List};
use super::first::{First, Later, first};
use super::groups::{Case, counts, groups, hidden_in_part, rest_of, untold};
use super::inventory::PERSONAL_SQL;
use super::json::v1::{HiddenV1, IncidentV1, InventoryV1, ReportV1};
use super::rotations::Rotations;
use super::{IncidentNote, Inventory, LeftRow, Options, Report, campaigns, html, json, risk_rank};
use crate::finding::Finding;
use crate::text;
use chart::Chart;
use rotation::{Rotation, advised, rotate, rotation};

const PAGE: &str = include_str!("page.html");

/// Records of evidence shown of one incident.
const RECORDS: usize = 40;

/// Records of evidence from which on it is told that the incident counts more.
const MANY: usize = 20;

/// Incidents of one detection that are unfolded.
const UNFOLDED: usize = 8;

/// Rows shown per table; the JSON report has all.
const ROWS: usize = 200;

#[derive(Serialize)]
struct Page {
    report: ReportV1,
    incidents: Vec<Shown>,
    /// Cases by severity, those that there are, and the incidents that are told with others.
    cases: Vec<(&'static str, u64)>,
    parts: u64,
    /// Incidents that are cut for another reason than a review, by severity, those that there are, and all of them.
    untold: Vec<(&'static str, u64)>,
    cut: u64,
    /// Numbers of the cases of which a review hides a part only, and the case behind each hidden incident.
    hidden_in_part: Vec<usize>,
    rest_of: BTreeMap<String, usize>,
    first: Vec<First>,
    campaigns: Vec<campaigns::Told>,
    /// What the first screen only counts, and how many incidents that are.
    later: Vec<Later>,
    later_count: usize,
    since: Option<Since>,
    charts: Vec<Chart>,
    rows: usize,
    unreviewed: usize,
    /// Numbers of incidents by id, and by the fingerprint of the secret that they are about.
    numbers: BTreeMap<String, usize>,
    secret_numbers: BTreeMap<String, usize>,
    rotation: Vec<Rotation>,
    /// What stands above the personal data.
    personal_note: String,
    /// The command that lists all places of it.
    personal_query: String,
}

/// A case.
#[derive(Serialize)]
struct Shown {
    number: usize,
    /// The campaign that it is part of, by its number.
    campaign: Option<usize>,
    open: bool,
    /// Whether it is the first of its detection, so that what the detection says in general stands here.
    explains: bool,
    /// How many cases its detection leads, and what many of them have in common.
    of: usize,
    common: Vec<Common>,
    prose: Vec<String>,
    /// What to do that names something of this incident.
    now: Vec<String>,
    /// What the detection says beside its sentence.
    details: Vec<(String, String)>,
    lists: Vec<List>,
    /// What to do about the secrets among its parts.
    rotate: Vec<Rotation>,
    /// What stands with the words of the user before it; none where they are of no call.
    asked: Option<Asked>,
    /// Whether the timeline also shows calls around the time of the incident.
    around: bool,
    /// What left, each with its calls and records, and how much more.
    left: Vec<Left>,
    left_more: u64,
    /// Unknown places that its calls sent data to.
    sent_to: Vec<String>,
    /// Unknown places that they only fetched from.
    orders_from: Vec<String>,
    fetched_from: Vec<String>,
    /// What a review hides of it.
    hidden: Vec<HiddenV1>,
    commands: String,
    told: Told,
    parts: Vec<Told>,
}

/// What left, and the calls that show it.
#[derive(Serialize)]
struct Left {
    what: String,
    calls: u64,
    /// Calls of which no result was seen.
    unanswered: u64,
    /// When, where that lies outside the time of the finding.
    when: Option<String>,
    records: String,
}

/// The record of the call before which the user spoke, and whether the words go on.
#[derive(Serialize)]
struct Asked {
    before: Option<i64>,
    cut: bool,
}

/// An incident with what the layout for programs does not tell apart.
#[derive(Serialize)]
struct Told {
    /// Records by export, the first of many.
    evidence: Vec<Place>,
    /// What to do about the secret that it is about; of parts that stands below all of them.
    rotate: Option<String>,
    /// Whether it is about a secret.
    secret: bool,
    /// What to do about it, of a part that is no less severe than the case; and whether it is such a one.
    now: Vec<String>,
    equal: bool,
    about: IncidentV1,
}

/// What many incidents of one kind share.
#[derive(Serialize)]
struct Common {
    name: &'static str,
    values: Vec<(String, u64, u64)>,
    more: usize,
}

impl From<Shared> for Common {
    fn from(shared: Shared) -> Self {
        let shown = |(value, count): (String, u64)| {
            let asked = shared.asked.get(&value).copied().unwrap_or_default();
            (if shared.places { text::defang_place(&value) } else { value }, count, asked)
        };
        Self { name: shared.name, values: shared.values.into_iter().map(shown).collect(), more: shared.more }
    }
}

/// What is new since the earlier report.
#[derive(Serialize)]
struct Since {
    end: i64,
    new: u64,
    open: u64,
    returned: u64,
    closed: u64,
    left: u64,
    unchanged: bool,
    same_rules: bool,
}

/// Writes the page.
///
/// # Errors
/// Only when the writer fails.
pub(super) fn write(report: &Report, options: Options, out: &mut dyn Write) -> io::Result<()> {
    let (first, later) = first(report);
    let (cases, parts) = counts(report);
    let untold = untold(report);
    let page = Page {
        incidents: incidents(report, options.full),
        cases: cases.iter().filter(|(_, n)| *n > 0).map(|(severity, n)| (severity.as_str(), *n)).collect(),
        parts,
        cut: untold.iter().map(|(_, count)| count).sum(),
        untold,
        hidden_in_part: hidden_in_part(report),
        rest_of: report
            .hidden
            .iter()
            .filter_map(|row| Some((text::visible(&row.id).into_owned(), rest_of(report, row)?)))
            .collect(),
        first,
        campaigns: campaigns::told(report),
        later_count: later.iter().map(|later| later.numbers.len()).sum(),
        later,
        since: since(report),
        charts: chart::all(report),
        rows: ROWS,
        unreviewed: report.inventory.unreviewed.len(),
        numbers: numbers(report, |finding| Some(finding.id.as_str())),
        secret_numbers: numbers(report, |finding| Some(report.secret(finding)?.fingerprint.as_str())),
        rotation: rotation(report),
        personal_note: report.secrets.personal_note(),
        personal_query: commands::query(PERSONAL_SQL),
        report: ReportV1 { inventory: riskiest_first(&report.inventory), ..json::v1::document(report) },
    };
    html::write("lightmeter report", PAGE, &page, out)
}

fn incidents(report: &Report, full: bool) -> Vec<Shown> {
    let mut shown = Vec::new();
    let mut rotations = Rotations::default();
    for group in groups(report) {
        for (at, case) in group.cases.iter().enumerate() {
            let prose = |of_this: bool| -> Vec<String> {
                let steps = commands::steps(case.lead, report.note(&case.lead.id)).into_iter();
                let mine = steps.filter_map(|step| match step {
                    Step::Prose { text, own } if own == of_this => Some(text),
                    _ => None,
                });
                mine.collect()
            };
            let untold = |finding: &Finding| {
                report.history.row(&finding.id).is_none_or(|row| row.state != "open" || row.changed)
            };
            let details = match report.secret(case.lead) {
                Some(_) => details::Shown::default(),
                None => details::shown(report, case.lead),
            };
            let told = told(report, case.lead, case.number, &mut rotations);
            shown.push(Shown {
                number: case.number,
                campaign: case.campaign.map(|at| at + 1),
                details: details.values,
                lists: details.lists,
                rotate: rotate(report, case, &mut rotations),
                // Pages fold: what goes on for long is there, but not in the way.
                open: full || (at < UNFOLDED && case.all().any(untold)),
                explains: at == 0,
                of: group.cases.len(),
                common: if at == 0 {
                    shared(report, &group).into_iter().map(Common::from).collect()
                } else {
                    Vec::new()
                },
                asked: report
                    .note(&case.lead.id)
                    .and_then(|note| note.asked.as_ref())
                    .map(|asked| Asked { before: asked.call_record, cut: asked.cut }),
                around: report.note(&case.lead.id).is_some_and(|note| note.goes_beyond(case.lead)),
                prose: prose(false),
                now: prose(true),
                left: report.note(&case.lead.id).map(|note| left(note, case.lead)).unwrap_or_default(),
                left_more: report.note(&case.lead.id).map_or(0, |note| note.left_more),
                sent_to: report.note(&case.lead.id).map(|note| note.destinations.clone()).unwrap_or_default(),
                orders_from: report.note(&case.lead.id).map(|note| note.orders_from.clone()).unwrap_or_default(),
                fetched_from: report.note(&case.lead.id).map(|note| note.fetched_from.clone()).unwrap_or_default(),
                hidden: case.hidden.iter().map(|row| json::v1::hidden(row)).collect(),
                commands: commands::lines(report, commands::one_of_each(case.all()), usize::MAX).join("\n"),
                told,
                parts: parts(report, case),
            });
        }
    }
    shown
}

fn left(note: &IncidentNote, finding: &Finding) -> Vec<Left> {
    let row = |row: &LeftRow| Left {
        what: row.phrase(&row.says, &|name| text::defang(name)),
        calls: row.calls,
        unanswered: row.unanswered,
        when: row.when(finding),
        records: row.records.iter().map(i64::to_string).collect::<Vec<_>>().join(", "),
    };
    note.left.iter().map(row).collect()
}

fn told(report: &Report, finding: &Finding, number: usize, rotations: &mut Rotations) -> Told {
    let rotate = report.secret(finding).map(|secret| advised(secret, number, rotations));
    Told { rotate, ..part_of(report, finding) }
}

fn part_of(report: &Report, finding: &Finding) -> Told {
    let secret = report.secret(finding).is_some();
    let about = json::v1::incident(report, finding);
    Told { evidence: evidence(finding), rotate: None, secret, now: Vec::new(), equal: false, about }
}

/// What else belongs to a case; what is as severe as the case with what to do about it.
fn parts(report: &Report, case: &Case<'_>) -> Vec<Told> {
    let equals: Vec<&str> = case.equals(report).map(|part| part.id.as_str()).collect();
    let part = |part: &&Finding| {
        let told = part_of(report, part);
        if !equals.contains(&part.id.as_str()) {
            return told;
        }
        let now = commands::prose(part, report.note(&part.id)).into_iter().map(|(_, text)| text).collect();
        Told { now, equal: true, ..told }
    };
    case.parts.iter().map(part).collect()
}

/// Records of one export.
#[derive(Serialize)]
struct Place {
    export: String,
    records: String,
}

fn evidence(finding: &Finding) -> Vec<Place> {
    let mut places: Vec<(&str, Vec<String>)> = Vec::new();
    for entry in finding.evidence.iter().take(RECORDS) {
        let record = entry.record_id.map_or_else(|| "without id".to_owned(), |id| id.to_string());
        match places.iter_mut().find(|(export, _)| *export == entry.export_key) {
            Some((_, records)) => records.push(record),
            None => places.push((&entry.export_key, vec![record])),
        }
    }
    if let Some((_, records)) = places.last_mut().filter(|_| finding.evidence.len() > RECORDS) {
        records.push(format!("{} more in the JSON report", finding.evidence.len() - RECORDS));
    }
    // A detection names as many as show what it means; that is not all where it counts more.
    let named = finding.evidence.len();
    if let Some((_, records)) =
        places.last_mut().filter(|_| named >= MANY && usize::try_from(finding.count).is_ok_and(|count| count > named))
    {
        records.push(format!("these {named} of a count of {}", finding.count));
    }
    let place =
        |(export, records): (&str, Vec<String>)| Place { export: export.to_owned(), records: records.join(", ") };
    places.into_iter().map(place).collect()
}

/// Numbers of the incidents by something that names them.
fn numbers<'r>(report: &'r Report, name: impl Fn(&'r Finding) -> Option<&'r str>) -> BTreeMap<String, usize> {
    let groups = groups(report);
    let all = groups.iter().flat_map(|group| &group.cases).flat_map(|case| case.all().map(|f| (case.number, f)));
    all.filter_map(|(number, finding)| Some((text::visible(name(finding)?).into_owned(), number))).collect()
}

/// The inventory as people look at it; programs get it by name.
fn riskiest_first(inventory: &Inventory) -> InventoryV1 {
    let mut sorted = inventory.clone();
    let rank = |risk: &str, calls: u64| std::cmp::Reverse((risk_rank(risk), calls));
    sorted.integrations.sort_by_key(|row| rank(&row.risk, row.calls));
    sorted.tools.sort_by_key(|row| rank(&row.risk, row.calls));
    sorted.offered_never_called.sort_by_key(|row| rank(&row.risk, row.requests));
    sorted.unreviewed.sort_by_key(|row| rank(&row.risk, row.calls));
    json::v1::inventory(&sorted)
}

fn since(report: &Report) -> Option<Since> {
    let previous = report.history.previous.as_ref()?;
    let changes = report.history.changes();
    Some(Since {
        end: previous.end,
        new: changes.new,
        open: changes.open,
        returned: changes.returned,
        closed: changes.closed,
        left: changes.left,
        unchanged: changes.none(),
        same_rules: previous.rules == report.program.rules,
    })
}
