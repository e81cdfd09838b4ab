//! Measures the detections of the family `usage` on simulated traffic whose bursts are known:
//! `cargo run --release --example measure-usage -- --seeds 20`.
//!
//! Each seed makes a world of users with heavy-tailed, uneven work, weekends, holidays, growth, late joiners and
//! roll-outs, and plants bursts of several kinds in it. The rows go through a real lake and the real detections run over
//! it: once with the bursts, once without. Printed are recall by kind of burst, false alerts per week and 100 users, and
//! alerts in the warm-up.

use std::collections::BTreeMap;
use std::error::Error;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use lightmeter::detect::catalog::Catalog;
use lightmeter::detect::data::DataTables;
use lightmeter::detect::front_matter::Tier;
use lightmeter::detect::run::run;
use lightmeter::detect::{functions, views};
use lightmeter::finding::Finding;
use lightmeter::lake::{Lake, Ledger, Session, SessionOptions};

// With paths, so that these modules are found beside this file.
#[path = "rows.rs"]
mod rows;
#[path = "world.rs"]
mod world;

use world::{Settings, World};

/// Days at the start in which nothing may be reported.
const WARM_UP: i64 = 14;

/// What the runs of one setting add up to.
#[derive(Default)]
struct Tally {
    planted: BTreeMap<&'static str, u64>,
    found: BTreeMap<&'static str, u64>,
    /// False alerts by detection.
    wrong: BTreeMap<String, u64>,
    warm_up: u64,
    longest: Duration,
}

impl Tally {
    /// Compares incidents with what was planted: an alert about the user on the day of a burst, or the day after where
    /// the burst ran past midnight, is right.
    fn add(&mut self, world: &World, incidents: &[Finding]) {
        let mut hit = vec![false; world.bursts.len()];
        for finding in incidents {
            let first = (finding.first_seen - rows::START).div_euclid(rows::DAY);
            let last = (finding.last_seen - rows::START).div_euclid(rows::DAY);
            if last < WARM_UP {
                self.warm_up += 1;
            }
            let login = finding.scope.login.as_deref().unwrap_or_default();
            let mut right = false;
            for (burst, hit) in world.bursts.iter().zip(&mut hit) {
                if rows::login(burst.user) == login && (first..=last).contains(&burst.day) {
                    *hit = true;
                    right = true;
                }
            }
            if !right {
                *self.wrong.entry(finding.detection.id.clone()).or_default() += 1;
            }
        }
        for (burst, hit) in world.bursts.iter().zip(hit) {
            *self.planted.entry(burst.kind.name()).or_default() += 1;
            *self.found.entry(burst.kind.name()).or_default() += u64::from(hit);
        }
    }
}

/// Every simulated call is seen once, so the view that finds repeated sightings of calls, which takes longer than all
/// others together, is replaced by what it would give.
const SIGHTINGS: &str = "SELECT call_uid, call_id, export_key, conversation_id, position, part, raw_name, call_uid AS kept_uid \
                         FROM lake.tool_calls";

/// A query that reads what the measured detections read, so that only those views are computed.
fn question(catalog: &Catalog) -> String {
    let sql: Vec<&str> =
        catalog.detections.values().map(|d| d.sql.as_str()).filter(|sql| !sql.contains("FROM signals")).collect();
    let parts: Vec<String> = sql.iter().enumerate().map(|(n, sql)| format!("(\n{sql}\n) AS part{n}")).collect();
    format!("SELECT 1 FROM {}", parts.join(", "))
}

/// Opens the lake with the views that the incidents of the family need.
async fn open(lake: &Lake, ledger: &Ledger) -> Result<(Session, Catalog), Box<dyn Error>> {
    let mut catalog = Catalog::built_in();
    catalog.detections.retain(|id, d| id.starts_with("usage.") && d.meta.tier == Tier::Incident);
    let session = Session::over(lake, ledger, &SessionOptions::default())?;
    let ctx = session.context();
    functions::register(ctx);
    DataTables::built_in().0.register(ctx)?;
    views::register_window(ctx, None, None)?;
    for view in views::needed(ctx, &question(&catalog))? {
        let sql = if view.name == "call_sightings" { SIGHTINGS } else { &view.sql };
        if view.materialise {
            session.materialise(&view.name, sql).await?;
        } else {
            session.view(&view.name, sql).await?;
        }
    }
    Ok((session, catalog))
}

#[expect(clippy::use_debug, reason = "what was planted, for whoever tunes the thresholds")]
async fn measure(
    settings: Settings,
    seed: u64,
    tally: &mut Tally,
    keep: Option<&Path>,
    verbose: bool,
) -> Result<(), Box<dyn Error>> {
    let world = World::new(settings, seed);
    let folder = tempfile::tempdir()?;
    let lake = Lake::open(keep.map_or_else(|| folder.path().join("lake"), |keep| keep.join(seed.to_string())))?;
    rows::write(&world, &lake)?;
    let ledger = lake.ledger()?;
    let start = Instant::now();
    let (session, catalog) = open(&lake, &ledger).await?;
    let opened = start.elapsed();
    let result = run(session.context(), &catalog).await;
    if let Some(failure) = result.failures.first() {
        return Err(format!("{}: {}", failure.id, failure.message).into());
    }
    tally.longest = tally.longest.max(start.elapsed());
    let mut out = std::io::stderr();
    if verbose {
        for finding in &result.incidents {
            let planted: Vec<_> = world
                .bursts
                .iter()
                .filter(|b| Some(rows::login(b.user).as_str()) == finding.scope.login.as_deref())
                .map(|b| (b.day, b.kind.name()))
                .collect();
            let day = (finding.first_seen - rows::START).div_euclid(rows::DAY);
            writeln!(out, "{} day {day} {planted:?} {}", finding.detection.id, finding.reason)?;
        }
        for burst in &world.bursts {
            writeln!(out, "planted {burst:?}")?;
        }
        writeln!(out, "views {opened:?}, detections {:?}", start.elapsed() - opened)?;
    }
    tally.add(&world, &result.incidents);
    Ok(())
}

fn table(name: &str, tally: &Tally, weeks: f64) -> String {
    let mut text = format!("{name}\n");
    let (mut planted_all, mut found_all) = (0, 0);
    for (kind, planted) in &tally.planted {
        let found = tally.found.get(kind).copied().unwrap_or_default();
        text += &format!("  recall {kind}: {found} of {planted} = {:.2}\n", found as f64 / *planted as f64);
        planted_all += planted;
        found_all += found;
    }
    if planted_all > 0 {
        text +=
            &format!("  recall of all: {found_all} of {planted_all} = {:.2}\n", found_all as f64 / planted_all as f64);
    }
    let mut wrong_all = 0;
    for (id, wrong) in &tally.wrong {
        text += &format!("  false alerts of {id}: {:.2} per week and 100 users\n", *wrong as f64 / weeks);
        wrong_all += wrong;
    }
    text += &format!("  false alerts of the family: {:.2} per week and 100 users\n", wrong_all as f64 / weeks);
    text + &format!("  alerts in the warm-up: {}\n  longest analysis: {:.1?}\n", tally.warm_up, tally.longest)
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut settings = Settings { users: 100, days: 75, bursts: true, pace: 1.0 };
    let mut keep: Option<PathBuf> = None;
    let (mut first, mut seeds, mut verbose, mut kinds) = (1, 20, false, vec![true, false]);
    let mut args = std::env::args().skip(1);
    while let Some(arg) = args.next() {
        match arg.as_str() {
            "--verbose" => verbose = true,
            "--only-bursts" => kinds = vec![true],
            "--only-steady" => kinds = vec![false],
            _ => {
                let value = args.next().ok_or_else(|| format!("{arg} needs a value"))?;
                match arg.as_str() {
                    "--keep" => keep = Some(value.into()),
                    "--seeds" => seeds = value.parse()?,
                    "--first-seed" => first = value.parse()?,
                    "--users" => settings.users = value.parse()?,
                    "--days" => settings.days = value.parse()?,
                    "--pace" => settings.pace = value.parse()?,
                    _ => return Err(format!("unknown option {arg}; known are --seeds N, --first-seed N, --users N, --days N, --pace X, --keep DIR, --only-bursts, --only-steady and --verbose").into()),
                }
            }
        }
    }
    let weeks = (settings.days - WARM_UP) as f64 / 7.0 * settings.users as f64 / 100.0 * seeds as f64;
    let mut out = std::io::stdout();
    for bursts in kinds {
        let mut tally = Tally::default();
        for seed in first..first + seeds {
            Box::pin(measure(Settings { bursts, ..settings }, seed, &mut tally, keep.as_deref(), verbose)).await?;
        }
        let name = if bursts { "with bursts" } else { "steady traffic" };
        write!(out, "{}", table(name, &tally, weeks))?;
    }
    Ok(())
}
