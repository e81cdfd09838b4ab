//! Amazon S3 and services that speak its protocol. The AWS crates are used in this file and the folder beside it only.
//!
//! The SDK is asynchronous; the trait is not. Requests run on the runtime the client was given, and the calling
//! thread waits. That thread must not be the only one of that runtime.

mod download;
mod failure;
mod listing;
mod location;

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use aws_config::environment::EnvironmentVariableRegionProvider;
use aws_config::imds::region::ImdsRegionProvider;
use aws_config::meta::region::RegionProviderChain;
use aws_config::profile::ProfileFileRegionProvider;
use aws_config::provider_config::ProviderConfig;
use aws_sdk_s3::Client;
use aws_sdk_s3::config::interceptors::InterceptorContext;
use aws_sdk_s3::config::retry::{ClassifyRetry, RetryAction, RetryConfig};
use aws_sdk_s3::config::timeout::TimeoutConfig;
use aws_sdk_s3::config::{
    BehaviorVersion, Builder, Credentials, Region, SharedHttpClient, StalledStreamProtectionConfig,
};
use aws_sdk_s3::types::RequestPayer;
use aws_smithy_http_client::proxy::ProxyConfig;
use aws_smithy_http_client::{Connector, tls};
use aws_types::SdkConfig;
use aws_types::service_config::ServiceConfigKey;
use tokio::runtime::Handle;
use tokio::sync::watch;

use super::{Error, Identity, Listing, Object, Opened, Origin, Sha256Read, Source, identity};
use crate::shown;
use crate::window::Window;

pub use failure::{S3Error, S3ErrorKind};
pub use location::S3Location;

/// Pauses between attempts are random up to a limit that doubles from the first to the longest.
const FIRST_PAUSE: Duration = Duration::from_millis(200);
const LONGEST_PAUSE: Duration = Duration::from_secs(20);
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
const ANSWER_TIMEOUT: Duration = Duration::from_secs(60);

/// How to reach S3. The default is what the AWS command line would do.
#[derive(Debug, Clone)]
pub struct S3Options {
    /// Profile of the shared configuration files (`--profile`).
    pub profile: Option<String>,
    /// Region (`--region`); otherwise environment, profile, instance metadata, and at last us-east-1.
    pub region: Option<String>,
    /// A service other than AWS (`--endpoint-url`); otherwise environment and profile.
    pub endpoint_url: Option<String>,
    /// Whether the bucket stands in the path or in the host name (`--path-style`).
    pub path_style: PathStyle,
    /// Ask without credentials, for public buckets (`--no-sign-request`).
    pub no_sign_request: bool,
    /// Agree to pay for requests to someone else's bucket (`--request-payer`).
    pub request_payer: bool,
    /// Fixed credentials instead of the standard chain, for programs that embed this library.
    pub credentials: Option<StaticCredentials>,
    /// How often one request is sent before its failure counts, and how often in a row a broken transfer is taken up
    /// again without getting further.
    pub attempts: u32,
    /// How long a body may bring nothing before the connection counts as broken.
    pub stall: Duration,
}

impl Default for S3Options {
    fn default() -> Self {
        Self {
            profile: None,
            region: None,
            endpoint_url: None,
            path_style: PathStyle::Auto,
            no_sign_request: false,
            request_payer: false,
            credentials: None,
            attempts: 8,
            stall: Duration::from_secs(20),
        }
    }
}

/// Where the bucket's name stands in a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum PathStyle {
    /// In the host name for AWS, in the path for any other service: few of those have a host name per bucket.
    #[default]
    Auto,
    /// In the path.
    Always,
    /// In the host name.
    Never,
}

impl FromStr for PathStyle {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "auto" => Ok(Self::Auto),
            "always" => Ok(Self::Always),
            "never" => Ok(Self::Never),
            _ => Err("use auto, always or never"),
        }
    }
}

/// Fixed credentials. None of it shows when printed for debugging.
#[derive(Clone)]
pub struct StaticCredentials {
    /// Access key id.
    pub access_key_id: String,
    /// Secret access key.
    pub secret_access_key: String,
    /// Session token of temporary credentials.
    pub session_token: Option<String>,
}

impl fmt::Debug for StaticCredentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StaticCredentials").finish_non_exhaustive()
    }
}

/// A connection to one S3 service, shared by any number of sources and threads.
#[derive(Debug, Clone)]
pub struct S3Client {
    client: Client,
    runtime: Handle,
    endpoint: Option<String>,
    payer: Option<RequestPayer>,
    attempts: u32,
    stop: Stop,
}

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
            check_endpoint(url)?;
        }
        let (owned, stop) = (options.clone(), Stop(watch::Sender::new(false)));
        let (client, endpoint) = wait(runtime, &stop, async move { build(&owned).await })?;
        let payer = options.request_payer.then_some(RequestPayer::Requester);
        Ok(Self { client, runtime: runtime.clone(), endpoint, payer, attempts: options.attempts, stop })
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
        let (location, source, window) = (self.location.clone(), self.name.clone(), *window);
        let listing = wait(&self.client.runtime, &self.client.stop, async move {
            let endpoint = endpoint.as_deref();
            listing::Lister { location: &location, source: &source, endpoint, payer, window }.run(&client).await
        })?;
        Ok(listing?)
    }

    fn identify(&self, object: &Object) -> Result<Identity, Error> {
        let (endpoint, bucket, key) = parts(object)?;
        let mut words = vec!["s3", bucket, key];
        words.extend(endpoint);
        Ok(Identity { ledger_id: identity(&words), sha256: None })
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
            action: format!("read {}", shown::name(&object.export_key)),
        };
        Ok(Sha256Read::new(download::start(download, &self.client.runtime, &self.client.stop)?))
    }
}

fn parts(object: &Object) -> Result<(Option<&str>, &str, &str), Error> {
    match &object.origin {
        Origin::S3 { endpoint, bucket, key } => Ok((endpoint.as_deref(), bucket, key)),
        Origin::File { path } => Err(Error::WrongSource { location: shown::name(&path.to_string_lossy()) }),
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

async fn build(options: &S3Options) -> (Client, Option<String>) {
    let http = http_client();
    let mut loader = aws_config::defaults(BehaviorVersion::latest()).http_client(http.clone());
    if let Some(profile) = &options.profile {
        loader = loader.profile_name(profile);
    }
    if options.no_sign_request {
        loader = loader.no_credentials();
    } else if let Some(fixed) = &options.credentials {
        loader = loader.credentials_provider(Credentials::new(
            &fixed.access_key_id,
            &fixed.secret_access_key,
            fixed.session_token.clone(),
            None,
            "lightmeter",
        ));
    }
    let sdk = loader.region(regions(options, http)).load().await;
    let endpoint = endpoint(options, &sdk);
    let path_style = match options.path_style {
        PathStyle::Auto => endpoint.is_some(),
        PathStyle::Always => true,
        PathStyle::Never => false,
    };
    let mut config = Builder::from(&sdk)
        .force_path_style(path_style)
        .retry_config(retries(options.attempts))
        .retry_classifier(Classifier)
        .timeout_config(TimeoutConfig::builder().connect_timeout(CONNECT_TIMEOUT).read_timeout(ANSWER_TIMEOUT).build())
        .stalled_stream_protection(StalledStreamProtectionConfig::enabled().grace_period(options.stall).build());
    if let Some(url) = &options.endpoint_url {
        config = config.endpoint_url(url);
    }
    if options.no_sign_request {
        config = config.allow_no_auth();
    }
    (Client::from_conf(config.build()), endpoint)
}

/// Instance metadata is asked for the region only where it can matter: off AWS it is a wait for nothing.
fn regions(options: &S3Options, http: SharedHttpClient) -> RegionProviderChain {
    let mut profile = ProfileFileRegionProvider::builder();
    if let Some(name) = &options.profile {
        profile = profile.profile_name(name);
    }
    let chain = RegionProviderChain::first_try(options.region.clone().map(Region::new))
        .or_else(EnvironmentVariableRegionProvider::new())
        .or_else(profile.build());
    let fallback = Region::from_static("us-east-1");
    if options.endpoint_url.is_some() || options.no_sign_request {
        chain.or_else(fallback)
    } else {
        let metadata = ImdsRegionProvider::builder().configure(&ProviderConfig::default().with_http_client(http));
        chain.or_else(metadata.build()).or_else(fallback)
    }
}

/// The service in use when it is not AWS, from the option, the environment or the profile, in its plainest spelling:
/// it is part of the objects' identity.
fn endpoint(options: &S3Options, sdk: &SdkConfig) -> Option<String> {
    let configured = || {
        let key = ServiceConfigKey::builder().service_id("S3").env("AWS_ENDPOINT_URL").profile("endpoint_url").build();
        key.ok().and_then(|key| sdk.service_config()?.load_config(key))
    };
    let url = options.endpoint_url.clone().or_else(configured).or_else(|| sdk.endpoint_url().map(str::to_owned))?;
    let plain = url.trim_end_matches('/').to_ascii_lowercase();
    let host = plain.split_once("://").map_or(plain.as_str(), |(_, rest)| rest);
    let host = host.split(['/', ':']).next().unwrap_or(host);
    let aws = host.ends_with(".amazonaws.com") || host.ends_with(".amazonaws.com.cn");
    (!aws).then_some(plain)
}

fn check_endpoint(url: &str) -> Result<(), Error> {
    let bad = |reason| {
        let address = if url.contains('@') { "the endpoint".to_owned() } else { shown::name(url) };
        Err(Error::BadAddress { address, reason })
    };
    let Some(host) = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://")) else {
        return bad("an endpoint starts with https:// or http://");
    };
    if host.split('/').next().is_some_and(|host| host.contains('@')) {
        return bad("credentials do not belong in an address");
    }
    if host.is_empty() || host.starts_with(['/', ':']) || !host.chars().all(|c| c.is_ascii_graphic()) {
        return bad("an endpoint names a host");
    }
    Ok(())
}

/// TLS by rustls with ring and the system's certificates, through the proxy that the usual variables name.
fn http_client() -> SharedHttpClient {
    let provider = tls::Provider::Rustls(tls::rustls_provider::CryptoMode::Ring);
    aws_smithy_http_client::Builder::new().build_with_connector_fn(move |settings, components| {
        let mut connector = Connector::builder().proxy_config(ProxyConfig::from_env());
        if let Some(settings) = settings {
            connector = connector.connector_settings(settings.clone());
        }
        if let Some(components) = components {
            connector.set_sleep_impl(components.sleep_impl());
        }
        connector.tls_provider(provider.clone()).build()
    })
}

fn retries(attempts: u32) -> RetryConfig {
    RetryConfig::standard()
        .with_max_attempts(attempts)
        .with_initial_backoff(FIRST_PAUSE)
        .with_max_backoff(LONGEST_PAUSE)
}

/// Corrects the SDK's view of what is worth another attempt: some services answer 429 without an error code that it
/// knows, and an untrusted certificate does not become trusted by asking again.
#[derive(Debug)]
struct Classifier;

impl ClassifyRetry for Classifier {
    fn classify_retry(&self, context: &InterceptorContext) -> RetryAction {
        if context.response().is_some_and(|response| response.status().as_u16() == 429) {
            return RetryAction::throttling_error();
        }
        let failed = context.output_or_error().and_then(|result| result.err());
        match failed.and_then(|error| error.as_connector_error()) {
            Some(error) if failure::is_tls(error) => RetryAction::RetryForbidden,
            _ => RetryAction::NoActionIndicated,
        }
    }

    fn name(&self) -> &'static str {
        "lightmeter"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn endpoints_that_are_no_endpoints_are_refused_without_repeating_secrets() {
        for bad in ["localhost:9000", "ftp://x", "http://", "http:///x", "https://:9000", "https://a b"] {
            assert!(check_endpoint(bad).is_err(), "{bad}");
        }
        let error = check_endpoint("https://key:canary@minio:9000").unwrap_err().to_string();
        assert!(error.contains("credentials") && !error.contains("canary"), "{error}");
        check_endpoint("https://minio.example:9000/s3").unwrap();
    }

    #[test]
    fn only_other_services_are_part_of_the_identity() {
        let sdk = SdkConfig::builder().build();
        let of = |url: &str| endpoint(&S3Options { endpoint_url: Some(url.into()), ..S3Options::default() }, &sdk);
        assert_eq!(of("https://MinIO.example:9000/"), Some("https://minio.example:9000".into()));
        assert_eq!(of("https://s3.eu-west-1.amazonaws.com"), None);
        assert_eq!(
            of("https://s3.eu-west-1.amazonaws.com.evil.example"),
            Some("https://s3.eu-west-1.amazonaws.com.evil.example".into())
        );
    }

    #[test]
    fn credentials_do_not_show_in_debug_output() {
        let fixed = StaticCredentials {
            access_key_id: "canary-id".into(),
            secret_access_key: "canary-secret".into(),
            session_token: Some("canary-token".into()),
        };
        let options = S3Options { credentials: Some(fixed), ..S3Options::default() };
        assert!(!format!("{options:?}").contains("canary"));
    }
}
