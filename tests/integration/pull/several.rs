//! Several buckets, several runs, several exports at a time.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::process::Stdio;
use std::thread::sleep;
use std::time::{Duration, Instant};

use super::ending::{ended, signal, until};
use super::{FIRST, SECOND, command, home, ledger, served};
use crate::common::{Home, small};
use crate::s3_server::{Fault, KEY_ID, On, S3Server, SECRET};

#[test]
fn buckets_and_prefixes_share_a_lake_without_mixing() {
    let server = served();
    // The same content under the same name elsewhere is another object.
    let name = FIRST.strip_prefix("team/").unwrap();
    server.put(&format!("other/{name}"), &small()[0].compressed);
    let second = S3Server::start();
    second.put(FIRST, &small()[1].compressed);
    let home = home();
    let settings = format!(
        "sources = ['{}', '{}', 'exports']\n[s3]\nendpoint_url = '{}'\nregion = 'eu-west-1'\n",
        server.url("team"),
        server.url("other"),
        server.endpoint
    );
    home.write("lightmeter.toml", settings);
    home.exports("exports", &small()[..1]);
    let mut listed = home.command(&["pull"]);
    listed.envs(server.env());
    home.finish(listed, None).code(0).says(&["7 exports found: 7 added"]);
    // The flag is stronger than the file: a bucket of the same name at another service.
    let run = home.finish(command(&home, &second, &["pull", &second.url("team"), "--request-payer"]), None);
    run.code(0).says(&["1 exports found: 1 added"]);
    assert_eq!(second.paid(), second.log().len());
    assert_eq!(server.paid(), 0);
    let names: Vec<String> = ledger(&home.lake()).into_iter().map(|e| e.export_key).collect();
    assert_eq!(names.len(), 8);
    let like = |start: &str| names.iter().filter(|n| n.starts_with(&format!("{start}{name}"))).count();
    assert_eq!((like("s3://exports-bucket/team/"), like("s3://exports-bucket/other/"), like("")), (2, 1, 1));
    let distinct = home.query("SELECT count(DISTINCT export_key) AS n FROM lake.requests");
    assert_eq!(distinct[0]["n"], 8);
    // Nothing of one place is missed in another.
    second.remove(FIRST);
    second.put(SECOND, &small()[1].compressed);
    home.finish(command(&home, &second, &["pull", &second.url("team")]), None).code(0).says(&["1 of the lake are no"]);
    assert_eq!(home.query("SELECT count(*) AS n FROM exports WHERE vanished")[0]["n"], 1);
}

#[test]
fn a_second_writer_is_told_who_is_writing_and_readers_are_not_disturbed() {
    let server = served();
    let url = server.url("team");
    let home = Home::new();
    home.exports("exports", &small()[..1]);
    home.run(&["pull", "exports"]).code(0);
    for _ in small() {
        server.fail_next(On::Get, Fault::StallBody(100));
    }
    let mut command = command(&home, &server, &["pull", &url]);
    let mut first = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let start = Instant::now();
    while !server.log().iter().any(|line| line.starts_with("GET")) {
        assert!(start.elapsed() < Duration::from_secs(60) && first.try_wait().unwrap().is_none());
        sleep(Duration::from_millis(20));
    }
    let holder = format!("is being written by process {}; wait until it has finished", first.id());
    home.exports("more", &small()[1..2]);
    home.run(&["pull", "more"]).code(5).says(&["lake", &holder]);
    home.run(&["analyze", "more"]).code(5).says(&[&holder]);
    assert!(home.query("SELECT count(*) AS n FROM requests")[0]["n"].as_u64().unwrap() > 0);
    home.run(&["analyze", "--offline"]).code(0);
    first.kill().unwrap();
    first.wait().unwrap();
    home.run(&["pull", "more"]).code(0).says(&["1 added"]);
}

#[test]
fn each_source_is_reached_in_its_own_way() {
    let (first, second) = (served(), S3Server::start());
    second.put(FIRST, &small()[1].compressed);
    let home = Home::new();
    let keys = format!("aws_access_key_id = {KEY_ID}\naws_secret_access_key = {SECRET}\n");
    let aws = home
        .write("aws", format!("[profile first]\n{keys}[profile second]\n{keys}endpoint_url = {}\n", second.endpoint));
    let settings = format!(
        "sources = [\n  {{ url = '{}', profile = 'first', endpoint_url = '{}' }},\n  \
         {{ url = '{}', profile = 'second', request_payer = true }},\n]\n[s3]\nprofile = 'nobody'\nattempts = 2\n",
        first.url(SECOND),
        first.endpoint,
        second.url("team"),
    );
    home.write("lightmeter.toml", &settings);
    let with = |args: &[&str]| {
        let mut command = home.command(args);
        command.envs(first.env()).env("AWS_CONFIG_FILE", &aws).env("AWS_SECRET_ACCESS_KEY", "of somebody else");
        home.finish(command, None)
    };
    with(&["pull"]).code(0).says(&["2 exports found: 2 added"]);
    assert_eq!((first.paid(), second.paid()), (0, second.log().len()));
    // By name on the command line: what the settings say of a place that holds it.
    let before = second.log().len();
    with(&["pull", &second.url(FIRST)]).code(0).says(&["1 exports found: 0 added, 0 replaced, 1 already"]);
    assert!(second.log().len() > before && second.paid() == second.log().len());
    // A flag is stronger.
    with(&["pull", "--profile", "nobody"]).code(1).says(&["no usable credentials", "help: set AWS_PROFILE"]);
    let shown = with(&["config"]).code(0).stdout;
    assert!(shown.contains("sources[1].profile = \"second\"") && shown.contains("s3.attempts = 2"), "{shown}");

    home.write("lightmeter.toml", settings.replace("request_payer", "requester_pays"));
    with(&["pull"]).code(2).says(&["line 3", "requester_pays"]);
}

#[cfg(unix)]
#[test]
fn a_transfer_that_waits_for_the_network_keeps_no_other_export_waiting() {
    let server = served();
    let home = Home::new();
    home.write("lightmeter.toml", "[s3]\nstall_seconds = 3600\n");
    server.fail_next(On::Key(FIRST), Fault::StallBody(500));
    let mut command = command(&home, &server, &["pull", &server.url("team"), "--workers", "1"]);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    // The one turn to convert goes from export to export while the first of them waits in the middle of its bytes.
    let entries = home.lake().join("v1/ledger");
    until(&mut child, "four exports in the lake", || std::fs::read_dir(&entries).is_ok_and(|d| d.count() == 4));
    assert!(ledger(&home.lake()).iter().all(|entry| !entry.export_key.ends_with(FIRST)));
    signal(&child, "TERM");
    let (code, _, stderr) = ended(child);
    assert!(code == Some(143) && stderr.contains("4 exports added, 0 replaced, 1 left"), "{code:?} {stderr}");
}
