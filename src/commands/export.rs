//! `lightmeter export`: findings and lookup tables for a SIEM.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::look::{Look, bring};
use super::pull::PullOptions;
use super::select::Selection;
use super::target::named;
use super::{fill, lookup, note, output};
use crate::cli::{self, ExportFormat};
use crate::config::Config;
use crate::error::Error;
use crate::export::{self, Changes, Context, Item, OcsfVersion, Scope, Shape, State};
use crate::lake::Lake;
use crate::outcome::Outcome;
use crate::window::Window;

/// Where an export goes.
#[derive(Debug, Clone)]
pub(super) enum Place {
    /// Standard output.
    Stdout,
    /// One file.
    File(PathBuf),
    /// A folder that gets a file per format.
    Folder(PathBuf),
}

/// What is exported and where to.
#[derive(Debug, Clone)]
pub(super) struct Plan {
    /// Formats, each once.
    pub(super) formats: BTreeSet<ExportFormat>,
    /// Where to.
    pub(super) place: Place,
    /// Whose account is kept; without one, everything is exported every time.
    pub(super) consumer: Option<String>,
    /// Version of the OCSF schema.
    pub(super) ocsf: OcsfVersion,
    /// Numbered files of one format that are kept; all of them when absent.
    pub(super) keep: Option<usize>,
}

impl Plan {
    /// Checks that the parts fit together.
    ///
    /// # Errors
    /// [`Error::Usage`] with what does not.
    pub(super) fn check(&self) -> Result<(), Error> {
        let tables = self.formats.iter().any(|f| is_table(*f));
        if (self.formats.len() > 1 || tables) && !matches!(self.place, Place::Folder(_)) {
            return Err(Error::Usage("several formats, and lookup tables, need --output-dir DIR".to_owned()));
        }
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '_');
        match &self.consumer {
            Some(name) if name.is_empty() || name.len() > 64 || !name.chars().all(plain) => {
                Err(Error::Usage("a consumer is named with a-z, 0-9, - and _, at most 64 of them".to_owned()))
            }
            _ => Ok(()),
        }
    }
}

fn is_table(format: ExportFormat) -> bool {
    matches!(format, ExportFormat::LookupCsv | ExportFormat::LookupNdjson)
}

/// What an export wrote.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Exported {
    /// Documents per format.
    pub(super) documents: usize,
    /// Closings and lowered findings that were held back, because part of the lake could not be read.
    held: usize,
}

impl Exported {
    /// What was held back, if anything, in one line.
    pub(super) fn held_back(&self) -> Option<String> {
        let what = if self.held == 1 { "finding is" } else { "findings are" };
        (self.held > 0).then(|| {
            format!(
                "{} {what} left as exported before: part of the lake could not be read, so nothing is closed or \
                 lowered. `lightmeter verify` names what is damaged.",
                self.held
            )
        })
    }
}

/// Runs the command. `options` is absent when nothing is to be pulled.
///
/// # Errors
/// When nothing can be read, the lake cannot be used, or the export cannot be written.
pub async fn run(
    args: &cli::Export,
    lake: &Path,
    window: Window,
    config: &Config,
    options: Option<PullOptions>,
    quiet: bool,
) -> Result<Outcome, Error> {
    let plan = Plan::from(args);
    plan.check()?;
    let selection = Selection::from(&args.findings);
    let folders = &args.findings.detections;
    let brought = bring(lake, config, folders, &selection, options.as_ref())?;
    let look = Look::open(brought, window, config, folders, &selection).await?;
    if let Some(held) = export(&look, &selection, &plan).await?.held_back() {
        note(quiet, &held);
    }
    let outcome = look.outcome(&selection);
    look.tell_unread(quiet, "`lightmeter analyze --offline` tells all");
    if outcome == Outcome::NothingToDo {
        note(
            quiet,
            "no record lies in the window, so what was written holds none (exit code 3; --allow-empty makes it 0). \
             --since counts from the clock, or from --now TIME.",
        );
    }
    Ok(outcome)
}

impl From<&cli::Export> for Plan {
    fn from(args: &cli::Export) -> Self {
        let place = match (named(args.output.as_deref()), &args.output_dir) {
            (_, Some(folder)) => Place::Folder(folder.clone()),
            (Some(file), None) => Place::File(file.to_owned()),
            (None, None) => Place::Stdout,
        };
        let ocsf = args.ocsf_version.into();
        let formats = args.format.iter().copied().collect();
        Self { formats, place, consumer: args.only_new.then(|| args.consumer.clone()), ocsf, keep: None }
    }
}

impl From<cli::OcsfVersion> for OcsfVersion {
    fn from(version: cli::OcsfVersion) -> Self {
        match version {
            cli::OcsfVersion::V1_8 => Self::V1_8,
            cli::OcsfVersion::V1_9 => Self::V1_9,
        }
    }
}

/// Writes what the look saw. The account of a consumer is brought up to date last: should the run end before, the same
/// is written again under the same names.
///
/// # Errors
/// When a table cannot be queried, or something cannot be written.
pub(super) async fn export(look: &Look, selection: &Selection, plan: &Plan) -> Result<Exported, Error> {
    let findings = look.findings(selection);
    let tables = match plan.formats.iter().any(|f| is_table(*f)) {
        true => lookup::tables(look, findings.findings()).await?,
        false => Vec::new(),
    };
    let context = context(look);
    let Some(consumer) = &plan.consumer else {
        let items = export::items(&findings);
        write(plan, &items, &context, None)?;
        write_tables(plan, &tables)?;
        return Ok(Exported { documents: items.len(), held: 0 });
    };
    let _turn = look.lake.account_lock(consumer)?;
    let before = account(&look.lake, consumer)?;
    let mut state = before.clone();
    let Changes { items, held } = state.changes(&look.all_findings(), &scope(look, selection)?);
    write_tables(plan, &tables)?;
    // A numbered file that holds nothing would say nothing.
    if !items.is_empty() || !matches!(plan.place, Place::Folder(_)) {
        write(plan, &items, &context, Some(state.sequence))?;
    }
    // A finding that is still there is no news, but the account follows it.
    if state != before {
        look.lake.write_account(consumer, &state.to_bytes())?;
    }
    if let (Some(keep), Place::Folder(folder)) = (plan.keep, &plan.place) {
        for format in plan.formats.iter().filter(|f| !is_table(**f)) {
            output::rotate(folder, "findings-", &ending(*format), keep)?;
        }
    }
    Ok(Exported { documents: items.len(), held })
}

/// What the look can say about findings that it does not show.
fn scope(look: &Look, selection: &Selection) -> Result<Scope, Error> {
    Ok(Scope {
        // What was pruned cannot be found any more, which does not mean that it is gone.
        start: look.window.start.max(look.lake.pruned_before()?),
        end: look.window.end,
        failed: look.result.failures.iter().map(|f| f.id.clone()).collect(),
        incomplete: look.lake_is_incomplete(),
        only: selection.only.iter().cloned().collect(),
        min_severity: selection.min_severity,
    })
}

fn account(lake: &Lake, consumer: &str) -> Result<State, Error> {
    match lake.read_account(consumer)? {
        None => Ok(State::default()),
        Some(bytes) => State::parse(&bytes).map_err(|source| {
            let path = crate::text::one_line(&lake.account_path(consumer).to_string_lossy(), 200).into_owned();
            Error::Account { path, source }
        }),
    }
}

fn context(look: &Look) -> Context {
    let rows = look.engine.data.tables.get("frameworks").map(|t| t.rows().collect::<Vec<_>>()).unwrap_or_default();
    let text = |row: &serde_json::Map<String, serde_json::Value>, name: &str| {
        row.get(name).and_then(|v| v.as_str()).unwrap_or_default().to_owned()
    };
    let mut names = BTreeMap::new();
    let mut atlas_version = String::new();
    for row in rows {
        let (framework, version, id) = (text(row, "framework"), text(row, "version"), text(row, "id"));
        let tag = match framework.as_str() {
            "atlas" => format!("atlas:{id}"),
            _ => format!("{framework}:{version}:{id}"),
        };
        if framework == "atlas" {
            atlas_version = atlas_version.max(version);
        }
        names.insert(tag, text(row, "name"));
    }
    Context { version: env!("CARGO_PKG_VERSION").to_owned(), rules: fill::rules(&look.engine), names, atlas_version }
}

fn write(plan: &Plan, items: &[Item], context: &Context, number: Option<u64>) -> Result<(), Error> {
    for format in &plan.formats {
        let Some(shape) = shape(*format, plan.ocsf) else { continue };
        let file = match &plan.place {
            Place::Stdout => None,
            Place::File(file) => Some(file.clone()),
            Place::Folder(folder) => {
                output::create_folder(folder)?;
                let number = number.map(|n| format!("-{n:08}")).unwrap_or_default();
                Some(folder.join(format!("findings{number}{}", ending(*format))))
            }
        };
        output::write(file.as_deref(), |out| export::write(shape, items, context, out))?;
    }
    Ok(())
}

fn write_tables(plan: &Plan, tables: &[(&'static str, crate::report::SafeRows)]) -> Result<(), Error> {
    let Place::Folder(folder) = &plan.place else { return Ok(()) };
    for (name, rows) in tables {
        output::create_folder(folder)?;
        if plan.formats.contains(&ExportFormat::LookupCsv) {
            output::write(Some(&folder.join(format!("{name}.csv"))), |out| export::write_csv(rows, out))?;
        }
        if plan.formats.contains(&ExportFormat::LookupNdjson) {
            output::write(Some(&folder.join(format!("{name}.ndjson"))), |out| export::write_ndjson(rows, out))?;
        }
    }
    Ok(())
}

fn shape(format: ExportFormat, version: OcsfVersion) -> Option<Shape> {
    Some(match format {
        ExportFormat::Ndjson => Shape::Ndjson,
        ExportFormat::Ocsf => Shape::Ocsf(version),
        ExportFormat::Ecs => Shape::Ecs,
        ExportFormat::EcsBulk => Shape::EcsBulk,
        ExportFormat::SplunkHec => Shape::SplunkHec,
        ExportFormat::Cef => Shape::Cef,
        ExportFormat::LookupCsv | ExportFormat::LookupNdjson => return None,
    })
}

/// End of a file name.
fn ending(format: ExportFormat) -> String {
    match format {
        ExportFormat::Ndjson | ExportFormat::LookupNdjson => ".ndjson",
        ExportFormat::Ocsf => ".ocsf.ndjson",
        ExportFormat::Ecs => ".ecs.ndjson",
        ExportFormat::EcsBulk => ".ecs-bulk.ndjson",
        ExportFormat::SplunkHec => ".splunk-hec.ndjson",
        ExportFormat::Cef => ".cef",
        ExportFormat::LookupCsv => ".csv",
    }
    .to_owned()
}
