//! Why a run failed, and what the user can do about it.

use crate::commands::pull::Unread;
use crate::outcome::{Outcome, Signal};
use crate::{acquire, config, export, lake, secrets, triage, window};

/// A run that could not be done.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A source could not be looked at.
    #[error(transparent)]
    Acquire(#[from] acquire::Error),
    /// The lake could not be read or written.
    #[error(transparent)]
    Lake(#[from] lake::Error),
    /// The settings file cannot be used.
    #[error(transparent)]
    Config(#[from] config::ConfigError),
    /// The reviews file cannot be used.
    #[error(transparent)]
    Reviews(#[from] triage::ReviewsError),
    /// Other commands keep the reviews file to themselves.
    #[error("{0} is being changed by another `lightmeter review`; wait until it has finished")]
    ReviewsBusy(String),
    /// Settings of the user that mean nothing: detections, parameters, catalogue rows.
    #[error("the settings are not valid:\n  {}", .0.join("\n  "))]
    Settings(Vec<String>),
    /// The key of fingerprints cannot be used.
    #[error(transparent)]
    Key(#[from] secrets::KeyError),
    /// A file of secret rules cannot be used.
    #[error("{from}: {source}")]
    SecretRules {
        /// The file.
        from: String,
        /// Why; names the rule.
        source: secrets::RuleError,
    },
    /// A time that cannot be read.
    #[error(transparent)]
    Time(#[from] window::BadTime),
    /// A command line that cannot be carried out as written.
    #[error("{0}")]
    Usage(String),
    /// Every export that was found failed.
    #[error("none of the exports could be read:{}", lines(.0))]
    NothingReadable(Vec<Unread>),
    /// A detection of the user's own, or its folder, cannot be read.
    #[error("{0}")]
    Detections(String),
    /// The user or the system ended the run.
    #[error("ended by {}{}", .signal.name(), .done.as_ref().map(|done| format!(": {done}")).unwrap_or_default())]
    Stopped {
        /// How.
        signal: Signal,
        /// What was done before, as a clause.
        done: Option<String>,
    },
    /// The engine could not set up what the commands need.
    #[error("{0}")]
    Engine(String),
    /// A part of the program panicked; the log says where.
    #[error("ended by an internal error, told above")]
    Defect,
    /// The account of earlier exports cannot be used.
    #[error("the account of earlier exports, {path}, cannot be used")]
    Account {
        /// The file.
        path: String,
        /// Why.
        source: export::StateError,
    },
    /// Output could not be written.
    #[error("cannot write {to}: {source}")]
    Output {
        /// File, or `standard output`.
        to: String,
        /// Why.
        source: std::io::Error,
    },
    /// Input other than exports could not be read.
    #[error("cannot read {from}: {source}")]
    Input {
        /// File, or `standard input`.
        from: String,
        /// Why.
        source: std::io::Error,
    },
}

/// Unreadable exports that an error names; the rest are counted.
const NAMED: usize = 10;

fn lines(unread: &[Unread]) -> String {
    let mut text: String = unread.iter().take(NAMED).map(|u| format!("\n  {}: {}", u.name, u.reason)).collect();
    if unread.len() > NAMED {
        text.push_str(&format!("\n  and {} more", unread.len() - NAMED));
    }
    text
}

/// Text made safe to print: secrets replaced, invisible characters other than line breaks escaped.
#[must_use]
pub fn showable(text: &str) -> String {
    let redacted = match secrets::Scanner::builtin() {
        Ok(scanner) => scanner.redact(text),
        Err(_) => text.into(),
    };
    redacted.lines().map(|line| crate::text::visible(line).into_owned()).collect::<Vec<_>>().join("\n")
}

impl Error {
    /// The error and its causes, safe to print: secrets replaced, invisible characters escaped.
    #[must_use]
    pub fn shown(&self) -> String {
        let mut text = self.to_string();
        let mut cause = std::error::Error::source(self);
        while let Some(error) = cause {
            let more = error.to_string();
            // Some errors repeat their cause in their own text.
            if !text.contains(&more) {
                text.push_str(": ");
                text.push_str(&more);
            }
            cause = error.source();
        }
        showable(&text)
    }

    /// One line on what to do, where there is something.
    #[must_use]
    pub fn help(&self) -> Option<String> {
        match self {
            Self::Acquire(error) => error.help(),
            Self::Lake(lake::Error::Missing(_)) => {
                Some("run `lightmeter pull SOURCE` or `lightmeter analyze SOURCE` first".to_owned())
            }
            Self::Lake(error) => error.help().map(str::to_owned),
            Self::Stopped { done: Some(_), .. } => {
                Some("run the same command again: it goes on with what is left".to_owned())
            }
            Self::Reviews(triage::ReviewsError::Read { source, .. })
                if source.kind() == std::io::ErrorKind::NotFound =>
            {
                Some("`lightmeter review` writes it with the first verdict; name another one, or none".to_owned())
            }
            Self::Account { .. } => Some(
                "restore the file, or move it away: then everything is exported once more, with the same ids"
                    .to_owned(),
            ),
            Self::Defect => Some(
                "what the lake held before is intact; a query that asks for less may work, and the line above is what \
                 whoever keeps the program needs to know"
                    .to_owned(),
            ),
            Self::Usage(_) => Some("see `lightmeter help`".to_owned()),
            _ => None,
        }
    }

    /// How a run that ends with this error tells its exit code.
    #[must_use]
    pub fn outcome(&self) -> Outcome {
        match self {
            Self::Stopped { signal, .. } => signal.outcome(),
            _ if self.is_usage() => Outcome::Usage,
            _ if self.is_busy() => Outcome::Busy,
            _ => Outcome::Failed,
        }
    }

    /// Whether the command line, rather than the run, was wrong.
    #[must_use]
    pub fn is_usage(&self) -> bool {
        matches!(
            self,
            Self::Usage(_)
                | Self::Time(_)
                | Self::Settings(_)
                | Self::Config(_)
                | Self::SecretRules { .. }
                | Self::Reviews(_)
        )
    }

    /// Whether another run is at work, so that trying later may well succeed.
    #[must_use]
    pub fn is_busy(&self) -> bool {
        match self {
            Self::Lake(error) => error.is_busy(),
            _ => matches!(self, Self::ReviewsBusy(_)),
        }
    }

    /// Whether standard output was closed by its reader, which is no failure.
    #[must_use]
    pub fn is_broken_pipe(&self) -> bool {
        matches!(self, Self::Output { source, .. } if source.kind() == std::io::ErrorKind::BrokenPipe)
    }
}
