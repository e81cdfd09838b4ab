//! The rules that look for secrets: built in, the user's files, and the lists of `lightmeter.toml`.

use std::fs::File;
use std::io::Read;
use std::path::PathBuf;

use crate::config::Config;
use crate::error::Error;
use crate::secrets::Scanner;

/// Longest rule file that is read, in bytes.
const MAX_FILE: u64 = 8 * 1024 * 1024;

/// A scanner with the files of the settings, then those of the command line, then the lists of the settings over the
/// built-in rules.
///
/// # Errors
/// When a file cannot be read, or a rule cannot be used; the message names both.
pub fn scanner(config: &Config, files: &[PathBuf]) -> Result<Scanner, Error> {
    let mut texts = Vec::new();
    let mut names = Vec::new();
    for path in config.secret_rules.iter().chain(files) {
        let name = crate::text::one_line(&path.to_string_lossy(), 200).into_owned();
        let failed = |source| Error::Input { from: name.clone(), source };
        let mut text = String::new();
        File::open(path).map_err(failed)?.take(MAX_FILE + 1).read_to_string(&mut text).map_err(failed)?;
        texts.push(text);
        names.push(name);
    }
    if let Some(own) = config.secrets.rules() {
        texts.push(own);
        names.push("[secrets] of the settings file".to_owned());
    }
    let all: Vec<&str> = texts.iter().map(String::as_str).collect();
    Scanner::with_rules(&all).map_err(|source| {
        // The first file that cannot be used together with those before it.
        let broken = (1..=all.len()).find(|&count| Scanner::with_rules(&all[..count]).is_err());
        let from = broken.and_then(|count| names.get(count - 1)).cloned();
        Error::SecretRules { from: from.unwrap_or_else(|| "built-in rules".to_owned()), source }
    })
}
