//! Failures of S3, told apart by what the user can do about them.
//!
//! A message is made of our own words, the error code, the HTTP status and AWS's request id. What the server wrote
//! beyond that is not repeated: it may hold key ids, signed strings and signatures.

use std::error::Error as StdError;

use aws_sdk_s3::config::http::HttpResponse;
use aws_sdk_s3::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_s3::operation::RequestId;

use crate::text;

/// A request or a transfer that failed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("cannot {action}: {kind}{}", details(.code.as_deref(), *.status, .request_id.as_deref()))]
pub struct S3Error {
    /// What was tried, such as `list s3://bucket/prefix`.
    pub action: String,
    /// What is wrong.
    pub kind: S3ErrorKind,
    /// The error code the server gave.
    pub code: Option<String>,
    /// The HTTP status.
    pub status: Option<u16>,
    /// The request id to tell AWS support; it identifies the request and gives no access.
    pub request_id: Option<String>,
}

/// What is wrong.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum S3ErrorKind {
    /// The credentials do not suffice for listing.
    #[error("listing is denied")]
    ListDenied,
    /// The credentials do not suffice for reading the object.
    #[error("reading is denied")]
    ReadDenied,
    /// No credentials were found, or a provider could not give any.
    #[error("no usable credentials")]
    NoCredentials,
    /// The session has ended.
    #[error("the credentials have expired")]
    Expired,
    /// The service does not know the access key id or the session token.
    #[error("the service does not know these credentials")]
    UnknownKey,
    /// The secret does not belong to the access key id.
    #[error("the signature does not match")]
    BadSignature,
    /// Our clock is off.
    #[error("the clock of this machine differs too much from the server's")]
    ClockSkew,
    /// The bucket does not exist.
    #[error("there is no such bucket")]
    NoSuchBucket,
    /// The bucket is in another region, which the server may have named.
    #[error("the bucket is in another region{}", .0.as_ref().map(|r| format!(" ({r})")).unwrap_or_default())]
    WrongRegion(Option<String>),
    /// The object is in an archive tier.
    #[error("the object is archived (Glacier) and must be restored before it can be read")]
    Archived,
    /// The object's encryption key may not be used.
    #[error("the object's KMS key may not be used with these credentials")]
    Kms,
    /// The object is gone.
    #[error("the object is gone")]
    Gone,
    /// The object is no longer the one that was listed.
    #[error("the object changed after it was listed")]
    Changed,
    /// The server asks for patience, and asked for longer than we had.
    #[error("the server keeps asking to slow down")]
    Throttled,
    /// The server failed.
    #[error("the server failed")]
    Server,
    /// The transfer stopped again and again.
    #[error("the connection broke off after {received} of {size} bytes, and did so again on every retry")]
    Cut {
        /// Bytes received.
        received: u64,
        /// Bytes expected.
        size: u64,
    },
    /// The bytes are not those the server has a checksum of.
    #[error("the bytes received do not match the object's checksum")]
    Corrupted,
    /// No connection with TLS.
    #[error("no trusted TLS connection")]
    Tls,
    /// The host name is unknown.
    #[error("the host name cannot be resolved")]
    Dns,
    /// No connection.
    #[error("no connection")]
    Connect,
    /// No answer in time.
    #[error("no answer in time")]
    Timeout,
    /// An answer that makes no sense.
    #[error("the server's answer makes no sense: {0}")]
    Nonsense(&'static str),
    /// The service or its configuration is not as the SDK expects it.
    #[error("the request was refused")]
    Refused,
}

fn details(code: Option<&str>, status: Option<u16>, request_id: Option<&str>) -> String {
    let status = status.map(|s| format!("HTTP {s}"));
    let request_id = request_id.map(|id| format!("request id {id}"));
    let parts: Vec<_> = [code.map(str::to_owned), status, request_id].into_iter().flatten().collect();
    if parts.is_empty() { String::new() } else { format!(" ({})", parts.join(", ")) }
}

impl S3Error {
    /// A failure that did not come as an error of the SDK.
    pub(super) fn new(action: &str, kind: S3ErrorKind) -> Self {
        Self { action: action.to_owned(), kind, code: None, status: None, request_id: None }
    }

    /// Tells the failure of an operation apart. `denied` is what a refusal means for it.
    pub(super) fn of<E>(action: &str, denied: S3ErrorKind, error: &SdkError<E, HttpResponse>) -> Self
    where
        E: ProvideErrorMetadata + StdError + 'static,
        SdkError<E, HttpResponse>: RequestId,
    {
        let response = error.raw_response();
        let status = response.map(|r| r.status().as_u16());
        let hint = response.and_then(region_hint);
        let kind = match (response, error) {
            (None, SdkError::TimeoutError(_)) => S3ErrorKind::Timeout,
            (None, _) => without_answer(&chain(error)),
            (Some(_), _) => answered(error.code(), error.message(), status, hint, denied),
        };
        let clean =
            |text: &str| text.chars().filter(|c| c.is_ascii_alphanumeric() || "-._".contains(*c)).take(64).collect();
        Self {
            action: action.to_owned(),
            kind,
            code: error.code().map(clean),
            status,
            request_id: RequestId::request_id(error).map(clean),
        }
    }

    /// One line on what to do.
    #[must_use]
    pub fn help(&self) -> Option<String> {
        use S3ErrorKind as K;
        let help = match &self.kind {
            K::ListDenied => "the credentials need s3:ListBucket on the bucket for this prefix",
            K::ReadDenied => "the credentials need s3:GetObject on the objects under this prefix",
            K::NoCredentials => {
                "set AWS_PROFILE or --profile, run `aws sso login`, or use --no-sign-request for a public bucket"
            }
            K::Expired => "renew the credentials (for SSO: `aws sso login`) and run again; what was pulled is kept",
            K::UnknownKey => "check which credentials are in use: environment variables win over the profile",
            K::BadSignature => "check that the secret access key belongs to the key id and was copied whole",
            K::ClockSkew => "set this machine's clock (NTP) and run again",
            K::NoSuchBucket => "check the bucket's name and, for a custom service, --endpoint-url",
            K::WrongRegion(Some(region)) => return Some(format!("use --region {region}")),
            K::WrongRegion(None) => "find out the bucket's region and give it with --region",
            K::Archived => "restore the object (`aws s3api restore-object`) and run again when it is ready",
            K::Kms => "the credentials need kms:Decrypt on the key that the bucket is encrypted with",
            K::Gone => "a lifecycle rule or a person deleted it; run again to list afresh",
            K::Changed => "run again: the new version will be listed and read",
            K::Throttled => "run again later: what was pulled is kept",
            K::Server | K::Cut { .. } | K::Timeout => "run again: what was pulled is kept",
            K::Corrupted => "run again; if it stays, the object or something between here and the server is damaged",
            K::Tls => {
                "check the endpoint's certificate, this machine's clock and certificates (SSL_CERT_FILE names others), and \
                 https or http"
            }
            K::Dns => "check --endpoint-url and --region, the name server and, behind a proxy, HTTPS_PROXY",
            K::Connect => "check --endpoint-url, the network and, behind a proxy, HTTPS_PROXY and NO_PROXY",
            K::Nonsense(_) => "check that --endpoint-url is an S3 service; for some, --path-style decides",
            K::Refused => "check --region, --endpoint-url and --path-style",
        };
        Some(help.to_owned())
    }

    /// Whether trying again from the start may well succeed.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        use S3ErrorKind as K;
        matches!(
            self.kind,
            K::Throttled | K::Server | K::Cut { .. } | K::Corrupted | K::Dns | K::Connect | K::Timeout | K::Changed
        )
    }
}

fn answered(
    code: Option<&str>,
    message: Option<&str>,
    status: Option<u16>,
    region: Option<String>,
    denied: S3ErrorKind,
) -> S3ErrorKind {
    use S3ErrorKind as K;
    let message = message.unwrap_or_default().to_ascii_lowercase();
    let region = region.or_else(|| region_in_message(&message));
    match code.unwrap_or_default() {
        code if code.starts_with("KMS.") || code.starts_with("Kms") => K::Kms,
        "AccessDenied" | "AccessDeniedException" if message.contains("kms") => K::Kms,
        "AccessDenied" | "AccessDeniedException" | "AllAccessDisabled" | "AccountProblem" | "Forbidden" => denied,
        "NoSuchBucket" => K::NoSuchBucket,
        "NoSuchKey" => K::Gone,
        "PermanentRedirect" | "TemporaryRedirect" | "Redirect" | "IncorrectEndpoint" => K::WrongRegion(region),
        "AuthorizationHeaderMalformed" | "IllegalLocationConstraintException" => K::WrongRegion(region),
        "ExpiredToken" | "ExpiredTokenException" | "TokenRefreshRequired" | "RequestExpired" => K::Expired,
        "InvalidAccessKeyId" | "NotSignedUp" | "InvalidToken" | "InvalidSecurity" => K::UnknownKey,
        "SignatureDoesNotMatch" => K::BadSignature,
        "RequestTimeTooSkewed" => K::ClockSkew,
        "SlowDown" | "TooManyRequests" | "TooManyRequestsException" | "RequestLimitExceeded" => K::Throttled,
        code if code.starts_with("Throttl") => K::Throttled,
        "InvalidObjectState" => K::Archived,
        "PreconditionFailed" | "InvalidRange" => K::Changed,
        "RequestTimeout" => K::Timeout,
        _ => match status.unwrap_or_default() {
            301 | 307 | 308 => K::WrongRegion(region),
            400 if region.is_some() => K::WrongRegion(region),
            401 | 403 => denied,
            412 | 416 => K::Changed,
            429 | 503 => K::Throttled,
            200..=299 => K::Nonsense("it is not an answer of S3"),
            500.. => K::Server,
            _ => K::Refused,
        },
    }
}

/// There was no answer at all: told apart by the words of the causes, none of which are repeated.
fn without_answer(chain: &str) -> S3ErrorKind {
    let has = |words: &[&str]| words.iter().any(|w| chain.contains(w));
    // First, because what is said of a certificate holds names that may hold any of the other words.
    if has(&["certificate"]) {
        S3ErrorKind::Tls
    } else if has(&["credential", "identity", "sso", "token"]) {
        S3ErrorKind::NoCredentials
    } else if has(&["dns", "lookup address", "name or service not known", "nodename nor servname"]) {
        S3ErrorKind::Dns
    } else if has(&["tls", "handshake", "unknownissuer", "corrupt message", "invalidcontenttype"]) {
        S3ErrorKind::Tls
    } else if has(&["timed out", "timeout"]) {
        S3ErrorKind::Timeout
    } else if has(&["endpoint", "construct"]) {
        S3ErrorKind::Refused
    } else {
        S3ErrorKind::Connect
    }
}

/// Whether a connection failed because of TLS.
pub(super) fn is_tls(error: &(dyn StdError + 'static)) -> bool {
    without_answer(&chain(error)) == S3ErrorKind::Tls
}

fn chain(error: &dyn StdError) -> String {
    let mut text = error.to_string();
    let mut current = error.source();
    for _ in 0..16 {
        let Some(cause) = current else { break };
        text.push('\n');
        text.push_str(&cause.to_string());
        current = cause.source();
    }
    text.to_ascii_lowercase()
}

/// The region a redirect or a refused signature names: in a header, or in the body's `Region` element.
fn region_hint(response: &HttpResponse) -> Option<String> {
    if let Some(region) = response.headers().get("x-amz-bucket-region") {
        return region_name(region);
    }
    let body = std::str::from_utf8(response.body().bytes()?).ok()?;
    let (_, rest) = body.split_once("<Region>")?;
    region_name(rest.split_once("</Region>")?.0)
}

fn region_in_message(message: &str) -> Option<String> {
    let (_, rest) = message.split_once("expecting '")?;
    region_name(rest.split_once('\'')?.0)
}

/// Only what can be a region: it ends up in a command that the user is told to type.
fn region_name(text: &str) -> Option<String> {
    let plain = text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-');
    (plain && (2..=32).contains(&text.len()) && !text.starts_with('-')).then(|| text::place(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(code: &str, message: &str, status: u16) -> S3ErrorKind {
        answered(Some(code), Some(message), Some(status), None, S3ErrorKind::ReadDenied)
    }

    #[test]
    fn codes_of_the_service_are_told_apart() {
        use S3ErrorKind as K;
        assert_eq!(kind("AccessDenied", "Access Denied", 403), K::ReadDenied);
        let kms = "User is not authorized to perform: kms:Decrypt on the resource";
        assert_eq!(kind("AccessDenied", kms, 403), K::Kms);
        assert_eq!(kind("KMS.DisabledException", "", 400), K::Kms);
        assert_eq!(kind("InvalidObjectState", "", 403), K::Archived);
        assert_eq!(kind("RequestTimeTooSkewed", "", 403), K::ClockSkew);
        assert_eq!(kind("ExpiredToken", "", 400), K::Expired);
        assert_eq!(kind("NoSuchBucket", "", 404), K::NoSuchBucket);
        assert_eq!(kind("Whatever", "", 429), K::Throttled);
        assert_eq!(kind("Whatever", "", 500), K::Server);
        let region = "The authorization header is malformed; the region 'us-east-1' is wrong; expecting 'eu-west-1'";
        assert_eq!(kind("AuthorizationHeaderMalformed", region, 400), K::WrongRegion(Some("eu-west-1".into())));
        let hostile = "expecting 'eu-west-1; rm -rf ~'";
        assert_eq!(kind("AuthorizationHeaderMalformed", hostile, 400), K::WrongRegion(None));
    }

    #[test]
    fn failures_before_any_answer_are_told_apart() {
        use S3ErrorKind as K;
        for (text, expected) in [
            ("the credential provider was not enabled", K::NoCredentials),
            ("dispatch failure\nclient error (connect)\ndns error: failed to lookup address information", K::Dns),
            ("io error\nclient error (connect)\ninvalid peer certificate: unknownissuer", K::Tls),
            (
                "client error (connect)\ninvalid peer certificate: certificate not valid for name \"10.0.0.1\"; \
                 certificate is only valid for dnsname(\"sso.example\")",
                K::Tls,
            ),
            ("received corrupt message of type invalidcontenttype", K::Tls),
            ("http connect timeout occurred after 3.1s", K::Timeout),
            ("client error (connect)\ntcp connect error\nconnection refused (os error 111)", K::Connect),
        ] {
            assert_eq!(without_answer(text), expected, "{text}");
        }
    }
}
