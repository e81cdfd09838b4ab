//! Puts a session together: threads, numbers, calls with their results, sub-agents, findings in place.

use std::collections::{BTreeMap, BTreeSet};

use super::model::{Answered, Block, Call, Entry, Head, Link, Mark, Session, SilentRequest, Thread};
use super::plan::{Planned, Record, plan, trees};
use super::rows::{CallFact, ElsewhereFact, LinkFact, MessageFact, RequestFact};
use super::tree::Element;
use crate::finding::{Evidence, Finding};

/// Requests without a message that are listed; the rest are counted.
const LISTED_SILENT: usize = 200;

/// Characters of what a thread is called by.
const OPENING_CHARS: usize = 100;

/// Everything known of one session.
pub struct Facts {
    /// The session.
    pub session_id: String,
    /// Its requests, in order of time.
    pub requests: Vec<RequestFact>,
    /// Its messages, in order of time.
    pub messages: Vec<MessageFact>,
    /// Its calls.
    pub calls: Vec<CallFact>,
    /// What other sessions hold of its conversations.
    pub elsewhere: Vec<ElsewhereFact>,
    /// What it comes from, what it began, and its pauses, in order of time.
    pub links: Vec<LinkFact>,
    /// Findings and whether each is a signal; those about other sessions are left out.
    pub findings: Vec<(Finding, bool)>,
    /// What the reader has to know.
    pub notes: Vec<String>,
}

/// Builds the session. The result depends on the facts only.
#[must_use]
pub fn build(facts: &Facts) -> Session {
    let by_record: BTreeMap<Record<'_>, &RequestFact> =
        facts.requests.iter().map(|r| ((r.export_key.as_str(), r.record_id), r)).collect();
    let trees = trees(facts, &by_record);
    let planned = plan(&trees, facts);
    let mut assembly = Assembly::new(facts, by_record);
    let threads = assembly.threads(&trees, &planned);
    let (silent, silent_more) = silent(facts);
    let mut session = Session {
        schema: "lightmeter-session-v1".to_owned(),
        session_id: facts.session_id.clone(),
        revealed: false,
        notes: facts.notes.clone(),
        head: head(facts, &threads),
        links: facts.links.iter().map(link).collect(),
        findings: Vec::new(),
        threads,
        excerpt: false,
        silent,
        silent_more,
    };
    let earlier: i64 = facts.elsewhere.iter().map(|e| e.messages).sum();
    if let Some(other) = facts.elsewhere.first() {
        session.notes.push(format!(
            "{earlier} messages of these conversations belong to other sessions, the first of them {}.",
            other.session_id
        ));
    }
    super::marks::place(&mut session, facts);
    session
}

fn link(fact: &LinkFact) -> Link {
    Link {
        relation: fact.relation.clone(),
        evidence: fact.evidence.clone(),
        session_id: fact.session_id.clone(),
        conversation_id: fact.conversation_id.clone(),
        from_session_id: fact.from_session_id.clone(),
        tool: fact.tool.clone(),
        time: fact.time_micros,
        pause_minutes: fact.pause_minutes,
    }
}

/// Hands out numbers and looks up calls and requests.
struct Assembly<'f> {
    by_record: BTreeMap<Record<'f>, &'f RequestFact>,
    calls: BTreeMap<(&'f str, i64), &'f CallFact>,
    results: BTreeMap<&'f str, &'f CallFact>,
    call_numbers: BTreeMap<(&'f str, i64), u64>,
    last_of_record: BTreeMap<Record<'f>, &'f str>,
}

impl<'f> Assembly<'f> {
    fn new(facts: &'f Facts, by_record: BTreeMap<Record<'f>, &'f RequestFact>) -> Self {
        let mut last_of_record: BTreeMap<Record<'f>, &'f MessageFact> = BTreeMap::new();
        for message in facts.messages.iter().filter(|m| m.direction == "response") {
            let last = last_of_record.entry((message.export_key.as_str(), message.record_id)).or_insert(message);
            if message.position > last.position {
                *last = message;
            }
        }
        let results = facts.calls.iter().filter_map(|c| c.result_message_id.as_deref().map(|id| (id, c)));
        Self {
            by_record,
            calls: facts.calls.iter().map(|c| ((c.element_id.as_str(), c.part), c)).collect(),
            results: results.collect(),
            call_numbers: BTreeMap::new(),
            last_of_record: last_of_record.into_iter().map(|(key, m)| (key, m.element_id.as_str())).collect(),
        }
    }

    fn threads(&mut self, trees: &[Vec<Element<'f>>], planned: &[Planned<'f>]) -> Vec<Thread> {
        let tree_of: BTreeMap<&str, usize> = trees
            .iter()
            .enumerate()
            .filter_map(|(at, t)| t.first().map(|e| (e.first().conversation_id.as_str(), at)))
            .collect();
        let mut numbers: BTreeMap<(usize, usize), u64> = BTreeMap::new();
        let mut calls = 0;
        for plan in planned {
            for at in &plan.elements {
                let tree = tree_of[plan.conversation];
                let number = numbers.len() as u64 + 1;
                numbers.insert((tree, *at), number);
                for piece in trees[tree][*at].pieces.iter().filter(|p| p.kind == "tool_call") {
                    calls += 1;
                    self.call_numbers.insert((piece.element_id.as_str(), piece.part), calls);
                }
            }
        }
        let mut leaving: BTreeMap<u64, Vec<u64>> = BTreeMap::new();
        for (nth, plan) in planned.iter().enumerate() {
            if let Some(from) = plan.from.and_then(|from| numbers.get(&from)) {
                leaving.entry(*from).or_default().push(nth as u64 + 1);
            }
        }
        let thread = |(nth, plan): (usize, &Planned<'f>)| {
            let elements = &trees[tree_of[plan.conversation]];
            let messages: Vec<Entry> = plan
                .elements
                .iter()
                .map(|at| self.entry(&elements[*at], numbers[&(tree_of[plan.conversation], *at)], &leaving))
                .collect();
            Thread {
                number: nth as u64 + 1,
                kind: plan.kind.to_owned(),
                conversation_id: plan.conversation.to_owned(),
                from_message: plan.from.and_then(|from| numbers.get(&from).copied()),
                uncertain: plan.uncertain,
                opening: opening(&messages),
                first_time: messages.iter().map(|m| m.time).min().unwrap_or_default(),
                last_time: messages.iter().map(|m| m.time).max().unwrap_or_default(),
                cost_usd: sum(messages.iter().filter_map(|m| m.request.as_ref()?.cost_usd)),
                messages,
            }
        };
        planned.iter().enumerate().map(thread).collect()
    }

    fn entry(&self, element: &Element<'f>, number: u64, leaving: &BTreeMap<u64, Vec<u64>>) -> Entry {
        let first = element.first();
        let record = (first.export_key.as_str(), first.record_id);
        let answer = self.last_of_record.get(&record).is_some_and(|last| *last == first.element_id);
        let request = self.by_record.get(&record).filter(|_| answer).map(|r| Answered {
            model: r.model.clone(),
            outcome: r.outcome.clone(),
            duration_ms: r.duration_ms,
            input_tokens: r.input_tokens,
            output_tokens: r.output_tokens,
            cost_usd: r.cost_nano_usd.map(usd),
        });
        Entry {
            number,
            time: first.time_micros,
            role: first.role.clone(),
            replaced: element.aside,
            export_key: first.export_key.clone(),
            record_id: first.record_id,
            request,
            blocks: element.pieces.iter().map(|p| self.block(p)).collect(),
            findings: Vec::new(),
            threads: leaving.get(&number).cloned().unwrap_or_default(),
        }
    }

    fn block(&self, piece: &MessageFact) -> Block {
        let fact = match piece.kind.as_str() {
            "tool_call" => self.calls.get(&(piece.element_id.as_str(), piece.part)).copied(),
            "tool_result" => self.results.get(piece.message_id.as_str()).copied(),
            _ => None,
        };
        let call = fact.map(|c| Call {
            number: self.call_numbers.get(&(c.element_id.as_str(), c.part)).copied().unwrap_or_default(),
            raw_name: c.raw_name.clone(),
            integration: c.integration.clone(),
            tool: c.tool.clone(),
            outcome: c.outcome.clone(),
            seconds: c.seconds_to_result,
            risk: c.risk.clone(),
            risk_reason: c.risk_reason.clone(),
        });
        Block { kind: piece.kind.clone(), text: piece.text.clone(), bytes: piece.bytes, left_out: 0, call }
    }
}

fn usd(nano: i64) -> f64 {
    nano as f64 / 1e9
}

/// The sum, or none when there is nothing to add. Rounded, so that it prints as it was meant.
fn sum(values: impl Iterator<Item = f64>) -> Option<f64> {
    values.fold(None, |sum, value| Some(sum.unwrap_or(0.0) + value)).map(|sum: f64| (sum * 1e9).round() / 1e9)
}

/// What a thread is called by: the first question that no program put there, else the first words.
fn opening(messages: &[Entry]) -> String {
    let texts = |role: &'static str| {
        messages
            .iter()
            .filter(move |m| m.role == role)
            .flat_map(|m| &m.blocks)
            .filter(|b| b.kind == "text")
            .map(|b| b.text.trim())
    };
    let asked = texts("user").find(|t| !t.starts_with('<')).or_else(|| texts("user").next());
    let words = asked.or_else(|| texts("assistant").next()).unwrap_or_default();
    let line = words.lines().next().unwrap_or_default();
    line.chars().take(OPENING_CHARS).collect()
}

fn head(facts: &Facts, threads: &[Thread]) -> Head {
    let distinct = |pick: &dyn Fn(&RequestFact) -> Option<String>| -> Vec<String> {
        facts.requests.iter().filter_map(pick).collect::<BTreeSet<_>>().into_iter().collect()
    };
    let blocks = || threads.iter().flat_map(|t| &t.messages).flat_map(|m| &m.blocks);
    let calls = || blocks().filter(|b| b.kind == "tool_call");
    let ended = |outcome: &str| {
        calls().filter(|b| b.call.as_ref().is_some_and(|c| c.outcome.as_deref() == Some(outcome))).count() as u64
    };
    let total =
        |pick: fn(&RequestFact) -> Option<i64>| facts.requests.iter().filter_map(pick).fold(0, i64::saturating_add);
    Head {
        logins: distinct(&|r| Some(r.login.clone())),
        devices: distinct(&|r| Some(r.device.clone())),
        agents: distinct(&|r| {
            let version = r.agent_version.as_deref().unwrap_or_default();
            Some(format!("{} {version}", r.agent).trim().to_owned())
        }),
        models: distinct(&|r| r.model.clone()),
        first_time: facts.requests.iter().map(|r| r.time_micros).min().unwrap_or_default(),
        last_time: facts.requests.iter().map(|r| r.time_micros).max().unwrap_or_default(),
        requests: facts.requests.len() as u64,
        failed_requests: facts.requests.iter().filter(|r| r.outcome != "ok").count() as u64,
        messages: threads.iter().map(|t| t.messages.len() as u64).sum(),
        calls: calls().count() as u64,
        failed_calls: ended("error"),
        refused_calls: ended("refused"),
        input_tokens: total(|r| r.input_tokens),
        output_tokens: total(|r| r.output_tokens),
        cost_usd: facts.requests.iter().any(|r| r.cost_nano_usd.is_some()).then(|| usd(total(|r| r.cost_nano_usd))),
        exports: distinct(&|r| Some(r.export_key.clone())),
    }
}

/// Requests that brought no message, or failed without an answer.
fn silent(facts: &Facts) -> (Vec<SilentRequest>, u64) {
    let shown: BTreeSet<Record<'_>> = facts
        .messages
        .iter()
        .filter(|m| m.direction == "response")
        .map(|m| (m.export_key.as_str(), m.record_id))
        .collect();
    let all = facts.requests.iter().filter(|r| !shown.contains(&(r.export_key.as_str(), r.record_id)));
    let rows = all.clone().take(LISTED_SILENT).map(|r| SilentRequest {
        time: r.time_micros,
        model: r.model.clone(),
        outcome: r.outcome.clone(),
        error: r.error_type.clone().or_else(|| r.status_code.filter(|s| *s >= 400).map(|s| s.to_string())),
        content_grade: r.content_grade.clone(),
        export_key: r.export_key.clone(),
        record_id: r.record_id,
    });
    (rows.collect(), (all.count().saturating_sub(LISTED_SILENT)) as u64)
}

/// Findings of a session: those that name it, and those whose evidence is one of its requests.
pub(super) fn about(facts: &Facts) -> impl Iterator<Item = &(Finding, bool)> {
    let is_about = facts.asks_for();
    facts.findings.iter().filter(move |(finding, _)| is_about(finding))
}

impl Facts {
    /// Whether a finding is about the session: it names it, or its evidence is one of its requests.
    pub fn asks_for(&self) -> impl Fn(&Finding) -> bool + '_ {
        let records: BTreeSet<Record<'_>> =
            self.requests.iter().map(|r| (r.export_key.as_str(), r.record_id)).collect();
        move |finding| {
            let cites = |e: &Evidence| e.record_id.is_some() && records.contains(&(&e.export_key, e.record_id));
            finding.scope.session_id.as_deref() == Some(self.session_id.as_str()) || finding.evidence.iter().any(cites)
        }
    }
}

/// The row of a finding.
pub(super) fn mark(finding: &Finding, signal: bool, messages: Vec<u64>) -> Mark {
    Mark {
        id: finding.id.clone(),
        detection: finding.detection.id.clone(),
        title: finding.detection.title.clone(),
        tier: if signal { "signal" } else { "incident" }.to_owned(),
        severity: finding.severity.as_str().to_owned(),
        confidence: finding.confidence.as_str().to_owned(),
        reason: finding.reason.clone(),
        messages,
    }
}
