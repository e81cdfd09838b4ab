//! Campaigns: what several incidents have in common, each with the commands that list its sessions.

use super::table::{Table, mark, number};
use super::{Block, Keep};
use crate::report::Report;
use crate::report::campaigns::{About, Order, told};
use crate::text;

/// Campaigns told; the rest stands in the JSON report.
const CAMPAIGNS: usize = 20;

/// Longest value of an act and longest order, in characters.
const VALUE_CHARS: usize = 120;
const SAID_CHARS: usize = 300;

/// Where several stand in one sentence.
const SAID_FIRST_CHARS: usize = 120;

pub(super) fn block(report: &Report) -> Block {
    let campaigns = told(report);
    if campaigns.is_empty() {
        return Block::new("campaigns", Keep::Coverage, String::new());
    }
    let mut table = Table::new(&["Campaign", "What", "Worst", "Sessions", "Users", "Days", "Calls", "Incidents"]);
    for campaign in campaigns.iter().take(CAMPAIGNS) {
        let about = &campaign.about;
        table.row([
            about.number.to_string(),
            what(about),
            mark(&campaign.severity),
            match about.asked.as_str() {
                "" => number(about.sessions),
                asked => format!("{}, {asked}", number(about.sessions)),
            },
            number(about.users),
            about.days.clone(),
            text::md_prose(&about.calls),
            about.told.clone(),
        ]);
    }
    let said = |about: &About| {
        let orders: String = orders(about, usize::MAX, SAID_CHARS).iter().map(|order| format!("- {order}\n")).collect();
        format!("\n**Campaign {}**, what texts had ordered, the gravest first:\n\n{orders}", about.number)
    };
    let ordered = campaigns.iter().take(CAMPAIGNS).map(|campaign| &campaign.about);
    let ordered: String = ordered.filter(|about| !about.orders.is_empty()).map(said).collect();
    let more = match campaigns.len().saturating_sub(CAMPAIGNS) {
        0 => String::new(),
        more => format!("\n{more} more in the JSON report.\n"),
    };
    let mut lines: Vec<String> = Vec::new();
    for campaign in campaigns.iter().take(CAMPAIGNS).filter(|campaign| !campaign.commands.is_empty()) {
        lines.push(format!("# Campaign {}: its sessions, and what told them to", campaign.about.number));
        lines.extend(campaign.commands.iter().cloned());
    }
    let commands =
        if lines.is_empty() { String::new() } else { format!("\n{}", text::md_fence("sh", &lines.join("\n"))) };
    let markdown = format!(
        "\n## Campaigns\n\nIncidents whose calls sent data to one place that no user had named, or did the same because a \
         text said so. Sessions, users and calls are counted over the whole window, incidents or not.\n{}{more}{ordered}{commands}",
        table.finish(CAMPAIGNS, "")
    );
    Block::new("campaigns", Keep::Coverage, markdown)
}

/// What they have in common: `data sent to evil[.]example`.
pub(super) fn what(about: &About) -> String {
    match &about.place {
        Some(place) => format!("data sent to {}", text::md_code(&text::defang_place(place))),
        None => format!("{} called with {}", text::md_code(&about.act), text::md_quoted(&about.value, VALUE_CHARS)),
    }
}

/// What told the agents to, as a sentence with so many of the orders.
pub(super) fn order(about: &About, shown: usize) -> String {
    let mut sources: Vec<String> = about.sources.iter().map(|source| text::md_code(source)).collect();
    if about.sources_more > 0 {
        sources.push(format!("{} more", about.sources_more));
    }
    let listed = match sources.split_last() {
        None => return "No user had named the place.".to_owned(),
        Some((only, [])) => only.clone(),
        Some((last, first)) => format!("{} and {last}", first.join(", ")),
    };
    match about.orders.is_empty() {
        true => format!("Results of {listed} had named it."),
        false => format!("Results of {listed} ordered it: {}.", orders(about, shown, SAID_FIRST_CHARS).join("; ")),
    }
}

/// The orders, each with how many followed it.
fn orders(about: &About, shown: usize, chars: usize) -> Vec<String> {
    let told =
        |order: &Order| format!("{} ({})", text::md_quoted(&text::opening(&order.said, chars), SAID_CHARS), order.by);
    let mut orders: Vec<String> = about.orders.iter().take(shown).map(told).collect();
    let more = about.orders.len().saturating_sub(shown) + about.orders_more;
    if more > 0 {
        orders.push(format!("{more} more"));
    }
    orders
}
