//! The sections of the report that has something in every field.

use super::*;

pub(super) fn usage_row(fill: Fill<'_>, name: &str, requests: u64, cost_usd: Option<f64>) -> UsageRow {
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

pub(super) fn tool(fill: Fill<'_>, integration: &str, name: &str, risk: &str, calls: u64) -> ToolRow {
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

pub(super) fn inventory(fill: Fill<'_>) -> Inventory {
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

pub(super) fn secrets(fill: Fill<'_>) -> Secrets {
    Secrets {
        note: fill("All text was searched with 3 rules."),
        items: vec![secret(fill)],
        personal: vec![SecretRow {
            fingerprint: fill("fp-9f8e"),
            rule: fill("payment-card"),
            kind: fill("payment card"),
            vendor: None,
            preview: fill("card …2574"),
            entry: fill("came back from the tool get_user"),
            why: list(fill, &["was handed to send_email, which can send it out, in 2 calls"]),
            rotation_url: String::new(),
            steps: String::new(),
            occurrences: 3,
            ..secret(fill)
        }],
    }
}

fn secret(fill: Fill<'_>) -> SecretRow {
    SecretRow {
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
    }
}

pub(super) fn anomaly(fill: Fill<'_>, id: &str, tier: &str) -> AnomalyRow {
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

pub(super) fn coverage(fill: Fill<'_>) -> Coverage {
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
