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

use std::collections::BTreeSet;
use std::convert::Infallible;
use std::fs;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;

use futures::stream;
use http_body_util::{BodyExt, StreamBody};
use hyper::body::{Bytes, Frame, Incoming};
use hyper::header::HeaderValue;
use hyper::service::service_fn;
use hyper::{Method, Request, Response};
use hyper_util::rt::TokioIo;
use s3s::Body;
use s3s::auth::SimpleAuth;
use s3s::crypto::{Checksum, Md5, Sha256};
use s3s::service::{S3Service, S3ServiceBuilder};
use tokio::sync::oneshot;

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

struct Rule {
    on: On,
    /// Requests that it lets pass first.
    spared: u32,
    left: u32,
    fault: Fault,
}

#[derive(Default)]
struct Settings {
    rules: Vec<Rule>,
    log: Vec<String>,
    /// Keys per page, and whether each page begins with the last key of the one before.
    pages: Option<(usize, bool)>,
    public: bool,
    without_checksums: bool,
    /// What an IAM policy allows; everything without one.
    policy: Option<serde_json::Value>,
    /// Requests whose sender agrees to pay.
    paid: usize,
}

struct Layer {
    signed: S3Service,
    unsigned: S3Service,
    root: PathBuf,
    settings: Mutex<Settings>,
}

/// A running server; it stops when dropped.
pub(crate) struct S3Server {
    /// `http://127.0.0.1:port`
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
        });
        let (stop, stopped) = oneshot::channel();
        let (send_port, port) = std::sync::mpsc::channel();
        let served = Arc::clone(&layer);
        let thread = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(serve(served, send_port, stopped));
        });
        let endpoint = format!("http://127.0.0.1:{}", port.recv().unwrap());
        Self { endpoint, bucket, layer, stop: Some(stop), thread: Some(thread), _root: root }
    }

    /// Stores an object.
    pub(crate) fn put(&self, key: &str, content: &[u8]) {
        let path = self.path(key);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }

    /// Removes an object.
    pub(crate) fn remove(&self, key: &str) {
        fs::remove_file(self.path(key)).unwrap();
    }

    /// Removes all objects of a folder.
    pub(crate) fn forget(&self, folder: &str) {
        fs::remove_dir_all(self.path(folder)).unwrap();
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
        self.settings().without_checksums = true;
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

async fn serve(layer: Arc<Layer>, port: std::sync::mpsc::Sender<u16>, mut stopped: oneshot::Receiver<()>) {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    port.send(listener.local_addr().unwrap().port()).unwrap();
    loop {
        let socket = tokio::select! {
            accepted = listener.accept() => accepted.unwrap().0,
            _ = &mut stopped => return,
        };
        let layer = Arc::clone(&layer);
        tokio::spawn(async move {
            let service = service_fn(|request| layer.answer(request));
            // A fault ends the connection with an error on purpose.
            let _ = hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(socket), service).await;
        });
    }
}

impl Layer {
    async fn answer(&self, request: Request<Incoming>) -> Result<Response<Body>, s3s::HttpError> {
        let path = percent_decode(request.uri().path().trim_start_matches('/'));
        let key = path.split_once('/').map_or("", |(_, key)| key).to_owned();
        let listing = request.method() == Method::GET && key.is_empty();
        let (fault, public) = self.note(&request, &key, listing);
        let file = self.root.join(&path);
        if !self.allowed(&request, &path, listing) {
            return Ok(error(403, "AccessDenied", "Access Denied"));
        }
        match &fault {
            Some(Fault::Error(status, code, message)) => return Ok(error(*status, code, message)),
            Some(Fault::Redirect(region)) => {
                let mut response = error(301, "PermanentRedirect", "Use the specified endpoint.");
                response.headers_mut().insert("x-amz-bucket-region", HeaderValue::from_static(region));
                return Ok(response);
            }
            Some(Fault::NotS3) => return Ok(Response::new(Body::from("<html>Hello</html>".to_owned()))),
            Some(Fault::Hangup) => return Err(s3s::HttpError::new(Box::new(std::io::Error::other("hangup")))),
            Some(Fault::Replace(content)) => fs::write(&file, content).unwrap(),
            Some(Fault::Remove) => fs::remove_file(&file).unwrap(),
            _ => {}
        }
        let current = if listing { None } else { fs::read(&file).ok() };
        if let (Some(wanted), Some(current)) = (request.headers().get("if-match"), &current)
            && wanted.as_bytes() != etag(current).as_bytes()
        {
            return Ok(error(412, "PreconditionFailed", "At least one of the preconditions did not hold"));
        }
        let whole = request.headers().get("range").is_none();
        assert!(!listing || request.uri().query().unwrap().contains("encoding-type=url"));
        let unsigned = request.headers().get("authorization").is_none() && public;
        let service = if unsigned { &self.unsigned } else { &self.signed };
        let mut response = service.call(request.map(Body::from)).await?;
        if !response.status().is_success() {
            return Ok(response);
        }
        if listing {
            return Ok(self.page(response, matches!(fault, Some(Fault::SameToken))).await);
        }
        if let Some(current) = current.filter(|_| whole && !self.settings.lock().unwrap().without_checksums) {
            let sum = base64(&Sha256::checksum(&current));
            response.headers_mut().insert("x-amz-checksum-sha256", HeaderValue::from_str(&sum).unwrap());
        }
        Ok(match fault {
            Some(fault) => break_body(response, fault).await,
            None => response,
        })
    }

    /// Writes the request down and picks the fault for it.
    fn note(&self, request: &Request<Incoming>, key: &str, listing: bool) -> (Option<Fault>, bool) {
        let mut settings = self.settings.lock().unwrap();
        let range = request.headers().get("range").and_then(|r| r.to_str().ok()).unwrap_or("all");
        settings.paid += usize::from(request.headers().get("x-amz-request-payer").is_some_and(|p| p == "requester"));
        settings.log.push(if listing { "LIST".to_owned() } else { format!("GET {key} {range}") });
        let hit = settings.rules.iter_mut().find(|rule| {
            rule.left > 0
                && match rule.on {
                    On::List => listing,
                    On::Get => !listing,
                    On::Key(wanted) => key == wanted,
                }
        });
        let fault = hit.and_then(|rule| {
            if rule.spared > 0 {
                rule.spared -= 1;
                return None;
            }
            rule.left -= 1;
            Some(rule.fault.clone())
        });
        (fault, settings.public)
    }

    /// Whether the policy allows the request, if there is one. What is neither a listing nor a plain read is not.
    fn allowed(&self, request: &Request<Incoming>, path: &str, listing: bool) -> bool {
        let settings = self.settings.lock().unwrap();
        let Some(policy) = &settings.policy else { return true };
        let query = request.uri().query().unwrap_or_default();
        let parameter = |name: &str| {
            let found = query.split('&').filter_map(|p| p.split_once('=')).find(|(n, _)| *n == name);
            found.map(|(_, value)| percent_decode(value))
        };
        let action = match (request.method() == Method::GET, listing) {
            (true, true) if parameter("list-type").is_some() => "s3:ListBucket",
            (true, false) => "s3:GetObject",
            _ => return false,
        };
        let resource = format!("arn:aws:s3:::{}", path.trim_end_matches('/'));
        policy["Statement"].as_array().unwrap().iter().any(|statement| {
            let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
            let prefix = &statement["Condition"]["StringLike"]["s3:prefix"];
            text(&statement["Effect"]) == "Allow"
                && text(&statement["Action"]) == action
                && like(&text(&statement["Resource"]), &resource)
                && (prefix.is_null() || like(&text(prefix), &parameter("prefix").unwrap_or_default()))
        })
    }

    /// Rebuilds a page: with ETags and the keys encoded as asked for (s3s-fs says that it does and does not), as short as wanted, and with the token that a fault asks for. A token of s3s-fs
    /// is the last key of the page.
    async fn page(&self, response: Response<Body>, same_token: bool) -> Response<Body> {
        let body = response.into_body().collect().await.unwrap().to_bytes();
        let body = std::str::from_utf8(&body).unwrap();
        let text = |block: &str, tag: &str| {
            let (_, rest) = block.split_once(&format!("<{tag}>"))?;
            Some(rest.split_once(&format!("</{tag}>"))?.0.to_owned())
        };
        let bucket = text(body, "Name").unwrap();
        let mut blocks: Vec<&str> = body.split("<Contents>").skip(1).collect();
        let mut truncated = text(body, "IsTruncated").as_deref() == Some("true");
        let pages = self.settings.lock().unwrap().pages;
        let (size, overlap) = pages.unwrap_or((usize::MAX, false));
        if blocks.len() > size {
            blocks.truncate(size);
            truncated = true;
        }
        let keys: Vec<String> = blocks.iter().map(|b| text(b, "Key").unwrap()).collect();
        assert_eq!(keys.iter().collect::<BTreeSet<_>>().len(), keys.len());
        let token = if overlap { keys.iter().nth_back(1) } else { keys.last() };
        let mut page = format!("<ListBucketResult><Name>{bucket}</Name><EncodingType>url</EncodingType>");
        if same_token {
            page += "<IsTruncated>true</IsTruncated><NextContinuationToken>again</NextContinuationToken>";
        } else if let (true, Some(token)) = (truncated, token) {
            page += "<IsTruncated>true</IsTruncated>";
            page += &format!("<NextContinuationToken>{token}</NextContinuationToken>");
        } else {
            page += "<IsTruncated>false</IsTruncated>";
        }
        for (block, key) in blocks.iter().zip(&keys) {
            let etag = etag(&fs::read(self.root.join(&bucket).join(unescape(key))).unwrap()).replace('"', "&quot;");
            let block = block.split_once("</Contents>").unwrap().0;
            let block =
                block.replace(&format!("<Key>{key}</Key>"), &format!("<Key>{}</Key>", url_encode(&unescape(key))));
            page += &format!("<Contents>{block}<ETag>{etag}</ETag></Contents>");
        }
        page += "</ListBucketResult>";
        Response::new(Body::from(page))
    }
}

/// Whether a text fits a pattern in which `*` stands for any text.
fn like(pattern: &str, text: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == text,
        Some((start, rest)) => text
            .strip_prefix(start)
            .is_some_and(|left| (0..=left.len()).any(|at| left.get(at..).is_some_and(|end| like(rest, end)))),
    }
}

async fn break_body(response: Response<Body>, fault: Fault) -> Response<Body> {
    let (head, body) = response.into_parts();
    let mut bytes = body.collect().await.unwrap().to_bytes().to_vec();
    if let Fault::FlipByte(at) = fault {
        bytes[at] ^= 1;
    }
    let (keep, stall) = match fault {
        Fault::CutBody(keep) => (Some(keep), false),
        Fault::StallBody(keep) => (Some(keep), true),
        _ => (None, false),
    };
    let Some(keep) = keep else {
        return Response::from_parts(head, Body::from(bytes));
    };
    bytes.truncate(keep);
    let first = stream::iter([Ok::<_, std::io::Error>(Frame::data(Bytes::from(bytes)))]);
    let rest = stream::once(async move {
        if stall {
            std::future::pending::<Infallible>().await;
        }
        // Lets the bytes before the break reach the other side.
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        Err(std::io::Error::other("cut"))
    });
    let body = StreamBody::new(futures::StreamExt::chain(first, rest));
    Response::from_parts(head, Body::http_body_unsync(body))
}

fn error(status: u16, code: &str, message: &str) -> Response<Body> {
    // What AWS sends beside the code is what must never be repeated.
    let body = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Error><Code>{code}</Code><Message>{message}</Message>\
         <AWSAccessKeyId>{KEY_ID}</AWSAccessKeyId><StringToSign>canary string to sign</StringToSign>\
         <SignatureProvided>canary signature</SignatureProvided><HostId>canary host id</HostId></Error>"
    );
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status.try_into().unwrap();
    response.headers_mut().insert("x-amz-request-id", HeaderValue::from_static("REQ123"));
    response.headers_mut().insert("x-amz-id-2", HeaderValue::from_static("canary-extended-id"));
    response
}

fn etag(content: &[u8]) -> String {
    format!("\"{}\"", hex::encode(Md5::checksum(content)))
}

fn base64(bytes: &[u8]) -> String {
    const ALPHABET: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for chunk in bytes.chunks(3) {
        let mut word = [0; 3];
        word[..chunk.len()].copy_from_slice(chunk);
        let bits = u32::from_be_bytes([0, word[0], word[1], word[2]]);
        for place in 0..4 {
            let letter = ALPHABET[(bits >> (18 - 6 * place)) as usize & 63] as char;
            text.push(if place <= chunk.len() { letter } else { '=' });
        }
    }
    text
}

/// The text of an XML element; control characters may stand in it as they are.
fn unescape(text: &str) -> String {
    let named = [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&apos;", "'"), ("&#39;", "'"), ("&amp;", "&")];
    named.iter().fold(text.to_owned(), |text, (entity, plain)| text.replace(entity, plain))
}

/// As S3 and MinIO encode keys in listings.
fn url_encode(key: &str) -> String {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"-_./*".contains(&b);
    key.bytes()
        .map(|b| match b {
            b' ' => "+".to_owned(),
            b if plain(b) => char::from(b).to_string(),
            b => format!("%{b:02X}"),
        })
        .collect()
}

fn percent_decode(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let [first, others @ ..] = rest {
        if let (b'%', Some(digits)) = (first, others.get(..2)) {
            bytes.extend(hex::decode(digits).unwrap());
            rest = &others[2..];
        } else {
            bytes.push(*first);
            rest = others;
        }
    }
    String::from_utf8(bytes).unwrap()
}
