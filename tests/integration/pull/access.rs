//! Who may read, what the program needs for it, and what it says when it may not.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs;

use super::{FIRST, SECOND, command, home, pull, run, served};
use crate::common::{Home, Run, repository, small};
use crate::s3_server::{Fault, On, S3Server, tls};

#[test]
fn the_policy_in_the_readme_is_enough() {
    let readme = fs::read_to_string(repository().join("README.md")).unwrap();
    let (_, rest) = readme.split_once("This policy is enough:").unwrap();
    let policy = rest.split("```").nth(1).unwrap().strip_prefix("json").unwrap();
    assert!(policy.contains("my-bucket") && policy.contains("aperture/*"), "{policy}");
    let policy = policy.replace("my-bucket", "exports-bucket").replace("aperture", "team");
    let server = served();
    server.put("private/ts-aperture-export-1772204407.cbor.zstd", b"none of our business");
    server.grant(serde_json::from_str(&policy).unwrap());
    let home = home();
    server.fail_next(On::Get, Fault::CutBody(100));
    server.fail_next(On::Key(SECOND), Fault::Replace(&small()[2].compressed));
    pull(&home, &server).code(0).says(&["5 added"]);
    let one = home.finish(command(&home, &server, &["pull", &server.url(FIRST)]), None);
    one.code(0).says(&["1 exports found"]);
    for place in ["private", ""] {
        let run = home.finish(command(&home, &server, &["pull", &server.url(place)]), None);
        run.code(1).says(&["listing is denied", "s3:ListBucket"]);
    }
}

#[test]
fn one_denied_object_is_named_and_the_others_are_pulled() {
    let server = served();
    let url = server.url("team");
    server.fail(On::Key(FIRST), 100, Fault::Error(403, "AccessDenied", "Access Denied"));
    let home = Home::new();
    let pulled = run(&home, &server, &["pull", &url]).code(4);
    let pulled = pulled.says(&["4 added", "not read: s3://exports-bucket/team/", FIRST, "s3:GetObject"]);
    assert_eq!(pulled.stdout, "");
    let json = run(&home, &server, &["analyze", &url, "--format", "json"]).code(4).json();
    let unread = json["coverage"]["unreadable"].as_array().unwrap();
    assert_eq!(unread.len(), 1);
    assert_eq!(unread[0]["export_key"], format!("s3://exports-bucket/{FIRST}"));
    assert!(unread[0]["reason"].as_str().unwrap().contains("s3:GetObject"), "{unread:?}");
    assert_eq!(json["coverage"]["exports"].as_array().unwrap().len(), 4);
    assert_eq!(json["summary"]["complete"], false);
    server.clear_faults();
    run(&home, &server, &["pull", &url]).code(0).says(&["1 added", "4 already in the lake"]);
    // When nothing at all can be read, the run has failed.
    server.fail(On::Get, 100, Fault::Error(403, "AccessDenied", "Access Denied"));
    run(&Home::new(), &server, &["pull", &url]).code(1).says(&["none of the exports could be read", "s3:GetObject"]);
}

#[test]
fn a_bucket_that_cannot_be_reached_is_explained() {
    let server = served();
    let url = server.url("team");
    let home = Home::new();
    run(&home, &server, &["pull", "s3://no-such-bucket/team"]).code(1).says(&["no-such-bucket", "help: "]);
    server.fail(On::List, 100, Fault::Redirect("eu-west-1"));
    run(&home, &server, &["pull", &url]).code(1).says(&["help: ", "--region eu-west-1"]);
    server.clear_faults();
    let mut nobody = command(&home, &server, &["pull", &url]);
    nobody.env_remove("AWS_ACCESS_KEY_ID").env_remove("AWS_SECRET_ACCESS_KEY");
    home.finish(nobody, None).code(1).says(&["help: "]);
    let mut wrong = command(&home, &server, &["pull", &url]);
    wrong.env("AWS_SECRET_ACCESS_KEY", "wrong");
    home.finish(wrong, None).code(1).says(&["help: "]);
    let mut nowhere = home.command(&["pull", &url, "--endpoint-url", "http://127.0.0.1:9"]);
    nowhere.envs(server.env()).env("AWS_MAX_ATTEMPTS", "1");
    home.finish(nowhere, None).code(1).says(&["no connection", "help: check --endpoint-url"]);
    home.run(&["pull", "https://user:canary-password@host/x"]).code(1).says(&["help: "]);
    let run_all = run(&home, &server, &["pull", &url, "s3://no-such-bucket/team"]).code(4);
    run_all.says(&["5 added", "not read: s3://no-such-bucket/team"]);
    server.make_public();
    let public = Home::new();
    let mut command = public.command(&["pull", &url, "--no-sign-request", "--endpoint-url", &server.endpoint]);
    command.env("AWS_REGION", "us-east-1").env("AWS_EC2_METADATA_DISABLED", "true");
    public.finish(command, None).code(0).says(&["5 added"]);
}

#[test]
fn every_failure_says_what_to_do_and_nothing_of_the_credentials() {
    let server = served();
    let home = Home::new();
    home.write("lightmeter.toml", "[s3]\nattempts = 2\n");
    let url = server.url("team");
    let error = |status, code| Fault::Error(status, code, "canary message");
    let explained = |run: Run, what: &str, help: &str| {
        let run = run.code(1).says(&[what, &format!("help: {help}")]);
        assert_eq!(run.stderr.matches("help: ").count(), 1, "{}", run.stderr);
        for hidden in ["canary", "Signature", "Credential=", "StringToSign", "x-amz-"] {
            assert!(!run.stderr.contains(hidden), "{hidden}: {}", run.stderr);
        }
    };
    for (fault, what, help) in [
        (error(403, "AccessDenied"), "listing is denied", "the credentials need s3:ListBucket"),
        (error(404, "NoSuchBucket"), "there is no such bucket", "check the bucket's name"),
        (error(301, "PermanentRedirect"), "the bucket is in another region", "find out the bucket's region"),
        (Fault::Redirect("eu-west-1"), "the bucket is in another region (eu-west-1)", "use --region eu-west-1"),
        (
            error(400, "ExpiredToken"),
            "the credentials have expired",
            "renew the credentials (for SSO: `aws sso login`)",
        ),
        (error(403, "InvalidAccessKeyId"), "does not know these credentials", "check which credentials are in use"),
        (error(403, "RequestTimeTooSkewed"), "the clock of this machine differs", "set this machine's clock"),
        (error(503, "SlowDown"), "keeps asking to slow down", "run again later"),
        (error(429, "TooManyRequests"), "keeps asking to slow down", "run again later"),
        (error(500, "InternalError"), "the server failed", "run again"),
        (Fault::NotS3, "the server's answer makes no sense", "check that --endpoint-url is an S3 service"),
    ] {
        server.clear_faults();
        server.fail(On::List, 100, fault);
        explained(run(&home, &server, &["pull", &url, "--log-level", "debug"]), what, help);
    }
    server.clear_faults();
    for (fault, what, help) in [
        (error(403, "InvalidObjectState"), "the object is archived (Glacier)", "restore the object"),
        (
            error(400, "KMS.DisabledException"),
            "the object's KMS key may not be used",
            "the credentials need kms:Decrypt",
        ),
    ] {
        server.clear_faults();
        server.fail(On::Get, 100, fault);
        let run = run(&home, &server, &["pull", &server.url(FIRST), "--log-level", "debug"]).code(1);
        let run = run.says(&["none of the exports could be read", FIRST, what, help]);
        assert!(!run.stderr.contains("canary"), "{}", run.stderr);
    }
    let tls = server.endpoint.replace("http://", "https://");
    for (endpoint, what, help) in [
        (tls.as_str(), "no trusted TLS connection", "check the endpoint's certificate"),
        ("http://no-such-host.invalid", "the host name cannot be resolved", "check --endpoint-url and --region"),
        ("http://127.0.0.1:9", "no connection", "check --endpoint-url, the network"),
    ] {
        let mut command = home.command(&["pull", &url, "--endpoint-url", endpoint, "--log-level", "debug"]);
        command.envs(server.env());
        explained(home.finish(command, None), what, help);
    }
}

#[test]
fn a_certificate_must_be_trusted_and_an_authority_of_ones_own_can_be_named() {
    let server = S3Server::start_with_tls();
    for export in small() {
        server.put(&format!("team/{}", export.name), &export.compressed);
    }
    let home = home();
    let authority = home.write("authority.pem", tls::authority()).to_string_lossy().into_owned();
    let nobody = home.write("nobody.pem", "").to_string_lossy().into_owned();
    let pull = |endpoint: &str, trusted: &str| {
        let mut command =
            home.command(&["pull", &server.url("team"), "--endpoint-url", endpoint, "--log-level", "debug"]);
        command.envs(server.env()).env("SSL_CERT_FILE", trusted);
        home.finish(command, None)
    };
    let by_address = server.endpoint.replace("localhost", "127.0.0.1");
    for (endpoint, trusted) in [(&server.endpoint, &nobody), (&by_address, &authority)] {
        let run = pull(endpoint, trusted).code(1);
        run.says(&["no trusted TLS connection", "help: check the endpoint's certificate", "SSL_CERT_FILE"]);
    }
    assert_eq!(server.log(), ["TLS refused"; 2], "nothing is asked of a stranger, and it is not tried again");
    pull(&server.endpoint, &authority).code(0).says(&["5 added"]);
}
