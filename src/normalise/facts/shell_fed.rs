//! Scripts that a command gets otherwise than as a word of its own: what it is fed with, what is decoded for it.

use super::super::shell_grammar;
use super::super::shell_literal::{Literal, encoded_command, printed_by, unquoted};
use super::super::shell_programs::{is_command_flag, is_encoded_flag};
use super::super::shell_words::{Simple, split};
use super::{Dialect, MAX_DEPTH, MAX_SCRIPT, Place, Walk};

impl Walk<'_> {
    /// Reads what a script prints, where it holds that in another form.
    pub(super) fn printed(&mut self, script: &str, place: Place) {
        self.bytes += script.len();
        if self.bytes > 2 * MAX_SCRIPT {
            self.parsed = false;
            return;
        }
        let simples = shell_grammar::parse(script).unwrap_or_else(|| split(script, Dialect::Sh));
        if let Some(literal) = printed_by(&simples, self.programs).filter(|literal| literal.decoded) {
            self.script(&literal.text, place.inside("decoded"));
        }
    }

    /// Reads the scripts that a command is fed with: here-documents, what a pipe brings, `<(…)`.
    pub(super) fn fed(
        &mut self,
        nth: i64,
        rest: &[String],
        simple: &Simple,
        given: Option<&Literal>,
        skip: usize,
        place: Place,
    ) {
        let Some(found) = usize::try_from(nth - 1).ok().and_then(|at| self.found.get(at)) else { return };
        let role = self.programs.role(&found.program);
        let names_file = rest.get(skip).is_some_and(|word| word != "-" && !word.starts_with("<("));
        match role {
            "shell" if rest.iter().any(|word| is_command_flag(word)) => {}
            "shell" if !names_file || rest.iter().any(|word| word == "-s") => {
                for input in &simple.inputs {
                    self.script(&unquoted(input), place.inside("heredoc"));
                }
                if let Some(given) = given.filter(|_| simple.inputs.is_empty()) {
                    let context = if given.decoded { "decoded" } else { "heredoc" };
                    self.script(&given.text, place.inside(context));
                }
                simple.scripts.iter().for_each(|script| self.printed(script, place));
            }
            "source" => simple.scripts.iter().for_each(|script| self.printed(script, place)),
            "interpreter" if !names_file => {
                // Of another language: one command, of which the text is all that is known.
                if let Some(given) = given.filter(|given| given.decoded && place.depth < MAX_DEPTH) {
                    let words = vec![found.program.clone()];
                    let text = Simple { text: given.text.clone(), ..Simple::default() };
                    self.command(&text, words, None, place.inside("decoded"));
                }
            }
            _ => {}
        }
    }

    pub(super) fn powershell(&mut self, rest: &[String], place: Place) {
        let decoded = place.inside("decoded");
        let place = Place { dialect: Dialect::PowerShell, ..place.inside("nested") };
        for (at, flag) in rest.iter().enumerate() {
            let flag = flag.to_lowercase();
            let value = rest.get(at + 1..).unwrap_or_default();
            match flag.as_str() {
                "-c" | "-command" | "/c" | "-com" => return self.script(&value.join(" "), place),
                "-file" | "-f" => return,
                flag if is_encoded_flag(flag) => {
                    if let Some(script) = value.first().and_then(|text| encoded_command(text)) {
                        self.script(&script, Place { context: decoded.context, ..place });
                    }
                    return;
                }
                _ => {}
            }
        }
    }
}
