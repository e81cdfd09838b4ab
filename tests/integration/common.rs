//! Runs the program as a user would, in a place of its own: an empty home, a scrubbed environment, a temporary lake.
//!
//! Every run is checked for what must hold always: no secret that the samples plant, no credentials of the S3 server, no
//! terminal sequences, no backtrace.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::LazyLock;
use std::time::Duration;

use arrow::json::writer::{LineDelimited, WriterBuilder};
use lightmeter::commands::engine;
use lightmeter::config::Config;
use lightmeter::decode::{Decoder, Limits};
use lightmeter::lake::Lake;
use lightmeter::window::Window;
use serde_json::Value;
use tempfile::TempDir;

use crate::s3_server;
use crate::samples::generate;

/// The program under test.
pub(crate) const PROGRAM: &str = env!("CARGO_BIN_EXE_lightmeter");

/// Longer than any run takes, also on a busy machine.
const PATIENCE: Duration = Duration::from_secs(300);

/// What a run gave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Run {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Run {
    /// Requires an exit code.
    #[track_caller]
    pub(crate) fn code(self, code: i32) -> Self {
        let out: String = self.stdout.chars().take(3_000).collect();
        assert!(self.code == code, "exit code {} instead of {code}\n{}\n--- output\n{out}", self.code, self.stderr);
        self
    }

    /// Requires texts on standard error.
    #[track_caller]
    pub(crate) fn says(self, texts: &[&str]) -> Self {
        for text in texts {
            assert!(self.stderr.contains(text), "{text:?} is not in {:?}", self.stderr);
        }
        self
    }

    /// The output as JSON.
    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|e| panic!("{e}: {}", self.stdout))
    }

    /// The output as one JSON value per line.
    #[track_caller]
    pub(crate) fn lines(&self) -> Vec<Value> {
        self.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }
}

/// A place to run in: home, current folder and lake, removed when dropped.
pub(crate) struct Home {
    dir: TempDir,
}

impl Home {
    pub(crate) fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        for name in ["home", "tmp", "work"] {
            fs::create_dir(dir.path().join(name)).unwrap();
        }
        // One key for all, so that lakes can be compared.
        fs::write(dir.path().join("home/fingerprint.key"), "5a".repeat(32)).unwrap();
        Self { dir }
    }

    /// A path in the current folder of the runs.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join("work").join(name)
    }

    /// Writes a file in the current folder of the runs.
    pub(crate) fn write(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, content).unwrap();
        path
    }

    /// Writes exports into a folder.
    pub(crate) fn exports(&self, folder: &str, exports: &[Export]) -> PathBuf {
        fs::create_dir_all(self.path(folder)).unwrap();
        for export in exports {
            self.write(&format!("{folder}/{}", export.name), &export.compressed);
        }
        self.path(folder)
    }

    pub(crate) fn lake(&self) -> PathBuf {
        self.dir.path().join("lake")
    }

    /// A command in this place, with nothing of the machine's environment but the search path.
    pub(crate) fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(PROGRAM);
        command.args(args).env_clear().current_dir(self.dir.path().join("work")).stdin(Stdio::null());
        command.env("PATH", std::env::var_os("PATH").unwrap_or_default());
        command.env("HOME", self.dir.path().join("home")).env("TMPDIR", self.dir.path().join("tmp"));
        command.env("LIGHTMETER_LAKE", self.lake());
        command.env("LIGHTMETER_FINGERPRINT_KEY", self.dir.path().join("home/fingerprint.key"));
        command
    }

    /// Runs to the end.
    #[track_caller]
    pub(crate) fn run(&self, args: &[&str]) -> Run {
        self.finish(self.command(args), None)
    }

    /// Runs to the end with something on standard input.
    #[track_caller]
    pub(crate) fn run_with_input(&self, args: &[&str], input: &str) -> Run {
        self.finish(self.command(args), Some(input))
    }

    /// Runs a prepared command to its end and checks what must always hold.
    #[track_caller]
    pub(crate) fn finish(&self, command: Command, input: Option<&str>) -> Run {
        let reveals = command.get_args().any(|arg| arg == "--reveal");
        let mut command = assert_cmd::Command::from_std(command);
        if let Some(input) = input {
            command.write_stdin(input);
        }
        let output = command.timeout(PATIENCE).output().unwrap();
        let run = Run {
            code: output.status.code().unwrap_or(-1),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        };
        for (name, text) in [("standard output", &run.stdout), ("standard error", &run.stderr)] {
            assert!(!text.contains('\u{1b}'), "a terminal sequence on {name}: {text:?}");
            assert!(!text.contains("panicked at"), "{text}");
            if !reveals {
                let leaked = leaked(text);
                assert!(leaked.is_empty(), "{leaked:?} on {name} of {:?}", command);
            }
        }
        run
    }

    /// One query, as JSON lines.
    #[track_caller]
    pub(crate) fn query(&self, sql: &str) -> Vec<Value> {
        self.run(&["query", sql, "--format", "jsonl"]).code(0).lines()
    }

    /// Every row of every table, see [`dump`].
    pub(crate) fn dump(&self) -> BTreeMap<String, Vec<String>> {
        dump(&self.lake())
    }
}

/// An export: a name and its compressed bytes.
#[derive(Clone)]
pub(crate) struct Export {
    pub(crate) name: String,
    pub(crate) compressed: Vec<u8>,
}

/// The sample exports as they are committed.
pub(crate) fn samples() -> &'static [Export] {
    static SAMPLES: LazyLock<Vec<Export>> = LazyLock::new(|| {
        let folder = repository().join("samples/exports");
        let mut names: Vec<String> = fs::read_dir(&folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .filter(|name| name.ends_with(".cbor.zstd"))
            .collect();
        names.sort();
        assert_eq!(names.len(), 5);
        names.into_iter().map(|name| Export { compressed: fs::read(folder.join(&name)).unwrap(), name }).collect()
    });
    &SAMPLES
}

/// The sample exports cut down to what a few people did: little enough to be read many times, with conversations that
/// go on from one export to the next and with planted stories.
pub(crate) fn small() -> &'static [Export] {
    static SMALL: LazyLock<Vec<Export>> = LazyLock::new(|| {
        let wanted = ["judy@example.com", "karl@example.com"];
        samples().iter().map(|export| with_records_of(export, |login, _| wanted.contains(&login))).collect()
    });
    &SMALL
}

/// An export with some of the records of another, chosen by login and number.
pub(crate) fn with_records_of(export: &Export, mut wanted: impl FnMut(&str, u64) -> bool) -> Export {
    let bytes = zstd::stream::decode_all(&export.compressed[..]).unwrap();
    let mut decoder = Decoder::new(&export.compressed[..], Limits::default());
    let mut kept = Vec::new();
    while let Some(record) = decoder.next() {
        let record = record.unwrap();
        if wanted(&record.login, record.number) {
            let start = usize::try_from(record.offset).unwrap();
            kept.extend_from_slice(&bytes[start..start + usize::try_from(record.size).unwrap()]);
        }
    }
    Export { name: export.name.clone(), compressed: zstd::stream::encode_all(&kept[..], 3).unwrap() }
}

/// Number of records of an undamaged export.
pub(crate) fn records(export: &Export) -> u64 {
    let mut decoder = Decoder::new(&export.compressed[..], Limits::default());
    let mut count = 0;
    while let Some(record) = decoder.next() {
        record.unwrap();
        count += 1;
    }
    count
}

/// A place whose lake holds all samples; shared, so only for runs that change nothing.
pub(crate) fn analysed() -> &'static Analysed {
    static ANALYSED: LazyLock<Analysed> = LazyLock::new(|| {
        let home = Home::new();
        let folder = home.exports("exports", samples());
        let folder = folder.to_str().unwrap();
        let markdown = home.run(&["analyze", folder]).code(0);
        let json = home.run(&["analyze", "--offline", "--format", "json"]).code(0);
        Analysed { home, markdown, json }
    });
    &ANALYSED
}

/// See [`analysed`].
pub(crate) struct Analysed {
    pub(crate) home: Home,
    pub(crate) markdown: Run,
    pub(crate) json: Run,
}

/// Names of all tables: those of the lake and the public ones.
pub(crate) fn table_names() -> Vec<String> {
    let stored = lightmeter::tables::all().into_iter().map(|table| format!("lake.{}", table.name));
    let views = lightmeter::detect::views::views().unwrap().into_iter().map(|view| view.name);
    stored.chain(["lake.exports".to_owned()]).chain(views).collect()
}

/// Every row of every table of a lake, as sorted JSON lines. One engine answers for all tables, because setting one up
/// takes longer than a query.
pub(crate) fn dump(lake: &Path) -> BTreeMap<String, Vec<String>> {
    dump_of(lake, |_| true)
}

/// The same of some tables.
pub(crate) fn dump_of(lake: &Path, wanted: impl Fn(&str) -> bool) -> BTreeMap<String, Vec<String>> {
    let names: Vec<String> = table_names().into_iter().filter(|name| wanted(name)).collect();
    // Views are computed only where one is wanted.
    let question = names.iter().all(|name| name.starts_with("lake.")).then_some("SELECT 1");
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let lake = Lake::open_existing(lake).unwrap();
        let ledger = lake.ledger().unwrap();
        assert!(ledger.damaged.is_empty(), "{:?}", ledger.damaged);
        let engine =
            engine::open(Some((&lake, &ledger)), Window::default(), &Config::default(), &[], question).await.unwrap();
        let mut tables = BTreeMap::new();
        for name in names {
            let batches = engine.session.run(&format!("SELECT * FROM {name}")).await.unwrap();
            let mut text = Vec::new();
            let mut writer = WriterBuilder::new().with_explicit_nulls(true).build::<_, LineDelimited>(&mut text);
            for batch in &batches {
                writer.write(batch).unwrap();
            }
            writer.finish().unwrap();
            let mut lines: Vec<String> = String::from_utf8(text).unwrap().lines().map(str::to_owned).collect();
            lines.sort_unstable();
            tables.insert(name, lines);
        }
        tables
    })
}

/// Requires two dumps to be equal, and shows where they are not.
#[track_caller]
pub(crate) fn same_tables(found: &BTreeMap<String, Vec<String>>, expected: &BTreeMap<String, Vec<String>>, when: &str) {
    assert_eq!(found.keys().collect::<Vec<_>>(), expected.keys().collect::<Vec<_>>());
    for (name, rows) in expected {
        let other = &found[name];
        let cut = |row: Option<&String>| row.map(|r| r.chars().take(400).collect::<String>());
        let at = rows.iter().zip(other).take_while(|(a, b)| a == b).count();
        assert!(
            rows == other,
            "{when}: {name} has {} rows instead of {}; the first that differs:\n{:?}\ninstead of\n{:?}",
            other.len(),
            rows.len(),
            cut(other.get(at)),
            cut(rows.get(at)),
        );
    }
}

/// Names of the planted secrets and credentials that stand in a text, whole or in a good part, whatever the case.
pub(crate) fn leaked(text: &str) -> Vec<String> {
    static NEEDLES: LazyLock<Vec<(String, String)>> = LazyLock::new(|| {
        let mut needles = Vec::new();
        let mut add = |name: &str, value: &str| {
            let value = value.to_lowercase();
            needles.push((name.to_owned(), value.clone()));
            if value.len() >= 40 {
                // A mark may show the ends of a secret, never its middle.
                needles.push((format!("part of {name}"), value[value.len() / 3..value.len() / 3 + 20].to_owned()));
            }
        };
        for canary in generate::canaries() {
            if canary.kind == "private_key" {
                for line in canary.value.lines().filter(|line| line.len() == 64) {
                    add(canary.id, line);
                }
            } else {
                add(canary.id, &canary.value);
            }
        }
        add("the S3 key id", s3_server::KEY_ID);
        add("the S3 secret", s3_server::SECRET);
        needles
    });
    let text = text.to_lowercase();
    NEEDLES.iter().filter(|(_, needle)| text.contains(needle)).map(|(name, _)| name.clone()).collect()
}

/// The folder of the repository.
pub(crate) fn repository() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// A seeded stream of numbers (xorshift64*), so that a failure can be had again.
pub(crate) struct Random(pub(crate) u64);

impl Random {
    pub(crate) fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    pub(crate) fn below(&mut self, limit: u64) -> u64 {
        self.next() % limit
    }
}
