//! Common Event Format, one line per finding, for ArcSight, QRadar and what reads syslog.

use std::io::{self, Write};

use super::document::{address, family, millis, some, text};
use super::{Context, Item};
use crate::finding::Severity;

pub(super) fn write(item: &Item, context: &Context, out: &mut dyn Write) -> io::Result<()> {
    let finding = &item.finding;
    let detection = &finding.detection;
    let header = [&context.version, &detection.id, &detection.title].map(|part| in_header(part));
    write!(out, "CEF:0|lightmeter|lightmeter|{}|{}|", header.join("|"), severity(item))?;
    let scope = &finding.scope;
    let first = finding.evidence.first().map(address);
    let owned = Some;
    let fields: [(&str, Option<String>, usize); 27] = [
        ("rt", owned(millis(finding.last_seen).to_string()), 20),
        ("start", owned(millis(finding.first_seen).to_string()), 20),
        ("end", owned(millis(finding.last_seen).to_string()), 20),
        ("externalId", owned(finding.id.clone()), 40),
        ("cat", owned(family(finding).to_owned()), 1023),
        ("act", owned(item.change.as_str().to_owned()), 63),
        ("cnt", owned(finding.count.clamp(0, i64::from(i32::MAX)).to_string()), 20),
        ("suser", some(scope.login.as_ref()), 1023),
        ("deviceExternalId", some(scope.device.as_ref()), 255),
        ("requestClientApplication", some(scope.agent.as_ref()), 1023),
        ("msg", owned(finding.reason.clone()), 1023),
        ("cn1Label", owned("sequence".to_owned()), 63),
        ("cn1", item.sequence.map(|n| n.to_string()), 20),
        ("cs1Label", owned("tool".to_owned()), 63),
        ("cs1", some(scope.tool.as_ref()), 1023),
        ("cs2Label", owned("integration".to_owned()), 63),
        ("cs2", some(scope.integration.as_ref()), 1023),
        ("cs3Label", owned("sessionId".to_owned()), 63),
        ("cs3", some(scope.session_id.as_ref()), 1023),
        ("cs4Label", owned("revision".to_owned()), 63),
        ("cs4", owned(item.revision.clone()), 63),
        ("cs5Label", owned("evidence".to_owned()), 63),
        ("cs5", first, 1023),
        ("cs6Label", owned("tags".to_owned()), 63),
        ("cs6", owned(detection.tags.join(",")).filter(|t| !t.is_empty()), 1023),
        ("flexString1Label", owned("confidence".to_owned()), 63),
        ("flexString1", owned(finding.confidence.as_str().to_owned()), 63),
    ];
    let mut separator = "";
    let mut rest = fields.iter().peekable();
    while let Some((name, value, limit)) = rest.next() {
        // A label without its value says nothing.
        let labels = name.ends_with("Label") && rest.peek().is_some_and(|(_, value, _)| value.is_none());
        let Some(value) = value.as_ref().filter(|_| !labels) else { continue };
        write!(out, "{separator}{name}={}", in_extension(value, *limit))?;
        separator = " ";
    }
    out.write_all(b"\n")
}

/// From 0 to 10; a closing asks nothing of anybody.
fn severity(item: &Item) -> u8 {
    match item.finding.severity {
        _ if !item.is_alert() => 0,
        Severity::Informational => 1,
        Severity::Low => 3,
        Severity::Medium => 5,
        Severity::High => 8,
        Severity::Critical => 10,
    }
}

/// In the header a bar ends the field.
fn in_header(value: &str) -> String {
    text(value).replace('\\', "\\\\").replace('|', "\\|")
}

/// In the extension an equals sign would start the next field; line breaks are already spelled out.
fn in_extension(value: &str, limit: usize) -> String {
    crate::text::one_line(value, limit).replace('\\', "\\\\").replace('=', "\\=")
}
