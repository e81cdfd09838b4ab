//! No secret that an export holds, and none that reaches S3, stands in anything that is shown; and the test can fail.
//!
//! The harness looks at the output of every run of every test (see `Home::finish`); these tests make sure that it has
//! something to look at: all commands, formats and tables, and errors.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs;
use std::path::Path;

use clap::CommandFactory as _;
use lightmeter::cli::Cli;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

use crate::common::{Home, analysed, leaked, samples, table_names};
use crate::s3_server::{Fault, KEY_ID, On, S3Server, SECRET};
use crate::samples::generate;

/// Everything that stands in the Parquet files of a lake, as text.
fn lake_text(folder: &Path) -> String {
    let mut text = String::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            text.push_str(&lake_text(&path));
        } else if path.extension().is_some_and(|e| e == "parquet") {
            let reader = ParquetRecordBatchReaderBuilder::try_new(fs::File::open(&path).unwrap()).unwrap();
            for batch in reader.build().unwrap() {
                let mut bytes = Vec::new();
                let mut writer = arrow::json::LineDelimitedWriter::new(&mut bytes);
                writer.write(&batch.unwrap()).unwrap();
                writer.finish().unwrap();
                text.push_str(std::str::from_utf8(&bytes).unwrap());
            }
        } else {
            text.push_str(&String::from_utf8_lossy(&fs::read(&path).unwrap()));
        }
    }
    text
}

/// The canaries of the samples that a text holds, by id. Line breaks of a key may be escaped, hence the needle.
fn found(text: &str) -> Vec<&'static str> {
    generate::canaries().into_iter().filter(|c| text.contains(c.needle())).map(|c| c.id).collect()
}

/// Headers are not kept, so a key that only stands there is not in any table.
fn kept() -> Vec<&'static str> {
    generate::canaries().into_iter().filter(|c| c.surface != "request_header").map(|c| c.id).collect()
}

#[test]
fn reports_and_queries_show_no_planted_secret() {
    let home = &analysed().home;
    assert!(leaked(&analysed().markdown.stdout).is_empty() && leaked(&analysed().json.stdout).is_empty());
    for table in table_names() {
        for format in ["jsonl", "csv"] {
            let run = home.run(&["query", &format!("SELECT * FROM {table}"), "--format", format]).code(0);
            assert!(!run.stdout.is_empty() || format == "jsonl", "{table}");
        }
    }
    let texts = "SELECT text FROM messages UNION ALL SELECT arguments FROM tool_calls";
    for format in ["table", "json"] {
        home.run(&["query", texts, "--format", format]).code(0);
    }
    // Parts, neighbours and rebuilt forms of a text are looked at like the whole.
    for wrapped in [
        "SELECT array_agg(text) AS texts FROM messages GROUP BY record_id",
        "SELECT 'key=' || text AS t FROM messages",
        "SELECT named_struct('a', text, 'b', position) AS t FROM messages",
        "SELECT replace(text, chr(10), ' ') AS t FROM messages",
    ] {
        let run = home.run(&["query", wrapped, "--format", "jsonl"]);
        assert!(run.code == 0, "{wrapped}: {}", run.stderr);
    }
}

#[test]
fn revealed_queries_show_every_secret_that_the_lake_holds() {
    let home = &analysed().home;
    let sql = "SELECT text FROM messages UNION ALL SELECT arguments FROM tool_calls";
    for format in ["jsonl", "csv"] {
        let run = home.run(&["query", sql, "--format", format, "--reveal"]).code(0);
        assert_eq!(found(&run.stdout), kept(), "the search for secrets can find them");
        assert!(run.stderr.contains("--reveal"), "it is said that secrets are shown");
    }
    assert_eq!(found(&lake_text(&home.lake())), kept());
    assert!(!leaked(&lake_text(&home.lake())).is_empty());
}

#[test]
fn errors_show_no_secret() {
    let home = &analysed().home;
    let canaries = generate::canaries();
    let github = canaries.iter().find(|c| c.id == "github-token").unwrap();
    let aws = canaries.iter().find(|c| c.id == "aws-key-id").unwrap();
    for secret in [&github.value, &aws.value] {
        // Secrets in command lines, queries, names and settings come back in no error.
        home.run(&["query", &format!("SELECT {secret}")]).code(1);
        home.run(&["query", &format!("SELECT * FROM \"{secret}\"")]).code(1);
        home.run(&["query", &format!("SELECT '{secret}'::bigint")]).code(1);
        home.run(&["query", &format!("SELECT '{secret}'")]).code(0);
        home.run(&["query", &format!("SELECT 1 AS \"{secret}\"")]).code(0);
        home.run(&["pull", secret]).code(1);
        home.run(&["pull", &format!("https://{secret}@host/x")]).code(1);
        home.run(&["pull", &format!("s3://{secret}@bucket")]).code(1);
        home.run(&["analyze", "--offline", "--detections", secret]).code(1);
        home.run(&["detections", "show", secret]).code(2);
        home.run(&["query", "SELECT 1", "--since", secret]).code(2);
        home.run(&["query", "-f", secret]).code(1);
        let config = home.write("with-secret.toml", format!("lake = 1\nsources = '{secret}'\n"));
        home.run(&["analyze", "--config", config.to_str().unwrap()]).code(2);
        let bad = home.write(&format!("bad/{secret}.cbor.zstd"), secret);
        let other = Home::new();
        other.run(&["analyze", bad.to_str().unwrap()]).code(4);
        other.run(&["analyze", bad.to_str().unwrap(), "--format", "json"]).code(4);
        other.run(&["pull", bad.to_str().unwrap()]).code(4);
        fs::remove_file(bad).unwrap();
    }
    // A value of a row that a query fails on.
    home.run(&["query", "SELECT CAST(text AS BIGINT) FROM messages"]).code(1);
    home.run(&["query", "SELECT CAST(arguments AS TIMESTAMP) FROM tool_calls"]).code(1);
}

/// A way to run each command over a lake that holds secrets, most of them with a secret among what is typed.
fn every_command(secret: &str, session: &str, export: &str, record: &str, folder: &Path) -> Vec<Vec<String>> {
    let rules = folder.join("rules.toml");
    let broken = folder.join("broken.toml");
    fs::write(&rules, format!("[[rules]]\nid = 'own'\nregex = '{secret}'\nkeywords = ['{secret}']\n")).unwrap();
    fs::write(&broken, format!("[[rules]]\nid = '{secret}'\nregex = '({secret}'\nkeywords = ['{secret}']\n")).unwrap();
    let [rules, broken] = [&rules, &broken].map(|path| path.to_str().unwrap());
    let key = folder.join("moved.key");
    let runs: &[&[&str]] = &[
        &["analyze", "--offline", "--format", secret],
        &["pull", "exports", "--dry-run"],
        &["pull", "exports", "--secret-rules", broken],
        &["export", "--offline", "--format", "ndjson,cef,lookup-csv", "--output-dir", "out"],
        &["export", "--offline", "--format", secret],
        &["run", secret],
        &["rescan", "--all"],
        &["rescan", "--secret-rules", rules],
        &["rescan", "--secret-rules", broken],
        &["key", "export", "-o", key.to_str().unwrap()],
        &["key", "import", broken],
        &["prune", "--older-than", secret],
        &["prune", "--older-than", "400000d"],
        &["compact", "--at-least", "2"],
        &["config"],
        &["sessions", secret],
        &["sessions", "--format", "json"],
        &["session", session, "--full"],
        &["session", secret],
        &["query", "SELECT * FROM history_secrets", "--format", "csv"],
        &["schema", secret],
        &["schema", "secrets"],
        &["hunt", secret],
        &["hunt", "--format", "json", "text:token"],
        &["record", export, record],
        &["record", export, secret],
        &["verify", "--source", "exports"],
        &["verify", "--report", broken],
        &["review", "suppress", secret, "--reason", secret, "--owner", "ana"],
        &["review", "list"],
        &["detections", "list"],
        &["detections", "show", secret],
        &[secret],
    ];
    runs.iter().map(|run| run.iter().map(|word| (*word).to_owned()).collect()).collect()
}

#[test]
fn no_command_shows_a_secret_whatever_is_typed() {
    let home = Home::new();
    home.exports("exports", &samples()[..2]);
    home.run(&["pull", "exports"]).code(0);
    let canaries = generate::canaries();
    let secret = &canaries.iter().find(|c| c.id == "github-token").unwrap().value;
    let place = &home.query("SELECT session_id, export_key, record_id FROM secrets WHERE surface = 'tool_result'")[0];
    let [session, export] = ["session_id", "export_key"].map(|column| place[column].as_str().unwrap());
    let runs = every_command(secret, session, export, &place["record_id"].to_string(), &home.path("."));
    for args in &runs {
        let args: Vec<&str> = args.iter().map(String::as_str).collect();
        let mut command = home.command(&args);
        command.env("RUST_LOG", "lightmeter=trace").env("RUST_BACKTRACE", "full");
        // The harness looks at what it says.
        home.finish(command, None);
    }
    for name in Cli::command().get_subcommands().map(clap::Command::get_name).filter(|name| *name != "help") {
        assert!(runs.iter().any(|args| args[0] == name), "{name} is not among the commands");
    }
    let written = lake_text(&home.path("out"));
    assert!(written.len() > 1_000, "files are written");
    assert_eq!(leaked(&written), Vec::<String>::new());
}

#[test]
fn bad_exports_leak_nothing_of_what_they_hold() {
    let home = Home::new();
    for (n, export) in samples().iter().enumerate() {
        let bytes = zstd::stream::decode_all(&export.compressed[..]).unwrap();
        // Cut in the middle of a record, and with a record broken so that the rest is searched for.
        let mut broken = bytes[..bytes.len() - 70].to_vec();
        let middle = broken.len() / 2;
        broken[middle..middle + 40].fill(0xff);
        home.write(&format!("exports/broken-{n}.cbor.zstd"), zstd::stream::encode_all(&broken[..], 3).unwrap());
        home.write(&format!("exports/plain-{n}.cbor.zstd"), &bytes);
    }
    home.run(&["pull", "exports"]).code(4);
    home.run(&["analyze", "--offline"]).code(4);
    home.run(&["analyze", "--offline", "--format", "json"]).code(4);
    let mut loud = home.command(&["pull", "exports"]);
    loud.env("RUST_LOG", "trace").env("RUST_BACKTRACE", "full");
    home.finish(loud, None).code(4);
}

#[test]
fn credentials_of_the_bucket_show_nowhere() {
    let server = S3Server::start();
    let url = server.url("team");
    server.put("team/ts-aperture-export-1772204407.cbor.zstd", &samples()[0].compressed);
    let home = Home::new();
    let run = |args: &[&str], code: i32| {
        let mut command = home.command(&[args, &["--endpoint-url", &server.endpoint]].concat());
        command.envs(server.env()).env("RUST_LOG", "trace");
        home.finish(command, None).code(code);
    };
    for fault in [
        Fault::Error(403, "SignatureDoesNotMatch", "The request signature we calculated does not match"),
        Fault::Error(403, "InvalidAccessKeyId", "The key AKIACANARYCANARY0001 does not exist"),
        Fault::Error(400, "Odd", "canary/secret+access+key+0123456789abcdef"),
        Fault::NotS3,
        Fault::Redirect("eu-west-1"),
    ] {
        server.fail(On::List, 50, fault.clone());
        run(&["pull", &url], 1);
        server.clear_faults();
        server.fail(On::Get, 50, fault);
        run(&["pull", &url], 1);
        server.clear_faults();
    }
    run(&["pull", &format!("s3://{KEY_ID}:{}@exports-bucket/team", SECRET.replace('/', "%2F"))], 1);
    run(&["pull", &url], 0);
    run(&["analyze", &url], 0);
    assert!(leaked(&lake_text(&home.lake())).iter().all(|name| !name.contains("S3")));
    // The endpoint's address may hold a password; the environment may hold anything.
    let mut command = home.command(&["pull", &url]);
    command.envs(server.env()).env("AWS_ENDPOINT_URL", format!("http://{KEY_ID}:hunter2-canary@127.0.0.1:9"));
    let refused = home.finish(command, None).code(1);
    assert!(!refused.stderr.contains("hunter2-canary"), "{}", refused.stderr);
}

#[test]
fn a_lake_without_secrets_holds_none() {
    for content in ["redacted", "none"] {
        let home = Home::new();
        home.exports("exports", samples());
        home.run(&["pull", "exports", "--content", content]).code(0);
        let text = lake_text(&home.lake());
        assert!(text.len() > 100_000);
        assert_eq!(leaked(&text), Vec::<String>::new(), "--content {content}");
        home.run(&["query", "SELECT text FROM messages", "--reveal", "--format", "csv"]).code(0);
        let kept = home.query("SELECT count(*) FILTER (WHERE text <> '') AS texts, count(*) AS n FROM messages");
        assert_eq!(kept[0]["texts"] == 0, content == "none", "{kept:?}");
        assert!(kept[0]["n"].as_u64() > Some(100));
    }
}

#[test]
fn a_lake_can_be_emptied_of_text_later() {
    let home = Home::new();
    home.exports("exports", &samples()[1..2]);
    home.run(&["pull", "exports"]).code(0);
    assert!(!leaked(&lake_text(&home.lake())).is_empty());
    home.run(&["pull", "exports", "--content", "redacted"]).code(0).says(&["1 replaced"]);
    assert_eq!(leaked(&lake_text(&home.lake())), Vec::<String>::new());
}
