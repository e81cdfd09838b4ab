//! How each source is reached. What is said of one place is stronger than what is said of all: flags, then the source's
//! own settings, then those of the profile that is run, the environment, `[s3]` of the settings file, and defaults.

use std::time::Duration;

use crate::acquire::{Place, S3Options};
use crate::cli;
use crate::config::{S3Config, SourceConfig};
use crate::error::Error;

/// A place that is to be looked at.
#[derive(Debug, Clone)]
pub struct WantedSource {
    /// Folder, file or `s3://bucket/prefix`.
    pub address: String,
    /// How to reach it when it is a bucket.
    pub s3: S3Options,
}

/// What is said about reaching buckets, but for the environment.
pub(super) struct Access<'a> {
    /// Flags.
    pub(super) flags: &'a cli::S3,
    /// Settings of the profile that is run.
    pub(super) profile: &'a S3Config,
    /// `[s3]` of the settings file.
    pub(super) file: &'a S3Config,
}

impl Access<'_> {
    /// Sources as the settings name them.
    ///
    /// # Errors
    /// When a setting means nothing.
    pub(super) fn of(&self, sources: &[SourceConfig]) -> Result<Vec<WantedSource>, Error> {
        let wanted = |source: &SourceConfig| {
            let s3 = self.options(&source.s3)?;
            Ok(WantedSource { address: source.address.clone(), s3 })
        };
        sources.iter().map(wanted).collect()
    }

    /// Sources as the command line names them. One that the settings name too, or that lies below one of theirs, is
    /// reached as they say.
    ///
    /// # Errors
    /// When a setting means nothing.
    pub(super) fn of_named(&self, addresses: &[String], settings: &[SourceConfig]) -> Result<Vec<WantedSource>, Error> {
        let named = |address: &String| SourceConfig { address: address.clone(), s3: own(address, settings) };
        self.of(&addresses.iter().map(named).collect::<Vec<_>>())
    }

    fn options(&self, own: &S3Config) -> Result<S3Options, Error> {
        let (strong, weak) = (from_flags(self.flags).or(own).or(self.profile), self.file);
        let bad = |what: String| Error::Settings(vec![what]);
        let rest = strong.or(weak);
        let defaults = S3Options::default();
        if rest.attempts == Some(0) || rest.stall_seconds == Some(0) {
            return Err(bad("attempts and stall_seconds of S3 must be at least 1".to_owned()));
        }
        let path_style = rest.path_style.as_deref().map(str::parse).transpose();
        Ok(S3Options {
            profile: strong.profile.or_else(|| unless(&["AWS_PROFILE"], &weak.profile)),
            region: strong.region.or_else(|| unless(&["AWS_REGION", "AWS_DEFAULT_REGION"], &weak.region)),
            endpoint_url: strong
                .endpoint_url
                .or_else(|| unless(&["AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL"], &weak.endpoint_url)),
            path_style: path_style.map_err(|reason| bad(format!("path_style of S3: {reason}")))?.unwrap_or_default(),
            no_sign_request: rest.no_sign_request.unwrap_or(false),
            request_payer: rest.request_payer.unwrap_or(false),
            credentials: None,
            attempts: rest.attempts.unwrap_or(defaults.attempts),
            stall: rest.stall_seconds.map_or(defaults.stall, Duration::from_secs),
        })
    }
}

fn from_flags(flags: &cli::S3) -> S3Config {
    S3Config {
        profile: flags.profile.clone(),
        region: flags.region.clone(),
        endpoint_url: flags.endpoint_url.clone(),
        path_style: flags.path_style.map(|style| {
            let word = match style {
                cli::PathStyle::Auto => "auto",
                cli::PathStyle::Always => "always",
                cli::PathStyle::Never => "never",
            };
            word.to_owned()
        }),
        no_sign_request: flags.no_sign_request.then_some(true),
        request_payer: flags.request_payer.then_some(true),
        attempts: None,
        stall_seconds: None,
    }
}

/// What the settings say of a place: of the source with the longest prefix that holds it.
fn own(address: &str, settings: &[SourceConfig]) -> S3Config {
    let Ok(Place::S3(wanted)) = address.parse() else { return S3Config::default() };
    let holding = settings.iter().filter_map(|source| match source.address.parse() {
        Ok(Place::S3(place)) if place.bucket == wanted.bucket && place.takes(&wanted.prefix) => {
            Some((place.prefix.len(), &source.s3))
        }
        _ => None,
    });
    holding.max_by_key(|(length, _)| *length).map(|(_, s3)| s3.clone()).unwrap_or_default()
}

/// A setting of the file, unless the environment says something.
fn unless(variables: &[&str], in_file: &Option<String>) -> Option<String> {
    let set = |name: &&str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    if variables.iter().any(set) { None } else { in_file.clone() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::acquire::PathStyle;

    fn profile(name: &str) -> S3Config {
        S3Config { profile: Some(name.to_owned()), ..S3Config::default() }
    }

    #[test]
    fn flags_are_stronger_than_the_source_and_it_than_profile_and_file() {
        let (own, run) = (profile("own"), S3Config { attempts: Some(2), ..profile("run") });
        let file = S3Config { path_style: Some("always".into()), attempts: Some(3), ..profile("file") };
        let mut flags = cli::S3::default();
        let got = Access { flags: &flags, profile: &run, file: &file }.options(&own).unwrap();
        assert_eq!((got.profile.as_deref(), got.path_style, got.attempts), (Some("own"), PathStyle::Always, 2));
        flags.profile = Some("flag".into());
        flags.path_style = Some(cli::PathStyle::Never);
        let got = Access { flags: &flags, profile: &run, file: &file }.options(&own).unwrap();
        assert_eq!((got.profile.as_deref(), got.path_style), (Some("flag"), PathStyle::Never));
        let file = S3Config { stall_seconds: Some(0), ..S3Config::default() };
        let nothing = S3Config::default();
        assert!(Access { flags: &flags, profile: &nothing, file: &file }.options(&nothing).is_err());
    }

    #[test]
    fn a_place_that_is_named_is_reached_as_the_settings_say_of_it() {
        let of = |address: &str, name: &str| SourceConfig { address: address.to_owned(), s3: profile(name) };
        let settings = [of("s3://logs", "all"), of("s3://logs/team", "team"), "exports".to_owned().into()];
        let found = |address: &str| own(address, &settings).profile;
        assert_eq!(found("s3://logs/team/a.cbor.zstd").as_deref(), Some("team"));
        assert_eq!(found("s3://logs/team-2").as_deref(), Some("all"));
        assert_eq!(found("s3://logs").as_deref(), Some("all"));
        assert_eq!(found("s3://logs-2/team"), None);
        assert_eq!(found("exports"), None);
    }
}
