//! What a request body holds by design for servers that the provider calls: MCP credentials and whatever stands beside
//! them. These values reach no table; whoever keeps a ledger of secrets reads them from here.

use serde_json::Value;

/// A text of a server's entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Credential {
    /// Where it stands: `mcp_servers/0/authorization_token`, `tools/2/headers/Authorization`.
    pub path: String,
    /// Its value.
    pub value: String,
}

/// Most texts taken from one toolset, deepest nesting followed, longest text.
const MAX_TEXTS: usize = 500;
const MAX_DEPTH: usize = 6;
const MAX_BYTES: usize = 16 * 1024;

/// Fields that describe a server and cannot hold a credential.
const PLAIN: &[&str] = &["type", "name", "server_label", "description", "server_description", "allowed_tools"];

/// The texts of every server entry under a key that defines tools.
#[must_use]
pub fn credentials(key: &str, tools: &Value) -> Vec<Credential> {
    let mut found = Vec::new();
    let list = tools.as_array().map_or(std::slice::from_ref(tools), Vec::as_slice);
    for (at, entry) in list.iter().enumerate() {
        let is_server = key == "mcp_servers" || entry.get("type").and_then(Value::as_str) == Some("mcp");
        if is_server {
            collect(entry, &format!("{key}/{at}"), 0, &mut found);
        }
    }
    found
}

fn collect(value: &Value, path: &str, depth: usize, found: &mut Vec<Credential>) {
    if depth > MAX_DEPTH || found.len() >= MAX_TEXTS {
        return;
    }
    match value {
        Value::String(text) if !text.is_empty() => {
            let value = text.get(..text.floor_char_boundary(MAX_BYTES)).unwrap_or_default().to_owned();
            found.push(Credential { path: path.to_owned(), value });
        }
        Value::Array(items) => {
            for (at, item) in items.iter().enumerate() {
                collect(item, &format!("{path}/{at}"), depth + 1, found);
            }
        }
        Value::Object(members) => {
            let mut members: Vec<_> = members.iter().filter(|(name, _)| !PLAIN.contains(&name.as_str())).collect();
            members.sort_unstable_by_key(|(name, _)| *name);
            for (name, member) in members {
                let name: String = name.chars().filter(|c| !c.is_control()).take(80).collect();
                collect(member, &format!("{path}/{name}"), depth + 1, found);
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn servers_give_their_texts_and_other_tools_none() {
        let tools = json!([
            {"type": "function", "name": "a", "authorization": "no server"},
            {"type": "mcp", "server_label": "x", "authorization": "one", "headers": {"X-Key": "two"}, "n": 3},
        ]);
        let found = credentials("tools", &tools);
        let found: Vec<_> = found.iter().map(|c| (c.path.as_str(), c.value.as_str())).collect();
        assert_eq!(found, [("tools/1/authorization", "one"), ("tools/1/headers/X-Key", "two")]);
        let servers = json!([{"type": "url", "url": "https://u", "name": "n", "authorization_token": "t"}]);
        let found = credentials("mcp_servers", &servers);
        assert_eq!(
            found.iter().map(|c| c.path.as_str()).collect::<Vec<_>>(),
            ["mcp_servers/0/authorization_token", "mcp_servers/0/url"]
        );
    }

    #[test]
    fn a_hostile_entry_is_bounded() {
        let mut deep = json!("x");
        for _ in 0..50 {
            deep = json!({ "a": deep });
        }
        let wide: Vec<Value> = (0..5000).map(|n| json!(n.to_string())).collect();
        let found = credentials("mcp_servers", &json!([{"a": deep, "b": wide, "c": "é".repeat(100_000)}]));
        assert!(found.len() <= MAX_TEXTS && found.iter().all(|c| c.value.len() <= MAX_BYTES));
    }
}
