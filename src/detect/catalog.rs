//! The catalogue: built-in detections, embedded into the program, beside the ones from user folders.
//!
//! A file `<family>/<name>.sql` is the detection `family.name`; the id is never written in the file. A file that
//! cannot be read is a [`FileProblem`], and the other files are loaded all the same.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use include_dir::{Dir, include_dir};

use super::front_matter::{self, FrontMatter, Param, Status, Tier, is_name};
use crate::finding::{DetectionInfo, Severity};

/// Everything under `queries/`, as it was when the program was built.
pub static QUERIES: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/queries");

/// Folders of `queries/` that hold no detections.
const NOT_FAMILIES: [&str; 5] = ["catalog", "export", "report", "session", "views"];

/// Largest detection file that is read, in bytes.
const MAX_FILE_BYTES: u64 = 1 << 20;

/// A detection, with the user's settings applied.
#[derive(Debug, Clone, PartialEq)]
pub struct Detection {
    /// Folder `.` file name.
    pub id: String,
    /// Where it came from, for messages: `queries/…` for built-in ones, the path for others.
    pub path: String,
    /// Whether it is embedded into the program.
    pub built_in: bool,
    /// What the file says about itself; never changed by settings.
    pub meta: FrontMatter,
    /// The whole file; the metadata is SQL comments.
    pub sql: String,
    /// Whether it runs.
    pub enabled: bool,
    /// Severity of its findings, unless a row says otherwise.
    pub severity: Severity,
    /// Whether the user set the severity, which then holds for every row, whatever it says.
    pub severity_set: bool,
    /// Parameters as they will be bound.
    pub params: BTreeMap<String, Param>,
}

impl Detection {
    /// Reads one detection.
    ///
    /// # Errors
    /// When its metadata cannot be read.
    pub fn parse(id: &str, path: &str, built_in: bool, sql: &str) -> Result<Self, FileProblem> {
        let meta = front_matter::parse(sql)
            .map_err(|error| FileProblem { path: format!("{path}:{}", error.line), message: error.message.clone() })?;
        Ok(Self {
            id: id.to_owned(),
            path: path.to_owned(),
            built_in,
            enabled: meta.status == Status::Stable,
            severity: meta.severity,
            severity_set: false,
            params: meta.params.clone(),
            sql: sql.to_owned(),
            meta,
        })
    }

    /// The first part of the id.
    #[must_use]
    pub fn family(&self) -> &str {
        self.id.split('.').next().unwrap_or_default()
    }

    /// What every finding of the detection carries along.
    #[must_use]
    pub fn info(&self) -> DetectionInfo {
        DetectionInfo {
            id: self.id.clone(),
            title: self.meta.title.clone(),
            what: self.meta.what.clone(),
            impact: self.meta.impact.clone(),
            false_positives: self.meta.false_positives.clone(),
            next_steps: self.meta.next_steps.clone(),
            tags: self.meta.tags.clone(),
            references: self.meta.references.clone(),
        }
    }

    /// Everything a person may want to know about the detection, as text.
    #[must_use]
    pub fn show(&self) -> String {
        let m = &self.meta;
        let mut out = format!("{}\n{}\n\n", self.id, m.title);
        let mut line = |label: &str, value: &str| {
            let _ = writeln!(out, "{label:<12}{value}");
        };
        let mut severity = self.severity.to_string();
        if self.severity_set {
            let _ = write!(severity, " (set by you, {} in the file)", m.severity);
        }
        line("severity", &severity);
        line("confidence", m.confidence.as_str());
        line("status", &format!("{}, {}", m.status.as_str(), if self.enabled { "enabled" } else { "not enabled" }));
        line("tier", m.tier.as_str());
        line("since", &m.since);
        line("file", &self.path);
        line("what", &m.what);
        line("impact", &m.impact);
        for (name, value) in &self.params {
            let default = &m.params[name];
            let note = if value == default { String::new() } else { format!(" (set by you, {default} in the file)") };
            line("parameter", &format!("${name} = {value}{note}"));
        }
        for (label, items) in [
            ("ordinary explanations", &m.false_positives),
            ("next steps", &m.next_steps),
            ("references", &m.references),
            ("tags", &m.tags),
        ] {
            if !items.is_empty() {
                let _ = write!(out, "\n{label}:\n");
                items.iter().for_each(|item| {
                    let _ = writeln!(out, "  - {item}");
                });
            }
        }
        if !m.cases.is_empty() {
            out.push_str("\ncases:\n");
            for case in &m.cases {
                let verdict = if case.expect.is_empty() { "quiet" } else { "fires" };
                let _ = writeln!(out, "  - {verdict}: {}", case.name);
            }
        }
        let _ = write!(out, "\n{}", self.statement());
        out
    }

    /// The SQL without the metadata above it.
    #[must_use]
    pub fn statement(&self) -> String {
        let mut fences = 0;
        let mut out = String::new();
        for line in self.sql.lines() {
            if fences >= 2 {
                out.push_str(line);
                out.push('\n');
            } else if line.trim_end().strip_prefix("--").is_some_and(|l| l.trim() == "+++") {
                fences += 1;
            }
        }
        out
    }
}

/// One line of the list of detections.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// Folder `.` file name.
    pub id: String,
    /// One line for a person.
    pub title: String,
    /// Severity, with the user's settings.
    pub severity: Severity,
    /// Who its rows are for.
    pub tier: Tier,
    /// How far it can be relied on.
    pub status: Status,
    /// Whether it runs.
    pub enabled: bool,
    /// Whether it is embedded into the program.
    pub built_in: bool,
}

/// A file that is not as it should be.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct FileProblem {
    /// The file, with a line where one is known.
    pub path: String,
    /// What is wrong and what to do.
    pub message: String,
}

impl std::fmt::Display for FileProblem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.path, self.message)
    }
}

/// A user folder that cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("cannot read detections from {path}: {source}")]
pub struct FolderError {
    path: PathBuf,
    source: std::io::Error,
}

/// All detections that could be read, by id, and the files that could not.
#[derive(Debug, Clone, Default)]
pub struct Catalog {
    /// Detections by id.
    pub detections: BTreeMap<String, Detection>,
    /// Files that were refused.
    pub problems: Vec<FileProblem>,
}

impl Catalog {
    /// The detections embedded into the program.
    #[must_use]
    pub fn built_in() -> Self {
        let mut catalog = Self::default();
        let mut families: Vec<_> = QUERIES.dirs().collect();
        families.sort_by_key(|dir| dir.path());
        for family in families {
            let name = file_name(family.path());
            if NOT_FAMILIES.contains(&name.as_str()) {
                continue;
            }
            let mut files: Vec<_> = family.files().collect();
            files.sort_by_key(|file| file.path());
            for file in files {
                let path = format!("queries/{}", file.path().display());
                match file.contents_utf8() {
                    Some(sql) => catalog.add(&name, &file_name(file.path()), &path, true, sql),
                    None => catalog.problem(&path, "is not UTF-8 text"),
                }
            }
        }
        catalog
    }

    /// Adds the detections of a user folder with the layout `<family>/<name>.sql`.
    ///
    /// # Errors
    /// When the folder itself cannot be read; unreadable files in it are problems of the catalogue.
    pub fn add_folder(&mut self, folder: &Path) -> Result<(), FolderError> {
        let failed = |path: &Path| {
            let path = path.to_owned();
            move |source| FolderError { path, source }
        };
        for family in sorted_entries(folder).map_err(failed(folder))? {
            let name = file_name(&family);
            if !family.is_dir() {
                if family.extension().is_some_and(|e| e == "sql") {
                    self.problem(&family.display().to_string(), "move it into a family folder: <family>/<name>.sql");
                }
                continue;
            }
            if name.starts_with('.') || NOT_FAMILIES.contains(&name.as_str()) {
                continue;
            }
            for file in sorted_entries(&family).map_err(failed(&family))? {
                let path = file.display().to_string();
                if !file.is_file() || file.extension().is_none_or(|e| e != "sql") {
                    continue;
                }
                if file.metadata().is_ok_and(|m| m.len() > MAX_FILE_BYTES) {
                    self.problem(&path, "is larger than 1 MiB, which no detection is");
                    continue;
                }
                match std::fs::read_to_string(&file) {
                    Ok(sql) => self.add(&name, &file_name(&file), &path, false, &sql),
                    Err(error) => self.problem(&path, &format!("cannot be read: {error}")),
                }
            }
        }
        Ok(())
    }

    /// Adds one file, or the reason why it is refused.
    pub fn add(&mut self, family: &str, file: &str, path: &str, built_in: bool, sql: &str) {
        let Some(name) = file.strip_suffix(".sql") else {
            return self.problem(path, "detections are files named <family>/<name>.sql");
        };
        if !is_name(family, '-') || !is_name(name, '-') {
            return self.problem(path, "family and file names are made of a-z, 0-9 and -, such as usage/new-model.sql");
        }
        let id = format!("{family}.{name}");
        if let Some(other) = self.detections.get(&id) {
            let message = format!("the id {id} is already taken by {}; rename the file", other.path);
            return self.problem(path, &message);
        }
        match Detection::parse(&id, path, built_in, sql) {
            Ok(detection) => {
                self.detections.insert(id, detection);
            }
            Err(problem) => self.problems.push(problem),
        }
    }

    fn problem(&mut self, path: &str, message: &str) {
        self.problems.push(FileProblem { path: path.to_owned(), message: message.to_owned() });
    }

    /// Every detection in id order.
    #[must_use]
    pub fn list(&self) -> Vec<Listed> {
        self.detections
            .values()
            .map(|d| Listed {
                id: d.id.clone(),
                title: d.meta.title.clone(),
                severity: d.severity,
                tier: d.meta.tier,
                status: d.meta.status,
                enabled: d.enabled,
                built_in: d.built_in,
            })
            .collect()
    }

    /// One detection as text for a person.
    ///
    /// # Errors
    /// When there is no such detection; the text names the nearest id.
    pub fn show(&self, id: &str) -> Result<String, String> {
        self.detections.get(id).map(Detection::show).ok_or_else(|| self.unknown(id))
    }

    /// The message for an id that does not exist.
    pub(super) fn unknown(&self, id: &str) -> String {
        let id: String = id.chars().filter(|c| !c.is_control()).take(120).collect();
        let hint = super::suggest::did_you_mean(&id, self.detections.keys().map(String::as_str));
        format!("there is no detection {id}{hint}")
    }
}

fn file_name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

fn sorted_entries(folder: &Path) -> std::io::Result<Vec<PathBuf>> {
    let mut entries = std::fs::read_dir(folder)?.map(|e| e.map(|e| e.path())).collect::<Result<Vec<_>, _>>()?;
    entries.sort();
    Ok(entries)
}
