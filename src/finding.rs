//! A finding: what a detection says, in the form that every output starts from.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// Impact if the finding is true.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Context, no action expected.
    Informational,
    /// Look at it when there is time.
    Low,
    /// Look at it this week.
    Medium,
    /// Look at it today.
    High,
    /// Look at it now.
    Critical,
}

/// How likely the finding is what it says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Confidence {
    /// Often explained by normal work.
    Low,
    /// More often right than not.
    Medium,
    /// Rarely wrong.
    High,
}

macro_rules! words {
    ($ty:ident { $($variant:ident = $word:literal),+ }) => {
        impl $ty {
            /// The word used in files and outputs.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }
        }
        impl std::str::FromStr for $ty {
            type Err = String;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                match text { $($word => Ok(Self::$variant),)+ _ => Err(format!("expected one of {}", [$($word),+].join(", "))) }
            }
        }
        impl std::fmt::Display for $ty {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(self.as_str())
            }
        }
    };
}
words!(Severity { Informational = "informational", Low = "low", Medium = "medium", High = "high", Critical = "critical" });
words!(Confidence { Low = "low", Medium = "medium", High = "high" });

/// Where a fact can be looked up in the raw exports.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Evidence {
    /// Export object that holds the record.
    pub export_key: String,
    /// The gateway's record id.
    pub record_id: Option<i64>,
}

/// Who and what a finding is about; empty where the detection does not say.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scope {
    /// Login of the user, or the tags of a tagged device.
    pub login: Option<String>,
    /// Stable node id.
    pub device: Option<String>,
    /// Agent name.
    pub agent: Option<String>,
    /// Tool.
    pub tool: Option<String>,
    /// Integration.
    pub integration: Option<String>,
    /// Session.
    pub session_id: Option<String>,
}

impl Scope {
    /// What else this story shows is told with it: everything of one session, or everything about one integration and
    /// nobody in particular. None where nothing can belong together.
    #[must_use]
    pub fn cause(&self) -> Option<(&'static str, &str)> {
        cause(self.session_id.as_deref(), self.integration.as_deref(), self.login.as_deref())
    }

    /// Whether nobody in particular did it, as with a tool that is offered to many.
    fn is_about_nobody(&self) -> bool {
        self.login.is_none() && self.session_id.is_none()
    }
}

/// As [`Scope::cause`], from the parts of a scope that decide.
#[must_use]
pub fn cause<'s>(
    session: Option<&'s str>,
    integration: Option<&'s str>,
    login: Option<&str>,
) -> Option<(&'static str, &'s str)> {
    match (session, integration, login) {
        (Some(session), ..) => Some(("session", session)),
        (None, Some(integration), None) => Some(("integration", integration)),
        _ => None,
    }
}

/// What a detection says about itself; shared by all of its findings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Default)]
pub struct DetectionInfo {
    /// Folder `.` file name.
    pub id: String,
    /// One line for a person.
    pub title: String,
    /// What was found.
    pub what: String,
    /// What it means for the organisation.
    pub impact: String,
    /// Ordinary explanations.
    pub false_positives: Vec<String>,
    /// What to do next, as prose or as queries to run.
    pub next_steps: Vec<String>,
    /// Framework ids (`owasp-asi:2026:ASI02`, `owasp-llm:2025:LLM01`, `atlas:AML.T0053`).
    pub tags: Vec<String>,
    /// Links.
    pub references: Vec<String>,
}

/// One finding.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Finding {
    /// Stable id, see [`finding_id`].
    pub id: String,
    /// The detection behind it.
    pub detection: DetectionInfo,
    /// Impact if true.
    pub severity: Severity,
    /// How likely it is what it says.
    pub confidence: Confidence,
    /// What it is about, a short name.
    pub subject: String,
    /// Why it was flagged, a finished sentence.
    pub reason: String,
    /// Who and what.
    pub scope: Scope,
    /// First time, microseconds since the epoch.
    pub first_seen: i64,
    /// Last time, microseconds since the epoch.
    pub last_seen: i64,
    /// How many rows stand behind it.
    pub count: i64,
    /// Where to look; bounded, in order.
    pub evidence: Vec<Evidence>,
    /// Further columns of the detection, as JSON values.
    pub details: BTreeMap<String, serde_json::Value>,
}

/// Version of the id scheme; part of the hash, so that a change of scheme can never collide with old ids.
const ID_SCHEME: &str = "lf1";

/// Stable id of a finding: SHA-256 over scheme, detection, principal, device and natural key, first 32 hex digits.
///
/// Times, windows, file names, titles and severities are deliberately not part of it.
#[must_use]
pub fn finding_id(detection: &str, login: &str, device: &str, natural_key: &str) -> String {
    let mut hash = Sha256::new();
    for part in [ID_SCHEME, detection, login, device, natural_key] {
        // Length first, so that no two field lists share an encoding.
        hash.update((part.len() as u64).to_le_bytes());
        hash.update(part.as_bytes());
    }
    hex::encode(&hash.finalize()[..16])
}

impl Finding {
    /// Order of findings in every output: worst first; of equals, what somebody did before what stands there and waits;
    /// then by detection, subject and id.
    #[must_use]
    pub fn order(&self, other: &Self) -> std::cmp::Ordering {
        other
            .severity
            .cmp(&self.severity)
            .then_with(|| other.confidence.cmp(&self.confidence))
            .then_with(|| self.scope.is_about_nobody().cmp(&other.scope.is_about_nobody()))
            .then_with(|| self.detection.id.cmp(&other.detection.id))
            .then_with(|| self.subject.cmp(&other.subject))
            .then_with(|| self.id.cmp(&other.id))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_equals_what_somebody_did_comes_first() {
        let finding = |id: &str, login: Option<&str>, severity| Finding {
            id: id.to_owned(),
            detection: DetectionInfo { id: id.to_owned(), ..DetectionInfo::default() },
            severity,
            confidence: Confidence::High,
            subject: String::new(),
            reason: String::new(),
            scope: Scope { login: login.map(str::to_owned), ..Scope::default() },
            first_seen: 0,
            last_seen: 0,
            count: 1,
            evidence: Vec::new(),
            details: BTreeMap::new(),
        };
        let mut found = [
            finding("a.offered", None, Severity::High),
            finding("b.done", Some("u@example.com"), Severity::High),
            finding("c.offered", None, Severity::Critical),
        ];
        found.sort_by(Finding::order);
        assert_eq!(found.map(|f| f.id), ["c.offered", "b.done", "a.offered"]);
    }
}
