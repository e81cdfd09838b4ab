//! What a detection says of an incident beside its sentence, as people read it.

use serde_json::Value;

use crate::finding::Finding;

/// Details shown of one incident, and sentences of one list.
const DETAILS: usize = 30;
const SENTENCES: usize = 20;

/// The columns of a finding.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Shown {
    /// Names, numbers and lists of names.
    pub(super) values: Vec<(String, String)>,
    /// Lists of sentences, each under the name of its column in words.
    pub(super) lists: Vec<List>,
}

/// Sentences that stand together.
#[derive(Debug, PartialEq, Eq, serde::Serialize)]
pub(super) struct List {
    pub(super) name: String,
    pub(super) items: Vec<String>,
}

/// What a finding says beside its sentence; what says nothing is left out.
pub(super) fn shown(finding: &Finding) -> Shown {
    let mut all = Shown::default();
    for (name, value) in finding.details.iter().filter(|(_, value)| !empty(value)).take(DETAILS) {
        match value {
            Value::Array(items) if items.iter().all(is_sentence) => {
                let items = items.iter().take(SENTENCES).map(|item| capitalised(&plain(item))).collect();
                all.lists.push(List { name: headline(name), items });
            }
            Value::Array(items) if items.iter().all(Value::is_string) => {
                all.values.push((name.clone(), items.iter().map(plain).collect::<Vec<_>>().join(", ")));
            }
            other => all.values.push((name.clone(), plain(other))),
        }
    }
    all
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// Whether a value is a sentence and not a name.
fn is_sentence(value: &Value) -> bool {
    value.as_str().is_some_and(|text| text.contains(' ') && text.ends_with(['.', ')']))
}

/// Whether a value says nothing.
fn empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        _ => false,
    }
}

/// The name of a column as words: `first_seen` as `First seen`.
fn headline(name: &str) -> String {
    capitalised(&name.replace('_', " "))
}

fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::report::tests::example;

    #[test]
    fn sentences_are_lists_and_the_rest_is_values() {
        let mut finding = example().incidents.remove(0);
        finding.details = [
            ("more_signs", json!(["it sent a key out.", "It changed a rule. (1 more such sign.)"])),
            ("names", json!(["a", "b c"])),
            ("mixed", json!(["a", 1])),
            ("count", json!(3)),
            ("nothing", json!(null)),
            ("none", json!([])),
            ("empty", json!("")),
        ]
        .map(|(name, value)| (name.to_owned(), value))
        .into();
        let all = shown(&finding);
        let value = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        assert_eq!(all.values, [value("count", "3"), value("mixed", "[\"a\",1]"), value("names", "a, b c")]);
        let items = ["It sent a key out.", "It changed a rule. (1 more such sign.)"].map(str::to_owned).to_vec();
        assert_eq!(all.lists, [List { name: "More signs".to_owned(), items }]);
    }
}
