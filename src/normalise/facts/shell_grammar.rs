//! Scripts in the POSIX shell and bash grammar, flattened to their simple commands.

use brush_parser::ast::{
    AndOr, Command, CommandPrefixOrSuffixItem as Item, CompoundCommand, CompoundList, IoFileRedirectKind as Direction,
    IoFileRedirectTarget as Target, IoRedirect, Pipeline, Program, SeparatorOperator, SimpleCommand,
};
use brush_parser::{ParserOptions, TokenizerOptions, parse_tokens, uncached_tokenize_str};

use super::shell_words::{Simple, assignment};
use crate::panics;

/// Longest script that the grammar is tried on, in bytes.
const MAX_BYTES: usize = 32 * 1024;

/// Deepest nesting of brackets and compound commands. The parser calls itself, and tries again at every level.
const MAX_NESTING: usize = 8;

/// Longest run of digits; the parser takes numbers before `<` and `>` for file descriptors.
const MAX_DIGITS: usize = 9;

/// The simple commands of a script in order, `None` when it is not in the grammar or not safe to try.
pub(super) fn parse(script: &str) -> Option<Vec<Simple>> {
    if !is_tame(script) {
        return None;
    }
    // The parser is not ours: should it panic in spite of all, only this script is lost.
    let program = panics::caught(|| {
        let tokens = uncached_tokenize_str(script, &TokenizerOptions::default()).ok()?;
        parse_tokens(&tokens, &ParserOptions::default()).ok()
    });
    let program: Program = program.flatten()?;
    let mut flat = Flat::default();
    for list in &program.complete_commands {
        flat.list(list, if flat.out.is_empty() { "" } else { ";" });
    }
    Some(flat.out)
}

/// Whether the script is short and flat enough for a parser that recurses and backtracks.
fn is_tame(script: &str) -> bool {
    if script.len() > MAX_BYTES || !has_tags(script) {
        return false;
    }
    let (mut open, mut digits, mut words) = (0_usize, 0_usize, 0_usize);
    let mut word_start = 0;
    let mut unclosed_dollars = 0_usize;
    for (at, byte) in script.bytes().enumerate() {
        digits = if byte.is_ascii_digit() { digits + 1 } else { 0 };
        match byte {
            b'(' | b'{' => open += 1,
            b')' | b'}' => open = open.saturating_sub(1),
            b'`' => unclosed_dollars += 1,
            _ => {}
        }
        if byte.is_ascii_whitespace() || byte == b';' {
            match script.get(word_start..at).unwrap_or_default() {
                "if" | "while" | "until" | "for" | "case" | "select" | "function" | "coproc" | "[[" => words += 1,
                "fi" | "done" | "esac" | "]]" => words = words.saturating_sub(1),
                _ => {}
            }
            word_start = at + 1;
        }
        if open > MAX_NESTING || words > MAX_NESTING || digits > MAX_DIGITS || unclosed_dollars > 64 {
            return false;
        }
    }
    true
}

/// Whether every `<<` has a tag right behind it or behind one blank. At an empty one in a substitution the tokenizer
/// goes round in a circle, and takes more memory every time.
fn has_tags(script: &str) -> bool {
    let mut rest = script;
    while let Some(at) = rest.find("<<") {
        rest = &rest[at + 2..];
        if let Some(word) = rest.strip_prefix('<') {
            rest = word;
            continue;
        }
        let tag = rest.strip_prefix('-').unwrap_or(rest);
        let tag = tag.strip_prefix([' ', '\t']).unwrap_or(tag);
        let is_tag = |c: char| !c.is_whitespace() && !c.is_control() && !"()<>;&|".contains(c);
        if !tag.starts_with(is_tag) {
            return false;
        }
    }
    true
}

#[derive(Default)]
struct Flat {
    out: Vec<Simple>,
    in_function: bool,
}

impl Flat {
    fn list(&mut self, list: &CompoundList, first: &'static str) {
        let mut operator = first;
        for item in &list.0 {
            self.pipeline(&item.0.first, operator);
            for next in &item.0.additional {
                match next {
                    AndOr::And(pipeline) => self.pipeline(pipeline, "&&"),
                    AndOr::Or(pipeline) => self.pipeline(pipeline, "||"),
                }
            }
            operator = match item.1 {
                SeparatorOperator::Async => "&",
                SeparatorOperator::Sequence => ";",
            };
        }
    }

    fn pipeline(&mut self, pipeline: &Pipeline, operator: &'static str) {
        let mut before: Option<usize> = None;
        for (stage, command) in pipeline.seq.iter().enumerate() {
            let start = self.out.len();
            self.command(command, if stage == 0 { operator } else { "|" });
            if let Some(first) = self.out.get_mut(start) {
                first.pipe_from = before;
                before = Some(self.out.len() - 1);
            }
        }
    }

    fn command(&mut self, command: &Command, operator: &'static str) {
        match command {
            Command::Simple(simple) => self.simple(simple, operator),
            Command::Compound(compound, redirects) => {
                self.compound(compound, operator);
                if let (Some(redirects), Some(last)) = (redirects, self.out.last_mut()) {
                    redirects.0.iter().for_each(|redirect| redirected(redirect, last));
                }
            }
            Command::Function(function) => {
                let outer = std::mem::replace(&mut self.in_function, true);
                self.compound(&function.body.0, operator);
                self.in_function = outer;
            }
            Command::ExtendedTest(test, _) => {
                let text = test.to_string();
                self.out.push(Simple {
                    words: vec!["[[".to_owned(), text.clone()],
                    text,
                    operator,
                    in_function: self.in_function,
                    ..Simple::default()
                });
            }
        }
    }

    fn compound(&mut self, compound: &CompoundCommand, operator: &'static str) {
        match compound {
            CompoundCommand::Arithmetic(_) => {}
            CompoundCommand::ArithmeticForClause(clause) => self.list(&clause.body.list, operator),
            CompoundCommand::BraceGroup(group) => self.list(&group.list, operator),
            CompoundCommand::Subshell(shell) => self.list(&shell.list, operator),
            CompoundCommand::ForClause(clause) => {
                self.silent(clause.values.iter().flatten().map(|word| word.value.clone()).collect());
                self.list(&clause.body.list, operator);
            }
            CompoundCommand::CaseClause(clause) => {
                self.silent(vec![clause.value.value.clone()]);
                for list in clause.cases.iter().filter_map(|case| case.cmd.as_ref()) {
                    self.list(list, operator);
                }
            }
            CompoundCommand::IfClause(clause) => {
                self.list(&clause.condition, operator);
                self.list(&clause.then, "&&");
                for other in clause.elses.iter().flatten() {
                    other.condition.iter().for_each(|list| self.list(list, "||"));
                    self.list(&other.body, "||");
                }
            }
            CompoundCommand::WhileClause(clause) | CompoundCommand::UntilClause(clause) => {
                self.list(&clause.0, operator);
                self.list(&clause.1.list, ";");
            }
            CompoundCommand::Coprocess(clause) => self.command(&clause.body, "&"),
        }
    }

    /// Words that are no command but may run one.
    fn silent(&mut self, words: Vec<String>) {
        if words.iter().any(|word| word.contains(['$', '`'])) {
            let in_function = self.in_function;
            self.out.push(Simple { words, silent: true, in_function, ..Simple::default() });
        }
    }

    fn simple(&mut self, simple: &SimpleCommand, operator: &'static str) {
        let mut out = Simple { operator, in_function: self.in_function, ..Simple::default() };
        let prefix = simple.prefix.iter().flat_map(|prefix| &prefix.0);
        let suffix = simple.suffix.iter().flat_map(|suffix| &suffix.0);
        for item in prefix {
            match item {
                Item::AssignmentWord(_, word) => {
                    let (name, value) = assignment(&word.value).unwrap_or((&word.value, ""));
                    out.assigns.push((name.to_owned(), value.to_owned()));
                }
                other => added(other, &mut out),
            }
        }
        out.words.extend(simple.word_or_name.iter().map(|word| word.value.clone()));
        suffix.for_each(|item| added(item, &mut out));
        out.text = simple.to_string();
        self.out.push(out);
    }
}

fn added(item: &Item, to: &mut Simple) {
    match item {
        Item::IoRedirect(redirect) => redirected(redirect, to),
        Item::Word(word) | Item::AssignmentWord(_, word) => to.words.push(word.value.clone()),
        Item::ProcessSubstitution(_, shell) => to.scripts.push(shell.list.to_string()),
    }
}

fn redirected(redirect: &IoRedirect, to: &mut Simple) {
    match redirect {
        IoRedirect::File(_, direction, target) => match target {
            Target::Filename(word) => {
                if matches!(direction, Direction::Read | Direction::ReadAndWrite) {
                    to.reads.push(word.value.clone());
                }
                if !matches!(direction, Direction::Read) {
                    to.writes.push(word.value.clone());
                }
            }
            Target::ProcessSubstitution(_, shell) => to.scripts.push(shell.list.to_string()),
            Target::Duplicate(word) => {
                let number = word.value.bytes().all(|b| b.is_ascii_digit() || b == b'-');
                if !number && matches!(direction, Direction::DuplicateOutput) {
                    to.writes.push(word.value.clone());
                }
            }
            Target::Fd(_) => {}
        },
        IoRedirect::HereDocument(_, document) => to.inputs.push(document.doc.value.clone()),
        IoRedirect::HereString(_, word) => to.inputs.push(word.value.clone()),
        IoRedirect::OutputAndError(word, _) => to.writes.push(word.value.clone()),
    }
}
