//! Listing a prefix page by page, with a server on the other side that need not behave.

use std::collections::BTreeMap;
use std::sync::Arc;

use aws_sdk_s3::Client;
use aws_sdk_s3::types::{EncodingType, Object as S3Object, RequestPayer};

use super::failure::{S3Error, S3ErrorKind};
use super::location::S3Location;
use crate::acquire::{Listing, Object, Origin, Skipped, object_key};
use crate::window::Window;

/// Pages without a single key that are followed before the listing is given up. AWS may send a few when many deleted
/// versions lie in between.
const EMPTY_PAGES: u32 = 1_000;

/// What a listing is made of, apart from the client.
pub(super) struct Lister<'a> {
    pub(super) location: &'a S3Location,
    pub(super) endpoint: Option<Arc<str>>,
    pub(super) payer: Option<RequestPayer>,
    pub(super) window: Window,
}

impl Lister<'_> {
    /// Lists all pages. Keys may come in any order and more than once; each is taken once, as it was last shown.
    pub(super) async fn run(&self, client: &Client) -> Result<Listing, S3Error> {
        let action = format!("list {}", self.location);
        let nonsense = |what| S3Error::new(&action, S3ErrorKind::Nonsense(what));
        let bucket = Arc::from(self.location.bucket.as_str());
        let mut found = BTreeMap::new();
        let mut listing = Listing::default();
        let mut tokens = std::collections::BTreeSet::new();
        let mut token: Option<String> = None;
        let mut empty = 0;
        loop {
            let page = client
                .list_objects_v2()
                .bucket(&self.location.bucket)
                .prefix(&self.location.prefix)
                .set_continuation_token(token.clone())
                // A key may hold characters that XML cannot: one such key would make the whole page unreadable.
                .encoding_type(EncodingType::Url)
                .set_request_payer(self.payer.clone())
                .send()
                .await
                .map_err(|e| S3Error::of(&action, S3ErrorKind::ListDenied, &e))?;
            empty = if page.contents().is_empty() { empty + 1 } else { 0 };
            let encoded = page.encoding_type == Some(EncodingType::Url);
            for mut object in page.contents.unwrap_or_default() {
                if let (true, Some(key)) = (encoded, &mut object.key) {
                    *key = url_decode(key).unwrap_or_else(|| std::mem::take(key));
                }
                self.take(object, &bucket, &mut found, &mut listing);
            }
            if page.is_truncated != Some(true) {
                break;
            }
            let Some(next) = page.next_continuation_token.filter(|t| !t.is_empty()) else {
                return Err(nonsense("the listing goes on, but there is no token to go on with"));
            };
            if !tokens.insert(fingerprint(&next)) {
                return Err(nonsense("the listing goes round in circles"));
            }
            if empty >= EMPTY_PAGES {
                return Err(nonsense("the listing goes on without showing any object"));
            }
            token = Some(next);
        }
        listing.objects = found.into_values().collect();
        listing.sort();
        Ok(listing)
    }

    fn take(&self, object: S3Object, bucket: &Arc<str>, found: &mut BTreeMap<String, Object>, listing: &mut Listing) {
        let Some(key) = object.key.filter(|key| self.location.takes(key)) else {
            return;
        };
        let Some(name) = object_key::parse(&key) else {
            listing.ignored += 1;
            return;
        };
        if object_key::is_before(name.time, &self.window) {
            listing.before_window += 1;
            return;
        }
        let export_key = format!("s3://{}/{key}", self.location.bucket);
        let Some(size) = object.size.and_then(|s| u64::try_from(s).ok()) else {
            listing.skipped.push(Skipped { location: export_key, reason: "listed without a size".to_owned() });
            return;
        };
        let modified = object.last_modified.and_then(|t| i64::try_from(t.as_nanos() / 1_000).ok());
        let object = Object {
            export_key,
            size,
            etag: object.e_tag.filter(|etag| !etag.is_empty()),
            modified,
            key_time: name.time,
            origin: Origin::S3 { endpoint: self.endpoint.clone(), bucket: Arc::clone(bucket), key: key.clone() },
        };
        found.insert(key, object);
    }
}

/// Tokens can be long; what is kept of each page is small.
fn fingerprint(token: &str) -> u128 {
    twox_hash::XxHash3_128::oneshot(token.as_bytes())
}

/// Undoes the encoding of keys in listings: `+` is a space, `%XX` a byte. `None` for text that is not so encoded,
/// because some services say that they encode and do not.
fn url_decode(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'+' => b' ',
            b'%' => {
                let digits = [rest.next()?, rest.next()?];
                let mut decoded = [0];
                hex::decode_to_slice(digits, &mut decoded).ok()?;
                decoded[0]
            }
            plain => plain,
        });
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn encoded_keys_are_decoded_and_others_left_alone() {
        assert_eq!(url_decode("a%2Fb+c%2Bd/%E6%97%A5.cbor.zstd").as_deref(), Some("a/b c+d/日.cbor.zstd"));
        for other in ["100%", "100%zz", "%e6%97", "%+1"] {
            assert_eq!(url_decode(other), None, "{other}");
        }
    }
}
