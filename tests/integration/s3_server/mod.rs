//! An S3 service inside the test process: s3s over a folder, signatures checked, served by hyper on a loopback port,
//! with a layer in front that adds what s3s-fs lacks (ETags in listings, `If-Match`, checksums) and breaks things on
//! demand.
//!
//! ```ignore
//! let server = S3Server::start();
//! server.put("team/ts-aperture-export-1782318290.cbor.zstd", &bytes);
//! server.fail(On::Get, 1, Fault::CutBody(1000));
//! command.args(["pull", &server.url("team")]).envs(server.env()).args(["--endpoint-url", &server.endpoint]);
//! ```
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod layer;
pub(crate) mod services;
pub(crate) mod tls;
mod wire;

use std::fs;
use std::path::PathBuf;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;

use s3s::auth::SimpleAuth;
use s3s::service::S3ServiceBuilder;
use tokio::sync::oneshot;

use layer::{Layer, Rule, Settings};

/// Credentials that the server accepts. They are canaries: no output may hold them.
pub(crate) const KEY_ID: &str = "AKIACANARYCANARY0001";
pub(crate) const SECRET: &str = "canary/secret+access+key+0123456789abcdef";

/// Which requests a fault hits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum On {
    List,
    Get,
    Key(&'static str),
}

/// What goes wrong.
#[derive(Debug, Clone)]
pub(crate) enum Fault {
    /// An S3 error instead of an answer: status, code, message.
    Error(u16, &'static str, &'static str),
    /// A redirect to another region, named in the header only S3 sends.
    Redirect(&'static str),
    /// The connection closes without an answer.
    Hangup,
    /// The body breaks off after so many bytes.
    CutBody(usize),
    /// The body brings nothing more after so many bytes, and the connection stays open.
    StallBody(usize),
    /// The byte at this place of the body is another one.
    FlipByte(usize),
    /// Someone replaces the object just before it is read.
    Replace(&'static [u8]),
    /// Someone deletes the object just before it is read.
    Remove,
    /// The listing goes on with a token that was there before.
    SameToken,
    /// Something that is not S3 answers.
    NotS3,
}

/// A running server; it stops when dropped.
pub(crate) struct S3Server {
    /// `http://127.0.0.1:port`, or `https://localhost:port`
    pub(crate) endpoint: String,
    pub(crate) bucket: &'static str,
    layer: Arc<Layer>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
    _root: tempfile::TempDir,
}

impl S3Server {
    /// Starts a server with one empty bucket.
    pub(crate) fn start() -> Self {
        Self::with(None)
    }

    /// The same behind TLS; see [`tls::authority`].
    pub(crate) fn start_with_tls() -> Self {
        Self::with(Some(tls::acceptor()))
    }

    fn with(tls: Option<tokio_rustls::TlsAcceptor>) -> Self {
        let root = tempfile::tempdir().unwrap();
        let bucket = "exports-bucket";
        fs::create_dir(root.path().join(bucket)).unwrap();
        let service = |auth: bool| {
            let mut builder = S3ServiceBuilder::new(s3s_fs::FileSystem::new(root.path()).unwrap());
            if auth {
                builder.set_auth(SimpleAuth::from_single(KEY_ID, SECRET));
            }
            builder.build()
        };
        let layer = Arc::new(Layer {
            signed: service(true),
            unsigned: service(false),
            root: root.path().to_owned(),
            settings: Mutex::default(),
            sent: Arc::default(),
            sums: Mutex::default(),
        });
        let (stop, stopped) = oneshot::channel();
        let (send_port, port) = std::sync::mpsc::channel();
        let served = Arc::clone(&layer);
        let place = if tls.is_some() { "https://localhost" } else { "http://127.0.0.1" };
        let thread = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(layer::serve(served, tls, send_port, stopped));
        });
        let endpoint = format!("{place}:{}", port.recv().unwrap());
        Self { endpoint, bucket, layer, stop: Some(stop), thread: Some(thread), _root: root }
    }

    /// Stores an object.
    pub(crate) fn put(&self, key: &str, content: &[u8]) {
        let path = self.path(key);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, content).unwrap();
        self.layer.changed(&path);
    }

    /// Removes an object.
    pub(crate) fn remove(&self, key: &str) {
        fs::remove_file(self.path(key)).unwrap();
        self.layer.changed(&self.path(key));
    }

    /// Removes all objects of a folder without folders.
    pub(crate) fn forget(&self, folder: &str) {
        for entry in fs::read_dir(self.path(folder)).unwrap() {
            let name = entry.unwrap().file_name().into_string().unwrap();
            self.remove(&format!("{folder}/{name}"));
        }
    }

    /// Makes the next `times` requests of a kind fail. Faults of one kind apply in the order they were given.
    pub(crate) fn fail(&self, on: On, times: u32, fault: Fault) {
        self.fail_after(on, 0, times, fault);
    }

    /// Lets some requests of a kind pass and makes the next `times` fail.
    pub(crate) fn fail_after(&self, on: On, spared: u32, times: u32, fault: Fault) {
        self.settings().rules.push(Rule { on, spared, left: times, fault });
    }

    /// Allows what an IAM policy allows and nothing else.
    pub(crate) fn grant(&self, policy: serde_json::Value) {
        self.settings().policy = Some(policy);
    }

    /// How many requests said that their sender pays.
    pub(crate) fn paid(&self) -> usize {
        self.settings().paid
    }

    /// Makes the next request of a kind fail.
    pub(crate) fn fail_next(&self, on: On, fault: Fault) {
        self.fail(on, 1, fault);
    }

    /// Ends all faults.
    pub(crate) fn clear_faults(&self) {
        self.settings().rules.clear();
    }

    /// Whether some fault has not happened as often as it was to.
    pub(crate) fn has_faults(&self) -> bool {
        self.settings().rules.iter().any(|rule| rule.left > 0)
    }

    /// Short pages, overlapping by one key if wanted.
    pub(crate) fn pages(&self, size: usize, overlap: bool) {
        self.settings().pages = Some((size, overlap));
    }

    /// Lets anyone read without a signature.
    pub(crate) fn make_public(&self) {
        self.settings().public = true;
    }

    /// Sends no checksums, like many services that are not AWS.
    pub(crate) fn without_checksums(&self) {
        self.checksums(&[]);
    }

    /// Sends these headers of checksums with whole objects.
    pub(crate) fn checksums(&self, headers: &[(&'static str, String)]) {
        self.settings().checksums = Some(headers.to_vec());
    }

    /// Bytes of bodies that connections have taken so far.
    pub(crate) fn sent(&self) -> usize {
        self.layer.sent.load(Ordering::SeqCst)
    }

    /// The requests so far, as `LIST token` or `GET key range`.
    pub(crate) fn log(&self) -> Vec<String> {
        self.settings().log.clone()
    }

    /// `s3://bucket/prefix`
    pub(crate) fn url(&self, prefix: &str) -> String {
        format!("s3://{}/{prefix}", self.bucket)
    }

    /// The environment under which a program reaches this server and nothing of the machine's own configuration.
    pub(crate) fn env(&self) -> Vec<(&'static str, String)> {
        let none = || "/nonexistent".to_owned();
        vec![
            ("AWS_ACCESS_KEY_ID", KEY_ID.to_owned()),
            ("AWS_SECRET_ACCESS_KEY", SECRET.to_owned()),
            ("AWS_REGION", "us-east-1".to_owned()),
            ("AWS_CONFIG_FILE", none()),
            ("AWS_SHARED_CREDENTIALS_FILE", none()),
            ("AWS_EC2_METADATA_DISABLED", "true".to_owned()),
            ("NO_PROXY", "127.0.0.1".to_owned()),
        ]
    }

    fn path(&self, key: &str) -> PathBuf {
        self.layer.root.join(self.bucket).join(key)
    }

    fn settings(&self) -> std::sync::MutexGuard<'_, Settings> {
        self.layer.settings.lock().unwrap()
    }
}

impl Drop for S3Server {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            thread.join().ok();
        }
    }
}
