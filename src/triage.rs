//! Verdicts of the organisation: integrations, tools and agents that are approved or denied, findings that are
//! accepted, suppressed or closed. They live in one small TOML file that is kept in git, sorted, and edited like code.
//!
//! A verdict is pinned to what it was about: definitions of tools by their hash, findings by their severity. What
//! changed since comes back. Verdicts on integrations, tools and agents are rows of catalogue tables; those on findings
//! are a filter over results, so removing one brings everything back.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::finding::{Finding, Severity};
use crate::text;

/// Name of the reviews file that is read beside the settings file.
pub const FILE_NAME: &str = "lightmeter-reviews.toml";

/// Characters of a definition's hash in the file.
pub const HASH_CHARS: usize = 16;

const HEADER: &str =
    "# Verdicts on integrations, tools, agents and findings. Written by `lightmeter review`, sorted; edit and merge it
# like code. `definitions` pins a verdict to what tools looked like then: a tool that changed needs a new review.
";

/// Verdict on an integration, a tool or an agent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// May be used.
    Approved,
    /// Must not be used.
    Denied,
}

impl Verdict {
    /// The word used in the file and in reports.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Approved => "approved",
            Self::Denied => "denied",
        }
    }
}

/// Verdict on a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FindingVerdict {
    /// True, and the risk is taken.
    Accepted,
    /// Not worth showing.
    Suppressed,
    /// Dealt with; it comes back when it is seen again.
    Closed,
}

impl FindingVerdict {
    /// The word used in the file and in reports.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Suppressed => "suppressed",
            Self::Closed => "closed",
        }
    }
}

macro_rules! reviews {
    ($($(#[$meta:meta])* $name:ident { $($(#[$field_meta:meta])* $field:ident: $ty:ty,)* })*) => {$(
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(deny_unknown_fields)]
        pub struct $name {
            $($(#[$field_meta])* pub $field: $ty,)*
            /// Why.
            pub reason: String,
            /// Who decided.
            pub owner: String,
            /// Day (`YYYY-MM-DD`) from which the verdict no longer counts.
            #[serde(default, skip_serializing_if = "Option::is_none")]
            pub expires: Option<String>,
            /// Definitions that the verdict is about, as `tool hash`; empty for any.
            #[serde(default, skip_serializing_if = "Vec::is_empty")]
            pub definitions: Vec<String>,
        }
    )*};
}

reviews! {
    /// A verdict on an integration.
    IntegrationReview {
        /// Name as in the inventory.
        integration: String,
        /// The verdict.
        verdict: Verdict,
        /// Moment from which a denial is about what is called (RFC 3339, or a day); always when absent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        since: Option<String>,
    }

    /// A verdict on one tool.
    ToolReview {
        /// Name of its integration as in the inventory.
        integration: String,
        /// Name of the tool as in the inventory.
        tool: String,
        /// The verdict.
        verdict: Verdict,
        /// Moment from which a denial is about what is called (RFC 3339, or a day); always when absent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        since: Option<String>,
    }

    /// A verdict on an agent.
    AgentReview {
        /// Name as in the inventory.
        agent: String,
        /// The verdict.
        verdict: Verdict,
        /// Moment from which a denial is about what is called (RFC 3339, or a day); always when absent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        since: Option<String>,
    }

    /// A verdict on a finding.
    FindingReview {
        /// Stable id of the finding.
        id: String,
        /// The verdict.
        verdict: FindingVerdict,
        /// Detection behind it, for readers.
        detection: String,
        /// What it is about, for readers.
        subject: String,
        /// Its severity then; a worse one comes back.
        severity: Severity,
        /// When it was last seen then (RFC 3339); a closed finding that is seen later comes back.
        last_seen: String,
    }
}

/// The reviews file.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reviews {
    /// Where it was read from and is written to.
    #[serde(skip)]
    pub path: PathBuf,
    /// Integrations.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub integrations: Vec<IntegrationReview>,
    /// Tools.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tools: Vec<ToolReview>,
    /// Agents.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub agents: Vec<AgentReview>,
    /// Findings.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub findings: Vec<FindingReview>,
}

/// A reviews file that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ReviewsError {
    /// It cannot be read.
    #[error("cannot read the reviews file {path}")]
    Read {
        /// The file.
        path: String,
        /// Why.
        source: std::io::Error,
    },
    /// It is not what it should be.
    #[error("the reviews file {path} is not valid: {reason}")]
    Invalid {
        /// The file.
        path: String,
        /// Where and what.
        reason: String,
    },
}

impl Reviews {
    /// Reads the file; an absent one that was not asked for by name is an empty one.
    ///
    /// # Errors
    /// When the file cannot be read or holds something that means nothing.
    pub fn load(path: &Path, named: bool) -> Result<Self, ReviewsError> {
        let shown = text::one_line(&path.to_string_lossy(), 200).into_owned();
        match std::fs::read_to_string(path) {
            Ok(content) => Self::parse(&content)
                .map(|reviews| Self { path: path.to_owned(), ..reviews })
                .map_err(|reason| ReviewsError::Invalid { path: shown, reason }),
            Err(e) if e.kind() == std::io::ErrorKind::NotFound && !named => {
                Ok(Self { path: path.to_owned(), ..Self::default() })
            }
            Err(source) => Err(ReviewsError::Read { path: shown, source }),
        }
    }

    fn parse(content: &str) -> Result<Self, String> {
        let reviews: Self = toml::from_str(content).map_err(|error| match error.span() {
            Some(span) => {
                let line = content.get(..span.start).unwrap_or(content).matches('\n').count() + 1;
                format!("line {line}: {}", error.message())
            }
            None => error.message().to_owned(),
        })?;
        let days = reviews.expiries();
        if let Some(day) = days.iter().flatten().find(|day| !is_day(day)) {
            return Err(format!("expires = {:?} is no day; write YYYY-MM-DD", text::one_line(day, 40)));
        }
        let moments = reviews.moments();
        if let Some(moment) = moments.iter().flatten().find(|moment| !is_moment(moment)) {
            let moment = text::one_line(moment, 40);
            return Err(format!("since = {moment:?} is no time; write YYYY-MM-DD or an RFC 3339 time"));
        }
        let keys = reviews.keys();
        let mut seen = BTreeSet::new();
        match keys.iter().find(|key| !seen.insert(*key)) {
            Some(key) => Err(format!("there are two verdicts on {}", text::one_line(&key.join(" "), 100))),
            None => Ok(reviews),
        }
    }

    fn expiries(&self) -> Vec<Option<&String>> {
        let first = self.integrations.iter().map(|r| r.expires.as_ref());
        let second = first.chain(self.tools.iter().map(|r| r.expires.as_ref()));
        let third = second.chain(self.agents.iter().map(|r| r.expires.as_ref()));
        third.chain(self.findings.iter().map(|r| r.expires.as_ref())).collect()
    }

    fn moments(&self) -> Vec<Option<&String>> {
        let first = self.integrations.iter().map(|r| r.since.as_ref());
        let second = first.chain(self.tools.iter().map(|r| r.since.as_ref()));
        second.chain(self.agents.iter().map(|r| r.since.as_ref())).collect()
    }

    fn keys(&self) -> Vec<[&str; 3]> {
        let first = self.integrations.iter().map(|r| ["integration", r.integration.as_str(), ""]);
        let second = first.chain(self.tools.iter().map(|r| ["tool", r.integration.as_str(), r.tool.as_str()]));
        let third = second.chain(self.agents.iter().map(|r| ["agent", r.agent.as_str(), ""]));
        third.chain(self.findings.iter().map(|r| ["finding", r.id.as_str(), ""])).collect()
    }

    /// The file's content: sorted, so that two branches that add different verdicts merge.
    ///
    /// # Errors
    /// Only when the values cannot be written as TOML.
    pub fn to_text(&self) -> Result<String, String> {
        let mut sorted = self.clone();
        sorted.integrations.sort();
        sorted.tools.sort();
        sorted.agents.sort();
        sorted.findings.sort();
        Ok(format!("{HEADER}\n{}", toml::to_string_pretty(&sorted).map_err(|e| e.to_string())?))
    }

    /// Verdicts on integrations, tools and agents as rows of catalogue tables, laid out as in the settings file.
    #[must_use]
    pub fn catalogue(&self) -> toml::Table {
        let rows = |values: Vec<Option<toml::Value>>| toml::Value::Array(values.into_iter().flatten().collect());
        let value = |row: Result<toml::Value, _>| -> Option<toml::Value> { row.ok() };
        let mut tables = toml::Table::new();
        let integrations = self.integrations.iter().map(|r| value(toml::Value::try_from(r))).collect();
        tables.insert("reviews".to_owned(), rows(integrations));
        let tools = self.tools.iter().map(|r| value(toml::Value::try_from(r))).collect();
        tables.insert("tool_reviews".to_owned(), rows(tools));
        let agents = self.agents.iter().map(|r| AgentReview { definitions: Vec::new(), ..r.clone() });
        let agents = agents.map(|r| value(toml::Value::try_from(r))).collect();
        tables.insert("agent_reviews".to_owned(), rows(agents));
        toml::Table::from_iter([("catalog".to_owned(), toml::Value::Table(tables))])
    }

    /// The review that hides a finding, if one does. `day` is the last day of the report's window; `definitions` are
    /// those of the finding's tools now, as `tool hash`.
    #[must_use]
    pub fn hides(&self, finding: &Finding, day: &str, definitions: &BTreeSet<String>) -> Option<&FindingReview> {
        let review = self.findings.iter().find(|review| review.id == finding.id)?;
        let expired = review.expires.as_deref().is_some_and(|expires| expires <= day);
        let worse = finding.severity > review.severity;
        let known: BTreeSet<&String> = review.definitions.iter().collect();
        let changed = !known.is_empty() && definitions.iter().any(|now| !known.contains(now));
        let again = review.verdict == FindingVerdict::Closed && text::rfc3339(finding.last_seen) > review.last_seen;
        (!expired && !worse && !changed && !again).then_some(review)
    }
}

/// Whether a text is a day, `YYYY-MM-DD`.
#[must_use]
pub fn is_day(day: &str) -> bool {
    day.len() == 10 && day.parse::<jiff::civil::Date>().is_ok()
}

fn is_moment(text: &str) -> bool {
    is_day(text) || text.parse::<jiff::Timestamp>().is_ok()
}

#[cfg(test)]
mod tests;
