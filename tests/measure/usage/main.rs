//! Measures the detections of the family `usage` on simulated traffic in which what is unusual is known:
//! `cargo run --release --example measure-usage -- --seeds 20`.
//!
//! Each seed makes a world of users with heavy-tailed, uneven work, weekends, holidays, growth, slow drifts, late joiners,
//! roll-outs and machines that share a tag, and plants bursts of volume and one of everything else that the family tells.
//! The rows go through a real lake and the real views and detections run over it: once with what was planted, once
//! without. Printed are recall by kind, and for each detection what it told besides.

use std::error::Error;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::Instant;

use lightmeter::detect::catalog::Catalog;
use lightmeter::detect::data::DataTables;
use lightmeter::detect::run::{RunResult, run};
use lightmeter::detect::{functions, views};
use lightmeter::lake::{Lake, Ledger, Session, SessionOptions};

// With paths, so that these modules are found beside this file.
#[path = "plants.rs"]
mod plants;
#[path = "rows.rs"]
mod rows;
#[path = "tally.rs"]
mod tally;
#[path = "work.rs"]
mod work;
#[path = "world.rs"]
mod world;

use tally::Tally;
use world::{Settings, World};

/// Every simulated call is seen once, so the view that finds repeated sightings of calls, which takes longer than all
/// others together, is replaced by what it would give.
const SIGHTINGS: &str = "SELECT call_uid, call_id, export_key, conversation_id, position, part, raw_name, call_uid AS kept_uid \
                         FROM lake.tool_calls";

/// Stands for the detections of secrets, which have measurements of their own.
const LEAK: &str = include_str!("leak.sql");

/// What is asked for on the command line.
struct Asked {
    settings: Settings,
    first: u64,
    seeds: u64,
    keep: Option<PathBuf>,
    verbose: bool,
    plants: Vec<bool>,
}

fn asked() -> Result<Asked, Box<dyn Error>> {
    let settings = Settings { users: 100, days: 75, plants: true, pace: 1.0 };
    let mut asked = Asked { settings, first: 1, seeds: 20, keep: None, verbose: false, plants: vec![true, false] };
    let mut args = std::env::args().skip(1);
    while let Some(arg) = args.next() {
        match arg.as_str() {
            "--verbose" => asked.verbose = true,
            "--only-planted" => asked.plants = vec![true],
            "--only-steady" => asked.plants = vec![false],
            _ => {
                let value = args.next().ok_or_else(|| format!("{arg} needs a value"))?;
                match arg.as_str() {
                    "--keep" => asked.keep = Some(value.into()),
                    "--seeds" => asked.seeds = value.parse()?,
                    "--first-seed" => asked.first = value.parse()?,
                    "--users" => asked.settings.users = value.parse()?,
                    "--days" => asked.settings.days = value.parse()?,
                    "--pace" => asked.settings.pace = value.parse()?,
                    _ => {
                        return Err(format!("unknown option {arg}; known are --seeds N, --first-seed N, --users N, --days N, --pace X, --keep DIR, --only-planted, --only-steady and --verbose").into());
                    }
                }
            }
        }
    }
    Ok(asked)
}

/// A query that reads what the measured detections read, so that only those views are computed.
fn question(catalog: &Catalog) -> String {
    let sql: Vec<&str> =
        catalog.detections.values().map(|d| d.sql.as_str()).filter(|sql| !sql.contains("FROM signals")).collect();
    let parts: Vec<String> = sql.iter().enumerate().map(|(n, sql)| format!("(\n{sql}\n) AS part{n}")).collect();
    format!("SELECT 1 FROM {}", parts.join(", "))
}

/// Opens the lake with the views that the family needs, and tells how long each took that is computed.
async fn open(lake: &Lake, ledger: &Ledger, verbose: bool) -> Result<(Session, Catalog), Box<dyn Error>> {
    let mut catalog = Catalog::built_in();
    catalog.detections.retain(|id, _| id.starts_with("usage."));
    catalog.add("secrets", "planted.sql", "tests/measure/usage/leak.sql", false, LEAK);
    if let Some(problem) = catalog.problems.first() {
        return Err(format!("{}: {}", problem.path, problem.message).into());
    }
    let session = Session::over(lake, ledger, &SessionOptions::default())?;
    let ctx = session.context();
    functions::register(ctx);
    DataTables::built_in().0.register(ctx)?;
    views::register_window(ctx, None, None)?;
    for view in views::needed(ctx, &question(&catalog))? {
        let sql = if view.name == "call_sightings" { SIGHTINGS } else { &view.sql };
        // Read four times by the family, and cheap to keep here, where arguments are empty.
        if view.materialise || view.name == "history_calls" || view.name == "history_requests" {
            let start = Instant::now();
            session.materialise(&view.name, sql).await?;
            took(verbose, &format!("view {}", view.name), start)?;
        } else {
            session.view(&view.name, sql).await?;
        }
    }
    Ok((session, catalog))
}

/// Tells how long a step took, as soon as it is done: a large world takes minutes.
fn took(verbose: bool, what: &str, start: Instant) -> std::io::Result<()> {
    if verbose { writeln!(std::io::stderr(), "  {what}: {:.1} s", start.elapsed().as_secs_f64()) } else { Ok(()) }
}

/// Runs the detections over a world, and tells about it where asked.
async fn measure(
    world: &World,
    tally: &mut Tally,
    keep: Option<&Path>,
    verbose: bool,
) -> Result<Vec<String>, Box<dyn Error>> {
    let folder = tempfile::tempdir()?;
    let lake = Lake::open(keep.map_or_else(|| folder.path().join("lake"), |keep| keep.join(world.seed.to_string())))?;
    let start = Instant::now();
    rows::write(world, &lake)?;
    took(verbose, "rows", start)?;
    let ledger = lake.ledger()?;
    let (session, catalog) = open(&lake, &ledger, verbose).await?;
    let start = Instant::now();
    let result: RunResult = run(session.context(), &catalog).await;
    took(verbose, "detections", start)?;
    if let Some(failure) = result.failures.first() {
        return Err(format!("{}: {}", failure.id, failure.message).into());
    }
    let of_family = |f: &&lightmeter::finding::Finding| f.detection.id.starts_with("usage.");
    let signals: Vec<_> = result.signals.iter().filter(of_family).cloned().collect();
    let list = tally.add(world, &result.incidents, &signals);
    if verbose {
        write!(std::io::stderr(), "{list}")?;
    }
    Ok(result.ran.into_iter().filter(|id| id.starts_with("usage.")).collect())
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let asked = asked()?;
    let mut out = std::io::stdout();
    let mut log = std::io::stderr();
    for plants in asked.plants {
        let mut tally = Tally::default();
        let mut ran = Vec::new();
        for seed in asked.first..asked.first + asked.seeds {
            let world = World::new(Settings { plants, ..asked.settings }, seed);
            let start = Instant::now();
            ran = Box::pin(measure(&world, &mut tally, asked.keep.as_deref(), asked.verbose)).await?;
            let what = if plants { "planted" } else { "steady" };
            writeln!(log, "{what}, seed {seed}: {:.1} s; so far {}", start.elapsed().as_secs_f64(), tally.so_far())?;
        }
        if plants {
            writeln!(out, "With what was planted: {}\n\n{}", tally.size(), tally.recall_table())?;
        } else {
            writeln!(out, "Without anything planted: {}\n", tally.size())?;
        }
        writeln!(out, "{}", tally.fires_table(&ran))?;
    }
    Ok(())
}
