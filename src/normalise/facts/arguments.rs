//! Arguments of tool calls: their text leaves by name, and the scripts among them.

use serde::Deserialize;
use serde_json::Value;

use super::shell::{Commands, Dialect, read, read_words};
use super::shell_programs::Programs;
use super::tool_words::ToolWords;

const NAMES: &str = include_str!("../../../queries/catalog/shell_arguments.toml");

/// Leaves taken from one call.
const MAX_LEAVES: usize = 512;

/// Levels of objects and lists that are looked into.
const MAX_LEVELS: usize = 12;

/// Scripts read of one call.
const MAX_SCRIPTS: usize = 16;

/// A text in the arguments.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Leaf<'a> {
    /// Names and positions that lead to it, joined by dots.
    pub(super) name: String,
    /// The text.
    pub(super) text: &'a str,
}

/// Text leaves in order, numbers and truth values left out.
pub(super) fn leaves(value: &Value) -> Vec<Leaf<'_>> {
    let mut out = Vec::new();
    collect(value, String::new(), 0, &mut out);
    out
}

fn collect<'a>(value: &'a Value, name: String, level: usize, out: &mut Vec<Leaf<'a>>) {
    if out.len() >= MAX_LEAVES || level > MAX_LEVELS {
        return;
    }
    let join = |part: &str| if name.is_empty() { part.to_owned() } else { format!("{name}.{part}") };
    match value {
        Value::String(text) => out.push(Leaf { name, text }),
        Value::Array(items) => {
            for (at, item) in items.iter().enumerate().take(MAX_LEAVES) {
                collect(item, join(&at.to_string()), level + 1, out);
            }
        }
        Value::Object(fields) => {
            for (key, item) in fields {
                collect(item, join(super::cut(key, 64)), level + 1, out);
            }
        }
        _ => {}
    }
}

#[derive(Debug, Deserialize)]
struct Row {
    name: String,
    tools: String,
}

#[derive(Deserialize)]
struct File {
    rows: Vec<Row>,
}

/// Which arguments hold scripts.
#[derive(Debug)]
pub(super) struct ScriptNames(Vec<Row>);

impl ScriptNames {
    /// The built-in list.
    pub(super) fn builtin() -> Result<Self, toml::de::Error> {
        Ok(Self(toml::from_str::<File>(NAMES)?.rows))
    }

    fn holds(&self, name: &str, tool: &ToolWords) -> bool {
        self.0.iter().any(|row| row.name == name && (row.tools.is_empty() || tool.say(&row.tools)))
    }

    /// The scripts in the arguments of a call.
    pub(super) fn read(&self, tool: &ToolWords, arguments: &Value, programs: &Programs) -> Vec<Commands> {
        let mut out = Vec::new();
        self.walk(tool, arguments, 0, programs, &mut out);
        out
    }

    fn walk(&self, tool: &ToolWords, value: &Value, level: usize, programs: &Programs, out: &mut Vec<Commands>) {
        let Value::Object(fields) = value else { return };
        for (name, value) in fields {
            if out.len() >= MAX_SCRIPTS || level > 3 {
                return;
            }
            if !self.holds(name, tool) {
                self.walk(tool, value, level + 1, programs, out);
                continue;
            }
            match value {
                // Where a shell is named beside the script, it is no script.
                Value::String(script) if name == "shell" && !script.contains(' ') => {}
                Value::String(script) => {
                    let words = words_of(fields.get("args")).filter(|_| !script.contains([' ', '\n']));
                    out.push(match words {
                        Some(mut words) => {
                            words.insert(0, script.clone());
                            read_words(&words, programs)
                        }
                        None => read(script, dialect(tool, fields.get("shell"), script), programs),
                    });
                }
                Value::Array(_) => {
                    let Some(words) = words_of(Some(value)) else { continue };
                    let scripts = name == "commands" || (words.len() == 1 && words[0].contains(' '));
                    if scripts {
                        let each = words.iter().take(MAX_SCRIPTS);
                        out.extend(each.map(|script| read(script, dialect(tool, None, script), programs)));
                    } else if !words.is_empty() {
                        out.push(read_words(&words, programs));
                    }
                }
                other => self.walk(tool, other, level + 1, programs, out),
            }
        }
    }
}

fn words_of(value: Option<&Value>) -> Option<Vec<String>> {
    let items = value?.as_array()?;
    items.iter().take(MAX_LEAVES).map(|item| item.as_str().map(str::to_owned)).collect()
}

/// The language of a script: what the tool or its arguments say, else what the script looks like.
fn dialect(tool: &ToolWords, shell: Option<&Value>, script: &str) -> Dialect {
    let shell = shell.and_then(Value::as_str).unwrap_or_default().to_lowercase();
    if tool.say("powershell|pwsh") || shell.contains("powershell") || shell.contains("pwsh") {
        return Dialect::PowerShell;
    }
    if shell.ends_with("cmd") || shell.ends_with("cmd.exe") {
        return Dialect::Cmd;
    }
    if looks_like_powershell(script) { Dialect::PowerShell } else { Dialect::Sh }
}

/// A command named `Verb-Noun`, or an assignment to `$name`, at the start.
fn looks_like_powershell(script: &str) -> bool {
    let start = script.trim_start();
    if let Some(rest) = start.strip_prefix('$') {
        let name = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_' && c != ':').unwrap_or(rest.len());
        return name > 0 && rest[name..].trim_start().starts_with('=') && rest[name..].starts_with([' ', '=']);
    }
    let word = start.split([' ', '\n', ';', '|']).next().unwrap_or_default();
    word.split_once('-').is_some_and(|(verb, noun)| {
        let capital = |part: &str| {
            part.starts_with(|c: char| c.is_ascii_uppercase()) && part.bytes().all(|b| b.is_ascii_alphabetic())
        };
        capital(verb) && capital(noun)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn programs(tool: &str, arguments: &str) -> Vec<String> {
        let value = serde_json::from_str(arguments).unwrap();
        let found = ScriptNames::builtin().unwrap().read(&tool.into(), &value, &Programs::builtin().unwrap());
        found.iter().flat_map(|c| &c.found).map(|f| format!("{} {}", f.dialect, f.program)).collect()
    }

    #[test]
    fn scripts_are_found_in_every_shape_of_arguments() {
        for (tool, arguments, expected) in [
            ("Bash", r#"{"command":"ls | wc"}"#, &["sh ls", "sh wc"][..]),
            ("shell", r#"{"command":["bash","-lc","git push"]}"#, &["sh bash", "sh git"]),
            ("local_shell", r#"{"action":{"command":["ls","-la"],"type":"exec"}}"#, &["sh ls"]),
            ("run", r#"{"args":["-y","server"],"command":"npx"}"#, &["sh npx"]),
            ("x", r#"{"commands":["cd a","ls"]}"#, &["sh cd", "sh ls"]),
            ("PowerShell", r#"{"command":"dir"}"#, &["powershell dir"]),
            ("run", r#"{"command":"Get-ChildItem C:\\x"}"#, &["powershell get-childitem"]),
            ("run", r#"{"command":"dir /s","shell":"cmd.exe"}"#, &["cmd dir"]),
            ("write_stdin", r#"{"chars":"rm x\n"}"#, &["sh rm"]),
            ("execute_command", r#"{"code":"rm x"}"#, &["sh rm"]),
            ("send", r#"{"chars":"rm x"}"#, &[]),
            ("send", r#"{"text":"rm x","command":1}"#, &[]),
        ] {
            assert_eq!(programs(tool, arguments), expected, "{arguments}");
        }
    }

    #[test]
    fn leaves_carry_the_names_around_them() {
        let value = serde_json::from_str(r#"{"n":1,"to":[{"address":"a"},"b"]}"#).unwrap();
        let names: Vec<_> = leaves(&value).into_iter().map(|leaf| (leaf.name, leaf.text)).collect();
        assert_eq!(names, [("to.0.address".to_owned(), "a"), ("to.1".to_owned(), "b")]);
    }
}
