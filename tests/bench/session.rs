//! What it takes to show a long session: `cargo bench --bench session [EXPORT SESSION]`.
//!
//! Builds an export with one conversation of 750 messages and 20 branches, analyses it with the program and shows its
//! session in every format, with the findings of that analysis, without any, and with findings of its own, several
//! times. Prints wall clock, user and system seconds and
//! peak memory of the program. With an export and the start of a session's id it measures that session.

use std::error::Error;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

#[path = "../integration/conversation.rs"]
mod conversation;

type Result<T> = std::result::Result<T, Box<dyn Error>>;

const PROGRAM: &str = env!("CARGO_BIN_EXE_lightmeter");
const ROUNDS: usize = 5;

/// What a run took.
#[derive(Clone, Copy, Default)]
struct Cost {
    wall: f64,
    cpu: f64,
    peak_kib: u64,
}

/// What the system tells of a process that is still there: clock ticks and peak memory.
fn told(pid: u32, cost: &mut Cost) {
    let read = |name: &str| fs::read_to_string(format!("/proc/{pid}/{name}")).unwrap_or_default();
    let stat = read("stat");
    if let Some((_, rest)) = stat.rsplit_once(')') {
        let fields: Vec<f64> = rest.split_whitespace().map(|f| f.parse().unwrap_or_default()).collect();
        // Hundredths of a second on every architecture for decades.
        let ticks = fields.get(11).unwrap_or(&0.0) + fields.get(12).unwrap_or(&0.0);
        cost.cpu = cost.cpu.max(ticks / 100.0);
    }
    let peak = read("status")
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:")?.trim().trim_end_matches(" kB").parse::<u64>().ok());
    cost.peak_kib = cost.peak_kib.max(peak.unwrap_or_default());
}

fn run(lake: &Path, args: &[&str], out: Stdio) -> Result<Cost> {
    let start = Instant::now();
    let mut child = Command::new(PROGRAM)
        .args(args)
        .arg("--quiet")
        .arg("--lake")
        .arg(lake)
        .stdin(Stdio::null())
        .stdout(out)
        .spawn()?;
    let mut cost = Cost::default();
    let status = loop {
        told(child.id(), &mut cost);
        match child.try_wait()? {
            Some(status) => break status,
            None => std::thread::sleep(Duration::from_millis(2)),
        }
    };
    cost.wall = start.elapsed().as_secs_f64();
    if status.success() { Ok(cost) } else { Err(format!("{args:?} ended with {status}").into()) }
}

fn main() -> Result<()> {
    let folder = std::env::temp_dir().join(format!("lightmeter-bench-session-{}", std::process::id()));
    fs::create_dir_all(&folder)?;
    let named: Vec<String> = std::env::args().skip(1).filter(|a| !a.starts_with("--")).collect();
    let (export, session) = match named.as_slice() {
        [export, session] => (PathBuf::from(export), session.clone()),
        _ => {
            let export = folder.join("ts-aperture-export-1772400000.cbor.zstd");
            fs::write(&export, conversation::export(&conversation::deep()))?;
            (export, "11111111-2222-3333-4444-555555555555".to_owned())
        }
    };
    let lake = folder.join("lake");
    run(&lake, &["analyze", export.to_str().ok_or("the name of the export is no text")?], Stdio::null())?;
    let mut out = std::io::stdout().lock();
    writeln!(out, "{:<28} {:>8} {:>8} {:>10}", "lightmeter session ID", "wall s", "cpu s", "peak MiB")?;
    for findings in ["", "--no-findings", "--findings"] {
        for format in ["text", "markdown", "html", "json"] {
            let mut args = vec!["session", &session, "--format", format];
            args.extend((!findings.is_empty()).then_some(findings));
            let mut runs = (0..ROUNDS).map(|_| run(&lake, &args, Stdio::null())).collect::<Result<Vec<Cost>>>()?;
            runs.sort_by(|a, b| a.wall.total_cmp(&b.wall));
            let (middle, peak) = (runs[ROUNDS / 2], runs.iter().map(|r| r.peak_kib).max().unwrap_or_default());
            let name = format!("{format} {findings}");
            writeln!(out, "{name:<28} {:>8.2} {:>8.2} {:>10}", middle.wall, middle.cpu, peak / 1024)?;
        }
    }
    Ok(fs::remove_dir_all(folder)?)
}
