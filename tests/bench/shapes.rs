//! Exports as agents cause them, made from nothing: growing conversations that every request repeats.

use std::fmt::Write as _;
use std::fs::File;
use std::io::{Result, Write};
use std::path::Path;

use ciborium::Value;

/// How conversations are laid into an export.
pub(crate) struct Shape {
    /// Name on the command line.
    pub(crate) name: &'static str,
    /// What it stands for.
    pub(crate) about: &'static str,
    /// Conversations at a time.
    conversations: usize,
    /// Requests per conversation.
    turns: usize,
    /// Requests in a row before another conversation has its turn.
    burst: usize,
    /// Bytes that a turn adds.
    added: usize,
    /// Whether the gateway kept the raw bytes of the body too.
    raw: bool,
    /// Every so many turns an old result is cleared; 0 for never.
    cleared: usize,
    /// Whether a request repeats what came before.
    echo: bool,
}

const ECHO: Shape = Shape {
    name: "echo",
    about: "long conversations in bursts, as usual",
    conversations: 10,
    turns: 150,
    burst: 25,
    added: 4_000,
    raw: false,
    cleared: 0,
    echo: true,
};

/// Every shape, in the order in which they are measured.
pub(crate) const ALL: [Shape; 5] = [
    ECHO,
    Shape { name: "raw", about: "the same, with the raw bytes of every body beside it", raw: true, turns: 110, ..ECHO },
    Shape { name: "scattered", about: "the same, conversations taking turns at every request", burst: 1, ..ECHO },
    Shape { name: "cleared", about: "the same, old results are cleared every ten turns", cleared: 10, ..ECHO },
    Shape {
        name: "fresh",
        about: "hardly any repetition: much new text in every request",
        turns: 40,
        added: 400_000,
        echo: false,
        ..ECHO
    },
];

/// What was written.
pub(crate) struct Made {
    /// Records.
    pub(crate) records: u64,
    /// Bytes before compression.
    pub(crate) decompressed: u64,
}

/// Numbers that are the same on every run.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % limit as u64) as usize
    }

    /// Something like source code, with what JSON escapes in it.
    fn code(&mut self, bytes: usize) -> String {
        const WORDS: [&str; 16] = [
            "fn", "let", "self", "return", "error", "config", "\"name\"", "path::to", "->", "==", "match", "value",
            "session", "\\n", "// why", "request",
        ];
        let mut out = String::with_capacity(bytes + 16);
        while out.len() < bytes {
            let _ = match self.below(9) {
                0 => write!(out, "\n    "),
                1 => write!(out, "{} = {};", WORDS[self.below(16)], self.below(1_000_000)),
                2 => write!(out, "{:x} ", self.0),
                _ => write!(out, "{} ", WORDS[self.below(16)]),
            };
        }
        out
    }
}

struct Conversation {
    system: String,
    tools: String,
    messages: Vec<String>,
    turn: usize,
}

fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

impl Conversation {
    fn new(random: &mut Random) -> Self {
        let tool = |n: usize, random: &mut Random| {
            let about = quoted(&random.code(1_500));
            format!(
                r#"{{"name":"Tool{n}","description":{about},"input_schema":{{"type":"object","properties":{{"path":{{"type":"string"}}}}}}}}"#
            )
        };
        let tools: Vec<String> = (0..20).map(|n| tool(n, random)).collect();
        let asked = format!(r#"{{"role":"user","content":{}}}"#, quoted(&random.code(300)));
        Self { system: quoted(&random.code(12_000)), tools: tools.join(","), messages: vec![asked], turn: 0 }
    }

    /// The body of its next request, and the answer, both of which are then part of the history.
    fn next(&mut self, id: usize, shape: &Shape, random: &mut Random) -> (String, String) {
        self.turn += 1;
        if shape.cleared > 0 && self.turn.is_multiple_of(shape.cleared) {
            let old = (random.below(self.messages.len()) / 2) * 2;
            if let Some(message) = self.messages.get_mut(old).filter(|m| m.contains("tool_result")) {
                let call = message.split('"').nth(13).unwrap_or_default().to_owned();
                *message = format!(
                    r#"{{"role":"user","content":[{{"type":"tool_result","tool_use_id":"{call}","content":"[Old tool result content cleared]"}}]}}"#
                );
            }
        }
        let body = format!(
            r#"{{"model":"claude-x","max_tokens":32000,"messages":[{}],"system":[{{"type":"text","text":"x-anthropic-billing-header: cch={:016x};"}},{{"type":"text","text":{}}}],"tools":[{}],"metadata":{{"user_id":"user_0_account_1_session_{id}"}},"stream":true}}"#,
            self.messages.join(","),
            random.below(usize::MAX),
            self.system,
            self.tools
        );
        let call = format!("toolu_{id}_{}", self.turn);
        let content = format!(
            r#"[{{"type":"text","text":{}}},{{"type":"tool_use","id":"{call}","name":"Tool{}","input":{{"path":"src/{}.rs"}}}}]"#,
            quoted(&random.code(200)),
            self.turn % 20,
            self.turn
        );
        let answer = format!(
            r#"{{"type":"message","role":"assistant","content":{content},"stop_reason":"tool_use","usage":{{"input_tokens":10,"output_tokens":5}}}}"#
        );
        if !shape.echo {
            self.messages.clear();
        }
        let result = quoted(&random.code(shape.added));
        self.messages.push(format!(r#"{{"role":"assistant","content":{content}}}"#));
        self.messages.push(format!(
            r#"{{"role":"user","content":[{{"tool_use_id":"{call}","type":"tool_result","content":{result}}}]}}"#
        ));
        (body, answer)
    }
}

fn map(fields: Vec<(&str, Value)>) -> Value {
    Value::Map(fields.into_iter().map(|(k, v)| (Value::from(k), v)).collect())
}

fn record(id: u64, conversation: usize, (body, answer): (String, String), shape: &Shape) -> Value {
    let time = format!("2026-03-{:02}T{:02}:{:02}:{:02}Z", 1 + id / 86_400, id / 3600 % 24, id / 60 % 60, id % 60);
    let raw = if shape.raw { Value::Bytes(body.clone().into_bytes()) } else { Value::Null };
    let headers = map(vec![("User-Agent", Value::Array(vec!["claude-cli/2.1.63 (external, cli)".into()]))]);
    let capture = map(vec![
        ("id", format!("capture-{id}").into()),
        ("startTime", time.as_str().into()),
        ("path", "/v1/messages".into()),
        ("requestHeaders", headers),
        ("requestBody", body.into()),
        ("rawRequestBody", raw),
        ("responseBody", answer.into()),
    ]);
    map(vec![
        ("id", id.into()),
        ("ver", 2.into()),
        ("timestamp", time.as_str().into()),
        (
            "identity",
            map(vec![
                ("login_name", format!("user{conversation}@example.com").into()),
                ("stable_node_id", "n1".into()),
            ]),
        ),
        ("model", "anthropic/claude-x".into()),
        ("duration_ms", 900.into()),
        ("capture_id", format!("capture-{id}").into()),
        ("session_id", format!("s{conversation}").into()),
        ("path", "/v1/messages".into()),
        ("status_code", 200.into()),
        ("capture", capture),
    ])
}

/// Writes an export of the shape.
pub(crate) fn write(shape: &Shape, file: &Path) -> Result<Made> {
    let mut random = Random(0x6c69_6768_746d_6574);
    let mut conversations: Vec<Conversation> =
        (0..shape.conversations).map(|_| Conversation::new(&mut random)).collect();
    let mut encoder = zstd::stream::write::Encoder::new(File::create(file)?, 3)?;
    encoder.include_checksum(true)?;
    encoder.window_log(23)?;
    let mut made = Made { records: 0, decompressed: 0 };
    while conversations.iter().any(|c| c.turn < shape.turns) {
        for (id, conversation) in conversations.iter_mut().enumerate() {
            for _ in 0..shape.burst.min(shape.turns - conversation.turn) {
                made.records += 1;
                let bodies = conversation.next(id, shape, &mut random);
                let mut bytes = Vec::new();
                let value = record(made.records, id, bodies, shape);
                ciborium::into_writer(&value, &mut bytes).map_err(std::io::Error::other)?;
                made.decompressed += bytes.len() as u64;
                encoder.write_all(&bytes)?;
            }
        }
    }
    encoder.finish()?.sync_all()?;
    Ok(made)
}
