//! Clients: how each one names itself, and how it turns an action into a call of one of its own tools.

use super::body_responses::SEARCH;
use super::rng::Rng;
use super::tools::wire_name;
use super::value::{Val, map};

/// A client program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Agent {
    /// Claude Code in a terminal.
    ClaudeCode,
    /// Claude Code without a terminal, as run by CI.
    ClaudeHeadless,
    /// Codex CLI with flat MCP names.
    Codex,
    /// Codex CLI that sends one namespace per MCP server.
    CodexNamespaces,
    /// opencode over Chat Completions.
    Opencode,
    /// Gemini CLI.
    GeminiCli,
    /// The operations team's own bot on the OpenAI Python SDK.
    OpsBot,
    /// The gateway's chat page.
    ApertureChat,
    /// An agent that nobody has approved.
    Shadow,
}

/// A provider's wire format.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wire {
    /// Anthropic Messages.
    Anthropic,
    /// OpenAI Chat Completions.
    Chat,
    /// OpenAI Responses.
    Responses,
    /// Gemini generateContent.
    Gemini,
}

impl Agent {
    /// The wire format the client speaks.
    pub(crate) fn wire(self) -> Wire {
        match self {
            Agent::ClaudeCode | Agent::ClaudeHeadless => Wire::Anthropic,
            Agent::Codex | Agent::CodexNamespaces => Wire::Responses,
            Agent::GeminiCli => Wire::Gemini,
            Agent::Opencode | Agent::OpsBot | Agent::ApertureChat | Agent::Shadow => Wire::Chat,
        }
    }

    /// The client's `User-Agent`.
    pub(crate) fn user_agent(self) -> &'static str {
        match self {
            Agent::ClaudeCode => "claude-cli/2.1.84 (external, cli)",
            Agent::ClaudeHeadless => "claude-cli/2.1.84 (external, sdk-cli)",
            Agent::Codex => "codex_cli_rs/0.98.0 (Mac OS 15.5.0; arm64) iTerm.app/3.6.6",
            Agent::CodexNamespaces => "codex_cli_rs/0.114.0 (Ubuntu 24.4.0; x86_64) xterm-256color",
            Agent::Opencode => "opencode/1.2.10 ai-sdk/openai-compatible/1.0.27 runtime/bun/1.3.5",
            Agent::GeminiCli => "GeminiCLI/0.33.1/gemini-2.5-pro (darwin; arm64)",
            Agent::OpsBot => "OpenAI/Python 2.21.0",
            Agent::ApertureChat => "Aperture-Chat/1.0",
            Agent::Shadow => "shadowpilot/0.3.1",
        }
    }

    /// A word for labels.
    pub(crate) fn label(self) -> &'static str {
        match self {
            Agent::ClaudeCode | Agent::ClaudeHeadless => "Claude Code",
            Agent::Codex | Agent::CodexNamespaces => "Codex",
            Agent::Opencode => "opencode",
            Agent::GeminiCli => "Gemini CLI",
            Agent::OpsBot => "own bot (OpenAI Python SDK)",
            Agent::ApertureChat => "Aperture Chat",
            Agent::Shadow => "shadowpilot",
        }
    }
}

/// One thing an agent does and what comes back, independent of the client.
#[derive(Debug, Clone)]
pub(crate) enum Act {
    /// Reads a file.
    Read(String, String),
    /// Replaces text in a file: path, old, new.
    Edit(String, String, String),
    /// Runs a shell command; the output.
    Run(String, String),
    /// Runs a shell command that fails.
    Fail(String, String),
    /// Searches file contents.
    Grep(String, String),
    /// Fetches a page.
    Fetch(String, String),
    /// Calls a tool by its raw name.
    Tool(&'static str, Val, String),
    /// Calls a tool of an integration: server, tool, arguments, result.
    Mcp(&'static str, &'static str, Val, String),
}

/// A call on its way to the wire, with the result that will be echoed.
#[derive(Debug, Clone)]
pub(crate) struct Call {
    /// Call id.
    pub(crate) id: String,
    /// Raw tool name.
    pub(crate) name: String,
    /// Namespace beside the name, for clients that use one.
    pub(crate) namespace: Option<String>,
    /// Arguments; for a free-form tool a text.
    pub(crate) args: Val,
    /// Result text.
    pub(crate) out: String,
    /// Whether the tool reported success.
    pub(crate) ok: bool,
}

/// Short forms for stories.
pub(crate) fn read(path: &str, text: impl Into<String>) -> Act {
    Act::Read(path.to_string(), text.into())
}
/// A command and its output.
pub(crate) fn run(command: impl Into<String>, output: impl Into<String>) -> Act {
    Act::Run(command.into(), output.into())
}
/// A page and its text.
pub(crate) fn fetch(url: &str, text: impl Into<String>) -> Act {
    Act::Fetch(url.to_string(), text.into())
}

impl Agent {
    /// Spells an action as a call of one of this client's tools.
    pub(crate) fn spell(self, act: Act, cwd: &str, r: &mut Rng) -> Call {
        let ok = !matches!(act, Act::Fail(..));
        let mut namespace = None;
        let (name, args, out) = match act {
            Act::Tool(name, args, out) => (name.to_string(), args, out),
            Act::Mcp(server, tool, args, out) => {
                namespace = (self == Agent::CodexNamespaces).then(|| format!("mcp__{server}"));
                (wire_name(self, server, tool), args, out)
            }
            other => match self {
                Agent::ClaudeCode | Agent::ClaudeHeadless => spell_claude(other),
                Agent::Codex | Agent::CodexNamespaces => spell_codex(other, cwd),
                Agent::Opencode => spell_opencode(other),
                Agent::GeminiCli => spell_gemini(other),
                Agent::OpsBot | Agent::ApertureChat | Agent::Shadow => spell_shadow(other),
            },
        };
        let prefix = if self.wire() == Wire::Anthropic { "toolu_01" } else { "call_" };
        let id = format!("{prefix}{}", r.chars(22, b"ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz123456789"));
        Call { id, name, namespace, args, out, ok }
    }
}

type Spelled = (String, Val, String);

fn spelled(name: &str, args: Val, out: String) -> Spelled {
    (name.to_string(), args, out)
}

fn numbered(text: &str) -> String {
    text.lines().enumerate().map(|(i, line)| format!("{:>6}→{line}\n", i + 1)).collect()
}

/// A few words about a command, as agents add them.
fn about(command: &str) -> String {
    format!("Run {}", command.split_whitespace().take(2).collect::<Vec<_>>().join(" "))
}

fn spell_claude(act: Act) -> Spelled {
    match act {
        Act::Read(p, t) => spelled("Read", map! { "file_path": p }, numbered(&t)),
        Act::Edit(p, old, new) => {
            let done = format!("The file {p} has been updated.");
            spelled("Edit", map! { "file_path": p, "old_string": old, "new_string": new }, done)
        }
        Act::Grep(p, o) => spelled("Grep", map! { "pattern": p, "output_mode": "content" }, o),
        Act::Fetch(u, t) => spelled("WebFetch", map! { "url": u, "prompt": "Summarise what matters for the task" }, t),
        Act::Run(c, o) | Act::Fail(c, o) => {
            let args = map! { "command": &c, "description": about(&c) };
            spelled("Bash", args, o)
        }
        Act::Tool(n, a, o) | Act::Mcp(_, n, a, o) => spelled(n, a, o),
    }
}

fn spell_codex(act: Act, cwd: &str) -> Spelled {
    let shell =
        |command: String, out: String| spelled("shell_command", map! { "command": command, "workdir": cwd }, out);
    match act {
        Act::Read(p, t) => shell(format!("sed -n '1,200p' {p}"), t),
        Act::Edit(p, old, new) => {
            let patch = format!("*** Begin Patch\n*** Update File: {p}\n@@\n-{old}\n+{new}\n*** End Patch");
            spelled("apply_patch", Val::Text(patch), format!("Success. Updated the following files:\nM {p}"))
        }
        Act::Grep(p, o) => shell(format!("rg -n '{p}'"), o),
        Act::Fetch(u, t) => spelled(SEARCH, map! { "type": "open_page", "url": u }, t),
        Act::Run(c, o) => shell(c, format!("Exit code: 0\nOutput:\n{o}")),
        Act::Fail(c, o) => shell(c, format!("Exit code: 1\nOutput:\n{o}")),
        Act::Tool(n, a, o) | Act::Mcp(_, n, a, o) => spelled(n, a, o),
    }
}

fn spell_opencode(act: Act) -> Spelled {
    match act {
        Act::Read(p, t) => spelled("read", map! { "filePath": p }, t),
        Act::Edit(p, old, new) => {
            spelled("edit", map! { "filePath": p, "oldString": old, "newString": new }, "Edit applied.".to_string())
        }
        Act::Grep(p, o) => spelled("grep", map! { "pattern": p }, o),
        Act::Fetch(u, t) => spelled("webfetch", map! { "url": u, "format": "markdown" }, t),
        Act::Run(c, o) | Act::Fail(c, o) => {
            let args = map! { "command": &c, "description": about(&c) };
            spelled("bash", args, o)
        }
        Act::Tool(n, a, o) | Act::Mcp(_, n, a, o) => spelled(n, a, o),
    }
}

fn spell_gemini(act: Act) -> Spelled {
    match act {
        Act::Read(p, t) => spelled("read_file", map! { "file_path": p }, t),
        Act::Edit(p, old, new) => {
            let args =
                map! { "file_path": p, "old_string": old, "new_string": new, "instruction": "Apply the agreed change" };
            spelled("replace", args, "Successfully modified file (1 replacement).".to_string())
        }
        Act::Grep(p, o) => spelled("search_file_content", map! { "pattern": p }, o),
        Act::Fetch(u, t) => spelled("web_fetch", map! { "prompt": format!("Summarise {u}") }, t),
        Act::Run(c, o) | Act::Fail(c, o) => {
            let args = map! { "command": &c, "description": about(&c) };
            spelled("run_shell_command", args, o)
        }
        Act::Tool(n, a, o) | Act::Mcp(_, n, a, o) => spelled(n, a, o),
    }
}

fn spell_shadow(act: Act) -> Spelled {
    match act {
        Act::Read(p, t) => spelled("read_path", map! { "path": p }, t),
        Act::Fetch(u, t) => spelled("browser", map! { "action": "open", "url": u }, t),
        Act::Grep(p, o) => spelled("exec", map! { "cmd": format!("grep -rn '{p}' .") }, o),
        Act::Run(c, o) | Act::Fail(c, o) => spelled("exec", map! { "cmd": c }, o),
        Act::Edit(p, old, new) => {
            spelled("exec", map! { "cmd": format!("sed -i 's|{old}|{new}|' {p}") }, String::new())
        }
        Act::Tool(n, a, o) | Act::Mcp(_, n, a, o) => spelled(n, a, o),
    }
}
