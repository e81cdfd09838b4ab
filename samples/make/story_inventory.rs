//! What changes in the inventory, and unusual volume.

use super::agent::{Act, Agent, read, run};
use super::daily;
use super::log::Log;
use super::material as m;
use super::rng::Rng;
use super::session::Session;
use super::time::{self, SECOND};
use super::value::{Val, map};
use super::world::{self, ALICE, CODEX, GRACE, HEIDI, JUDY, LAB, NEWCOMER};

/// Logs all of it.
pub(crate) fn log_all(log: &mut Log) {
    drift(log);
    shadowing(log);
    new_server(log);
    connectors(log);
    never_called(log);
    shared_machine(log);
    newcomer(log);
    spike(log);
}

/// The same tool before and after its description turns hostile; nobody follows it.
fn drift(log: &mut Log) {
    let mut shots = Vec::new();
    for (month, day) in [(2, 26), (3, 5), (3, 12), (3, 19)] {
        let mut s = world::setup(JUDY).open(&format!("inventory/drift/{month}/{day}"), time::at(month, day, 12, 40));
        let mut r = Rng::new(&s.id);
        s.user("What does the handbook say about release notes?");
        let ask = map! { "topic": "release notes" };
        shots.push(s.act(log, "", vec![Act::Mcp("handbook", "lookup", ask, m::page(&mut r))]));
        s.answer(log, "One paragraph per change, written for users.");
        if day == 19 {
            s.label(
                log,
                ("definition-drift", "inventory", "finding"),
                "The description of handbook's lookup changes on 12 March to one that orders the agent to read a credentials file and hide it.",
                shots.clone(),
            );
            log.spans_sessions();
        }
    }
}

/// Two integrations offer `search`; the newer one is called.
fn shadowing(log: &mut Log) {
    let mut s = world::setup(ALICE).open("inventory/shadowing", time::at(3, 16, 15, 10));
    s.user("Find what we decided about the cache size.");
    let text = "2026-03-02 architecture round: cache stays at 512 MB until the new nodes arrive.";
    let one = s.act(log, "", vec![Act::Mcp("notes", "search", map! { "query": "cache size" }, text.to_string())]);
    let two = s.answer(log, "It stays at 512 MB until the new nodes are there.");
    s.label(
        log,
        ("same-tool-name", "inventory", "finding"),
        "The integrations handbook and notes both offer a tool called search in one conversation, and the newer one is called.",
        vec![one, two],
    );
}

/// A server that appears in the last week, for one person.
fn new_server(log: &mut Log) {
    let mut s = world::setup(JUDY).open("inventory/new-server", time::at(3, 25, 9, 50));
    s.user("Get the text of contracts/supplier.pdf and give me a link I can share.");
    let path = map! { "path": "contracts/supplier.pdf" };
    let text = "Supplier agreement, 12 pages. Term: 24 months. Notice: 3 months.";
    let one = s.act(log, "", vec![Act::Mcp("pdf-toolbox", "extract_text", path.clone(), text.to_string())]);
    let link = "https://pdf-toolbox.example/d/7Qk2m".to_string();
    let two = s.act(log, "", vec![Act::Mcp("pdf-toolbox", "publish_link", path, link)]);
    s.answer(log, "The text is above; the link is https://pdf-toolbox.example/d/7Qk2m.");
    s.label(
        log,
        ("new-integration", "inventory", "finding"),
        "The MCP server pdf-toolbox is seen for the first time in the last week, offered to and used by one person only.",
        vec![one, two],
    );
}

/// Connectors of the gateway itself, behind the client's own prefix.
fn connectors(log: &mut Log) {
    let mut s = world::setup(JUDY).open("inventory/connectors", time::at(3, 4, 10, 20));
    s.user("Which connectors do we have? Tell #docs that the style guide moved.");
    let list = "github, notion, slack".to_string();
    s.act(log, "", vec![Act::Mcp("aperture", "aperture_list_connectors", map! {}, list)]);
    s.act(
        log,
        "",
        vec![Act::Mcp("aperture", "notion_fetch", map! { "id": "style-guide" }, "# Style guide".to_string())],
    );
    let post = map! { "channel": "#docs", "text": "The style guide moved to the handbook." };
    s.act(log, "", vec![Act::Mcp("aperture", "slack_post_message", post, "ok".to_string())]);
    let end = s.answer(log, "Three connectors: GitHub, Notion and Slack. The channel knows.");
    let what = "Connectors of the gateway are called through the client's own prefix, mcp__aperture__.";
    s.label(log, ("gateway-connectors", "inventory", "listed"), what, vec![end]);
}

/// Dangerous tools that are offered all the time and that nobody calls.
fn never_called(log: &mut Log) {
    let mut s = daily::bot_session("inventory/never-called", time::at(2, 25, 11, 10));
    s.user("Which tools do you have for tickets?");
    let one = s.answer(log, "I can search, read, create and delete tickets.");
    let what = "The bot is offered jira_delete_issue with every request and never calls it; neither is linear's delete_issue ever called.";
    s.label(log, ("offered-never-called", "inventory", "listed"), what, vec![one]);
}

/// Several people and two agents behind the identity of one lab machine.
fn shared_machine(log: &mut Log) {
    let mut last = None;
    let mut shots = Vec::new();
    for (n, (month, day)) in [(2, 24), (3, 2), (3, 9), (3, 17), (3, 26)].into_iter().enumerate() {
        let label = format!("inventory/shared/{n}");
        let mut s = if n % 2 == 0 {
            daily::lab_session(&label, time::at(month, day, 14, 0))
        } else {
            Session::open(LAB, Agent::Codex, CODEX, &label, time::at(month, day, 11, 0))
        };
        s.cwd = format!("/home/visitor{n}/bench");
        let from = log.drafts.len();
        daily::job(log, &mut s);
        shots.push(from);
        last = Some(s);
    }
    if let Some(s) = last {
        let what = "Two agents and several people work behind the identity of one tagged, shared machine.";
        s.label(log, ("shared-node", "inventory", "listed"), what, shots);
        log.spans_sessions();
    }
}

/// A provider and model nobody used before.
fn newcomer(log: &mut Log) {
    let mut s = daily::chat_session(HEIDI, "inventory/newcomer", time::at(3, 25, 16, 30));
    s.model = NEWCOMER;
    s.user("Compare these two launch plans and say which is cheaper.");
    let one = s.answer(log, "The second plan is cheaper, mostly because it needs no agency.");
    s.user("And the risks?");
    let two = s.answer(log, "It leaves one week less for translation.");
    let what = "A provider and model used by nobody in the four weeks before.";
    s.label(log, ("first-seen-model", "usage", "finding"), what, vec![one, two]);
}

/// One day with about fifteen times the usual number of calls: a long, parallel sweep over files.
fn spike(log: &mut Log) {
    let mut shots = Vec::new();
    let mut s = world::setup(GRACE).open("inventory/spike", time::at(3, 24, 9, 0));
    let mut r = Rng::new("inventory/spike");
    s.user("Check every table definition of the warehouse against the naming rules, one by one.");
    for round in 0..38 {
        let acts: Vec<Act> = (0..4)
            .map(|n| {
                let table = format!("{}_{}_{}", m::noun(&mut r), m::noun(&mut r), round * 4 + n);
                let path = format!("{}/schema/{table}.sql", s.cwd);
                read(&path, format!("CREATE TABLE {table} (id bigint, {} text);\n", m::noun(&mut r)))
            })
            .collect();
        shots.push(s.act(log, "", acts));
        s.at += r.between(60, 400) * SECOND;
    }
    shots.push(s.act(log, "", vec![run("git diff --stat", "")]));
    shots.push(s.answer(log, "152 definitions checked, 9 break a rule."));
    s.label(
        log,
        ("volume-spike", "usage", "finding"),
        "One person makes more than ten times the usual number of tool calls on one day, after four weeks of even work.",
        shots,
    );
}
