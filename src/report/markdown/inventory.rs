//! Inventory: agents, integrations and their tools, riskiest first.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::table::{Table, mark, more, names, number, plural};
use super::{Block, Keep};
use crate::report::{AgentRow, IntegrationRow, Inventory, KindRow, Report, ToolRow, risk_rank};
use crate::text;

/// Rows shown per table.
const ROWS: usize = 50;

/// Integrations whose tools are listed, and tools per integration.
const INTEGRATIONS: usize = 25;
const TOOLS: usize = 20;

pub(super) fn blocks(report: &Report) -> Vec<Block> {
    let inventory = &report.inventory;
    let parts = [
        ("inventory of agents and integrations", overview(inventory)),
        ("unreviewed entries", unreviewed(inventory)),
        ("changed definitions", changes(inventory)),
        ("shared tool names", shared_names(inventory)),
        ("tools by integration", tools(inventory)),
        ("tools never called", never_called(inventory)),
    ];
    parts.into_iter().map(|(name, markdown)| Block::new(name, Keep::Inventory, markdown)).collect()
}

fn new_mark(new: bool) -> &'static str {
    if new { " 🆕" } else { "" }
}

/// What an agent is by its tools and system prompts, where that is another than its name.
fn looks_like(row: &AgentRow) -> String {
    match (row.looks_like.is_empty(), row.mismatch) {
        (true, _) => String::new(),
        (false, true) => format!(" ⚠ looks like {}", names(&row.looks_like)),
        (false, false) => format!(" (looks like {})", names(&row.looks_like)),
    }
}

fn overview(inventory: &Inventory) -> String {
    let mut out = format!(
        "\n## Inventory\n\n{}, {}, {}; 🆕 marks what this window saw first, ⚠ an agent with the \
         tools or system prompt of another. An **integration** is what brings tools: an agent's own, an MCP server, a connector. **Offered** means that an agent described a tool to a model, **called** \
         that the model asked for it. **Risk** is suggested from what a tool can do, not from what was done with it.\n",
        plural(inventory.agents.len() as u64, "agent"),
        plural(inventory.integrations.len() as u64, "integration"),
        plural(inventory.tools.len() as u64, "tool"),
    );
    let mut agents = Table::new(&[
        "Agent",
        "Allowed",
        "Versions",
        "Users",
        "Devices",
        "Models",
        "Requests",
        "Tool calls",
        "Last seen",
    ]);
    for row in &inventory.agents {
        agents.row([
            format!("{}{}{}", text::md_code(&row.agent), new_mark(row.new_in_window), looks_like(row)),
            match row.sanctioned {
                Some(true) => "yes",
                Some(false) => "no",
                None => "not said",
            }
            .to_owned(),
            names(&row.versions),
            names(&row.users),
            names(&row.devices),
            names(&row.models),
            number(row.requests),
            number(row.tool_calls),
            text::clock_time(row.last_seen),
        ]);
    }
    out.push_str(&agents.finish(ROWS, "SELECT * FROM agents"));
    let mut integrations =
        Table::new(&["Integration", "Risk", "Can", "Review", "Calls", "Tools called", "Called by", "Agents"]);
    for row in by_risk(&inventory.integrations) {
        integrations.row([
            format!(
                "{} ({}){}",
                text::md_code(&row.integration),
                text::md_code(&row.kind),
                new_mark(row.new_in_window)
            ),
            risk(&row.risk, &row.risk_reason),
            names(&row.capabilities),
            review(row.reviewed.as_deref(), row.calls_before_denial),
            calls(row.calls, row.errors),
            format!("{} of {}", number(row.tools_called), number(row.tools)),
            names(&row.users),
            names(&row.agents),
        ]);
    }
    let integrations = integrations.finish(ROWS, "SELECT * FROM integrations");
    if !integrations.is_empty() {
        out.push_str(&kinds(inventory));
    }
    out.push_str(&integrations);
    out
}

/// What stands in brackets behind the names of integrations.
fn kinds(inventory: &Inventory) -> String {
    let of = |row: &KindRow| format!("{} {}", text::md_code(&row.kind), text::md_prose(&row.meaning));
    let kinds: Vec<String> = inventory.kinds.iter().map(of).collect();
    if kinds.is_empty() { String::new() } else { format!("\nIn brackets the kind: {}.\n", kinds.join("; ")) }
}

/// A risk with its reason.
fn risk(word: &str, reason: &str) -> String {
    format!("{} · {}", mark(word), text::md_prose_long(reason, 200))
}

/// Calls, and how many of them failed.
fn calls(calls: u64, errors: u64) -> String {
    if errors == 0 { number(calls) } else { format!("{}, {} failed", number(calls), number(errors)) }
}

/// A verdict, and what no incident tells because it was called before.
fn review(verdict: Option<&str>, before: u64) -> String {
    let verdict = verdict.map_or_else(|| "none".to_owned(), text::md_code);
    if before == 0 { verdict } else { format!("{verdict}; {} before it was denied", plural(before, "call")) }
}

/// Riskiest first, then busiest, then by name.
fn by_risk(rows: &[IntegrationRow]) -> Vec<&IntegrationRow> {
    let mut sorted: Vec<&IntegrationRow> = rows.iter().collect();
    sorted.sort_by_key(|row| (Reverse(risk_rank(&row.risk)), Reverse(row.calls), row.integration.as_str()));
    sorted
}

/// Tools under the integration they belong to; integrations in the order of the riskiest tool they have.
fn tools(inventory: &Inventory) -> String {
    let mut groups: BTreeMap<(&str, &str), Vec<&ToolRow>> = BTreeMap::new();
    for row in &inventory.tools {
        groups.entry((&row.integration, &row.kind)).or_default().push(row);
    }
    let mut groups: Vec<_> = groups.into_iter().collect();
    for (_, rows) in &mut groups {
        rows.sort_by_key(|row| (Reverse(risk_rank(&row.risk)), Reverse(row.calls), row.tool.as_str()));
    }
    groups.sort_by_key(|(name, rows)| {
        let risk = rows.iter().map(|row| risk_rank(&row.risk)).max();
        (Reverse(risk), Reverse(rows.iter().map(|row| row.calls).sum::<u64>()), *name)
    });
    if groups.is_empty() {
        return String::new();
    }
    let mut out = String::from("\n### Tools by integration\n");
    for ((integration, kind), rows) in groups.iter().take(INTEGRATIONS) {
        let _ = write!(out, "\n**Integration** {} ({})\n", text::md_code(integration), text::md_code(kind));
        out.push_str(&tool_table(rows));
    }
    out.push_str(&more(groups.len().saturating_sub(INTEGRATIONS), "SELECT * FROM tools ORDER BY integration, tool"));
    out
}

fn tool_table(rows: &[&ToolRow]) -> String {
    let mut table = Table::new(&[
        "Tool",
        "Risk",
        "Can",
        "Review",
        "Calls",
        "Offered",
        "Called by",
        "Agents",
        "Devices",
        "Last seen",
    ]);
    for row in rows {
        let definitions =
            if row.definitions > 1 { format!(", {} definitions", number(row.definitions)) } else { String::new() };
        table.row([
            format!("{}{}", text::md_code(&row.tool), new_mark(row.new_in_window)),
            risk(&row.risk, &row.risk_reason),
            names(&row.capabilities),
            review(row.reviewed.as_deref(), row.calls_before_denial),
            calls(row.calls, row.errors),
            format!("to {}{definitions}", plural(row.offered_to_users, "user")),
            names(&row.users),
            names(&row.agents),
            names(&row.devices),
            text::clock_time(row.last_seen),
        ]);
    }
    table.finish(TOOLS, "SELECT * FROM tools ORDER BY integration, tool")
}

fn unreviewed(inventory: &Inventory) -> String {
    let mut rows: Vec<_> = inventory.unreviewed.iter().collect();
    rows.sort_by_key(|row| {
        (Reverse(risk_rank(&row.risk)), Reverse(row.calls), row.integration.as_str(), row.tool.as_deref())
    });
    let mut table = Table::new(&["Integration", "Tool", "Risk", "Why", "Calls", "Called by", "First seen"]);
    for row in rows {
        table.row([
            format!("{} ({})", text::md_code(&row.integration), text::md_code(&row.kind)),
            row.tool.as_deref().map_or_else(|| "all".to_owned(), text::md_code),
            mark(&row.risk),
            text::md_prose_long(&row.why, 200),
            number(row.calls),
            names(&row.users),
            text::clock_time(row.first_seen),
        ]);
    }
    section("Unreviewed", &table.finish(ROWS, "SELECT * FROM tools ORDER BY integration, tool"))
}

fn changes(inventory: &Inventory) -> String {
    let mut table = Table::new(&["Time", "Integration", "Tool", "Changed", "Old hash", "New hash", "Offered to"]);
    for row in &inventory.definition_changes {
        table.row([
            text::clock_time(row.time),
            text::md_code(&row.integration),
            text::md_code(&row.tool),
            text::md_prose_long(&row.change, 200),
            text::md_code(&row.old_hash),
            text::md_code(&row.new_hash),
            names(&row.users),
        ]);
    }
    section("Definitions that changed", &table.finish(ROWS, "SELECT * FROM tool_definitions"))
}

fn shared_names(inventory: &Inventory) -> String {
    let mut table = Table::new(&["Name", "Integrations", "Offered together to", "Calls"]);
    for row in &inventory.shared_names {
        table.row([
            text::md_code(&row.tool),
            names(&row.integrations),
            if row.together_users.is_empty() { "nobody".to_owned() } else { names(&row.together_users) },
            number(row.calls),
        ]);
    }
    let title = "One name, several integrations";
    let body = table.finish(ROWS, "SELECT * FROM shared_tool_names");
    let what = "A model that is offered two tools of one name can take one for the other.";
    section(title, &if body.is_empty() { body } else { format!("\n{what}\n{body}") })
}

fn never_called(inventory: &Inventory) -> String {
    let mut rows: Vec<_> = inventory.offered_never_called.iter().collect();
    rows.sort_by_key(|row| {
        (Reverse(risk_rank(&row.risk)), Reverse(row.requests), row.integration.as_str(), row.tool.as_str())
    });
    let mut table =
        Table::new(&["Integration", "Tool", "Risk", "Offered in requests", "Offered to", "Agents", "Last offered"]);
    for row in rows {
        table.row([
            text::md_code(&row.integration),
            text::md_code(&row.tool),
            mark(&row.risk),
            number(row.requests),
            names(&row.users),
            names(&row.agents),
            text::clock_time(row.last_seen),
        ]);
    }
    section("Offered and never called", &table.finish(ROWS, "SELECT * FROM tools ORDER BY integration, tool"))
}

fn section(title: &str, body: &str) -> String {
    if body.is_empty() { String::new() } else { format!("\n### {title}\n{body}") }
}
