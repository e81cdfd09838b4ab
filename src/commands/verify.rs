//! `lightmeter verify`: exports and lake against what was recorded of them, gaps, and whether citations lead somewhere.

use std::collections::BTreeSet;
use std::io::Read as _;
use std::path::Path;

use serde_json::Value;

use super::pull::PullOptions;
use super::sources::Listed;
use super::target::named;
use super::{engine, found, output, query, rows};
use crate::cli::{self, PlainFormat};
use crate::config::Config;
use crate::decode::{Decoder, Limits};
use crate::error::Error;
use crate::lake::{DamagedFile, Lake, Ledger, LedgerEntry, Session};
use crate::outcome::Outcome;
use crate::report::verify::{Damage, ExportState, GapRow, SilenceRow, Verified, write_json, write_text};
use crate::text::{one_line, visible};
use crate::window::Window;

/// Largest report that is read, in bytes.
const MAX_REPORT: u64 = 256 << 20;

/// Runs the command. `options` is absent when no source was named.
///
/// # Errors
/// When the lake cannot be opened, a source cannot be looked at, or the answer cannot be written. Damage is no error.
pub(super) async fn run(
    args: &cli::Verify,
    lake: &Lake,
    config: &Config,
    options: Option<PullOptions>,
) -> Result<Outcome, Error> {
    let mut verified = Verified::default();
    let ledger = match lake.ledger() {
        Ok(ledger) => ledger,
        Err(error @ crate::lake::Error::BadMarker { .. }) => {
            let help = error.help().map(|help| format!("; {help}")).unwrap_or_default();
            let reason = match &error {
                crate::lake::Error::BadMarker { reason, .. } => format!("which days the lake holds: {reason}{help}"),
                other => other.to_string(),
            };
            verified.damage.push(Damage { what: "ledger".to_owned(), name: "pruned.json".to_owned(), reason });
            verified.notes.push("Nothing else is checked while it is unknown which days the lake holds.".to_owned());
            return tell(args, verified);
        }
        Err(error) => return Err(error.into()),
    };
    for error in &ledger.damaged {
        let (name, reason) = error.within_lake();
        verified.damage.push(Damage { what: "ledger".to_owned(), name, reason });
    }
    tokio::task::block_in_place(|| parts(lake, &ledger, &mut verified));
    analyses(lake, &mut verified)?;
    exports(&ledger, &mut verified);
    if let Some(options) = &options {
        tokio::task::block_in_place(|| compare(options, &ledger, &mut verified))?;
    }
    if !verified.damage.iter().any(|d| d.what == "part") {
        let engine = engine::open(Some((lake, &ledger)), Window::default(), config, &[], Some("SELECT 1")).await?;
        gaps(&engine.session, &mut verified).await?;
        if let Some(report) = &args.report {
            citations(report, &ledger, &engine.session, &mut verified).await?;
        }
    } else {
        verified.notes.push("Gaps and citations are not checked while parts of the lake are damaged.".to_owned());
    }
    tell(args, verified)
}

/// Writes what was found.
fn tell(args: &cli::Verify, mut verified: Verified) -> Result<Outcome, Error> {
    verified.damage.sort();
    let scanner = query::scanner()?;
    let verified = verified.redacted(&|text| scanner.redact(text).into_owned());
    output::write(named(args.output.as_deref()), |out| match args.format {
        PlainFormat::Text => write_text(&verified, out),
        PlainFormat::Json => write_json(&verified, out),
    })?;
    Ok(if verified.is_whole() { Outcome::Done } else { Outcome::Incomplete })
}

/// Compares every part with its hash.
fn parts(lake: &Lake, ledger: &Ledger, verified: &mut Verified) {
    for file in ledger.files() {
        verified.parts += 1;
        verified.part_bytes += file.part.bytes;
    }
    for DamagedFile { part, reason } in lake.damaged_files(ledger) {
        verified.damage.push(Damage { what: "part".to_owned(), name: part.path, reason });
    }
}

/// Compares what earlier analyses found with its hash.
fn analyses(lake: &Lake, verified: &mut Verified) -> Result<(), Error> {
    for name in lake.analyses()? {
        if let Err(error) = lake.analysis(&name) {
            let reason = format!("{error}; remove it, `lightmeter analyze --offline` makes another");
            verified.damage.push(Damage { what: "analysis".to_owned(), name: format!("analyses/{name}"), reason });
        }
    }
    Ok(())
}

/// The manifest, with what could not be read when the exports were pulled.
fn exports(ledger: &Ledger, verified: &mut Verified) {
    for entry in &ledger.entries {
        let stats = &entry.stats;
        let problems: u64 = stats.problem_counts.values().sum();
        if stats.partial || stats.skipped > 0 {
            let first = stats.problems.first().map(|p| {
                let at = p.offset.map(|o| format!(" at byte {o}")).unwrap_or_default();
                format!(", the first{at}: {}", p.reason)
            });
            let end = if stats.partial { ", the end is missing" } else { "" };
            let reason = format!("{} records could not be read{end}{}", stats.skipped, first.unwrap_or_default());
            verified.damage.push(Damage { what: "export".to_owned(), name: entry.export_key.clone(), reason });
        }
        verified.exports.push(ExportState {
            export_key: entry.export_key.clone(),
            source: entry.source.clone(),
            size: entry.size,
            etag: entry.etag.clone(),
            sha256: entry.sha256.clone(),
            records: stats.records,
            skipped: stats.skipped,
            partial: stats.partial,
            problems,
            first_time: stats.first_time,
            last_time: stats.last_time,
            first_record_id: stats.first_record_id,
            last_record_id: stats.last_record_id,
            parts: entry.parts.len() as u64,
            compared: "not checked".to_owned(),
        });
    }
}

/// Reads every export again and compares its hash with the one it had.
fn compare(options: &PullOptions, ledger: &Ledger, verified: &mut Verified) -> Result<(), Error> {
    let mut unread = Vec::new();
    let listed = found::list(options, &mut unread)?;
    verified.compared = true;
    for unread in unread {
        verified.damage.push(Damage { what: "source".to_owned(), name: unread.name, reason: unread.reason });
    }
    let mut known = BTreeSet::new();
    for (at, entry) in ledger.entries.iter().enumerate() {
        let Some(found) = found::find(&listed, entry) else {
            verified.exports[at].compared = "not found".to_owned();
            continue;
        };
        known.insert(std::ptr::from_ref(found.object));
        let damage = |reason| Damage { what: "export".to_owned(), name: entry.export_key.clone(), reason };
        verified.exports[at].compared = match hash(&found) {
            Ok(sha256) if sha256 == entry.sha256 => "same".to_owned(),
            Ok(_) => {
                let place = first_fault(&found).map(|f| format!("; {f}")).unwrap_or_default();
                let reason = format!("its content differs from what was pulled (SHA-256){place}");
                verified.damage.push(damage(reason));
                "differs".to_owned()
            }
            Err(error) => {
                verified.damage.push(damage(format!("it cannot be read: {error}")));
                "not readable".to_owned()
            }
        };
    }
    let missing = verified.exports.iter().filter(|e| e.compared == "not found").count();
    if missing > 0 {
        verified.notes.push(format!("{missing} exports of the lake are not in the sources that were named."));
    }
    let objects = listed.iter().flat_map(|l: &Listed| &l.listing.objects);
    let new = objects.filter(|o| !known.contains(&std::ptr::from_ref(*o))).count();
    if new > 0 {
        verified.notes.push(format!("{new} exports of the sources are not in the lake; `lightmeter pull` reads them."));
    }
    Ok(())
}

fn hash(found: &found::Found<'_>) -> Result<String, String> {
    let opened = found.source.open(found.object).map_err(|e| e.to_string())?;
    let done = opened.finish().map_err(|e| e.to_string())?;
    done.sha256.ok_or_else(|| "no end was reached".to_owned())
}

/// Where the first thing that cannot be read is: a changed byte is rarely far from it.
fn first_fault(found: &found::Found<'_>) -> Option<String> {
    let mut opened = found.source.open(found.object).ok()?;
    let mut decoder = Decoder::new(&mut opened, Limits::default());
    while let Some(next) = decoder.next() {
        if let Err(error) = next {
            let record = error.record_number.map(|n| format!(" in record {n}")).unwrap_or_default();
            return Some(format!(
                "not readable from byte {} of its content on{record}: {}",
                error.offset, error.reason
            ));
        }
    }
    None
}

/// Record ids that no export holds, and hours without a request.
async fn gaps(session: &Session, verified: &mut Verified) -> Result<(), Error> {
    verified.gaps = Some(rows::read::<GapRow>(session, "session/gaps", &[]).await?);
    verified.silences = Some(rows::read::<SilenceRow>(session, "session/silences", &[]).await?);
    Ok(())
}

/// Looks up whatever a report cites: every object with an export and a record.
async fn citations(path: &Path, ledger: &Ledger, session: &Session, verified: &mut Verified) -> Result<(), Error> {
    let name = one_line(&path.to_string_lossy(), 200).into_owned();
    let failed = |source| Error::Input { from: name.clone(), source };
    let mut bytes = Vec::new();
    let file = std::fs::File::open(path).map_err(failed)?;
    file.take(MAX_REPORT).read_to_end(&mut bytes).map_err(failed)?;
    let report: Value = serde_json::from_slice(&bytes)
        .map_err(|e| Error::Usage(format!("{name} is not a JSON report: line {} column {}", e.line(), e.column())))?;
    let mut cited = BTreeSet::new();
    collect(&report, &mut cited);
    verified.citations = Some(cited.len() as u64);
    let scanner = query::scanner()?;
    // Reports show names without secrets and invisible characters.
    let shown = |entry: &LedgerEntry| visible(&scanner.redact(&entry.export_key)).into_owned();
    let names: Vec<(String, &str)> = ledger.entries.iter().map(|e| (shown(e), e.export_key.as_str())).collect();
    for (export, record) in cited {
        let real = names.iter().filter(|(shown, real)| *shown == export || *real == export).map(|(_, real)| *real);
        let mut found = false;
        for real in real {
            found |= match &record {
                None => true,
                Some(id) => {
                    let values = [("export", real), ("id", id.as_str())];
                    !rows::read::<Value>(session, "session/cited", &values).await?.is_empty()
                }
            };
        }
        if !found {
            let id = record.map_or_else(|| "no record id".to_owned(), |id| format!("record {id}"));
            let reason = format!("the report cites {id}, which the lake does not hold");
            verified.damage.push(Damage { what: "citation".to_owned(), name: export, reason });
        }
    }
    Ok(())
}

/// Places that a report cites, as export and record id.
fn collect(value: &Value, cited: &mut BTreeSet<(String, Option<String>)>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| collect(item, cited)),
        Value::Object(map) => {
            if let (Some(export), Some(record)) = (map.get("export_key").and_then(Value::as_str), map.get("record_id"))
            {
                cited.insert((export.to_owned(), record.as_i64().map(|id| id.to_string())));
            }
            map.values().for_each(|value| collect(value, cited));
        }
        _ => {}
    }
}
