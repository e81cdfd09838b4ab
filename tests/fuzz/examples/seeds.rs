//! Writes the inputs that fuzzing starts from, made of `samples/`: `corpus/<target>/…`.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use lightmeter_fuzz::BETWEEN;
use serde_json::Value;
// The instrumentation of the stages needs its runtime.
use libfuzzer_sys as _;

fn main() -> io::Result<()> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let samples = here.join("../../samples");
    let corpus = Corpus(here.join("corpus"));
    for folder in list(&samples.join("bodies"))?.iter().filter(|path| path.is_dir()) {
        let format = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
        for file in list(folder)? {
            let Ok(value) = serde_json::from_slice::<Value>(&fs::read(&file)?) else { continue };
            let exchanges = value.as_array().cloned().unwrap_or_else(|| vec![value]);
            for exchange in &exchanges {
                corpus.exchange(&format, exchange)?;
            }
        }
    }
    for export in list(&samples.join("exports"))?.iter().filter(|path| path.extension().is_some_and(|e| e == "zstd")) {
        let object = fs::read(export)?;
        let sequence = zstd::decode_all(object.as_slice())?;
        corpus.add("cbor", &sequence[..sequence.len().min(20_000)])?;
        corpus.add("frames", &zstd::encode_all(&sequence[..sequence.len().min(4000)], 3)?)?;
    }
    for (nth, line) in include_str!("../../../src/normalise/facts/shell_tests.rs").lines().enumerate() {
        if let Some((_, rest)) = line.split_once('"') {
            let script = rest.rsplit_once('"').map_or(rest, |(script, _)| script).replace("\\\"", "\"");
            corpus.add("shell", &[&[u8::try_from(nth % 4).unwrap_or(0)], script.as_bytes()].concat())?;
        }
    }
    for name in
        ["mcp__github__create_issue", "mcp--a--b", "cXu4Oz0mcp0tool", "a___b", "dev__shell", "mcp_s_t", "a_b", "plain"]
    {
        corpus.add("tool_names", name.as_bytes())?;
    }
    let hidden = br#"{"server_name":"github","tool_name":"create_issue","arguments":"{\"title\":\"x\"}"}"#;
    corpus.add("tool_names", &[b"use_mcp_tool", BETWEEN, hidden].concat())?;
    let hidden = br#"{"tool":"github_create_issue","args":"{\"title\":\"x\"}"}"#;
    corpus.add("tool_names", &[b"aperture_connector_tool_call", BETWEEN, hidden].concat())
}

/// What a folder holds, in order.
fn list(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut paths = fs::read_dir(folder)?.map(|entry| entry.map(|e| e.path())).collect::<io::Result<Vec<_>>>()?;
    paths.sort();
    Ok(paths)
}

struct Corpus(PathBuf);

impl Corpus {
    /// A request, its answer and the texts in both.
    fn exchange(&self, format: &str, exchange: &Value) -> io::Result<()> {
        let body = |key: &str| match (&exchange[key], &exchange[format!("{key}_text")]) {
            (Value::Null, Value::String(text)) => text.clone(),
            (Value::Null, _) => String::new(),
            (json, _) => json.to_string(),
        };
        let (request, response, raw) = (body("request"), body("response"), body("raw_response"));
        if format != "others" {
            self.add(format, &[request.as_bytes(), response.as_bytes(), raw.as_bytes()].join(BETWEEN))?;
        }
        let formats = ["anthropic_messages", "openai_chat", "openai_responses", "gemini_generate", "bedrock_converse"];
        let nth = formats.iter().position(|f| *f == format).and_then(|nth| u8::try_from(nth).ok()).unwrap_or(0);
        for (stream, first) in [(response, nth), (raw, nth + 130)] {
            if !stream.is_empty() {
                self.add("sse", &[&[first], stream.as_bytes()].concat())?;
            }
        }
        let mut texts = Vec::new();
        texts_of(&exchange["request"], &mut texts);
        texts.iter().try_for_each(|text| self.add("text", text.as_bytes()))
    }

    /// Adds one input to those of a target.
    fn add(&self, target: &str, input: &[u8]) -> io::Result<()> {
        let folder = self.0.join(target);
        fs::create_dir_all(&folder)?;
        let name = twox_hash::XxHash3_64::oneshot(input);
        fs::write(folder.join(format!("{name:016x}")), input)
    }
}

fn texts_of(value: &Value, texts: &mut Vec<String>) {
    match value {
        Value::String(text) => texts.push(text.clone()),
        Value::Array(list) => list.iter().for_each(|v| texts_of(v, texts)),
        Value::Object(map) => map.values().for_each(|v| texts_of(v, texts)),
        _ => {}
    }
}
