//! Runs one case of a detection: the given rows become tables, the findings are compared with what is expected.

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow::datatypes::{DataType, Schema, SchemaRef};
use serde_json::{Map, Value};

use super::catalog::Detection;
use super::contract::{self, explain};
use super::data::DataTables;
use super::front_matter::Case;
use super::rows::Collector;
use super::views::{self, View};
use super::{json, suggest};
use crate::finding::Finding;
use crate::lake::rows_table;

/// What a detection returned for the rows of a case.
struct Outcome {
    rows: Vec<Map<String, Value>>,
    findings: Vec<Finding>,
    schema: Arc<Schema>,
}

/// Everything that is wrong with a case, as sentences.
pub(super) async fn problems(
    detection: &Detection,
    case: &Case,
    tables: &BTreeMap<String, SchemaRef>,
    data: &DataTables,
) -> Vec<String> {
    let at = |message: String| format!("case {:?}: {message}", case.name);
    let outcome = match execute(detection, case, tables, data, false).await {
        Ok(outcome) => outcome,
        Err(message) => return vec![at(message)],
    };
    let mut problems: Vec<String> = compare(case, &outcome.rows, &outcome.schema).into_iter().map(at).collect();
    if let Some(finding) = outcome.findings.iter().find(|f| !f.reason.trim_end().ends_with(['.', '!', '?'])) {
        problems.push(at(format!("the reason {:?} is not a finished sentence", finding.reason)));
    }
    // Exports arrive in any order, so the same rows in another order must give the same findings.
    match execute(detection, case, tables, data, true).await {
        Ok(turned) if turned.findings == outcome.findings => {}
        _ => problems.push(at("the result changes with the order of the given rows; break ties explicitly".into())),
    }
    problems
}

/// Whether a detection finds what the case expects.
pub(super) async fn hold(
    detection: &Detection,
    case: &Case,
    tables: &BTreeMap<String, SchemaRef>,
    data: &DataTables,
) -> bool {
    execute(detection, case, tables, data, false)
        .await
        .is_ok_and(|outcome| compare(case, &outcome.rows, &outcome.schema).is_empty())
}

async fn execute(
    detection: &Detection,
    case: &Case,
    tables: &BTreeMap<String, SchemaRef>,
    data: &DataTables,
    turned: bool,
) -> Result<Outcome, String> {
    let ctx = contract::bare_session();
    let said = |error| explain(&error);
    if let Some(unknown) = case.tables.keys().find(|name| !tables.contains_key(*name)) {
        let hint = suggest::did_you_mean(unknown, tables.keys().map(String::as_str));
        return Err(format!("there is no table {unknown}{hint}"));
    }
    let views = views::derived().map_err(|error| error.to_string())?;
    let derived: Vec<_> = views.iter().filter(|v| is_derived(v, detection, case)).collect();
    let read: Vec<&str> = derived.iter().map(|v| v.sql.as_str()).chain([detection.sql.as_str()]).collect();
    for (name, schema) in tables.iter().filter(|(name, _)| derived.iter().all(|view| view.name != **name)) {
        let rows = match case.tables.get(name) {
            Some(rows) => rows,
            // Cases run often, and most tables matter to few detections.
            None if !read.iter().any(|sql| sql.contains(name.as_str())) => continue,
            // Data tables keep their real rows unless the case brings its own.
            None => match data.tables.values().find(|table| table.table_name() == *name) {
                Some(table) => {
                    table.register(&ctx).map_err(said)?;
                    continue;
                }
                None => &Vec::new(),
            },
        };
        let mut rows: Vec<_> = rows.iter().map(json::from_table).collect();
        if turned {
            rows.reverse();
        }
        let batch =
            json::to_batch(schema, &rows).map_err(|error| row_message(name, schema, &rows, &error.to_string()))?;
        let table = rows_table(schema, vec![batch]).map_err(said)?;
        ctx.register_table(name.as_str(), table).map_err(said)?;
    }
    for view in derived {
        views::register_plain(&ctx, view).await.map_err(said)?;
    }
    let frame = ctx.sql(&detection.sql).await.map_err(said)?;
    let frame = frame.with_param_values(contract::bind(&detection.meta.params)).map_err(said)?;
    let schema = Arc::clone(frame.schema().inner());
    let mut collector = Collector::new(detection);
    let mut rows = Vec::new();
    for batch in frame.collect().await.map_err(said)? {
        let all: Vec<usize> = (0..batch.num_columns()).collect();
        rows.extend(json::objects(&batch, &all).map_err(|e| e.to_string())?);
        collector.add(&batch)?;
    }
    if let Some(refusal) = collector.refusal() {
        return Err(refusal);
    }
    Ok(Outcome { rows, findings: collector.finish(), schema })
}

/// Whether the rows of a view follow from those that the case gives.
fn is_derived(view: &View, detection: &Detection, case: &Case) -> bool {
    detection.sql.contains(&view.name) && !case.tables.contains_key(&view.name)
}

/// Which row of which table does not fit, and why.
pub(super) fn row_message(table: &str, schema: &SchemaRef, rows: &[Map<String, Value>], error: &str) -> String {
    for (number, row) in rows.iter().enumerate() {
        for name in row.keys() {
            if schema.field_with_name(name).is_err() {
                let names = schema.fields().iter().map(|f| f.name().as_str());
                let hint = suggest::did_you_mean(name, names);
                return format!("{table} row {}: there is no column {name}{hint}", number + 1);
            }
        }
        if let Err(error) = json::to_batch(schema, std::slice::from_ref(row)) {
            return format!("{table} row {}: {error}", number + 1);
        }
    }
    format!("{table}: {error}")
}

/// What differs between the rows and what the case expects, as sentences.
pub(super) fn compare(case: &Case, rows: &[Map<String, Value>], schema: &Schema) -> Vec<String> {
    let mut problems = Vec::new();
    for name in case.expect.iter().flat_map(toml::Table::keys) {
        if schema.field_with_name(name).is_err() {
            let hint = suggest::did_you_mean(name, schema.fields().iter().map(|f| f.name().as_str()));
            problems.push(format!("expect: there is no output column {name}{hint}"));
        }
    }
    if case.expect.iter().any(toml::Table::is_empty) {
        problems.push("expect: an empty row proves nothing; name at least the subject".into());
    }
    if !problems.is_empty() {
        return problems;
    }
    if case.expect.len() != rows.len() {
        let found: Vec<String> = rows.iter().map(brief).collect();
        return vec![format!(
            "expects {} rows, got {}{}",
            case.expect.len(),
            found.len(),
            if found.is_empty() { String::new() } else { format!(": {}", found.join("; ")) }
        )];
    }
    let expected: Vec<_> = case.expect.iter().map(json::from_table).collect();
    let fits: Vec<Vec<bool>> =
        expected.iter().map(|wanted| rows.iter().map(|row| matches(wanted, row, schema)).collect()).collect();
    unmatched(&fits)
        .into_iter()
        .map(|index| {
            let found: Vec<String> = rows.iter().map(|row| part(row, &expected[index])).collect();
            format!("no row fits expect number {} {}; got {}", index + 1, object(&expected[index]), found.join("; "))
        })
        .collect()
}

/// Expected rows that remain without a partner when as many as possible have one of their own.
fn unmatched(fits: &[Vec<bool>]) -> Vec<usize> {
    fn place(index: usize, fits: &[Vec<bool>], tried: &mut [bool], taken: &mut [Option<usize>]) -> bool {
        for row in 0..taken.len() {
            if fits[index][row] && !tried[row] {
                tried[row] = true;
                if taken[row].is_none_or(|other| place(other, fits, tried, taken)) {
                    taken[row] = Some(index);
                    return true;
                }
            }
        }
        false
    }
    let rows = fits.first().map_or(0, Vec::len);
    let mut taken = vec![None; rows];
    (0..fits.len()).filter(|index| !place(*index, fits, &mut vec![false; rows], &mut taken)).collect()
}

fn matches(wanted: &Map<String, Value>, row: &Map<String, Value>, schema: &Schema) -> bool {
    wanted.iter().all(|(name, wanted)| {
        let found = row.get(name).unwrap_or(&Value::Null);
        let time = schema.field_with_name(name).is_ok_and(|f| matches!(f.data_type(), DataType::Timestamp(..)));
        if time { instant(wanted).is_some() && instant(wanted) == instant(found) } else { equal(wanted, found) }
    })
}

fn instant(value: &Value) -> Option<jiff::Timestamp> {
    value.as_str()?.parse().ok()
}

/// Equality in which 2 and 2.0 are the same number, and computed fractions may differ in the last digits.
fn equal(wanted: &Value, found: &Value) -> bool {
    match (wanted, found) {
        (Value::Number(a), Value::Number(b)) if a.is_i64() && b.is_i64() => a == b,
        (Value::Number(a), Value::Number(b)) => match (a.as_f64(), b.as_f64()) {
            (Some(a), Some(b)) => (a - b).abs() <= 1e-9 * a.abs().max(1.0),
            _ => false,
        },
        (Value::Array(a), Value::Array(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| equal(a, b)),
        _ => wanted == found,
    }
}

fn object(row: &Map<String, Value>) -> String {
    serde_json::to_string(row).unwrap_or_default()
}

fn part(row: &Map<String, Value>, of: &Map<String, Value>) -> String {
    object(&of.keys().map(|name| (name.clone(), row.get(name).cloned().unwrap_or(Value::Null))).collect())
}

fn brief(row: &Map<String, Value>) -> String {
    let keys = ["subject", "reason", "count"];
    if keys.iter().all(|name| !row.contains_key(*name)) {
        return object(row);
    }
    object(&keys.iter().map(|name| ((*name).to_owned(), row.get(*name).cloned().unwrap_or(Value::Null))).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_is_given_to_the_expectation_that_needs_it() {
        // The first expectation fits both rows, the second only the first row.
        assert!(unmatched(&[vec![true, true], vec![true, false]]).is_empty());
        assert_eq!(unmatched(&[vec![true, false], vec![true, false]]), [1]);
    }
}
