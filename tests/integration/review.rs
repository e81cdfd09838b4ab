//! Verdicts: what they hide, what brings it back, and the file they live in.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs;

use serde_json::Value;

use crate::common::{Home, samples};

const WHY: [&str; 4] = ["--reason", "looked at it", "--owner", "ana@example.com"];
const FILE: &str = "lightmeter-reviews.toml";

fn home() -> Home {
    let home = Home::new();
    home.exports("exports", samples());
    home.run(&["pull", "exports"]).code(0);
    home
}

fn report(home: &Home, more: &[&str]) -> Value {
    home.run(&[&["analyze", "--offline", "--format", "json"], more].concat()).code(0).json()
}

fn review(home: &Home, words: &[&str]) {
    home.run(&[&["review"], words, &WHY[..]].concat()).code(0);
}

fn subjects(report: &Value, detection: &str) -> Vec<String> {
    let incidents = report["incidents"].as_array().unwrap().iter();
    let mine = incidents.filter(|incident| incident["detection"] == detection);
    mine.map(|incident| incident["subject"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn a_suppressed_finding_is_counted_and_comes_back() {
    let home = home();
    let before = home.run(&["analyze", "--offline", "--format", "json"]).code(0).stdout;
    let all: Value = serde_json::from_str(&before).unwrap();
    // One about a tool, whose definition the review remembers.
    let mut incidents = all["incidents"].as_array().unwrap().iter();
    let first = incidents.find(|incident| incident["detection"] == "inventory.poisoned-description").unwrap();
    let id = first["id"].as_str().unwrap();
    review(&home, &["suppress", &id[..8], "--expires", "2026-04-01"]);
    let hidden = report(&home, &[]);
    let count = |report: &Value| report["incidents"].as_array().unwrap().len();
    assert_eq!((count(&hidden), hidden["summary"]["cut"].as_u64()), (count(&all) - 1, Some(1)));
    assert_eq!(hidden["incidents_cut"][0]["why"], "suppressed by a review");
    assert_eq!(hidden["incidents_cut"][0]["detection"], first["detection"]);
    assert_eq!(hidden["detections"], all["detections"], "the analysis is the same");
    assert_eq!(hidden["signals"], all["signals"]);

    let shown = report(&home, &["--show-suppressed"]);
    assert_eq!(count(&shown), count(&all));
    let marked = shown["incidents"].as_array().unwrap().iter().find(|incident| incident["id"] == id).unwrap();
    assert_eq!(marked["state"], "suppressed");

    // The window's end decides what has expired, not the clock.
    assert_eq!(count(&report(&home, &["--until", "2026-04-01"])), count(&all) - 1);
    assert_eq!(count(&report(&home, &["--until", "2026-04-01T00:00:01Z"])), count(&all));

    // What got worse, or whose tool is not what it was, comes back.
    let file = fs::read_to_string(home.path(FILE)).unwrap();
    let worse = file.replace(&format!("severity = {}", first["severity"]), "severity = \"low\"");
    assert_ne!(worse, file);
    fs::write(home.path(FILE), worse).unwrap();
    assert_eq!(count(&report(&home, &[])), count(&all));
    let start = file.find("definitions = [").unwrap();
    let other = format!("{}definitions = [\"lookup 0000000000000000\"]\n", &file[..start]);
    fs::write(home.path(FILE), other).unwrap();
    assert_eq!(count(&report(&home, &[])), count(&all));

    home.run(&["review", "remove", id]).code(0);
    assert_eq!(home.run(&["analyze", "--offline", "--format", "json"]).code(0).stdout, before, "to the byte");
}

#[test]
fn what_stays_of_a_story_of_which_a_part_is_hidden_is_told() {
    let home = home();
    let all = report(&home, &[]);
    let about = |detection: &str| {
        let mut incidents = all["incidents"].as_array().unwrap().iter();
        incidents.find(|i| i["detection"] == detection).unwrap()["id"].as_str().unwrap().to_owned()
    };
    let (lead, part) = (about("inventory.poisoned-description"), about("inventory.risky-definition-change"));
    let said = home.run(&[&["review", "suppress", &lead[..8]], &WHY[..]].concat()).code(0).stdout;
    assert!(said.contains("1 related finding of the same integration stays") && said.contains(&part[..12]), "{said}");
    let text = home.run(&["analyze", "--offline"]).code(0).stdout;
    let line = text.lines().find(|line| line.starts_with("**Incidents**")).unwrap();
    assert!(line.contains("1 hidden by `lightmeter review`, related findings stay in incident "), "{line}");
    assert!(text.contains("**Hidden by a review, of the same story**: 🔴 critical Tool description"));
    let hidden = text.split("## Not shown").nth(1).unwrap();
    assert!(hidden.contains(&lead) && hidden.contains("looked at it") && hidden.contains("the rest, as incident"));
    let json = report(&home, &[]);
    assert_eq!(
        (&json["incidents_hidden"][0]["id"], &json["incidents_hidden"][0]["owner"]),
        (&lead.clone().into(), &WHY[3].into())
    );
    assert!(json["incidents"].as_array().unwrap().iter().any(|i| i["id"] == part));

    let said = home.run(&[&["review", "suppress", &part[..8], "--related"], &WHY[..]].concat()).code(0).stdout;
    assert!(!said.contains("stays"), "{said}");
    let json = report(&home, &[]);
    assert_eq!(json["incidents_hidden"].as_array().unwrap().len(), 2);
    assert!(subjects(&json, "inventory.risky-definition-change").is_empty());

    // What was given together goes together; a verdict with another reason stays.
    let other = about("sequences.steered-agent");
    home.run(&["review", "accept", &other[..8], "--reason", "a test of ours", "--owner", WHY[3]]).code(0);
    let said = home.run(&["review", "remove", &lead[..8], "--related"]).code(0).stdout;
    assert!(said.contains("removed 2 verdicts"), "{said}");
    assert!(home.run(&["review", "list"]).code(0).stdout.contains("a test of ours"));
}

#[test]
fn a_closed_finding_comes_back_when_it_is_seen_again() {
    let home = home();
    let early = report(&home, &["--until", "2026-03-16"]);
    let incidents = early["incidents"].as_array().unwrap();
    let id = incidents.iter().find(|i| i["detection"] == "inventory.poisoned-description").unwrap()["id"].clone();
    review(&home, &["close", id.as_str().unwrap()]);
    let shows = |report: &Value| report["incidents"].as_array().unwrap().iter().any(|i| i["id"] == id);
    assert!(!shows(&report(&home, &[])));
    let file = fs::read_to_string(home.path(FILE)).unwrap();
    let at = file.find("last_seen = \"").unwrap() + "last_seen = \"".len();
    let earlier = format!("{}2026-03-13T00:00:00.000000Z{}", &file[..at], &file[at + 27..]);
    fs::write(home.path(FILE), earlier).unwrap();
    assert!(shows(&report(&home, &[])));
}

#[test]
fn an_approval_is_about_the_definitions_of_its_time() {
    let home = home();
    let of = |report: &Value, name: &str| {
        let rows = report["inventory"]["integrations"].as_array().unwrap().clone();
        rows.into_iter().find(|row| row["integration"] == name).unwrap()["reviewed"].clone()
    };
    review(&home, &["approve", "notes"]);
    review(&home, &["deny", "pdf-toolbox"]);
    review(&home, &["approve", "--agent", "Claude Code"]);
    let judged = report(&home, &[]);
    assert_eq!((of(&judged, "notes"), of(&judged, "pdf-toolbox")), ("approved".into(), "denied".into()));
    assert!(!subjects(&judged, "inventory.new-integration").contains(&"notes".to_owned()));
    // A denial is about what is called after it, unless somebody says since when.
    let denied = "inventory.denied-integration-in-use";
    assert!(subjects(&judged, denied).is_empty());
    let rows = judged["inventory"]["integrations"].as_array().unwrap();
    let row = rows.iter().find(|row| row["integration"] == "pdf-toolbox").unwrap();
    assert!(row["calls_before_denial"].as_u64().unwrap() > 0 && row["calls_before_denial"] == row["calls"], "{row}");
    review(&home, &["deny", "pdf-toolbox", "--since", "2026-03-01"]);
    assert!(fs::read_to_string(home.path(FILE)).unwrap().contains("since = \"2026-03-01T00:00:00Z\""));

    let file = fs::read_to_string(home.path(FILE)).unwrap();
    let at = file.find("\"append ").unwrap() + "\"append ".len();
    fs::write(home.path(FILE), format!("{}0000000000000000{}", &file[..at], &file[at + 16..])).unwrap();
    let changed = report(&home, &[]);
    assert_eq!(of(&changed, "notes"), "changed");
    assert!(subjects(&changed, denied).contains(&"pdf-toolbox".to_owned()));
    let unreviewed = changed["inventory"]["unreviewed"].as_array().unwrap();
    assert!(
        unreviewed
            .iter()
            .any(|row| row["integration"] == "notes" && row["why"].as_str().unwrap().contains("definition"))
    );
}

#[test]
fn the_file_does_not_depend_on_the_order_of_decisions() {
    let home = home();
    for order in [["notes", "pdf-toolbox"], ["pdf-toolbox", "notes"]] {
        let _ = fs::remove_file(home.path(FILE));
        for name in order {
            review(&home, &["approve", name]);
        }
        fs::rename(home.path(FILE), home.path(order[0])).unwrap();
    }
    assert_eq!(fs::read(home.path("notes")).unwrap(), fs::read(home.path("pdf-toolbox")).unwrap());
    let listed = home.run(&["review", "list", "--reviews", "notes"]).code(0).stdout;
    assert!(listed.contains("integration notes  (ana@example.com: looked at it)"), "{listed}");
    // Mistakes are told, and nothing is written for them.
    home.run(&[&["review", "approve", "nowhere"], &WHY[..]].concat()).code(2);
    home.run(&[&["review", "suppress", "0000000000"], &WHY[..]].concat()).code(2);
    home.run(&["review", "remove", "notes"]).code(2);
    home.run(&["review", "approve", "notes"]).code(2);
    assert!(!home.path(FILE).exists());
    fs::write(home.path(FILE), "[[integrations]]\nverdict = \"approved\"\n").unwrap();
    home.run(&["analyze", "--offline"]).code(2);
}

#[test]
fn a_reviews_file_that_is_named_has_to_be_there_for_those_who_read_it() {
    let home = home();
    for command in [&["analyze", "--offline"][..], &["export", "--offline", "--format", "ndjson"], &["review", "list"]]
    {
        let run = home.run(&[command, &["--reviews", "mistyped.toml"]].concat()).code(2);
        assert!(run.stderr.contains("mistyped.toml") && run.stderr.contains("lightmeter review"), "{}", run.stderr);
    }
    review(&home, &["approve", "notes", "--reviews", "new.toml"]);
    home.run(&["analyze", "--offline", "--reviews", "new.toml"]).code(0);
}

#[test]
fn verdicts_that_are_given_at_once_are_all_kept() {
    let home = home();
    let report = report(&home, &[]);
    let ids: Vec<&str> =
        report["incidents"].as_array().unwrap().iter().filter_map(|i| i["id"].as_str()).take(4).collect();
    std::thread::scope(|scope| {
        for id in &ids {
            scope.spawn(|| review(&home, &["suppress", id]));
        }
    });
    let listed = home.run(&["review", "list"]).code(0).stdout;
    assert!(ids.len() == 4 && ids.iter().all(|id| listed.contains(id)), "{listed}");
}
