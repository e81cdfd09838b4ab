//! Checks documents against the official schemas of OCSF and ECS, as far as our documents use them.
//!
//! `tests/integration/schemas` holds those parts: which attributes exist, their types, what is required, the closed
//! lists. An object or field set that is not in use is not in there, so a document that starts to use it fails here.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs;

use regex::Regex;
use serde_json::{Map, Value};

use crate::common::repository;

/// A schema of one of the standards.
pub(crate) struct Schema(Value);

/// 2020-01-01 and 2100-01-01 in milliseconds: a time in another unit lies outside.
const MILLIS: std::ops::Range<i64> = 1_577_836_800_000..4_102_444_800_000;

impl Schema {
    pub(crate) fn load(name: &str) -> Self {
        let path = repository().join("tests/integration/schemas").join(format!("{name}.json"));
        Self(serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap())
    }

    /// What is wrong with an OCSF event, one line each.
    pub(crate) fn ocsf(&self, event: &Value) -> Vec<String> {
        let mut wrong = Vec::new();
        let class = &self.0["class"];
        let profiles: Vec<&str> = event["metadata"]["profiles"]
            .as_array()
            .map(|list| list.iter().filter_map(Value::as_str).collect())
            .unwrap_or_default();
        self.object(event, class, &profiles, "", &mut wrong);
        if event["metadata"]["version"] != self.0["version"] {
            wrong.push("metadata.version is another one".to_owned());
        }
        let activity = event["activity_id"].as_i64().unwrap_or(-1);
        if event["class_uid"] != class["uid"]
            || event["category_uid"] != class["category_uid"]
            || event["type_uid"].as_i64() != Some(200_400 + activity)
        {
            wrong.push("class, category and type do not fit together".to_owned());
        }
        wrong
    }

    fn object(&self, value: &Value, rule: &Value, profiles: &[&str], at: &str, wrong: &mut Vec<String>) {
        let Some(object) = value.as_object() else {
            wrong.push(format!("{at} is no object"));
            return;
        };
        let attributes = rule["attributes"].as_object().unwrap();
        for (name, inner) in object {
            let at = format!("{at}.{name}");
            match attributes.get(name) {
                None => wrong.push(format!("{at} is unknown")),
                Some(rule) => self.attribute(inner, rule, profiles, object, &at, wrong),
            }
        }
        let applies = |rule: &Value| match rule["profiles"].as_array() {
            None => true,
            Some(list) => list.iter().any(|p| profiles.contains(&p.as_str().unwrap())),
        };
        for (name, rule) in attributes {
            if rule["required"] == true && applies(rule) && !object.contains_key(name) {
                wrong.push(format!("{at}.{name} is missing"));
            }
        }
        if let Some(names) = rule["constraints"]["at_least_one"].as_array()
            && !names.iter().any(|n| object.contains_key(n.as_str().unwrap()))
        {
            wrong.push(format!("{at} has none of {names:?}"));
        }
    }

    fn attribute(
        &self,
        value: &Value,
        rule: &Value,
        profiles: &[&str],
        parent: &Map<String, Value>,
        at: &str,
        wrong: &mut Vec<String>,
    ) {
        if let Some(needed) = rule["profiles"].as_array()
            && !needed.iter().any(|p| profiles.contains(&p.as_str().unwrap()))
        {
            wrong.push(format!("{at} needs a profile: {needed:?}"));
        }
        if rule["deprecated"] == true {
            wrong.push(format!("{at} is deprecated"));
        }
        if rule["array"] == true {
            let Some(items) = value.as_array() else {
                wrong.push(format!("{at} is no list"));
                return;
            };
            items.iter().for_each(|item| self.single(item, rule, profiles, parent, at, wrong));
        } else {
            self.single(value, rule, profiles, parent, at, wrong);
        }
    }

    fn single(
        &self,
        value: &Value,
        rule: &Value,
        profiles: &[&str],
        parent: &Map<String, Value>,
        at: &str,
        wrong: &mut Vec<String>,
    ) {
        let kind = rule["type"].as_str().unwrap();
        let fits = match kind {
            "integer_t" => value.as_i64().is_some_and(|n| i32::try_from(n).is_ok()),
            "long_t" => value.as_i64().is_some(),
            "timestamp_t" => value.as_i64().is_some_and(|n| MILLIS.contains(&n)),
            "boolean_t" => value.is_boolean(),
            "float_t" => value.is_number(),
            "json_t" => true,
            "object" => value.is_object(),
            text if text.ends_with("_t") => value.as_str().is_some_and(|s| self.text(s, text)),
            name => {
                match self.0["objects"].get(name) {
                    Some(rule) => self.object(value, rule, profiles, at, wrong),
                    None => wrong.push(format!("{at} is of the object {name}, which the tests do not know")),
                }
                true
            }
        };
        if !fits {
            wrong.push(format!("{at} is no {kind}: {value}"));
        }
        let number = value.as_i64().map(|n| n.to_string());
        match (&rule["enum"], number) {
            (Value::Object(list), Some(number)) => {
                let caption = list.get(&number);
                if caption.is_none() {
                    wrong.push(format!("{at} is not in its list: {number}"));
                }
                // The word beside the number must be the one of the number.
                let sibling = rule["sibling"].as_str().and_then(|name| parent.get(name));
                if let (Some(caption), Some(sibling)) = (caption, sibling)
                    && caption != sibling
                {
                    wrong.push(format!("{at} {number} is {caption}, not {sibling}"));
                }
            }
            (Value::Array(list), Some(number)) if !list.contains(&Value::String(number.clone())) => {
                wrong.push(format!("{at} is not in its list: {number}"));
            }
            _ => {}
        }
    }

    fn text(&self, text: &str, kind: &str) -> bool {
        let rule = &self.0["types"][kind];
        let shaped = rule["regex"].as_str().is_none_or(|r| Regex::new(r).unwrap().is_match(text));
        let short = rule["max_len"].as_u64().is_none_or(|max| text.chars().count() as u64 <= max);
        shaped && short
    }

    /// What is wrong with an ECS document, one line each.
    pub(crate) fn ecs(&self, document: &Value) -> Vec<String> {
        let mut wrong = Vec::new();
        self.fields(document, "", &mut wrong);
        for name in ["/@timestamp", "/ecs/version"] {
            if document.pointer(name).is_none() {
                wrong.push(format!("{name} is missing"));
            }
        }
        if document["ecs"]["version"] != self.0["version"] {
            wrong.push("ecs.version is another one".to_owned());
        }
        let categories = self.0["fields"]["event.category"]["allowed"].clone();
        for category in document["event"]["category"].as_array().into_iter().flatten() {
            let types = &categories[category.as_str().unwrap()];
            for kind in document["event"]["type"].as_array().into_iter().flatten() {
                if !types.as_array().is_some_and(|t| t.contains(kind)) {
                    wrong.push(format!("{kind} does not go with {category}"));
                }
            }
        }
        wrong
    }

    fn fields(&self, value: &Value, path: &str, wrong: &mut Vec<String>) {
        for (name, inner) in value.as_object().unwrap() {
            assert!(!name.contains('.'), "{name}: a dot would make a field of its own");
            let at = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
            if path.is_empty() && name == "aperture" {
                continue;
            }
            match self.0["fields"].get(&at) {
                Some(rule) => field(inner, rule, &at, wrong),
                None if inner.is_object()
                    && self.0["fields"].as_object().unwrap().keys().any(|k| k.starts_with(&at)) =>
                {
                    self.fields(inner, &at, wrong);
                }
                None => wrong.push(format!("{at} is unknown")),
            }
        }
        // Our own fields must not be in the way of a field set of the standard.
        if path.is_empty() && self.0["sets"].as_array().unwrap().contains(&Value::from("aperture")) {
            wrong.push("aperture is a field set of the standard".to_owned());
        }
    }
}

fn field(value: &Value, rule: &Value, at: &str, wrong: &mut Vec<String>) {
    let wants_list = rule["array"] == true;
    if wants_list != value.is_array() {
        wrong.push(format!("{at}: list or not, {value}"));
    }
    let values = value.as_array().cloned().unwrap_or_else(|| vec![value.clone()]);
    for value in values {
        let fits = match rule["type"].as_str().unwrap() {
            "date" => value.as_str().is_some_and(|s| s.ends_with('Z') && s.parse::<jiff::Timestamp>().is_ok()),
            "long" => value.as_i64().is_some(),
            "float" => value.is_number(),
            "keyword" | "constant_keyword" | "match_only_text" | "wildcard" => value.is_string(),
            other => panic!("{at} has the type {other}, which the tests do not know"),
        };
        if !fits {
            wrong.push(format!("{at} is no {}: {value}", rule["type"]));
        }
        let length = value.as_str().map_or(0, |s| s.chars().count() as u64);
        if rule["ignore_above"].as_u64().is_some_and(|max| length > max) {
            wrong.push(format!("{at} is longer than what is indexed"));
        }
        if let (Some(list), Some(word)) = (rule["allowed"].as_object(), value.as_str())
            && !list.contains_key(word)
        {
            wrong.push(format!("{at} is not in its list: {word}"));
        }
    }
}
