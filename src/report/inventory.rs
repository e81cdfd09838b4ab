//! Rows of the inventory and of the secret ledger, as plain values.
//!
//! Times are microseconds since the epoch. Names of users, agents and devices are logins, agent names and stable node
//! ids; whoever fills the rows sorts them. A risk is a severity word, anything else sorts last.

use crate::finding::Severity;

use super::redact::rows;

rows! {
    /// Agents, integrations and tools.
    pub struct Inventory {
        /// Agents, most active first.
        pub agents: Vec<AgentRow>,
        /// Integrations.
        pub integrations: Vec<IntegrationRow>,
        /// Tools that were offered or called.
        pub tools: Vec<ToolRow>,
        /// Tools that were offered to models and never called.
        pub offered_never_called: Vec<OfferedRow>,
        /// Integrations and tools that nobody has approved or denied.
        pub unreviewed: Vec<UnreviewedRow>,
        /// Tools whose definition changed, in time order.
        pub definition_changes: Vec<DefinitionChangeRow>,
        /// Names that tools of several integrations have, those that one agent offers together first.
        pub shared_names: Vec<SharedNameRow>,
        /// What the capabilities of its tools mean, by name.
        pub capabilities: Vec<CapabilityRow>,
        /// What the kinds of its integrations mean, by name.
        pub kinds: Vec<KindRow>,
    }

    /// A name that tools of several integrations have: a model can take one for the other.
    pub struct SharedNameRow {
        /// The name, in lower case.
        pub tool: String,
        /// Integrations with a tool of that name.
        pub integrations: Vec<String>,
        /// Logins to whom one agent offers two of them.
        pub together_users: Vec<String>,
        /// Calls of any of them.
        pub calls: u64,
    }

    /// What a kind of integration means.
    pub struct KindRow {
        /// Its name, as in the column of kinds.
        pub kind: String,
        /// Where its tools come from.
        pub meaning: String,
    }

    /// What a capability means.
    pub struct CapabilityRow {
        /// Its name, as in the columns of capabilities.
        pub capability: String,
        /// What a tool with it can do, as the end of `this tool …`.
        pub meaning: String,
    }

    /// An agent: a program that talks to models.
    pub struct AgentRow {
        /// Name from the catalogue, or the user agent's product where the catalogue has none.
        pub agent: String,
        /// Versions seen.
        pub versions: Vec<String>,
        /// Raw user agents, a few.
        pub user_agents: Vec<String>,
        /// Whether the organisation allows it; null when nobody said.
        pub sanctioned: Option<bool>,
        /// First seen inside the window.
        pub new_in_window: bool,
        /// Logins.
        pub users: Vec<String>,
        /// Stable node ids.
        pub devices: Vec<String>,
        /// Models asked.
        pub models: Vec<String>,
        /// Requests.
        pub requests: u64,
        /// Tool calls, each once.
        pub tool_calls: u64,
        /// Sessions.
        pub sessions: u64,
        /// First request.
        pub first_seen: i64,
        /// Last request.
        pub last_seen: i64,
        /// What tells that it is this agent, and what tells otherwise: who named it, its tools, its system prompts.
        pub evidence: Vec<String>,
        /// Other agents that its tools or system prompts are those of.
        pub looks_like: Vec<String>,
        /// Whether it says to be one agent and looks like another.
        pub mismatch: bool,
    }

    /// An integration: what a group of tools belongs to.
    pub struct IntegrationRow {
        /// Name.
        pub integration: String,
        /// `builtin`, `mcp`, `connector`, `provider` or `client`.
        pub kind: String,
        /// Highest risk of its tools: a severity word. Anything else sorts last.
        pub risk: String,
        /// Why, a finished sentence.
        pub risk_reason: String,
        /// Verdict of a review (`approved`, `denied`); null when there is none.
        pub reviewed: Option<String>,
        /// First seen inside the window.
        pub new_in_window: bool,
        /// What its tools can do.
        pub capabilities: Vec<String>,
        /// Tools offered or called.
        pub tools: u64,
        /// Tools called.
        pub tools_called: u64,
        /// Calls, each once.
        pub calls: u64,
        /// Calls of what is denied from before the denial: no incident tells them.
        pub calls_before_denial: u64,
        /// Calls that failed or were refused.
        pub errors: u64,
        /// Logins that called it.
        pub users: Vec<String>,
        /// Agents that called it.
        pub agents: Vec<String>,
        /// Devices that called it.
        pub devices: Vec<String>,
        /// First offered or called.
        pub first_seen: i64,
        /// Last offered or called.
        pub last_seen: i64,
    }

    /// A tool.
    pub struct ToolRow {
        /// Integration it belongs to.
        pub integration: String,
        /// Kind of the integration.
        pub kind: String,
        /// Name within the integration.
        pub tool: String,
        /// Names exactly as on the wire, a few.
        pub raw_names: Vec<String>,
        /// Suggested or set risk: a severity word. Anything else sorts last.
        pub risk: String,
        /// Why, a finished sentence.
        pub risk_reason: String,
        /// Verdict of a review (`approved`, `denied`); null when there is none.
        pub reviewed: Option<String>,
        /// First seen inside the window.
        pub new_in_window: bool,
        /// What it can do.
        pub capabilities: Vec<String>,
        /// Logins it was offered to.
        pub offered_to_users: u64,
        /// Different definitions seen.
        pub definitions: u64,
        /// Calls, each once.
        pub calls: u64,
        /// Calls of what is denied from before the denial: no incident tells them.
        pub calls_before_denial: u64,
        /// Calls that failed or were refused.
        pub errors: u64,
        /// Logins that called it.
        pub users: Vec<String>,
        /// Agents that called it.
        pub agents: Vec<String>,
        /// Devices that called it.
        pub devices: Vec<String>,
        /// First offered or called.
        pub first_seen: i64,
        /// Last offered or called.
        pub last_seen: i64,
    }

    /// A tool that models could have called and did not.
    pub struct OfferedRow {
        /// Integration it belongs to.
        pub integration: String,
        /// Name within the integration.
        pub tool: String,
        /// Suggested or set risk: a severity word. Anything else sorts last.
        pub risk: String,
        /// Requests that offered it.
        pub requests: u64,
        /// Logins it was offered to.
        pub users: Vec<String>,
        /// Agents that offered it.
        pub agents: Vec<String>,
        /// First offered.
        pub first_seen: i64,
        /// Last offered.
        pub last_seen: i64,
    }

    /// An integration or tool without a verdict.
    pub struct UnreviewedRow {
        /// Integration.
        pub integration: String,
        /// Kind of the integration.
        pub kind: String,
        /// Tool; null when the whole integration is meant.
        pub tool: Option<String>,
        /// Suggested risk: a severity word. Anything else sorts last.
        pub risk: String,
        /// Why it needs a look, in a few words: never reviewed, changed since, verdict expired.
        pub why: String,
        /// Calls, each once.
        pub calls: u64,
        /// Logins that called it.
        pub users: Vec<String>,
        /// First offered or called.
        pub first_seen: i64,
    }

    /// A tool whose definition is not what it was.
    pub struct DefinitionChangeRow {
        /// Integration it belongs to.
        pub integration: String,
        /// Name within the integration.
        pub tool: String,
        /// What changed, in a few words: description, schema, both.
        pub change: String,
        /// Hash of the definition before.
        pub old_hash: String,
        /// Hash of the definition after.
        pub new_hash: String,
        /// First request with the new definition.
        pub time: i64,
        /// Logins that got the new definition.
        pub users: Vec<String>,
    }

    /// Secrets seen in the traffic.
    pub struct Secrets {
        /// What was looked for and what was not, a finished sentence: an empty list must not be read as "none".
        pub note: String,
        /// One row per secret.
        pub items: Vec<SecretRow>,
        /// One row per payment card, bank account, passport or national id: nothing to rotate, but models were told it.
        pub personal: Vec<SecretRow>,
    }

    /// A secret, by its fingerprint. Never the secret.
    pub struct SecretRow {
        /// Keyed fingerprint.
        pub fingerprint: String,
        /// Rule that recognised it.
        pub rule: String,
        /// Kind: key, token, password, private key.
        pub kind: String,
        /// Vendor; null when unknown.
        pub vendor: Option<String>,
        /// A confidence word.
        pub confidence: String,
        /// Redacted preview.
        pub preview: String,
        /// Where it stood: prompt, tool result, tool arguments, answer, header.
        pub surfaces: Vec<String>,
        /// How it got in, as the end of the sentence `it …`.
        pub entry: String,
        /// Place that usually holds secrets and that it was read from; null when there is none.
        pub file: Option<String>,
        /// Logins whose traffic held it, in order of first appearance: candidates for its owner.
        pub users: Vec<String>,
        /// Agents that sent it.
        pub agents: Vec<String>,
        /// Providers that received it.
        pub providers: Vec<String>,
        /// Models that received it.
        pub models: Vec<String>,
        /// Tools whose arguments held it and that can send data out.
        pub sent_out_by: Vec<String>,
        /// What makes the exposure what it is.
        pub why: Vec<String>,
        /// Order of the list, highest first.
        pub exposure: i64,
        /// Where it is revoked; empty when unknown.
        pub rotation_url: String,
        /// What to do about it.
        pub steps: String,
        /// Records that first show its places, `export_key#record_id`.
        pub evidence: Vec<String>,
        /// Occurrences, each once.
        pub occurrences: u64,
        /// Later requests that sent it again.
        pub resent: u64,
        /// First occurrence.
        pub first_seen: i64,
        /// Last occurrence.
        pub last_seen: i64,
    }
}

/// Every place of personal data, as SQL.
pub(super) const PERSONAL_SQL: &str = "SELECT * FROM secrets WHERE tier = 'pii' ORDER BY time";

impl Secrets {
    /// What the personal data is; sentences.
    pub(super) fn personal_note(&self) -> String {
        format!(
            "Payment cards, bank accounts, passports, national ids, one-time codes and password reset links that models were \
             told, by their fingerprints: {} in {} places, what tools sent out first. By itself none of it makes an \
             incident; what an incident sent out of it stands there under \"What left\".",
            self.personal.len(),
            self.personal.iter().map(|row| row.occurrences).sum::<u64>(),
        )
    }
}

/// Rank of a risk word, higher is riskier; words that are no severity rank lowest.
#[must_use]
pub fn risk_rank(risk: &str) -> u8 {
    risk.parse::<Severity>().map_or(0, |s| s as u8 + 1)
}
