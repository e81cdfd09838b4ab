//! The services that hand out credentials, as far as programs ask them: instance metadata, containers, web identities and
//! SSO. All of them give the credentials that the server accepts, and only to who shows what it must show.

use hyper::header::HeaderValue;
use hyper::{Method, Request, Response};
use s3s::Body;

use super::{KEY_ID, SECRET};

/// What proves to each service who asks.
pub(crate) const TOKEN: &str = "canary-token-of-the-machine";

const EXPIRES: &str = "2099-01-01T00:00:00Z";

/// The answer of one of the services, should the request be for one.
pub(super) fn answer<B>(request: &Request<B>) -> Option<Response<Body>> {
    let shown = |name: &str| request.headers().get(name).is_some_and(|value| value == TOKEN);
    let role = "/latest/meta-data/iam/security-credentials/";
    let text = match (request.method(), request.uri().path()) {
        (&Method::PUT, "/latest/api/token") => {
            let mut response = Response::new(Body::from(TOKEN.to_owned()));
            response.headers_mut().insert("x-aws-ec2-metadata-token-ttl-seconds", HeaderValue::from_static("600"));
            return Some(response);
        }
        (&Method::GET, path) if path.starts_with("/latest/") && !shown("x-aws-ec2-metadata-token") => return refused(),
        (&Method::GET, "/latest/meta-data/placement/region") => "eu-west-1".to_owned(),
        (&Method::GET, path) if path == role => "reader".to_owned(),
        (&Method::GET, path) if path.strip_prefix(role) == Some("reader") => keys("Success"),
        (&Method::GET, path) if path.starts_with("/latest/") => return not_found(),
        (&Method::GET, "/container") if shown("authorization") => keys("Success"),
        (&Method::GET, "/container") => return refused(),
        (&Method::GET, "/federation/credentials") if shown("x-amz-sso_bearer_token") => format!(
            r#"{{"roleCredentials":{{"accessKeyId":"{KEY_ID}","secretAccessKey":"{SECRET}","sessionToken":"canary-session","expiration":4070908800000}}}}"#
        ),
        (&Method::GET, "/federation/credentials") => return refused(),
        // What stands in the body is not looked at: the web identity is the only caller.
        (&Method::POST, "/") => format!(
            "<AssumeRoleWithWebIdentityResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\">\
             <AssumeRoleWithWebIdentityResult><Credentials><AccessKeyId>{KEY_ID}</AccessKeyId>\
             <SecretAccessKey>{SECRET}</SecretAccessKey><SessionToken>canary-session</SessionToken>\
             <Expiration>{EXPIRES}</Expiration></Credentials></AssumeRoleWithWebIdentityResult>\
             </AssumeRoleWithWebIdentityResponse>"
        ),
        _ => return None,
    };
    Some(Response::new(Body::from(text)))
}

fn keys(code: &str) -> String {
    format!(
        r#"{{"Code":"{code}","Type":"AWS-HMAC","AccessKeyId":"{KEY_ID}","SecretAccessKey":"{SECRET}","Token":"canary-session","Expiration":"{EXPIRES}","LastUpdated":"2026-01-01T00:00:00Z"}}"#
    )
}

fn refused() -> Option<Response<Body>> {
    with_status(401)
}

fn not_found() -> Option<Response<Body>> {
    with_status(404)
}

fn with_status(status: u16) -> Option<Response<Body>> {
    let mut response = Response::new(Body::from(String::new()));
    *response.status_mut() = status.try_into().ok()?;
    Some(response)
}
