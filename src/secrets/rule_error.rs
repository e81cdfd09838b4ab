//! Why rules cannot be used.

use super::rules::{COMPILE_TIME, MAX_SLOW, SHORT_KEYWORD};

/// Why a rule file cannot be used. The messages name the rule and never quote a pattern.
#[derive(Debug, thiserror::Error)]
pub enum RuleError {
    /// Not TOML, or a key of the wrong type.
    #[error("secret rules: line {line}: {message}")]
    Syntax {
        /// Line, from 1.
        line: usize,
        /// What is wrong.
        message: String,
    },
    /// A rule cannot be used.
    #[error("secret rule {rule}: {reason}")]
    Rule {
        /// The rule's id.
        rule: String,
        /// What is wrong with it.
        reason: String,
    },
    /// Too much of something.
    #[error("secret rules: {0}")]
    Limit(String),
}

/// There are more rules without a keyword than a run can bear.
pub(super) fn too_many_slow(rule: &str) -> RuleError {
    let reason = format!(
        "it has no keyword of at least {SHORT_KEYWORD} letters, and more than {MAX_SLOW} such rules would make every text \
         slow; give it `keywords`"
    );
    RuleError::Rule { rule: shown(rule), reason }
}

/// The rules up to this one took too long to compile.
pub(super) fn too_slow(rule: &str) -> RuleError {
    let seconds = COMPILE_TIME.as_secs();
    RuleError::Rule { rule: shown(rule), reason: format!("the rules up to it take more than {seconds} s to compile") }
}

/// A name cut to what a message can take.
pub(super) fn shown(name: &str) -> String {
    name.chars().filter(|c| !c.is_control()).take(120).collect()
}
