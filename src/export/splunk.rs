//! Envelopes for Splunk's HTTP Event Collector. Time is epoch seconds; the fields of the CIM data model Alerts come
//! first, because Splunk extracts only the first characters of an event.

use std::io::{self, Write};

use serde_json::{Map, Value, json};

use super::document::{address, details_as_text, family, line, micros, pruned, rfc3339, some, tagged, text};
use super::{Context, Item};
use crate::finding::Severity;

/// Bytes of an event; below what Splunk extracts fields from by default.
const EVENT: usize = 5_000;

/// Pieces of evidence in an event.
const EVIDENCE: usize = 10;

pub(super) fn write(item: &Item, context: &Context, out: &mut dyn Write) -> io::Result<()> {
    let mut event: Vec<(&str, Value)> =
        fields(item, context).into_iter().filter_map(|(name, value)| Some((name, pruned(value)?))).collect();
    // The last fields are the least needed ones; what is left out can be looked up by the id.
    while size(&event)? > EVENT && event.len() > 12 {
        event.pop();
    }
    let mut text = Vec::new();
    line(event, &mut text)?;
    text.pop();
    let seconds = micros(item.finding.last_seen);
    let time = format!("{}.{:06}", seconds / 1_000_000, seconds % 1_000_000);
    let host = some(item.finding.scope.device.as_ref()).unwrap_or_else(|| "aperture".to_owned());
    write!(out, "{{\"time\":{time},\"host\":{},", Value::String(host))?;
    out.write_all(b"\"source\":\"lightmeter\",\"sourcetype\":\"aperture:finding\",\"event\":")?;
    out.write_all(&text)?;
    out.write_all(b"}\n")
}

fn size(event: &[(&str, Value)]) -> io::Result<usize> {
    let mut bytes = Vec::new();
    line(event.iter().map(|(name, value)| (*name, value.clone())), &mut bytes)?;
    Ok(bytes.len())
}

fn severity_id(severity: Severity) -> &'static str {
    match severity {
        Severity::Informational => "1",
        Severity::Low => "2",
        Severity::Medium => "3",
        Severity::High => "4",
        Severity::Critical => "5",
    }
}

fn fields(item: &Item, context: &Context) -> Vec<(&'static str, Value)> {
    let finding = &item.finding;
    let scope = &finding.scope;
    let detection = &finding.detection;
    // What the alert is about; the data model wants these fields in every alert, and this word where nothing is known.
    let unknown = || "unknown".to_owned();
    let [integration, tool, agent, device] =
        [&scope.integration, &scope.tool, &scope.agent, &scope.device].map(|name| some(name.as_ref()));
    let destination = integration.or(tool).or(agent).or_else(|| device.clone()).unwrap_or_else(unknown);
    let severity = if item.is_alert() { finding.severity } else { Severity::Informational };
    let details: Map<String, Value> = details_as_text(finding);
    vec![
        ("app", json!("aperture")),
        // A closing is no alert, nor is it as bad as what it closes.
        ("type", json!(if item.is_alert() { "alert" } else { "event" })),
        ("id", json!(text(&finding.id))),
        ("severity", json!(severity)),
        ("severity_id", json!(severity_id(severity))),
        ("signature", json!(text(&detection.title))),
        ("signature_id", json!(text(&detection.id))),
        ("user", json!(some(scope.login.as_ref()).unwrap_or_else(unknown))),
        ("src", json!(device.unwrap_or_else(unknown))),
        ("dest", json!(destination)),
        ("description", json!(text(&finding.reason))),
        ("mitre_technique_id", json!(tagged(finding, "atlas"))),
        ("category", json!(text(family(finding)))),
        ("subject", json!(text(&finding.subject))),
        ("change", json!(item.change.as_str())),
        ("sequence", json!(item.sequence)),
        ("revision", json!(item.revision)),
        ("confidence", json!(finding.confidence)),
        ("agent", json!(some(scope.agent.as_ref()))),
        ("tool", json!(some(scope.tool.as_ref()))),
        ("integration", json!(some(scope.integration.as_ref()))),
        ("session_id", json!(some(scope.session_id.as_ref()))),
        ("start_time", json!(rfc3339(finding.first_seen))),
        ("end_time", json!(rfc3339(finding.last_seen))),
        ("count", json!(finding.count)),
        ("rules", json!(context.rules)),
        ("tags", json!(detection.tags.iter().map(|t| text(t)).collect::<Vec<_>>())),
        ("evidence", json!(finding.evidence.iter().take(EVIDENCE).map(address).collect::<Vec<_>>())),
        ("details", Value::Object(details)),
    ]
}
