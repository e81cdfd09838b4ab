//! What commands and parameters do with what they name: the grammar of command lines and the names of arguments.

use std::collections::BTreeMap;

use super::arguments::Leaf;
use super::relation_rows::{CommandRow, File, ParameterRow};
use super::shell::Found;
use super::shell_programs::Programs;
use super::text::TextReader;
use super::things::{Things, relation};
use super::tool_words::ToolWords;
use super::{hosts, patches, paths};

const COMMANDS: &str = include_str!("../../../queries/catalog/command_relations.toml");
const PARAMETERS: &str = include_str!("../../../queries/catalog/parameter_relations.toml");

/// The lists of this module.
#[derive(Debug)]
pub(super) struct Relations {
    commands: BTreeMap<String, Vec<CommandRow>>,
    parameters: BTreeMap<String, Vec<ParameterRow>>,
}

/// Options that make a request carry data.
const SENDING: [&str; 21] = [
    "-d",
    "--data",
    "--data-raw",
    "--data-binary",
    "--data-urlencode",
    "--data-ascii",
    "--json",
    "-F",
    "--form",
    "--form-string",
    "-T",
    "--upload-file",
    "--post-data",
    "--post-file",
    "--body-data",
    "--body-file",
    "-body",
    "-infile",
    "-form",
    "--url-query",
    "-Body",
];

impl Relations {
    /// The built-in lists.
    pub(super) fn builtin() -> Result<Self, toml::de::Error> {
        let mut commands = BTreeMap::<String, Vec<CommandRow>>::new();
        for row in toml::from_str::<File<CommandRow>>(COMMANDS)?.rows {
            commands.entry(row.program.clone()).or_default().push(row);
        }
        let mut parameters = BTreeMap::<String, Vec<ParameterRow>>::new();
        for row in toml::from_str::<File<ParameterRow>>(PARAMETERS)?.rows {
            parameters.entry(spelling(&row.parameter)).or_default().push(row);
        }
        Ok(Self { commands, parameters })
    }

    /// Adds what a command names.
    pub(super) fn command(
        &self,
        found: &Found,
        base: Option<&str>,
        reader: &TextReader,
        programs: &Programs,
        things: &mut Things,
    ) {
        let name = Some(found.program.as_str().into());
        let here = matches!(found.context, "remote" | "container");
        let base = base.filter(|_| !here);
        for (files, done) in [(&found.reads, "read"), (&found.writes, "write")] {
            things.at("command", name.clone(), done);
            for file in files.iter().filter(|file| !file.starts_with("/dev/null") && file.as_str() != "/dev/stderr") {
                paths::path(file, base, things);
            }
        }
        reader.managers.add(found, things);
        let rows = self.commands.get(&found.program);
        let row = rows.and_then(|rows| {
            let subcommand = found.subcommand.as_deref().unwrap_or_default();
            rows.iter()
                .find(|row| row.subcommand == subcommand)
                .or_else(|| rows.iter().find(|row| row.subcommand.is_empty()))
        });
        match row {
            Some(row) => self.operands(row, found, base, reader, programs, things),
            None => {
                // Echoed text and the like is no path; addresses in it are still named.
                things.at("command", name, "mention");
                for word in found.words.iter().filter(|word| !word.contains(char::is_whitespace)) {
                    reader.read(option_value(word), base, programs, things);
                }
            }
        }
        if found.text.starts_with(['.', '/', '~']) && !found.program.is_empty() {
            let first = found.text.split_whitespace().next().unwrap_or_default();
            things.at("command", Some(found.program.as_str().into()), "execute");
            paths::path(first, base, things);
        }
    }

    fn operands(
        &self,
        row: &CommandRow,
        found: &Found,
        base: Option<&str>,
        reader: &TextReader,
        programs: &Programs,
        things: &mut Things,
    ) {
        let name: Option<std::sync::Arc<str>> = Some(found.program.as_str().into());
        let options: BTreeMap<&str, &str> = row.options.iter().filter_map(|o| o.split_once(':')).collect();
        let done = match row.operands.as_str() {
            "url" if sends(&found.words) => "destination",
            _ if row.writes_back(&found.words) => "write",
            _ => row.relation.as_str(),
        };
        if let Some(input) = found.input.as_deref().filter(|_| row.operands == "patch") {
            patches::add(input, "command", name.as_ref(), base, things);
        }
        let words: Vec<&str> =
            found.words.iter().map(String::as_str).filter(|word| Some(*word) != found.subcommand.as_deref()).collect();
        let mut operands = Vec::new();
        let (mut at, mut texts) = (0, row.texts);
        while let Some(word) = words.get(at) {
            at += 1;
            if word.starts_with('-') && word.len() > 1 {
                let key = word.to_ascii_lowercase();
                let text = row.gives_text(word);
                texts = if text.is_some() { 0 } else { texts };
                if let Some(does) = options.get(word).or_else(|| options.get(key.as_str())) {
                    let value = words.get(at).copied().unwrap_or_default();
                    at += 1;
                    self.option(does, value, &name, base, reader, things);
                } else if row.operands == "url" && SENDING.contains(word) {
                    let value = words.get(at).copied().unwrap_or_default();
                    at += 1;
                    sent(value, &name, base, reader, programs, things);
                } else {
                    let value = words.get(at).copied().filter(|_| text == Some(true));
                    at += usize::from(value.is_some());
                    things.at("command", name.clone(), "mention");
                    reader.read(value.unwrap_or(option_value(word)), base, programs, things);
                }
                continue;
            }
            if texts > 0 && !word.is_empty() {
                texts -= 1;
                things.at("command", name.clone(), "mention");
                reader.read(word, base, programs, things);
                continue;
            }
            operands.push(*word);
        }
        let last = operands.len().saturating_sub(1);
        let by_verb = row.by_verb(found.subcommand.as_deref(), &operands);
        for (index, word) in operands.iter().enumerate() {
            let is_last = index == last && index > 0 && !row.last.is_empty();
            let done = by_verb.unwrap_or(if is_last { row.last.as_str() } else { done });
            if row.operands == "patch" && patches::add(word, "command", name.as_ref(), base, things) {
                continue;
            }
            things.at("command", name.clone(), relation(done));
            operand(&row.operands, word, base, reader, programs, things);
        }
    }

    fn option(
        &self,
        does: &str,
        value: &str,
        name: &Option<std::sync::Arc<str>>,
        base: Option<&str>,
        reader: &TextReader,
        things: &mut Things,
    ) {
        match does {
            "" => {}
            "host" => {
                things.at("command", name.clone(), "destination");
                let _ = hosts::url(value, &reader.endings, things) || hosts::host_or_ip(value, things);
            }
            "url" => {
                things.at("command", name.clone(), "source");
                hosts::url(value, &reader.endings, things);
            }
            done => {
                things.at("command", name.clone(), relation(done));
                paths::path(value, base, things);
            }
        }
    }

    /// Adds what an argument of a call names.
    pub(super) fn parameter(
        &self,
        tool: &ToolWords,
        leaf: &Leaf<'_>,
        base: Option<&str>,
        reader: &TextReader,
        programs: &Programs,
        things: &mut Things,
    ) {
        let named = |part: &&str| !part.is_empty() && !part.bytes().all(|b| b.is_ascii_digit());
        let parameter = leaf.name.rsplit('.').find(named).unwrap_or_default();
        let rows = self.parameters.get(&spelling(parameter));
        let row = rows.and_then(|rows| rows.iter().find(|row| row.tools.is_empty() || tool.say(&row.tools)));
        if row.is_some_and(|row| row.relation == "patch") {
            patches::add(leaf.text, "argument", Some(&leaf.name.as_str().into()), base, things);
        }
        let done = row.map_or("mention", |row| relation(&row.relation));
        things.at("argument", Some(leaf.name.as_str().into()), done);
        let is_path = row.is_some_and(|row| row.path) && leaf.text.len() <= 1024 && !leaf.text.contains("://");
        if is_path && paths::path(leaf.text, base, things) {
            return;
        }
        reader.read(leaf.text, base, programs, things);
    }
}

/// A parameter's name, the same however it is written: `file_path`, `filePath` and `file-path`.
fn spelling(parameter: &str) -> String {
    let letters = parameter.chars().filter(char::is_ascii_alphabetic);
    letters.map(|letter| letter.to_ascii_lowercase()).collect()
}

/// Whether options make a request carry data.
fn sends(words: &[String]) -> bool {
    words.iter().any(|word| {
        SENDING.iter().any(|s| word == s || (word.starts_with(s) && s.len() > 2 && word[s.len()..].starts_with('=')))
    }) || words.windows(2).any(|pair| {
        matches!(pair[0].as_str(), "-X" | "--request" | "-method" | "-Method")
            && matches!(pair[1].to_ascii_uppercase().as_str(), "POST" | "PUT" | "PATCH")
    }) || words
        .iter()
        .any(|word| matches!(word.as_str(), "-XPOST" | "-XPUT" | "-XPATCH" | "--method=POST" | "--method=PUT"))
}

/// `--option=value` to its value.
fn option_value(word: &str) -> &str {
    match word.split_once('=') {
        Some((option, value)) if option.starts_with('-') => value,
        _ => word,
    }
}

/// Data of a request: `@file`, `name=@file` or text.
fn sent(
    value: &str,
    name: &Option<std::sync::Arc<str>>,
    base: Option<&str>,
    reader: &TextReader,
    programs: &Programs,
    things: &mut Things,
) {
    let file = value.strip_prefix('@').or_else(|| value.split_once("=@").map(|(_, file)| file));
    match file.filter(|file| !file.is_empty() && *file != "-") {
        Some(file) => {
            things.at("command", name.clone(), "read");
            paths::path(file.split(';').next().unwrap_or(file), base, things);
        }
        None => {
            things.at("command", name.clone(), "mention");
            reader.read(value, base, programs, things);
        }
    }
}

fn operand(what: &str, word: &str, base: Option<&str>, reader: &TextReader, programs: &Programs, things: &mut Things) {
    let is_url = word.contains("://");
    match what {
        "path" | "patch"
            if !is_url
                && !word.contains(char::is_whitespace)
                && (word.contains(['/', '.', '\\']) || matches!(things.relation, "delete" | "write" | "move")) =>
        {
            paths::path(word, base, things);
        }
        "url" if !is_url => {
            let host = word.split(['/', '?', ':']).next().unwrap_or_default();
            hosts::host_or_ip(host, things);
        }
        "host" if !is_url => {
            let host = word.rsplit_once('@').map_or(word, |(_, host)| host);
            let host = host.strip_prefix("tcp:").or_else(|| host.strip_prefix("TCP:")).unwrap_or(host);
            let _ = hosts::host_or_ip(host, things)
                || hosts::host_or_ip(host.split(':').next().unwrap_or_default(), things);
        }
        "remote" if !is_url => {
            if !hosts::scp_like(word, &reader.endings, things) && word.contains('/') {
                paths::path(word, base, things);
            }
        }
        "remote" => {
            things.push("remote", without_credentials(word), None, None);
            hosts::url(word, &reader.endings, things);
        }
        _ => reader.read(word, base, programs, things),
    }
}

fn without_credentials(word: &str) -> String {
    match url::Url::parse(word) {
        Ok(mut url) => {
            let _ = url.set_username("");
            let _ = url.set_password(None);
            url.to_string()
        }
        Err(_) => word.to_owned(),
    }
}

#[cfg(test)]
#[path = "relations_tests.rs"]
mod tests;
