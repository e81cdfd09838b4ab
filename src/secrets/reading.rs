//! A text read in every way in which it may hold a secret, and what the readings show together.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use super::engine::{self, Candidate};
use super::value::{Match, Secret};
use super::view::{self, View};
use super::{Scanner, Tier, base64};

impl Scanner {
    /// What is a finding, and what outputs hide; the latter only if `hiding`.
    pub(super) fn read_all(&self, text: &str, hiding: bool) -> (Vec<Match>, Vec<Match>) {
        let mut found = Found::default();
        let decoded = View::decoded(text);
        let all = |_: &Range<usize>| true;
        self.read(&decoded, hiding, Place::Here(text), &mut found, all);
        if hiding && matches!(decoded.text, Cow::Owned(_)) {
            // What looks like an escape may be none (a Windows path): outputs hide what either reading shows. They show
            // the same where nothing looks like one.
            let mut raw = Found::default();
            let differs = |window: &Range<usize>| decoded.breaks_within(window);
            self.read(&View::raw(text), hiding, Place::Here(text), &mut raw, differs);
            found.hidden.append(&mut raw.hidden);
        }
        let encoded = base64::texts(&decoded.text);
        if memchr::memchr(b'%', &decoded.text).is_some() {
            let url = decoded.clone().rewrite(view::url_decode);
            self.read(&url, hiding, Place::Url, &mut found, all);
        }
        for (start, end, inner) in encoded {
            let span = decoded.span(start, end);
            let mut inside = Found::default();
            // The name that the encoded text is assigned to says what is in it.
            let name = base64::name_before(&decoded.text, start);
            let inner = format!("{name}{inner}");
            self.read(&View::decoded(&inner), hiding, Place::Within(span), &mut inside, all);
            let named = |(_, one): &(u8, Match)| name.is_empty() || !name.contains(one.secret.expose());
            inside.shown.retain(named);
            inside.hidden.retain(named);
            // Forms that are base64 themselves (web tokens) were read already.
            let taken = |list: &[(u8, Match)]| {
                list.iter().any(|(rank, one)| *rank > 2 && one.span.start <= span.0 && span.1 <= one.span.end)
            };
            // First in the list: of equals, what is encoded is the secret, not the code for it.
            if !taken(&found.shown) {
                found.shown.splice(..0, inside.shown);
            }
            if !taken(&found.hidden) {
                found.hidden.splice(..0, inside.hidden);
            }
        }
        (merge(found.shown), merge(found.hidden))
    }

    /// Adds what one reading shows in windows that are `wanted`.
    fn read(
        &self,
        view: &View<'_>,
        hiding: bool,
        place: Place<'_>,
        found: &mut Found,
        wanted: impl Fn(&Range<usize>) -> bool,
    ) {
        let mut candidates = self.inner.engine.candidates(&view.text, hiding, wanted);
        if hiding {
            for one in engine::resolve(&self.inner.engine.rules, candidates.clone()) {
                found.hidden.push(self.finish(&one, view, place));
            }
            candidates.retain(|one| !self.inner.engine.rules[one.rule].redact_only);
        }
        for one in engine::resolve(&self.inner.engine.rules, candidates) {
            found.shown.push(self.finish(&one, view, place));
        }
    }

    fn finish(&self, one: &Candidate, view: &View<'_>, place: Place<'_>) -> (u8, Match) {
        let rule = &self.inner.engine.rules[one.rule];
        let value = String::from_utf8_lossy(&view.text[one.value.clone()]).into_owned();
        let (start, end) = match place {
            Place::Within(span) => span,
            Place::Here(_) | Place::Url => view.span(one.value.start, one.value.end),
        };
        let encoding = match place {
            Place::Within(_) => "base64",
            Place::Url => "url",
            Place::Here(text) if text.get(start..end) == Some(&value) => "plain",
            Place::Here(_) => "escaped",
        };
        let prefix = rule.prefixes.iter().filter(|prefix| value.starts_with(prefix.as_str())).max_by_key(|p| p.len());
        let prefix = prefix.filter(|_| one.structured).cloned().unwrap_or_default();
        // A value that only its surroundings make a secret is the same secret under every rule that sees it.
        let shared =
            || if one.structured || rule.tier == Tier::Pii { Arc::clone(&rule.id) } else { Arc::from("value") };
        let family = rule.family.clone().unwrap_or_else(shared);
        let found = Match {
            rule_id: Arc::clone(&rule.id),
            kind: Arc::clone(&rule.kind),
            vendor: Arc::clone(&rule.vendor),
            tier: rule.tier,
            confidence: one.confidence,
            root: rule.root,
            span: start..end,
            secret: Secret::new(value, family, Arc::clone(&rule.kind)),
            prefix,
            structured: one.structured,
            encoding,
        };
        (engine::rank(rule, one), found)
    }
}

/// Where a reading comes from.
#[derive(Clone, Copy)]
enum Place<'t> {
    /// The text, as it is or with its escapes resolved.
    Here(&'t str),
    /// The text with its URL encoding resolved.
    Url,
    /// A text that is encoded as a whole in this span.
    Within((usize, usize)),
}

/// What readings show, each with its rank.
#[derive(Default)]
struct Found {
    /// Findings.
    shown: Vec<(u8, Match)>,
    /// What outputs hide.
    hidden: Vec<(u8, Match)>,
}

/// Joins the readings: where they overlap, the more specific match stays, of equals the earlier reading's. Several
/// secrets inside one encoded text all stay.
fn merge(found: Vec<(u8, Match)>) -> Vec<Match> {
    let mut order: Vec<(usize, (u8, Match))> = found.into_iter().enumerate().collect();
    order.sort_by(|(at, (rank, _)), (bt, (other, _))| other.cmp(rank).then(at.cmp(bt)));
    let mut kept = BTreeMap::<usize, Vec<Match>>::new();
    for (_, (_, one)) in order {
        let before = kept.range(..one.span.end).next_back().map(|(_, list)| list);
        match before.and_then(|list| list.first()).filter(|other| other.span.end > one.span.start) {
            None => kept.entry(one.span.start).or_default().push(one),
            Some(other) if other.span == one.span => {
                let list = kept.entry(one.span.start).or_default();
                if !list.iter().any(|other| other.secret.expose().contains(one.secret.expose()))
                    && encoded_apart(list, &one)
                {
                    list.push(one);
                }
            }
            Some(_) => {}
        }
    }
    kept.into_values().flatten().collect()
}

/// Whether both can be parts of one encoded text: the span is longer than each of them.
fn encoded_apart(list: &[Match], one: &Match) -> bool {
    list.iter().chain([one]).all(|each| each.secret.expose().len() < one.span.len())
}
