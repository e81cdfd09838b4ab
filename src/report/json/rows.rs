//! Rows of `lightmeter-report/v1`: what has the same fields inside lightmeter today. See `v1.rs` for what may change.

pub use super::values::{Counts, Dollars};

use serde::Serialize;

use super::values::{Freeze, Text, Time};
use crate::outcome::{ExportStats, Problem};
use crate::report::{anomalies, campaigns, history, inventory, left, model, note};

/// Declares the frozen form of a row whose fields have the same names inside lightmeter today.
macro_rules! frozen {
    ($($(#[$meta:meta])* $name:ident from $from:path { $($field:ident: $ty:ty),* $(,)? })*) => {$(
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq, Serialize)]
        #[allow(missing_docs, reason = "the row it is made from documents every field")]
        pub struct $name { $(pub $field: $ty),* }
        impl Freeze<$from> for $name {
            fn freeze(row: &$from) -> Self {
                Self { $($field: Freeze::freeze(&row.$field)),* }
            }
        }
    )*};
}

frozen! {
    /// See [`model::Program`].
    ProgramV1 from model::Program { version: Text, rules: Text }

    /// See [`model::WindowRow`].
    WindowV1 from model::WindowRow {
        start: Option<Time>, end: Option<Time>, data_start: Option<Time>, data_end: Option<Time>,
    }

    /// See [`history::History`].
    HistoryV1 from history::History { previous: Option<PreviousV1>, index: Vec<IndexV1> }

    /// See [`history::PreviousRow`].
    PreviousV1 from history::PreviousRow { start: Option<Time>, end: Time, rules: Text }

    /// See [`history::IndexRow`].
    IndexV1 from history::IndexRow {
        id: Text, detection: Text, title: Text, subject: Text, severity: Text, login: Option<Text>, first_seen: Time,
        last_seen: Time, state: Text, changed: bool, shown: bool, first_reported: Option<Time>,
    }

    /// See [`note::StepRow`].
    StepV1 from note::StepRow {
        time: Time, integration: Option<Text>, tool: Text, role: Option<Text>, outcome: Text, capabilities: Vec<Text>, argument: Text,
        export_key: Text, record_id: Option<i64>, result_export_key: Option<Text>, result_record_id: Option<i64>,
        repeats: u64, between: u64, last_time: Time, destination: Option<Text>,
        fetched_from: Option<Text>, novelty: Option<Text>,
    }

    /// See [`left::LeftRow`].
    LeftV1 from left::LeftRow {
        says: Text, place: Option<Text>, url: Option<Text>, integration: Option<Text>, tool: Option<Text>, files: Vec<Text>,
        secrets: u64, secret: bool, personal: Vec<Text>, public: bool, asked: bool, attempted: bool, calls: u64,
        unanswered: u64, first_time: Time, last_time: Time, records: Vec<i64>,
    }

    /// See [`campaigns::CampaignRow`].
    CampaignV1 from campaigns::CampaignRow {
        place: Option<Text>, integration: Option<Text>, tool: Option<Text>, value: Option<Text>, findings: Vec<Text>,
        incidents: u64, leads: bool, severity: Text, worst: u64, sessions: u64, asked: u64, users: u64, calls: u64,
        attempted: u64, tools: Vec<Text>, first_seen: Time, last_seen: Time, holds: Vec<Text>, sources: Vec<Text>, said: Option<Text>,
        orders: Vec<OrderV1>,
    }

    /// See [`campaigns::OrderRow`].
    OrderV1 from campaigns::OrderRow { order: Text, severity: Text, incidents: u64 }

    /// See [`note::EarlierRow`].
    EarlierV1 from note::EarlierRow {
        id: Text, login: Option<Text>, severity: Text, first_seen: Time, last_seen: Time, state: Text,
    }

    /// See [`model::CutRow`].
    CutV1 from model::CutRow { detection: Text, severity: Text, count: u64, why: Text, see: Text }

    /// See [`model::HiddenRow`].
    HiddenV1 from model::HiddenRow {
        id: Text, detection: Text, title: Text, subject: Text, severity: Text, integration: Option<Text>,
        session_id: Option<Text>, login: Option<Text>, last_seen: Time, verdict: Text, reason: Text, owner: Text,
        expires: Option<Text>,
    }

    /// See [`model::SignalRow`].
    SignalV1 from model::SignalRow { detection: Text, title: Text, count: u64, subjects: u64 }

    /// See [`model::DetectionRow`].
    DetectionV1 from model::DetectionRow {
        id: Text, title: Text, tier: Text, status: Text, ran: bool, findings: u64, problem: Option<Text>, failed: bool,
    }

    /// See [`inventory::Inventory`].
    InventoryV1 from inventory::Inventory {
        agents: Vec<AgentV1>, integrations: Vec<IntegrationV1>, tools: Vec<ToolV1>,
        offered_never_called: Vec<OfferedV1>, unreviewed: Vec<UnreviewedV1>,
        definition_changes: Vec<DefinitionChangeV1>, shared_names: Vec<SharedNameV1>,
        capabilities: Vec<CapabilityV1>, kinds: Vec<KindV1>,
    }

    /// See [`inventory::AgentRow`].
    AgentV1 from inventory::AgentRow {
        agent: Text, versions: Vec<Text>, user_agents: Vec<Text>, sanctioned: Option<bool>, new_in_window: bool,
        users: Vec<Text>, devices: Vec<Text>, models: Vec<Text>, requests: u64, tool_calls: u64, sessions: u64,
        first_seen: Time, last_seen: Time, evidence: Vec<Text>, looks_like: Vec<Text>, mismatch: bool,
    }

    /// See [`inventory::IntegrationRow`].
    IntegrationV1 from inventory::IntegrationRow {
        integration: Text, kind: Text, risk: Text, risk_reason: Text, reviewed: Option<Text>, new_in_window: bool,
        capabilities: Vec<Text>, tools: u64, tools_called: u64, calls: u64, calls_before_denial: u64, errors: u64,
        users: Vec<Text>, agents: Vec<Text>, devices: Vec<Text>, first_seen: Time, last_seen: Time,
    }

    /// See [`inventory::ToolRow`].
    ToolV1 from inventory::ToolRow {
        integration: Text, kind: Text, tool: Text, raw_names: Vec<Text>, risk: Text, risk_reason: Text,
        reviewed: Option<Text>, new_in_window: bool, capabilities: Vec<Text>, offered_to_users: u64,
        definitions: u64, calls: u64, calls_before_denial: u64, errors: u64, users: Vec<Text>, agents: Vec<Text>,
        devices: Vec<Text>, first_seen: Time, last_seen: Time,
    }

    /// See [`inventory::OfferedRow`].
    OfferedV1 from inventory::OfferedRow {
        integration: Text, tool: Text, risk: Text, requests: u64, users: Vec<Text>, agents: Vec<Text>,
        first_seen: Time, last_seen: Time,
    }

    /// See [`inventory::UnreviewedRow`].
    UnreviewedV1 from inventory::UnreviewedRow {
        integration: Text, kind: Text, tool: Option<Text>, risk: Text, why: Text, calls: u64, users: Vec<Text>,
        first_seen: Time,
    }

    /// See [`inventory::DefinitionChangeRow`].
    DefinitionChangeV1 from inventory::DefinitionChangeRow {
        integration: Text, tool: Text, change: Text, old_hash: Text, new_hash: Text, time: Time, users: Vec<Text>,
    }

    /// See [`inventory::SharedNameRow`].
    SharedNameV1 from inventory::SharedNameRow {
        tool: Text, integrations: Vec<Text>, together_users: Vec<Text>, calls: u64,
    }

    /// See [`inventory::CapabilityRow`].
    CapabilityV1 from inventory::CapabilityRow { capability: Text, meaning: Text }

    /// See [`inventory::KindRow`].
    KindV1 from inventory::KindRow { kind: Text, meaning: Text }

    /// See [`inventory::Secrets`].
    SecretsV1 from inventory::Secrets { note: Text, items: Vec<SecretV1>, personal: Vec<SecretV1> }

    /// See [`inventory::SecretRow`].
    SecretV1 from inventory::SecretRow {
        fingerprint: Text, rule: Text, kind: Text, vendor: Option<Text>, confidence: Text, preview: Text,
        surfaces: Vec<Text>, entry: Text, file: Option<Text>, users: Vec<Text>, agents: Vec<Text>,
        providers: Vec<Text>, models: Vec<Text>, sent_out_by: Vec<Text>, why: Vec<Text>, exposure: i64,
        rotation_url: Text, steps: Text, evidence: Vec<Text>, occurrences: u64, resent: u64,
        first_seen: Time, last_seen: Time,
    }

    /// See [`anomalies::Anomalies`].
    AnomaliesV1 from anomalies::Anomalies { items: Vec<AnomalyV1>, more: u64 }

    /// See [`anomalies::AnomalyRow`].
    AnomalyV1 from anomalies::AnomalyRow {
        id: Text, detection: Text, title: Text, tier: Text, severity: Text, subject: Text, login: Option<Text>,
        reason: Text, first_seen: Time, last_seen: Time, count: i64,
    }

    /// See [`model::Usage`].
    UsageV1 from model::Usage {
        total: UsageRowV1, by_user: Vec<UsageRowV1>, by_agent: Vec<UsageRowV1>, by_model: Vec<UsageRowV1>,
        by_day: Vec<UsageRowV1>, calls_by_day: Vec<CallsV1>,
    }

    /// See [`model::CallsRow`].
    CallsV1 from model::CallsRow { day: Text, tool: Text, place: u64, calls: u64 }

    /// See [`model::UsageRow`].
    UsageRowV1 from model::UsageRow {
        name: Text, requests: u64, errors: u64, sessions: u64, tool_calls: u64, input_tokens: u64,
        output_tokens: u64, cost_usd: Option<Dollars>, shared: bool,
    }

    /// See [`model::Totals`].
    TotalsV1 from model::Totals {
        exports: u64, partial: u64, unreadable: u64, records: u64, skipped: u64, decompressed_bytes: u64,
        problems: Counts, grades: Counts, not_understood: Counts, unknown: Counts,
    }

    /// See [`ExportStats`].
    StatsV1 from ExportStats {
        records: u64, skipped: u64, decompressed_bytes: u64, partial: bool, first_time: Option<Time>,
        last_time: Option<Time>, first_record_id: Option<i64>, last_record_id: Option<i64>, problem_counts: Counts,
        problems: Vec<ProblemV1>, grades: Counts, not_understood: Counts, unknown: Counts,
    }

    /// See [`Problem`].
    ProblemV1 from Problem {
        kind: Text, record_number: Option<u64>, record_id: Option<i64>, offset: Option<u64>, reason: Text,
    }

    /// See [`model::UnreadableRow`].
    UnreadableV1 from model::UnreadableRow { export_key: Text, reason: Text }

    /// See [`model::BlindSpot`].
    BlindSpotV1 from model::BlindSpot { title: Text, meaning: Text }
}
