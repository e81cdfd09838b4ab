//! The command line: exit codes, help, formats, what is refused and what is said about it.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs;
use std::io::Read;
use std::process::Stdio;

use serde_json::json;

use crate::common::{Home, analysed, small};

/// A detection that always finds one thing.
const ALWAYS: &str = r#"-- +++
-- title = "Always"
-- severity = "low"
-- confidence = "high"
-- status = "stable"
-- tier = "incident"
-- since = "0.1.0"
-- what = "Something is always found."
-- impact = "None."
-- false_positives = ["All of them."]
-- next_steps = ["SELECT count(*) FROM requests"]
-- references = []
-- tags = ["owasp-asi:2026:ASI10"]
-- +++
SELECT
  'x' AS subject,
  'This is always found.' AS reason,
  min(time) AS first_seen,
  max(time) AS last_seen,
  count(*) AS count,
  CAST(NULL AS TEXT) AS session_id,
  array_agg(evidence(export_key, record_id) ORDER BY record_id) AS evidence
FROM (SELECT * FROM requests ORDER BY record_id LIMIT 1)
ORDER BY subject
"#;

/// Settings that switch every built-in detection off.
fn only_own(home: &Home) -> String {
    let list = home.run(&["detections", "list"]).code(0).stdout;
    let ids = list.lines().skip(1).filter_map(|line| line.split_whitespace().next());
    ids.map(|id| format!("[detections.\"{id}\"]\nenabled = false\n")).collect()
}

#[test]
fn every_exit_code_is_reached() {
    let home = Home::new();
    home.run(&["detections", "list"]).code(0);
    home.run(&["analyze", "nowhere"]).code(1).says(&["nowhere does not exist", "help: check the path"]);
    home.run(&["analyze", "--frobnicate"]).code(2).says(&["--frobnicate"]);
    let empty = home.exports("empty", &[]);
    home.run(&["analyze", empty.to_str().unwrap()]).code(3);
    let export = &small()[4];
    home.write("cut/a.cbor.zstd", &export.compressed[..export.compressed.len() / 2]);
    home.run(&["analyze", "cut"]).code(4);

    let home = Home::new();
    home.write("own/tests/always.sql", ALWAYS);
    let off = only_own(&home);
    home.exports("exports", &small()[..1]);
    home.write("lightmeter.toml", &off);
    home.run(&["analyze", "exports", "--fail-on", "low"]).code(0);
    for (level, code) in [("informational", 0), ("low", 12), ("medium", 13), ("high", 14), ("critical", 15)] {
        home.write("lightmeter.toml", format!("{off}\n[detections.\"tests.always\"]\nseverity = \"{level}\"\n"));
        let offline = ["analyze", "--offline", "--detections", "own", "--fail-on"];
        let run = home.run(&[&offline[..], &["low"]].concat()).code(code);
        assert!(run.stdout.contains("This is always found."), "{}", run.stdout);
        home.run(&[&offline[..], &["critical"]].concat()).code(if code == 15 { 15 } else { 0 });
    }
}

#[test]
fn help_says_what_each_command_does() {
    let home = Home::new();
    let commands = [
        &[][..],
        &["analyze"],
        &["pull"],
        &["sessions"],
        &["session"],
        &["query"],
        &["schema"],
        &["hunt"],
        &["record"],
        &["verify"],
        &["detections"],
        &["detections", "list"],
        &["detections", "show"],
        &["detections", "check"],
    ];
    for command in commands {
        let mut long = home.command(&[command, &["--help"]].concat());
        long.env_remove("LIGHTMETER_LAKE");
        let help = home.finish(long, None).code(0);
        assert_eq!(help.stderr, "");
        assert!(help.stdout.lines().all(|line| line.chars().count() <= 100));
        insta::assert_snapshot!(format!("help {}", command.join(" ")).trim(), help.stdout);
    }
    let version = home.run(&["--version"]).code(0);
    assert_eq!(version.stdout, format!("lightmeter {}\n", env!("CARGO_PKG_VERSION")));
    home.run(&[]).code(2).says(&["Usage: lightmeter"]);
}

#[test]
fn wrong_command_lines_are_refused_with_the_reason() {
    let home = Home::new();
    home.exports("exports", &small()[..1]);
    let cases: [(&[&str], &str); 11] = [
        (&["analyse"], "analyze"),
        (&["pull"], "no source"),
        (&["pull", "exports", "--since", "yesterday"], "7d"),
        (&["analyze", "exports", "--until", "2026-13-01"], "2026-03-31T10:00"),
        (&["analyze", "exports", "--offline"], "--offline"),
        (&["analyze", "exports", "--format", "pdf"], "markdown"),
        (&["analyze", "exports", "--workers", "0"], "--workers"),
        (&["query", "SELECT 1", "--file", "x.sql"], "--file"),
        (&["pull", "exports", "--since=-3d"], "-3d"),
        (&["detections", "show", "inventory.new-integratio"], "inventory.new-integration"),
        (&["pull", "exports", "--config", "none.toml"], "none.toml"),
    ];
    for (args, reason) in cases {
        let run = home.run(args).code(2).says(&[reason]);
        assert_eq!(run.stdout, "", "{args:?}");
    }
    assert!(!home.lake().exists(), "a wrong command line makes no lake");
}

#[test]
fn a_wrong_settings_file_is_named_with_its_line() {
    let home = Home::new();
    let cases = [
        ("lake = 'x'\nsauces = []\n", "line 2"),
        ("lake = \n", "line 1"),
        ("[detections.\"inventory.no-such\"]\nenabled = true\n", "inventory.no-such"),
        ("[detections.\"inventory.new-tool\"]\nseverity = \"huge\"\n", "informational, low, medium, high, critical"),
        ("[[catalog.reviews]]\nintegratio = \"github\"\n", "integratio"),
    ];
    for (text, reason) in cases {
        home.write("lightmeter.toml", text);
        home.exports("exports", &small()[..1]);
        home.run(&["analyze", "exports"]).code(2).says(&[reason]);
    }
    assert!(!home.lake().exists(), "mistakes show before anything is pulled");
}

#[test]
fn a_settings_file_names_sources_and_lake_and_is_weaker_than_flags() {
    let home = Home::new();
    home.exports("exports", &small()[..1]);
    home.write("lightmeter.toml", "lake = 'mine'\nsources = ['exports']\n");
    let mut command = home.command(&["pull"]);
    command.env_remove("LIGHTMETER_LAKE");
    home.finish(command, None).code(0).says(&["1 added"]);
    assert!(home.path("mine/v1").is_dir());
    home.run(&["pull"]).code(0).says(&["1 added"]);
    assert!(home.lake().join("v1").is_dir(), "the environment is stronger than the file");
    home.run(&["pull", "--lake", "flagged"]).code(0).says(&["1 added"]);
    assert!(home.path("flagged/v1").is_dir(), "a flag is stronger than the environment");
}

#[test]
fn a_lake_that_is_none_is_said_so() {
    let home = Home::new();
    for args in [&["query", "SELECT 1"][..], &["analyze", "--offline"], &["analyze"]] {
        home.run(args).code(1).says(&["there is no lake at", "help: run `lightmeter pull SOURCE`"]);
    }
    assert!(!home.lake().exists());
    home.write("full/notes.txt", "mine");
    home.exports("exports", &small()[..1]);
    for args in [&["query", "SELECT 1"][..], &["pull", "exports"]] {
        let args = [args, &["--lake", "full"]].concat();
        home.run(&args).code(1).says(&["full is not a lightmeter lake"]);
    }
    assert_eq!(fs::read_dir(home.path("full")).unwrap().count(), 1, "a foreign folder is left as it is");
}

#[test]
fn closed_pipes_end_runs_quietly() {
    let home = &analysed().home;
    let everything = "SELECT * FROM lake.messages CROSS JOIN (SELECT unnest(range(0, 20)))";
    let cases: [&[&str]; 9] = [
        &["--help"],
        &["detections", "list"],
        &["detections", "show", "inventory.new-integration"],
        &["analyze", "--offline"],
        &["analyze", "--offline", "--format", "json"],
        &["query", everything, "--format", "csv"],
        &["query", everything, "--format", "json"],
        &["query", everything, "--format", "jsonl"],
        &["query", "SELECT * FROM requests"],
    ];
    for args in cases {
        for wanted in [0, 100] {
            let mut child = home.command(args).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
            let mut out = child.stdout.take().unwrap();
            out.read_exact(&mut vec![0; wanted]).unwrap();
            drop(out);
            let ended = child.wait_with_output().unwrap();
            let errors = String::from_utf8(ended.stderr).unwrap();
            assert_eq!((ended.status.code(), errors.as_str()), (Some(0), ""), "{args:?} after {wanted} bytes");
        }
    }
}

#[test]
fn queries_can_only_read() {
    let home = &analysed().home;
    let secret = home.write("secret.csv", "a,b\n1,2\n");
    let path = secret.to_str().unwrap();
    let before = home.query("SELECT count(*) AS n FROM requests");
    let cases = [
        "CREATE TABLE t AS SELECT 1".to_owned(),
        "CREATE VIEW v AS SELECT 1".to_owned(),
        format!("CREATE EXTERNAL TABLE t STORED AS CSV LOCATION '{path}'"),
        format!("COPY (SELECT 1) TO '{path}.parquet'"),
        "INSERT INTO requests SELECT * FROM requests".to_owned(),
        "INSERT INTO lake.requests SELECT * FROM lake.requests".to_owned(),
        "DELETE FROM lake.requests".to_owned(),
        "UPDATE lake.requests SET login = 'x'".to_owned(),
        "DROP TABLE requests".to_owned(),
        "DROP VIEW requests".to_owned(),
        "SET datafusion.execution.batch_size = 1".to_owned(),
        "SELECT 1; DROP TABLE requests".to_owned(),
        format!("SELECT * FROM '{path}'"),
        "EXPLAIN ANALYZE INSERT INTO requests SELECT * FROM requests".to_owned(),
        "SELECT * FROM read_csv('/etc/passwd')".to_owned(),
    ];
    for sql in cases {
        let run = home.run(&["query", &sql]).code(1).says(&["the query cannot be run"]);
        assert_eq!(run.stdout, "", "{sql}");
    }
    assert_eq!(home.query("SELECT count(*) AS n FROM requests"), before);
    assert!(!home.path("secret.csv.parquet").exists());
}

#[test]
fn mistakes_in_a_query_are_explained() {
    let home = &analysed().home;
    home.run(&["query", "SELECT lgin FROM requests"]).code(1).says(&["lgin", "login"]);
    home.run(&["query", "SELECT * FROM request"]).code(1).says(&["no table request; did you mean requests?"]);
    let elsewhere = ["there is no table incidents; incidents are computed", "lightmeter export"];
    home.run(&["query", "SELECT * FROM incidents"]).code(1).says(&elsewhere);
    home.run(&["query", "SELEC 1"]).code(1).says(&["SELEC"]);
    home.run(&["query", "  "]).code(2).says(&["the query is empty"]);
    home.run(&["query", "--file", "none.sql"]).code(1).says(&["none.sql"]);
    let failed = home.run(&["query", "SELECT CAST(login AS BIGINT) FROM requests"]).code(1);
    assert!(!failed.stderr.contains("@example.com"), "errors hold no values: {}", failed.stderr);
}

#[test]
fn a_query_answers_in_four_formats() {
    let home = &analysed().home;
    let sql = "SELECT * FROM (VALUES (1, 'a\"b, c', ['x', 'y'], true), (2, NULL, [], false)) AS t (n, text, list, yes) \
               ORDER BY n";
    let format = |format: &str| home.run(&["query", sql, "--format", format]).code(0).stdout;
    let table = "+---+--------+--------+-------+\n| n | text   | list   | yes   |\n+---+--------+--------+-------+\n\
                 | 1 | a\"b, c | [x, y] | true  |\n| 2 |        | []     | false |\n+---+--------+--------+-------+\n\
                 2 rows\n";
    assert_eq!(format("table"), table);
    let csv = "n,text,list,yes\n1,\"a\"\"b, c\",\"[\"\"x\"\",\"\"y\"\"]\",true\n2,,[],false\n";
    assert_eq!(format("csv"), csv);
    let rows = json!([
        {"n": 1, "text": "a\"b, c", "list": ["x", "y"], "yes": true},
        {"n": 2, "text": null, "list": [], "yes": false},
    ]);
    assert_eq!(serde_json::from_str::<serde_json::Value>(&format("json")).unwrap(), rows);
    let lines: Vec<serde_json::Value> = format("jsonl").lines().map(|l| serde_json::from_str(l).unwrap()).collect();
    assert_eq!(json!(lines), rows);

    let none = |format: &str| {
        home.run(&["query", "SELECT login FROM requests WHERE false", "--format", format]).code(0).stdout
    };
    assert_eq!((none("csv").as_str(), none("json").trim(), none("jsonl").as_str()), ("login\n", "[]", ""));
    assert!(none("table").contains("0 rows"));

    let several = |format: &str| {
        home.run(&["query", "SELECT 1 AS a; -- and\nSELECT login FROM requests WHERE false;", "--format", format])
            .code(0)
    };
    assert_eq!(several("csv").stdout, "a\n1\n\nlogin\n");
    assert_eq!(several("jsonl").stdout, "{\"a\":1}\n");
    assert_eq!(several("json").stdout, "[{\"a\":1}]\n[]\n");
    assert!(several("table").stdout.contains("1 row\n\n"), "{}", several("table").stdout);
    let two = "SELECT 1; SELECT nothing";
    home.run(&["query", two, "--format", "parquet", "-o", "p"]).code(2).says(&["one query, and there are 2"]);
    home.run(&["query", two, "-o", "t"]).code(1).says(&["the query cannot be run", "nothing"]);
    assert!(!home.path("t").exists(), "a query that fails leaves no file");
}

#[test]
fn a_query_comes_from_argument_file_or_standard_input_and_goes_to_a_file() {
    let home = &analysed().home;
    let sql = "SELECT count(*) AS n -- how many\nFROM requests\n";
    let expected = home.run(&["query", sql, "--format", "csv"]).code(0);
    home.write("q.sql", sql);
    assert_eq!(home.run(&["query", "-f", "q.sql", "--format", "csv"]).code(0), expected);
    assert_eq!(home.run_with_input(&["query", "-", "--format", "csv"], sql).code(0), expected);
    home.run_with_input(&["query", "-"], "").code(2);
    let written = home.run(&["query", sql, "--format", "csv", "-o", "answer.csv"]).code(0);
    assert_eq!(written.stdout, "");
    assert_eq!(fs::read_to_string(home.path("answer.csv")).unwrap(), expected.stdout);
    // A query that fails leaves the file of the one before.
    home.run(&["query", "SELECT CAST(login AS BIGINT) FROM requests", "-o", "answer.csv"]).code(1);
    assert_eq!(fs::read_to_string(home.path("answer.csv")).unwrap(), expected.stdout);
    home.run(&["query", sql, "-o", "none/answer.csv"]).code(1).says(&["cannot write none/answer.csv"]);
}

#[test]
fn the_queries_of_the_readme_and_of_the_help_run() {
    let home = &analysed().home;
    let readme = fs::read_to_string(crate::common::repository().join("README.md")).unwrap();
    let after = readme.split("lightmeter query \"").nth(1).unwrap();
    let calls = home.query(after.split('"').next().unwrap());
    assert!(calls.len() > 10 && calls[0]["calls"].as_i64().unwrap() > 10, "{calls:?}");
    let help = home.run(&["query", "--help"]).code(0).stdout;
    let after = help.split("lightmeter query \"").nth(1).unwrap();
    assert!(!home.query(after.split('"').next().unwrap()).is_empty());
    let tables = home.query("SELECT table_name FROM information_schema.tables");
    for table in ["requests", "messages", "tool_calls", "calls", "tools", "integrations", "agents", "users", "sessions"]
    {
        assert!(tables.iter().any(|row| row["table_name"] == table), "{table} in {tables:?}");
    }
}

#[test]
fn detections_are_listed_shown_and_proved() {
    let home = Home::new();
    insta::assert_snapshot!("detections list", home.run(&["detections", "list"]).code(0).stdout);
    let shown = home.run(&["detections", "show", "inventory.unsanctioned-agent"]).code(0).stdout;
    for part in ["Agent that is not sanctioned", "SELECT"] {
        assert!(shown.contains(part), "{part} in {shown}");
    }
    let checked = home.run(&["detections", "check"]).code(0);
    assert!(checked.stdout.ends_with("detections checked, every case passes\n"), "{}", checked.stdout);
    assert!(!home.lake().exists(), "detections need no lake");

    home.write("own/tests/always.sql", ALWAYS);
    let list = home.run(&["detections", "list", "--detections", "own"]).code(0).stdout;
    assert!(list.contains("tests.always"), "{list}");
    let wrong = home.run(&["detections", "check", "--detections", "own"]).code(1).stdout;
    assert!(wrong.contains("tests/always.sql") && wrong.contains("case"), "cases are missing: {wrong}");
    home.run(&["detections", "check", "--detections", "nowhere"]).code(1).says(&["nowhere"]);
}

#[test]
fn quiet_says_nothing_but_errors() {
    let home = Home::new();
    home.exports("exports", &small()[..1]);
    let run = home.run(&["pull", "exports", "--quiet"]).code(0);
    assert_eq!((run.stdout.as_str(), run.stderr.as_str()), ("", ""));
    home.run(&["pull", "nowhere", "--quiet"]).code(1).says(&["nowhere does not exist"]);
}

#[test]
fn a_dry_run_lists_and_changes_nothing() {
    let home = Home::new();
    home.exports("exports", small());
    let run = home.run(&["pull", "exports", "--dry-run"]).code(0);
    assert_eq!(run.stdout.lines().count(), 6, "{}", run.stdout);
    assert!(run.stdout.ends_with("in 5 exports\n"));
    assert!(!home.lake().exists());
    home.exports("empty", &[]);
    home.run(&["pull", "empty", "--dry-run"]).code(3);
    home.run(&["pull", "empty", "--dry-run", "--allow-empty"]).code(0);
}
