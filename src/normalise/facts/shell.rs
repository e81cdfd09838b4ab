//! Shell scripts to commands: what runs, through which wrappers, how it is connected, with scripts inside scripts.

use super::cut;
use super::shell_grammar;
use super::shell_literal::{Literal, input, only_script, printed};
use super::shell_programs::{Programs, base_name, is_command_flag};
use super::shell_words::{Simple, split, word};

/// Commands taken from one script.
pub(super) const MAX_COMMANDS: usize = 256;

/// Scripts inside scripts.
const MAX_DEPTH: i64 = 5;

/// Longest script that is read; the rest is left out.
const MAX_SCRIPT: usize = 256 * 1024;

/// Options and arguments kept of one command.
const MAX_WORDS: usize = 64;

/// Which language a script is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Dialect {
    /// POSIX shells.
    Sh,
    /// PowerShell.
    PowerShell,
    /// The Windows command prompt.
    Cmd,
}

impl Dialect {
    /// The word used in the tables.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Sh => "sh",
            Self::PowerShell => "powershell",
            Self::Cmd => "cmd",
        }
    }

    /// The byte that takes the meaning off the next one.
    pub(super) fn escape(self) -> u8 {
        match self {
            Self::Sh => b'\\',
            Self::PowerShell => b'`',
            Self::Cmd => b'^',
        }
    }

    /// A word without quotes, for dialects that the shell's rules do not fit.
    pub(super) fn plain(self, raw: &str) -> String {
        let escape = char::from(self.escape());
        raw.chars().filter(|c| *c != '"' && *c != escape && (self == Self::Cmd || *c != '\'')).collect()
    }
}

/// One simple command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) nth: i64,
    pub(super) depth: i64,
    pub(super) dialect: &'static str,
    pub(super) context: &'static str,
    pub(super) wrappers: Vec<String>,
    pub(super) program: String,
    pub(super) subcommand: Option<String>,
    pub(super) flags: Vec<String>,
    pub(super) arguments: Vec<String>,
    /// All words after the program, in order.
    pub(super) words: Vec<String>,
    pub(super) reads: Vec<String>,
    pub(super) writes: Vec<String>,
    pub(super) pipe_from: Option<i64>,
    pub(super) pipe_to: Option<i64>,
    pub(super) operator: &'static str,
    pub(super) environment: Vec<String>,
    /// What it is given on its standard input, where the script says it.
    pub(super) input: Option<String>,
    pub(super) text: String,
}

/// The commands of a script.
#[derive(Debug, Default)]
pub(super) struct Commands {
    /// In order.
    pub(super) found: Vec<Found>,
    /// The grammar understood all of it.
    pub(super) parsed: bool,
}

/// Reads a script.
pub(super) fn read(script: &str, dialect: Dialect, programs: &Programs) -> Commands {
    let mut walk = Walk { programs, found: Vec::new(), parsed: dialect == Dialect::Sh, bytes: 0 };
    let end = script.floor_char_boundary(MAX_SCRIPT);
    walk.parsed &= end == script.len();
    walk.script(&script[..end], Place { depth: 0, context: "top", dialect });
    Commands { found: walk.found, parsed: walk.parsed }
}

/// The commands of a line that may be prose: split into words, nothing inside is looked for.
pub(super) fn read_line(line: &str, dialect: Dialect, programs: &Programs) -> Vec<Found> {
    let mut walk = Walk { programs, found: Vec::new(), parsed: false, bytes: 0 };
    for simple in split(line, dialect).iter().take(4) {
        let words = simple.words.iter().map(|raw| word(raw).text).collect();
        walk.command(
            &Simple { words: Vec::new(), ..simple.clone() },
            words,
            None,
            Place { depth: MAX_DEPTH, context: "top", dialect },
        );
    }
    walk.found
}

/// Reads a command that is given as its words.
pub(super) fn read_words(words: &[String], programs: &Programs) -> Commands {
    let mut walk = Walk { programs, found: Vec::new(), parsed: true, bytes: 0 };
    let text = words.join(" ");
    let simple = Simple { text, ..Simple::default() };
    walk.command(&simple, words.to_vec(), None, Place { depth: 0, context: "top", dialect: Dialect::Sh });
    Commands { found: walk.found, parsed: walk.parsed }
}

/// Where a script stands.
#[derive(Clone, Copy)]
struct Place {
    depth: i64,
    context: &'static str,
    dialect: Dialect,
}

impl Place {
    fn inside(self, context: &'static str) -> Self {
        // What runs elsewhere stays elsewhere, however deep, and what was encoded was.
        let elsewhere = |context| matches!(context, "remote" | "container");
        let stays = elsewhere(self.context) || (self.context == "decoded" && !elsewhere(context));
        let context = if stays { self.context } else { context };
        Self { depth: self.depth + 1, context, ..self }
    }
}

struct Walk<'p> {
    programs: &'p Programs,
    found: Vec<Found>,
    parsed: bool,
    /// Bytes of all scripts read so far, which nest.
    bytes: usize,
}

impl Walk<'_> {
    fn script(&mut self, script: &str, place: Place) {
        self.bytes += script.len();
        if place.depth > MAX_DEPTH || self.found.len() >= MAX_COMMANDS || self.bytes > 2 * MAX_SCRIPT {
            self.parsed = false;
            return;
        }
        let parsed = if place.dialect == Dialect::Sh { shell_grammar::parse(script) } else { None };
        self.parsed &= parsed.is_some();
        let simples = parsed.unwrap_or_else(|| split(script, place.dialect));
        let mut nths: Vec<Option<i64>> = Vec::with_capacity(simples.len());
        let mut prints: Vec<Option<Literal>> = Vec::with_capacity(simples.len());
        for simple in &simples {
            if self.found.len() >= MAX_COMMANDS {
                self.parsed = false;
                break;
            }
            let place = if simple.in_function && place.context == "top" {
                Place { context: "function", ..place }
            } else {
                place
            };
            if simple.silent {
                nths.push(None);
                prints.push(None);
                self.scripts_in(&simple.words, place);
                continue;
            }
            let words: Vec<String> = match place.dialect {
                Dialect::Sh => simple.words.iter().map(|raw| word(raw).text).collect(),
                _ => simple.words.clone(),
            };
            let given = simple.pipe_from.and_then(|before| prints.get_mut(before).and_then(Option::take));
            let given = input(simple, given);
            prints.push(printed(&words, given.as_ref(), self.programs));
            let nth = self.simple(simple, words, given.as_ref(), place);
            nths.push(Some(nth));
            let from = simple.pipe_from.and_then(|before| nths.get(before).copied().flatten());
            if let Some(from) = from {
                self.at(nth, |found| found.pipe_from = Some(from));
                self.at(from, |found| found.pipe_to = Some(nth));
            }
        }
    }

    fn at(&mut self, nth: i64, change: impl FnOnce(&mut Found)) {
        let found = usize::try_from(nth - 1).ok().and_then(|at| self.found.get_mut(at));
        if let Some(found) = found {
            change(found);
        }
    }

    fn scripts_in(&mut self, raw: &[String], place: Place) {
        for raw in raw.iter().filter(|raw| raw.contains(['$', '`', '<', '>'])) {
            for script in word(raw).scripts {
                self.script(&script, place.inside("substitution"));
            }
        }
    }

    /// Adds a command and all that it runs. Returns its number.
    fn simple(&mut self, simple: &Simple, words: Vec<String>, given: Option<&Literal>, place: Place) -> i64 {
        let nth = self.command(simple, words, given, place);
        if place.dialect == Dialect::Sh {
            self.scripts_in(&simple.words, place);
            let values: Vec<String> = simple.assigns.iter().map(|(_, value)| value.clone()).collect();
            self.scripts_in(&values, place);
            self.scripts_in(&simple.inputs, place);
            for script in &simple.scripts {
                self.script(script, place.inside("substitution"));
            }
            // What a substitution prints in the place of a command is one.
            if let Some(script) = simple.words.first().and_then(|raw| only_script(raw)) {
                self.printed(&script, place);
            }
        }
        nth
    }

    fn command(&mut self, simple: &Simple, words: Vec<String>, given: Option<&Literal>, place: Place) -> i64 {
        let nth = i64::try_from(self.found.len()).unwrap_or(i64::MAX) + 1;
        let (wrappers, environment, at) = self.programs.unwrap(&words);
        let program = words.get(at).map(|word| base_name(word)).unwrap_or_default();
        let rest: Vec<String> = words.get(at + 1..).unwrap_or_default().to_vec();
        let plain = |raw: &String| if place.dialect == Dialect::Sh { word(raw).text } else { raw.clone() };
        let assigned = simple.assigns.iter().map(|(name, _)| name.clone());
        let mut found = Found {
            nth,
            depth: place.depth,
            dialect: place.dialect.as_str(),
            context: place.context,
            wrappers,
            subcommand: None,
            flags: Vec::new(),
            arguments: Vec::new(),
            words: Vec::new(),
            reads: simple.reads.iter().map(plain).take(MAX_WORDS).collect(),
            writes: simple.writes.iter().map(plain).take(MAX_WORDS).collect(),
            pipe_from: None,
            pipe_to: None,
            operator: simple.operator,
            environment: assigned.chain(environment).take(MAX_WORDS).collect(),
            input: given.map(|given| given.text.clone()),
            text: simple.text.clone(),
            program,
        };
        let skip = self.split_words(&mut found, &rest, place.dialect);
        self.found.push(found);
        // The words as written, where there are any: a nested script keeps its own quotes.
        let raw: &[String] = simple.words.get(at + 1..).unwrap_or(&rest);
        self.nested(nth, &rest, if raw.len() == rest.len() { raw } else { &rest }, skip, place);
        self.fed(nth, &rest, simple, given, skip, place);
        nth
    }

    /// Sorts words into subcommand, options and arguments. Returns the index after the program's own options.
    fn split_words(&self, found: &mut Found, rest: &[String], dialect: Dialect) -> usize {
        let role = self.programs.role(&found.program);
        let start = self.programs.past_options(&found.program, rest, 0);
        let is_level = |word: &String| word.len() <= 64 && !word.contains(char::is_whitespace);
        let level = (role == "levels" && rest.get(start).is_some_and(is_level)).then_some(start);
        let mut only_words = false;
        for (at, word) in rest.iter().enumerate() {
            let slash = dialect == Dialect::Cmd && word.len() <= 3 && word.starts_with('/');
            if Some(at) == level {
                found.subcommand = Some(cut(word, 64).to_lowercase());
            } else if !only_words && word == "--" {
                only_words = true;
            } else if !only_words && ((word.starts_with('-') && word.len() > 1) || slash) {
                if found.flags.len() < MAX_WORDS {
                    found.flags.push(cut(word, 512).to_owned());
                }
            } else if found.arguments.len() < MAX_WORDS {
                found.arguments.push(cut(word, 512).to_owned());
            }
        }
        found.words = rest.iter().take(4 * MAX_WORDS).map(|word| cut(word, 4096).to_owned()).collect();
        start
    }

    /// Reads the scripts and commands that a command is given to run.
    fn nested(&mut self, nth: i64, rest: &[String], raw: &[String], skip: usize, place: Place) {
        let Some(found) = usize::try_from(nth - 1).ok().and_then(|at| self.found.get(at)) else { return };
        let (program, subcommand) = (found.program.clone(), found.subcommand.clone());
        let programs = self.programs;
        let after = |at: usize| rest.get(at..).unwrap_or_default().join(" ");
        match programs.role(&program) {
            "shell" => {
                let flag = rest.iter().position(|word| is_command_flag(word));
                if let Some(script) = flag.and_then(|at| rest.get(at + 1)) {
                    self.script(&script.clone(), Place { dialect: Dialect::Sh, ..place.inside("nested") });
                }
            }
            "powershell" => self.powershell(rest, place),
            "cmd" => {
                let flag = rest.iter().position(|word| matches!(word.to_lowercase().as_str(), "/c" | "/k" | "/r"));
                if let Some(at) = flag {
                    self.script(&after(at + 1), Place { dialect: Dialect::Cmd, ..place.inside("nested") });
                }
            }
            "eval" if !rest.is_empty() => self.script(&after(0), place.inside("nested")),
            "remote" if rest.len() > skip + 1 => {
                let start = skip + 1 + usize::from(rest.get(skip + 1).is_some_and(|word| word == "--"));
                self.script(&after(start), Place { dialect: Dialect::Sh, ..place.inside("remote") });
            }
            "levels" => {
                if let Some(start) = programs.in_container(&program, subcommand.as_deref(), rest) {
                    let line = raw.get(start..).unwrap_or_default().join(" ");
                    if !line.trim().is_empty() {
                        self.script(&line, place.inside("container"));
                    }
                }
            }
            _ if program == "find" => {
                let mut from = 0;
                while let Some(at) =
                    rest.iter().skip(from).position(|w| matches!(w.as_str(), "-exec" | "-execdir" | "-ok"))
                {
                    let start = from + at + 1;
                    let length = rest.iter().skip(start).position(|w| w == ";" || w == "+");
                    let end = length.map_or(rest.len(), |length| start + length);
                    let line = raw.get(start..end).unwrap_or_default().join(" ");
                    self.script(&line, place.inside("nested"));
                    from = end;
                }
            }
            _ => {}
        }
    }
}

#[path = "shell_fed.rs"]
mod fed;

#[cfg(test)]
#[path = "shell_tests.rs"]
mod tests;
