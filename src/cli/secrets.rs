//! Rules for secrets and the key of their fingerprints.

use std::path::PathBuf;

use clap::{Args, Subcommand};

/// `lightmeter rescan`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  lightmeter rescan
  lightmeter rescan --secret-rules acme.toml
  lightmeter rescan --dry-run
  lightmeter query \"SELECT rule_set, count(*) FROM secrets GROUP BY rule_set\"

Give the rules as for a pull: the files of the settings and of --secret-rules over the built-in ones. Each export is
searched again and changes in one step; what was searched with these rules already is left alone, so a run that was ended
goes on where it stopped. Nothing is pulled, and later pulls do not undo it.

The column rule_set says by which rules a row was found. Headers and credentials in request bodies are not kept, so their
rows stay as they were found; those of a rule that is switched off go. Exports that were pulled with --content redacted or
none have no text to search: pull them again for that.")]
pub struct Rescan {
    /// Rules for secrets beside the built-in ones, in the gitleaks format; a rule with a built-in id replaces it.
    #[arg(long, value_name = "FILE")]
    pub secret_rules: Vec<PathBuf>,
    /// Also search exports that were searched with these rules before.
    #[arg(long)]
    pub all: bool,
    /// Only say what would be searched.
    #[arg(long)]
    pub dry_run: bool,
}

/// `lightmeter key`.
#[derive(Debug, Subcommand)]
pub enum Key {
    /// Write the lake's key to a file, for another lake.
    Export(KeyExport),
    /// Give a new lake the key of another one.
    Import(KeyImport),
}

const WARNING: &str =
    "Who has this key and a guess of a secret can test the guess against fingerprints. Move it like a password, keep it
readable by its owner only, and delete copies that are no longer needed.";

/// `lightmeter key export`.
#[derive(Debug, Args)]
#[command(after_help = format!("Examples:
  lightmeter key export -o fingerprint.key
  lightmeter key export -o fingerprint.key --lake /srv/lake-a && lightmeter key import fingerprint.key --lake /srv/lake-b

{WARNING}"))]
pub struct KeyExport {
    /// File to write, readable by its owner only; one that exists is never replaced.
    #[arg(long, short, value_name = "FILE", required = true)]
    pub output: PathBuf,
}

/// `lightmeter key import`.
#[derive(Debug, Args)]
#[command(after_help = format!("Examples:
  lightmeter key import fingerprint.key --lake /srv/new-lake

Lakes that share a key give the same secret the same fingerprint, so their secrets can be joined. A lake that holds
exports keeps its key: their fingerprints were made with it. Import into a new lake, then pull.

{WARNING}"))]
pub struct KeyImport {
    /// File with the key, as `key export` writes it.
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
}
