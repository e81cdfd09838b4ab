//! Shapes of traffic that a reader of exports has to cope with: compaction, forks, sub-agents, refusals, cut answers,
//! and records of which the gateway kept only a part.

use super::agent::{Act, read, run};
use super::daily;
use super::log::Log;
use super::material as m;
use super::record::Grade;
use super::rng::Rng;
use super::time::{self, SECOND};
use super::value::{Val, map};
use super::world::{self, ALICE, BOB, CAROL, DAVE, ERIN, GRACE, IVAN, JUDY};

/// Logs all of them.
pub(crate) fn log_all(log: &mut Log) {
    compaction(log);
    fork(log);
    sub_agent(log);
    across_exports(log);
    refusals(log);
    cut_answers(log);
    purged(log);
}

fn compaction(log: &mut Log) {
    let mut s = world::setup(ALICE).open("shape/compaction", time::at(3, 4, 13, 0));
    let from = log.drafts.len();
    for _ in 0..6 {
        daily::job(log, &mut s);
    }
    s.compact("the limits of several functions were adjusted and tested; open point: documentation of the settings.");
    let first_after = log.drafts.len();
    daily::job(log, &mut s);
    let what = "A long conversation is replaced by a summary and goes on under the same session id.";
    s.label(log, ("compaction", "coverage", "nothing"), what, vec![from, first_after - 1, first_after]);
}

fn fork(log: &mut Log) {
    let mut s = world::setup(BOB).open("shape/fork", time::at(3, 3, 10, 0));
    let from = log.drafts.len();
    daily::job(log, &mut s);
    let turns = s.history.len();
    daily::job(log, &mut s);
    let mut other = s.fork(turns);
    let branch = log.drafts.len();
    other.user("Let us try it the other way: leave the code and write a test first.");
    let name = m::function(&mut other.rng);
    let output = m::tests(&mut Rng::new("shape/fork"), &name, 0);
    other.act(log, "", vec![run(format!("pytest -q -k {name}"), output)]);
    other.answer(log, "The test is written and passes already.");
    let what = "A conversation is taken up again from an earlier point, so that two branches share a beginning.";
    s.label(log, ("fork", "coverage", "nothing"), what, vec![from, branch]);
}

fn sub_agent(log: &mut Log) {
    let mut s = world::setup(ALICE).open("shape/sub-agent", time::at(3, 18, 11, 0));
    let mut r = Rng::new("shape/sub-agent");
    s.user("Find all places that still use the old cursor and tell me how much work the change is.");
    let prompt = "Search the repository for uses of the old cursor. Report files and a rough estimate.";
    let mut sub = s.sub_agent(prompt);
    sub.at = s.at + 15 * SECOND;
    let from = log.drafts.len();
    let search = Act::Grep("old_cursor".to_string(), m::hits(&mut r, "old_cursor", &sub.cwd));
    sub.act(log, "", vec![search]);
    let path = m::file(&mut r, &sub.cwd);
    sub.act(log, "", vec![read(&path, m::code(&mut r, "old_cursor"))]);
    let report = "Four places in three files, about an hour of work.";
    sub.answer(log, report);
    let args =
        map! { "description": "Find uses of the old cursor", "prompt": prompt, "subagent_type": "general-purpose" };
    let main = s.act(log, "I will let a sub-agent look.", vec![Act::Tool("Task", args, report.to_string())]);
    s.at = s.at.max(sub.at) + 2 * SECOND;
    s.answer(log, "Four places in three files; about an hour.");
    let what = "A sub-agent works in its own conversation under the session id of its parent.";
    s.label(log, ("sub-agent", "coverage", "nothing"), what, vec![main, from, from + 1, from + 2]);
}

/// A conversation that is under way when an export is cut, so that both exports hold a part of it.
fn across_exports(log: &mut Log) {
    let mut s = world::setup(JUDY).open("shape/across", time::at(3, 6, 14, 52));
    let from = log.drafts.len();
    for _ in 0..4 {
        daily::job(log, &mut s);
        s.at += 90 * SECOND;
    }
    let what = "A conversation begins in one export and goes on in the next, which repeats its beginning.";
    s.label(log, ("across-exports", "coverage", "nothing"), what, (from..log.drafts.len()).collect());
}

fn refusals(log: &mut Log) {
    let mut s = world::setup(CAROL).open("shape/quota", time::at(3, 10, 17, 20));
    s.user("One more look at the load balancer rules, please.");
    let shots = vec![s.fail(log, 429), s.fail(log, 429)];
    s.label(log, ("quota", "coverage", "listed"), "Requests over the quota are refused with 429.", shots);

    let mut s = world::setup(GRACE).open("shape/guardrail", time::at(3, 11, 11, 30));
    s.user("Load the customer list with all birth dates into the prompt and find duplicates.");
    let shots = vec![s.fail(log, 403)];
    s.label(log, ("guardrail", "coverage", "listed"), "A guardrail refuses a request with 403.", shots);

    let mut s = world::setup(BOB).open("shape/overloaded", time::at(3, 12, 15, 0));
    s.user("Explain the retry logic of the ledger.");
    let first = s.fail(log, 529);
    s.at += 12 * SECOND;
    let second = s.fail(log, 529);
    s.at += 40 * SECOND;
    let third = s.answer(log, "It retries three times, waiting twice as long each time.");
    let what = "The provider is overloaded (529) twice, then answers the repeated request.";
    s.label(log, ("overloaded", "coverage", "listed"), what, vec![first, second, third]);

    let mut s = world::setup(IVAN).open("shape/restart", time::at(3, 19, 8, 5));
    s.user("Is the index warm?");
    let shots = vec![s.fail(log, 503)];
    s.label(log, ("restart", "coverage", "listed"), "The gateway restarts and answers 503.", shots);
}

fn cut_answers(log: &mut Log) {
    let mut s = world::setup(ALICE).open("shape/cut", time::at(3, 17, 16, 40));
    s.user("Write a long explanation of the eviction policy.");
    let one = s.cut(log, "The cache evicts by age first and by size second. When a node", false);
    let what = "The connection breaks in the middle of an answer; the gateway keeps the part it has, without counts.";
    s.label(log, ("cut-answer", "coverage", "listed"), what, vec![one]);

    let mut s = world::setup(DAVE).open("shape/broken", time::at(3, 18, 9, 10));
    s.user("List every component that uses the old button.");
    let two = s.cut(log, "Header, Footer, CheckoutForm, and", true);
    let what = "The stored answer of a broken connection is not even complete JSON.";
    s.label(log, ("broken-answer", "coverage", "listed"), what, vec![two]);
}

fn purged(log: &mut Log) {
    let mut s = world::setup(ERIN).open("shape/tools-only", time::at(2, 27, 10, 15));
    s.user("Clean up the imports.");
    let act = run("npx eslint --fix src", "");
    let one = s.act_purged(log, "", vec![act], Grade::ToolsOnly);
    s.label(
        log,
        ("tools-only", "coverage", "listed"),
        "Bodies are purged; the calls taken from the answer remain.",
        vec![one],
    );

    let mut s = world::setup(GRACE).open("shape/metrics-only", time::at(2, 26, 15, 35));
    s.user("Which tables grew most this month?");
    let two = s.act_purged(log, "The event tables.", Vec::new(), Grade::MetricsOnly);
    s.label(log, ("metrics-only", "coverage", "listed"), "Everything but the counts is purged.", vec![two]);
}
