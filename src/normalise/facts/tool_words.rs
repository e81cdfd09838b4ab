//! What a tool's name says that it does, wherever its name was split.

use super::cut;
use crate::tables::tool_calls::ToolCall;

/// Longest name that is looked at.
const MAX_NAME: usize = 128;

/// The words of a tool's name, lower case.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(super) struct ToolWords {
    /// What may be a server's name or the first word of the tool's own: `write` of `write_file`.
    first: String,
    /// The tool part.
    tool: String,
    /// Both, joined.
    whole: String,
}

impl ToolWords {
    /// Of a call.
    pub(super) fn of(call: &ToolCall) -> Self {
        // Only here one underline stands between the parts, as it does between two words of one name.
        let unclear = matches!(call.naming, "S_T" | "meta");
        let first = call.name_server.as_deref().filter(|_| unclear).unwrap_or_default();
        Self::new(first, &call.name_tool)
    }

    fn new(first: &str, tool: &str) -> Self {
        let (first, tool) = (cut(first, MAX_NAME).to_lowercase(), cut(tool, MAX_NAME).to_lowercase());
        let whole = if first.is_empty() { tool.clone() } else { format!("{first}_{tool}") };
        Self { first, tool, whole }
    }

    /// Whether the name holds one of some words, separated by `|`.
    pub(super) fn say(&self, words: &str) -> bool {
        // A server's name may begin with a verb (`editor_read_file`); a name's first word ends with it (`multiedit_file`).
        words.split('|').any(|word| {
            self.tool.contains(word) || self.first.ends_with(word) || (word.contains('_') && self.whole.contains(word))
        })
    }
}

#[cfg(test)]
impl From<&str> for ToolWords {
    fn from(raw: &str) -> Self {
        let name = crate::normalise::tool::parse_name(raw);
        let unclear = name.naming == "S_T";
        Self::new(name.server.as_deref().filter(|_| unclear).unwrap_or_default(), &name.tool)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_verb_is_found_on_either_side_of_the_split() {
        for (raw, words, expected) in [
            ("write_file", "write|edit", true),
            ("edit_file", "write|edit", true),
            ("Edit", "write|edit", true),
            ("MultiEdit", "write|edit", true),
            ("mcp__fs__write_file", "write|edit", true),
            ("multiedit_file", "write|edit", true),
            ("str_replace_in_file", "replace", true),
            ("write_stdin", "write_stdin", true),
            ("execute_command", "execute_command", true),
            ("read_file", "write|edit", false),
            ("editor_read_file", "write|edit", false),
            ("mcp__edit__read_file", "write|edit", false),
            ("edit__read_file", "write|edit", false),
        ] {
            assert_eq!(ToolWords::from(raw).say(words), expected, "{raw}");
        }
    }
}
