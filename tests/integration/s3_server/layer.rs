//! What stands in front of s3s-fs: faults, policies, and what it lacks.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::{BTreeMap, BTreeSet};
use std::convert::Infallible;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use futures::{StreamExt as _, stream};
use http_body_util::{BodyExt, StreamBody};
use hyper::body::{Bytes, Frame, Incoming};
use hyper::header::HeaderValue;
use hyper::service::service_fn;
use hyper::{Method, Request, Response};
use hyper_util::rt::TokioIo;
use s3s::Body;
use s3s::crypto::{Checksum, Md5, Sha256};
use s3s::service::S3Service;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::oneshot;
use tokio_rustls::TlsAcceptor;

use super::wire::{base64, like, percent_decode, unescape, url_encode};
use super::{Fault, KEY_ID, On, services};

pub(super) struct Rule {
    pub(super) on: On,
    /// Requests that it lets pass first.
    pub(super) spared: u32,
    pub(super) left: u32,
    pub(super) fault: Fault,
}

#[derive(Default)]
pub(super) struct Settings {
    pub(super) rules: Vec<Rule>,
    pub(super) log: Vec<String>,
    /// Keys per page, and whether each page begins with the last key of the one before.
    pub(super) pages: Option<(usize, bool)>,
    pub(super) public: bool,
    /// Checksum headers in place of the SHA-256.
    pub(super) checksums: Option<Vec<(&'static str, String)>>,
    /// What an IAM policy allows; everything without one.
    pub(super) policy: Option<serde_json::Value>,
    /// Requests whose sender agrees to pay.
    pub(super) paid: usize,
}

pub(super) struct Layer {
    pub(super) signed: S3Service,
    pub(super) unsigned: S3Service,
    pub(super) root: PathBuf,
    pub(super) settings: Mutex<Settings>,
    /// Bytes of bodies that connections have taken.
    pub(super) sent: Arc<AtomicUsize>,
    pub(super) sums: Mutex<BTreeMap<PathBuf, Sums>>,
}

#[derive(Clone)]
pub(super) struct Sums {
    etag: String,
    sha256: String,
}

pub(super) async fn serve(
    layer: Arc<Layer>,
    tls: Option<TlsAcceptor>,
    port: std::sync::mpsc::Sender<u16>,
    mut stopped: oneshot::Receiver<()>,
) {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    port.send(listener.local_addr().unwrap().port()).unwrap();
    loop {
        let socket = tokio::select! {
            accepted = listener.accept() => accepted.unwrap().0,
            _ = &mut stopped => return,
        };
        let (layer, tls) = (Arc::clone(&layer), tls.clone());
        tokio::spawn(async move {
            match tls {
                None => connection(layer, socket).await,
                Some(tls) => match tls.accept(socket).await {
                    Ok(socket) => connection(layer, socket).await,
                    Err(_) => layer.settings.lock().unwrap().log.push("TLS refused".to_owned()),
                },
            }
        });
    }
}

async fn connection(layer: Arc<Layer>, socket: impl AsyncRead + AsyncWrite + Unpin) {
    let service = service_fn(|request| layer.answer(request));
    // A fault ends the connection with an error on purpose.
    let _ = hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(socket), service).await;
}

impl Layer {
    async fn answer(&self, request: Request<Incoming>) -> Result<Response<Body>, s3s::HttpError> {
        let path = percent_decode(request.uri().path().trim_start_matches('/'));
        let key = path.split_once('/').map_or("", |(_, key)| key).to_owned();
        let listing = request.method() == Method::GET && key.is_empty();
        if request.method() == Method::CONNECT {
            self.settings.lock().unwrap().log.push(format!("CONNECT {}", request.uri()));
            return Ok(error(502, "BadGateway", "nowhere to go"));
        }
        if let Some(answer) = services::answer(&request) {
            self.settings.lock().unwrap().log.push(format!("CREDENTIALS {}", request.uri().path()));
            return Ok(answer);
        }
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
            Some(Fault::Replace(content)) => {
                fs::write(&file, content).unwrap();
                self.changed(&file);
            }
            Some(Fault::Remove) => {
                fs::remove_file(&file).unwrap();
                self.changed(&file);
            }
            _ => {}
        }
        let current = if listing { None } else { self.sums(&file) };
        if let (Some(wanted), Some(current)) = (request.headers().get("if-match"), &current)
            && wanted.as_bytes() != current.etag.as_bytes()
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
        if let Some(current) = current.filter(|_| whole) {
            let headers = match &self.settings.lock().unwrap().checksums {
                Some(given) => given.clone(),
                None => vec![("x-amz-checksum-sha256", current.sha256)],
            };
            for (name, value) in headers {
                response.headers_mut().insert(name, HeaderValue::from_str(&value).unwrap());
            }
        }
        Ok(match fault {
            Some(fault) => break_body(response, fault).await,
            None => self.counted(response),
        })
    }

    /// Counts what the connection has taken of a body.
    fn counted(&self, response: Response<Body>) -> Response<Body> {
        let sent = Arc::clone(&self.sent);
        let (head, body) = response.into_parts();
        let body = body.map_frame(move |frame| {
            sent.fetch_add(frame.data_ref().map_or(0, Bytes::len), Ordering::SeqCst);
            frame
        });
        Response::from_parts(head, Body::http_body_unsync(body))
    }

    /// ETag and SHA-256 of an object as it is now; computed once for each state of it.
    fn sums(&self, file: &Path) -> Option<Sums> {
        let mut known = self.sums.lock().unwrap();
        if let Some(sums) = known.get(file) {
            return Some(sums.clone());
        }
        let content = fs::read(file).ok()?;
        let etag = format!("\"{}\"", hex::encode(Md5::checksum(&content)));
        let sums = Sums { etag, sha256: base64(&Sha256::checksum(&content)) };
        known.insert(file.to_owned(), sums.clone());
        Some(sums)
    }

    /// An object has another content.
    pub(super) fn changed(&self, file: &Path) {
        self.sums.lock().unwrap().remove(file);
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
        let body = BodyExt::collect(response.into_body()).await.unwrap().to_bytes();
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
            let etag = self.sums(&self.root.join(&bucket).join(unescape(key))).unwrap().etag.replace('"', "&quot;");
            let block = block.split_once("</Contents>").unwrap().0;
            let block =
                block.replace(&format!("<Key>{key}</Key>"), &format!("<Key>{}</Key>", url_encode(&unescape(key))));
            page += &format!("<Contents>{block}<ETag>{etag}</ETag></Contents>");
        }
        page += "</ListBucketResult>";
        Response::new(Body::from(page))
    }
}

async fn break_body(response: Response<Body>, fault: Fault) -> Response<Body> {
    let (head, body) = response.into_parts();
    let mut bytes = BodyExt::collect(body).await.unwrap().to_bytes().to_vec();
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
    let body = StreamBody::new(first.chain(rest));
    Response::from_parts(head, Body::http_body_unsync(body))
}

pub(super) fn error(status: u16, code: &str, message: &str) -> Response<Body> {
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
