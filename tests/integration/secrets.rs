//! The ledger of secrets: what is planted is found once, in its place; other rules and other keys applied to a lake.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs;

use ciborium::Value as Cbor;
use lightmeter::secrets::template::Fakes;
use serde_json::{Value, json};

use crate::common::{Export, Home};
use crate::conversation::{CLIENT, Request, answered, asked, export};

/// What is planted: where it shows first, in which record, and how many later requests carry it again.
struct Planted {
    value: String,
    surface: &'static str,
    record: u64,
    again: u64,
    preview: &'static str,
}

fn text(text: &str) -> Value {
    json!({ "type": "text", "text": text })
}

fn called(id: &str, name: &str, input: &Value) -> Value {
    json!([{ "type": "tool_use", "id": id, "name": name, "input": input }])
}

fn returned(id: &str, content: &str) -> Value {
    json!({ "role": "user", "content": [{ "type": "tool_result", "tool_use_id": id, "content": content }] })
}

fn user(words: &str) -> Value {
    json!({ "role": "user", "content": [text(words)] })
}

/// One request of the conversation with its answer.
fn record(id: u64, key: &str, system: &str, messages: &[Value], answer: &Value) -> Cbor {
    let time = format!("2026-03-0{}T09:00:00Z", id % 10);
    let body = asked("22222222-2222-3333-4444-555555555555", messages, &json!({ "system": system }));
    let mut answer = answered(answer, "end_turn", 10);
    answer["id"] = json!("msg_01Xk3Vq9Rz7Lm2Pw8Tn4Yb6c");
    let headers = [("User-Agent", CLIENT), ("X-Api-Key", key)];
    let login = "ana@example.com";
    Request { id, time: &time, login, node: "n1", headers: &headers, body: &body, answer: &answer }.record(Vec::new())
}

/// Things in the form of a secret, or near it, that are none.
const DECOYS: &str = "AWS_ACCESS_KEY_ID=AKIAIOSFODNN7{{}}EXAMPLE
GITHUB_TOKEN=ghp_{{x:36}}
API_KEY=your-api-key-here
\"integrity\": \"sha512-{{base64:86}}==\"
commit {{hex:40}}
request_id={{uuid}}
checksum/secret: {{hex:64}}
key=toolu_01{{base62:22}}
postgres://user:password@localhost:5432/dev
ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI{{base64:43}} jane@acme
PASSWORD=$DB_PASSWORD
card 4111{{}}111111111111, build 20260330{{digits:8}}
";

/// A conversation of five requests that repeats its history each time, with a secret in every place.
fn conversation() -> (Export, Vec<Planted>) {
    let mut fakes = Fakes::new(41);
    let mut planted = Vec::new();
    let mut plant = |template: &str, surface, record, again, preview| {
        let value = fakes.expand(template);
        planted.push(Planted { value: value.clone(), surface, record, again, preview });
        value
    };
    let own = plant("sk-ant-api03-{{url64:93}}AA", "header", 1, 4, "sk-ant-api03-…");
    let in_system = plant("glpat-{{base62:20}}", "system", 1, 4, "glpat-…");
    let typed = plant("xoxb-{{digits:12}}-{{digits:12}}-{{base62:24}}", "prompt", 1, 4, "xoxb-…");
    let first = plant("AKIA{{base32:16}}", "tool_result", 2, 3, "AKIA…");
    let second = plant("dop_v1_{{hex:64}}", "tool_result", 2, 3, "dop_v1_…");
    let url = plant("{{base62:18}}", "tool_result", 2, 3, "password (18 chars)");
    let pem = plant("{{pem:RSA PRIVATE KEY}}", "tool_result", 2, 3, "private-key (");
    let sent = plant("npm_{{crc:30}}", "tool_arguments", 2, 3, "npm_…");
    let nested = plant("hf_{{base62:34}}", "tool_result", 3, 2, "hf_…");
    let echoed = plant("SG.{{url64:22}}.{{url64:43}}", "answer", 3, 2, "SG.…");
    let file = format!(
        "{}AWS_ACCESS_KEY_ID={first}\nDO_TOKEN={second}\nDATABASE_URL=postgres://svc:{url}@db-1.acme.test:5432/app\n{pem}\n",
        fakes.expand(DECOYS)
    );
    let numbered: String = file.lines().enumerate().map(|(at, line)| format!("{:>6}→{line}\n", at + 1)).collect();
    let inner = json!({ "status": 200, "body": json!({ "token": nested, "note": "x" }).to_string() }).to_string();
    let system = format!("You help ana. The mirror's token is {in_system}.");
    let question = format!("Post the result with {typed}. Project Nightjar-4711 is confidential.");
    let mut history = vec![user(&question)];
    let (read, sends) = ("toolu_01Qm4Kx8Zt2Wv6Ls9Rb3Yd5", "toolu_01Hp7Nc3Jf9Gq5Xk2Vm8Tw4");
    let command = format!("curl -H 'X-Token: {sent}' https://acme.test/Nightjar-4711");
    let answers = [
        called(read, "Read", &json!({ "file_path": "/app/.env" })),
        called(sends, "Bash", &json!({ "command": command })),
        json!([text(&format!("Sent. The mail key is {echoed}."))]),
        json!([text("You are welcome.")]),
        json!([text("Good bye.")]),
    ];
    let next = [returned(read, &numbered), returned(sends, &inner), user("thanks"), user("bye")];
    let mut records = Vec::new();
    for (at, answer) in answers.iter().enumerate() {
        records.push(record(at as u64 + 1, &own, &system, &history, answer));
        history.push(json!({ "role": "assistant", "content": answer }));
        history.extend(next.get(at).cloned());
    }
    (Export { name: "ts-aperture-export-1772800000.cbor.zstd".to_owned(), compressed: export(&records) }, planted)
}

#[test]
fn every_planted_secret_is_found_exactly_once_and_no_decoy() {
    let (export, planted) = conversation();
    let home = Home::new();
    home.exports("exports", &[export]);
    home.run(&["pull", "exports"]).code(0);
    let rows = home.query("SELECT surface, record_id, sent_again, preview, rule FROM history_secrets");
    for one in &planted {
        let tail: String = one.value.chars().skip(one.value.chars().count() - 4).collect();
        let same = |row: &&Value| {
            let preview = row["preview"].as_str().unwrap();
            preview.starts_with(one.preview) && (one.preview.contains('(') || preview.contains(&tail))
        };
        let found: Vec<&Value> = rows.iter().filter(same).collect();
        assert_eq!(found.len(), 1, "{} {}: {rows:#?}", one.surface, one.preview);
        let row = found[0];
        assert_eq!(
            (row["surface"].as_str(), row["record_id"].as_u64()),
            (Some(one.surface), Some(one.record)),
            "{row}"
        );
        assert_eq!(row["sent_again"].as_u64(), Some(one.again), "{row}");
    }
    assert_eq!(rows.len(), planted.len(), "{rows:#?}");
    let report = home.run(&["analyze", "--offline", "--format", "json"]).code(0).json();
    assert_eq!(report["secrets"]["items"].as_array().unwrap().len(), planted.len());
    let mut subjects = home_subjects(&report);
    assert!(subjects.iter().any(|subject| subject.starts_with("AWS cloud key AKIA…")), "{subjects:?}");
    assert!(subjects.iter().any(|subject| subject.starts_with("private key, fingerprint ")), "{subjects:?}");
    let count = subjects.len();
    subjects.sort_unstable();
    subjects.dedup();
    assert_eq!(subjects.len(), count, "one incident per secret: {subjects:?}");
    let all = report.to_string();
    assert!(planted.iter().all(|one| !all.contains(&one.value)));
}

/// What the incidents about exposed secrets are about.
fn home_subjects(report: &Value) -> Vec<String> {
    let incidents = report["incidents"].as_array().unwrap().iter();
    let about = incidents.filter(|one| one["detection"].to_string().contains("secrets.secret-exposed"));
    about.map(|one| one["subject"].as_str().unwrap().to_owned()).collect()
}

const ACME: &str = r#"
[[rules]]
id = "acme-project"
description = "Project name"
regex = '''(Nightjar-\d{4})'''
keywords = ["Nightjar"]
"#;

#[test]
fn other_rules_are_applied_without_pulling_and_say_what_they_found() {
    let (export, planted) = conversation();
    let home = Home::new();
    home.exports("exports", &[export]);
    home.run(&["pull", "exports"]).code(0);
    let ledger = "SELECT * FROM secrets ORDER BY occurrence_id";
    let without = "SELECT * EXCLUDE (rule_set) FROM secrets ORDER BY occurrence_id";
    let before = home.query(ledger);
    home.run(&["rescan"]).code(0).says(&["0 exports searched", "1 were searched with them before"]);
    home.run(&["rescan", "--all"]).code(0).says(&["1 exports searched"]);
    assert_eq!(home.query(ledger), before, "the same rules find the same");

    let rules = home.write("acme.toml", ACME);
    let rules = rules.to_str().unwrap();
    home.run(&["rescan", "--secret-rules", rules, "--dry-run"]).code(0).says(&["1 exports would be searched"]);
    assert_eq!(home.query(ledger), before);
    home.run(&["rescan", "--secret-rules", rules]).code(0).says(&["1 exports searched"]);
    let after = home.query(ledger);
    let new = after.iter().filter(|row| row["rule"] == "acme-project").count();
    assert_eq!(new, 2, "the prompt and the command: {after:#?}");
    let sets =
        home.query("SELECT rule_set, count(*) AS n, min(surface) AS surface FROM secrets GROUP BY rule_set ORDER BY n");
    assert_eq!(sets.len(), 2, "{sets:?}");
    assert_eq!((&sets[0]["n"], &sets[0]["surface"]), (&json!(1), &json!("header")), "headers are not kept: {sets:?}");
    assert_eq!(home.query("SELECT rule_set FROM exports")[0]["rule_set"], sets[1]["rule_set"]);
    // What facts quote of a text is hidden by the new rules, too.
    assert_eq!(home.query("SELECT count(*) AS n FROM commands WHERE text LIKE '%Nightjar-4711%'")[0]["n"], 0);
    home.run(&["verify"]).code(0);
    // A pull of what is there already changes nothing, and a fresh lake has the same.
    home.run(&["pull", "exports"]).code(0).says(&["1 already in the lake"]);
    assert_eq!(home.query(ledger), after);
    let fresh = Home::new();
    fresh.exports("exports", &[conversation().0]);
    fresh.run(&["pull", "exports", "--secret-rules", rules]).code(0);
    assert_eq!(fresh.query(without), home.query(without));

    // Switched off again: its rows go, the others are as at first.
    home.run(&["rescan"]).code(0).says(&["1 exports searched"]);
    assert_eq!(home.query(ledger), before);
    // A lake that kept no text says so.
    let bare = Home::new();
    bare.exports("exports", &[conversation().0]);
    bare.run(&["pull", "exports", "--content", "redacted"]).code(0);
    bare.run(&["rescan", "--secret-rules", rules]).code(0).says(&["1 were pulled without their whole text"]);
    assert_eq!(bare.query("SELECT count(*) AS n FROM secrets")[0]["n"], planted.len());
    // Rules that cannot be used are named, and change nothing.
    for (file, reason) in [
        ("[[rules]]\nid = 'broken'\nregex = '(x'\nkeywords = ['x']\n", "broken: the regex is not valid"),
        ("[[rules]]\nid = 'huge'\nregex = 'x{1000}{1000}'\nkeywords = ['xxx']\n", "huge: the regex is too large"),
        ("[[rules]\n", "line 1"),
    ] {
        let bad = home.write("bad.toml", file);
        let bad = bad.to_str().unwrap();
        home.run(&["rescan", "--secret-rules", bad]).code(2).says(&[reason, "bad.toml"]);
        home.run(&["pull", "exports", "--secret-rules", bad]).code(2).says(&[reason]);
    }
    assert_eq!(home.query(ledger), before);
}

#[test]
fn merged_exports_are_searched_again_too() {
    // Of the same days as the conversation, so that there is something to merge.
    let exports = || {
        let answer = json!([text("Good.")]);
        let late = [
            record(11, "none", "", &[user("Nightjar-4712 goes on")], &answer),
            record(12, "none", "", &[user("nothing here")], &answer),
        ];
        let name = "ts-aperture-export-1774999999.cbor.zstd".to_owned();
        [conversation().0, Export { name, compressed: export(&late) }]
    };
    let [home, copy] = [Home::new(), Home::new()];
    home.exports("exports", &exports());
    home.run(&["pull", "exports"]).code(0);
    let ledger = "SELECT * FROM secrets ORDER BY occurrence_id, export_key";
    let rules = home.write("acme.toml", ACME);
    let rules = rules.to_str().unwrap();
    copy.exports("exports", &exports());
    copy.run(&["pull", "exports"]).code(0);
    copy.run(&["rescan", "--secret-rules", rules]).code(0).says(&["2 exports searched"]);

    home.run(&["compact", "--at-least", "2"]).code(0).says(&["files merged into"]);
    home.run(&["rescan", "--secret-rules", rules]).code(0).says(&["2 exports searched"]);
    let found = home.query(ledger);
    assert_eq!(found, copy.query(ledger), "merged or not, the same is found");
    assert!(found.iter().filter(|row| row["rule"] == "acme-project").count() >= 3, "{found:#?}");
    assert_eq!(home.query("SELECT count(*) AS n FROM commands WHERE text LIKE '%Nightjar-4711%'")[0]["n"], 0);
    assert_eq!(home.query("SELECT count(*) AS n FROM messages"), copy.query("SELECT count(*) AS n FROM messages"));
    home.run(&["verify"]).code(0);
    home.run(&["rescan", "--secret-rules", rules]).code(0).says(&["2 were searched with them before"]);
}

#[test]
fn lakes_that_share_a_key_give_a_secret_the_same_fingerprint() {
    let [one, two, other] = [Home::new(), Home::new(), Home::new()];
    let run = |home: &Home, args: &[&str]| {
        let mut command = home.command(args);
        command.env_remove("LIGHTMETER_FINGERPRINT_KEY");
        home.finish(command, None)
    };
    for home in [&one, &two, &other] {
        home.exports("exports", &[conversation().0]);
    }
    run(&one, &["pull", "exports"]).code(0);
    let file = two.path("moved.key");
    let name = file.to_str().unwrap();
    let key = run(&one, &["key", "export", "-o", name]).code(0).says(&["as private as the lake"]);
    assert!(key.stdout.is_empty());
    let text = fs::read_to_string(&file).unwrap();
    assert_eq!(text.trim(), fs::read_to_string(one.lake().join("fingerprint.key")).unwrap().trim());
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    }
    run(&one, &["key", "export", "-o", name]).code(1).says(&["moved.key"]);
    run(&two, &["key", "import", name]).code(0).says(&["as private as the lake"]);
    run(&two, &["key", "import", name]).code(0).says(&["this key already"]);
    for home in [&two, &other] {
        run(home, &["pull", "exports"]).code(0);
    }
    let prints = |home: &Home| {
        run(home, &["query", "SELECT DISTINCT fingerprint FROM secrets ORDER BY 1", "--format", "jsonl"]).code(0).stdout
    };
    assert_eq!(prints(&one), prints(&two));
    assert_ne!(prints(&one), prints(&other));
    // A lake with exports keeps its key, and no message shows one.
    let refused = run(&other, &["key", "import", name]).code(2).says(&["holds 1 exports", "new lake"]);
    assert!(!refused.stderr.contains(text.trim()));
    let bad = two.write("bad.key", "no key at all");
    let third = Home::new();
    run(&third, &["key", "import", bad.to_str().unwrap()]).code(1).says(&["64 hexadecimal digits"]);
}
