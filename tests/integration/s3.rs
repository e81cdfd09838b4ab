//! The S3 source against a real S3 over HTTP, with everything that can go wrong between the two.
#![allow(clippy::unwrap_used, clippy::print_stdout, clippy::use_debug, reason = "a test fails by panicking")]

mod credentials;
mod failures;
mod listing;
mod reading;

use std::io::Read;
use std::time::Duration;

use lightmeter::acquire::{
    Error, Listing, Object, Opened, S3Client, S3ErrorKind as Kind, S3Options, S3Source, Source, StaticCredentials,
};
use lightmeter::window::Window;
use tokio::runtime::Runtime;

use crate::s3_server::{KEY_ID, S3Server, SECRET};

pub(super) const ALL: Window = Window { start: None, end: None };
pub(super) const A: &str = "team/ts-aperture-export-1782318290.cbor.zstd";
pub(super) const B: &str = "team/ts-aperture-export-1782321890.cbor.zstd";

pub(super) struct Setup {
    pub(super) server: S3Server,
    pub(super) options: S3Options,
    pub(super) runtime: Runtime,
}

pub(super) fn setup() -> Setup {
    let server = S3Server::start();
    let credentials = StaticCredentials {
        access_key_id: KEY_ID.to_owned(),
        secret_access_key: SECRET.to_owned(),
        session_token: None,
    };
    let options = S3Options {
        region: Some("us-east-1".to_owned()),
        endpoint_url: Some(server.endpoint.clone()),
        credentials: Some(credentials),
        attempts: 4,
        stall: Duration::from_secs(1),
        ..S3Options::default()
    };
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    Setup { server, options, runtime }
}

impl Setup {
    pub(super) fn at(&self, url: &str) -> S3Source {
        S3Source::new(S3Client::connect(&self.options, self.runtime.handle()).unwrap(), url.parse().unwrap())
    }

    pub(super) fn source(&self) -> S3Source {
        self.at(&self.server.url("team"))
    }

    pub(super) fn listing(&self) -> Listing {
        self.source().list(&ALL).unwrap()
    }

    pub(super) fn only(&self) -> Object {
        let mut objects = self.listing().objects;
        assert_eq!(objects.len(), 1);
        objects.remove(0)
    }

    /// What listing fails with; the message is checked for secrets.
    pub(super) fn list_error(&self) -> (Kind, String) {
        told(self.source().list(&ALL).unwrap_err())
    }
}

/// The kind of an S3 failure and its whole text, after making sure that nothing of the credentials is in it.
pub(super) fn told(error: Error) -> (Kind, String) {
    let text = format!("{error}\n{}\n{error:?}", error.help().expect("help"));
    for canary in ["canary", "CANARY", "Signature=", "Credential="] {
        assert!(!text.contains(canary), "{canary} in {text}");
    }
    match error {
        Error::S3(error) => (error.kind, text),
        other => panic!("{other}"),
    }
}

pub(super) fn read(mut opened: Opened) -> Result<Vec<u8>, Error> {
    let handle = opened.handle();
    let mut bytes = Vec::new();
    match opened.read_to_end(&mut bytes) {
        Ok(_) => {
            let state = handle.state();
            assert_eq!((state.bytes, state.failure), (bytes.len() as u64, None));
            assert!(state.sha256.is_some());
            Ok(bytes)
        }
        Err(error) => {
            let state = handle.state();
            assert_eq!(state.sha256, None);
            match Error::from_io(&error) {
                Some(Error::S3(error)) => {
                    assert_eq!(state.failure.unwrap().reason, error.to_string());
                    Err((**error).clone().into())
                }
                other => panic!("{error} {other:?}"),
            }
        }
    }
}

/// Content in which every piece differs, so that bytes in the wrong place show.
pub(super) fn content(length: usize) -> Vec<u8> {
    (0..length as u64).flat_map(|i| (i.wrapping_mul(0x9e37_79b9_7f4a_7c15)).to_le_bytes()).take(length).collect()
}
