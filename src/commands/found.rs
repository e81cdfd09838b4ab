//! Exports that are looked at again: found in the places that were named, matched with what the ledger knows.

use std::path::Path;

use super::pull::{PullOptions, Unread};
use super::sources::{self, Listed};
use crate::acquire::{DirSource, Object, Source};
use crate::error::Error;
use crate::lake::LedgerEntry;
use crate::progress::Progress;
use crate::window::Window;

/// An export and the place that holds it.
pub(super) struct Found<'l> {
    /// The place.
    pub(super) source: &'l dyn Source,
    /// The export.
    pub(super) object: &'l Object,
}

/// Looks at the places.
///
/// # Errors
/// When none of them can be looked at.
pub(super) fn list(options: &PullOptions, unread: &mut Vec<Unread>) -> Result<Vec<Listed>, Error> {
    sources::list(options, &tokio::runtime::Handle::current(), &Progress::stderr(true), unread)
}

/// The file where it was when it was pulled, if it is still there.
pub(super) fn original(entry: &LedgerEntry) -> Option<Listed> {
    let path = Path::new(&entry.origin.as_ref()?.path);
    if !path.is_file() {
        return None;
    }
    let source: Box<dyn Source> = Box::new(DirSource::new(path));
    let listing = source.list(&Window::default()).ok()?;
    Some(Listed { source, listing })
}

/// The object that an entry was made from: by name, and where files of one name stand beside each other, by the path
/// that it had. Copies that were kept under their hash are found by that.
pub(super) fn find<'l>(listed: &'l [Listed], entry: &LedgerEntry) -> Option<Found<'l>> {
    let all = || {
        listed.iter().flat_map(|l| l.listing.objects.iter().map(|object| Found { source: l.source.as_ref(), object }))
    };
    // Rows of a second file of one name carry the start of its identity behind the name.
    let name = entry.export_key.rsplit_once('~').map_or(entry.export_key.as_str(), |(name, _)| name);
    let named = |f: &Found<'_>| f.object.export_key == entry.export_key || f.object.export_key == name;
    let origin = entry.origin.as_ref();
    let same_place = |f: &Found<'_>| {
        let place = super::convert::file_origin(f.object);
        place.is_some_and(|place| origin.is_some_and(|o| o.path == place.path))
    };
    let kept = format!("-{}.cbor.zstd", entry.sha256.get(..16).unwrap_or(&entry.sha256));
    let size = |f: &Found<'_>| f.object.size == entry.size;
    let by_place = all().find(|f| named(f) && same_place(f));
    let by_hash = || all().find(|f| f.object.export_key.ends_with(&kept));
    by_place.or_else(by_hash).or_else(|| all().find(|f| named(f) && size(f))).or_else(|| all().find(named))
}
