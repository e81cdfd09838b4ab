//! Content to rows: what a message that is new to its conversation adds to the tables.

use super::carried::Conversation;
use super::content::{Answered, Block, Call, Kind, Message, Role, digest};
use super::principal::Seen;
use super::told::{asked_id, told_id};
use super::tool::{ToolName, parse_name, unwrap_meta};
use crate::tables::messages::Message as MessageRow;
use crate::tables::tool_calls::ToolCall;
use crate::tables::tool_results::ToolResult;
use crate::tables::{Rows, Time};

/// A message about to become rows.
pub struct Emit<'e> {
    /// Shared columns.
    pub seen: &'e Seen,
    /// Identity of the conversation.
    pub conversation: &'e [u8; 16],
    /// Identity of the request.
    pub request_id: &'e str,
    /// Identity of the message.
    pub element_id: String,
    /// Position in the conversation.
    pub position: i64,
    /// `request` or `response`.
    pub direction: &'static str,
    /// Counts offered tools that share a server part.
    pub peers: &'e dyn Fn(Option<&str>) -> i64,
}

impl Emit<'_> {
    /// Adds the rows. Returns how many blocks were of an unknown type.
    pub fn message(&self, message: Message, conversation: &mut Conversation, rows: &mut Rows) -> i64 {
        let mut unknown = 0;
        let mut calls = 0;
        for (part, block) in message.blocks.into_iter().enumerate() {
            let part = i64::try_from(part).unwrap_or(i64::MAX);
            calls += i64::from(matches!(block.kind, Kind::Call(_)));
            unknown += i64::from(matches!(block.kind, Kind::Other(_)));
            let silent = matches!(block.kind, Kind::Text | Kind::Thinking) && block.text.trim().is_empty();
            if !silent {
                self.block((part, calls), message.role, block, conversation, rows);
            }
        }
        unknown
    }

    /// Adds the calls that have no id, for an answer whose words were seen before.
    pub fn calls_again(&self, message: &Message, conversation: &mut Conversation, rows: &mut Rows) {
        let mut calls = 0;
        for (part, block) in message.blocks.iter().enumerate() {
            if let Kind::Call(call) = &block.kind {
                calls += 1;
                if call.id.is_none() {
                    self.call((i64::try_from(part).unwrap_or(i64::MAX), calls), call, conversation, rows);
                }
            }
        }
    }

    fn time(&self) -> Time {
        // The model's answer exists when the request ends, history when it starts.
        if self.direction == "response" { self.seen.time_end } else { self.seen.time }
    }

    fn block(
        &self,
        (part, nth_call): (i64, i64),
        role: Role,
        block: Block,
        conversation: &mut Conversation,
        rows: &mut Rows,
    ) {
        let content = content_id(&block.kind, &block.text);
        let message_id = hex::encode(digest(&[self.element_id.as_bytes(), &part.to_le_bytes()]));
        let mut call_id = None;
        let mut role = role;
        match &block.kind {
            Kind::Call(call) => {
                call_id.clone_from(&call.id);
                self.call((part, nth_call), call, conversation, rows);
            }
            Kind::Answered(answered) => {
                role = Role::Tool;
                call_id.clone_from(&answered.call_id);
                self.result(part, answered, &message_id, &block.text, &content, rows);
            }
            _ => {}
        }
        let is_prompt = role == Role::User && matches!(block.kind, Kind::Text);
        rows.messages.push(MessageRow {
            message_id,
            element_id: self.element_id.clone(),
            content_id: hex::encode(content),
            export_key: self.seen.export_key.clone(),
            record_id: self.seen.record_id,
            time: self.time(),
            login: self.seen.login.clone(),
            device: self.seen.device.clone(),
            user_agent: self.seen.user_agent.clone(),
            session_id: self.seen.session_id.clone(),
            conversation_id: self.seen.conversation_id.clone(),
            position: self.position,
            part,
            role: role.as_str(),
            kind: block.kind.as_str().into(),
            bytes: i64::try_from(block.text.len()).unwrap_or(i64::MAX),
            asked_id: if is_prompt { asked_id(&block.text) } else { None },
            text: block.text,
            direction: self.direction,
            call_id,
        });
    }

    fn call(&self, (part, nth): (i64, i64), call: &Call, conversation: &mut Conversation, rows: &mut Rows) {
        // A call without an id is the nth of the answer that made it: equal answers to equal requests are two calls.
        // History cannot tell which of them it repeats, so there the call is the nth of its message, and the message,
        // which has one identity in the answer and in every repetition, leads from one to the other.
        let (place, nth) = match (&call.id, self.direction) {
            (Some(_), _) => ("", 0),
            (None, "response") => (self.request_id, nth),
            (None, _) => (self.element_id.as_str(), nth),
        };
        let uid = digest(&[
            b"call",
            self.seen.login.as_bytes(),
            self.seen.device.as_bytes(),
            self.conversation,
            call.id.as_deref().unwrap_or_default().as_bytes(),
            place.as_bytes(),
            &nth.to_le_bytes(),
            call.name.as_bytes(),
            call.arguments.as_bytes(),
        ]);
        if !conversation.is_new_call(uid) {
            return;
        }
        let inner = unwrap_meta(call);
        let (name, named_server, arguments) = match inner {
            Some(inner) => {
                let name = ToolName { naming: "meta", ..parse_name(&inner.tool) };
                let name =
                    if inner.server.is_some() { ToolName { server: None, tool: inner.tool, ..name } } else { name };
                (name, inner.server, inner.arguments)
            }
            None => (parse_name(&call.name), call.named_server.clone(), call.arguments.clone()),
        };
        let digest = digest(&[name.tool.as_bytes(), arguments.as_bytes()]);
        rows.tool_calls.push(ToolCall {
            call_uid: hex::encode(uid),
            call_id: call.id.clone(),
            element_id: self.element_id.clone(),
            export_key: self.seen.export_key.clone(),
            record_id: self.seen.record_id,
            time: self.time(),
            login: self.seen.login.clone(),
            device: self.seen.device.clone(),
            tags: self.seen.tags.clone(),
            user_agent: self.seen.user_agent.clone(),
            ua_product: self.seen.ua_product.clone(),
            session_id: self.seen.session_id.clone(),
            conversation_id: self.seen.conversation_id.clone(),
            position: self.position,
            part,
            direction: self.direction,
            provider: self.seen.provider.clone(),
            model: self.seen.model.clone(),
            raw_name: call.name.as_str().into(),
            named_server: named_server.map(Into::into),
            naming: name.naming,
            name_peers: (self.peers)(name.server.as_deref()),
            name_server: name.server.map(Into::into),
            name_tool: name.tool.into(),
            runs_at: call.runs_at,
            told_id: told_id(&arguments),
            arguments,
            arguments_digest: hex::encode(digest),
        });
    }

    fn result(
        &self,
        part: i64,
        answered: &Answered,
        message_id: &str,
        text: &str,
        content: &[u8; 16],
        rows: &mut Rows,
    ) {
        rows.tool_results.push(ToolResult {
            call_id: answered.call_id.clone(),
            message_id: message_id.to_owned(),
            export_key: self.seen.export_key.clone(),
            record_id: self.seen.record_id,
            time: self.time(),
            login: self.seen.login.clone(),
            device: self.seen.device.clone(),
            conversation_id: self.seen.conversation_id.clone(),
            position: self.position,
            part,
            raw_name: answered.name.as_deref().map(Into::into),
            outcome: match answered.is_error {
                Some(true) => "error",
                Some(false) => "ok",
                None => "unknown",
            },
            bytes: i64::try_from(text.len()).unwrap_or(i64::MAX),
            digest: hex::encode(content),
        });
    }
}

/// Identity of content alone.
pub(super) fn content_id(kind: &Kind, text: &str) -> [u8; 16] {
    digest(&[kind.as_str().as_bytes(), text.as_bytes()])
}
