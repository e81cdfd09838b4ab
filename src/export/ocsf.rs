//! OCSF Detection Finding (class 2004) of schema 1.8.0, or 1.9.0-dev with the agent as `ai_agent`.
//!
//! Times are milliseconds since the epoch. The profile `host` is what allows `actor` beside `device`; `api` needs the
//! profile `cloud` at the top level, so it stands in the evidence only.

use std::io::{self, Write};

use serde_json::{Map, Value, json};

use super::document::{
    TEXT, address, caption, export_keys, family, millis, pruned_line, rfc3339, shown, some, tagged, text,
};
use super::{Change, Context, Item, OcsfVersion};
use crate::finding::{Confidence, Evidence, Finding, Severity};
use crate::report::next_steps;
use crate::text::one_line;

pub(super) fn write(item: &Item, context: &Context, version: OcsfVersion, out: &mut dyn Write) -> io::Result<()> {
    let finding = &item.finding;
    let scope = &finding.scope;
    let (activity, activity_name, status, status_name) = match item.change {
        Change::Create => (1, "Create", 1, "New"),
        Change::Update => (2, "Update", 1, "New"),
        Change::Close => (3, "Close", 4, "Resolved"),
    };
    let device =
        some(scope.device.as_ref()).map(|uid| json!({ "uid": uid, "name": uid, "type_id": 0, "type": "Unknown" }));
    let fields = [
        ("activity_id", json!(activity)),
        ("activity_name", json!(activity_name)),
        ("category_uid", json!(2)),
        ("category_name", json!("Findings")),
        ("class_uid", json!(2004)),
        ("class_name", json!("Detection Finding")),
        ("type_uid", json!(200_400 + activity)),
        ("type_name", json!(format!("Detection Finding: {activity_name}"))),
        ("time", json!(millis(finding.last_seen))),
        ("start_time", json!(millis(finding.first_seen))),
        ("end_time", json!(millis(finding.last_seen))),
        ("severity_id", json!(severity_id(finding.severity))),
        ("severity", json!(caption(finding.severity.as_str()))),
        ("status_id", json!(status)),
        ("status", json!(status_name)),
        ("confidence_id", json!(confidence_id(finding.confidence))),
        ("confidence", json!(caption(finding.confidence.as_str()))),
        ("is_alert", json!(item.is_alert())),
        ("count", json!(finding.count.clamp(0, i64::from(i32::MAX)))),
        ("message", json!(text(&finding.reason))),
        ("metadata", metadata(item, context, version)),
        ("finding_info", finding_info(item, context)),
        ("actor", actor(finding)),
        ("device", device.unwrap_or_default()),
        ("resources", json!(resources(finding))),
        ("evidences", json!(finding.evidence.iter().map(|e| evidence(finding, e, version)).collect::<Vec<_>>())),
        ("observables", json!(observables(finding))),
        ("remediation", remediation(finding)),
        ("unmapped", unmapped(item)),
    ];
    pruned_line(fields, out)
}

fn severity_id(severity: Severity) -> u8 {
    match severity {
        Severity::Informational => 1,
        Severity::Low => 2,
        Severity::Medium => 3,
        Severity::High => 4,
        Severity::Critical => 5,
    }
}

fn confidence_id(confidence: Confidence) -> u8 {
    match confidence {
        Confidence::Low => 1,
        Confidence::Medium => 2,
        Confidence::High => 3,
    }
}

fn metadata(item: &Item, context: &Context, version: OcsfVersion) -> Value {
    json!({
        "version": match version { OcsfVersion::V1_8 => "1.8.0", OcsfVersion::V1_9 => "1.9.0-dev" },
        "profiles": ["host"],
        "uid": item.version_id(),
        // The schema's integers have 32 bits.
        "sequence": item.sequence.map(|n| n.min(i32::MAX as u64)),
        "correlation_uid": some(item.finding.scope.session_id.as_ref()),
        "event_code": text(&item.finding.detection.id),
        "log_name": "aperture",
        "log_provider": "Tailscale Aperture",
        "original_time": rfc3339(item.finding.first_seen),
        "product": { "name": "lightmeter", "uid": "lightmeter", "vendor_name": "lightmeter", "version": context.version },
    })
}

fn finding_info(item: &Item, context: &Context) -> Value {
    let finding = &item.finding;
    let detection = &finding.detection;
    json!({
        "uid": text(&finding.id),
        "title": text(&detection.title),
        "desc": text(&finding.reason),
        "types": [text(family(finding))],
        "created_time": millis(item.since),
        "modified_time": millis(finding.last_seen),
        "first_seen_time": millis(finding.first_seen),
        "last_seen_time": millis(finding.last_seen),
        "analytic": analytic(finding, context),
        "attacks": tagged(finding, "atlas").into_iter().map(|id| attack(id, context)).collect::<Vec<_>>(),
        "tags": tags(finding),
        "data_sources": export_keys(finding),
        "related_events": finding.evidence.iter().map(|e| json!({ "uid": address(e) })).collect::<Vec<_>>(),
        "related_events_count": finding.evidence.len(),
    })
}

fn analytic(finding: &Finding, context: &Context) -> Value {
    let (type_id, type_name) = match family(finding) {
        "sequences" => (2, "Behavioral"),
        "usage" => (3, "Statistical"),
        _ => (1, "Rule"),
    };
    json!({
        "uid": text(&finding.detection.id),
        "name": text(&finding.detection.title),
        "type_id": type_id,
        "type": type_name,
        "category": text(family(finding)),
        "version": context.rules,
        "desc": text(&finding.detection.what),
    })
}

fn attack(id: &str, context: &Context) -> Value {
    json!({
        "technique": {
            "uid": text(id),
            "name": context.names.get(&format!("atlas:{id}")).map(|n| text(n)),
            "src_url": format!("https://atlas.mitre.org/techniques/{}", text(id)),
        },
        "version": format!("ATLAS {}", context.atlas_version),
    })
}

/// Ids of the OWASP lists and of others that are no attacks, grouped by list.
fn tags(finding: &Finding) -> Value {
    let mut groups: std::collections::BTreeMap<String, Vec<String>> = std::collections::BTreeMap::new();
    for tag in &finding.detection.tags {
        match tag.split_once(':') {
            Some(("atlas", _)) => {}
            Some((framework, id)) => groups.entry(text(&framework.replace('-', "_"))).or_default().push(text(id)),
            None => groups.entry("tag".to_owned()).or_default().push(text(tag)),
        }
    }
    json!(groups.into_iter().map(|(name, values)| json!({ "name": name, "values": values })).collect::<Vec<_>>())
}

fn actor(finding: &Finding) -> Value {
    let scope = &finding.scope;
    let user = some(scope.login.as_ref()).map(|login| {
        // Everybody behind a tagged device is one identity, which is no person.
        let (type_id, type_name) = if login.starts_with("tag:") { (4, "Service") } else { (1, "User") };
        json!({ "uid": login, "name": login, "email_addr": email(&login), "type_id": type_id, "type": type_name })
    });
    let agent = some(scope.agent.as_ref());
    json!({
        "user": user,
        "app_uid": agent.as_ref().map(|a| format!("agent:{a}")),
        "app_name": agent,
        "session": { "uid": some(scope.session_id.as_ref()) },
    })
}

/// The login where it is an e-mail address with a dotted domain; `ana@github` and `tag:ci` are none.
fn email(login: &str) -> Option<&str> {
    let plain = |part: &str, more: &str| {
        !part.is_empty() && part.chars().all(|c| c.is_ascii_alphanumeric() || more.contains(c))
    };
    let (name, domain) = login.split_once('@')?;
    let (first, rest) = domain.split_once('.')?;
    (plain(name, "!#$%&'*+-/=?^_`{|}~.") && plain(first, "-") && plain(rest, "-.")).then_some(login)
}

fn resources(finding: &Finding) -> Vec<Value> {
    let integration = some(finding.scope.integration.as_ref());
    let mut resources = Vec::new();
    if let Some(tool) = some(finding.scope.tool.as_ref()) {
        let uid = match &integration {
            Some(integration) => format!("tool:{integration}/{tool}"),
            None => format!("tool:{tool}"),
        };
        let group = integration.as_ref().map(|name| json!({ "name": name }));
        resources.push(
            json!({ "uid": uid, "name": tool, "type": "tool", "role_id": 3, "role": "Affected", "group": group }),
        );
    }
    if let Some(name) = integration {
        let uid = format!("integration:{name}");
        resources.push(json!({ "uid": uid, "name": name, "type": "integration", "role_id": 3, "role": "Affected" }));
    }
    resources
}

fn evidence(finding: &Finding, evidence: &Evidence, version: OcsfVersion) -> Value {
    let agent = some(finding.scope.agent.as_ref());
    let api = some(finding.scope.tool.as_ref()).map(|tool| {
        let service = some(finding.scope.integration.as_ref()).map(|name| json!({ "name": name }));
        json!({ "operation": tool, "service": service })
    });
    let ai_agent = match version {
        OcsfVersion::V1_8 => None,
        OcsfVersion::V1_9 => {
            agent.map(|name| json!({ "uid": format!("agent:{name}"), "name": name, "type_id": 0, "type": "Unknown" }))
        }
    };
    json!({
        "uid": address(evidence),
        "api": api,
        "ai_agent": ai_agent,
        "data": { "export_key": text(&evidence.export_key), "record_id": evidence.record_id },
    })
}

fn observables(finding: &Finding) -> Vec<Value> {
    let scope = &finding.scope;
    let known = [
        ("actor.user.uid", 31, "User Object: uid", some(scope.login.as_ref())),
        ("device.uid", 47, "Device Object: uid", some(scope.device.as_ref())),
        ("resources[].name", 38, "Resource Details Object: name", some(scope.tool.as_ref())),
        ("resources[].name", 38, "Resource Details Object: name", some(scope.integration.as_ref())),
    ];
    let named = known.into_iter().filter_map(|(name, id, kind, value)| {
        value.map(|value| json!({ "name": name, "type_id": id, "type": kind, "value": value }))
    });
    named.collect()
}

fn remediation(finding: &Finding) -> Value {
    let steps = next_steps(finding);
    if steps.is_empty() {
        return Value::Null;
    }
    json!({
        "desc": one_line(&steps.join(" · "), 4 * TEXT),
        "references": finding.detection.references.iter().map(|r| text(r)).collect::<Vec<_>>(),
    })
}

fn unmapped(item: &Item) -> Value {
    let finding = &item.finding;
    let details: Map<String, Value> = finding.details.iter().map(|(k, v)| (text(k), shown(Some(v)))).collect();
    json!({ "lightmeter": {
        "subject": text(&finding.subject),
        "revision": item.revision,
        "impact": text(&finding.detection.impact),
        "false_positives": finding.detection.false_positives.iter().map(|t| text(t)).collect::<Vec<_>>(),
        "details": details,
    }})
}
