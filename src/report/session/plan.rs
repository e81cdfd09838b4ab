//! Which messages make a thread, and where each thread leaves another: branches, retries and sub-agents.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::build::Facts;
use super::rows::{MessageFact, RequestFact};
use super::tree::{self, Element, Run};

/// Texts shorter than this say nothing about where they come from.
const TELLING_CHARS: usize = 24;

/// Export and record of a request.
pub(super) type Record<'r> = (&'r str, Option<i64>);

/// A run of messages on its way to a thread.
pub(super) struct Planned<'m> {
    pub(super) conversation: &'m str,
    pub(super) elements: Vec<usize>,
    pub(super) from: Option<(usize, usize)>,
    pub(super) kind: &'static str,
    pub(super) uncertain: bool,
}

/// Conversations that are those of a sub-agent, whatever began it.
fn sub_agents(facts: &Facts) -> BTreeSet<&str> {
    let said = facts.requests.iter().filter(|r| r.client_subagent.is_some()).map(|r| r.conversation_id.as_str());
    let linked = facts.links.iter().filter(|l| l.relation == "sub-agent" && l.session_id == facts.session_id);
    said.chain(linked.map(|l| l.conversation_id.as_str())).collect()
}

/// The messages of every conversation, conversations in order of their first request.
pub(super) fn trees<'f>(facts: &'f Facts, by_record: &BTreeMap<Record<'f>, &RequestFact>) -> Vec<Vec<Element<'f>>> {
    let asked: BTreeMap<Record<'_>, i64> = by_record.iter().map(|(key, r)| (*key, r.time_micros)).collect();
    let mut order: Vec<&str> = Vec::new();
    let mut messages: BTreeMap<&str, Vec<&MessageFact>> = BTreeMap::new();
    for message in &facts.messages {
        let id = message.conversation_id.as_str();
        let held = messages.entry(id).or_default();
        if held.is_empty() {
            order.push(id);
        }
        held.push(message);
    }
    order.iter().map(|id| tree::elements(&messages[id], &asked)).collect()
}

/// Threads of all conversations in the order in which they are shown.
pub(super) fn plan<'f>(trees: &[Vec<Element<'f>>], facts: &'f Facts) -> Vec<Planned<'f>> {
    let roots: BTreeMap<&str, &str> =
        facts.requests.iter().map(|r| (r.conversation_id.as_str(), r.root_id.as_str())).collect();
    let callers = Callers::new(trees, facts);
    let sub_agents = sub_agents(facts);
    let mut first_of_root: BTreeMap<&str, usize> = BTreeMap::new();
    let mut planned: Vec<Planned<'f>> = Vec::new();
    for (tree, elements) in trees.iter().enumerate() {
        let Some(conversation) = elements.first().map(|e| e.first().conversation_id.as_str()) else { continue };
        let root = roots.get(conversation).copied().unwrap_or(conversation);
        let twin = first_of_root.get(root).copied();
        first_of_root.entry(root).or_insert(tree);
        for (nth, Run { elements: mut run, from }) in tree::runs(elements).into_iter().enumerate() {
            let mut origin = from.map(|element| (tree, element));
            let mut kind = if origin.is_some() { "branch" } else { "conversation" };
            if nth == 0
                && let Some(twin) = twin
            {
                // The same beginning with another answer: what is the same is shown once.
                let same = common(&trees[twin], elements, &run);
                if let Some(last) = same.last() {
                    origin = Some((twin, *last));
                    kind = "branch";
                    run.drain(..same.len());
                }
            } else if nth == 0
                && let Some(caller) = callers.of(elements, tree)
            {
                origin = Some(caller);
                kind = "sub-agent";
            } else if nth == 0 && origin.is_none() && sub_agents.contains(conversation) {
                kind = "sub-agent";
            }
            if run.is_empty() {
                continue;
            }
            let uncertain = origin.is_some() && elements[run[0]].uncertain;
            planned.push(Planned { conversation, elements: run, from: origin, kind, uncertain });
        }
    }
    planned
}

/// The start of a run that another conversation has as well, as elements of that one.
fn common(twin: &[Element<'_>], elements: &[Element<'_>], run: &[usize]) -> Vec<usize> {
    let content = |e: &Element<'_>| e.pieces.iter().map(|p| p.content_id.clone()).collect::<Vec<_>>();
    let mut known: BTreeMap<(i64, Vec<String>), usize> = BTreeMap::new();
    for (at, element) in twin.iter().enumerate() {
        known.entry((element.first().position, content(element))).or_insert(at);
    }
    let same = |at: &usize| known.get(&(elements[*at].first().position, content(&elements[*at]))).copied();
    run.iter().map_while(same).collect()
}

/// What calls told somebody to do: the first words of a sub-agent.
struct Callers(Vec<(String, (usize, usize), i64)>);

impl Callers {
    fn new(trees: &[Vec<Element<'_>>], facts: &Facts) -> Self {
        // Only where several conversations share a session can one have begun another.
        let mut told = Vec::new();
        if trees.len() < 2 {
            return Self(told);
        }
        let known: BTreeSet<(&str, i64)> = facts.calls.iter().map(|c| (c.element_id.as_str(), c.part)).collect();
        for (tree, elements) in trees.iter().enumerate() {
            for (at, element) in elements.iter().enumerate() {
                let calls = element.pieces.iter().filter(|p| known.contains(&(p.element_id.as_str(), p.part)));
                for piece in calls {
                    let Ok(arguments) = serde_json::from_str::<Value>(&piece.text) else { continue };
                    let texts = arguments.as_object().into_iter().flatten().filter_map(|(_, v)| v.as_str());
                    let telling = texts.map(str::trim).filter(|t| t.chars().count() >= TELLING_CHARS);
                    told.extend(telling.map(|t| (t.to_owned(), (tree, at), piece.time_micros)));
                }
            }
        }
        Self(told)
    }

    /// The call that began a conversation.
    fn of(&self, elements: &[Element<'_>], tree: usize) -> Option<(usize, usize)> {
        let asked = elements.iter().find(|e| e.first().role == "user")?;
        let begins = |text: &str| asked.pieces.iter().any(|p| p.kind == "text" && p.text.contains(text));
        let before = asked.pieces.iter().map(|p| p.time_micros).max()?;
        let fits = self.0.iter().filter(|(text, at, time)| at.0 != tree && *time <= before && begins(text));
        fits.max_by_key(|(text, _, time)| (*time, text.len())).map(|(_, at, _)| *at)
    }
}
