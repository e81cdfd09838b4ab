//! `lightmeter config`: each setting, its value and where it comes from.

use std::path::{Path, PathBuf};

use super::output;
use crate::cli::{Cli, LogFormat, LogLevel};
use crate::config::Config;
use crate::error::{Error, showable};
use crate::outcome::Outcome;

/// Prints the settings. Variables in profiles are shown as they are written, because they may stand for secrets.
///
/// # Errors
/// When standard output cannot be written.
pub(super) fn print(cli: &Cli, config: &Config, lake: PathBuf) -> Result<Outcome, Error> {
    let mut rows: Vec<[String; 3]> = Vec::new();
    let mut add = |name: &str, value: String, origin: String| rows.push([name.to_owned(), value, origin]);
    let file = config.file.as_ref().map(|f| f.to_string_lossy().into_owned());
    let from_file = || file.clone().unwrap_or_default();
    let default = || "default".to_owned();
    match &file {
        Some(file) => add(
            "config",
            file.clone(),
            origin(cli.global.config.as_deref(), "LIGHTMETER_CONFIG").unwrap_or("the current folder".to_owned()),
        ),
        None => add("config", "none".to_owned(), default()),
    }
    let lake_origin = origin(cli.global.lake.as_deref(), "LIGHTMETER_LAKE");
    let lake_origin = lake_origin.unwrap_or_else(|| if config.lake.is_some() { from_file() } else { default() });
    add("lake", lake.to_string_lossy().into_owned(), lake_origin);
    let level = match cli.global.log_level {
        LogLevel::Error => "error",
        LogLevel::Warn => "warn",
        LogLevel::Info => "info",
        LogLevel::Debug => "debug",
    };
    add("log_level", level.to_owned(), chosen(level != "warn", level, "LIGHTMETER_LOG_LEVEL"));
    let format = if cli.global.log_format == LogFormat::Json { "json" } else { "text" };
    add("log_format", format.to_owned(), chosen(format != "text", format, "LIGHTMETER_LOG_FORMAT"));
    let list = |items: &[String]| format!("[{}]", items.join(", "));
    let given = |is: bool| if is { from_file() } else { default() };
    let addresses: Vec<String> = config.sources.iter().map(|source| source.address.clone()).collect();
    add("sources", list(&addresses), given(!addresses.is_empty()));
    let own = config.table.get("sources").and_then(toml::Value::as_array);
    for (number, source) in own.into_iter().flatten().enumerate().filter(|(_, source)| source.is_table()) {
        flatten(&format!("sources[{number}]"), source, &mut |name, value| add(name, value, from_file()));
    }
    let folders: Vec<String> = config.detection_folders.iter().map(|f| f.to_string_lossy().into_owned()).collect();
    add("detection_folders", list(&folders), given(!folders.is_empty()));
    for table in ["s3", "detections", "catalog", "profiles"] {
        if let Some(value) = config.table.get(table) {
            flatten(table, value, &mut |name, value| add(name, value, from_file()));
        }
    }
    output::write(None, |out| {
        for [name, value, origin] in &rows {
            writeln!(out, "{}", showable(&format!("{name} = {value}    # {origin}")))?;
        }
        Ok(())
    })?;
    Ok(Outcome::Done)
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

/// Every value below a table, by its full name.
fn flatten(name: &str, value: &toml::Value, add: &mut dyn FnMut(&str, String)) {
    match value {
        toml::Value::Table(table) => {
            for (key, value) in table {
                let plain = key.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-'));
                let key = if plain { key.clone() } else { format!("\"{key}\"") };
                flatten(&format!("{name}.{key}"), value, add);
            }
        }
        toml::Value::Array(items) if items.iter().any(toml::Value::is_table) => {
            for (number, item) in items.iter().enumerate() {
                flatten(&format!("{name}[{number}]"), item, add);
            }
        }
        other => add(name, other.to_string()),
    }
}
