//! Reports with something in every field, rendered and read back with real parsers.

pub(in crate::report) mod hostile;
mod json;
mod page;
mod snapshots;

use std::collections::BTreeMap;

use serde_json::json;

use super::*;
use crate::finding::{Confidence, DetectionInfo, Evidence, Finding, Scope, Severity};
use crate::outcome::{ExportStats, Problem};

/// 2026-03-31T10:00:00Z.
const T0: i64 = 1_774_951_200_000_000;
const HOUR: i64 = 3_600_000_000;

/// What makes the text of a field from the text it would have in an ordinary report.
type Fill<'a> = &'a dyn Fn(&str) -> String;

fn list(fill: Fill<'_>, items: &[&str]) -> Vec<String> {
    items.iter().map(|item| fill(item)).collect()
}

fn counts(fill: Fill<'_>, items: &[(&str, u64)]) -> BTreeMap<String, u64> {
    let mut counts = BTreeMap::new();
    for (name, count) in items {
        *counts.entry(fill(name)).or_default() += count;
    }
    counts
}

fn incident(fill: Fill<'_>, severity: Severity, id: &str, next_steps: &[&str]) -> Finding {
    Finding {
        id: fill(id),
        detection: DetectionInfo {
            id: fill("sequences.untrusted-to-egress"),
            title: fill("Untrusted text, private data and an outgoing message in one session"),
            what: fill("An agent read mail from outside, then a private file, then posted to a chat."),
            impact: fill("Whoever wrote the mail may have made the agent send the file."),
            false_positives: list(fill, &["The user asked for exactly this."]),
            next_steps: list(fill, next_steps),
            tags: list(fill, &["owasp-asi:2026:ASI02", "atlas:AML.T0086"]),
            references: list(fill, &["https://atlas.mitre.org/techniques/AML.T0086"]),
        },
        severity,
        confidence: Confidence::Medium,
        subject: fill("mcp__slack__post_message"),
        reason: fill("alice@example.com's agent read prod.env 2m39s before it called mcp__slack__post_message."),
        scope: Scope {
            login: Some(fill("alice@example.com")),
            device: Some(fill("nKQ5w2CNTRL")),
            agent: Some(fill("Claude Code")),
            tool: Some(fill("post_message")),
            integration: Some(fill("slack")),
            session_id: Some(fill("s-9b1f0c6a")),
        },
        first_seen: T0,
        last_seen: T0 + HOUR,
        count: 3,
        evidence: vec![
            Evidence { export_key: fill("ts-aperture-export-1774951200.cbor.zstd"), record_id: Some(1042) },
            Evidence { export_key: fill("ts-aperture-export-1774951200.cbor.zstd"), record_id: Some(1049) },
            Evidence { export_key: fill("ts-aperture-export-1774954800.cbor.zstd"), record_id: None },
        ],
        details: [
            (fill("path"), json!(fill("~/.config/app/prod.env"))),
            (fill("steps"), json!([{ fill("tool"): fill("Read") }, 2, true, null])),
            (fill("nothing"), json!(null)),
        ]
        .into(),
    }
}

/// The same in a session of its own, about the one secret of the ledger.
fn about_a_secret(fill: Fill<'_>, mut incident: Finding) -> Finding {
    incident.scope.session_id = Some(fill("s-2c77"));
    incident.details.insert("fingerprint".to_owned(), json!(fill("fp-1a2b")));
    incident
}

fn usage_row(fill: Fill<'_>, name: &str, requests: u64, cost_usd: Option<f64>) -> UsageRow {
    UsageRow {
        name: fill(name),
        requests,
        errors: 2,
        sessions: 3,
        tool_calls: requests * 2,
        input_tokens: 1_234_567,
        output_tokens: 8_910,
        cost_usd,
        shared: name.starts_with("tag:"),
    }
}

fn tool(fill: Fill<'_>, integration: &str, name: &str, risk: &str, calls: u64) -> ToolRow {
    ToolRow {
        integration: fill(integration),
        kind: fill("mcp"),
        tool: fill(name),
        raw_names: list(fill, &["mcp__slack__post_message"]),
        risk: fill(risk),
        risk_reason: fill("It sends text out of the organisation."),
        reviewed: Some(fill("approved")),
        new_in_window: true,
        capabilities: list(fill, &["egress", "state change"]),
        offered_to_users: 2,
        definitions: 1,
        calls,
        calls_before_denial: 0,
        errors: 1,
        users: list(fill, &["alice@example.com", "bob@example.com", "carol@example.com", "dan@example.com"]),
        agents: list(fill, &["Claude Code"]),
        devices: list(fill, &["nKQ5w2CNTRL"]),
        first_seen: T0,
        last_seen: T0 + HOUR,
    }
}

fn inventory(fill: Fill<'_>) -> Inventory {
    let integration = |name: &str, risk: &str, calls: u64| IntegrationRow {
        integration: fill(name),
        kind: fill("mcp"),
        risk: fill(risk),
        risk_reason: fill("One of its tools sends text out."),
        reviewed: None,
        new_in_window: false,
        capabilities: list(fill, &["egress"]),
        tools: 4,
        tools_called: 1,
        calls,
        calls_before_denial: 0,
        errors: 1,
        users: list(fill, &["alice@example.com"]),
        agents: list(fill, &["Claude Code"]),
        devices: list(fill, &["nKQ5w2CNTRL"]),
        first_seen: T0,
        last_seen: T0 + HOUR,
    };
    Inventory {
        capabilities: vec![CapabilityRow { capability: fill("egress"), meaning: fill("sends data out") }],
        kinds: vec![KindRow { kind: fill("mcp"), meaning: fill("a server that the agent is connected to") }],
        agents: vec![AgentRow {
            agent: fill("Claude Code"),
            versions: list(fill, &["2.1.0"]),
            user_agents: list(fill, &["claude-cli/2.1.0 (external, cli)"]),
            sanctioned: Some(false),
            new_in_window: true,
            users: list(fill, &["alice@example.com"]),
            devices: list(fill, &["nKQ5w2CNTRL"]),
            models: list(fill, &["claude-sonnet-4-5"]),
            requests: 1_200,
            tool_calls: 345,
            sessions: 12,
            first_seen: T0,
            last_seen: T0 + HOUR,
            evidence: list(fill, &["named by the user agent", "tools of Codex: apply_patch, shell"]),
            looks_like: list(fill, &["Codex"]),
            mismatch: true,
        }],
        integrations: vec![integration("filesystem", "low", 90), integration("slack", "high", 12)],
        tools: vec![
            tool(fill, "filesystem", "read_file", "low", 90),
            tool(fill, "slack", "post_message", "high", 12),
            tool(fill, "slack", "list_channels", "informational", 40),
        ],
        offered_never_called: vec![OfferedRow {
            integration: fill("slack"),
            tool: fill("delete_channel"),
            risk: fill("critical"),
            requests: 400,
            users: list(fill, &["alice@example.com"]),
            agents: list(fill, &["Claude Code"]),
            first_seen: T0,
            last_seen: T0 + HOUR,
        }],
        unreviewed: vec![UnreviewedRow {
            integration: fill("slack"),
            kind: fill("mcp"),
            tool: Some(fill("post_message")),
            risk: fill("high"),
            why: fill("Never reviewed."),
            calls: 12,
            users: list(fill, &["alice@example.com"]),
            first_seen: T0,
        }],
        shared_names: vec![SharedNameRow {
            tool: fill("post_message"),
            integrations: list(fill, &["slack", "slack-mirror"]),
            together_users: list(fill, &["alice@example.com"]),
            calls: 12,
        }],
        definition_changes: vec![DefinitionChangeRow {
            integration: fill("slack"),
            tool: fill("post_message"),
            change: fill("description"),
            old_hash: fill("3b1f00aa"),
            new_hash: fill("77c1d2e3"),
            time: T0,
            users: list(fill, &["alice@example.com"]),
        }],
    }
}

fn secrets(fill: Fill<'_>) -> Secrets {
    Secrets {
        note: fill("All text was searched with 3 rules."),
        items: vec![SecretRow {
            fingerprint: fill("fp-1a2b"),
            rule: fill("example-token"),
            kind: fill("token"),
            vendor: Some(fill("Example")),
            confidence: fill("high"),
            preview: fill("exa…(40 characters)"),
            surfaces: list(fill, &["tool result"]),
            entry: fill("came back from the tool Read, which read an environment file"),
            file: Some(fill("an environment file")),
            users: list(fill, &["alice@example.com"]),
            agents: list(fill, &["Claude Code"]),
            providers: list(fill, &["anthropic"]),
            models: list(fill, &["claude-example"]),
            sent_out_by: list(fill, &["Bash"]),
            why: list(fill, &["was handed to Bash, which can send it out"]),
            exposure: 140,
            rotation_url: fill("https://vendor.example.com/keys"),
            steps: fill("Create another, then revoke it."),
            evidence: list(fill, &["one.cbor.zstd#1001"]),
            occurrences: 1,
            resent: 9,
            first_seen: T0,
            last_seen: T0 + HOUR,
        }],
    }
}

fn anomaly(fill: Fill<'_>, id: &str, tier: &str) -> AnomalyRow {
    AnomalyRow {
        id: fill(id),
        detection: fill("usage.volume-spike"),
        title: fill("Unusual burst of use"),
        tier: fill(tier),
        severity: fill("medium"),
        subject: fill("alice@example.com"),
        login: Some(fill("alice@example.com")),
        reason: fill("alice@example.com made 620 tool calls on 2026-03-31: 18.8 times the usual 33."),
        first_seen: T0,
        last_seen: T0 + HOUR,
        count: 620,
    }
}

fn coverage(fill: Fill<'_>) -> Coverage {
    let stats = ExportStats {
        records: 1_200,
        skipped: 1,
        decompressed_bytes: 4_567_890,
        partial: true,
        first_time: Some(T0),
        last_time: Some(T0 + HOUR),
        first_record_id: Some(1_000),
        last_record_id: Some(2_200),
        problem_counts: counts(fill, &[("bad_record", 1), ("truncated", 1)]),
        problems: vec![Problem {
            kind: fill("bad_record"),
            record_number: Some(17),
            record_id: Some(1_017),
            offset: Some(123_456),
            reason: fill("the record is not a map"),
        }],
        grades: counts(fill, &[("full", 1_100), ("metrics_only", 100)]),
        not_understood: counts(fill, &[("/v1/unknown", 4)]),
        unknown: counts(fill, &[("key:shoe_size", 2)]),
    };
    Coverage {
        exports: vec![ExportRow {
            export_key: fill("ts-aperture-export-1774951200.cbor.zstd"),
            stats,
            vanished: false,
        }],
        unreadable: vec![UnreadableRow {
            export_key: fill("broken.cbor.zstd"),
            reason: fill("It is not zstd; fetch it again."),
        }],
        blind_spots: vec![BlindSpot { title: fill("Direct MCP calls"), meaning: fill("They are not captured.") }],
    }
}

fn note(fill: Fill<'_>) -> IncidentNote {
    IncidentNote {
        id: fill("f-1"),
        asked: Some(AskedRow {
            text: Some(fill("Summarise the page.")),
            cut: false,
            export_key: Some(fill("ts-aperture-export-1774951200.cbor.zstd")),
            record_id: Some(1041),
            call_record: Some(1042),
        }),
        own_records: Some(vec![1042]),
        source: Some(Evidence { export_key: fill("ts-aperture-export-1774951200.cbor.zstd"), record_id: Some(1043) }),
        timeline: vec![StepRow {
            time: T0,
            integration: Some(fill("slack")),
            tool: fill("post_message"),
            role: Some(fill("source: its result gives the order")),
            outcome: fill("ok"),
            capabilities: list(fill, &["egress"]),
            argument: fill("{\"channel\":\"general\"}"),
            export_key: fill("ts-aperture-export-1774951200.cbor.zstd"),
            record_id: Some(1042),
            result_export_key: Some(fill("ts-aperture-export-1774951200.cbor.zstd")),
            result_record_id: Some(1043),
            repeats: 2,
            last_time: T0 + HOUR,
            destination: Some(fill("paste.example")),
            fetched_from: Some(fill("docs.example")),
            novelty: Some(fill("new")),
            places: list(fill, &["paste.example"]),
            ordered: list(fill, &["paste.example"]),
            unasked: list(fill, &["paste.example"]),
        }],
        timeline_more: 3,
        destinations: list(fill, &["paste.example"]),
        fetched_from: list(fill, &["docs.example"]),
        block: list(fill, &["paste.example"]),
        looks_like: Some(fill("Codex")),
        left: vec![LeftRow {
            says: fill("pushed"),
            place: Some(fill("origin")),
            url: Some(fill("https://git.example/x")),
            integration: Some(fill("slack")),
            tool: Some(fill("post_message")),
            files: list(fill, &[".env"]),
            secrets: 2,
            secret: true,
            public: false,
            attempted: false,
            calls: 4,
            records: vec![1042, 1043],
        }],
        left_more: 1,
        earlier: vec![EarlierRow {
            id: fill("f-0"),
            login: Some(fill("bob@example.com")),
            severity: fill("high"),
            first_seen: T0 - 2 * HOUR,
            last_seen: T0 - HOUR,
            state: fill("closed"),
        }],
    }
}

fn history(fill: Fill<'_>) -> History {
    let row = |id: &str, state: &str, severity: &str, shown: bool| IndexRow {
        id: fill(id),
        detection: fill("sequences.untrusted-to-egress"),
        title: fill("Untrusted text, private data and an outgoing message in one session"),
        subject: fill("mcp__slack__post_message"),
        severity: fill(severity),
        login: Some(fill("alice@example.com")),
        first_seen: T0,
        last_seen: T0 + HOUR,
        state: state.to_owned(),
        changed: state != "open",
        shown,
        first_reported: (state != "new").then_some(T0 - 24 * HOUR),
    };
    History {
        previous: Some(PreviousRow { start: None, end: T0 - 24 * HOUR, rules: fill("r-12ab") }),
        index: vec![
            row("f-0", "closed", "high", false),
            row("f-1", "new", "critical", true),
            row("f-2", "open", "medium", true),
            row("f-3", "left", "low", false),
            row("f-4", "suppressed", "low", false),
        ],
    }
}

/// A report in which every text is made by `fill`. No struct is completed from a default, so a new field has to
/// be filled here before anything compiles.
fn filled(fill: Fill<'_>) -> Report {
    Report {
        program: Program { version: fill("0.1.0"), rules: fill("r-12ab") },
        window: WindowRow {
            start: Some(T0 - HOUR),
            end: Some(T0 + 2 * HOUR),
            data_start: Some(T0),
            data_end: Some(T0 + HOUR),
        },
        incidents: vec![
            about_a_secret(fill, incident(fill, Severity::Medium, "f-2", &[])),
            incident(
                fill,
                Severity::Critical,
                "f-1",
                &["Ask the user what the message held.", "SELECT tool FROM calls WHERE login = '{login}'"],
            ),
            incident(fill, Severity::Low, "f-3", &["SELECT tool FROM calls WHERE login = '{login}'"]),
        ],
        notes: vec![note(fill)],
        history: history(fill),
        cut: [
            ("usage.spike", "low", 14, "over the budget of incidents per day"),
            ("sequences.untrusted-to-egress", "high", 3, "over the budget of incidents per day"),
            ("sequences.untrusted-to-egress", "high", 1, "hidden by a review"),
        ]
        .map(|(detection, severity, count, why)| CutRow {
            detection: fill(detection),
            severity: fill(severity),
            count,
            why: fill(why),
            see: fill("lightmeter export --format ndjson"),
        })
        .to_vec(),
        hidden: vec![HiddenRow {
            id: fill("f-9"),
            detection: fill("sequences.untrusted-to-egress"),
            title: fill("Untrusted text, private data and an outgoing message in one session"),
            subject: fill("mcp__slack__post_message"),
            severity: fill("high"),
            integration: Some(fill("slack")),
            session_id: Some(fill("s-9b1f0c6a")),
            login: Some(fill("alice@example.com")),
            last_seen: T0,
            verdict: fill("suppressed"),
            reason: fill("It was a test."),
            owner: fill("ana@example.com"),
            expires: Some(fill("2026-12-01")),
        }],
        signals: vec![SignalRow {
            detection: fill("inventory.new-tool"),
            title: fill("Tool never seen before"),
            count: 5,
            subjects: 4,
        }],
        detections: vec![
            DetectionRow {
                id: fill("inventory.new-tool"),
                title: fill("Tool never seen before"),
                tier: fill("signal"),
                status: fill("stable"),
                ran: true,
                findings: 5,
                problem: None,
                failed: false,
            },
            DetectionRow {
                id: fill("usage.broken"),
                title: fill("Broken"),
                tier: fill("incident"),
                status: fill("experimental"),
                ran: false,
                findings: 0,
                problem: Some(fill("column shoe_size does not exist")),
                failed: true,
            },
        ],
        inventory: inventory(fill),
        secrets: secrets(fill),
        anomalies: Anomalies { items: vec![anomaly(fill, "f-2", "incident"), anomaly(fill, "f-9", "signal")], more: 2 },
        usage: Usage {
            total: usage_row(fill, "total", 1_200, Some(12.345_678_9)),
            by_user: vec![usage_row(fill, "alice@example.com", 1_200, Some(12.3))],
            by_agent: vec![usage_row(fill, "Claude Code", 1_200, None)],
            by_model: vec![usage_row(fill, "claude-sonnet-4-5", 1_200, Some(f64::NAN))],
            calls_by_day: vec![
                CallsRow { day: fill("2026-03-31"), tool: fill("slack: post_message"), place: 1, calls: 12 },
                CallsRow { day: fill("2026-04-01"), tool: fill("others"), place: 8, calls: 3 },
            ],
            by_day: vec![usage_row(fill, "2026-03-31", 700, None), usage_row(fill, "2026-04-01", 500, None)],
        },
        coverage: coverage(fill),
    }
}

/// The same with so many incidents of one kind that not all are told.
fn crowded(fill: Fill<'_>) -> Report {
    let mut report = filled(fill);
    for n in 0..12 {
        let mut more = incident(fill, Severity::Low, &format!("f-1{n}"), &[]);
        more.scope.session_id = Some(fill(&format!("s-{n}")));
        report.incidents.push(more);
    }
    report
}

/// An ordinary report with something in every field.
pub(in crate::report) fn example() -> Report {
    filled(&str::to_owned)
}

fn unchanged(report: Report) -> Redacted {
    report.redacted(&str::to_owned)
}

fn text_of(report: &Redacted, options: Options) -> String {
    let mut out = Vec::new();
    render(report, options, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

fn markdown(report: Report) -> String {
    text_of(&unchanged(report), Options::default())
}

fn as_json(report: Report) -> String {
    text_of(&unchanged(report), Options { format: Format::Json, ..Options::default() })
}
