//! `s3://bucket/prefix`, read strictly: a mistyped address is refused here instead of listing something else.

use std::str::FromStr;

use crate::acquire::{Error, object_key};
use crate::text;

/// A bucket and the keys in it that are meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct S3Location {
    /// Bucket name or access point alias.
    pub bucket: String,
    /// What the keys start with; empty for the whole bucket.
    pub prefix: String,
    /// Whether `prefix` is the one key that is meant.
    pub exact: bool,
}

impl S3Location {
    /// Whether a key that starts with the prefix is meant.
    #[must_use]
    pub fn takes(&self, key: &str) -> bool {
        if self.exact { key == self.prefix } else { key.starts_with(&self.prefix) }
    }
}

impl std::fmt::Display for S3Location {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "s3://{}/{}", self.bucket, text::place(&self.prefix))
    }
}

/// Four forms: `s3://bucket`, `s3://bucket/folder` (with or without a closing slash, and never a sibling such as
/// `folder-2`), `s3://bucket/start-of-key*`, and `s3://bucket/one.cbor.zstd`.
impl FromStr for S3Location {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        // An address with an @ may hold a password: it is not repeated.
        let shown = if text.contains('@') { "the S3 address".to_owned() } else { text::place(text) };
        let bad = |reason| Err(Error::BadAddress { address: shown.clone(), reason });
        let Some(rest) = text.strip_prefix("s3://") else {
            return bad("it does not start with s3://");
        };
        let (bucket, key) = rest.split_once('/').unwrap_or((rest, ""));
        if text.contains('@') && (bucket.contains('@') || bucket.contains(':')) {
            return bad("credentials do not belong in an address");
        }
        if let Err(reason) = check_bucket(bucket) {
            return bad(reason);
        }
        if key.chars().any(char::is_control) {
            return bad("the prefix holds a control character");
        }
        if key.len() > 1024 {
            return bad("the prefix is longer than a key can be (1,024 bytes)");
        }
        let bucket = bucket.to_owned();
        if key.ends_with(object_key::SUFFIX) {
            return Ok(Self { bucket, prefix: key.to_owned(), exact: true });
        }
        let prefix = match key.strip_suffix('*') {
            Some(start) => start.to_owned(),
            None if key.is_empty() || key.ends_with('/') => key.to_owned(),
            None => format!("{key}/"),
        };
        Ok(Self { bucket, prefix, exact: false })
    }
}

fn check_bucket(bucket: &str) -> Result<(), &'static str> {
    let edge = |c: Option<char>| c.is_some_and(|c| c.is_ascii_lowercase() || c.is_ascii_digit());
    if bucket.is_empty() {
        return Err("the bucket name is missing");
    }
    if !(3..=63).contains(&bucket.len()) {
        return Err("a bucket name has 3 to 63 characters");
    }
    if !bucket.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '.')
        || !edge(bucket.chars().next())
        || !edge(bucket.chars().last())
        || bucket.contains("..")
    {
        return Err("a bucket name holds only a-z, 0-9, hyphens and single dots, and begins and ends with a-z or 0-9");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<(String, String, bool), String> {
        text.parse::<S3Location>().map(|l| (l.bucket, l.prefix, l.exact)).map_err(|e| e.to_string())
    }

    #[test]
    fn a_prefix_is_a_folder_unless_it_ends_in_a_star_or_names_one_export() {
        let of = |bucket: &str, prefix: &str, exact| Ok((bucket.to_owned(), prefix.to_owned(), exact));
        assert_eq!(read("s3://logs"), of("logs", "", false));
        assert_eq!(read("s3://logs/"), of("logs", "", false));
        assert_eq!(read("s3://my.logs-1/a/b"), of("my.logs-1", "a/b/", false));
        assert_eq!(read("s3://logs/a/b/"), of("logs", "a/b/", false));
        assert_eq!(read("s3://logs/ts-aperture-export-17*"), of("logs", "ts-aperture-export-17", false));
        assert_eq!(read("s3://logs/a/x.cbor.zstd"), of("logs", "a/x.cbor.zstd", true));
        let folder: S3Location = "s3://logs/team".parse().unwrap();
        assert!(folder.takes("team/x.cbor.zstd") && !folder.takes("team-2/x.cbor.zstd"));
    }

    #[test]
    fn mistyped_addresses_are_refused() {
        for bad in [
            "s3:/logs",
            "S3://logs",
            "s3://",
            "s3:///a",
            "s3://ab",
            "s3://Logs",
            "s3://logs_1",
            "s3://-logs",
            "s3://lo..gs",
            "s3://logs./a",
            "s3://logs:443/a",
            "s3://logs?x",
            "s3://logs/a\nb",
            "logs/a",
        ] {
            assert!(read(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_secret_in_an_address_is_not_repeated() {
        let error = read("s3://AKIACANARY:canary-secret@logs/a").unwrap_err();
        assert!(error.contains("credentials do not belong") && !error.to_lowercase().contains("canary"), "{error}");
    }
}
