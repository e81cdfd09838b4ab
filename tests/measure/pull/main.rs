//! What a pull from S3 costs: `cargo run --release --example measure-pull -- present 10000` (or `listed 100000`,
//! `large 1000`, `workers`).
//!
//! Serves generated exports from an S3 server of its own (that of the tests) and pulls them with the program that lies
//! beside this one, in a process of its own.
//!
//! - `present N` pulls N small objects, and then again: the second run lists them all and reads none.
//! - `listed N` lists N objects without reading any. The time is mostly that of the server, which looks at all its files
//!   for each page.
//! - `large MB` pulls one object of a megabyte and one of so many, compressed.
//! - `workers [MB]` pulls eight objects of so many megabytes each, with one worker and with two.
//! - `serve FOLDER` measures nothing: it serves the exports of a folder until its input ends, for trying things by hand.
//!
//! *CPU* is user and system time, *busy* that per second, and *wanted* how many processors the process wanted on average:
//! what ran and what stood in the queue of the system. On a machine that others use as well, *wanted* tells whether the
//! program would keep its processors busy; *busy* tells what was left for it.

use std::collections::BTreeMap;
use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use ciborium::cbor;

#[allow(dead_code, reason = "shared with the tests, which use all of it")]
#[path = "../../integration/s3_server/mod.rs"]
mod s3_server;

use s3_server::S3Server;

type Result<T> = std::result::Result<T, Box<dyn Error>>;

fn main() -> Result<()> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let number = |default: u64| args.get(1).map_or(Ok(default), |text| text.parse::<u64>());
    let out = &mut std::io::stdout().lock();
    match args.first().map(String::as_str) {
        Some("present") => present(number(10_000)?, out),
        Some("listed") => listed(number(100_000)?, out),
        Some("large") => large(number(1_000)?, out),
        Some("workers") => workers(number(8)?, out),
        Some("serve") => serve(Path::new(args.get(1).map_or("samples/exports", String::as_str)), out),
        _ => Err("use: present [N] | listed [N] | large [MB] | workers [MB] | serve [FOLDER]".into()),
    }
}

fn serve(folder: &Path, out: &mut impl std::io::Write) -> Result<()> {
    let server = S3Server::start();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if let Some(name) = path.file_name().and_then(|name| name.to_str()).filter(|name| name.ends_with(".zstd")) {
            server.put(&format!("team/{name}"), &std::fs::read(&path)?);
        }
    }
    for (name, value) in server.env() {
        writeln!(out, "export {name}={value}")?;
    }
    writeln!(out, "lightmeter pull {} --endpoint-url {}", server.url("team"), server.endpoint)?;
    out.flush()?;
    std::io::copy(&mut std::io::stdin(), &mut std::io::sink())?;
    Ok(())
}

fn present(count: u64, out: &mut impl std::io::Write) -> Result<()> {
    let server = S3Server::start();
    for n in 0..count {
        let export = export(n, 1, 200)?;
        server.put(&format!("team/ts-aperture-export-{}.cbor.zstd", 1_782_000_000 + n), &export);
    }
    let folder = tempfile::tempdir()?;
    head(out)?;
    for (name, few) in [("one of them", true), ("all of them", false), ("all of them again", false)] {
        let prefix = if few { "team/ts-aperture-export-1782000000.cbor.zstd" } else { "team" };
        let cost = pull(&server, &server.url(prefix), folder.path(), &["--quiet"])?;
        cost.line(name, out)?;
    }
    Ok(())
}

fn listed(count: u64, out: &mut impl std::io::Write) -> Result<()> {
    head(out)?;
    for count in [1, count] {
        let server = S3Server::start();
        for n in 0..count {
            server.put(&format!("team/ts-aperture-export-{}.cbor.zstd", 1_782_000_000 + n), &n.to_le_bytes());
        }
        let folder = tempfile::tempdir()?;
        let cost = pull(&server, &server.url("team"), folder.path(), &["--quiet", "--dry-run"])?;
        cost.line(&format!("{count} objects"), out)?;
    }
    Ok(())
}

fn large(megabytes: u64, out: &mut impl std::io::Write) -> Result<()> {
    head(out)?;
    for size in [1, megabytes] {
        let server = S3Server::start();
        let export = export_of(size, 0)?;
        server.put("team/ts-aperture-export-1782000000.cbor.zstd", &export);
        drop(export);
        let folder = tempfile::tempdir()?;
        pull(&server, &server.url("team"), folder.path(), &[])?.line(&format!("{size} MB"), out)?;
    }
    Ok(())
}

fn workers(megabytes: u64, out: &mut impl std::io::Write) -> Result<()> {
    let server = S3Server::start();
    for n in 0..8 {
        server.put(&format!("team/ts-aperture-export-{}.cbor.zstd", 1_782_000_000 + n), &export_of(megabytes, n)?);
    }
    head(out)?;
    for workers in ["1", "2"] {
        let folder = tempfile::tempdir()?;
        let cost = pull(&server, &server.url("team"), folder.path(), &["--workers", workers])?;
        cost.line(&format!("{workers} workers"), out)?;
    }
    Ok(())
}

/// What a run cost.
struct Cost {
    wall: f64,
    cpu: f64,
    queued: f64,
    peak_kb: u64,
}

fn head(out: &mut impl std::io::Write) -> Result<()> {
    Ok(writeln!(out, "{:<20}{:>10}{:>10}{:>8}{:>9}{:>12}", "", "seconds", "CPU s", "busy", "wanted", "peak MiB")?)
}

impl Cost {
    fn line(&self, name: &str, out: &mut impl std::io::Write) -> Result<()> {
        let Self { wall, cpu, queued, peak_kb } = self;
        let (busy, wanted, peak) = (cpu / wall, (cpu + queued) / wall, *peak_kb as f64 / 1024.0);
        writeln!(out, "{name:<20}{wall:>10.2}{cpu:>10.2}{busy:>8.2}{wanted:>9.2}{peak:>12.0}")?;
        Ok(out.flush()?)
    }
}

/// Runs the program until it ends and watches it from outside.
fn pull(server: &S3Server, url: &str, folder: &Path, more: &[&str]) -> Result<Cost> {
    let mut command = Command::new(program()?);
    command.args(["pull", url, "--endpoint-url", &server.endpoint]).args(more);
    command.args(["--lake".as_ref(), folder.join("lake").as_os_str()]).current_dir(folder);
    command.env_clear().envs(server.env()).stdin(Stdio::null()).stdout(Stdio::null());
    let start = Instant::now();
    let mut child = command.spawn()?;
    let place = PathBuf::from(format!("/proc/{}", child.id()));
    let (mut threads, mut peak_kb) = (BTreeMap::new(), 0);
    let status = loop {
        peak_kb = peak_kb.max(peak(&place).unwrap_or(0));
        schedule(&place, &mut threads);
        match child.try_wait()? {
            Some(status) => break status,
            None => std::thread::sleep(Duration::from_millis(5)),
        }
    };
    let wall = start.elapsed().as_secs_f64();
    if !status.success() {
        return Err(format!("the program ended with {status}").into());
    }
    let seconds = |nanos: u64| Duration::from_nanos(nanos).as_secs_f64();
    let cpu = threads.values().map(|(ran, _)| seconds(*ran)).sum();
    Ok(Cost { wall, cpu, queued: threads.values().map(|(_, queued)| seconds(*queued)).sum(), peak_kb })
}

/// The program beside this one.
fn program() -> Result<PathBuf> {
    let here = std::env::current_exe()?;
    let folder = here.parent().and_then(Path::parent).ok_or("this program lies in no folder")?;
    let program = folder.join("lightmeter");
    if program.is_file() { Ok(program) } else { Err("build the program first: cargo build --release".into()) }
}

/// Most memory held so far, in KB.
fn peak(place: &Path) -> Option<u64> {
    let status = std::fs::read_to_string(place.join("status")).ok()?;
    status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?.split_whitespace().next()?.parse().ok()
}

/// Nanoseconds that each thread ran and stood in the queue; threads that ended keep what they had.
fn schedule(place: &Path, threads: &mut BTreeMap<PathBuf, (u64, u64)>) {
    for thread in std::fs::read_dir(place.join("task")).into_iter().flatten().flatten() {
        let text = std::fs::read_to_string(thread.path().join("schedstat")).unwrap_or_default();
        let mut numbers = text.split_whitespace().filter_map(|n| n.parse().ok());
        if let (Some(ran), Some(queued)) = (numbers.next(), numbers.next()) {
            threads.insert(thread.path(), (ran, queued));
        }
    }
}

/// An export with so many records, each with two texts of so many bytes.
fn export(seed: u64, records: u64, text: usize) -> Result<Vec<u8>> {
    let mut random = Random(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
    let mut encoder = zstd::stream::Encoder::new(Vec::new(), 1)?;
    for number in 0..records {
        record(seed, number, text, &mut random, &mut encoder)?;
    }
    Ok(encoder.finish()?)
}

/// An export of so many megabytes, compressed.
fn export_of(megabytes: u64, seed: u64) -> Result<Vec<u8>> {
    let mut random = Random(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
    let mut encoder = zstd::stream::Encoder::new(Vec::new(), 1)?;
    let mut number = 0;
    while (encoder.get_ref().len() as u64) < megabytes << 20 {
        record(seed, number, 20_000, &mut random, &mut encoder)?;
        number += 1;
    }
    Ok(encoder.finish()?)
}

/// One request in the form of the Anthropic API with its answer, about things that nobody said before.
fn record(seed: u64, number: u64, text: usize, random: &mut Random, out: &mut impl std::io::Write) -> Result<()> {
    let request = serde_json::json!({
        "model": "claude-sonnet-4-5", "max_tokens": 1000,
        "messages": [{ "role": "user", "content": random.words(text) }],
    });
    let response = serde_json::json!({
        "id": format!("msg_{seed}_{number}"), "type": "message", "role": "assistant", "model": "claude-sonnet-4-5",
        "content": [{ "type": "text", "text": random.words(text) }], "stop_reason": "end_turn",
        "usage": { "input_tokens": 10, "output_tokens": 10 },
    });
    let (minute, second) = (number / 60 % 60, number % 60);
    let time = format!("2026-06-24T12:{minute:02}:{second:02}.5Z");
    let record = cbor!({
        "id" => seed * 1_000_000 + number, "ver" => 2, "timestamp" => time,
        "identity" => { "login_name" => "ana@example.com", "stable_node_id" => "n1" },
        "model" => "anthropic/claude-sonnet-4-5", "api_type" => "ant_messages", "path" => "/v1/messages",
        "status_code" => 200, "duration_ms" => 500, "capture_id" => format!("c{seed}-{number}"),
        "session_id" => format!("s{seed}-{number}"),
        "capture" => {
            "id" => format!("c{seed}-{number}"), "startTime" => time, "path" => "/v1/messages", "statusCode" => 200,
            "requestHeaders" => { "User-Agent" => ["claude-cli/2.0.0 (external, cli)"] },
            "requestBody" => request.to_string(), "responseBody" => response.to_string(),
        },
    })?;
    Ok(ciborium::into_writer(&record, out)?)
}

/// A seeded stream of numbers (xorshift64*).
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    /// Words that nothing compresses much.
    fn words(&mut self, bytes: usize) -> String {
        let mut text = String::with_capacity(bytes + 12);
        while text.len() < bytes {
            let mut bits = self.next() >> 4;
            for _ in 0..3 + bits % 8 {
                text.push(char::from(b'a' + (bits % 26) as u8));
                bits /= 26;
            }
            text.push(' ');
        }
        text
    }
}
