//! Verdicts.

use clap::{Args, Subcommand};

/// `lightmeter review`.
#[derive(Debug, Subcommand)]
#[command(after_help = "What to do with a finding:
  it is false, or not worth showing   lightmeter review suppress ID
  it is true, and you live with it    lightmeter review accept ID
  it is dealt with                    lightmeter review close ID     (it comes back when it is seen again)
  its detection does not fit you      [detections.\"ID\"] in lightmeter.toml: enabled, severity, params

Examples:
  lightmeter review suppress a70d9cc79cad --reason 'test server' --owner ana --expires 2027-01-01
  lightmeter review approve github --reason 'read-only token' --owner security@example.com
  lightmeter review approve handbook lookup --reason 'read its definition' --owner ana --expires 2027-01-01
  lightmeter review deny pdf-toolbox --reason 'sends files out' --owner ana
  lightmeter review list
  lightmeter review remove pdf-toolbox

Verdicts are kept in lightmeter-reviews.toml (--reviews FILE): commit it. An approval is about the definitions that the
tools have now; a tool that changes needs a new review. A denial is about what is called after it. A hidden finding comes
back when it gets worse, when its tool changes, when the verdict expires, or when the verdict is removed. Reports tell
findings of one session or integration together; a verdict is on one of them and names those that stay, --related is on
all of them.")]
pub enum Review {
    /// Allow an integration, one of its tools, or an agent.
    Approve(Approve),
    /// Forbid an integration, one of its tools, or an agent.
    Deny(Deny),
    /// A finding is true and its risk is taken: it is hidden.
    Accept(Settle),
    /// A finding is false, or not worth showing: it is hidden.
    Suppress(Settle),
    /// A finding is dealt with; it comes back when it is seen again.
    Close(Settle),
    /// List all verdicts.
    List,
    /// Remove a verdict; what it hid is shown again.
    Remove(Remove),
}

impl Review {
    /// Whether it adds a verdict, which may be the first one of a file.
    #[must_use]
    pub fn adds(&self) -> bool {
        !matches!(self, Self::List | Self::Remove(_))
    }
}

/// Why, who, until when.
#[derive(Debug, Args)]
pub struct Why {
    /// Why.
    #[arg(long, value_name = "TEXT")]
    pub reason: String,
    /// Who decides.
    #[arg(long, value_name = "NAME", env = "LIGHTMETER_OWNER")]
    pub owner: String,
    /// Day from which the verdict no longer counts, YYYY-MM-DD.
    #[arg(long, value_name = "DAY")]
    pub expires: Option<String>,
}

/// What a verdict is on: an integration, a tool or an agent.
#[derive(Debug, Args)]
pub struct Judged {
    /// The integration as in the inventory; the agent with --agent.
    pub name: String,
    /// One of its tools; all of them without it.
    #[arg(conflicts_with = "agent")]
    pub tool: Option<String>,
    /// The name is that of an agent.
    #[arg(long)]
    pub agent: bool,
    /// Why, who, until when.
    #[command(flatten)]
    pub why: Why,
}

/// An approval.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  lightmeter review approve github --reason 'read-only token' --owner security@example.com
  lightmeter review approve handbook lookup --reason 'read its definition' --owner ana --expires 2027-01-01
  lightmeter review approve --agent 'Claude Code' --reason 'managed by IT' --owner ana

The approval names the definitions that the tools have now; one that changes needs a new review. Once one agent is
approved, all others count as not sanctioned.")]
pub struct Approve {
    /// What is approved.
    #[command(flatten)]
    pub judged: Judged,
    /// Approve whatever the definitions become.
    #[arg(long)]
    pub any_definition: bool,
}

/// A denial.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  lightmeter review deny pdf-toolbox --reason 'sends files out' --owner ana
  lightmeter review deny handbook lookup --reason 'its description steers models' --owner ana
  lightmeter review deny pdf-toolbox --reason 'never was allowed' --owner ana --since 2026-01-01

A denial is about what happens after it was made: later calls and offers are incidents
(inventory.denied-integration-in-use), earlier calls are told in the report's inventory. --since takes another moment.")]
pub struct Deny {
    /// What is denied.
    #[command(flatten)]
    pub judged: Judged,
    /// Calls from this moment on are incidents: a span such as 30d, a date or a time; the moment of the verdict without it.
    #[arg(long, value_name = "TIME")]
    pub since: Option<String>,
}

/// A verdict on a finding.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  lightmeter review suppress a70d9cc79cad --reason 'a false positive: our own test server' --owner ana
  lightmeter review accept a70d9cc79cad --related --reason 'wanted, ticket 12' --owner ana --expires 2027-01-01
  lightmeter review close a70d9cc79cad --reason 'key rotated' --owner ana

The id stands in the report as Finding; its first characters are enough. What is hidden is counted in the report, shown
with 'lightmeter analyze --offline --show-suppressed', and comes back with 'lightmeter review remove ID', when it gets
worse, when a definition of its tool changes, or on the day of --expires.")]
pub struct Settle {
    /// Id of the finding as in the report, or the start of it.
    pub finding: String,
    /// Also whatever the report tells together with it: the other findings of its session, or of its integration.
    #[arg(long)]
    pub related: bool,
    /// Why, who, until when.
    #[command(flatten)]
    pub why: Why,
}

/// Which verdict to remove.
#[derive(Debug, Args)]
pub struct Remove {
    /// Integration, agent or finding.
    pub name: String,
    /// Tool of the integration.
    pub tool: Option<String>,
    /// Also the verdicts on findings that were given together with it: same verdict, reason, owner and expiry.
    #[arg(long, conflicts_with = "tool")]
    pub related: bool,
}
