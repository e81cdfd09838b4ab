//! Rows of the ledger of secrets: what was shown, where, by which request and to whom.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::hits::{Hit, Ledgerer};
use crate::normalise::content::digest;
use crate::tables::Time;
use crate::tables::messages::Message;
use crate::tables::requests::Request;
use crate::tables::secrets::SecretUse;
use crate::tables::tool_calls::ToolCall;
use crate::tables::tool_definitions::ToolDefinition;

/// Where and when a secret was shown: the columns that do not depend on the secret.
pub(super) struct Place<'p> {
    pub surface: &'static str,
    pub source_id: Option<&'p str>,
    pub element_id: Option<&'p str>,
    pub position: Option<(i64, i64)>,
    pub direction: &'static str,
    pub time: Time,
}

/// Which request showed it, and to whom.
#[derive(serde::Deserialize)]
pub(super) struct Sender {
    pub export_key: Arc<str>,
    pub record_id: Option<i64>,
    pub login: Arc<str>,
    pub device: Arc<str>,
    pub user_agent: Option<Arc<str>>,
    pub session_id: Arc<str>,
    pub conversation_id: Arc<str>,
    pub provider: Option<Arc<str>>,
    pub model: Option<Arc<str>>,
}

impl From<&Request> for Sender {
    fn from(request: &Request) -> Self {
        Self {
            export_key: request.export_key.clone(),
            record_id: request.record_id,
            login: request.login.clone(),
            device: request.device.clone(),
            user_agent: request.user_agent.clone(),
            session_id: request.session_id.clone(),
            conversation_id: request.conversation_id.clone(),
            provider: request.provider.clone(),
            model: request.model.clone(),
        }
    }
}

/// The surface of a message that is no call.
fn surface(role: &str) -> &'static str {
    match role {
        "system" => "system",
        "tool" => "tool_result",
        "assistant" => "answer",
        _ => "prompt",
    }
}

pub(super) fn message_place(message: &Message) -> Place<'_> {
    Place {
        surface: surface(message.role),
        source_id: Some(&message.message_id),
        element_id: Some(&message.element_id),
        position: Some((message.position, message.part)),
        direction: message.direction,
        time: message.time,
    }
}

pub(super) fn definition_place(definition: &ToolDefinition) -> Place<'_> {
    Place {
        surface: "tool_definition",
        source_id: Some(&definition.definition_id),
        element_id: None,
        position: None,
        direction: "request",
        time: definition.time,
    }
}

pub(super) fn call_place(call: &ToolCall) -> Place<'_> {
    Place {
        surface: "tool_arguments",
        source_id: Some(&call.call_uid),
        element_id: Some(&call.element_id),
        position: Some((call.position, call.part)),
        direction: call.direction,
        time: call.time,
    }
}

/// Identity of a secret in a place.
fn occurrence_id(parts: &[&str], surface: &str, fingerprint: &str) -> String {
    let mut all: Vec<&[u8]> = vec![b"secret", surface.as_bytes(), fingerprint.as_bytes()];
    all.extend(parts.iter().map(|part| part.as_bytes()));
    hex::encode(digest(&all))
}

/// A row of the ledger.
pub(super) fn row(sender: &Sender, place: &Place<'_>, hit: Hit, ledgerer: &Ledgerer) -> SecretUse {
    let path = hit.path.as_deref().unwrap_or_default();
    let occurrence_id = match place.source_id {
        Some(source) => occurrence_id(&[source], place.surface, &hit.fingerprint),
        None => occurrence_id(
            &[&sender.login, &sender.device, &sender.session_id, path, place.direction],
            place.surface,
            &hit.fingerprint,
        ),
    };
    SecretUse {
        occurrence_id,
        fingerprint: hit.fingerprint,
        rule: hit.rule,
        kind: hit.kind,
        vendor: hit.vendor,
        tier: hit.tier,
        confidence: hit.confidence,
        root: hit.root,
        preview: hit.preview,
        surface: place.surface,
        path: hit.path,
        encoding: hit.encoding,
        occurrences: hit.occurrences,
        source_id: place.source_id.map(str::to_owned),
        element_id: place.element_id.map(str::to_owned),
        export_key: sender.export_key.clone(),
        record_id: sender.record_id,
        time: place.time,
        login: sender.login.clone(),
        device: sender.device.clone(),
        user_agent: sender.user_agent.clone(),
        session_id: sender.session_id.clone(),
        conversation_id: sender.conversation_id.clone(),
        position: place.position.map(|(position, _)| position),
        part: place.position.map(|(_, part)| part),
        direction: place.direction,
        provider: sender.provider.clone(),
        model: sender.model.clone(),
        requests: None,
        last_time: None,
        rule_set: ledgerer.scanner.rule_set().clone(),
    }
}

/// Joins rows of one place: description and schema of a definition are two texts.
pub(super) fn once_per_place(found: &mut Vec<SecretUse>) {
    let mut at = BTreeMap::<String, usize>::new();
    let mut kept: Vec<SecretUse> = Vec::with_capacity(found.len());
    for one in found.drain(..) {
        match at.get(&one.occurrence_id) {
            Some(&index) => kept[index].occurrences += one.occurrences,
            None => {
                at.insert(one.occurrence_id.clone(), kept.len());
                kept.push(one);
            }
        }
    }
    *found = kept;
}
