//! What is known of programs: which run other commands, which have subcommands, and which options take a value.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::cut;
use super::shell_words::assignment;

const PROGRAMS: &str = include_str!("../../../queries/catalog/shell_programs.toml");

#[derive(Debug, Deserialize)]
struct Row {
    program: String,
    role: String,
    #[serde(default)]
    values: Vec<String>,
    #[serde(default)]
    skip: usize,
    #[serde(default)]
    runs: Vec<String>,
    #[serde(default)]
    run_values: Vec<String>,
    #[serde(default)]
    encoding: String,
    #[serde(default)]
    decodes: Vec<String>,
}

#[derive(Deserialize)]
struct File {
    rows: Vec<Row>,
}

/// How command lines of known programs are read.
#[derive(Debug)]
pub(super) struct Programs(BTreeMap<String, Row>);

impl Programs {
    /// The built-in list.
    pub(super) fn builtin() -> Result<Self, toml::de::Error> {
        let file: File = toml::from_str(PROGRAMS)?;
        Ok(Self(file.rows.into_iter().map(|row| (row.program.clone(), row)).collect()))
    }

    pub(super) fn role(&self, program: &str) -> &str {
        self.0.get(program).map_or("", |row| row.role.as_str())
    }

    /// What a program decodes its input from, where its options say that it does.
    pub(super) fn decodes(&self, program: &str, words: &[String]) -> Option<&str> {
        let row = self.0.get(program)?;
        words.iter().any(|word| row.decodes.contains(word)).then_some(row.encoding.as_str())
    }

    fn takes_value(&self, program: &str, option: &str) -> bool {
        self.0.get(program).is_some_and(|row| row.values.iter().any(|value| value == option))
    }

    /// Index of the first word from `at` on that is neither an option of `program` nor the value of one.
    pub(super) fn past_options(&self, program: &str, words: &[String], mut at: usize) -> usize {
        while let Some(word) = words.get(at).filter(|word| word.starts_with('-') && word.len() > 1) {
            at += 1;
            if word == "--" {
                break;
            }
            at += usize::from(self.takes_value(program, word));
        }
        at
    }

    /// Steps over wrappers. Returns them, the variables they assign, and the index of the command's own first word.
    pub(super) fn unwrap(&self, words: &[String]) -> (Vec<String>, Vec<String>, usize) {
        let (mut wrappers, mut environment, mut at) = (Vec::new(), Vec::new(), 0);
        while wrappers.len() < 8 {
            let Some(name) = words.get(at).map(|word| base_name(word)) else { break };
            let Some(row) = self.0.get(&name).filter(|row| row.role == "wrapper") else { break };
            let mut next = self.past_options(&name, words, at + 1);
            let mut assigned = Vec::new();
            while let Some((variable, _)) = words.get(next).and_then(|word| assignment(word)) {
                assigned.push(variable.to_owned());
                next += 1;
            }
            next += row.skip;
            if next >= words.len() {
                break;
            }
            environment.append(&mut assigned);
            wrappers.push(name);
            at = next;
        }
        (wrappers, environment, at)
    }

    /// Index of the first word of the command that `docker exec`, `kubectl exec -- …` and the like run.
    pub(super) fn in_container(&self, program: &str, subcommand: Option<&str>, rest: &[String]) -> Option<usize> {
        let row = self.0.get(program)?;
        let runs = |word: &str| row.runs.iter().any(|runs| runs == word);
        if !runs(subcommand?) {
            return None;
        }
        if let Some(at) = rest.iter().position(|word| word == "--") {
            return Some(at + 1);
        }
        // Whose options are not known must be separated from the command.
        if row.run_values.is_empty() {
            return None;
        }
        let mut at = rest.iter().position(|word| runs(word))? + 1;
        while let Some(word) = rest.get(at).filter(|word| word.starts_with('-')) {
            at += 1 + usize::from(row.run_values.contains(word));
        }
        Some(at + 1)
    }
}

/// `-c`, also among other letters (`-lc`, `-euxc`), and `--command`.
pub(super) fn is_command_flag(word: &str) -> bool {
    let letters = word.strip_prefix('-').unwrap_or_default();
    word == "--command"
        || (letters.ends_with('c') && letters.len() <= 6 && letters.bytes().all(|b| b.is_ascii_lowercase()))
}

/// `-EncodedCommand` of PowerShell, which takes any beginning of it and two short forms.
pub(super) fn is_encoded_flag(word: &str) -> bool {
    let name = word.trim_start_matches(['-', '/']);
    name.len() < word.len() && !name.is_empty() && ("encodedcommand".starts_with(name) || name == "ec")
}

/// Last part of a program's path, lower case, without `.exe` and the like.
pub(super) fn base_name(word: &str) -> String {
    let name = word.trim_end_matches(['/', '\\']);
    let name = name.rsplit(['/', '\\']).next().unwrap_or(name);
    let name = cut(name, 128).to_lowercase();
    match name.strip_suffix(".exe").or_else(|| name.strip_suffix(".cmd")) {
        Some(bare) if !bare.is_empty() => bare.to_owned(),
        _ => name,
    }
}
