//! Provider-neutral content: what a message is once its wire format no longer matters, and its identity.

use std::fmt::Write as _;

use serde_json::Value;

/// Who speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Role {
    /// Instructions of the client or its developer.
    System,
    /// The person, or whatever the client sends in their name.
    User,
    /// The model.
    Assistant,
    /// A tool, answering a call.
    Tool,
}

impl Role {
    /// The word used in the tables.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::User => "user",
            Self::Assistant => "assistant",
            Self::Tool => "tool",
        }
    }
}

/// A tool call as a format tells it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    /// Provider's id of the call.
    pub id: Option<String>,
    /// Name on the wire.
    pub name: String,
    /// Server named beside the tool.
    pub named_server: Option<String>,
    /// Arguments as canonical JSON text, see [`canonical_arguments`].
    pub arguments: String,
    /// `client` or `provider`.
    pub runs_at: &'static str,
}

/// What a format tells of a tool result besides its text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answered {
    /// Id of the call it answers.
    pub call_id: Option<String>,
    /// Tool name, where the format repeats it.
    pub name: Option<String>,
    /// Whether the tool failed, where the format can say.
    pub is_error: Option<bool>,
}

/// What a block is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// Plain text.
    Text,
    /// Reasoning of the model.
    Thinking,
    /// A tool call.
    Call(Call),
    /// A tool result.
    Answered(Answered),
    /// An image; the text is its media type or address.
    Image,
    /// A document; the text is its content or title.
    Document,
    /// A source that the model cites; the text is its address. Answers carry them, the echoed history often does not.
    Citation,
    /// An error of the provider or the gateway.
    Error,
    /// A block whose type says it all (a refusal, an approval); the text is what it holds.
    Named(&'static str),
    /// A block type that lightmeter does not know; the text is its JSON.
    Other(String),
}

impl Kind {
    /// The word used in the tables.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Text => "text",
            Self::Thinking => "thinking",
            Self::Call(_) => "tool_call",
            Self::Answered(_) => "tool_result",
            Self::Image => "image",
            Self::Document => "document",
            Self::Citation => "citation",
            Self::Error => "error",
            Self::Named(name) => name,
            Self::Other(name) => name,
        }
    }
}

/// One block of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Block {
    /// What it is.
    pub kind: Kind,
    /// Its text.
    pub text: String,
}

impl Block {
    /// A text block.
    #[must_use]
    pub fn text(text: impl Into<String>) -> Self {
        Self { kind: Kind::Text, text: text.into() }
    }

    /// An address that the model cites.
    #[must_use]
    pub fn citation(url: impl Into<String>) -> Self {
        Self { kind: Kind::Citation, text: url.into() }
    }

    /// A tool call.
    #[must_use]
    pub fn call(call: Call) -> Self {
        Self { text: call.arguments.clone(), kind: Kind::Call(call) }
    }
}

/// One message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// Who speaks.
    pub role: Role,
    /// Its blocks, in order.
    pub blocks: Vec<Block>,
}

/// What a message contributes to the identity of a conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RootKey {
    /// Nothing: reasoning, which clients drop from the history.
    Nothing,
    /// What it says.
    Words(ContentId),
    /// The ids of its tool calls, which are never the same in two conversations.
    Ids(ContentId),
}

/// Identity of content: the first 128 bits of BLAKE3 over its canonical form.
pub type ContentId = [u8; 16];

/// The first 128 bits of BLAKE3 over length-prefixed parts, so that no two lists of parts share an encoding.
#[must_use]
pub fn digest(parts: &[&[u8]]) -> ContentId {
    let mut hasher = Hasher::default();
    for part in parts {
        hasher.part(part);
    }
    hasher.finish()
}

/// Incremental form of [`digest`].
#[derive(Default)]
pub struct Hasher(blake3::Hasher);

impl Hasher {
    /// Adds one part.
    pub fn part(&mut self, part: &[u8]) {
        self.0.update(&(part.len() as u64).to_le_bytes());
        self.0.update(part);
    }

    /// The digest of everything added.
    #[must_use]
    pub fn finish(&self) -> ContentId {
        let mut id = [0; 16];
        id.copy_from_slice(&self.0.finalize().as_bytes()[..16]);
        id
    }
}

impl Message {
    /// Content identity. Ignores what moves without meaning: how blocks are written, white space at the ends of text,
    /// empty text, and reasoning beside other content (clients drop it from the history).
    #[must_use]
    pub fn content_id(&self) -> ContentId {
        let mut hash = Hasher::default();
        hash.part(self.role.as_str().as_bytes());
        let bare = self.blocks.iter().all(|b| matches!(b.kind, Kind::Thinking | Kind::Citation));
        for block in &self.blocks {
            match &block.kind {
                Kind::Thinking | Kind::Citation if !bare => continue,
                Kind::Text if block.text.trim().is_empty() => continue,
                Kind::Call(call) => {
                    hash.part(b"tool_call");
                    hash.part(call.id.as_deref().unwrap_or_default().as_bytes());
                    hash.part(call.name.as_bytes());
                    hash.part(call.arguments.as_bytes());
                }
                Kind::Answered(result) => {
                    hash.part(b"tool_result");
                    hash.part(result.call_id.as_deref().unwrap_or_default().as_bytes());
                    hash.part(result.name.as_deref().unwrap_or_default().as_bytes());
                    hash.part(block.text.trim().as_bytes());
                }
                kind => {
                    hash.part(kind.as_str().as_bytes());
                    hash.part(block.text.trim().as_bytes());
                }
            }
        }
        hash.finish()
    }

    /// What the message contributes to the identity of a conversation.
    ///
    /// An answer counts by the ids of its calls where it has any, since clients may reword or drop the text beside
    /// them; reminders that clients insert into user messages and change between requests do not count.
    #[must_use]
    pub fn root_key(&self) -> RootKey {
        let silent = |block: &Block| matches!(block.kind, Kind::Thinking | Kind::Citation);
        if self.role == Role::Assistant && !self.blocks.is_empty() && self.blocks.iter().all(silent) {
            return RootKey::Nothing;
        }
        let mut hash = Hasher::default();
        hash.part(self.role.as_str().as_bytes());
        let ids: Vec<&str> = self.calls().filter_map(|call| call.id.as_deref()).filter(|id| !id.is_empty()).collect();
        if self.role == Role::Assistant && !ids.is_empty() {
            for id in ids {
                hash.part(id.as_bytes());
            }
            return RootKey::Ids(hash.finish());
        }
        for block in &self.blocks {
            match &block.kind {
                Kind::Thinking | Kind::Citation => {}
                Kind::Call(call) => {
                    hash.part(call.name.as_bytes());
                    hash.part(call.arguments.as_bytes());
                }
                _ => {
                    let text = without_reminders(&block.text);
                    if !text.is_empty() {
                        hash.part(text.as_bytes());
                    }
                }
            }
        }
        RootKey::Words(hash.finish())
    }

    /// The tool calls in the message.
    pub fn calls(&self) -> impl Iterator<Item = &Call> {
        self.blocks.iter().filter_map(|block| match &block.kind {
            Kind::Call(call) => Some(call),
            _ => None,
        })
    }

    /// Whether nothing in the message is worth a row.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.blocks.iter().all(|b| matches!(b.kind, Kind::Text | Kind::Thinking) && b.text.trim().is_empty())
    }
}

/// Text without `<system-reminder>` sections, white space folded.
fn without_reminders(text: &str) -> String {
    const OPEN: &str = "<system-reminder>";
    const CLOSE: &str = "</system-reminder>";
    let mut kept = String::new();
    let mut rest = text;
    while let Some(start) = rest.find(OPEN) {
        fold_into(&mut kept, &rest[..start]);
        rest = match rest[start..].find(CLOSE) {
            Some(end) => &rest[start + end + CLOSE.len()..],
            None => "",
        };
    }
    fold_into(&mut kept, rest);
    kept
}

fn fold_into(kept: &mut String, text: &str) {
    for word in text.split_whitespace() {
        if !kept.is_empty() {
            kept.push(' ');
        }
        kept.push_str(word);
    }
}

/// A value as JSON text with keys sorted and without white space.
#[must_use]
pub fn canonical_json(value: &Value) -> String {
    let mut out = String::new();
    write_canonical(value, &mut out);
    out
}

/// Arguments that came as text: canonical JSON where the text is JSON, else the text as a JSON string, so that the
/// column always parses. No text at all is an empty object.
#[must_use]
pub fn canonical_arguments(text: &str) -> String {
    if text.trim().is_empty() {
        return "{}".to_owned();
    }
    serde_json::from_str::<Value>(text)
        .map_or_else(|_| Value::String(text.to_owned()).to_string(), |v| canonical_json(&v))
}

/// Writes a value with sorted keys. Does not rely on the map type behind `Value`, which features of other crates change.
pub fn write_canonical(value: &Value, out: &mut String) {
    match value {
        Value::Object(map) => {
            let mut keys: Vec<&String> = map.keys().collect();
            keys.sort_unstable();
            out.push('{');
            for (i, key) in keys.into_iter().enumerate() {
                if i > 0 {
                    out.push(',');
                }
                let _ = write!(out, "{}:", Value::String(key.clone()));
                write_canonical(&map[key], out);
            }
            out.push('}');
        }
        Value::Array(items) => {
            out.push('[');
            for (i, item) in items.iter().enumerate() {
                if i > 0 {
                    out.push(',');
                }
                write_canonical(item, out);
            }
            out.push(']');
        }
        scalar => {
            let _ = write!(out, "{scalar}");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(role: Role, blocks: Vec<Block>) -> Message {
        Message { role, blocks }
    }

    fn call(id: &str, arguments: &str) -> Block {
        Block {
            kind: Kind::Call(Call {
                id: Some(id.into()),
                name: "Bash".into(),
                named_server: None,
                arguments: arguments.into(),
                runs_at: "client",
            }),
            text: arguments.into(),
        }
    }

    #[test]
    fn identity_ignores_what_moves_without_meaning() {
        let thinking = Block { kind: Kind::Thinking, text: "hm".into() };
        let full =
            message(Role::Assistant, vec![thinking.clone(), Block::text("ok\n"), call("c1", r#"{"a":2,"b":1}"#)]);
        let echo = message(Role::Assistant, vec![Block::text("ok"), call("c1", r#"{"a":2,"b":1}"#), Block::text("")]);
        assert_eq!(full.content_id(), echo.content_id());
        assert_eq!(full.root_key(), echo.root_key());
        let bare = message(Role::Assistant, vec![thinking]);
        assert_ne!(bare.content_id(), message(Role::Assistant, vec![]).content_id());
    }

    #[test]
    fn identity_sees_every_difference_that_matters() {
        let base = message(Role::User, vec![Block::text("a b")]);
        assert_ne!(base.content_id(), message(Role::System, vec![Block::text("a b")]).content_id());
        assert_ne!(base.content_id(), message(Role::User, vec![Block::text("a c")]).content_id());
        assert_ne!(
            message(Role::Assistant, vec![call("c1", "{}")]).content_id(),
            message(Role::Assistant, vec![call("c2", "{}")]).content_id()
        );
        // Two blocks are not the same as one block with their text joined.
        assert_ne!(
            message(Role::User, vec![Block::text("a"), Block::text("b")]).content_id(),
            message(Role::User, vec![Block::text("ab")]).content_id()
        );
    }

    #[test]
    fn reminders_do_not_change_the_root() {
        let plain = message(Role::User, vec![Block::text("fix the  bug")]);
        let reminded = message(
            Role::User,
            vec![Block::text("<system-reminder>today is Monday</system-reminder>"), Block::text("fix the bug\n")],
        );
        assert_eq!(plain.root_key(), reminded.root_key());
        assert_ne!(plain.content_id(), reminded.content_id());
    }

    #[test]
    fn canonical_json_sorts_keys_and_survives_nonsense() {
        let text = r#"{"b":[1, {"d":null,"c":"x\n"}],"a":1.5}"#;
        assert_eq!(canonical_arguments(text), r#"{"a":1.5,"b":[1,{"c":"x\n","d":null}]}"#);
        assert_eq!(canonical_arguments("not \"json"), r#""not \"json""#);
        assert_eq!(canonical_arguments(" "), "{}");
    }
}
