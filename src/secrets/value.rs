//! A secret that was found: the value that cannot be printed, its fingerprint and its preview.

use std::fmt;
use std::fs;
use std::io::{self, Write};
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use hmac::{Hmac, KeyInit, Mac};
use serde::{Serialize, Serializer};
use sha2::Sha256;

use super::checks;
use super::rules::{Confidence, Tier};

/// A found value. `Debug`, `Display` and `Serialize` say only that it is one.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret {
    value: String,
    family: Arc<str>,
    kind: Arc<str>,
}

impl Secret {
    pub(super) fn new(value: String, family: Arc<str>, kind: Arc<str>) -> Self {
        Self { value, family, kind }
    }

    /// The value itself: stays inside this module.
    pub(super) fn expose(&self) -> &str {
        &self.value
    }

    /// Length of the value in characters.
    #[must_use]
    pub fn chars(&self) -> usize {
        self.value.chars().count()
    }

    /// 32 hexadecimal digits that are the same for the same secret wherever and in whatever form it stands, and that
    /// say nothing without the key: HMAC-SHA-256 over rule family, a zero byte and the normalised value.
    #[must_use]
    pub fn fingerprint(&self, key: &Key) -> String {
        // An HMAC takes keys of every length, so there is no error to report.
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(&key.bytes) else { return String::new() };
        mac.update(self.family.as_bytes());
        mac.update(&[0]);
        mac.update(self.normalised().as_bytes());
        let digest = hex::encode(mac.finalize().into_bytes());
        digest.get(..32).unwrap_or(&digest).to_owned()
    }

    /// The value without what differs between its written forms.
    fn normalised(&self) -> String {
        match &*self.kind {
            // The start identifies a key block, so that a cut-off copy is the same secret.
            "private-key" if self.value.contains("PRIVATE KEY") => {
                let body = checks::pem_body(&self.value);
                body.get(..256).unwrap_or(&body).to_owned()
            }
            "card" | "iban" | "bank-account" | "passport" | "national-id" | "one-time-code" => {
                self.value.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_uppercase()
            }
            // A person who types a password ends the sentence behind it.
            "password" => {
                let value = self.value.trim();
                let bare = value.trim_end_matches(['.', ',', ';']);
                if bare.is_empty() { value.to_owned() } else { bare.to_owned() }
            }
            _ => self.value.trim().to_owned(),
        }
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(hidden)")
    }
}

impl fmt::Display for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(hidden)")
    }
}

impl Serialize for Secret {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str("(hidden)")
    }
}

/// A secret and where it stands.
#[derive(Debug, Clone)]
pub struct Match {
    /// Rule that found it.
    pub rule_id: Arc<str>,
    /// What it is: `token`, `password`, `private-key`, `card`, …
    pub kind: Arc<str>,
    /// Whose it is; empty if the form does not say.
    pub vendor: Arc<str>,
    /// How specific the rule is.
    pub tier: Tier,
    /// How likely it is a secret, with the checksum's say.
    pub confidence: Confidence,
    /// Whether the rule says that it opens everything (cloud root, private key).
    pub root: bool,
    /// Bytes of the given text that hold it, in whatever encoding.
    pub span: Range<usize>,
    /// The value.
    pub secret: Secret,
    /// How the text writes it: `plain`, `escaped` (JSON or code escapes, numbered lines), `url` or `base64`.
    pub encoding: &'static str,
    /// Vendor prefix that a preview may show.
    pub(super) prefix: String,
    /// The form of the value alone says what it is.
    pub(super) structured: bool,
}

/// What may be shown of a secret: `ghp_…1stg (40 chars)` for tokens with a vendor prefix, `card …4242`, otherwise kind and
/// length.
#[must_use]
pub fn preview(found: &Match) -> String {
    let chars = found.secret.chars();
    match short_form(found) {
        Some(short) if &*found.kind == "card" => format!("card {short}"),
        Some(short) => format!("{short} ({chars} chars)"),
        None => format!("{} ({chars} chars)", found.kind),
    }
}

/// Prefix and last four, where both may be shown.
pub(super) fn short_form(found: &Match) -> Option<String> {
    let value = found.secret.expose();
    let tail: String = value.chars().skip(found.secret.chars().saturating_sub(4)).collect();
    let plain = tail.len() == 4 && tail.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'));
    let shown = match &*found.kind {
        "card" => true,
        "private-key" | "password" | "iban" | "bank-account" | "passport" | "national-id" | "one-time-code"
        | "reset-link" | "jwt" => false,
        _ => found.structured && !found.prefix.is_empty() && found.secret.chars() >= 20,
    };
    (shown && plain).then(|| format!("{}…{tail}", found.prefix))
}

/// The key of fingerprints: the same key gives the same fingerprints, so lakes that share it can be joined.
#[derive(Clone)]
pub struct Key {
    bytes: [u8; 32],
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Key(hidden)")
    }
}

/// Why a key file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// Reading or writing failed.
    #[error("fingerprint key file {path}: {source}")]
    Io {
        /// Name of the file.
        path: String,
        /// The system's reason.
        source: io::Error,
    },
    /// The file holds something else.
    #[error("fingerprint key file {path} does not hold 64 hexadecimal digits")]
    Content {
        /// Name of the file.
        path: String,
    },
    /// The system gives no random bytes.
    #[error("no random bytes for a new fingerprint key: {0}")]
    Random(String),
}

impl Key {
    /// A key from its bytes.
    #[must_use]
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self { bytes }
    }

    /// Reads the key at `path`, or makes one there (64 hexadecimal digits, mode 0600). A file that exists is never
    /// changed; of two programs that start together both get the key that was written first.
    ///
    /// # Errors
    /// The file can be neither read nor made, or holds something else.
    pub fn load_or_create(path: &Path) -> Result<Self, KeyError> {
        let named = |source| io_error(path, source);
        match fs::read(path) {
            Ok(text) => return Self::parse(&text, path),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(named(error)),
        }
        let mut bytes = [0; 32];
        getrandom::fill(&mut bytes).map_err(|error| KeyError::Random(error.to_string()))?;
        // Written beside and linked: the name appears with the whole content or not at all, and never replaces a file.
        let beside = path.with_extension(format!("{}.new", std::process::id()));
        let written = write_private(&beside, &hex::encode(bytes)).and_then(|()| fs::hard_link(&beside, path));
        let _ = fs::remove_file(&beside);
        match written {
            Ok(()) => Ok(Self { bytes }),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                Self::parse(&fs::read(path).map_err(named)?, path)
            }
            Err(error) => Err(named(error)),
        }
    }

    /// Reads the key at `path`.
    ///
    /// # Errors
    /// The file cannot be read, or holds something else.
    pub fn load(path: &Path) -> Result<Self, KeyError> {
        Self::parse(&fs::read(path).map_err(|source| io_error(path, source))?, path)
    }

    /// Writes the key to a new file that only its owner may read.
    ///
    /// # Errors
    /// The file exists or cannot be written.
    pub fn save_new(&self, path: &Path) -> Result<(), KeyError> {
        write_private(path, &hex::encode(self.bytes)).map_err(|source| io_error(path, source))
    }

    /// Writes the key to `path` in one step, whether or not there is a file.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn replace(&self, path: &Path) -> Result<(), KeyError> {
        let beside = path.with_extension(format!("{}.new", std::process::id()));
        let written = write_private(&beside, &hex::encode(self.bytes)).and_then(|()| fs::rename(&beside, path));
        if written.is_err() {
            let _ = fs::remove_file(&beside);
        }
        written.map_err(|source| io_error(path, source))
    }

    /// Whether both give the same fingerprints.
    #[must_use]
    pub fn is(&self, other: &Self) -> bool {
        self.bytes == other.bytes
    }

    fn parse(text: &[u8], path: &Path) -> Result<Self, KeyError> {
        let mut bytes = [0; 32];
        match hex::decode_to_slice(text.trim_ascii(), &mut bytes) {
            Ok(()) => Ok(Self { bytes }),
            Err(_) => Err(KeyError::Content { path: path.display().to_string() }),
        }
    }
}

fn io_error(path: &Path, source: io::Error) -> KeyError {
    KeyError::Io { path: path.display().to_string(), source }
}

fn write_private(path: &Path, text: &str) -> io::Result<()> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    let mut file = options.open(path)?;
    file.write_all(text.as_bytes())?;
    file.write_all(b"\n")?;
    file.sync_all()
}
