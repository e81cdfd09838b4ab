//! `lightmeter config`: each setting, its value and where it comes from.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::{key, output};
use crate::acquire::S3Options;
use crate::cli::{Cli, LogFormat, LogLevel};
use crate::config::Config;
use crate::error::{Error, showable};
use crate::outcome::Outcome;
use crate::profile;

/// What a setting is when nobody says anything; for those that are not values of their own.
const DEFAULTS: [(&str, &str); 9] = [
    ("sources", "[]"),
    ("detection_folders", "[]"),
    ("secret_rules", "[]"),
    ("secrets.words", "{}"),
    ("secrets.patterns", "{}"),
    ("secrets.disable", "[]"),
    ("s3.path_style", "auto"),
    ("s3.no_sign_request", "false"),
    ("s3.request_payer", "false"),
];

/// The same for the keys of a profile.
const PROFILE_DEFAULTS: [(&str, &str); 18] = [
    ("sources", "those of the whole file"),
    ("since", "everything"),
    ("until", "no end"),
    ("pull_since", "everything"),
    ("content", "full"),
    ("workers", "as many as processors"),
    ("min_severity", "informational"),
    ("only", "all detections"),
    ("fail_on", "never"),
    ("allow_empty", "true"),
    ("retention", "everything"),
    ("compact", "true"),
    ("metrics", "none"),
    ("reports", "none"),
    ("exports", "none"),
    ("s3.profile", "that of the whole file"),
    ("s3.region", "that of the whole file"),
    ("s3.endpoint_url", "that of the whole file"),
];

/// Settings of S3 that the AWS SDK also reads from the environment, which is stronger than the file.
const S3_VARIABLES: [(&str, &[&str]); 3] = [
    ("profile", &["AWS_PROFILE"]),
    ("region", &["AWS_REGION", "AWS_DEFAULT_REGION"]),
    ("endpoint_url", &["AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL"]),
];

/// Name, value and origin.
type Row = [String; 3];

/// Prints the settings. Variables in profiles are shown as they are written, because they may stand for secrets.
///
/// # Errors
/// When standard output cannot be written.
pub(super) fn print(cli: &Cli, config: &Config, lake: PathBuf) -> Result<Outcome, Error> {
    let mut rows = places(cli, config, &lake);
    rows.extend(logs(cli));
    rows.extend(in_file(config));
    output::write(None, |out| {
        for [name, value, origin] in &rows {
            writeln!(out, "{}", showable(&format!("{name} = {value}    # {origin}")))?;
        }
        Ok(())
    })?;
    Ok(Outcome::Done)
}

/// Files and folders, and the moment that the run takes for now.
fn places(cli: &Cli, config: &Config, lake: &Path) -> Vec<Row> {
    let text = |path: &Path| path.to_string_lossy().into_owned();
    let mut rows = Vec::new();
    let mut add = |name: &str, value: String, origin: String| rows.push([name.to_owned(), value, origin]);
    let global = &cli.global;
    match &config.file {
        Some(file) => {
            let origin = origin(global.config.as_deref(), "LIGHTMETER_CONFIG");
            add("config", text(file), origin.unwrap_or("the current folder".to_owned()));
        }
        None => add("config", "none".to_owned(), "default".to_owned()),
    }
    let lake_origin = origin(global.lake.as_deref(), "LIGHTMETER_LAKE");
    add("lake", text(lake), lake_origin.unwrap_or_else(|| of_file(config, "lake")));
    let reviews_origin = origin(global.reviews.as_deref(), "LIGHTMETER_REVIEWS");
    add("reviews", text(&config.reviews.path), reviews_origin.unwrap_or_else(|| of_file(config, "reviews")));
    match std::env::var_os(key::VARIABLE) {
        Some(path) => add("fingerprint_key", text(Path::new(&path)), format!("environment {}", key::VARIABLE)),
        None => add("fingerprint_key", text(&lake.join(key::FILE_NAME)), "default".to_owned()),
    }
    match global.now {
        Some(now) => {
            let by_environment = std::env::var("LIGHTMETER_NOW").ok().and_then(|text| text.parse().ok()) == Some(now);
            let origin = if by_environment { "environment LIGHTMETER_NOW" } else { "flag" };
            add("now", now.to_string(), origin.to_owned());
        }
        None => add("now", "the clock".to_owned(), "default".to_owned()),
    }
    rows
}

fn logs(cli: &Cli) -> Vec<Row> {
    let level = match cli.global.log_level {
        LogLevel::Error => "error",
        LogLevel::Warn => "warn",
        LogLevel::Info => "info",
        LogLevel::Debug => "debug",
    };
    let format = if cli.global.log_format == LogFormat::Json { "json" } else { "text" };
    let quiet = cli.global.quiet.to_string();
    vec![
        ["log_level".to_owned(), level.to_owned(), chosen(level != "warn", level, "LIGHTMETER_LOG_LEVEL")],
        ["log_format".to_owned(), format.to_owned(), chosen(format != "text", format, "LIGHTMETER_LOG_FORMAT")],
        ["quiet".to_owned(), quiet, if cli.global.quiet { "flag" } else { "default" }.to_owned()],
    ]
}

/// Everything that can stand in the file, with what holds where it does not.
fn in_file(config: &Config) -> Vec<Row> {
    let mut values = Vec::new();
    for (name, value) in config.table.iter().filter(|(name, _)| !matches!(name.as_str(), "lake" | "reviews")) {
        flatten(name, value, &mut |name, value| values.push((name, value)));
    }
    let s3 = S3Options::default();
    let (attempts, stall) = (s3.attempts.to_string(), s3.stall.as_secs().to_string());
    let numbers = [("s3.attempts", attempts.as_str()), ("s3.stall_seconds", stall.as_str())];
    let mut defaults: Vec<(String, String)> =
        DEFAULTS.into_iter().chain(numbers).map(|(n, v)| (n.to_owned(), v.to_owned())).collect();
    for (name, _) in S3_VARIABLES {
        defaults.push((format!("s3.{name}"), "none".to_owned()));
    }
    for name in profile::names(&config.table) {
        let table = format!("profiles.{}", quoted(&name));
        defaults.extend(PROFILE_DEFAULTS.map(|(key, value)| (format!("{table}.{key}"), value.to_owned())));
    }
    let mut rows: Vec<Row> =
        values.into_iter().map(|(name, value)| [name.clone(), value, of_file(config, &name)]).collect();
    for (name, value) in defaults {
        let below = format!("{name}.");
        let list = format!("{name}[");
        let given = |row: &Row| row[0] == name || row[0].starts_with(&below) || row[0].starts_with(&list);
        if !rows.iter().any(given) {
            rows.push([name, value, "default".to_owned()]);
        }
    }
    for row in &mut rows {
        by_sdk(row);
    }
    // Lists keep the order of the file.
    rows.sort_by(|a, b| a[0].cmp(&b[0]));
    rows
}

/// What the environment says of S3.
fn by_sdk(row: &mut Row) {
    let Some(setting) = row[0].strip_prefix("s3.") else { return };
    let Some((_, variables)) = S3_VARIABLES.iter().find(|(name, _)| *name == setting) else { return };
    if row[2].starts_with("flag") {
        return;
    }
    let set = |name: &&&str| std::env::var(name).is_ok_and(|value| !value.is_empty());
    if let Some(name) = variables.iter().find(set) {
        row[1] = std::env::var(name).unwrap_or_default();
        row[2] = format!("environment {name}");
    }
}

/// Where a setting of the file comes from.
fn of_file(config: &Config, name: &str) -> String {
    let mut set = BTreeSet::new();
    for (key, value) in &config.set {
        flatten(key, value, &mut |name, _| {
            set.insert(name);
        });
    }
    if set.contains(name) {
        return "flag --set".to_owned();
    }
    let at_top = name.split('.').next().unwrap_or(name);
    match &config.file {
        Some(file) if config.table.contains_key(at_top.split('[').next().unwrap_or(at_top)) => {
            file.to_string_lossy().into_owned()
        }
        _ => "default".to_owned(),
    }
}

/// What a shell has to be told so that commands without `--lake` find the lake that this run was given by flag. The
/// report itself names no place, so that it depends on its input only.
pub(super) fn lake_for_commands(cli: &Cli) -> Option<String> {
    let lake = cli.global.lake.as_deref()?;
    if origin(Some(lake), "LIGHTMETER_LAKE")? != "flag" {
        return None;
    }
    let lake = std::path::absolute(lake).ok()?;
    Some(format!("export LIGHTMETER_LAKE='{}'", lake.to_str()?.replace('\'', "'\\''")))
}

/// Whether a path was given by environment or flag.
fn origin(given: Option<&Path>, variable: &str) -> Option<String> {
    let given = given?;
    match std::env::var_os(variable) {
        Some(value) if Path::new(&value) == given => Some(format!("environment {variable}")),
        _ => Some("flag".to_owned()),
    }
}

fn chosen(differs: bool, value: &str, variable: &str) -> String {
    match std::env::var(variable) {
        Ok(set) if set == value => format!("environment {variable}"),
        _ if differs => "flag".to_owned(),
        _ => "default".to_owned(),
    }
}

/// A key as it stands in a dotted name.
fn quoted(key: &str) -> String {
    let plain = key.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-'));
    if plain { key.to_owned() } else { format!("\"{key}\"") }
}

/// Every value below a table, by its full name.
fn flatten(name: &str, value: &toml::Value, add: &mut dyn FnMut(String, String)) {
    match value {
        toml::Value::Table(table) => {
            for (key, value) in table {
                flatten(&format!("{name}.{}", quoted(key)), value, add);
            }
        }
        toml::Value::Array(items) if items.iter().any(toml::Value::is_table) => {
            for (number, item) in items.iter().enumerate() {
                flatten(&format!("{name}[{number}]"), item, add);
            }
        }
        other => add(name.to_owned(), other.to_string()),
    }
}
