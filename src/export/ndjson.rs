//! Our own flat objects: one per finding, every key always present, for tools that map fields themselves.

use std::io::{self, Write};

use serde_json::{Value, json};

use super::document::{address, family, line, rfc3339, shown, some, text};
use super::{Context, Item};
use crate::report::next_steps;

/// Value of the key `schema`; the layout may gain keys, and never loses or changes one.
const SCHEMA: &str = "lightmeter-finding/v1";

pub(super) fn write(item: &Item, context: &Context, out: &mut dyn Write) -> io::Result<()> {
    let finding = &item.finding;
    let scope = &finding.scope;
    let texts = |list: &[String]| json!(list.iter().map(|t| text(t)).collect::<Vec<_>>());
    let details: Value =
        finding.details.iter().map(|(k, v)| (text(k), shown(Some(v)))).collect::<serde_json::Map<_, _>>().into();
    let fields = [
        ("schema", json!(SCHEMA)),
        ("time", json!(rfc3339(finding.last_seen))),
        ("id", json!(text(&finding.id))),
        ("revision", json!(item.revision)),
        ("change", json!(item.change.as_str())),
        ("sequence", json!(item.sequence)),
        ("detection", json!(text(&finding.detection.id))),
        ("family", json!(text(family(finding)))),
        ("title", json!(text(&finding.detection.title))),
        ("severity", json!(finding.severity)),
        ("confidence", json!(finding.confidence)),
        ("subject", json!(text(&finding.subject))),
        ("reason", json!(text(&finding.reason))),
        ("impact", json!(text(&finding.detection.impact))),
        ("login", json!(some(scope.login.as_ref()))),
        ("device", json!(some(scope.device.as_ref()))),
        ("agent", json!(some(scope.agent.as_ref()))),
        ("tool", json!(some(scope.tool.as_ref()))),
        ("integration", json!(some(scope.integration.as_ref()))),
        ("session_id", json!(some(scope.session_id.as_ref()))),
        ("first_seen", json!(rfc3339(finding.first_seen))),
        ("last_seen", json!(rfc3339(finding.last_seen))),
        ("count", json!(finding.count)),
        ("evidence", json!(finding.evidence.iter().map(address).collect::<Vec<_>>())),
        ("next_steps", texts(&next_steps(finding))),
        ("references", texts(&finding.detection.references)),
        ("tags", texts(&finding.detection.tags)),
        ("details", details),
        ("lightmeter_version", json!(context.version)),
        ("rules", json!(context.rules)),
    ];
    line(fields, out)
}
