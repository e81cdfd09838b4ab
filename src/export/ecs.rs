//! Elastic Common Schema 9.4.0: alerts that Elastic Security's rule "External Alerts" picks up as they are.
//!
//! Whatever ECS does not define stands under `aperture.`, where it cannot collide with a later version.

use std::io::{self, Write};

use serde_json::{Value, json};

use super::document::{
    address, details_as_text, elastic_severity, export_keys, family, line, micros, pruned_line, rfc3339, some, tagged,
    text,
};
use super::{Context, Item};
use crate::finding::Finding;
use crate::report::next_steps;

/// One document on a line.
pub(super) fn write(item: &Item, context: &Context, out: &mut dyn Write) -> io::Result<()> {
    pruned_line(fields(item, context), out)
}

/// Action and document, two lines of a `_bulk` body. The id is that of the finding's version and the action is
/// `create`, so that a body that is sent twice answers 409 instead of giving a second alert.
pub(super) fn write_bulk(item: &Item, context: &Context, out: &mut dyn Write) -> io::Result<()> {
    line([("create", json!({ "_id": item.version_id() }))], out)?;
    write(item, context, out)
}

fn fields(item: &Item, context: &Context) -> Vec<(&'static str, Value)> {
    let finding = &item.finding;
    let scope = &finding.scope;
    // Elastic's rule makes an alert of whatever says that it is one, and closings are none; what is closed was as bad as
    // `aperture.severity` says.
    let kind = if item.is_alert() { "alert" } else { "event" };
    let severity = item.is_alert().then(|| elastic_severity(finding.severity));
    let risk = severity.map(|severity| severity as f64);
    let detection = &finding.detection;
    let reference = detection.references.first().map(|r| text(r));
    let (start, end) = (micros(finding.first_seen), micros(finding.last_seen));
    vec![
        ("@timestamp", json!(rfc3339(finding.last_seen))),
        ("ecs", json!({ "version": "9.4.0" })),
        ("message", json!(text(&detection.title))),
        (
            "event",
            json!({
                "kind": kind,
                "category": ["intrusion_detection"],
                "type": ["info"],
                "module": "aperture",
                "dataset": "aperture.finding",
                "provider": "lightmeter",
                "id": text(&finding.id),
                "code": text(&detection.id),
                "action": text(detection.id.split_once('.').map_or(detection.id.as_str(), |(_, name)| name)),
                "reason": text(&finding.reason),
                "severity": severity,
                "risk_score": risk,
                "risk_score_norm": risk,
                "sequence": item.sequence,
                "start": rfc3339(finding.first_seen),
                "end": rfc3339(finding.last_seen),
                // Nanoseconds.
                "duration": end.saturating_sub(start).max(0).saturating_mul(1000),
                "outcome": "unknown",
                "reference": reference,
            }),
        ),
        ("data_stream", json!({ "type": "logs", "dataset": "aperture.finding", "namespace": "default" })),
        (
            "rule",
            json!({
                "id": text(&detection.id),
                "name": text(&detection.title),
                "category": text(family(finding)),
                "ruleset": "lightmeter",
                "version": context.rules,
                "description": text(&detection.what),
                "author": ["lightmeter"],
                "reference": reference,
            }),
        ),
        ("threat", threat(finding, context)),
        ("user", user(finding)),
        ("host", json!({ "id": some(scope.device.as_ref()) })),
        ("observer", json!({ "vendor": "Tailscale", "product": "Aperture", "type": "proxy" })),
        (
            "gen_ai",
            json!({ "agent": { "name": some(scope.agent.as_ref()) }, "tool": { "name": some(scope.tool.as_ref()) } }),
        ),
        ("related", json!({ "user": [some(scope.login.as_ref())], "hosts": [some(scope.device.as_ref())] })),
        ("tags", json!(detection.tags.iter().map(|t| text(t)).collect::<Vec<_>>())),
        ("aperture", own(item)),
    ]
}

/// One framework per document: the techniques of MITRE ATLAS.
fn threat(finding: &Finding, context: &Context) -> Value {
    let ids = tagged(finding, "atlas");
    if ids.is_empty() {
        return Value::Null;
    }
    let name = |id: &&str| text(context.names.get(&format!("atlas:{id}")).map_or(*id, String::as_str));
    let reference = |id: &&str| format!("https://atlas.mitre.org/techniques/{}", text(id));
    json!({
        "framework": "MITRE ATLAS",
        "technique": {
            "id": ids.iter().map(|id| text(id)).collect::<Vec<_>>(),
            "name": ids.iter().map(name).collect::<Vec<_>>(),
            "reference": ids.iter().map(reference).collect::<Vec<_>>(),
        },
    })
}

fn user(finding: &Finding) -> Value {
    let Some(login) = some(finding.scope.login.as_ref()) else { return Value::Null };
    // Tags are no e-mail address, and `ana@github` names no domain.
    let address = login.split_once('@').filter(|(_, domain)| domain.contains('.'));
    json!({
        "id": login,
        "name": address.map_or(login.as_str(), |(name, _)| name),
        "email": address.map(|_| &login),
        "domain": address.map(|(_, domain)| domain),
    })
}

fn own(item: &Item) -> Value {
    let finding = &item.finding;
    json!({
        "revision": item.revision,
        "change": item.change.as_str(),
        "severity": finding.severity,
        "confidence": finding.confidence,
        "subject": text(&finding.subject),
        "session_id": some(finding.scope.session_id.as_ref()),
        "integration": some(finding.scope.integration.as_ref()),
        "count": finding.count,
        "impact": text(&finding.detection.impact),
        "next_steps": next_steps(finding).iter().map(|t| text(t)).collect::<Vec<_>>(),
        "export_keys": export_keys(finding),
        "evidence": finding.evidence.iter().map(address).collect::<Vec<_>>(),
        "details": details_as_text(finding),
    })
}
