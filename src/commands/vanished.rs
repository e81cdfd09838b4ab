//! Exports of the lake that are no longer where they were found. Their rows stay: the lake is evidence, and a bucket
//! may forget. A run only judges places that it could look at.

use std::collections::BTreeSet;
use std::path::Path;

use super::sources::Listed;
use crate::acquire::{Known, Origin};
use crate::lake::{Index, IndexEntry};
use crate::window::Window;

/// Identities of the vanished exports: those noted before, without those that are back, with those found missing now.
/// `present` are the identities of all that was found.
pub(super) fn vanished(
    listed: &[Listed],
    index: &Index,
    present: &BTreeSet<String>,
    window: &Window,
) -> BTreeSet<String> {
    let paths = paths(listed);
    index
        .entries
        .iter()
        .filter(|entry| {
            let missing = || listed.iter().any(|place| misses(place, entry, &paths, window));
            !present.contains(&entry.id) && (index.vanished.contains(&entry.id) || missing())
        })
        .map(|entry| entry.id.clone())
        .collect()
}

/// Full paths of all files found. A file whose content changed is another export, but not a vanished one.
fn paths(listed: &[Listed]) -> BTreeSet<String> {
    let objects = listed.iter().flat_map(|l| &l.listing.objects);
    objects
        .filter_map(|object| match &object.origin {
            Origin::File { path } => Some(std::path::absolute(path).ok()?.to_string_lossy().into_owned()),
            Origin::S3 { .. } => None,
        })
        .collect()
}

fn misses(place: &Listed, entry: &IndexEntry, paths: &BTreeSet<String>, window: &Window) -> bool {
    let path = entry.origin.as_ref().map(|origin| origin.path.as_str());
    if path.is_some_and(|path| paths.contains(path)) {
        return false;
    }
    // What lies below something that could not be looked at may well be there.
    let unknown = place.listing.skipped.iter().any(|skipped| {
        let location = std::path::absolute(&skipped.location).unwrap_or_default();
        skipped.location == entry.export_key || path.is_some_and(|path| Path::new(path).starts_with(&location))
    });
    let known = Known { ledger_id: &entry.id, export_key: &entry.export_key, path };
    !unknown && place.source.would_list(known, window)
}
