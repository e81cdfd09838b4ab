//! Builds the sample exports in memory. Everything is a function of the code: no clock, no environment, no input.

mod agent;
mod body_anthropic;
mod body_chat;
mod body_gemini;
mod body_responses;
mod canary;
mod cbor;
mod daily;
mod labels;
mod log;
mod lookalikes;
mod material;
mod record;
mod rng;
mod session;
mod story_attacks;
mod story_inventory;
mod story_secrets;
mod story_shapes;
mod time;
mod tools;
mod value;
mod world;

pub(crate) use canary::canaries;

use log::Log;
use value::Val;

/// Id of the first record.
const FIRST_ID: usize = 410_001;

/// One export before compression.
pub(crate) struct Export {
    /// File name.
    pub(crate) name: String,
    /// The CBOR sequence.
    pub(crate) bytes: Vec<u8>,
    /// Where a second zstd frame begins; 0 when one frame holds everything.
    pub(crate) second_frame: usize,
}

/// All files of the sample.
pub(crate) struct Sample {
    /// Exports, oldest first.
    pub(crate) exports: Vec<Export>,
    /// Text of `labels.json`.
    pub(crate) labels: String,
}

/// A record in its place.
struct Placed {
    /// Record id.
    id: usize,
    /// Position of its export.
    export: usize,
    /// Record time, nanoseconds.
    end: i64,
    /// Login of the caller.
    login: String,
    /// Device of the caller.
    device: String,
    /// The encoded record.
    bytes: Vec<u8>,
}

/// Builds the sample.
pub(crate) fn sample() -> Sample {
    let mut log = Log::default();
    daily::log_all(&mut log);
    story_inventory::log_all(&mut log);
    story_attacks::log_all(&mut log);
    story_secrets::log_all(&mut log);
    story_shapes::log_all(&mut log);
    lookalikes::log_all(&mut log);
    let Log { drafts, labels } = log;

    let cuts = cuts();
    let mut order: Vec<usize> = (0..drafts.len()).collect();
    order.sort_by_key(|n| (drafts[*n].0, *n));
    let mut place = vec![0; drafts.len()];
    for (position, draft) in order.iter().enumerate() {
        place[*draft] = position;
    }
    let mut sorted: Vec<(usize, (i64, Val))> = place.iter().copied().zip(drafts).collect();
    sorted.sort_by_key(|(position, _)| *position);
    let records: Vec<Placed> =
        sorted.into_iter().map(|(position, (end, record))| placed(FIRST_ID + position, end, record, &cuts)).collect();

    let mut exports: Vec<Export> = cuts
        .iter()
        .map(|cut| Export {
            name: format!("ts-aperture-export-{}.cbor.zstd", cut / time::SECOND + 7),
            bytes: Vec::new(),
            second_frame: 0,
        })
        .collect();
    let mut repeated = None;
    for (n, record) in records.iter().enumerate() {
        if record.export == REPEATS_LAST && exports[REPEATS_LAST].bytes.is_empty() && n > 0 {
            exports[REPEATS_LAST].bytes.extend_from_slice(&records[n - 1].bytes);
            repeated = Some(&records[n - 1]);
        }
        let out = &mut exports[record.export];
        if record.export == TWO_FRAMES && out.second_frame == 0 && out.bytes.len() > 1 << 20 {
            out.second_frame = out.bytes.len();
        }
        out.bytes.extend_from_slice(&record.bytes);
    }
    let labels = labels::json(&exports, &records, repeated, &labels, &place);
    Sample { exports, labels }
}

/// The export that begins with the last record of the one before.
const REPEATS_LAST: usize = 2;
/// The export that is written as two zstd frames.
const TWO_FRAMES: usize = 1;

/// Ends of the exports: Fridays in the middle of the afternoon, so that conversations are cut, and the end of all.
fn cuts() -> Vec<i64> {
    vec![
        time::at(2, 27, 15, 0),
        time::at(3, 6, 15, 0),
        time::at(3, 13, 15, 0),
        time::at(3, 20, 15, 0),
        time::at(3, 28, 6, 0),
    ]
}

fn placed(id: usize, end: i64, mut record: Val, cuts: &[i64]) -> Placed {
    let export = cuts.iter().position(|cut| end < *cut).unwrap_or(cuts.len() - 1);
    let mut place = (String::new(), String::new());
    if let Val::Map(fields) = &mut record {
        for (key, value) in fields.iter_mut() {
            match (key.as_str(), &value) {
                ("id", _) => *value = Val::Int(i64::try_from(id).unwrap_or(0)),
                ("identity", Val::Map(who)) => {
                    let text = |n: usize| match who.get(n) {
                        Some((_, Val::Text(t))) => t.clone(),
                        _ => String::new(),
                    };
                    place = (text(0), text(1));
                }
                _ => {}
            }
        }
    }
    let mut bytes = Vec::new();
    cbor::encode(&record, &mut bytes);
    Placed { id, export, end, login: place.0, device: place.1, bytes }
}
