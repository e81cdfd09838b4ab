//! `commands`: what shell calls ask a shell to run.

use std::sync::Arc;

use super::{Time, table};

table! {
    /// One row per simple command in the arguments of a tool call that carries a shell script, once per call and export.
    pub struct Command in "commands", partitioned by time;
    example "SELECT program, subcommand, count(*) AS times FROM commands GROUP BY program, subcommand ORDER BY times DESC";
    {
        /// The call that asks for it; joins to `tool_calls`.
        pub call_uid: String,
        /// Export object of the first request that shows the call.
        pub export_key: Arc<str>,
        /// Record id of that request.
        pub record_id: Option<i64>,
        /// Time of the call.
        pub time: Time,
        /// Tailscale login.
        pub login: Arc<str>,
        /// Stable node id of the device.
        pub device: Arc<str>,
        /// lightmeter's session.
        pub session_id: Arc<str>,
        /// Rebuilt conversation.
        pub conversation_id: Arc<str>,
        /// Position of the call's message in its conversation.
        pub position: i64,
        /// Position of the call in its message.
        pub part: i64,
        /// Tool name exactly as on the wire.
        pub raw_name: Arc<str>,
        /// Order in the script, from 1; a command inside another one follows it.
        pub nth: i64,
        /// How deep it stands inside other commands: 0 for the script itself.
        pub depth: i64,
        /// `sh`, `powershell` or `cmd`.
        pub dialect: &'static str,
        /// Where it stands: `top`, `substitution` (`$(…)`, backquotes, `<(…)`), `function`, `nested` (the script of
        /// `sh -c`, `eval`, `find -exec` and the like), `heredoc` (fed to a shell), `decoded` (an encoded text that is
        /// decoded and run), `remote` (of `ssh host`) or `container` (of `docker exec` and the like).
        pub context: &'static str,
        /// What runs it: `sudo`, `env`, `timeout`, `xargs`, `nohup`, … outermost first, joined by spaces; null when nothing.
        pub wrapper: Option<String>,
        /// Base name of the program, lower case; empty where the script only assigns or redirects, `$…` where a variable
        /// names it.
        pub program: String,
        /// First word after the options for programs of several levels (`push` of `git push`); null for others.
        pub subcommand: Option<String>,
        /// Options as written, secrets redacted, at most 64.
        pub flags: Vec<String>,
        /// Other words, without quotes, secrets redacted, at most 64 of at most 512 bytes.
        pub arguments: Vec<String>,
        /// Files that input is redirected from.
        pub reads: Vec<String>,
        /// Files that output is redirected to.
        pub writes: Vec<String>,
        /// `nth` of the command whose output it reads through a pipe.
        pub pipe_from: Option<i64>,
        /// `nth` of the command that reads its output through a pipe.
        pub pipe_to: Option<i64>,
        /// How it follows the command before it: empty for the first, `&&`, `||`, `;`, `&` or `|`.
        pub operator: &'static str,
        /// Names of the variables assigned for it.
        pub environment: Vec<String>,
        /// The command as written, secrets redacted, at most 1024 bytes.
        pub text: String,
        /// Whether the grammar understood the whole script; otherwise it was split into words as well as possible.
        pub parsed: bool,
    }
}
