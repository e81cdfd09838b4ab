//! The user's own view of detections: `[detections."family.name"]` in `lightmeter.toml`.

use std::collections::BTreeMap;

use super::catalog::Catalog;
use super::front_matter::Param;
use super::suggest;
use crate::finding::Severity;

/// What the user wants of one detection.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Override {
    /// Whether it runs.
    pub enabled: Option<bool>,
    /// Severity of all its findings, those whose rows have one of their own included.
    pub severity: Option<Severity>,
    /// Parameters by name.
    pub params: BTreeMap<String, Param>,
}

/// What the user wants of detections, by id.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct DetectionSettings {
    /// Wishes by detection id.
    pub overrides: BTreeMap<String, Override>,
}

impl DetectionSettings {
    /// Reads the section `detections` of a configuration; other sections are not looked at.
    ///
    /// # Errors
    /// Everything in the section that is unknown or of the wrong type, one sentence each.
    pub fn parse(config: &toml::Table) -> Result<Self, Vec<String>> {
        let mut settings = Self::default();
        let mut problems = Vec::new();
        match config.get("detections") {
            None => {}
            Some(toml::Value::Table(section)) => {
                for (id, value) in section {
                    let Some(table) = value.as_table() else {
                        problems.push(format!("detections.{id}: write [detections.\"family.name\"]"));
                        continue;
                    };
                    if table.values().all(toml::Value::is_table) && !table.is_empty() && !id.contains('.') {
                        problems.push(format!("detections.{id}: quote the id, as in [detections.\"{id}.name\"]"));
                        continue;
                    }
                    let wanted =
                        parse_override(table, |message| problems.push(format!("[detections.\"{id}\"] {message}")));
                    settings.overrides.insert(id.clone(), wanted);
                }
            }
            Some(_) => problems.push("detections: write [detections.\"family.name\"]".into()),
        }
        if problems.is_empty() { Ok(settings) } else { Err(problems) }
    }

    /// Puts the wishes into the catalogue.
    ///
    /// # Errors
    /// Ids and parameters that do not exist and values of the wrong type, one sentence each; nothing is changed then.
    pub fn apply(&self, catalog: &mut Catalog) -> Result<(), Vec<String>> {
        let mut changed = catalog.detections.clone();
        let mut problems = Vec::new();
        for (id, wanted) in &self.overrides {
            let Some(detection) = changed.get_mut(id) else {
                problems.push(format!("[detections.\"{id}\"] {}", catalog.unknown(id)));
                continue;
            };
            detection.enabled = wanted.enabled.unwrap_or(detection.enabled);
            if let Some(severity) = wanted.severity {
                (detection.severity, detection.severity_set) = (severity, true);
            }
            for (name, value) in &wanted.params {
                match fit(name, value, &detection.meta.params) {
                    Ok(value) => {
                        detection.params.insert(name.clone(), value);
                    }
                    Err(message) => problems.push(format!("[detections.\"{id}\"] {message}")),
                }
            }
        }
        if problems.is_empty() {
            catalog.detections = changed;
            Ok(())
        } else {
            Err(problems)
        }
    }
}

fn parse_override(table: &toml::Table, mut problem: impl FnMut(String)) -> Override {
    let mut wanted = Override::default();
    for (key, value) in table {
        match (key.as_str(), value) {
            ("enabled", toml::Value::Boolean(enabled)) => wanted.enabled = Some(*enabled),
            ("enabled", _) => problem("enabled: write true or false".into()),
            ("severity", toml::Value::String(word)) => match word.parse() {
                Ok(severity) => wanted.severity = Some(severity),
                Err(message) => problem(format!("severity: {message}")),
            },
            ("severity", _) => problem("severity: write it as a text, such as \"high\"".into()),
            ("params", toml::Value::Table(params)) => {
                for (name, value) in params {
                    match Param::from_toml(value) {
                        Ok(value) => {
                            wanted.params.insert(name.clone(), value);
                        }
                        Err(message) => problem(format!("params.{name}: {message}")),
                    }
                }
            }
            ("params", _) => problem("params: write params = { name = value }".into()),
            (other, _) => {
                let hint = suggest::did_you_mean(other, ["enabled", "severity", "params"]);
                problem(format!("unknown key {other}{hint}"));
            }
        }
    }
    wanted
}

/// The value in the type of its default; a whole number also serves where a number is wanted.
fn fit(name: &str, value: &Param, defaults: &BTreeMap<String, Param>) -> Result<Param, String> {
    let Some(default) = defaults.get(name) else {
        let hint = suggest::did_you_mean(name, defaults.keys().map(String::as_str));
        return Err(format!("there is no parameter {name}{hint}"));
    };
    match (default, value) {
        #[allow(clippy::cast_precision_loss)] // thresholds are small
        (Param::Float(_), Param::Int(whole)) => Ok(Param::Float(*whole as f64)),
        _ if default.type_name() == value.type_name() => Ok(value.clone()),
        _ => Err(format!("params.{name} is {} and must be {}", value.type_name(), default.type_name())),
    }
}
