//! From sources as written to listings: which client a bucket needs, and what to make of a place that fails.

use tokio::runtime::Handle;

use super::pull::{PullOptions, Unread};
use crate::acquire::{
    DirSource, Error as AcquireError, Listing, Place, S3Client, S3ErrorKind, S3Location, S3Options, S3Source, Source,
};
use crate::error::Error;
use crate::progress::Progress;

/// A place that was looked at.
pub(super) struct Listed {
    /// The source.
    pub(super) source: Box<dyn Source>,
    /// What it holds.
    pub(super) listing: Listing,
}

/// Looks at every source. Places that cannot be looked at are noted, unless there is no other.
///
/// # Errors
/// When a source is written wrongly, none of them can be looked at, or the run was ended.
pub(super) fn list(
    options: &PullOptions,
    runtime: &Handle,
    progress: &Progress,
    unread: &mut Vec<Unread>,
) -> Result<Vec<Listed>, Error> {
    let listed = look(options, runtime, progress, unread);
    match options.stop.requested() {
        // What failed because the run was ended is no failure.
        Some(signal) => Err(Error::Stopped { signal, done: None }),
        None => listed,
    }
}

fn look(
    options: &PullOptions,
    runtime: &Handle,
    progress: &Progress,
    unread: &mut Vec<Unread>,
) -> Result<Vec<Listed>, Error> {
    let mut clients = Clients { options, runtime, made: Vec::new() };
    let mut listed = Vec::new();
    let mut failures = Vec::new();
    // Before anything is asked of anybody: a mistake in one of them is a mistake in the command.
    let places = options.sources.iter().map(|wanted| Ok((wanted.address.parse()?, &wanted.s3)));
    let places: Vec<(Place, &S3Options)> = places.collect::<Result<_, AcquireError>>()?;
    for (place, s3) in places {
        if options.stop.requested().is_some() {
            break;
        }
        let (name, result) = match place {
            Place::Path(path) => {
                let source = DirSource::new(path);
                progress.preparing(&format!("looking at {}", source.name()));
                let listing = source.list(&options.window);
                (source.name(), listing.map(|listing| Listed { source: Box::new(source), listing }))
            }
            Place::S3(location) => {
                progress.preparing(&format!("looking at {location}"));
                (location.to_string(), clients.list(&location, s3))
            }
        };
        match result {
            Ok(found) => {
                let skipped = found.listing.skipped.iter();
                unread.extend(skipped.map(|s| Unread { name: s.location.clone(), reason: s.reason.clone() }));
                listed.push(found);
            }
            Err(error) => failures.push((name, error)),
        }
    }
    if listed.is_empty()
        && let Some((_, error)) = failures.pop()
    {
        return Err(error.into());
    }
    unread.extend(failures.into_iter().map(|(name, error)| Unread { name, reason: explain(&error) }));
    Ok(listed)
}

fn explain(error: &AcquireError) -> String {
    error.help().map_or_else(|| error.to_string(), |help| format!("{error}; {help}"))
}

/// One client per way to reach S3, made when it is needed.
struct Clients<'o> {
    options: &'o PullOptions,
    runtime: &'o Handle,
    made: Vec<(S3Options, S3Client)>,
}

impl Clients<'_> {
    /// Lists a prefix, in the region that the service names should it be another one: the buckets of one job need not
    /// be in one region.
    fn list(&mut self, location: &S3Location, s3: &S3Options) -> Result<Listed, AcquireError> {
        match self.list_with(location, s3) {
            Err(AcquireError::S3(error)) => match error.kind {
                S3ErrorKind::WrongRegion(Some(region)) => {
                    self.list_with(location, &S3Options { region: Some(region), ..s3.clone() })
                }
                _ => Err(AcquireError::S3(error)),
            },
            done => done,
        }
    }

    fn list_with(&mut self, location: &S3Location, s3: &S3Options) -> Result<Listed, AcquireError> {
        let client = match self.made.iter().find(|(made_with, _)| made_with == s3) {
            Some((_, client)) => client.clone(),
            None => {
                let client = S3Client::connect(s3, self.runtime)?;
                self.options.stop.ends(&client);
                self.made.push((s3.clone(), client.clone()));
                client
            }
        };
        let source = S3Source::new(client, location.clone());
        let listing = source.list(&self.options.window)?;
        Ok(Listed { source: Box::new(source), listing })
    }
}
