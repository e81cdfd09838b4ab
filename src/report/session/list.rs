//! Sessions as a list.

use serde_json::Value;

use crate::report::list::{Column, List, Narrow};
use crate::report::redact::{Redact as _, Redactor, rows};
use crate::text::rfc3339;

rows! {
    /// One session of a list.
    pub struct SessionRow {
        /// The session.
        pub session_id: String,
        /// Start of its first request in the window, microseconds since the epoch.
        pub first_micros: i64,
        /// Start of its last request in the window.
        pub last_micros: i64,
        /// Login.
        pub login: String,
        /// Stable node id of the device.
        pub device: String,
        /// Agent.
        pub agent: Option<String>,
        /// First model.
        pub model: Option<String>,
        /// Requests.
        pub requests: i64,
        /// Requests that did not end well.
        pub failed_requests: i64,
        /// Conversations.
        pub conversations: i64,
        /// Tool calls.
        pub calls: i64,
        /// Distinct tools.
        pub tools: i64,
        /// Calls whose result was an error.
        pub failed_calls: i64,
        /// Calls that a person or a policy refused.
        pub refused_calls: i64,
        /// Worst risk among the called tools; `none` without calls.
        pub risk: String,
        /// Severity of the worst incident that the last analysis found in it; `none` without any, null where none looked.
        #[serde(default)]
        pub worst_incident: Option<String>,
        /// Incidents that the last analysis found in it; null where none looked.
        #[serde(default)]
        pub incidents: Option<u64>,
        /// Input tokens.
        pub input_tokens: i64,
        /// Output tokens.
        pub output_tokens: i64,
        /// Estimated cost in US dollars.
        pub cost_usd: f64,
        /// Start of what was asked first.
        pub asked: Option<String>,
        /// Session that began it as a sub-agent.
        pub begun_by: Option<String>,
        /// Earlier session whose conversation it goes on with.
        pub resumes: Option<String>,
        /// Times that it was resumed after a pause.
        pub pauses: i64,
        /// Sub-agents that it began.
        pub sub_agents: i64,
    }
}

impl SessionRow {
    /// The rows as a list, redacted. Programs get every column, people the ones to choose by.
    #[must_use]
    pub fn list(mut rows: Vec<Self>, redactor: Redactor<'_>) -> List {
        rows.redact(redactor);
        let column = |name, width, narrow| Column { name, width, narrow };
        let programs = |name| column(name, 0, Narrow::Whole);
        let columns = vec![
            column("session_id", 32, Narrow::Start(8)),
            column("last_time", 27, Narrow::Whole),
            programs("first_time"),
            column("login", 40, Narrow::Least(12)),
            programs("device"),
            column("agent", 24, Narrow::Least(8)),
            programs("model"),
            column("requests", 8, Narrow::Leave(3)),
            programs("failed_requests"),
            programs("conversations"),
            column("calls", 8, Narrow::Leave(1)),
            programs("tools"),
            programs("failed_calls"),
            programs("refused_calls"),
            column("risk", 8, Narrow::Whole),
            column("worst_incident", 14, Narrow::Whole),
            programs("incidents"),
            programs("input_tokens"),
            programs("output_tokens"),
            column("cost_usd", 8, Narrow::Leave(4)),
            column("linked", 24, Narrow::Leave(2)),
            column("asked", 60, Narrow::Least(20)),
            programs("begun_by"),
            programs("resumes"),
            programs("pauses"),
            programs("sub_agents"),
        ];
        List { columns, rows: rows.into_iter().map(Self::cells).collect() }
    }

    /// What it has to do with other sessions and with its own past, in a few words.
    fn linked(&self) -> String {
        let many = |number: i64, one: &str| match number {
            0 => None,
            1 => Some(format!("1 {one}")),
            more => Some(format!("{more} {one}s")),
        };
        let words = [
            self.begun_by.as_ref().map(|_| "sub-agent".to_owned()),
            self.resumes.as_ref().map(|_| "resumed".to_owned()),
            many(self.sub_agents, "sub-agent"),
            many(self.pauses, "pause"),
        ];
        words.into_iter().flatten().collect::<Vec<_>>().join(", ")
    }

    fn cells(self) -> Vec<Value> {
        let linked = self.linked();
        vec![
            self.session_id.into(),
            rfc3339(self.last_micros).into(),
            rfc3339(self.first_micros).into(),
            self.login.into(),
            self.device.into(),
            self.agent.into(),
            self.model.into(),
            self.requests.into(),
            self.failed_requests.into(),
            self.conversations.into(),
            self.calls.into(),
            self.tools.into(),
            self.failed_calls.into(),
            self.refused_calls.into(),
            self.risk.into(),
            self.worst_incident.into(),
            self.incidents.into(),
            self.input_tokens.into(),
            self.output_tokens.into(),
            ((self.cost_usd * 1e6).round() / 1e6).into(),
            linked.into(),
            self.asked.into(),
            self.begun_by.into(),
            self.resumes.into(),
            self.pauses.into(),
            self.sub_agents.into(),
        ]
    }
}
