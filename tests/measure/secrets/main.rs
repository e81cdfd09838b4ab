//! Measures the rules for secrets on labelled text: `cargo run --release --example measure-secrets`.
//!
//! The rules' own examples stand in every frame of agent traffic; private keys in the forms in which they are shown;
//! random values and passwords after names that say what they are; and documents of the kinds that agents read all day
//! hold none. Printed are recall by kind of rule and by frame, the share of clean documents that are flagged, and the
//! speed of one thread. `--clean DIR` flags the files of a folder that is known to hold no secret.

use std::collections::BTreeMap;
use std::error::Error;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::Instant;

use lightmeter::secrets::{Key, Match, Scanner, Tier, template};
use serde::Deserialize;

// With paths, so that these modules are found beside this file.
#[path = "documents.rs"]
mod documents;
#[path = "frames.rs"]
mod frames;

use template::Fakes;

/// Examples of a rule, as the built-in rules show them.
#[derive(Deserialize)]
struct Rules {
    rules: Vec<Rule>,
}

#[derive(Deserialize)]
struct Rule {
    id: String,
    #[serde(default)]
    tier: Option<String>,
    #[serde(default)]
    redact_only: bool,
    examples: Vec<String>,
}

/// Found of all, by a label.
#[derive(Default)]
struct Tally(BTreeMap<String, (u64, u64)>);

impl Tally {
    fn add(&mut self, label: &str, hit: bool) {
        let entry = self.0.entry(label.to_owned()).or_default();
        entry.0 += u64::from(hit);
        entry.1 += 1;
    }

    fn sum(&self) -> (u64, u64) {
        self.0.values().fold((0, 0), |sum, one| (sum.0 + one.0, sum.1 + one.1))
    }
}

/// What is measured, and with what.
struct Measure {
    scanner: Scanner,
    key: Key,
    by_kind: Tally,
    by_frame: Tally,
    missed: Vec<String>,
}

impl Measure {
    fn prints(&self, found: &[Match]) -> Vec<String> {
        found.iter().map(|one| one.secret.fingerprint(&self.key)).collect()
    }

    fn note(&mut self, kind: &str, frame: Option<&str>, hit: bool, what: &str) {
        self.by_kind.add(kind, hit);
        if let Some(frame) = frame {
            self.by_frame.add(frame, hit);
        }
        if !hit {
            self.missed.push(format!("{kind}: {what}"));
        }
    }

    /// The examples of all rules in all frames. Found is a secret with the same fingerprint, or a span that holds it.
    fn examples(&mut self, rules: &[Rule], seed: u64) {
        for (at, rule) in rules.iter().enumerate() {
            let tier = rule.tier.as_deref().unwrap_or("provider");
            if rule.redact_only || tier == "count" {
                continue;
            }
            for (nth, example) in rule.examples.iter().enumerate() {
                let value = Fakes::new(seed * 10_000 + at as u64 * 10 + nth as u64).expand(example);
                let structured = tier == "provider" && !value.contains(['=', ':', ' ', '\n']);
                let kind = match tier {
                    "pii" => "personal data",
                    _ if structured => "structured",
                    "generic" => "generic",
                    _ => "named",
                };
                let own = self.scanner.scan(&value);
                let expected = self.prints(&own);
                for (name, frame) in frames::FRAMES {
                    let text = frame(&value);
                    let found = self.scanner.scan(&text);
                    let prints = self.prints(&found);
                    let whole = |one: &Match| {
                        text.get(one.span.clone()).is_some_and(|span| structured && span.contains(&value))
                    };
                    let hit = expected.iter().any(|print| prints.contains(print)) || found.iter().any(whole);
                    self.note(kind, Some(name), hit, &format!("{} in {name}", rule.id));
                }
            }
        }
    }

    fn private_keys(&mut self, seed: u64) {
        for label in
            ["RSA PRIVATE KEY", "PRIVATE KEY", "EC PRIVATE KEY", "OPENSSH PRIVATE KEY", "ENCRYPTED PRIVATE KEY"]
        {
            let pem = Fakes::new(seed).expand(&format!("{{{{pem:{label}}}}}"));
            for (name, text) in frames::pem_forms(&pem) {
                let hit = self.scanner.scan(&text).iter().any(|one| &*one.kind == "private-key");
                self.note("private keys", Some(&format!("key: {name}")), hit, &format!("{label} {name}"));
            }
        }
    }

    fn assignments(&mut self, seed: u64) {
        for one in documents::assignments(seed) {
            let holds = |found: &Match| {
                let span = one.text.get(found.span.clone()).unwrap_or_default();
                one.value.as_deref().is_none_or(|value| span.contains(value) || span.len() * 2 > value.len())
            };
            let hit = self.scanner.scan(&one.text).iter().any(holds);
            self.note("assigned values", None, hit, &one.context);
        }
    }
}

/// Documents flagged, by kind: (any tier, provider tier).
#[derive(Default)]
struct Flagged {
    any: Tally,
    provider: Tally,
    why: Vec<String>,
}

impl Flagged {
    fn add(&mut self, scanner: &Scanner, kind: &str, name: &str, text: &str) {
        let found = scanner.scan(text);
        self.any.add(kind, !found.is_empty());
        self.provider.add(kind, found.iter().any(|one| one.tier == Tier::Provider));
        self.why.extend(found.iter().map(|one| format!("{kind}, {name}: {}", one.rule_id)));
    }
}

/// Time that this thread has computed, in seconds, where the system tells; otherwise the time that has passed.
fn computed(start: Instant) -> f64 {
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").ok();
    let nanoseconds = told.and_then(|text| text.split(' ').next()?.parse::<f64>().ok());
    nanoseconds.map_or_else(|| start.elapsed().as_secs_f64(), |nanoseconds| nanoseconds / 1e9)
}

/// Megabytes that one thread scans in a second.
fn speed(scanner: &Scanner, texts: &[String]) -> f64 {
    let bytes: usize = texts.iter().map(String::len).sum();
    let rounds = 30_000_000_usize.div_ceil(bytes.max(1));
    let start = Instant::now();
    let before = computed(start);
    for text in std::iter::repeat_n(texts, rounds).flatten() {
        std::hint::black_box(scanner.scan(text));
    }
    (bytes * rounds) as f64 / 1e6 / (computed(start) - before).max(1e-9)
}

fn files(folder: &Path, out: &mut Vec<PathBuf>) -> std::io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() && !path.is_symlink() { files(&path, out)? } else { out.push(path) }
    }
    Ok(())
}

fn share((hit, all): (u64, u64)) -> f64 {
    hit as f64 / all.max(1) as f64
}

fn main() -> Result<(), Box<dyn Error>> {
    let (mut seeds, mut verbose, mut folders) = (3_u64, false, Vec::<PathBuf>::new());
    let mut args = std::env::args().skip(1);
    while let Some(arg) = args.next() {
        match arg.as_str() {
            "--verbose" => verbose = true,
            "--seeds" => seeds = args.next().ok_or("--seeds needs a number")?.parse()?,
            "--clean" => folders.push(args.next().ok_or("--clean needs a folder")?.into()),
            _ => return Err(format!("unknown option {arg}; known are --seeds N, --clean DIR and --verbose").into()),
        }
    }
    let rules: Rules = toml::from_str(include_str!("../../../queries/catalog/secrets.toml"))?;
    let start = Instant::now();
    let scanner = Scanner::builtin()?;
    let loaded = start.elapsed();
    let mut measure = Measure {
        scanner,
        key: Key::from_bytes([7; 32]),
        by_kind: Tally::default(),
        by_frame: Tally::default(),
        missed: Vec::new(),
    };
    let mut flagged = Flagged::default();
    let mut texts = Vec::new();
    for seed in 0..seeds {
        measure.examples(&rules.rules, seed);
        measure.private_keys(seed);
        measure.assignments(seed);
        for one in (0..20).flat_map(|nth| documents::clean_documents(seed * 20 + nth)) {
            flagged.add(&measure.scanner, &one.kind, &one.name, &one.text);
            texts.push(one.text);
        }
    }
    for folder in &folders {
        let mut paths = Vec::new();
        files(folder, &mut paths)?;
        paths.sort();
        for path in paths {
            let Ok(text) = std::fs::read_to_string(&path) else { continue };
            flagged.add(
                &measure.scanner,
                &format!("files of {}", folder.display()),
                &path.display().to_string(),
                &text,
            );
            texts.push(text);
        }
    }
    let mut out = std::io::stdout();
    writeln!(out, "{}", report(&measure, &flagged, rules.rules.len()))?;
    let speed = speed(&measure.scanner, &texts);
    writeln!(out, "{speed:.0} MB/s on one thread (target 80); rules loaded in {:.2} s", loaded.as_secs_f64())?;
    if verbose {
        for line in measure.missed.iter().chain(&flagged.why) {
            writeln!(out, "{line}")?;
        }
    }
    Ok(())
}

fn report(measure: &Measure, flagged: &Flagged, rules: usize) -> String {
    let mut text = format!("{rules} rules\n\n| secrets | planted | recall |\n|---|---:|---:|\n");
    let row = |name: &str, sum: (u64, u64)| format!("| {name} | {} | {:.3} |\n", sum.1, share(sum));
    for (kind, sum) in &measure.by_kind.0 {
        text += &row(kind, *sum);
    }
    text += &row("all (target .90; structured .95)", measure.by_kind.sum());
    text += "\n| frame | planted | recall |\n|---|---:|---:|\n";
    for (frame, sum) in &measure.by_frame.0 {
        text += &row(frame, *sum);
    }
    text += "\n| documents without secrets | documents | flagged | provider tier |\n|---|---:|---:|---:|\n";
    let row = |name: &str, any: (u64, u64), provider: (u64, u64)| {
        format!("| {name} | {} | {:.2} % | {:.2} % |\n", any.1, 100.0 * share(any), 100.0 * share(provider))
    };
    for (kind, any) in &flagged.any.0 {
        text += &row(kind, *any, flagged.provider.0.get(kind).copied().unwrap_or_default());
    }
    text + &row("all (target 1 %; provider tier 0.3 %)", flagged.any.sum(), flagged.provider.sum())
}
