//! Verdicts.

use clap::{Args, Subcommand};

/// `lightmeter review`.
#[derive(Debug, Subcommand)]
#[command(after_help = "Examples:
  lightmeter review approve github --reason 'read-only token' --owner security@example.com
  lightmeter review approve handbook lookup --reason 'read its definition' --owner ana --expires 2027-01-01
  lightmeter review deny pdf-toolbox --reason 'sends files out' --owner ana
  lightmeter review suppress a70d9cc79cad --reason 'test server' --owner ana --expires 2027-01-01
  lightmeter review list
  lightmeter review remove pdf-toolbox

Verdicts are kept in lightmeter-reviews.toml (--reviews FILE): commit it. An approval is about the definitions that the
tools have now; a tool that changes needs a new review. A hidden finding comes back when it gets worse, when its tool
changes, when the verdict expires, or when the verdict is removed. Reports tell findings of one session or integration
together; a verdict is on one of them and names those that stay, --related is on all of them.")]
pub enum Review {
    /// Allow an integration, one of its tools, or an agent.
    Approve(Judge),
    /// Forbid an integration, one of its tools, or an agent.
    Deny(Judge),
    /// A finding is true and its risk is taken.
    Accept(Settle),
    /// A finding is not worth showing.
    Suppress(Settle),
    /// A finding is dealt with; it comes back when it is seen again.
    Close(Settle),
    /// List all verdicts.
    List,
    /// Remove a verdict; what it hid is shown again.
    Remove(Remove),
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

/// A verdict on an integration, a tool or an agent.
#[derive(Debug, Args)]
pub struct Judge {
    /// The integration as in the inventory; the agent with --agent.
    pub name: String,
    /// One of its tools; all of them without it.
    #[arg(conflicts_with = "agent")]
    pub tool: Option<String>,
    /// The name is that of an agent.
    #[arg(long)]
    pub agent: bool,
    /// Approve whatever the definitions become.
    #[arg(long)]
    pub any_definition: bool,
    /// Why, who, until when.
    #[command(flatten)]
    pub why: Why,
}

/// A verdict on a finding.
#[derive(Debug, Args)]
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
