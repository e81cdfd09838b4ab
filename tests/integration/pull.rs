//! Pulling: nothing twice, nothing half, from folders and from S3, also when everything around it fails. In the end the
//! lake is the one of an undisturbed pull, or the run says exactly what is missing and the next run gets it.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod access;
mod again;
mod bad_line;
mod disk;
mod ending;
mod killed;
mod originals;
mod selecting;
mod several;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::SystemTime;

use lightmeter::lake::{Lake, LedgerEntry};

use crate::common::{Home, Run, small};
use crate::s3_server::S3Server;

/// Two of the five keys, for faults that hit one.
pub(super) const FIRST: &str = "team/ts-aperture-export-1772204407.cbor.zstd";

pub(super) const SECOND: &str = "team/ts-aperture-export-1772809207.cbor.zstd";

/// A server with the small exports below `team/`.
pub(super) fn served() -> S3Server {
    let server = S3Server::start();
    for export in small() {
        server.put(&format!("team/{}", export.name), &export.compressed);
    }
    server
}

/// A place whose settings file makes the program impatient: faults that are waited out take a second, not twenty.
pub(super) fn home() -> Home {
    let home = Home::new();
    home.write("lightmeter.toml", "[s3]\nattempts = 5\nstall_seconds = 1\n");
    home
}

/// A run that reaches the server.
pub(super) fn command(home: &Home, server: &S3Server, args: &[&str]) -> Command {
    let mut command = home.command(&[args, &["--endpoint-url", &server.endpoint]].concat());
    command.envs(server.env());
    command
}

pub(super) fn run(home: &Home, server: &S3Server, args: &[&str]) -> Run {
    home.finish(command(home, server, args), None)
}

#[track_caller]
pub(super) fn pull(home: &Home, server: &S3Server) -> Run {
    home.finish(command(home, server, &["pull", &server.url("team")]), None)
}

/// What a lake holds, down to the hash of every file of it. Equal ledgers are equal lakes: parts are named in them with
/// their content, and are checked here.
#[track_caller]
pub(super) fn ledger(lake: &Path) -> Vec<LedgerEntry> {
    let lake = Lake::open_existing(lake).unwrap();
    let ledger = lake.ledger().unwrap();
    assert!(ledger.damaged.is_empty());
    for part in ledger.entries.iter().flat_map(|e| &e.parts) {
        lake.verify(part).unwrap();
    }
    ledger.entries
}

#[track_caller]
pub(super) fn same(found: &[LedgerEntry], expected: &[LedgerEntry], when: &str) {
    let keys = |entries: &[LedgerEntry]| entries.iter().map(|e| e.export_key.clone()).collect::<Vec<_>>();
    assert_eq!(keys(found), keys(expected), "{when}");
    for (found, expected) in found.iter().zip(expected) {
        assert_eq!(found, expected, "{when}");
    }
}

/// Every file below a folder.
pub(super) fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { found.extend(files(&path)) } else { found.push(path) }
    }
    found.sort();
    found
}

pub(super) fn parquet(lake: &Path) -> BTreeMap<PathBuf, SystemTime> {
    let parts = files(lake).into_iter().filter(|p| p.extension().is_some_and(|e| e == "parquet"));
    parts.map(|p| (p.clone(), fs::metadata(&p).unwrap().modified().unwrap())).collect()
}
