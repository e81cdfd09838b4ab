//! Where exports come from and how each place is reached: `sources` and `[s3]`.

use std::path::Path;

use serde::de::{Error as _, MapAccess, Visitor, value::MapAccessDeserializer};
use serde::{Deserialize, Deserializer};

/// How to reach S3. Each is what the flag of its name says.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct S3Config {
    /// `--profile`.
    pub profile: Option<String>,
    /// `--region`.
    pub region: Option<String>,
    /// `--endpoint-url`.
    pub endpoint_url: Option<String>,
    /// `--path-style`: `auto`, `always` or `never`.
    pub path_style: Option<String>,
    /// `--no-sign-request`.
    pub no_sign_request: Option<bool>,
    /// `--request-payer`.
    pub request_payer: Option<bool>,
    /// How often one request is sent before its failure counts, and how often in a row a broken transfer is taken up
    /// again without getting further.
    pub attempts: Option<u32>,
    /// Seconds after which a transfer that brings nothing counts as broken.
    pub stall_seconds: Option<u64>,
}

impl S3Config {
    /// These settings, and the others' where these say nothing.
    #[must_use]
    pub fn or(&self, others: &Self) -> Self {
        Self {
            profile: self.profile.clone().or_else(|| others.profile.clone()),
            region: self.region.clone().or_else(|| others.region.clone()),
            endpoint_url: self.endpoint_url.clone().or_else(|| others.endpoint_url.clone()),
            path_style: self.path_style.clone().or_else(|| others.path_style.clone()),
            no_sign_request: self.no_sign_request.or(others.no_sign_request),
            request_payer: self.request_payer.or(others.request_payer),
            attempts: self.attempts.or(others.attempts),
            stall_seconds: self.stall_seconds.or(others.stall_seconds),
        }
    }
}

/// One of the `sources`: an address, or a table with an address and how to reach this place.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SourceConfig {
    /// Folder, file or `s3://bucket/prefix`.
    pub address: String,
    /// What is different for this place.
    pub s3: S3Config,
}

impl SourceConfig {
    /// The source with its path, should it be one, relative to a folder.
    #[must_use]
    pub fn below(mut self, folder: &Path) -> Self {
        if !self.address.contains("://") {
            self.address = folder.join(&self.address).to_string_lossy().into_owned();
        }
        self
    }
}

impl From<String> for SourceConfig {
    fn from(address: String) -> Self {
        Self { address, s3: S3Config::default() }
    }
}

impl<'de> Deserialize<'de> for SourceConfig {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(EitherForm)
    }
}

struct EitherForm;

impl<'de> Visitor<'de> for EitherForm {
    type Value = SourceConfig;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a folder, a file, \"s3://bucket/prefix\", or a table with `url`")
    }

    fn visit_str<E>(self, address: &str) -> Result<SourceConfig, E> {
        Ok(address.to_owned().into())
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<SourceConfig, A::Error> {
        let mut table = toml::Table::deserialize(MapAccessDeserializer::new(map))?;
        let address = match table.remove("url") {
            Some(toml::Value::String(address)) => address,
            Some(_) => return Err(A::Error::custom("`url` of a source is a text")),
            None => return Err(A::Error::custom("a source in the form of a table needs `url`")),
        };
        let s3: S3Config = table.try_into().map_err(|e: toml::de::Error| A::Error::custom(e.message()))?;
        if s3 != S3Config::default() && !address.to_ascii_lowercase().starts_with("s3:") {
            return Err(A::Error::custom("only an s3:// source has settings of its own"));
        }
        Ok(SourceConfig { address, s3 })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Deserialize)]
    struct File {
        sources: Vec<SourceConfig>,
    }

    #[test]
    fn a_source_is_an_address_or_a_table_with_settings_of_its_own() {
        let text = "sources = ['s3://a/x', { url = 's3://bbb/y', region = 'eu-west-1', request_payer = true }]";
        let sources = toml::from_str::<File>(text).unwrap().sources;
        assert_eq!(sources[0], "s3://a/x".to_owned().into());
        assert_eq!((sources[1].address.as_str(), sources[1].s3.region.as_deref()), ("s3://bbb/y", Some("eu-west-1")));
        let tables = "[[sources]]\nurl = 's3://a/x'\nprofile = 'audit'\n[[sources]]\nurl = 'exports'\n";
        assert_eq!(toml::from_str::<File>(tables).unwrap().sources[0].s3.profile.as_deref(), Some("audit"));
    }

    #[test]
    fn mistakes_in_a_source_are_named() {
        for (text, says) in [
            ("sources = [{ url = 's3://a/x', regoin = 'x' }]", "regoin"),
            ("sources = [{ region = 'x' }]", "needs `url`"),
            ("sources = [{ url = 1 }]", "is a text"),
            ("sources = [{ url = 'exports', region = 'x' }]", "only an s3:// source"),
            ("sources = [1]", "a table with `url`"),
        ] {
            let error = toml::from_str::<File>(text).err().unwrap();
            assert!(error.message().contains(says) && error.span().is_some(), "{error}");
        }
    }

    #[test]
    fn what_is_said_of_one_place_is_stronger() {
        let strong = S3Config { region: Some("a".into()), no_sign_request: Some(false), ..S3Config::default() };
        let weak = S3Config {
            region: Some("b".into()),
            profile: Some("p".into()),
            no_sign_request: Some(true),
            ..S3Config::default()
        };
        let both = strong.or(&weak);
        assert_eq!(
            (both.region.as_deref(), both.profile.as_deref(), both.no_sign_request),
            (Some("a"), Some("p"), Some(false))
        );
    }
}
