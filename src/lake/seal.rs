//! Small files that prove themselves, down to a single changed byte: `{"sha256":"…","entry":…}`, the hash being that of
//! the bytes of the entry.

use serde::Serialize;
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};

use super::Error;

/// What stands before the hash, between hash and entry, and behind the entry.
const SEAL: [&str; 3] = ["{\"sha256\":\"", "\",\"entry\":", "}"];

/// The bytes of a file that holds the value.
pub(super) fn seal<T: Serialize + ?Sized>(value: &T) -> Result<Vec<u8>, Error> {
    let json = serde_json::to_string(value).map_err(|_| Error::BadEntry("it cannot be written as JSON"))?;
    let [before, between, behind] = SEAL;
    Ok(format!("{before}{}{between}{json}{behind}", hex::encode(Sha256::digest(&json))).into_bytes())
}

/// The value in the bytes of a file, or why there is none. No content: names may be secret.
pub(super) fn unseal<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, String> {
    let (hash, json) = opened(bytes).ok_or("it is not what was written, or has no hash")?;
    if hex::encode(Sha256::digest(json)).as_bytes() != hash {
        return Err("its content differs from what was written (SHA-256)".to_owned());
    }
    parse(json)
}

/// As [`unseal`]; files of earlier versions, which had no hash, are read as they are.
pub(super) fn unseal_or_plain<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, String> {
    // One changed byte does not make a sealed file a plain one: the value does not know the fields of the seal.
    if opened(bytes).is_some() { unseal(bytes) } else { parse(bytes) }
}

/// The parser's own message may quote the text, so only the place is kept.
fn parse<T: DeserializeOwned>(json: &[u8]) -> Result<T, String> {
    serde_json::from_slice(json).map_err(|e| format!("not understood at line {} column {}", e.line(), e.column()))
}

/// The hash and the entry in the bytes of a file.
fn opened(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let [before, between, behind] = SEAL.map(str::as_bytes);
    let (hash, rest) = bytes.strip_prefix(before)?.split_at_checked(64)?;
    Some((hash, rest.strip_prefix(between)?.strip_suffix(behind)?))
}
