//! Tool names: which naming scheme a raw name follows, and which server and tool it then names.
//!
//! Only what the name itself tells. Which integration a server is, and whether an unqualified name belongs to the
//! client, is decided in SQL with the catalogue, so that a better list needs no new conversion.

use serde_json::Value;

use super::content::{Call, canonical_json};

/// A name, taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ToolName {
    /// Scheme, written as its own shape.
    pub naming: &'static str,
    /// Server part.
    pub server: Option<String>,
    /// Tool part; the whole name where there is no server part.
    pub tool: String,
}

/// Takes a raw tool name apart.
#[must_use]
pub fn parse_name(raw: &str) -> ToolName {
    let split = |naming, prefix: &str, separator: &str| {
        let (server, tool) = raw.strip_prefix(prefix)?.split_once(separator)?;
        (!server.is_empty() && !tool.is_empty()).then(|| ToolName {
            naming,
            server: Some(server.to_owned()),
            tool: tool.to_owned(),
        })
    };
    split("mcp__S__T", "mcp__", "__")
        .or_else(|| split("mcp--S--T", "mcp--", "--"))
        .or_else(|| keyed_name(raw))
        .or_else(|| split("S___T", "", "___"))
        .or_else(|| split("S__T", "", "__"))
        .or_else(|| split("mcp_S_T", "mcp_", "_"))
        .or_else(|| split("S_T", "", "_").filter(|name| !name.tool.starts_with('_')))
        .unwrap_or_else(|| ToolName { naming: "plain", server: None, tool: raw.to_owned() })
}

/// `cXu4Oz0mcp0tool`: a six-character key stands for the server, whose name is not on the wire.
fn keyed_name(raw: &str) -> Option<ToolName> {
    let (key, tool) = raw.split_once("0mcp0")?;
    let is_key = key.len() == 6 && key.bytes().all(|b| b.is_ascii_alphanumeric());
    (is_key && !tool.is_empty()).then(|| ToolName {
        naming: "X0mcp0T",
        server: Some(key.to_owned()),
        tool: tool.to_owned(),
    })
}

/// A call that reaches its real tool through a generic one, unwrapped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inner {
    /// Server named in the arguments; `None` when the tool's own name carries it.
    pub server: Option<String>,
    /// The tool that is really called.
    pub tool: String,
    /// Its arguments as canonical JSON text.
    pub arguments: String,
}

/// Generic tools: their name, then the arguments that hold server, tool and arguments of the real call.
const META_TOOLS: &[(&str, Option<&str>, &str, &str)] = &[
    ("use_mcp_tool", Some("server_name"), "tool_name", "arguments"),
    ("aperture_connector_tool_call", None, "tool", "args"),
];

/// Looks through a generic tool to the call it carries.
#[must_use]
pub fn unwrap_meta(call: &Call) -> Option<Inner> {
    let (_, server_key, tool_key, arguments_key) = META_TOOLS.iter().find(|(name, ..)| call.name.ends_with(name))?;
    let arguments: Value = serde_json::from_str(&call.arguments).ok()?;
    let text = |key: &str| arguments.get(key).and_then(Value::as_str).filter(|v| !v.is_empty());
    let inner = match arguments.get(*arguments_key) {
        Some(Value::String(text)) => super::content::canonical_arguments(text),
        Some(value) => canonical_json(value),
        None => "{}".to_owned(),
    };
    Some(Inner {
        server: match server_key {
            Some(key) => Some(text(key)?.to_owned()),
            None => None,
        },
        tool: text(tool_key)?.to_owned(),
        arguments: inner,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_naming_scheme_is_recognised() {
        for (raw, naming, server, tool) in [
            ("mcp__github__create_issue", "mcp__S__T", Some("github"), "create_issue"),
            ("mcp__plugin_dev_linear__list", "mcp__S__T", Some("plugin_dev_linear"), "list"),
            ("mcp__aperture__github_create_issue", "mcp__S__T", Some("aperture"), "github_create_issue"),
            ("mcp--linear--search", "mcp--S--T", Some("linear"), "search"),
            ("cXu4Oz0mcp0query", "X0mcp0T", Some("cXu4Oz"), "query"),
            ("fetch___get", "S___T", Some("fetch"), "get"),
            ("developer__shell", "S__T", Some("developer"), "shell"),
            ("mcp_jira_search_issues", "mcp_S_T", Some("jira"), "search_issues"),
            ("jira_search", "S_T", Some("jira"), "search"),
            ("Bash", "plain", None, "Bash"),
            ("_private", "plain", None, "_private"),
            ("mcp__", "plain", None, "mcp__"),
            ("", "plain", None, ""),
        ] {
            let name = parse_name(raw);
            assert_eq!((name.naming, name.server.as_deref(), name.tool.as_str()), (naming, server, tool), "{raw}");
        }
    }

    #[test]
    fn generic_tools_are_looked_through() {
        let call = |name: &str, arguments: &str| Call {
            id: None,
            name: name.into(),
            named_server: None,
            arguments: arguments.into(),
            runs_at: "client",
        };
        let inner =
            unwrap_meta(&call("use_mcp_tool", r#"{"arguments":"{\"q\":1}","server_name":"jira","tool_name":"find"}"#));
        assert_eq!(
            inner,
            Some(Inner { server: Some("jira".into()), tool: "find".into(), arguments: r#"{"q":1}"#.into() })
        );
        let inner = unwrap_meta(&call("aperture_connector_tool_call", r#"{"args":{"a":1},"tool":"github_get"}"#));
        assert_eq!(inner, Some(Inner { server: None, tool: "github_get".into(), arguments: r#"{"a":1}"#.into() }));
        assert_eq!(unwrap_meta(&call("use_mcp_tool", r#"{"tool_name":"find"}"#)), None);
        assert_eq!(unwrap_meta(&call("Bash", "{}")), None);
    }
}
