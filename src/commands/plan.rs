//! Which exports a pull has to convert, and the names that their rows will carry.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use super::convert::{CONVERTER, file_origin};
use super::pull::{PullOptions, Pulled, unread};
use super::sources::Listed;
use crate::acquire::{Error as AcquireError, Identity, Keep, Object, Origin, Source};
use crate::lake::{Index, IndexEntry};

/// What is to be done with an export.
pub(super) enum Task {
    /// Its rows are to be in the lake.
    Convert,
    /// Its rows are in the lake, but its original is to be kept, too.
    Keep {
        /// Hash of the content that the rows are from.
        sha256: String,
    },
}

/// One export to read.
pub(super) struct Job<'l> {
    pub(super) task: Task,
    pub(super) source: &'l dyn Source,
    /// With the name that its rows will carry.
    pub(super) object: Cow<'l, Object>,
    pub(super) identity: Identity,
}

/// What the lake holds in the form that this run would give it.
struct Held<'l> {
    by_id: BTreeMap<&'l str, &'l IndexEntry>,
    /// Local files by path, size and modification time.
    files: BTreeMap<(&'l str, u64, i64), &'l str>,
    /// Local files by content.
    contents: BTreeMap<&'l str, &'l str>,
    /// Local files whose end was missing or unreadable, by path.
    damaged: BTreeMap<&'l str, &'l str>,
}

impl<'l> Held<'l> {
    fn new(index: &'l Index, content: &str) -> Self {
        let whole = |e: &&IndexEntry| !e.lost && e.converter == CONVERTER && e.content == content;
        let current = || index.entries.iter().filter(whole);
        let files = || current().filter_map(|e| e.origin.as_ref().map(|origin| (e, origin)));
        Self {
            by_id: current().map(|e| (e.id.as_str(), e)).collect(),
            files: files().map(|(e, o)| ((o.path.as_str(), o.size, o.mtime), e.id.as_str())).collect(),
            contents: files().map(|(e, _)| (e.sha256.as_str(), e.id.as_str())).collect(),
            damaged: files().filter(|(e, _)| e.partial).map(|(e, o)| (o.path.as_str(), e.id.as_str())).collect(),
        }
    }

    /// The export of a local file that has not been touched since.
    fn unchanged_file(&self, object: &Object) -> Option<&'l str> {
        let origin = file_origin(object)?;
        self.files.get(&(origin.path.as_str(), origin.size, origin.mtime)).copied()
    }

    /// The export that already holds the object's present content.
    fn holder(&self, object: &Object, identity: &Identity) -> Option<&'l str> {
        let entry = self.by_id.get(identity.ledger_id.as_str());
        match object.origin {
            Origin::File { .. } => {
                let same = identity.sha256.as_deref().and_then(|sha256| self.contents.get(sha256).copied());
                same.or_else(|| entry.map(|e| e.id.as_str()))
            }
            Origin::S3 { .. } => entry
                .filter(|e| e.size == object.size && e.etag == object.etag && object.etag.is_some())
                .map(|e| e.id.as_str()),
        }
    }

    /// The damaged export that stood at the object's path before: a file that was cut off and is whole now takes the
    /// place of what could be read of it.
    fn damaged_file(&self, object: &Object) -> Option<&'l str> {
        self.damaged.get(file_origin(object)?.path.as_str()).copied()
    }
}

/// The names that rows carry. Two files of one name with different content are two exports, so the second gets the start
/// of its identity added: rows of different exports must never look like rows of one.
struct Names<'l> {
    owners: BTreeMap<Cow<'l, str>, Cow<'l, str>>,
    given: BTreeMap<Cow<'l, str>, Cow<'l, str>>,
}

/// Digits of an identity that are added to a name; enough to tell files of one name apart.
const NAME_DIGITS: usize = 12;

impl<'l> Names<'l> {
    fn new(index: &'l Index) -> Self {
        let pairs = || index.entries.iter().map(|e| (e.export_key.as_str().into(), e.id.as_str().into()));
        Self { owners: pairs().collect(), given: pairs().map(|(name, id)| (id, name)).collect() }
    }

    fn name(&mut self, wanted: &str, id: &str) -> String {
        if let Some(name) = self.given.get(id) {
            return name.clone().into_owned();
        }
        let taken = self.owners.get(wanted).is_some_and(|owner| owner != id);
        let name = if taken { format!("{wanted}~{}", &id[..NAME_DIGITS.min(id.len())]) } else { wanted.to_owned() };
        self.owners.insert(name.clone().into(), id.to_owned().into());
        self.given.insert(id.to_owned().into(), name.clone().into());
        name
    }
}

/// What a pull will do.
pub(super) struct Plan<'l> {
    pub(super) jobs: Vec<Job<'l>>,
    /// Identities of all that was found.
    pub(super) ids: BTreeSet<String>,
}

/// Leaves out what the lake holds already, and all but the first of several copies of one file.
pub(super) fn plan<'l>(
    listed: &'l [Listed],
    index: &Index,
    options: &PullOptions,
    keep: Option<&Keep>,
    pulled: &mut Pulled,
) -> Plan<'l> {
    let held = Held::new(index, options.content.name());
    let mut names = Names::new(index);
    let mut ids = BTreeSet::new();
    let mut jobs = Vec::new();
    for Listed { source, listing } in listed {
        for object in &listing.objects {
            // Files are read to be identified, which takes time.
            if options.stop.requested().is_some() {
                return Plan { jobs, ids };
            }
            let lacking = |id: &str| lacking_original(keep, held.by_id.get(id).copied());
            if let Some(id) = held.unchanged_file(object)
                && lacking(id).is_none()
            {
                pulled.unchanged += 1;
                ids.insert(id.to_owned());
                continue;
            }
            let mut identity = match source.identify(object, &|| options.stop.requested().is_some()) {
                Ok(identity) => identity,
                Err(AcquireError::Stopped) => return Plan { jobs, ids },
                Err(error) => {
                    pulled.unread.push(unread(object, &error.into()));
                    continue;
                }
            };
            let holder = held.holder(object, &identity);
            if holder.is_none()
                && let Some(damaged) = held.damaged_file(object)
            {
                damaged.clone_into(&mut identity.ledger_id);
            }
            let new = ids.insert(holder.map_or_else(|| identity.ledger_id.clone(), str::to_owned));
            let task = match holder.map(|id| (id, lacking(id))) {
                None => Task::Convert,
                Some((id, Some(sha256))) => {
                    id.clone_into(&mut identity.ledger_id);
                    Task::Keep { sha256 }
                }
                Some((_, None)) => {
                    pulled.unchanged += 1;
                    continue;
                }
            };
            if !new {
                pulled.unchanged += 1;
                continue;
            }
            let export_key = names.name(&object.export_key, &identity.ledger_id);
            let object = match export_key == object.export_key {
                true => Cow::Borrowed(object),
                false => Cow::Owned(Object { export_key, ..object.clone() }),
            };
            jobs.push(Job { task, source: source.as_ref(), object, identity });
        }
    }
    Plan { jobs, ids }
}

/// The hash of an export whose original is to be kept and is not.
fn lacking_original(keep: Option<&Keep>, held: Option<&IndexEntry>) -> Option<String> {
    let (keep, held) = (keep?, held?);
    (!keep.holds(&held.export_key, &held.sha256)).then(|| held.sha256.clone())
}
