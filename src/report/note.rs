//! What the report adds to one incident: what was asked, what was called, what left, what was there before.

use super::asked::AskedRow;
use super::left::LeftRow;
use super::redact::rows;
use crate::finding::{Evidence, Finding};

rows! {
    /// What the report adds to one incident.
    pub struct IncidentNote {
        /// Id of the incident.
        pub id: String,
        /// What a person had written last before the first of its calls that matters; null where no call is in its
        /// evidence.
        pub asked: Option<AskedRow>,
        /// Records of its evidence that are of the session that it names; null where that is not known.
        pub own_records: Option<Vec<i64>>,
        /// Where the result can be read that is held for what the agent did; null where no result is.
        pub source: Option<Evidence>,
        /// The calls in its evidence, in time order; bounded.
        pub timeline: Vec<StepRow>,
        /// Calls in its evidence beyond those.
        pub timeline_more: u64,
        /// Where its calls sent data to that the organisation does not list or know and that is not its own, first what
        /// the text of a third party had named, then the last place; bounded.
        pub destinations: Vec<String>,
        /// Where its calls only fetched from, likewise.
        pub fetched_from: Vec<String>,
        /// Places whose text gave orders to the agent in its session and that the organisation does not list or know;
        /// bounded.
        #[serde(default)]
        pub orders_from: Vec<String>,
        /// Which of these places to block: those that the text of a third party had named, else those that the user had
        /// not; bounded.
        pub block: Vec<String>,
        /// The agent that its requests look like, where that is another than they say.
        pub looks_like: Option<String>,
        /// What tells so, as the end of a sentence about the requests.
        pub looks_like_by: Option<String>,
        /// The session that all calls belong to which it is about, where it names none itself.
        pub used_in: Option<String>,
        /// What left in its session or through its integration, the gravest first; bounded.
        pub left: Vec<LeftRow>,
        /// Rows of that beyond those.
        pub left_more: u64,
        /// What it tells of other detections that asks for something of its own, the worst first.
        #[serde(default)]
        pub joined: Vec<JoinedRow>,
        /// Those of the places that its calls sent to which the user had named.
        #[serde(default)]
        pub wished: Vec<String>,
        /// What the calls of that session were, most of them: a phrase; null where it is not told.
        #[serde(default)]
        pub used_for: Option<String>,
        /// Earlier incidents of the same detection about the same subject, newest first; bounded.
        pub earlier: Vec<EarlierRow>,
    }

    /// One call of a timeline.
    pub struct StepRow {
        /// Time of the call.
        pub time: i64,
        /// What brings the tool; null when unknown.
        pub integration: Option<String>,
        /// Tool.
        pub tool: String,
        /// What it has to do with the incident, where that is known: the source of an order or of a value.
        pub role: Option<String>,
        /// What came of it: attempted, ok, error or refused.
        pub outcome: String,
        /// What the tool can do.
        pub capabilities: Vec<String>,
        /// The arguments, cut; of a call that runs no command without longer texts, whose length stands in their place.
        pub argument: String,
        /// Export object of the record that shows the call.
        pub export_key: String,
        /// The gateway's record id.
        pub record_id: Option<i64>,
        /// Export object of the record that was the first to carry its result; null where none did.
        pub result_export_key: Option<String>,
        /// The gateway's record id of it.
        pub result_record_id: Option<i64>,
        /// How often the same call came right behind, with the same outcome.
        #[serde(default)]
        pub repeats: u64,
        /// How many calls before it, after the one above it, are not shown.
        #[serde(default)]
        pub between: u64,
        /// How telling it is for the incident; 0 for the most telling.
        #[serde(default)]
        pub rank: u64,
        /// What makes it so, a word.
        #[serde(default)]
        pub why: String,
        /// Time of the last of them; of the call itself without any.
        #[serde(default)]
        pub last_time: i64,
        /// Where it sent data to, first what the text of a third party had named, then the newest place to the
        /// organisation; null where it sent nothing or names no place.
        pub destination: Option<String>,
        /// Where a call that can send only fetched from; null where it sent, or names no place.
        pub fetched_from: Option<String>,
        /// Whether the organisation knew that place: listed, known, seen or new.
        pub novelty: Option<String>,
        /// All places that it sent data to, or else fetched from, that are not the organisation's and that it does not
        /// list or know.
        #[serde(default)]
        pub places: Vec<String>,
        /// Those of them that only the text of a third party had named.
        #[serde(default)]
        pub ordered: Vec<String>,
        /// Those of them that the user had not named.
        #[serde(default)]
        pub unasked: Vec<String>,
    }

    /// What an incident tells of another detection.
    pub struct JoinedRow {
        /// A sentence.
        pub says: String,
        /// The first thing to do about it, a sentence.
        pub step: String,
    }

    /// An earlier incident of the same cause.
    pub struct EarlierRow {
        /// Its id.
        pub id: String,
        /// Login of the user; null where the detection does not say.
        pub login: Option<String>,
        /// A severity word.
        pub severity: String,
        /// First time.
        pub first_seen: i64,
        /// Last time.
        pub last_seen: i64,
        /// Its state, as in the index.
        pub state: String,
    }
}

impl IncidentNote {
    /// Whether the timeline shows calls before or after the time of the finding, which its evidence names too.
    pub(super) fn goes_beyond(&self, finding: &Finding) -> bool {
        self.timeline.iter().any(|step| step.time < finding.first_seen || step.time > finding.last_seen)
    }
}
