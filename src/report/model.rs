//! What a report says, as plain values. Nothing here is rendered, escaped or redacted yet.
//!
//! Times are microseconds since the epoch. Lists of names are sorted by whoever fills them, except where a field says
//! otherwise; rows are shown in the order given unless the format says how it sorts.

use std::collections::BTreeMap;

use crate::finding::{Finding, Severity, cause};
use crate::outcome::ExportStats;

use super::anomalies::Anomalies;
use super::campaigns::CampaignRow;
use super::history::History;
use super::inventory::{Inventory, SecretRow, Secrets};
use super::note::IncidentNote;
use super::redact::rows;

rows! {
    /// Everything a run has to say.
    pub struct Report {
        /// What made the report.
        pub program: Program,
        /// The time the report is about.
        pub window: WindowRow,
        /// Incidents shown, in any order: every format sorts them with [`Finding::order`].
        pub incidents: Vec<Finding>,
        /// What several incidents have in common, shown or not: the large ones first, then the worst.
        pub campaigns: Vec<CampaignRow>,
        /// What the report adds to incidents: timelines, earlier ones.
        pub notes: Vec<IncidentNote>,
        /// The incidents beside those of an earlier report.
        pub history: History,
        /// Incidents that are counted but not shown.
        pub cut: Vec<CutRow>,
        /// Incidents that a review hides, one by one; they are counted in `cut`.
        pub hidden: Vec<HiddenRow>,
        /// Signals per detection.
        pub signals: Vec<SignalRow>,
        /// Every detection known to the run and what became of it.
        pub detections: Vec<DetectionRow>,
        /// Agents, integrations and tools.
        pub inventory: Inventory,
        /// Secrets seen in the traffic.
        pub secrets: Secrets,
        /// Departures from what is usual.
        pub anomalies: Anomalies,
        /// Who used how much.
        pub usage: Usage,
        /// What was read, what was not, and what the gateway never exports.
        pub coverage: Coverage,
    }

    /// What made the report; no time, so that a report depends on its input only.
    pub struct Program {
        /// Version of lightmeter.
        pub version: String,
        /// Identity of the set of detections, parameters and catalogues, for example a short hash.
        pub rules: String,
    }

    /// The time the report is about.
    pub struct WindowRow {
        /// First moment inside; null when open.
        pub start: Option<i64>,
        /// First moment after; null when open.
        pub end: Option<i64>,
        /// First record inside the window; null when there is none.
        pub data_start: Option<i64>,
        /// Last record inside the window; null when there is none.
        pub data_end: Option<i64>,
    }

    /// Incidents of one detection that are not shown.
    pub struct CutRow {
        /// Detection id.
        pub detection: String,
        /// Severity of the incidents, a severity word.
        pub severity: String,
        /// How many.
        pub count: u64,
        /// Why, in a few words: over the budget, below the minimum severity, suppressed by a review.
        pub why: String,
        /// The command that shows them.
        pub see: String,
    }

    /// An incident that a review hides.
    pub struct HiddenRow {
        /// Its id.
        pub id: String,
        /// Detection id.
        pub detection: String,
        /// Title of the detection.
        pub title: String,
        /// What it is about.
        pub subject: String,
        /// A severity word.
        pub severity: String,
        /// Integration; null where the detection does not say.
        pub integration: Option<String>,
        /// Session; null where the detection does not say.
        pub session_id: Option<String>,
        /// Login of the user; null where the detection does not say.
        pub login: Option<String>,
        /// Last time.
        pub last_seen: i64,
        /// `accepted`, `suppressed` or `closed`.
        pub verdict: String,
        /// Why, in the words of whoever decided.
        pub reason: String,
        /// Who decided.
        pub owner: String,
        /// Day from which the verdict no longer counts; null without one.
        pub expires: Option<String>,
    }

    /// Signals of one detection in the window.
    pub struct SignalRow {
        /// Detection id.
        pub detection: String,
        /// Its title.
        pub title: String,
        /// Signals.
        pub count: u64,
        /// Different subjects.
        pub subjects: u64,
    }

    /// A detection and what became of it.
    pub struct DetectionRow {
        /// Detection id.
        pub id: String,
        /// Its title.
        pub title: String,
        /// `signal` or `incident`.
        pub tier: String,
        /// `stable`, `experimental` or `deprecated`.
        pub status: String,
        /// Whether it was run to its end.
        pub ran: bool,
        /// Findings it made, shown or not.
        pub findings: u64,
        /// Why it did not run or did not finish: the error, or that it is off. Null when it ran.
        pub problem: Option<String>,
        /// Whether `problem` is an error (not merely switched off); such a report is incomplete.
        pub failed: bool,
    }

    /// Who used how much.
    pub struct Usage {
        /// All of it; `name` is not used.
        pub total: UsageRow,
        /// Per login, most requests first.
        pub by_user: Vec<UsageRow>,
        /// Per agent, most requests first.
        pub by_agent: Vec<UsageRow>,
        /// Per model, most requests first.
        pub by_model: Vec<UsageRow>,
        /// Per UTC day (`YYYY-MM-DD`), in time order, days without traffic left out.
        pub by_day: Vec<UsageRow>,
        /// Tool calls per UTC day and tool, in time order and by the tool's place.
        pub calls_by_day: Vec<CallsRow>,
    }

    /// Calls of one tool on one day.
    pub struct CallsRow {
        /// UTC day (`YYYY-MM-DD`).
        pub day: String,
        /// Integration and tool, or `others`.
        pub tool: String,
        /// Place among all tools of the window, the busiest first.
        pub place: u64,
        /// Calls, each once.
        pub calls: u64,
    }

    /// Usage of one user, agent, model or day.
    pub struct UsageRow {
        /// Login, agent, model or day.
        pub name: String,
        /// Requests.
        pub requests: u64,
        /// Requests that did not end well.
        pub errors: u64,
        /// Sessions.
        pub sessions: u64,
        /// Tool calls, each once.
        pub tool_calls: u64,
        /// Input tokens, as the gateway counts them.
        pub input_tokens: u64,
        /// Output tokens.
        pub output_tokens: u64,
        /// Estimated cost in US dollars; null when the gateway gave none.
        pub cost_usd: Option<f64>,
        /// Of a login: whether it stands for a tagged device, whose users look like one. False for other rows.
        pub shared: bool,
    }

    /// What was read, what was not, and what the gateway never exports.
    pub struct Coverage {
        /// Exports that were read, by key.
        pub exports: Vec<ExportRow>,
        /// Inputs that could not be read at all.
        pub unreadable: Vec<UnreadableRow>,
        /// What the gateway never exports; normally [`super::blind_spots`].
        pub blind_spots: Vec<BlindSpot>,
    }

    /// An export and what was read of it.
    pub struct ExportRow {
        /// Export object.
        pub export_key: String,
        /// Counters and problems.
        pub stats: ExportStats,
        /// Whether it is no longer where it was found; what was read of it stays.
        pub vanished: bool,
    }

    /// An input that could not be read at all.
    pub struct UnreadableRow {
        /// Object or file name.
        pub export_key: String,
        /// What is wrong and what to do, without any content.
        pub reason: String,
    }

    /// Traffic that the exports cannot show.
    pub struct BlindSpot {
        /// What is not seen, in a few words.
        pub title: String,
        /// Why, and what it means for the report.
        pub meaning: String,
    }
}

/// Sums over all exports that were read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Totals {
    /// Exports read.
    pub exports: u64,
    /// Exports whose end is missing or unreadable.
    pub partial: u64,
    /// Inputs that could not be read at all.
    pub unreadable: u64,
    /// Records that became rows.
    pub records: u64,
    /// Records that were skipped.
    pub skipped: u64,
    /// Decompressed bytes.
    pub decompressed_bytes: u64,
    /// Problems by kind.
    pub problems: BTreeMap<String, u64>,
    /// Records by content grade.
    pub grades: BTreeMap<String, u64>,
    /// Records whose bodies were not understood, by format.
    pub not_understood: BTreeMap<String, u64>,
    /// Unknown things, by name.
    pub unknown: BTreeMap<String, u64>,
}

impl Coverage {
    /// Adds up the exports.
    #[must_use]
    pub fn totals(&self) -> Totals {
        let mut sum = Totals { unreadable: self.unreadable.len() as u64, ..Totals::default() };
        for ExportRow { stats, .. } in &self.exports {
            sum.exports += 1;
            sum.partial += u64::from(stats.partial);
            sum.records += stats.records;
            sum.skipped += stats.skipped;
            sum.decompressed_bytes += stats.decompressed_bytes;
            for (into, from) in [
                (&mut sum.problems, &stats.problem_counts),
                (&mut sum.grades, &stats.grades),
                (&mut sum.not_understood, &stats.not_understood),
                (&mut sum.unknown, &stats.unknown),
            ] {
                for (name, count) in from {
                    *into.entry(name.clone()).or_default() += count;
                }
            }
        }
        sum
    }
}

impl Totals {
    /// Whether some input could not be read.
    #[must_use]
    pub fn incomplete(&self) -> bool {
        self.partial + self.unreadable + self.skipped > 0
    }
}

impl HiddenRow {
    /// As [`crate::finding::Scope::cause`].
    pub(super) fn cause(&self) -> Option<(&'static str, &str)> {
        cause(self.session_id.as_deref(), self.integration.as_deref(), self.login.as_deref())
    }
}

impl WindowRow {
    /// The end of the window, or its last record where it is open.
    #[must_use]
    pub fn ends(&self) -> Option<i64> {
        self.end.or(self.data_end)
    }
}

impl Report {
    /// Findings per severity, worst first, zeros included.
    #[must_use]
    pub fn by_severity(&self) -> [(Severity, u64); 5] {
        use Severity::{Critical, High, Informational, Low, Medium};
        [Critical, High, Medium, Low, Informational]
            .map(|s| (s, self.incidents.iter().filter(|f| f.severity == s).count() as u64))
    }

    /// Whether all input was read and all detections that should have run did.
    #[must_use]
    pub fn complete(&self) -> bool {
        !self.coverage.totals().incomplete() && !self.detections.iter().any(|d| d.failed)
    }

    /// What the report adds to an incident.
    #[must_use]
    pub fn note(&self, id: &str) -> Option<&IncidentNote> {
        self.notes.iter().find(|note| note.id == id)
    }

    /// The secret that an incident is about.
    #[must_use]
    pub fn secret(&self, finding: &Finding) -> Option<&SecretRow> {
        let fingerprint = finding.details.get("fingerprint")?.as_str()?;
        self.secrets.items.iter().find(|row| row.fingerprint == fingerprint)
    }

    /// Incidents in the order of every output.
    #[must_use]
    pub fn ordered_incidents(&self) -> Vec<&Finding> {
        let mut sorted: Vec<_> = self.incidents.iter().collect();
        sorted.sort_by(|a, b| a.order(b));
        sorted
    }
}
