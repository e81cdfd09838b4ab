//! How fast exports are read: `cargo bench --bench convert [SHAPE…]`.
//!
//! Builds exports of several shapes in a temporary folder and reads each in a process of its own, five ways: draining
//! its zstd frames, decoding its records, normalising them, pulling them into a lake with facts and the ledger of
//! secrets, and normalising them with nothing recognised, so that every repeated byte goes through an ordinary JSON
//! parser. Prints user and system seconds, decompressed bytes per second of them, peak memory, and the ratio to draining.
//! Read the ratios: both sides come from the same process in turn, so they hold on a busy machine, where the seconds
//! do not.

use std::error::Error;
use std::fs::File;
use std::io::{BufReader, Read, Write};
use std::path::Path;
use std::process::Command;

use lightmeter::acquire::S3Options;
use lightmeter::commands::access::WantedSource;
use lightmeter::commands::policy::Content;
use lightmeter::commands::pull::{PullOptions, pull};
use lightmeter::commands::stop::Stop;
use lightmeter::decode::{Decoder, Limits};
use lightmeter::normalise::{Normaliser, Options, Recognition};
use lightmeter::secrets::Scanner;
use lightmeter::tables::Rows;
use lightmeter::window::Window;

#[path = "shapes.rs"]
mod shapes;

/// As in the program.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// One way to read a file; gives decompressed bytes.
type Step<'s> = &'s dyn Fn(&Path) -> Result<u64>;

/// User and system seconds of this process so far, in steps of a clock tick; elsewhere than on Linux, seconds passed.
fn seconds() -> f64 {
    static START: std::sync::OnceLock<std::time::Instant> = std::sync::OnceLock::new();
    let ticks = || {
        let stat = std::fs::read_to_string("/proc/self/stat").ok()?;
        let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
        Some(fields.get(11)?.parse::<f64>().ok()? + fields.get(12)?.parse::<f64>().ok()?)
    };
    // Linux has reported these in hundredths of a second on every architecture for decades.
    ticks().map_or_else(|| START.get_or_init(std::time::Instant::now).elapsed().as_secs_f64(), |t| t / 100.0)
}

/// Largest memory of this process so far, in MiB; 0 where the system does not tell.
fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|l| l.strip_prefix("VmHWM:"));
    line.and_then(|l| l.trim().trim_end_matches(" kB").parse::<u64>().ok()).unwrap_or_default() / 1024
}

/// Reads all of it and keeps nothing. Returns how much there was.
fn drain(file: &Path) -> Result<u64> {
    let mut decoder = zstd::stream::read::Decoder::new(File::open(file)?)?;
    decoder.window_log_max(27)?;
    let (mut buffer, mut total) = (vec![0; 128 * 1024], 0);
    loop {
        match decoder.read(&mut buffer)? {
            0 => return Ok(total),
            n => total += n as u64,
        }
    }
}

/// Decodes the records, and normalises them when told how. Returns decompressed bytes.
fn read(file: &Path, recognition: Option<Recognition>) -> Result<u64> {
    let mut decoder = Decoder::new(BufReader::new(File::open(file)?), Limits::default());
    let mut normaliser =
        recognition.map(|recognition| Normaliser::new("bench", Options { recognition, ..Options::default() }));
    let mut rows = Rows::default();
    while let Some(record) = decoder.next() {
        let record = record.map_err(|e| e.to_string())?;
        if let Some(normaliser) = &mut normaliser {
            normaliser.record(&record, &mut rows);
            if rows.messages.len() > 1000 {
                rows = Rows::default();
            }
        }
    }
    if let Some(mut normaliser) = normaliser {
        normaliser.finish(&mut rows);
    }
    Ok(decoder.decompressed_bytes())
}

/// Pulls the export into a new lake. Returns decompressed bytes.
fn into_lake(file: &Path, scanner: &Scanner) -> Result<u64> {
    let folder = tempfile::tempdir()?;
    let runtime = tokio::runtime::Builder::new_current_thread().build()?;
    let options = PullOptions {
        sources: vec![WantedSource { address: file.to_string_lossy().into_owned(), s3: S3Options::default() }],
        window: Window::default(),
        workers: 1,
        normalise: Options::default(),
        content: Content::Full,
        keep_raw: None,
        scanner: scanner.clone(),
        quiet: true,
        stop: Stop::default(),
    };
    let (lake, _) = pull(&folder.path().join("lake"), &options, runtime.handle())?;
    Ok(lake.ledger()?.entries.iter().map(|entry| entry.stats.decompressed_bytes).sum())
}

/// Least seconds of several runs of a step, in turn with draining, which the ratio is taken against.
fn against_draining(file: &Path, rounds: usize, step: Step<'_>) -> Result<(f64, f64, u64)> {
    let mut ratios = Vec::new();
    let (mut least, mut bytes) = (f64::INFINITY, 0);
    for _ in 0..rounds {
        // Several passes each, as the clock ticks in hundredths.
        let measured = |run: Step<'_>| -> Result<(f64, u64)> {
            let (start, mut passes, mut bytes) = (seconds(), 0, 0);
            while passes < 3 || seconds() - start < 0.3 {
                bytes = run(file)?;
                passes += 1;
            }
            Ok(((seconds() - start) / f64::from(passes), bytes))
        };
        let (drained, _) = measured(&drain)?;
        let (taken, read) = measured(step)?;
        ratios.push(taken / drained);
        (least, bytes) = (least.min(taken), read);
    }
    ratios.sort_by(f64::total_cmp);
    Ok((least, ratios[ratios.len() / 2], bytes))
}

/// One way to read one file, in this process; prints a line.
fn child(file: &Path, way: &str) -> Result<()> {
    let recognised = |recognition| move |file: &Path| read(file, recognition);
    let (hash, off, none) = (recognised(Some(Recognition::Hash)), recognised(Some(Recognition::Off)), recognised(None));
    let scanner = Scanner::builtin()?;
    let pulled = |file: &Path| into_lake(file, &scanner);
    let (rounds, step): (usize, Step<'_>) = match way {
        "drain" => (3, &drain),
        "decode" => (5, &none),
        "normalise" => (5, &hash),
        "pull" => (3, &pulled),
        "parse all" => (1, &off),
        other => return Err(format!("no such way: {other}").into()),
    };
    let (least, ratio, bytes) = against_draining(file, rounds, step)?;
    let rate = bytes as f64 / 1e9 / least;
    let mut out = std::io::stdout().lock();
    writeln!(out, "  {way:<10} {least:>8.3} s {rate:>7.2} GB/s {ratio:>7.2} x zstd {:>6} MiB", peak())?;
    Ok(())
}

fn main() -> Result<()> {
    let mut args: Vec<String> = std::env::args().skip(1).filter(|a| a != "--bench").collect();
    if args.first().is_some_and(|a| a == "--child") {
        return child(Path::new(&args[1]), &args[2]);
    }
    if args.is_empty() {
        args = shapes::ALL.iter().map(|s| s.name.to_owned()).collect();
    }
    let folder = tempfile::tempdir()?;
    let mut out = std::io::stdout().lock();
    for name in args {
        let shape = shapes::ALL.iter().find(|s| s.name == name).ok_or_else(|| format!("no such shape: {name}"))?;
        let file = folder.path().join("export.cbor.zstd");
        let made = shapes::write(shape, &file)?;
        let (records, plain, packed) = (made.records, made.decompressed / 1_000_000, file.metadata()?.len() / 1000);
        writeln!(out, "{name}: {}\n  {records} records, {plain} MB in {packed} KB", shape.about)?;
        for way in ["drain", "decode", "normalise", "pull", "parse all"] {
            let run = Command::new(std::env::current_exe()?).arg("--child").arg(&file).arg(way).output()?;
            out.write_all(&run.stdout)?;
            out.write_all(&run.stderr)?;
        }
    }
    Ok(())
}
