//! `[profiles.NAME]` of `lightmeter.toml`: what an unattended run reads, looks at and writes.
//!
//! Relative paths are relative to the file. `${NAME}` in a text is the environment variable of that name, so that what
//! is secret or differs between machines need not stand in the file.

use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::config::{S3Config, SourceConfig};

/// An unattended run.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Profile {
    /// Folders, files or `s3://bucket/prefix`; those of the whole file when empty.
    #[serde(default)]
    pub sources: Vec<SourceConfig>,
    /// Start of the window; everything when absent.
    pub since: Option<String>,
    /// End of the window.
    pub until: Option<String>,
    /// Exports that surely lie before it are not pulled; by default nothing is left out, so that exports that come late
    /// and those of a long downtime are picked up.
    pub pull_since: Option<String>,
    /// How much text the lake keeps: `full`, `redacted` or `none`.
    pub content: Option<String>,
    /// Exports converted at the same time, 1 to 64.
    pub workers: Option<u16>,
    /// Least severity that is shown.
    pub min_severity: Option<String>,
    /// Detections that count; all when empty.
    #[serde(default)]
    pub only: Vec<String>,
    /// Severity from which findings change the exit code.
    pub fail_on: Option<String>,
    /// Whether an empty window is fine; it is unless this says otherwise.
    pub allow_empty: Option<bool>,
    /// Days of data that the lake keeps, such as `400d`; everything when absent.
    pub retention: Option<String>,
    /// Whether small files of the lake are merged; they are unless this says otherwise.
    pub compact: Option<bool>,
    /// Metrics in the Prometheus text format.
    pub metrics: Option<PathBuf>,
    /// How to reach S3.
    #[serde(default)]
    pub s3: S3Config,
    /// Reports to write.
    #[serde(default)]
    pub reports: Vec<ReportSpec>,
    /// Exports to write.
    #[serde(default)]
    pub exports: Vec<ExportSpec>,
}

/// One report.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReportSpec {
    /// `markdown`, `json` or another format of `analyze`.
    pub format: String,
    /// The file; with `keep` it is the newest of several.
    pub output: PathBuf,
    /// Start of its window, when it differs from that of the profile.
    pub since: Option<String>,
    /// Incidents shown per day.
    pub budget: Option<u32>,
    /// Whether the lake remembers it, so that later reports tell what is new since.
    pub remember: Option<bool>,
    /// Older reports that are kept beside it, numbered.
    pub keep: Option<usize>,
    /// Age at which older reports are removed, such as `90d`.
    pub keep_for: Option<String>,
}

/// One export.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExportSpec {
    /// Formats of `export`.
    pub formats: Vec<String>,
    /// The folder.
    pub output_dir: PathBuf,
    /// Only what is new or changed; it is unless this says otherwise.
    pub only_new: Option<bool>,
    /// Whose account is kept; the name of the profile when absent.
    pub consumer: Option<String>,
    /// Version of the OCSF schema.
    pub ocsf_version: Option<String>,
    /// Start of its window, when it differs from that of the profile.
    pub since: Option<String>,
    /// Numbered files of each format that are kept; all when absent.
    pub keep: Option<usize>,
}

/// The value of an environment variable, if it is set.
pub type Environment<'e> = &'e dyn Fn(&str) -> Option<String>;

/// Names of the profiles of a settings file, sorted.
#[must_use]
pub fn names(table: &toml::Table) -> Vec<String> {
    let sections = table.get("profiles").and_then(toml::Value::as_table);
    let mut names: Vec<String> = sections.into_iter().flat_map(toml::Table::keys).cloned().collect();
    names.sort();
    names
}

/// Reads a profile of a settings file. Only its own variables must be set.
///
/// # Errors
/// What is wrong, with the name of the profile, one sentence.
pub fn named(table: &toml::Table, name: &str, folder: &Path, environment: Environment<'_>) -> Result<Profile, String> {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '_');
    if name.is_empty() || name.len() > 64 || !name.chars().all(plain) {
        return Err("a profile is named with a-z, 0-9, - and _, at most 64 of them".to_owned());
    }
    let Some(section) = table.get("profiles").and_then(|p| p.get(name)) else {
        let known = names(table).join(", ");
        let hint = if known.is_empty() { "it has none".to_owned() } else { format!("it has {known}") };
        return Err(format!("the settings file has no [profiles.{name}]; {hint}"));
    };
    let at = |e: String| format!("[profiles.{name}]: {e}");
    let filled = with_environment(section.clone(), environment).map_err(at)?;
    let mut profile: Profile = filled.try_into().map_err(|e: toml::de::Error| at(e.message().to_owned()))?;
    place(&mut profile, folder);
    Ok(profile)
}

/// Replaces `${NAME}` in every text.
fn with_environment(value: toml::Value, environment: Environment<'_>) -> Result<toml::Value, String> {
    Ok(match value {
        toml::Value::String(text) => toml::Value::String(expanded(&text, environment)?),
        toml::Value::Array(items) => {
            toml::Value::Array(items.into_iter().map(|v| with_environment(v, environment)).collect::<Result<_, _>>()?)
        }
        toml::Value::Table(table) => {
            let entries = table.into_iter().map(|(k, v)| Ok((k, with_environment(v, environment)?)));
            toml::Value::Table(entries.collect::<Result<_, String>>()?)
        }
        other => other,
    })
}

fn expanded(text: &str, environment: Environment<'_>) -> Result<String, String> {
    let mut out = String::new();
    let mut rest = text;
    while let Some(start) = rest.find("${") {
        let end = rest[start..].find('}').ok_or("a ${ is not closed by a }")? + start;
        let name = &rest[start + 2..end];
        let plain = |c: char| c.is_ascii_alphanumeric() || c == '_';
        if name.is_empty() || !name.chars().all(plain) {
            return Err("between ${ and } stands the name of an environment variable".to_owned());
        }
        out.push_str(&rest[..start]);
        out.push_str(&environment(name).ok_or_else(|| format!("the environment variable {name} is not set"))?);
        rest = &rest[end + 1..];
    }
    out.push_str(rest);
    Ok(out)
}

fn place(profile: &mut Profile, folder: &Path) {
    let under = |path: &mut PathBuf| {
        if path.is_relative() {
            *path = folder.join(&*path);
        }
    };
    profile.sources = std::mem::take(&mut profile.sources).into_iter().map(|source| source.below(folder)).collect();
    profile.metrics.iter_mut().for_each(under);
    profile.reports.iter_mut().for_each(|r| under(&mut r.output));
    profile.exports.iter_mut().for_each(|e| under(&mut e.output_dir));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str, name: &str) -> Result<Profile, String> {
        let environment = |name: &str| (name == "BUCKET").then(|| "acme".to_owned());
        named(&text.parse().unwrap(), name, Path::new("/etc/lm"), &environment)
    }

    #[test]
    fn paths_are_relative_to_the_file_and_variables_are_filled_in() {
        let text = "[profiles.hourly]\nsources = ['s3://${BUCKET}/x', 'local']\nmetrics = 'm.prom'\n\
                    [[profiles.hourly.reports]]\nformat = 'markdown'\noutput = '/srv/r.md'\n\
                    [[profiles.hourly.exports]]\nformats = ['ocsf']\noutput_dir = 'siem'\n\
                    [profiles.other]\nsince = '${NOT_SET}'\n";
        let profile = read(text, "hourly").unwrap();
        let addresses: Vec<&str> = profile.sources.iter().map(|source| source.address.as_str()).collect();
        assert_eq!(addresses, ["s3://acme/x", "/etc/lm/local"]);
        assert_eq!(profile.metrics, Some(PathBuf::from("/etc/lm/m.prom")));
        assert_eq!(profile.reports[0].output, PathBuf::from("/srv/r.md"));
        assert_eq!(profile.exports[0].output_dir, PathBuf::from("/etc/lm/siem"));
    }

    #[test]
    fn mistakes_are_named_with_their_profile() {
        for (text, name, says) in [
            ("[profiles.a]\nsauces = []\n", "a", "[profiles.a]: unknown field `sauces`"),
            ("[profiles.a]\nsince = '${HOME_X}'\n", "a", "HOME_X is not set"),
            ("[profiles.a]\nsince = '${HOME'\n", "a", "not closed"),
            ("[profiles.a]\n[profiles.b]\n", "c", "no [profiles.c]; it has a, b"),
            ("", "../a", "named with a-z"),
        ] {
            let error = read(text, name).unwrap_err();
            assert!(error.contains(says), "{error}");
        }
    }
}
