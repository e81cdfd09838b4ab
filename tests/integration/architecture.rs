//! The modules depend on each other as the pipeline says, and the documents name files that exist.
//!
//! Data flows one way: acquire → decode → normalise → lake → detect → report; only the commands hold both ends of a
//! pipe. What a table here forbids is not wrong as such, but it is a decision: change the table with it.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use regex::Regex;

use crate::common::repository;

/// What each module may use of the crate besides itself.
const MAY_USE: [(&str, &[&str]); 24] = [
    ("window", &[]),
    ("outcome", &[]),
    ("finding", &[]),
    ("tables", &[]),
    ("text", &[]),
    ("panics", &[]),
    ("secrets", &[]),
    ("triage", &["finding", "text"]),
    ("cli", &[]),
    ("progress", &["text"]),
    ("config", &["text", "triage"]),
    ("acquire", &["window", "outcome", "text"]),
    ("decode", &["outcome"]),
    ("normalise", &["decode", "tables", "outcome", "panics", "secrets"]),
    ("lake", &["tables", "window", "outcome"]),
    ("detect", &["lake", "tables", "finding"]),
    ("report", &["finding", "outcome", "text"]),
    // Only for what has been through the redactor.
    ("export", &["finding", "report", "text"]),
    ("error", &["acquire", "commands", "config", "export", "lake", "outcome", "secrets", "text", "triage", "window"]),
    (
        "commands",
        &[
            "acquire",
            "cli",
            "config",
            "decode",
            "detect",
            "error",
            "export",
            "finding",
            "lake",
            "normalise",
            "outcome",
            "profile",
            "progress",
            "report",
            "secrets",
            "tables",
            "text",
            "triage",
            "window",
        ],
    ),
    ("profile", &["config"]),
    ("logging", &["cli", "error", "progress"]),
    ("lib", &[]),
    ("main", &["cli", "commands", "error", "logging", "outcome", "panics"]),
];

/// Who may name these crates; a prefix ends with `*`.
const OWNERS: [(&str, &[&str]); 10] = [
    ("minijinja", &["report/html"]),
    ("aws_*", &["acquire/s3"]),
    ("datafusion", &["lake", "detect"]),
    ("parquet", &["lake"]),
    ("clap", &["cli", "main"]),
    ("indicatif", &["progress"]),
    ("zstd*", &["decode"]),
    ("include_dir", &["detect", "commands/rows"]),
    ("etcetera", &["commands/start"]),
    ("blake3", &["normalise"]),
];

/// A source file: its place below `src` without the ending, and its code without comments and tests.
struct Source {
    place: String,
    code: String,
}

fn sources() -> Vec<Source> {
    fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            match path.is_dir() {
                true => walk(&path, found),
                false => found.push(path),
            }
        }
    }
    let root = repository().join("src");
    let mut paths = Vec::new();
    walk(&root, &mut paths);
    paths.sort();
    let sources = paths.iter().filter(|p| p.extension().is_some_and(|e| e == "rs")).filter_map(|path| {
        let place = path.strip_prefix(&root).unwrap().with_extension("").to_string_lossy().replace('\\', "/");
        // Tests may use anything.
        if place.split('/').any(|part| part == "tests" || part == "test_support" || part.ends_with("_tests")) {
            return None;
        }
        let text = fs::read_to_string(path).unwrap();
        let text = text.split("#[cfg(test)]\nmod tests {").next().unwrap();
        let code = text.lines().map(|line| line.split("//").next().unwrap()).collect::<Vec<_>>().join("\n");
        Some(Source { place, code })
    });
    sources.collect()
}

impl Source {
    fn module(&self) -> &str {
        self.place.split('/').next().unwrap()
    }

    /// First segments of the paths that begin with `crate::` or `lightmeter::`, also in groups.
    fn uses(&self) -> BTreeSet<String> {
        let single = Regex::new(r"\b(?:crate|lightmeter)::([a-z_]+)").unwrap();
        let group = Regex::new(r"\buse (?:crate|lightmeter)::\{([^;]*)\};").unwrap();
        let inside = Regex::new(r"(?:^|,)\s*([a-z_]+)").unwrap();
        let mut uses: BTreeSet<String> = single.captures_iter(&self.code).map(|c| c[1].to_owned()).collect();
        for found in group.captures_iter(&self.code) {
            // What stands inside inner braces belongs to the segment before them.
            let mut depth = 0;
            let outer: String = found[1]
                .chars()
                .filter(|c| {
                    depth += i32::from(*c == '{') - i32::from(*c == '}');
                    depth == 0
                })
                .collect();
            uses.extend(inside.captures_iter(&outer).map(|c| c[1].to_owned()));
        }
        uses
    }
}

#[test]
fn modules_use_only_what_the_pipeline_allows() {
    let may: BTreeMap<&str, &[&str]> = MAY_USE.into_iter().collect();
    let mut seen = BTreeSet::new();
    let mut wrong = Vec::new();
    for source in sources() {
        let module = source.module().to_owned();
        let allowed =
            may.get(module.as_str()).unwrap_or_else(|| panic!("{module} is a new module: place it in the table"));
        for used in source.uses() {
            // A macro of the crate stands at its root.
            if used != module && !allowed.contains(&used.as_str()) && may.contains_key(used.as_str()) {
                wrong.push(format!("src/{}.rs uses {used}", source.place));
            }
        }
        seen.insert(module);
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert_eq!(seen.iter().map(String::as_str).collect::<BTreeSet<_>>(), may.keys().copied().collect());
}

/// The fuzz targets compile some modules by themselves.
#[test]
fn the_fuzz_targets_have_every_module_that_theirs_use() {
    let targets = fs::read_to_string(repository().join("tests/fuzz/src/lib.rs")).unwrap();
    let module = Regex::new(r"(?m)^pub mod ([a-z_]+);").unwrap();
    let theirs: BTreeSet<String> = module.captures_iter(&targets).map(|c| c[1].to_owned()).collect();
    assert!(theirs.contains("normalise"));
    let mut missing = Vec::new();
    for source in sources().iter().filter(|s| theirs.contains(s.module())) {
        let uses = source.uses().into_iter().filter(|used| MAY_USE.iter().any(|(name, _)| name == used));
        missing.extend(uses.filter(|used| !theirs.contains(used)).map(|used| format!("{} uses {used}", source.place)));
    }
    assert!(missing.is_empty(), "{missing:#?}");
}

#[test]
fn outer_crates_are_named_only_by_their_owners() {
    let mut wrong = Vec::new();
    for source in sources() {
        for (name, owners) in OWNERS {
            let pattern = name.strip_suffix('*').map_or_else(|| format!(r"\b{name}::"), |p| format!(r"\b{p}\w*::"));
            let owned =
                owners.iter().any(|owner| source.place == *owner || source.place.starts_with(&format!("{owner}/")));
            if !owned && Regex::new(&pattern).unwrap().is_match(&source.code) {
                wrong.push(format!("src/{}.rs names {name}", source.place));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn the_check_of_dependencies_can_fail() {
    let source = |code: &str| Source { place: "decode/x".to_owned(), code: code.to_owned() };
    assert_eq!(source("use crate::lake::Lake;").uses(), BTreeSet::from(["lake".to_owned()]));
    let group = source("use crate::{\n    acquire::{Error, report},\n    tables,\n};").uses();
    assert_eq!(group, BTreeSet::from(["acquire".to_owned(), "tables".to_owned()]));
    assert_eq!(source("let x = crate::text::visible(y);").uses(), BTreeSet::from(["text".to_owned()]));
    assert!(sources().len() > 80);
}

#[test]
fn documents_name_files_that_exist() {
    let root = repository();
    let path = Regex::new(r"(?:src|queries|samples|tests)/[A-Za-z0-9_./*<>-]*[A-Za-z0-9_/*>-]").unwrap();
    let link = Regex::new(r"\]\(([^)#]+)").unwrap();
    let mut wrong = Vec::new();
    let mut count = 0;
    for document in ["README.md", "queries/README.md", "samples/README.md"] {
        let text = fs::read_to_string(root.join(document)).unwrap();
        let folder = root.join(document).parent().unwrap().to_owned();
        let links = link.captures_iter(&text).map(|c| c[1].to_owned()).filter(|l| !l.contains("://"));
        let links: Vec<PathBuf> = links.map(|l| folder.join(l)).collect();
        let named = path.find_iter(&text).map(|m| m.as_str()).filter(|p| !p.contains(['*', '<', '>']));
        for place in named.map(|p| root.join(p)).chain(links) {
            count += 1;
            if !place.exists() {
                wrong.push(format!("{document}: {}", place.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(count > 10, "{count}");
}

#[test]
fn the_readme_says_what_the_exit_codes_are() {
    use lightmeter::outcome::Outcome;
    let readme = fs::read_to_string(repository().join("README.md")).unwrap();
    let table = readme.split("## Exit codes").nth(1).unwrap().split("\n## ").next().unwrap();
    let numbers = Regex::new(r"(?m)^\| ([0-9, ]+) \|").unwrap();
    let listed: BTreeSet<u8> = numbers
        .captures_iter(table)
        .flat_map(|c| c[1].split(',').map(|n| n.trim().parse().unwrap()).collect::<Vec<u8>>())
        .collect();
    let known = [
        Outcome::Done,
        Outcome::Failed,
        Outcome::Usage,
        Outcome::NothingToDo,
        Outcome::Incomplete,
        Outcome::Busy,
        Outcome::FoundLow,
        Outcome::FoundMedium,
        Outcome::FoundHigh,
        Outcome::FoundCritical,
        Outcome::Interrupted,
        Outcome::Terminated,
    ];
    assert_eq!(listed, known.into_iter().map(Outcome::code).collect());
}
