//! How a sub-agent is recognised by its first words: they are what a call told it to do, alone or among what its client
//! puts around them.

use serde_json::Value;

use super::content::Kind;
use super::emit::content_id;

/// Texts shorter than this say nothing about where they come from.
const TELLING_BYTES: usize = 24;

/// Elements of one text that are told apart; clients put a handful around a prompt.
const MAX_ELEMENTS: usize = 16;

/// Longest name of an element.
const MAX_NAME: usize = 64;

/// Identity that a message with the longest text among the arguments has: a sub-agent is asked what its call says.
pub(super) fn told_id(arguments: &str) -> Option<String> {
    if arguments.len() < TELLING_BYTES {
        return None;
    }
    let Ok(Value::Object(arguments)) = serde_json::from_str(arguments) else { return None };
    let texts = arguments.values().filter_map(Value::as_str).map(str::trim);
    identity(texts.max_by_key(|text| text.len())?)
}

/// Identity that the prompt in a text has by itself; null when it stands alone already.
pub(super) fn asked_id(text: &str) -> Option<String> {
    let prompt = prompt(text)?;
    if prompt.len() == text.len() { None } else { identity(prompt) }
}

fn identity(text: &str) -> Option<String> {
    (text.len() >= TELLING_BYTES).then(|| hex::encode(content_id(&Kind::Text, text)))
}

/// The prompt among the elements that a client puts around it: the one text outside of them, or what the first one holds
/// when there is none (`<task>…</task><environment>…</environment>`). Null when text stands in several places.
fn prompt(text: &str) -> Option<&str> {
    let mut rest = text.trim();
    let (mut outside, mut first) = (None, None);
    for _ in 0..MAX_ELEMENTS {
        let Some((before, inner, after)) = element(rest) else { break };
        if !before.is_empty() && outside.replace(before).is_some() {
            return None;
        }
        first.get_or_insert(inner);
        rest = after;
    }
    if !rest.is_empty() && outside.replace(rest).is_some() {
        return None;
    }
    outside.or(first)
}

/// The first element that begins a line: what stands before it, in it and after it.
fn element(text: &str) -> Option<(&str, &str, &str)> {
    let mut from = 0;
    loop {
        let start = from + text.get(from..)?.find('<')?;
        let begins_line = text[..start].trim_end_matches([' ', '\t']).ends_with('\n') || start == 0;
        let name = text[start + 1..].split(|c: char| !c.is_ascii_alphanumeric() && c != '_' && c != '-').next()?;
        from = start + 1;
        if !begins_line || name.is_empty() || name.len() > MAX_NAME {
            continue;
        }
        let open = start + text[start..].find('>')? + 1;
        let close = format!("</{name}>");
        // What is never closed is text.
        let end = open + text[open..].find(&close)?;
        return Some((text[..start].trim(), text[open..end].trim(), text[end + close.len()..].trim()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOLD: &str = "Find all uses of the old limit.";

    #[test]
    fn a_prompt_is_found_in_what_clients_put_around_it() {
        for text in [
            format!("<task>\n{TOLD}\n</task>"),
            format!("<task>{TOLD}</task>\n<environment_details>\n# Mode\ncode\n</environment_details>"),
            format!("<system-reminder>\nAs you answer, mind this.\n</system-reminder>\n{TOLD}\n"),
            format!("<a x=\"1\">one</a><b-c>two</b-c>\n\n{TOLD}"),
            format!("{TOLD}\n\n<context>a < b</context>"),
            format!("  {TOLD}\n"),
        ] {
            assert_eq!(prompt(&text), Some(TOLD), "{text}");
            assert_eq!(asked_id(&text), told_id(&format!(r#"{{"description":"uses","prompt":"{TOLD}\n"}}"#)), "{text}");
        }
        // An element of the prompt itself stays.
        let own = "<rules>Be brief.</rules>\nFind it.";
        assert_eq!(prompt(&format!("<task>{own}</task>")), Some(own));
        assert_eq!(prompt("Compare a <b> with </b> here."), Some("Compare a <b> with </b> here."));
    }

    #[test]
    fn what_stands_alone_or_in_several_places_is_left_as_it_is() {
        assert_eq!(asked_id(TOLD), None);
        assert_eq!(asked_id("One thing.\n<a>x</a>\nAnother thing, which is longer."), None);
        assert_eq!(asked_id("<task>too short</task>"), None);
        for text in ["", "<", "<a", "<a>", "<a>b", "</a>", "<>x</>", "\n<\u{e4}>", &"<a>".repeat(100_000)] {
            assert_eq!(asked_id(text), None);
        }
    }
}
