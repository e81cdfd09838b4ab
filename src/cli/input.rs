//! What is read and how: sources, S3, windows.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

/// Where exports come from and how they are read.
#[derive(Debug, Args)]
pub struct Input {
    /// Folders, files, or s3://bucket/prefix.
    #[arg(value_name = "SOURCE")]
    pub sources: Vec<String>,
    /// How much text the lake keeps: all of it, with secrets replaced, or none.
    #[arg(long, value_enum, default_value_t = Content::Full, value_name = "HOW")]
    pub content: Content,
    /// Rules for secrets beside the built-in ones, in the gitleaks format; a rule with a built-in id replaces it.
    #[arg(long, value_name = "FILE")]
    pub secret_rules: Vec<PathBuf>,
    /// Compare bytes instead of hashes when recognising repeated history; slower, needs more memory.
    #[arg(long)]
    pub strict: bool,
    /// Exports converted at the same time; as many as there are processors when not given.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=64))]
    pub workers: Option<u16>,
    /// Keep the objects as they are read, each beside its SHA-256; `sha256sum -c *.sha256` checks them.
    #[arg(long, value_name = "DIR")]
    pub keep_raw: Option<PathBuf>,
    /// How to reach S3.
    #[command(flatten)]
    pub s3: S3,
}

/// How to reach S3. Credentials come from the standard chain: environment, profile, SSO, web identity, instance.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "S3")]
pub struct S3 {
    /// Profile of the shared AWS configuration.
    #[arg(long, value_name = "NAME")]
    pub profile: Option<String>,
    /// Region of the bucket.
    #[arg(long, value_name = "NAME")]
    pub region: Option<String>,
    /// A service other than AWS, such as MinIO, GCS or B2.
    #[arg(long, value_name = "URL")]
    pub endpoint_url: Option<String>,
    /// Put the bucket into the path instead of the host name; `auto`, the default, does so for services other than AWS.
    #[arg(long, value_enum, value_name = "WHEN")]
    pub path_style: Option<PathStyle>,
    /// Ask without credentials, for public buckets.
    #[arg(long)]
    pub no_sign_request: bool,
    /// Agree to pay for requests to someone else's bucket.
    #[arg(long)]
    pub request_payer: bool,
}

/// The time window.
#[derive(Debug, Args)]
pub struct Range {
    /// Start: a span before now (7d, 36h, 90m, 2w), a date, or an RFC 3339 time.
    #[arg(long, value_name = "WHEN")]
    pub since: Option<String>,
    /// End, not included.
    #[arg(long, value_name = "WHEN")]
    pub until: Option<String>,
}

/// `lightmeter pull`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  lightmeter pull s3://my-bucket/aperture --since 30d
  lightmeter pull ./exports --dry-run

What the lake already holds is not read again.")]
pub struct Pull {
    /// What to read.
    #[command(flatten)]
    pub input: Input,
    /// Exports that surely hold nothing of the window are not read.
    #[command(flatten)]
    pub range: Range,
    /// List what would be read, with sizes, and stop.
    #[arg(long)]
    pub dry_run: bool,
    /// Exit with 0 instead of 3 when there is nothing to read.
    #[arg(long)]
    pub allow_empty: bool,
}

/// How much text the lake keeps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Content {
    /// All of it: the lake is evidence.
    Full,
    /// Text with everything that looks like a secret replaced.
    Redacted,
    /// No text and no arguments, only sizes and hashes.
    None,
}

/// Where the bucket stands in an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum PathStyle {
    /// In the path for services other than AWS.
    Auto,
    /// In the path.
    Always,
    /// In the host name.
    Never,
}
