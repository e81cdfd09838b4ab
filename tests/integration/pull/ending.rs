//! Ctrl-C and SIGTERM.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use super::{FIRST, command, home, ledger, pull, same, served};
use crate::common::{Home, small};
use crate::s3_server::{Fault, On};

/// Far longer than anything here takes, also on a busy machine.
const PATIENCE: Duration = Duration::from_secs(240);

/// Waits for something to become true while the program runs.
#[track_caller]
pub(super) fn until(child: &mut Child, what: &str, mut done: impl FnMut() -> bool) {
    let start = Instant::now();
    while !done() {
        assert!(start.elapsed() < PATIENCE, "{what}");
        assert!(child.try_wait().unwrap().is_none(), "it ended before: {what}");
        sleep(Duration::from_millis(10));
    }
}

#[cfg(unix)]
pub(super) fn signal(child: &Child, name: &str) {
    let sent = Command::new("kill").args(["-s", name, &child.id().to_string()]).status().unwrap();
    assert!(sent.success());
}

#[cfg(unix)]
pub(super) fn ended(child: Child) -> (Option<i32>, String, String) {
    let output = child.wait_with_output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.code(), text(output.stdout), text(output.stderr))
}

#[cfg(unix)]
#[test]
fn a_pull_that_is_asked_to_end_rolls_back_says_so_and_the_next_goes_on() {
    let server = served();
    let calm = home();
    pull(&calm, &server).code(0);
    let expected = ledger(&calm.lake());
    for (name, code, shown) in [("TERM", 143, "SIGTERM"), ("INT", 130, "Ctrl-C")] {
        for command_name in ["pull", "analyze"] {
            // No settings file: a transfer may stall for twenty seconds, so this one waits for the network.
            let home = Home::new();
            server.fail(On::Key(FIRST), 1_000, Fault::StallBody(500));
            let url = server.url("team");
            let mut command = command(&home, &server, &[command_name, &url, "--workers", "2", "--keep-raw", "raw"]);
            let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
            let entries = home.lake().join("v1/ledger");
            until(&mut child, "four exports in the lake", || fs::read_dir(&entries).is_ok_and(|d| d.count() == 4));
            signal(&child, name);
            let (ended_with, stdout, stderr) = ended(child);
            assert_eq!((ended_with, stdout.as_str()), (Some(code), ""), "{stderr}");
            let told = format!("ended by {shown}: 4 exports added, 0 replaced, 1 left");
            assert!(stderr.contains(&told) && stderr.contains("help: run the same command again"), "{stderr}");
            assert_eq!(ledger(&home.lake()).len(), 4);
            assert_eq!(fs::read_dir(home.path("raw")).unwrap().count(), 2 * 4 + 1, "no half original stays");
            server.clear_faults();
            pull(&home, &server).code(0).says(&["1 added", "4 already in the lake"]);
            same(&ledger(&home.lake()), &expected, shown);
        }
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_command_that_waits_for_its_input_ends_when_asked_to() {
    let home = home();
    home.exports("exports", &small()[..1]);
    home.run(&["pull", "exports"]).code(0);
    let mut command = home.command(&["query", "-"]);
    let child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = child.spawn().unwrap();
    let status = format!("/proc/{}/status", child.id());
    let caught = || {
        let status = fs::read_to_string(&status).unwrap();
        let (_, rest) = status.split_once("SigCgt:").unwrap();
        u64::from_str_radix(rest.split_whitespace().next().unwrap(), 16).unwrap()
    };
    // SIGTERM is number 15.
    until(&mut child, "it listens to signals", || caught() & (1 << 14) != 0);
    signal(&child, "TERM");
    let input = child.stdin.take();
    assert_eq!(ended(child).0, Some(143));
    drop(input);
}
