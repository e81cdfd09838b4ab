//! What a detection says of an incident beside its sentence, as people read it.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use serde::Deserialize;
use serde_json::Value;

use super::commands::hosts;
use super::{Report, redact};
use crate::finding::Finding;
use crate::text;

/// What columns are called; the rows of the catalogue of that name.
const NAMES: &str = include_str!("../../queries/catalog/detail_names.toml");

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

/// What a finding says beside its sentence, defanged but for the logins that the report names; what says nothing is left
/// out.
pub(super) fn shown(report: &Report, finding: &Finding) -> Shown {
    let mut all = Shown::default();
    let plain = |value: &Value| text::defang_but(&plain(value), |address| is_login(report, address));
    for (column, value) in finding.details.iter().filter(|(_, value)| !empty(value)).take(DETAILS) {
        let name = match names().get(column) {
            Some(said) if said.is_empty() => continue,
            Some(said) => said.clone(),
            None => column.replace('_', " "),
        };
        match value {
            Value::Array(items) if items.iter().all(is_sentence) => {
                let items = items.iter().take(SENTENCES).map(|item| capitalised(&plain(item))).collect();
                all.lists.push(List { name: headline(&name), items });
            }
            list @ Value::Array(items) if !hosts(list).is_empty() => {
                let items: Vec<String> = hosts(list).into_iter().map(text::defang_host).collect();
                all.values.push((name, items.join(", ")));
            }
            Value::Array(items) if items.iter().all(Value::is_string) => {
                all.values.push((name, items.iter().map(&plain).collect::<Vec<_>>().join(", ")));
            }
            other => all.values.push((name, plain(other))),
        }
    }
    all
}

/// Whether an address is the login of a user whom the report names.
fn is_login(report: &Report, address: &str) -> bool {
    let inventory = &report.inventory;
    let agents = inventory.agents.iter().map(|row| &row.users);
    let users = agents.chain(inventory.integrations.iter().map(|row| &row.users)).flatten();
    let logins = report.incidents.iter().filter_map(|finding| finding.scope.login.as_ref());
    users.chain(logins).any(|login| login.eq_ignore_ascii_case(address))
}

/// Words for columns; none when the file, which the tests read, cannot be read.
fn names() -> &'static BTreeMap<String, String> {
    #[derive(Deserialize)]
    struct File {
        rows: Vec<Row>,
    }
    #[derive(Deserialize)]
    struct Row {
        name: String,
        says: String,
    }
    static ALL: OnceLock<BTreeMap<String, String>> = OnceLock::new();
    ALL.get_or_init(|| {
        let file: Option<File> = toml::from_str(NAMES).ok();
        file.map(|file| file.rows.into_iter().map(|row| (row.name, row.says)).collect()).unwrap_or_default()
    })
}

fn plain(value: &Value) -> String {
    let whole = value.as_f64().filter(|n| value.is_f64() && n.fract() == 0.0 && n.abs() < 1e15);
    let number = whole.map(|n| format!("{n:.0}"));
    number.unwrap_or_else(|| value.as_str().map_or_else(|| value.to_string(), str::to_owned))
}

/// Whether a value is a sentence and not a name.
fn is_sentence(value: &Value) -> bool {
    value.as_str().is_some_and(redact::is_sentence)
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

pub(super) fn capitalised(text: &str) -> String {
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
        let mut report = example();
        let mut finding = report.incidents.remove(0);
        finding.details = [
            ("more_signs", json!(["it sent a key out.", "It changed a rule. (1 more such sign.)"])),
            ("names", json!(["a", "b c"])),
            ("mixed", json!(["a", 1])),
            ("who", json!("alice@example.com, mark@evil.example")),
            ("from", json!(["a.example"])),
            ("count", json!(3)),
            ("previous_max", json!(15.0)),
            ("from_time", json!("2026-03-01T00:00:00Z")),
            ("nothing", json!(null)),
            ("none", json!([])),
            ("empty", json!("")),
        ]
        .map(|(name, value)| (name.to_owned(), value))
        .into();
        let all = shown(&report, &finding);
        let value = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let wanted = [
            ("count", "3"),
            ("from", "a[.]example"),
            ("mixed", "[\"a\",1]"),
            ("names", "a, b c"),
            ("highest before", "15"),
            ("who", "alice@example.com, mark[@]evil[.]example"),
        ];
        assert_eq!(all.values, wanted.map(|(n, v)| value(n, v)), "columns with a name of their own go by it");
        let items = ["It sent a key out.", "It changed a rule. (1 more such sign.)"].map(str::to_owned).to_vec();
        assert_eq!(all.lists, [List { name: "More signs".to_owned(), items }]);
    }
}
