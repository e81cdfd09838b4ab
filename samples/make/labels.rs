//! What was planted, for programs: `labels.json`.

use super::canary::canaries;
use super::log::Label;
use super::value::{Val, map};
use super::{Export, Placed, REPEATS_LAST, time};

fn number(n: usize) -> Val {
    Val::Int(i64::try_from(n).unwrap_or(i64::MAX))
}

/// The text of `labels.json`. Secrets appear by kind and place, never by value.
pub(super) fn json(
    exports: &[Export],
    records: &[Placed],
    repeated: Option<&Placed>,
    labels: &[Label],
    place: &[usize],
) -> String {
    let files: Vec<Val> = exports
        .iter()
        .enumerate()
        .map(|(n, e)| {
            let mine: Vec<&Placed> = records.iter().filter(|r| r.export == n).collect();
            let extra = usize::from(n == REPEATS_LAST && repeated.is_some());
            map! {
                "file": &e.name, "bytes": number(e.bytes.len()), "records": number(mine.len() + extra),
                "first_record_id": mine.first().map_or(Val::Null, |r| number(r.id)),
                "last_record_id": mine.last().map_or(Val::Null, |r| number(r.id)),
                "zstd_frames": if e.second_frame > 0 { 2 } else { 1 },
            }
        })
        .collect();
    let mut planted: Vec<Val> = labels.iter().map(|l| planted(l, records, place, exports)).collect();
    if let Some(r) = repeated {
        planted.push(map! {
            "id": "duplicate-delivery", "family": "coverage", "expected": "nothing",
            "what": "One record is delivered twice: as the last of an export and as the first of the next.",
            "login": &r.login, "device": &r.device, "record_ids": vec![number(r.id)],
        });
    }
    let secrets: Vec<Val> = canaries()
        .iter()
        .map(|c| {
            let seen: Vec<&Placed> =
                records.iter().filter(|r| String::from_utf8_lossy(&r.bytes).contains(c.needle())).collect();
            let mut out = map! { "id": c.id, "kind": c.kind, "surface": c.surface };
            if let Some(first) = seen.first() {
                out.put("login", &first.login);
                out.put("device", &first.device);
                out.put("export", &exports[first.export].name);
                out.put("first_record_id", number(first.id));
            }
            out.put("records", number(seen.len()));
            out
        })
        .collect();
    let all = map! {
        "schema": "lightmeter-sample-labels/1", "records": number(records.len()), "exports": files, "planted": planted,
        "secrets": secrets,
    };
    let mut out = String::new();
    all.pretty(0, &mut out);
    out.push('\n');
    out
}

fn planted(l: &Label, records: &[Placed], place: &[usize], exports: &[Export]) -> Val {
    let mut shots: Vec<&Placed> = l.shots.iter().map(|n| &records[place[*n]]).collect();
    shots.sort_by_key(|r| r.id);
    let mut files: Vec<&str> = shots.iter().map(|r| exports[r.export].name.as_str()).collect();
    files.dedup();
    map! {
        "id": l.id, "family": l.family, "expected": l.expected, "what": l.what,
        "login": l.login, "device": l.device, "agent": l.agent,
        "session": l.session.as_ref().map_or(Val::Null, Val::from),
        "first": shots.first().map_or(Val::Null, |r| Val::from(time::rfc3339(r.end))),
        "last": shots.last().map_or(Val::Null, |r| Val::from(time::rfc3339(r.end))),
        "exports": files, "record_ids": shots.iter().map(|r| number(r.id)).collect::<Vec<Val>>(),
    }
}
