//! From options to a client: credentials, region, endpoint, TLS, proxy, retries.

use std::time::Duration;

use aws_config::environment::EnvironmentVariableRegionProvider;
use aws_config::imds::region::ImdsRegionProvider;
use aws_config::meta::region::RegionProviderChain;
use aws_config::profile::{ProfileFileCredentialsProvider, ProfileFileRegionProvider};
use aws_config::provider_config::ProviderConfig;
use aws_sdk_s3::Client;
use aws_sdk_s3::config::interceptors::InterceptorContext;
use aws_sdk_s3::config::retry::{ClassifyRetry, RetryAction, RetryConfig};
use aws_sdk_s3::config::timeout::TimeoutConfig;
use aws_sdk_s3::config::{
    BehaviorVersion, Builder, Credentials, Region, SharedHttpClient, StalledStreamProtectionConfig,
};
use aws_smithy_http_client::proxy::ProxyConfig;
use aws_smithy_http_client::{Connector, tls};
use aws_types::SdkConfig;
use aws_types::service_config::ServiceConfigKey;

use super::failure;
use super::options::{PathStyle, S3Options};
use crate::acquire::Error;
use crate::text;

/// Pauses between attempts are random up to a limit that doubles from the first to the longest.
const FIRST_PAUSE: Duration = Duration::from_millis(200);
const LONGEST_PAUSE: Duration = Duration::from_secs(20);
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
const ANSWER_TIMEOUT: Duration = Duration::from_secs(60);

/// Builds the client; the second part is the service in use when it is not AWS.
pub(super) async fn build(options: &S3Options) -> (Client, Option<String>) {
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
    } else if let Some(name) = &options.profile {
        // Whoever names a profile means it: not the keys that happen to be in the environment.
        let region = regions(options, http.clone()).region().await;
        let provider = ProviderConfig::default().with_http_client(http.clone()).with_region(region);
        let profile = ProfileFileCredentialsProvider::builder().profile_name(name).configure(&provider);
        loader = loader.credentials_provider(profile.build());
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

/// Refuses what is not an address of a service, before anything is sent anywhere.
pub(super) fn check_endpoint(url: &str) -> Result<(), Error> {
    let bad = |reason| {
        let address = if url.contains('@') { "the endpoint".to_owned() } else { text::place(url) };
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
}
