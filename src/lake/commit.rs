//! Commits of several threads together, because what takes time is the disk.
//!
//! Making one file durable takes a disk as long as making fifty durable. So a thread that finds nobody committing commits
//! whatever waits, its own export and those of others; whoever comes meanwhile waits for the next round. For each export
//! the order is that of a commit alone, and each of them succeeds or fails by itself.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use super::compact::Placed;
use super::ledger::{self, LedgerEntry};
use super::writer::{Committed, Ready, Shared, Staging, refresh};
use super::{Error, disk, layout::Layout, merged, prune};

/// Exports that wait to be committed.
#[derive(Default)]
pub(super) struct Queue {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    waiting: Vec<(u64, Ready)>,
    done: BTreeMap<u64, Result<Committed, Error>>,
    /// Whether a thread commits.
    busy: bool,
    next: u64,
}

impl std::fmt::Debug for Queue {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Queue").finish_non_exhaustive()
    }
}

impl Queue {
    /// Commits an export, by itself or through the thread that is at it.
    pub(super) fn commit(&self, shared: &Shared, ready: Ready) -> Result<Committed, Error> {
        let mut state = self.state();
        let ticket = state.next;
        state.next += 1;
        state.waiting.push((ticket, ready));
        loop {
            if let Some(result) = state.done.remove(&ticket) {
                return result;
            }
            if state.busy {
                state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
                continue;
            }
            state.busy = true;
            let (tickets, group) = next_group(&mut state.waiting);
            drop(state);
            let mut round = Round { queue: self, tickets, results: Vec::new() };
            round.results = commit_all(shared, group);
            drop(round);
            state = self.state();
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A group being committed. Whatever happens to the thread, those who wait are told.
struct Round<'q> {
    queue: &'q Queue,
    tickets: Vec<u64>,
    results: Vec<Result<Committed, Error>>,
}

impl Drop for Round<'_> {
    fn drop(&mut self) {
        let mut state = self.queue.state();
        state.busy = false;
        let mut results = std::mem::take(&mut self.results).into_iter();
        for ticket in &self.tickets {
            let result = results.next().unwrap_or(Err(Error::BadEntry("its commit was not carried out")));
            state.done.insert(*ticket, result);
        }
        drop(state);
        self.queue.changed.notify_all();
    }
}

/// Takes what can be committed together: of several states of one export only the first.
fn next_group(waiting: &mut Vec<(u64, Ready)>) -> (Vec<u64>, Vec<Ready>) {
    let mut ids = BTreeSet::new();
    let all = std::mem::take(waiting).into_iter();
    let (group, later): (Vec<_>, Vec<_>) = all.partition(|(_, ready)| ids.insert(ready.entry.id.clone()));
    *waiting = later;
    group.into_iter().unzip()
}

fn commit_all(shared: &Shared, group: Vec<Ready>) -> Vec<Result<Committed, Error>> {
    let _turn = shared.commit.lock().unwrap_or_else(PoisonError::into_inner);
    let layout = &shared.layout;
    let files: Vec<PathBuf> = group.iter().flat_map(|ready| &ready.finished).map(|part| part.path.clone()).collect();
    let mut synced = disk::sync_all(&files, disk::sync_file).into_iter();
    let mut folders = BTreeSet::new();
    let mut members: Vec<Member<'_>> = Vec::new();
    for ready in group {
        // Takes the results of all its files, also after the first that failed.
        let durable: Vec<_> = synced.by_ref().take(ready.finished.len()).collect();
        let step = durable.into_iter().collect::<Result<(), Error>>();
        members.push(match step.and_then(|()| place(layout, ready, &mut folders)) {
            Ok(member) => member,
            Err(error) => Member::Done(Err(error)),
        });
    }
    sync_folders(&folders.into_iter().collect::<Vec<_>>(), &mut members);
    let drafts: Vec<PathBuf> = members.iter().filter_map(Member::draft).collect();
    let mut synced = disk::sync_all(&drafts, disk::sync_file).into_iter();
    for member in &mut members {
        member.advance(|placed| {
            synced.next().unwrap_or(Ok(()))?;
            ledger::name(layout, &placed.draft, &placed.entry.id, placed.replace)?;
            // From here on the entry names the parts.
            placed.files.keep = true;
            Ok(())
        });
    }
    sync_folders(&[layout.ledger()], &mut members);
    members.into_iter().map(|member| member.end(layout)).collect()
}

/// Syncs folders that concern all members which got so far; a failure is everybody's.
fn sync_folders(folders: &[PathBuf], members: &mut [Member<'_>]) {
    if members.iter().all(|member| matches!(member, Member::Done(_))) {
        return;
    }
    let failed = disk::sync_all(folders, disk::sync_folder).into_iter().find_map(Result::err);
    let Some(Error::Io { action, path, source }) = failed else { return };
    for member in members {
        member.advance(|_| Err(Error::Io { action, path: path.clone(), source: disk::same_failure(&source) }));
    }
}

/// How far the commit of an export is.
enum Member<'s> {
    /// At its end.
    Done(Result<Committed, Error>),
    /// Its parts have their names, its entry has not.
    Placed(Box<PlacedExport<'s>>),
}

struct PlacedExport<'s> {
    files: Placed<'s>,
    entry: LedgerEntry,
    draft: PathBuf,
    old: Option<LedgerEntry>,
    replace: bool,
    /// Holds the draft.
    _staging: Staging,
}

impl Member<'_> {
    fn draft(&self) -> Option<PathBuf> {
        match self {
            Member::Done(_) => None,
            Member::Placed(placed) => Some(placed.draft.clone()),
        }
    }

    /// Takes the next step, if it is not at its end.
    fn advance(&mut self, step: impl FnOnce(&mut PlacedExport<'_>) -> Result<(), Error>) {
        if let Member::Placed(placed) = self
            && let Err(error) = step(placed)
        {
            *self = Member::Done(Err(error));
        }
    }

    fn end(self, layout: &Layout) -> Result<Committed, Error> {
        let placed = match self {
            Member::Done(result) => return result,
            Member::Placed(placed) => placed,
        };
        for part in placed.old.iter().flat_map(|old| &old.parts) {
            // Should this fail, nobody reads the file any more and the next writer removes it.
            let _ = fs::remove_file(layout.part(&part.path));
        }
        Ok(if placed.replace { Committed::Replaced } else { Committed::Added })
    }
}

/// Compares an export with what the lake holds of it, gives its parts their names and writes the draft of its entry.
fn place<'s>(layout: &'s Layout, ready: Ready, folders: &mut BTreeSet<PathBuf>) -> Result<Member<'s>, Error> {
    let Ready { mut finished, staging, mut entry } = ready;
    let path = layout.entry(&entry.id);
    let first_day = prune::first_day(layout)?;
    finished.retain(|part| first_day.as_ref().is_none_or(|first| part.day.folder() >= *first));
    let (mut old, replace) = match ledger::read_entry(&path, &entry.id) {
        Ok(old) => (old, path.exists()),
        // What a damaged entry named becomes garbage once the entry is replaced.
        Err(Error::Damaged { .. }) => (None, true),
        Err(error) => return Err(error),
    };
    if let Some(old) = &mut old {
        old.parts.retain(|part| prune::stays(part, first_day.as_deref()));
    }
    if let Some(old) = &old
        && old.same_conversion(&entry)
        && old.parts.iter().all(|part| merged::is_there(layout, part))
    {
        refresh(layout, &staging.folder, old, entry.etag, entry.origin)?;
        return Ok(Member::Done(Ok(Committed::Unchanged)));
    }
    let mut files = Placed { layout, paths: Vec::new(), keep: false };
    let taken = old.iter().flat_map(|old| &old.parts).map(|part| part.path.as_str()).collect();
    entry.parts = staging.place(finished, &entry, &taken, &mut files, folders)?;
    let draft = ledger::draft(&staging.folder, &entry)?;
    Ok(Member::Placed(Box::new(PlacedExport { files, entry, draft, old, replace, _staging: staging })))
}
