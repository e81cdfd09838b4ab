//! The fast path against a slow one that shares nothing of what makes it fast.
//!
//! Two properties together: what is recognised instead of parsed gives the rows that parsing everything gives, and the
//! walk finds in a body exactly what an ordinary JSON parser finds in it. Both hold for the golden bodies and for
//! random mutations of them, told again and again as a conversation would be.

use proptest::prelude::*;
use serde::de::{MapAccess, Visitor};
use serde_json::value::RawValue;

use super::*;
use crate::normalise::offered::Offered;
use crate::normalise::request::{Place, Walk};
use crate::normalise::{elements::Elements, principal};

/// The members of an object in their order, duplicates included, as an ordinary parser reads them.
struct Pairs(Vec<(String, Box<RawValue>)>);

impl<'de> serde::Deserialize<'de> for Pairs {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct All;
        impl<'de> Visitor<'de> for All {
            type Value = Pairs;
            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("an object")
            }
            fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<Pairs, M::Error> {
                let mut pairs = Vec::new();
                while let Some(pair) = map.next_entry()? {
                    pairs.push(pair);
                }
                Ok(Pairs(pairs))
            }
        }
        deserializer.deserialize_map(All)
    }
}

/// The elements below one key: those of a list, or the single value where a list may stand.
fn elements(raw: &RawValue) -> Vec<String> {
    match serde_json::from_str::<Vec<Box<RawValue>>>(raw.get()) {
        Ok(list) => list.iter().map(|e| e.get().to_owned()).collect(),
        Err(_) if raw.get() == "null" => Vec::new(),
        Err(_) => vec![raw.get().to_owned()],
    }
}

/// What an ordinary parser finds in a body: system elements, messages, number of tool lists; `None` when it is no JSON.
fn slowly(format: usize, body: &str) -> Option<(Vec<String>, Vec<String>, usize)> {
    let Pairs(pairs) = serde_json::from_str(body).ok()?;
    let provider = PROVIDERS[format];
    let below = |wanted: &dyn Fn(&str) -> bool| {
        pairs.iter().filter(|(key, _)| wanted(key)).flat_map(|(_, raw)| elements(raw)).collect::<Vec<_>>()
    };
    let messages = below(&|key| key == provider.messages_key());
    let is_system = |key: &str| key != provider.messages_key() && provider.system_keys().contains(&key);
    let is_tools =
        |key: &str| key != provider.messages_key() && !is_system(key) && provider.tools_keys().contains(&key);
    let tools = pairs.iter().filter(|(key, _)| is_tools(key)).count();
    Some((below(&is_system), messages, tools))
}

/// What the walk finds, with a store that knows whatever `before` held.
fn quickly(format: usize, before: &[&str], body: &str) -> Option<(Vec<String>, Vec<String>, usize)> {
    let record = Record { login: "alice".into(), device: "n1".into(), ..Record::default() };
    let seen = principal::seen(&record, &"export".into(), &mut principal::Interner::default());
    let mut store = Elements::new(7, Recognition::Hash, 1_000_000);
    let mut offered = Offered::new(7, Recognition::Hash);
    let mut rows = Rows::default();
    let mut walk = Walk { provider: format, elements: &mut store, offered: &mut offered, seen: &seen, rows: &mut rows };
    for body in before {
        let _ = walk.read(body.as_bytes());
    }
    let request = walk.read(body.as_bytes()).ok()?;
    if request.cut.is_some() {
        return None;
    }
    let text = |place: Place| {
        let of = request.items.iter().filter(|item| item.place == place);
        of.map(|item| String::from_utf8(item.raw.to_vec()).unwrap()).collect::<Vec<_>>()
    };
    Some((text(Place::System), text(Place::Messages), request.toolsets.len()))
}

/// Wire format and exchanges of every golden file.
fn golden() -> Vec<Vec<Exchange>> {
    files().iter().map(|file| exchanges(file)).filter(|all| !all.is_empty()).collect()
}

/// A change of a JSON text that leaves it JSON: one list loses, doubles or swaps elements, one text changes, or a key is
/// written with an escape.
fn change(text: &str, choice: u64) -> String {
    let Ok(mut value) = serde_json::from_str::<Value>(text) else { return text.to_owned() };
    let mut left = choice % 97;
    edit(&mut value, &mut left, choice);
    let text = value.to_string();
    if choice.is_multiple_of(5) { text.replacen("\"messages\":", "\"m\\u0065ssages\" : ", 1) } else { text }
}

/// Edits the `left`-th place of the tree that can be edited.
fn edit(value: &mut Value, left: &mut u64, choice: u64) {
    if *left == 0 {
        return;
    }
    match value {
        Value::Array(list) if !list.is_empty() => {
            *left -= 1;
            if *left == 0 {
                let at = usize::try_from(choice).unwrap_or(0) % list.len();
                match choice % 4 {
                    0 => drop(list.remove(at)),
                    1 => list.insert(at, list[at].clone()),
                    2 => list.swap(at, 0),
                    _ => list.reverse(),
                }
                return;
            }
            list.iter_mut().for_each(|v| edit(v, left, choice));
        }
        Value::Object(map) => map.values_mut().for_each(|v| edit(v, left, choice)),
        Value::String(text) => {
            *left -= 1;
            if *left == 0 {
                text.push_str("\u{2028}\"\\ more");
            }
        }
        _ => {}
    }
}

/// A change of bytes that respects nothing but characters.
fn damage(text: &str, choice: u64) -> String {
    let mut chars: Vec<char> = text.chars().collect();
    if chars.is_empty() {
        return String::new();
    }
    let at = usize::try_from(choice).unwrap_or(0) % chars.len();
    match choice % 4 {
        0 => chars.truncate(at),
        1 => chars[at] = ['"', '{', ']', '\\', ',', '\u{0}'][at % 6],
        2 => drop(chars.remove(at)),
        _ => chars.insert(at, '"'),
    }
    chars.into_iter().collect()
}

/// The conversation told again with changes: every exchange, then its changed forms, then the original once more.
fn story(exchanges: &[Exchange], choices: &[u64]) -> Vec<Exchange> {
    let mut all = exchanges.to_vec();
    for (nth, &choice) in choices.iter().enumerate() {
        let mut again = exchanges[nth % exchanges.len()].clone();
        let with = if choice.is_multiple_of(3) { damage } else { change };
        again.request = with(&again.request, choice);
        if choice.is_multiple_of(2) {
            again.response = with(&again.response, choice / 2);
        }
        all.push(again);
        all.push(exchanges[nth % exchanges.len()].clone());
    }
    all
}

fn told(records: &[Record<'_>], recognition: Recognition) -> String {
    let (rows, stats) = normalise(records, Options { recognition, ..Options::default() });
    format!("{rows:#?}\n{stats:#?}")
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(128) })]

    #[test]
    fn what_is_recognised_gives_the_rows_that_parsing_everything_gives(
        file in any::<prop::sample::Index>(), choices in prop::collection::vec(any::<u64>(), 1..8),
    ) {
        let golden = golden();
        let story = story(&golden[file.index(golden.len())], &choices);
        let records = records(&story);
        let slow = told(&records, Recognition::Off);
        for recognition in [Recognition::Hash, Recognition::Bytes] {
            let quick = told(&records, recognition);
            let differ = slow.lines().zip(quick.lines()).position(|(a, b)| a != b);
            let around = |text: &str| {
                let from = differ.unwrap_or_default().saturating_sub(40);
                text.lines().skip(from).take(45).collect::<Vec<_>>().join("\n")
            };
            prop_assert!(quick == slow, "parsed:\n{}\nrecognised:\n{}", around(&slow), around(&quick));
        }
    }

    #[test]
    fn the_walk_finds_what_an_ordinary_parser_finds(
        file in any::<prop::sample::Index>(), choices in prop::collection::vec(any::<u64>(), 1..8),
    ) {
        let golden = golden();
        let story = story(&golden[file.index(golden.len())], &choices);
        let bodies: Vec<&str> = story.iter().map(|e| e.request.as_str()).collect();
        for format in 0..PROVIDERS.len() {
            for (nth, body) in bodies.iter().enumerate() {
                let Some(wanted) = slowly(format, body) else { continue };
                prop_assert_eq!(quickly(format, &bodies[..nth], body), Some(wanted), "body {}", body);
            }
        }
    }
}

#[test]
fn a_second_message_list_and_an_escaped_key_hide_nothing() {
    let body = r#"{"messages":[{"role":"user","content":"one"}],"m\u0065ssages":[{"role":"user","content":"two"}]}"#;
    let exchange = Exchange {
        path: "/v1/messages".to_owned(),
        status: 200,
        request: body.to_owned(),
        response: String::new(),
        raw_response: None,
    };
    let (rows, _) = normalise(&records(&[exchange]), Options::default());
    let texts: Vec<&str> = rows.messages.iter().map(|m| m.text.as_str()).collect();
    assert_eq!(texts, ["one", "two"]);
}
