//! Packages by ecosystem, from the commands that install, run or publish them.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::shell::{Dialect, Found};
use super::shell_programs::Programs;
use super::things::Things;

const MANAGERS: &str = include_str!("../../../queries/catalog/package_managers.toml");

#[derive(Debug, Deserialize)]
struct Row {
    program: String,
    subcommand: String,
    ecosystem: String,
    relation: String,
    #[serde(default)]
    values: Vec<String>,
    #[serde(default)]
    first_only: bool,
}

#[derive(Deserialize)]
struct File {
    rows: Vec<Row>,
}

/// Which commands name packages.
#[derive(Debug)]
pub(super) struct Managers {
    by_program: BTreeMap<String, Vec<Row>>,
    /// First bytes of their names: most words of a text begin with another one.
    first: [bool; 256],
}

impl Managers {
    /// The built-in list.
    pub(super) fn builtin() -> Result<Self, toml::de::Error> {
        let mut map = BTreeMap::<String, Vec<Row>>::new();
        for row in toml::from_str::<File>(MANAGERS)?.rows {
            map.entry(row.program.clone()).or_default().push(row);
        }
        let mut first = [false; 256];
        map.keys().filter_map(|name| name.bytes().next()).for_each(|byte| first[usize::from(byte)] = true);
        Ok(Self { by_program: map, first })
    }

    /// Whether a line that starts with this word may install something.
    pub(super) fn starts_with(&self, word: &str) -> bool {
        word.bytes().next().is_some_and(|byte| self.first[usize::from(byte)]) && self.by_program.contains_key(word)
    }

    /// Reads a line of text as a command that installs. Returns whether it was one.
    pub(super) fn line(&self, line: &str, programs: &Programs, things: &mut Things) -> bool {
        let found = super::shell::read_line(line, Dialect::Sh, programs);
        let relation = things.relation;
        let before = things.list.len();
        // A sentence may begin like a command: names of packages are rarely capitalised, its words often are.
        let prose =
            |word: &String| word.starts_with(|c: char| c.is_ascii_uppercase()) && !word.contains(['.', '=', '<', '>']);
        if let Some(found) = found.first().filter(|found| !found.words.iter().any(prose)) {
            self.add(found, things);
        }
        things.relation = relation;
        things.list.len() > before
    }

    /// Adds the packages that a command names.
    pub(super) fn add(&self, found: &Found, things: &mut Things) {
        let Some(rows) = self.by_program.get(&found.program) else { return };
        // `python -m pip install x` and `uv pip install x` name the manager in their words.
        let words: Vec<&str> = found.words.iter().map(String::as_str).collect();
        for row in rows {
            let levels: Vec<&str> = row.subcommand.split(' ').filter(|level| !level.is_empty()).collect();
            let Some(start) = after_levels(&words, &levels) else { continue };
            things.relation = super::things::relation(&row.relation);
            let mut at = start;
            while let Some(word) = words.get(at) {
                at += 1;
                if word.starts_with('-') {
                    at += usize::from(row.values.iter().any(|value| value == word));
                    continue;
                }
                if let Some(name) = package(word, &row.ecosystem) {
                    things.push("package", name, None, Some(row.ecosystem.as_str().into()));
                }
                if row.first_only {
                    break;
                }
            }
            return;
        }
    }
}

/// Index after the subcommands, which may stand between options.
fn after_levels(words: &[&str], levels: &[&str]) -> Option<usize> {
    let mut at = 0;
    for level in levels {
        at += words.get(at..)?.iter().take(4).position(|word| word == level)? + 1;
    }
    Some(at)
}

/// Name of a package without its version; `None` for files, addresses and what cannot be a name.
fn package(word: &str, ecosystem: &str) -> Option<String> {
    if word.contains("://")
        || word.contains("git@")
        || word.starts_with(['.', '/', '~', '$', '<', '{'])
        || word.len() > 214
    {
        return None;
    }
    let (scope, rest) = match word.strip_prefix('@').and_then(|rest| rest.split_once('/')) {
        Some((scope, rest)) => (format!("@{scope}/"), rest),
        None => (String::new(), word),
    };
    let cut = match ecosystem {
        "pypi" => rest.find(['=', '<', '>', '~', '!', '[', ';', '@', ' ']),
        "docker" => rest.rfind(['@', ':']).filter(|at| !rest[*at..].contains('/')),
        "go" | "npm" | "cargo" | "gem" | "brew" => rest.find(['@', '=']),
        _ => rest.find(['=', ':']),
    };
    let name = &rest[..cut.unwrap_or(rest.len())];
    let fits = name.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_')
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_./+".contains(&b));
    let is_file = name
        .rsplit_once('.')
        .is_some_and(|(_, ending)| matches!(ending, "txt" | "whl" | "deb" | "rpm" | "zip" | "tgz" | "gz" | "toml"));
    if !fits || is_file {
        return None;
    }
    let name = if ecosystem == "pypi" { name.to_lowercase().replace(['_', '.'], "-") } else { name.to_owned() };
    Some(format!("{scope}{name}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packages_are_named_without_version() {
        let managers = Managers::builtin().unwrap();
        let programs = Programs::builtin().unwrap();
        for (line, expected) in [
            ("npm install --save-dev @scope/left-pad@1.2.3 lodash", "npm:@scope/left-pad npm:lodash"),
            ("pip install -r requirements.txt 'Django>=4' zope.interface[x]", "pypi:django pypi:zope-interface"),
            ("python3 -m pip install evil_pkg", "pypi:evil-pkg"),
            ("uv pip install ruff", "pypi:ruff"),
            ("npx -y create-thing@latest my-app", "npm:create-thing"),
            ("cargo add serde --features derive", "cargo:serde"),
            ("go install golang.org/x/tools/gopls@latest", "go:golang.org/x/tools/gopls"),
            ("apt-get install -y curl=7.1 jq", "apt:curl apt:jq"),
            ("docker pull ghcr.io/a/b:1.2", "docker:ghcr.io/a/b"),
            ("npm install", ""),
            ("pip install git+https://h.test/x.git ./local", ""),
        ] {
            let mut things = Things::of_text();
            managers.line(line, &programs, &mut things);
            let names: Vec<_> =
                things.list.iter().map(|t| format!("{}:{}", t.ecosystem.as_deref().unwrap(), t.value)).collect();
            assert_eq!(names.join(" "), expected, "{line}");
        }
    }
}
