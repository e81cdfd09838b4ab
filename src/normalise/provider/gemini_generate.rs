//! Gemini `generateContent` and `streamGenerateContent`, of the Gemini API and of Vertex AI.
//! Fields as in Google's public API reference for `models.generateContent`; services and clients write them in camel
//! case or with underscores.

mod parts;

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{Answer, Definition, MAX_PARTS, Provider, error_of, list, plain_url, take, take_either, take_text};
use crate::decode::Usage;
use crate::normalise::content::{Block, Call, Message, Role, canonical_json};

/// The format.
pub(super) struct GeminiGenerate;

impl Provider for GeminiGenerate {
    fn name(&self) -> &'static str {
        "gemini_generate"
    }

    fn has_path(&self, path: &str) -> bool {
        [":generateContent", ":streamGenerateContent", ":countTokens"].iter().any(|verb| path.ends_with(verb))
    }

    fn has_shape(&self, keys: &[&str]) -> bool {
        keys.contains(&"contents")
    }

    fn messages_key(&self) -> &'static str {
        "contents"
    }

    fn system_keys(&self) -> &'static [&'static str] {
        &["systemInstruction", "system_instruction"]
    }

    fn tools_keys(&self) -> &'static [&'static str] {
        &["tools"]
    }

    fn message(&self, element: Value) -> Message {
        parts::message(element)
    }

    fn system(&self, element: Value) -> Message {
        Message { role: Role::System, ..parts::message(element) }
    }

    fn tools(&self, _key: &str, value: Value) -> Vec<Definition> {
        list(value).into_iter().flat_map(definitions).collect()
    }

    fn answer(&self, body: Value) -> Option<Answer> {
        self.stream(&mut std::iter::once(body))
    }

    fn stream(&self, events: &mut dyn Iterator<Item = Value>) -> Option<Answer> {
        let mut candidates: BTreeMap<u64, Candidate> = BTreeMap::new();
        let mut answer = Answer::default();
        let mut seen = false;
        for mut body in events {
            if let Some(error) = error_of(&body) {
                (answer.error, seen) = (Some(error), true);
                continue;
            }
            let metered = take_either(&mut body, "usageMetadata", "usage_metadata");
            if let Some(counted) = body.get("totalTokens").and_then(Value::as_i64) {
                (answer.usage.input, answer.complete, seen) = (Some(counted), true, true);
            }
            if metered.is_object() {
                (answer.usage, seen) = (usage(&metered), true);
            }
            if let Some(reason) = body.pointer("/promptFeedback/blockReason").and_then(Value::as_str) {
                (answer.stop_reason, answer.complete, seen) = (Some(reason.to_owned()), true, true);
            }
            for candidate in list(take(&mut body, "candidates")) {
                let index = candidate.get("index").and_then(Value::as_u64).unwrap_or_default();
                seen = true;
                if candidates.len() < MAX_PARTS || candidates.contains_key(&index) {
                    candidates.entry(index).or_default().add(candidate);
                }
            }
        }
        // An error without any answer is whole; one in the middle of an answer cut it off.
        answer.complete |= answer.error.is_some() && candidates.is_empty();
        answer.complete |= !candidates.is_empty() && candidates.values().all(|c| c.finish_reason.is_some());
        for candidate in candidates.into_values() {
            answer.stop_reason = answer.stop_reason.or_else(|| candidate.finish_reason.clone());
            answer.usage.web_searches = answer.usage.web_searches.or(candidate.searches());
            answer.messages.extend(candidate.finish());
        }
        seen.then_some(answer)
    }
}

/// One candidate as it grows.
#[derive(Default)]
struct Candidate {
    parts: Vec<Value>,
    finish_reason: Option<String>,
    queries: Vec<Value>,
    read: Vec<String>,
}

impl Candidate {
    fn add(&mut self, mut candidate: Value) {
        if let Value::String(reason) = take_either(&mut candidate, "finishReason", "finish_reason") {
            self.finish_reason = Some(reason);
        }
        let parts = candidate.get_mut("content").map_or(Value::Null, |content| take(content, "parts"));
        self.parts.extend(list(parts));
        let mut grounding = take_either(&mut candidate, "groundingMetadata", "grounding_metadata");
        self.queries.extend(list(take_either(&mut grounding, "webSearchQueries", "web_search_queries")));
        for chunk in list(take_either(&mut grounding, "groundingChunks", "grounding_chunks")) {
            let uri =
                ["web", "retrievedContext", "maps"].iter().find_map(|kind| chunk.get(*kind)?.get("uri")?.as_str());
            self.read.extend(uri.map(str::to_owned));
        }
        let mut fetched = take_either(&mut candidate, "urlContextMetadata", "url_context_metadata");
        for mut page in list(take_either(&mut fetched, "urlMetadata", "url_metadata")) {
            if let Value::String(url) = take_either(&mut page, "retrievedUrl", "retrieved_url") {
                self.read.push(url);
            }
        }
        self.queries.truncate(MAX_PARTS);
        self.read.truncate(MAX_PARTS);
    }

    fn searches(&self) -> Option<i64> {
        (!self.queries.is_empty()).then(|| i64::try_from(self.queries.len()).unwrap_or(i64::MAX))
    }

    /// What the model said, and in a message of its own the search that it had run: the history does not repeat it.
    fn finish(self) -> Vec<Message> {
        let mut said = parts::message(json!({"role": "model", "parts": self.parts}));
        said.blocks.extend(self.read.into_iter().map(Block::citation));
        let mut messages = vec![said];
        if !self.queries.is_empty() {
            let call = Call {
                id: None,
                name: "googleSearch".to_owned(),
                named_server: None,
                arguments: canonical_json(&json!({"queries": self.queries})),
                runs_at: "provider",
            };
            messages.push(Message { role: Role::Assistant, blocks: vec![Block::call(call)] });
        }
        messages
    }
}

fn usage(value: &Value) -> Usage {
    let count = |key: &str| value.get(key).and_then(Value::as_i64);
    Usage {
        input: count("promptTokenCount"),
        output: count("candidatesTokenCount"),
        cached: count("cachedContentTokenCount"),
        cache_creation: None,
        reasoning: count("thoughtsTokenCount"),
        web_searches: None,
    }
}

/// An entry of `tools`: functions of the client, servers, and one key per built-in tool.
fn definitions(mut tool: Value) -> Vec<Definition> {
    let functions = take_either(&mut tool, "functionDeclarations", "function_declarations");
    let servers = take_either(&mut tool, "mcpServers", "mcp_servers");
    let mut found: Vec<Definition> = list(functions).into_iter().filter_map(function).collect();
    found.extend(list(servers).into_iter().filter_map(server));
    let built_in = tool.as_object().into_iter().flatten().filter(|(_, settings)| !settings.is_null());
    found.extend(built_in.map(|(name, settings)| Definition {
        name: name.clone(),
        named_server: None,
        wire_type: name.clone(),
        description: None,
        schema: settings.as_object().filter(|s| !s.is_empty()).map(|_| canonical_json(settings)),
        // The model drives a computer that the client owns.
        runs_at: if matches!(name.as_str(), "computerUse" | "computer_use") { "client" } else { "provider" },
        server_url: None,
    }));
    found
}

fn function(mut value: Value) -> Option<Definition> {
    let name = take_text(&mut value, "name")?;
    let schema = match take(&mut value, "parameters") {
        Value::Null => take_either(&mut value, "parametersJsonSchema", "parameters_json_schema"),
        schema => schema,
    };
    Some(Definition {
        name,
        named_server: None,
        wire_type: "function".to_owned(),
        description: take_text(&mut value, "description"),
        schema: (!schema.is_null()).then(|| canonical_json(&schema)),
        runs_at: "client",
        server_url: None,
    })
}

/// A server that the provider calls; the headers that carry its credentials are left where they are.
fn server(mut entry: Value) -> Option<Definition> {
    let name = take_text(&mut entry, "name")?;
    let mut transport = take_either(&mut entry, "streamableHttpTransport", "streamable_http_transport");
    Some(Definition {
        named_server: Some(name.clone()),
        name,
        wire_type: "mcp_server".to_owned(),
        description: None,
        schema: None,
        runs_at: "provider",
        server_url: take_text(&mut transport, "url").map(|url| plain_url(&url)),
    })
}
