//! What commands print, as far as their own words tell: `echo … | base64 -d`.
//!
//! Nothing is run: a command that prints anything but its own words, or what it was given of them, prints nothing here.

use base64::Engine as _;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

use super::shell_programs::{Programs, base_name};
use super::shell_words::{Simple, ansi_c, word};

/// Most text that is decoded, in bytes.
const MAX_ENCODED: usize = 256 * 1024;

/// Base64 as programs take it: padded or not.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

/// A text that a script holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Literal {
    pub(super) text: String,
    /// It stands there in another form.
    pub(super) decoded: bool,
}

/// What a script prints that is a single pipe.
pub(super) fn printed_by(simples: &[Simple], programs: &Programs) -> Option<Literal> {
    let mut last = None;
    for (at, simple) in simples.iter().enumerate() {
        let given = last.take().filter(|_| at > 0 && simple.pipe_from == Some(at - 1));
        let words: Vec<String> = simple.words.iter().map(|raw| word(raw).text).collect();
        last = if simple.silent { None } else { printed(&words, input(simple, given).as_ref(), programs) };
    }
    last
}

/// What a command reads from its standard input: its here-document, or what the command before it prints.
pub(super) fn input(simple: &Simple, given: Option<Literal>) -> Option<Literal> {
    match simple.inputs.last() {
        Some(input) => Some(Literal { text: unquoted(input), decoded: false }),
        None => given.filter(|_| simple.reads.is_empty()),
    }
}

/// A here-document or here-string as the program gets it.
pub(super) fn unquoted(input: &str) -> String {
    if input.starts_with(['"', '\'']) { word(input).text } else { input.to_owned() }
}

/// What a command prints that is given these words.
pub(super) fn printed(words: &[String], input: Option<&Literal>, programs: &Programs) -> Option<Literal> {
    let (_, _, at) = programs.unwrap(words);
    let program = base_name(words.get(at)?);
    let rest = words.get(at + 1..)?;
    match programs.role(&program) {
        "says" => {
            let flags = rest.iter().take_while(|word| matches!(word.as_str(), "-n" | "-e" | "-E" | "-ne" | "-en"));
            let (flags, escapes) = flags.fold((0, false), |(n, e), flag| (n + 1, e || flag.contains('e')));
            let text = rest[flags..].join(" ");
            Some(if escapes { unescaped(&text) } else { Literal { text, decoded: false } })
        }
        "formats" => formatted(rest),
        "passes" => input.filter(|_| rest.iter().all(|word| word == "-")).cloned(),
        _ => {
            let encoding = programs.decodes(&program, rest)?;
            let text = decode(encoding, &input?.text)?;
            Some(Literal { text, decoded: true })
        }
    }
}

/// What `printf` prints.
fn formatted(rest: &[String]) -> Option<Literal> {
    let rest = if rest.first().is_some_and(|word| word == "--") { &rest[1..] } else { rest };
    let (format, values) = rest.split_first()?;
    let place = ["%s", "%b"].into_iter().find(|place| format.contains(place));
    match place {
        Some("%b") => Some(unescaped(&values.concat())),
        Some(place) => {
            let format = unescaped(format);
            // The format is printed again for each value: a short command can print without end.
            let mut text = String::new();
            for value in values {
                text.push_str(&format.text.replacen(place, value, 1));
                if text.len() > MAX_ENCODED {
                    return None;
                }
            }
            Some(Literal { text, ..format })
        }
        None => Some(unescaped(format)),
    }
}

/// Text with its escapes resolved; numbers of characters are another form of it.
fn unescaped(text: &str) -> Literal {
    let mut out = String::with_capacity(text.len());
    ansi_c(text, &mut out);
    Literal { text: out, decoded: text.contains("\\x") || text.contains("\\0") || text.contains("\\1") }
}

/// Decoded text; `None` where it is not in this encoding, or no text.
fn decode(encoding: &str, text: &str) -> Option<String> {
    let compact: Vec<u8> = text.bytes().filter(|byte| !byte.is_ascii_whitespace()).collect();
    if compact.is_empty() || compact.len() > MAX_ENCODED {
        return None;
    }
    let bytes = match encoding {
        "base64" => BASE64.decode(compact).ok()?,
        "hex" => hex::decode(compact).ok()?,
        _ => return None,
    };
    String::from_utf8(bytes).ok().filter(|text| !text.contains('\0'))
}

/// Base64 of UTF-16, as PowerShell takes it.
pub(super) fn encoded_command(text: &str) -> Option<String> {
    let bytes = BASE64.decode(text.get(..MAX_ENCODED).unwrap_or(text)).ok()?;
    let units: Vec<u16> = bytes.chunks_exact(2).map(|pair| u16::from_le_bytes([pair[0], pair[1]])).collect();
    String::from_utf16(&units).ok()
}

/// The script that a word is made of entirely: `$(…)` or one between backquotes.
pub(super) fn only_script(raw: &str) -> Option<String> {
    let word = word(raw);
    let [script] = word.scripts.as_slice() else { return None };
    let text = word.text.as_str();
    let inner = text.strip_prefix("$(").and_then(|rest| rest.strip_suffix(')'));
    let inner = inner.or_else(|| text.strip_prefix('`').and_then(|rest| rest.strip_suffix('`')));
    inner.filter(|inner| inner.len() == script.len()).map(|_| script.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_format_that_is_printed_for_many_values_has_an_end() {
        let format = format!("{}%s", "x".repeat(1000));
        let words = |values: usize| -> Vec<String> {
            std::iter::once(format.clone()).chain((0..values).map(|n| n.to_string())).collect()
        };
        assert_eq!(formatted(&words(2)).map(|printed| printed.text.len()), Some(2002));
        assert_eq!(formatted(&words(1_000_000)), None);
    }
}
