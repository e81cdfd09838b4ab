//! Wire formats: one file each. A format says where messages, system prompt and tools stand in a body and turns each of
//! them into provider-neutral content; nothing outside this folder knows a provider's field names.

mod anthropic_messages;
mod bedrock_converse;
mod events;
mod frames;
mod gemini_generate;
mod openai_chat;
mod openai_responses;
#[cfg(test)]
mod tests;

pub use events::Events;

use serde_json::Value;

use super::content::{Block, Kind, Message, Role, canonical_json};
use crate::decode::Usage;

/// A tool definition as offered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Definition {
    /// Name on the wire.
    pub name: String,
    /// Server named beside the tool.
    pub named_server: Option<String>,
    /// Wire type.
    pub wire_type: String,
    /// Description.
    pub description: Option<String>,
    /// Parameter schema as canonical JSON text; of a server, what it is allowed to do.
    pub schema: Option<String>,
    /// `client` or `provider`.
    pub runs_at: &'static str,
    /// Address of the server, without credentials.
    pub server_url: Option<String>,
}

/// A model's answer.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Answer {
    /// What the model said; empty for errors.
    pub messages: Vec<Message>,
    /// Why it stopped, in the provider's word.
    pub stop_reason: Option<String>,
    /// Token counts, for records whose own are missing.
    pub usage: Usage,
    /// Type and text of the provider's error.
    pub error: Option<(String, String)>,
    /// Whether the answer is whole.
    pub complete: bool,
    /// Tools that the answer shows to the model.
    pub tools: Vec<Definition>,
    /// The provider's id of the answer, where a later request may stand for the whole history with it.
    pub id: Option<String>,
}

/// A wire format.
pub trait Provider: Sync {
    /// Name used in the tables.
    fn name(&self) -> &'static str;
    /// Whether a path, without its query, belongs to the format.
    fn has_path(&self, path: &str) -> bool;
    /// Whether a body with these top-level keys belongs to the format; asked when no path decides.
    fn has_shape(&self, keys: &[&str]) -> bool;
    /// Key of the message list.
    fn messages_key(&self) -> &'static str;
    /// Keys of the system prompt, where it stands outside the message list.
    fn system_keys(&self) -> &'static [&'static str];
    /// Keys that define tools.
    fn tools_keys(&self) -> &'static [&'static str];
    /// One element of the message list.
    fn message(&self, element: Value) -> Message;
    /// One element of the system prompt, or all of it when it is no list. Empty when it carries nothing but nonces.
    fn system(&self, element: Value) -> Message;
    /// The tools under one of [`Provider::tools_keys`].
    fn tools(&self, key: &str, value: Value) -> Vec<Definition>;
    /// A response body; `None` when it is not the format's.
    fn answer(&self, body: Value) -> Option<Answer>;
    /// A response body told in pieces; what is there is kept when pieces are missing. `None` when no piece is the
    /// format's.
    fn stream(&self, events: &mut dyn Iterator<Item = Value>) -> Option<Answer>;
    /// Tools that an element of the message list shows to the model.
    fn tools_in(&self, _element: &Value) -> Vec<Definition> {
        Vec::new()
    }
    /// Whether one answer is told in several messages.
    fn splits_answers(&self) -> bool {
        false
    }
    /// Keys of a body that stand for history which the provider keeps, strongest first: the message list then holds
    /// only what is new.
    fn history_keys(&self) -> &'static [&'static str] {
        &[]
    }
}

/// Every format, in the order in which shapes are tried.
pub const PROVIDERS: &[&dyn Provider] = &[
    &bedrock_converse::BedrockConverse,
    &anthropic_messages::AnthropicMessages,
    &gemini_generate::GeminiGenerate,
    &openai_responses::OpenAiResponses,
    &openai_chat::OpenAiChat,
];

/// Parts of one streamed answer (blocks, calls, citations) that are kept.
const MAX_PARTS: usize = 10_000;

/// Last segments of paths whose bodies are no conversation: vectors, pictures, sound, lists of models.
const OTHER_ENDINGS: &[&str] = &[
    "/embeddings",
    "/models",
    "/moderations",
    "/rerank",
    "/images/generations",
    "/images/edits",
    "/images/variations",
    "/audio/speech",
    "/audio/transcriptions",
    "/audio/translations",
    ":embedContent",
    ":batchEmbedContents",
    ":asyncBatchEmbedContent",
    ":predict",
    ":predictLongRunning",
];

/// Whether a path is known to carry no conversation, so that there is nothing to miss in its bodies.
#[must_use]
pub fn is_other(path: &str) -> bool {
    let path = path.trim_end_matches('/');
    // A single model may be asked about by name; then nothing follows it, not even a verb.
    let about_a_model =
        path.rsplit_once('/').is_some_and(|(list, name)| list.ends_with("/models") && !name.contains(':'));
    about_a_model || OTHER_ENDINGS.iter().any(|ending| path.ends_with(ending))
}

/// The format that a path belongs to, as an index into [`PROVIDERS`].
#[must_use]
pub fn by_path(path: &str) -> Option<usize> {
    PROVIDERS.iter().position(|p| p.has_path(path))
}

/// The format that a body's top-level keys belong to.
#[must_use]
pub fn by_shape(keys: &[&str]) -> Option<usize> {
    PROVIDERS.iter().position(|p| p.has_shape(keys))
}

/// Takes a text field out of an object.
fn take_text(object: &mut Value, key: &str) -> Option<String> {
    match object.get_mut(key).map(Value::take) {
        Some(Value::String(text)) => Some(text),
        _ => None,
    }
}

/// Takes a field that services write in one of two ways.
fn take_either(object: &mut Value, key: &str, other: &str) -> Value {
    match take(object, key) {
        Value::Null => take(object, other),
        value => value,
    }
}

/// An address without what may be a credential: user, query and fragment.
fn plain_url(url: &str) -> String {
    let end = url.find(['?', '#']).unwrap_or(url.len());
    let url = &url[..end];
    let Some((scheme, rest)) = url.split_once("://") else { return url.to_owned() };
    let host = rest.split('/').next().unwrap_or_default();
    match host.rfind('@') {
        Some(at) => format!("{scheme}://{}", &rest[at + 1..]),
        None => url.to_owned(),
    }
}

/// Takes a field of any type out of an object.
fn take(object: &mut Value, key: &str) -> Value {
    object.get_mut(key).map_or(Value::Null, Value::take)
}

/// The elements of a list; anything else is a list of itself, null an empty one.
fn list(value: Value) -> Vec<Value> {
    match value {
        Value::Array(items) => items,
        Value::Null => Vec::new(),
        other => vec![other],
    }
}

/// A block of a type that the format does not know: kept whole, as JSON.
fn unknown_block(value: &Value) -> Block {
    let name = value.get("type").and_then(Value::as_str).filter(|name| !name.is_empty()).unwrap_or("unknown");
    let name: String = name.chars().filter(|c| !c.is_control()).take(60).collect();
    Block { kind: Kind::Other(name), text: canonical_json(value) }
}

/// Text of a tool result: a string, or a list of text blocks and others, joined by line breaks.
fn result_text(content: Value) -> String {
    match content {
        Value::String(text) => text,
        Value::Null => String::new(),
        Value::Array(items) => {
            let parts: Vec<String> = items
                .into_iter()
                .map(|mut item| match take_text(&mut item, "text") {
                    Some(text) => text,
                    None => media_note(&item).unwrap_or_else(|| canonical_json(&item)),
                })
                .collect();
            parts.join("\n")
        }
        other => canonical_json(&other),
    }
}

/// A short note in place of inline media, whose bytes nobody reads.
fn media_note(value: &Value) -> Option<String> {
    let kind = value.get("type").and_then(Value::as_str)?;
    if !matches!(kind, "image" | "document" | "image_url" | "input_image" | "input_audio" | "file" | "input_file") {
        return None;
    }
    let source = value.get("source").or_else(|| value.get("image_url")).or_else(|| value.get("file")).unwrap_or(value);
    let text = |key: &str| source.get(key).and_then(Value::as_str).filter(|v| !v.starts_with("data:"));
    let what = text("url").or_else(|| text("media_type")).or_else(|| text("filename")).or_else(|| text("file_id"));
    Some(format!("[{kind}{}{}]", if what.is_some() { " " } else { "" }, what.unwrap_or_default()))
}

/// An error body in any provider's envelope: `{"error":{"type"|"code"|"status","message"}}` or `{"message"}`.
fn error_of(body: &Value) -> Option<(String, String)> {
    let error = body.get("error").filter(|e| !e.is_null());
    let message = |v: &Value| v.get("message").and_then(Value::as_str).map(str::to_owned);
    match error {
        Some(Value::String(text)) => Some((String::new(), text.clone())),
        Some(error) => {
            let word = |key: &str| error.get(key).and_then(Value::as_str);
            let kind = word("type").or_else(|| word("code")).or_else(|| word("status")).unwrap_or_default();
            Some((kind.to_owned(), message(error).unwrap_or_default()))
        }
        None if body.as_object().is_some_and(|o| o.len() <= 3) => message(body).map(|m| (String::new(), m)),
        None => None,
    }
}

/// A message that holds one text.
fn text_message(role: Role, text: String) -> Message {
    Message { role, blocks: vec![Block::text(text)] }
}
