//! Refusals and failures, each told apart.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use lightmeter::acquire::{S3ErrorKind as Kind, S3Options, Source, StaticCredentials};

use super::{A, ALL, B, content, read, setup, told};
use crate::s3_server::{Fault, On};

#[test]
fn one_denied_object_does_not_stop_its_neighbours() {
    let s = setup();
    s.server.put(A, b"one");
    s.server.put(B, b"two");
    s.server.fail(On::Key(A), 100, Fault::Error(403, "AccessDenied", "Access Denied"));
    let objects = s.listing().objects;
    let source = s.source();
    let (kind, text) = told(source.open(&objects[0]).map(|_| ()).unwrap_err());
    assert_eq!(kind, Kind::ReadDenied);
    assert!(text.contains("s3:GetObject") && text.contains(A) && text.contains("request id REQ123"), "{text}");
    assert_eq!(read(source.open(&objects[1]).unwrap()).unwrap(), b"two");
}

#[test]
fn refusals_of_the_service_are_told_apart_with_a_line_of_help() {
    let s = setup();
    s.server.put(A, b"x");
    let object = s.only();
    let malformed = "The authorization header is malformed; the region 'us-east-1' is wrong; expecting 'eu-north-1'";
    let cases: [(Fault, Kind, &str); 9] = [
        (Fault::Error(403, "AccessDenied", "Access Denied"), Kind::ListDenied, "s3:ListBucket"),
        (Fault::Redirect("eu-west-1"), Kind::WrongRegion(Some("eu-west-1".into())), "--region eu-west-1"),
        (
            Fault::Error(400, "AuthorizationHeaderMalformed", malformed),
            Kind::WrongRegion(Some("eu-north-1".into())),
            "--region eu-north-1",
        ),
        (Fault::Error(400, "ExpiredToken", "The provided token has expired."), Kind::Expired, "aws sso login"),
        (Fault::Error(403, "InvalidAccessKeyId", "canary"), Kind::UnknownKey, "environment variables win"),
        (Fault::Error(403, "RequestTimeTooSkewed", "canary"), Kind::ClockSkew, "clock"),
        (Fault::Error(404, "NoSuchBucket", "canary"), Kind::NoSuchBucket, "bucket's name"),
        (Fault::Error(400, "Odd (Code)", "canary"), Kind::Refused, "(OddCode, HTTP 400"),
        (Fault::NotS3, Kind::Nonsense("it is not an answer of S3"), "--endpoint-url"),
    ];
    for (fault, expected, help) in cases {
        let shown = format!("{fault:?}");
        s.server.fail(On::List, 20, fault);
        let (kind, text) = s.list_error();
        assert_eq!(kind, expected, "{shown}");
        assert!(text.contains(help), "{shown}: {text}");
        s.server.clear_faults();
    }
    let cases = [
        (Fault::Error(403, "InvalidObjectState", "archived"), Kind::Archived, "restore-object"),
        (Fault::Error(403, "AccessDenied", "not authorized to perform: kms:Decrypt"), Kind::Kms, "kms:Decrypt"),
        (Fault::Error(503, "SlowDown", "Please reduce your request rate."), Kind::Throttled, "what was pulled is kept"),
    ];
    for (fault, expected, help) in cases {
        let shown = format!("{fault:?}");
        s.server.fail(On::Get, 20, fault);
        let (kind, text) = told(s.source().open(&object).map(|_| ()).unwrap_err());
        assert_eq!(kind, expected, "{shown}");
        assert!(text.contains(help), "{shown}: {text}");
        s.server.clear_faults();
    }
}

#[test]
fn credentials_are_checked_by_the_service_and_their_failures_told_apart() {
    let mut s = setup();
    s.server.put(A, b"x");
    let good = s.options.credentials.clone().unwrap();
    s.options.credentials = Some(StaticCredentials { secret_access_key: "canary-wrong".into(), ..good.clone() });
    assert_eq!(s.list_error().0, Kind::BadSignature);
    s.options.credentials = Some(StaticCredentials { access_key_id: "AKIACANARYUNKNOWN".into(), ..good.clone() });
    assert_eq!(s.list_error().0, Kind::UnknownKey);
    s.options.no_sign_request = true;
    assert_eq!(s.list_error().0, Kind::ListDenied);
    s.server.make_public();
    assert_eq!(read(s.source().open(&s.only()).unwrap()).unwrap(), b"x");
    s.options = S3Options { credentials: Some(good), no_sign_request: false, ..s.options.clone() };
    let (kind, text) = told(s.at("s3://no-such-bucket/team").list(&ALL).unwrap_err());
    assert_eq!(kind, Kind::NoSuchBucket);
    assert!(text.contains("list s3://no-such-bucket/team/"), "{text}");
}

#[test]
fn no_way_to_the_service_is_told_apart() {
    let mut s = setup();
    s.options.endpoint_url = Some(s.server.endpoint.replace("http://", "https://"));
    assert_eq!(s.list_error().0, Kind::Tls);
    s.options.endpoint_url = Some("http://127.0.0.1:1".to_owned());
    assert_eq!(s.list_error().0, Kind::Connect);
    s.options.endpoint_url = Some("http://no-such-host.invalid".to_owned());
    assert_eq!(s.list_error().0, Kind::Dns);
}

#[test]
fn credentials_that_expire_during_a_transfer_end_it_clearly() {
    let s = setup();
    s.server.put(A, &content(100_000));
    let object = s.only();
    s.server.fail_next(On::Get, Fault::CutBody(40_000));
    s.server.fail(On::Get, 20, Fault::Error(400, "ExpiredToken", "The provided token has expired."));
    let (kind, text) = told(read(s.source().open(&object).unwrap()).unwrap_err());
    assert_eq!(kind, Kind::Expired);
    assert!(text.contains("what was pulled is kept"), "{text}");
}
