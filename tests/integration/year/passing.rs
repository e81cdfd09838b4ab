//! The year passes: objects come, and `lightmeter run` is started every few days, seldom undisturbed.

use std::collections::BTreeSet;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::common::{Home, Random};
use crate::s3_server::{Fault, On, S3Server};

use super::Scale;
use super::arrivals::{Arrival, Come, arrivals};
use super::world::{DAY, START};

/// What happens to a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Trouble {
    /// The service answers with errors for a while.
    Outage,
    /// Transfers break off.
    Cut,
    /// The process is killed, at any point.
    Kill,
    /// The clock is forty days slow.
    Clock,
    /// Two are started at once.
    Two,
    /// Nothing.
    None,
}

impl Trouble {
    fn any(random: &mut Random) -> Self {
        match random.below(10) {
            0 | 1 => Self::Outage,
            2 => Self::Cut,
            3..=5 => Self::Kill,
            6 => Self::Clock,
            7 => Self::Two,
            _ => Self::None,
        }
    }
}

/// What happened, for the figures at the end.
#[derive(Debug, Default)]
pub(super) struct Told {
    pub(super) come: Come,
    pub(super) runs: usize,
    pub(super) looks: usize,
    pub(super) outages: usize,
    pub(super) cuts: usize,
    pub(super) killed: usize,
    pub(super) killed_looks: usize,
    pub(super) clock_back: usize,
    /// Runs that were refused because another one was at work.
    pub(super) refused: usize,
    /// Runs that could read nothing.
    pub(super) failed: usize,
    /// Weeks without a run.
    pub(super) downtime: i64,
    /// Files that small ones were merged into.
    pub(super) merged: u64,
}

/// A run over the bucket, by a profile of the settings.
fn prepared(home: &Home, server: &S3Server, profile: &str, now: i64, more: &[&str]) -> Command {
    let now = jiff::Timestamp::from_second(now).unwrap().to_string();
    let mut command = home.command(&[&["run", profile, "--now", &now], more].concat());
    command.envs(server.env());
    command
}

/// A run to its end, which must be one of these.
#[track_caller]
pub(super) fn run(home: &Home, server: &S3Server, profile: &str, now: i64, codes: &[i32]) -> (i32, String) {
    let command = prepared(home, server, profile, now, &["--log-format", "json", "--log-level", "info"]);
    let run = home.finish(command, None);
    assert!(codes.contains(&run.code), "{profile} at {now}: {}\n{}", run.code, run.stderr);
    let mut ids = BTreeSet::new();
    for line in run.stderr.lines() {
        let value: Value = serde_json::from_str(line).unwrap_or_else(|_| panic!("no JSON: {line}"));
        ids.insert(value["run"].as_str().unwrap().to_owned());
    }
    assert_eq!(ids.len(), 1, "one run, one id: {}", run.stderr);
    (run.code, run.stderr)
}

/// Lets the year pass.
pub(super) fn pass(home: &Home, server: &S3Server, scale: &Scale, random: &mut Random) -> Told {
    let mut told = Told::default();
    let mut waiting = arrivals(scale.hours, scale.days, random, &mut told.come).into_iter().peekable();
    // How long runs of a kind take, to kill one at any point.
    let mut pace = [Duration::from_millis(300), Duration::from_secs(2)];
    let mut day = 0;
    // What comes late comes after the year, too.
    while day <= scale.days + 22 {
        // Now and then nobody is there for weeks, once for sure.
        let long = random.below(25) == 0 || told.runs == scale.looks;
        day += if long { 21 } else { scale.pace };
        told.downtime += if long { 3 } else { 0 };
        let now = START + day * DAY;
        while let Some(Arrival { key, bytes, .. }) = waiting.next_if(|a| a.at <= now) {
            server.put(&key, &bytes);
        }
        told.runs += 1;
        let looks = told.runs.is_multiple_of(scale.looks);
        told.looks += usize::from(looks);
        let profile = if looks { "look" } else { "collect" };
        // One that tells what it finds is killed for sure; that takes longest and leaves most behind.
        let trouble = if looks && told.looks == 2 { Trouble::Kill } else { Trouble::any(random) };
        match trouble {
            Trouble::Outage => {
                told.outages += 1;
                let on = if random.below(2) == 0 { On::List } else { On::Get };
                server.fail(on, 40, Fault::Error(503, "SlowDown", "Please reduce your request rate."));
                let (code, _) = run(home, server, profile, now, &[0, 1, 4]);
                told.failed += usize::from(code == 1);
                server.clear_faults();
            }
            Trouble::Cut => {
                told.cuts += 1;
                let length = usize::try_from(random.below(300)).unwrap();
                server.fail(On::Get, 3, Fault::CutBody(length));
                run(home, server, profile, now, &[0, 4]);
                server.clear_faults();
            }
            Trouble::Kill => {
                let part = f64::from(u32::try_from(random.below(1000)).unwrap()) / 1000.0;
                let moment = pace[usize::from(looks)].mul_f64(part);
                let killed = usize::from(kill(prepared(home, server, profile, now, &["--quiet"]), moment));
                told.killed += killed;
                told.killed_looks += if looks { killed } else { 0 };
            }
            Trouble::Clock => {
                told.clock_back += 1;
                run(home, server, profile, now - 40 * DAY, &[0, 4]);
            }
            Trouble::Two => told.refused += two(home, server, profile, now),
            Trouble::None => {
                let began = Instant::now();
                let (_, log) = run(home, server, profile, now, &[0, 4]);
                pace[usize::from(looks)] = began.elapsed();
                let merged = |line: &str| serde_json::from_str::<Value>(line).ok()?["into"].as_u64();
                told.merged += log.lines().filter_map(merged).sum::<u64>();
            }
        }
    }
    assert!(waiting.next().is_none(), "everything has come");
    told
}

/// Kills a run after a while; whether it was still at work.
fn kill(mut command: Command, moment: Duration) -> bool {
    let began = Instant::now();
    let mut child = command.stderr(Stdio::null()).spawn().unwrap();
    while began.elapsed() < moment && child.try_wait().unwrap().is_none() {
        std::thread::sleep(Duration::from_millis(2));
    }
    let at_work = child.try_wait().unwrap().is_none();
    let _ = child.kill();
    child.wait().unwrap();
    at_work
}

/// Starts two runs: one works, the other one says so or comes when the first is done. How many were refused.
fn two(home: &Home, server: &S3Server, profile: &str, now: i64) -> usize {
    let spawn = || prepared(home, server, profile, now, &["--quiet"]).stderr(Stdio::null()).spawn().unwrap();
    let both = [spawn(), spawn()].map(|mut child| child.wait().unwrap().code().unwrap());
    assert!(both.iter().all(|c| [0, 4, 5].contains(c)) && both.iter().any(|c| *c != 5), "{both:?}");
    both.iter().filter(|c| **c == 5).count()
}
