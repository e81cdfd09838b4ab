//! Amazon S3 and services that speak its protocol. The AWS crates are used in this file and the folder beside it only.
//!
//! The SDK is asynchronous; the trait is not. Requests run on the runtime the client was given, and the calling
//! thread waits. That thread must not be the only one of that runtime.

mod connect;
mod download;
mod failure;
mod listing;
mod location;
mod options;

use std::sync::Arc;

use aws_sdk_s3::Client;
use aws_sdk_s3::types::RequestPayer;
use tokio::runtime::Handle;
use tokio::sync::watch;

use super::{
    Budget, Error, Identity, Known, Listing, Object, Opened, Origin, Sha256Read, Source, identity, object_key,
};
use crate::text;
use crate::window::Window;

pub use failure::{S3Error, S3ErrorKind};
pub use location::S3Location;
pub use options::{PathStyle, S3Options, StaticCredentials};

/// A connection to one S3 service, shared by any number of sources and threads.
#[derive(Debug, Clone)]
pub struct S3Client {
    client: Client,
    runtime: Handle,
    endpoint: Option<Arc<str>>,
    payer: Option<RequestPayer>,
    attempts: u32,
    resumptions: Budget,
    stop: Stop,
}

/// Resumptions that all transfers of a client may make together; each object that arrives whole gives one back.
const RESUMPTIONS: u32 = 100;

/// Ends waiting and transfers from outside.
#[derive(Debug, Clone)]
struct Stop(watch::Sender<bool>);

impl Stop {
    /// Resolves once stopped.
    fn wait(&self) -> impl Future<Output = ()> + Send + 'static {
        let mut receiver = self.0.subscribe();
        async move {
            // The sender lives in every client; that it is gone means that nobody can stop any more.
            if receiver.wait_for(|stopped| *stopped).await.is_err() {
                std::future::pending::<()>().await;
            }
        }
    }
}

impl S3Client {
    /// Prepares a client. Credentials are looked for when the first request needs them; only the region may be asked
    /// of the instance metadata here.
    ///
    /// # Errors
    /// When the endpoint is not an http or https address.
    pub fn connect(options: &S3Options, runtime: &Handle) -> Result<Self, Error> {
        if let Some(url) = &options.endpoint_url {
            connect::check_endpoint(url)?;
        }
        let (owned, stop) = (options.clone(), Stop(watch::Sender::new(false)));
        let (client, endpoint) = wait(runtime, &stop, async move { connect::build(&owned).await })?;
        let payer = options.request_payer.then_some(RequestPayer::Requester);
        Ok(Self {
            client,
            runtime: runtime.clone(),
            endpoint: endpoint.map(Arc::from),
            payer,
            attempts: options.attempts,
            resumptions: Budget::new(RESUMPTIONS),
            stop,
        })
    }

    /// Ends all requests and transfers of this client and its clones at once, for good: whoever waits for one gets
    /// [`Error::Stopped`].
    pub fn stop(&self) {
        self.stop.0.send_replace(true);
    }
}

/// Exports under a prefix of a bucket.
#[derive(Debug)]
pub struct S3Source {
    client: S3Client,
    location: S3Location,
    name: String,
}

impl S3Source {
    /// A source at a place; nothing is asked yet.
    #[must_use]
    pub fn new(client: S3Client, location: S3Location) -> Self {
        let name = location.to_string();
        Self { client, location, name }
    }
}

impl Source for S3Source {
    fn name(&self) -> String {
        self.name.clone()
    }

    fn list(&self, window: &Window) -> Result<Listing, Error> {
        let S3Client { client, endpoint, payer, .. } = self.client.clone();
        let (location, window) = (self.location.clone(), *window);
        let listing = wait(&self.client.runtime, &self.client.stop, async move {
            listing::Lister { location: &location, endpoint, payer, window }.run(&client).await
        })?;
        Ok(listing?)
    }

    fn identify(&self, object: &Object, _: &dyn Fn() -> bool) -> Result<Identity, Error> {
        let (endpoint, bucket, key) = parts(object)?;
        let mut words = vec!["s3", bucket, key];
        words.extend(endpoint);
        Ok(Identity { ledger_id: identity(&words), sha256: None })
    }

    fn look_again(&self, object: &Object) -> Result<Option<Object>, Error> {
        let (_, bucket, key) = parts(object)?;
        let location = S3Location { bucket: bucket.to_owned(), prefix: key.to_owned(), exact: true };
        let only = Self { client: self.client.clone(), location, name: self.name.clone() };
        Ok(only.list(&Window::default())?.objects.pop())
    }

    /// The identity is made of endpoint, bucket and key, so that a bucket of the same name elsewhere is another one.
    fn would_list(&self, known: Known<'_>, window: &Window) -> bool {
        let start = format!("s3://{}/", self.location.bucket);
        let Some(key) = known.export_key.strip_prefix(&start) else { return false };
        let same = |key: &str| {
            let mut words = vec!["s3", &self.location.bucket, key];
            words.extend(self.client.endpoint.as_deref());
            let name = object_key::parse(key).filter(|name| !object_key::is_before(name.time, window));
            self.location.takes(key) && name.is_some() && identity(&words) == known.ledger_id
        };
        same(key) || key.rsplit_once('~').is_some_and(|(key, _)| same(key))
    }

    fn open(&self, object: &Object) -> Result<Opened, Error> {
        let (_, bucket, key) = parts(object)?;
        let download = download::Download {
            client: self.client.client.clone(),
            bucket: bucket.to_owned(),
            key: key.to_owned(),
            etag: object.etag.clone(),
            size: object.size,
            payer: self.client.payer.clone(),
            attempts: self.client.attempts,
            budget: self.client.resumptions.clone(),
            action: format!("read {}", text::place(&object.export_key)),
            room: download::Download::room(),
        };
        Ok(Sha256Read::new(download::start(download, &self.client.runtime, &self.client.stop)?))
    }
}

fn parts(object: &Object) -> Result<(Option<&str>, &str, &str), Error> {
    match &object.origin {
        Origin::S3 { endpoint, bucket, key } => Ok((endpoint.as_deref(), bucket, key)),
        Origin::File { path } => Err(Error::WrongSource { location: text::place(&path.to_string_lossy()) }),
    }
}

/// Runs a future on the runtime and waits for it; unlike `block_on` it cannot panic when called from the wrong thread.
fn wait<T: Send + 'static>(
    runtime: &Handle,
    stop: &Stop,
    future: impl Future<Output = T> + Send + 'static,
) -> Result<T, Error> {
    let (sender, receiver) = std::sync::mpsc::channel();
    let stopped = stop.wait();
    runtime.spawn(async move {
        tokio::select! {
            result = future => drop(sender.send(result)),
            () = stopped => {}
        }
    });
    receiver.recv().map_err(|_| Error::Stopped)
}
