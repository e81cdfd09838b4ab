//! How to reach S3, as the user says it.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

/// How to reach S3. The default is what the AWS command line would do.
#[derive(Debug, Clone, PartialEq, Eq)]
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
#[derive(Clone, PartialEq, Eq)]
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

#[cfg(test)]
mod tests {
    use super::*;

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
