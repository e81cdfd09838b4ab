//! The files of `samples/deploy`: their commands are ones that the program takes, and what they name exists in what it
//! writes. Whether each is what its own tool expects is checked by that tool, see their README.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeSet;
use std::fs;

use clap::Parser;
use lightmeter::cli::{Cli, Command};
use lightmeter::config::Config;
use lightmeter::profile;
use serde_json::Value;

use crate::common::{Home, repository};
use crate::export::{csv, exported};

/// Where the files expect the settings and everything that is written.
const SETTINGS: &str = "/etc/lightmeter/lightmeter.toml";
const STATE: &str = "/var/lib/lightmeter";

fn file(name: &str) -> String {
    fs::read_to_string(repository().join("samples/deploy").join(name)).unwrap()
}

/// The parts of the line that starts with a word.
fn line<'t>(text: &'t str, start: &str) -> &'t str {
    text.lines().find_map(|line| line.trim().strip_prefix(start)).unwrap_or_else(|| panic!("{start} in {text}")).trim()
}

/// Items of the list below a key of a YAML file.
fn items(yaml: &str, key: &str) -> Vec<String> {
    let below = yaml.lines().skip_while(|line| line.trim() != format!("{key}:")).skip(1);
    below.map_while(|line| line.trim().strip_prefix("- ").map(str::to_owned)).collect()
}

#[test]
fn every_command_line_is_one_that_the_program_takes() {
    let words = |text: &str| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
    let cron = file("crontab");
    let cron = cron.lines().find(|line| line.contains("lightmeter run")).unwrap();
    let cron = cron.split("2>>").next().unwrap().splitn(6, ' ').nth(5).unwrap();
    let container = file("Containerfile");
    let entry: Vec<String> = serde_json::from_str(line(&container, "ENTRYPOINT")).unwrap();
    let job = file("kubernetes/cronjob.yaml");
    let lines = [
        words(line(&file("systemd/lightmeter.service"), "ExecStart=")),
        words(cron),
        entry.into_iter().chain(items(&job, "args")).collect(),
    ];
    let settings = file("lightmeter.toml").parse().unwrap();
    for words in lines {
        assert!(words[0].starts_with('/') && words[0].ends_with("/lightmeter"), "an absolute path: {words:?}");
        let cli = Cli::try_parse_from(&words).unwrap_or_else(|e| panic!("{words:?}: {e}"));
        let Command::Run(run) = cli.command else { panic!("{words:?}") };
        assert!(profile::names(&settings).contains(&run.profile));
        assert_eq!(cli.global.config.unwrap().to_str(), Some(SETTINGS));
    }
    assert!(line(&job, "image:").ends_with(&format!(":{}", env!("CARGO_PKG_VERSION"))), "the image of this version");
}

#[test]
fn the_profile_is_complete_and_writes_where_the_others_let_it() {
    let folder = repository().join("samples/deploy");
    let config = Config::load(Some(&folder.join("lightmeter.toml")), &[]).unwrap();
    let variable = |name: &str| (name == "APERTURE_BUCKET").then(|| "my-bucket".to_owned());
    let profile = profile::named(&config.table, "hourly", &folder, &variable).unwrap();
    assert_eq!(profile.sources[0].address, "s3://my-bucket/aperture");
    let reports = profile.reports.iter().map(|report| &report.output);
    let written = config.lake.iter().chain(&profile.metrics).chain(reports);
    for path in written.chain(profile.exports.iter().map(|export| &export.output_dir)) {
        assert!(path.starts_with(STATE), "{}", path.display());
    }
    // Who runs it sets the variable, and gives it the folder.
    assert!(file("crontab").lines().any(|line| line.starts_with("APERTURE_BUCKET=")));
    let (service, job) = (file("systemd/lightmeter.service"), file("kubernetes/cronjob.yaml"));
    assert!(service.contains("EnvironmentFile=-/etc/lightmeter/environment") && service.contains("APERTURE_BUCKET"));
    assert_eq!(format!("/var/lib/{}", line(&service, "StateDirectory=")), STATE);
    assert!(file("systemd/sysusers.conf").contains(&format!("u {} ", line(&service, "User="))));
    assert!(job.contains("- name: APERTURE_BUCKET") && job.contains(&format!("mountPath: {STATE}")));
    assert!(job.contains("mountPath: /etc/lightmeter"));

    // Everything in it means something to the program: it fails for want of a lake, and of nothing else.
    let home = Home::new();
    let settings = folder.join("lightmeter.toml");
    let args = ["run", "hourly", "--offline", "--metrics", "m/run.prom", "--config", settings.to_str().unwrap()];
    home.run(&args).code(2).says(&["APERTURE_BUCKET is not set"]);
    let mut command = home.command(&args);
    command.env("APERTURE_BUCKET", "my-bucket");
    home.finish(command, None).code(1).says(&["no lake"]);
    assert!(fs::read_to_string(home.path("m/run.prom")).unwrap().contains("last_run_exit_code{profile=\"hourly\"} 1"));
}

/// Header of an exported table.
fn columns(table: &str) -> BTreeSet<String> {
    csv(&fs::read_to_string(exported().join(format!("{table}.csv"))).unwrap())[0].iter().cloned().collect()
}

/// Documents of an exported file.
fn documents(name: &str) -> Vec<Value> {
    let text = fs::read_to_string(exported().join(name)).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[track_caller]
fn all_in(names: &[&str], columns: &BTreeSet<String>) {
    assert!(!names.is_empty());
    let missing: Vec<_> = names.iter().filter(|name| !columns.contains(**name)).collect();
    assert!(missing.is_empty(), "{missing:?} are not in {columns:?}");
}

#[test]
fn what_splunk_is_told_to_read_is_written() {
    let (props, transforms) = (file("splunk-props.conf"), file("splunk-transforms.conf"));
    let mut tables = BTreeSet::new();
    let mut name = "";
    for line in transforms.lines().filter(|line| !line.is_empty()) {
        match line.strip_prefix('[') {
            Some(header) => name = header.strip_suffix(']').unwrap(),
            None => {
                let table = line.strip_prefix("filename = ").unwrap().strip_suffix(".csv").unwrap();
                assert_eq!(name, format!("aperture_{table}"));
                columns(table);
                tables.insert(name);
            }
        }
    }
    let lookups: Vec<&str> = props.lines().filter(|line| line.starts_with("LOOKUP-")).collect();
    assert!(lookups.len() > 1 && tables.len() == 5, "{lookups:?} {tables:?}");
    let events = documents("findings.splunk-hec.ndjson");
    for lookup in lookups {
        let (what, fields) = lookup.split_once(" = ").unwrap().1.split_once(" OUTPUTNEW ").unwrap();
        let [table, key] = what.split(' ').collect::<Vec<_>>()[..] else { panic!("{what}") };
        assert!(tables.contains(table), "{table}");
        let columns = columns(table.strip_prefix("aperture_").unwrap());
        // `field AS other name`
        let words: Vec<&str> = fields.split(' ').collect();
        let fields =
            words.iter().enumerate().filter(|(at, word)| **word != "AS" && (*at == 0 || words[at - 1] != "AS"));
        all_in(&fields.map(|(_, word)| *word).chain([key]).collect::<Vec<_>>(), &columns);
    }
    // The time is where Splunk is told to look for it, in the form that it is told.
    let prefix = line(&props, "TIME_PREFIX =");
    assert_eq!((prefix, line(&props, "TIME_FORMAT =")), ("\"end_time\":\"", "%Y-%m-%dT%H:%M:%S.%6NZ"));
    let form = regex::Regex::new(r#""end_time":"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z""#).unwrap();
    for event in &events {
        assert_eq!(event["sourcetype"], "aperture:finding");
        assert!(form.is_match(&event.to_string()), "{event}");
    }
    assert!(props.contains("[aperture:finding]"));
}

#[test]
fn what_elastic_and_sentinel_are_told_to_read_is_written() {
    let policy: Value = serde_json::from_str(&file("elastic-enrich-policy.json")).unwrap();
    let policy = &policy["match"];
    let fields: Vec<&str> = policy["enrich_fields"].as_array().unwrap().iter().map(|f| f.as_str().unwrap()).collect();
    let requests = columns("requests");
    all_in(&fields, &requests);
    assert_eq!((&policy["match_field"], &policy["indices"]), (&"capture_id".into(), &"aperture-requests".into()));
    assert!(requests.contains("capture_id"));

    let template: Value = serde_json::from_str(&file("elastic-index-template.json")).unwrap();
    let stream = template["index_patterns"][0].as_str().unwrap().strip_suffix('*').unwrap();
    let documents = documents("findings.ecs.ndjson");
    let ours: BTreeSet<String> =
        documents.iter().flat_map(|d| d["aperture"].as_object().unwrap().keys().cloned()).collect();
    let mapped = template["template"]["mappings"]["properties"]["aperture"]["properties"].as_object().unwrap();
    all_in(&mapped.keys().map(String::as_str).collect::<Vec<_>>(), &ours);
    for document in &documents {
        let part = |key: &str| document["data_stream"][key].as_str().unwrap();
        let name = format!("{}-{}-{}", part("type"), part("dataset"), part("namespace"));
        assert!(name.starts_with(stream) && file("README.md").contains(&format!("`{name}/_bulk`")), "{name}");
    }

    let query = file("sentinel.kql");
    let projected: Vec<&str> = query.lines().filter_map(|line| line.trim().strip_prefix("| project ")).collect();
    let [of_table, of_result] = projected[..] else { panic!("{projected:?}") };
    let of_table: Vec<&str> = of_table.trim_end_matches(';').split(", ").collect();
    all_in(&of_table, &requests);
    // What is shown comes from the table, or from the raw rows, whose fields end in the letter of their type.
    let own = |name: &&str| !name.ends_with("_s") && *name != "TimeGenerated";
    let shown: Vec<&str> = of_result.split(", ").filter(own).collect();
    all_in(&shown, &of_table.iter().map(|name| (*name).to_owned()).collect());
}

#[test]
fn vector_reads_the_files_that_are_written() {
    let settings: toml::Table = file("vector.toml").parse().unwrap();
    let include = settings["sources"]["findings"]["include"][0].as_str().unwrap().to_owned();
    let config = Config::load(Some(&repository().join("samples/deploy/lightmeter.toml")), &[]).unwrap();
    let variable = |_: &str| Some("x".to_owned());
    let profile = profile::named(&config.table, "hourly", std::path::Path::new(""), &variable).unwrap();
    let export = &profile.exports[0];
    // The names are shown to be these by the tests of exports.
    let numbered = export.output_dir.join("findings-00000001.splunk-hec.ndjson");
    assert!(export.formats.contains(&"splunk-hec".to_owned()) && export.only_new.is_none());
    let (start, end) = include.split_once('*').unwrap();
    let name = numbered.to_str().unwrap();
    assert!(name.starts_with(start) && name.ends_with(end), "{include}");
    // What the transform takes from an envelope is there.
    let source = settings["transforms"]["envelopes"]["source"].as_str().unwrap();
    for (key, place) in [("event", "envelope.event"), ("time", "envelope.time"), ("host", "envelope.host")] {
        assert!(source.contains(place), "{place}");
        assert!(documents("findings.splunk-hec.ndjson").iter().all(|d| !d[key].is_null()), "{key}");
    }
}
