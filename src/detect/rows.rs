//! Rows of a detection → findings: required values, stable ids, bounded evidence, duplicates merged.

use std::collections::{BTreeMap, BTreeSet};
use std::str::FromStr;

use arrow::array::{Array, ArrayRef, AsArray, RecordBatch};
use arrow::datatypes::{DataType, Int64Type, TimestampMicrosecondType};
use serde_json::Value;

use super::catalog::Detection;
use super::contract::is_contract_column;
use super::functions::parse_evidence;
use super::json;
use crate::finding::{Evidence, Finding, Scope, finding_id};

/// Evidence kept per finding.
pub(super) const KEPT_EVIDENCE: usize = 50;

/// The detail that says how much evidence there was when not all of it was kept.
pub(super) const EVIDENCE_TOTAL: &str = "evidence_total";

/// Collects the rows of one detection.
pub(super) struct Collector<'a> {
    detection: &'a Detection,
    findings: BTreeMap<String, Finding>,
    rows: usize,
    refused: usize,
    first_refusal: Option<String>,
}

impl<'a> Collector<'a> {
    pub(super) fn new(detection: &'a Detection) -> Self {
        Self { detection, findings: BTreeMap::new(), rows: 0, refused: 0, first_refusal: None }
    }

    /// Adds the rows of a batch. A row that lacks a value which every finding has, or holds a word outside a closed
    /// list, is refused alone: one odd row of an export must not hide the others.
    ///
    /// # Errors
    /// When the batch as a whole cannot be read.
    pub(super) fn add(&mut self, batch: &RecordBatch) -> Result<(), String> {
        let schema = batch.schema();
        let extra: Vec<usize> =
            (0..schema.fields().len()).filter(|i| !is_contract_column(schema.field(*i).name())).collect();
        let details = json::objects(batch, &extra).map_err(|e| format!("the extra columns cannot be shown: {e}"))?;
        let columns = Columns::new(batch)?;
        for (row, details) in details.into_iter().enumerate() {
            self.rows += 1;
            let details = details.into_iter().filter(|(_, v)| !v.is_null()).map(|(k, v)| (k, settled(v))).collect();
            let finding = match self.finding(&columns, row, details) {
                Ok(finding) => finding,
                Err(message) => {
                    self.refused += 1;
                    self.first_refusal.get_or_insert(format!("row {}: {message}", self.rows));
                    continue;
                }
            };
            match self.findings.remove(&finding.id) {
                Some(other) => self.findings.insert(finding.id.clone(), merge(other, finding)),
                None => self.findings.insert(finding.id.clone(), finding),
            };
        }
        Ok(())
    }

    /// How many rows were refused and why the first of them was; `None` when all rows are findings.
    pub(super) fn refusal(&self) -> Option<String> {
        let first = self.first_refusal.as_ref()?;
        Some(format!("{} of {} rows were left out, the first: {first}", self.refused, self.rows))
    }

    /// The findings, worst first.
    pub(super) fn finish(self) -> Vec<Finding> {
        let mut findings: Vec<Finding> = self.findings.into_values().map(bounded).collect();
        findings.sort_by(Finding::order);
        findings
    }

    fn finding(&self, columns: &Columns, row: usize, details: BTreeMap<String, Value>) -> Result<Finding, String> {
        let subject = columns.subject(row)?;
        let reason = columns.required_text("reason", row)?;
        let text = |name| columns.text(name, row);
        let scope = Scope {
            login: text("login"),
            device: text("device"),
            agent: text("agent"),
            tool: text("tool"),
            integration: text("integration"),
            session_id: text("session_id"),
        };
        let key = text("key").unwrap_or_else(|| subject.clone());
        let principal = |value: &Option<String>| value.clone().unwrap_or_default();
        // A wrong word is refused even where the user's severity takes its place.
        let own = columns.word("severity", row)?.filter(|_| !self.detection.severity_set);
        let (first_seen, last_seen) = (columns.time("first_seen", row)?, columns.time("last_seen", row)?);
        if last_seen < first_seen {
            return Err("last_seen is before first_seen".into());
        }
        Ok(Finding {
            id: finding_id(&self.detection.id, &principal(&scope.login), &principal(&scope.device), &key),
            detection: self.detection.info(),
            severity: own.unwrap_or(self.detection.severity),
            confidence: columns.word("confidence", row)?.unwrap_or(self.detection.meta.confidence),
            subject,
            reason,
            scope,
            first_seen,
            last_seen,
            count: columns.int("count", row)?,
            evidence: columns.evidence(row),
            details,
        })
    }
}

/// Two rows with one id are one finding. The result does not depend on which came first.
fn merge(a: Finding, b: Finding) -> Finding {
    // The row with the smaller sentence speaks for both; any fixed rule would do.
    let rank = |f: &Finding| {
        (std::cmp::Reverse(f.severity), f.first_seen, f.reason.clone(), f.subject.clone(), format_details(f))
    };
    let (mut first, second) = if rank(&a) <= rank(&b) { (a, b) } else { (b, a) };
    first.confidence = first.confidence.max(second.confidence);
    first.first_seen = first.first_seen.min(second.first_seen);
    first.last_seen = first.last_seen.max(second.last_seen);
    first.count = first.count.saturating_add(second.count);
    let both: BTreeSet<Evidence> = first.evidence.drain(..).chain(second.evidence).collect();
    first.evidence = both.into_iter().collect();
    first
}

fn format_details(finding: &Finding) -> String {
    serde_json::to_string(&(&finding.details, &finding.scope)).unwrap_or_default()
}

fn bounded(mut finding: Finding) -> Finding {
    let total = finding.evidence.len();
    if total > KEPT_EVIDENCE {
        finding.evidence.truncate(KEPT_EVIDENCE);
        finding.details.insert(EVIDENCE_TOTAL.into(), Value::from(total));
    }
    finding
}

/// Numbers with 12 significant digits: sums of fractions differ beyond that with the order of addition, which depends
/// on the number of cores.
fn settled(value: Value) -> Value {
    match value {
        Value::Number(n) if n.is_f64() => {
            let rounded = n.as_f64().and_then(|f| format!("{f:.11e}").parse::<f64>().ok());
            rounded.map_or(Value::Number(n), Value::from)
        }
        Value::Array(items) => items.into_iter().map(settled).collect(),
        Value::Object(map) => map.into_iter().map(|(k, v)| (k, settled(v))).collect(),
        other => other,
    }
}

/// The contract's columns of one batch.
struct Columns(BTreeMap<String, ArrayRef>);

impl Columns {
    fn new(batch: &RecordBatch) -> Result<Self, String> {
        let schema = batch.schema();
        let mut columns = BTreeMap::new();
        for (field, array) in schema.fields().iter().zip(batch.columns()) {
            if !is_contract_column(field.name()) {
                continue;
            }
            // Text has several physical forms; one is enough from here on.
            let wanted = match field.data_type() {
                DataType::Utf8View | DataType::LargeUtf8 | DataType::Null => DataType::Utf8,
                DataType::List(_) | DataType::LargeList(_) => DataType::new_list(DataType::Utf8, true),
                other => other.clone(),
            };
            let array = arrow::compute::cast(array, &wanted).map_err(|e| format!("{}: {e}", field.name()))?;
            columns.insert(field.name().clone(), array);
        }
        Ok(Self(columns))
    }

    fn get(&self, name: &str, row: usize) -> Option<&ArrayRef> {
        self.0.get(name).filter(|array| array.is_valid(row))
    }

    /// A text; empty text counts as absent.
    fn text(&self, name: &str, row: usize) -> Option<String> {
        let text = self.get(name, row)?.as_string_opt::<i32>()?.value(row);
        (!text.is_empty()).then(|| text.to_owned())
    }

    /// The subject. Exports choose names, so an empty one is a name too.
    fn subject(&self, row: usize) -> Result<String, String> {
        self.get("subject", row).ok_or("subject is empty")?;
        Ok(self.text("subject", row).unwrap_or_else(|| "(empty)".to_owned()))
    }

    fn required_text(&self, name: &str, row: usize) -> Result<String, String> {
        self.text(name, row).ok_or_else(|| format!("{name} is empty"))
    }

    fn time(&self, name: &str, row: usize) -> Result<i64, String> {
        let array = self.get(name, row).and_then(|a| a.as_primitive_opt::<TimestampMicrosecondType>());
        array.map(|a| a.value(row)).ok_or_else(|| format!("{name} is empty"))
    }

    fn int(&self, name: &str, row: usize) -> Result<i64, String> {
        let array = self.get(name, row).and_then(|a| a.as_primitive_opt::<Int64Type>());
        array.map(|a| a.value(row)).ok_or_else(|| format!("{name} is empty"))
    }

    fn word<T: FromStr<Err = String>>(&self, name: &str, row: usize) -> Result<Option<T>, String> {
        self.text(name, row).map(|text| text.parse().map_err(|e| format!("{name}: {e}"))).transpose()
    }

    /// Addresses in the order of the query, each once.
    fn evidence(&self, row: usize) -> Vec<Evidence> {
        let Some(list) = self.get("evidence", row).and_then(|a| a.as_list_opt::<i32>()) else { return Vec::new() };
        let items = list.value(row);
        let mut seen = BTreeSet::new();
        items
            .as_string_opt::<i32>()
            .into_iter()
            .flatten()
            .flatten()
            .map(parse_evidence)
            .filter(|evidence| seen.insert(evidence.clone()))
            .collect()
    }
}
