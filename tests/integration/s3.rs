//! The S3 source against a real S3 over HTTP, with everything that can go wrong between the two.
#![allow(clippy::unwrap_used, clippy::print_stdout, clippy::use_debug, reason = "a test fails by panicking")]

use std::io::Read;
use std::time::{Duration, Instant};

use lightmeter::acquire::{
    Error, Listing, Nature, Object, Opened, S3Client, S3ErrorKind as Kind, S3Options, S3Source, Source,
    StaticCredentials,
};
use lightmeter::window::Window;
use tokio::runtime::Runtime;

use crate::s3_server::{Fault, KEY_ID, On, S3Server, SECRET};

const ALL: Window = Window { start: None, end: None };
const A: &str = "team/ts-aperture-export-1782318290.cbor.zstd";
const B: &str = "team/ts-aperture-export-1782321890.cbor.zstd";

struct Setup {
    server: S3Server,
    options: S3Options,
    runtime: Runtime,
}

fn setup() -> Setup {
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
    fn at(&self, url: &str) -> S3Source {
        S3Source::new(S3Client::connect(&self.options, self.runtime.handle()).unwrap(), url.parse().unwrap())
    }

    fn source(&self) -> S3Source {
        self.at(&self.server.url("team"))
    }

    fn listing(&self) -> Listing {
        self.source().list(&ALL).unwrap()
    }

    fn only(&self) -> Object {
        let mut objects = self.listing().objects;
        assert_eq!(objects.len(), 1);
        objects.remove(0)
    }

    /// What listing fails with; the message is checked for secrets.
    fn list_error(&self) -> (Kind, String) {
        told(self.source().list(&ALL).unwrap_err())
    }
}

/// The kind of an S3 failure and its whole text, after making sure that nothing of the credentials is in it.
fn told(error: Error) -> (Kind, String) {
    let text = format!("{error}\n{}\n{error:?}", error.help().expect("help"));
    for canary in ["canary", "CANARY", "Signature=", "Credential="] {
        assert!(!text.contains(canary), "{canary} in {text}");
    }
    match error {
        Error::S3(error) => (error.kind, text),
        other => panic!("{other}"),
    }
}

fn read(mut opened: Opened) -> Result<Vec<u8>, Error> {
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
fn content(length: usize) -> Vec<u8> {
    (0..length as u64).flat_map(|i| (i.wrapping_mul(0x9e37_79b9_7f4a_7c15)).to_le_bytes()).take(length).collect()
}

#[test]
fn more_keys_than_a_page_holds_are_all_listed_and_the_rest_is_counted() {
    let s = setup();
    for n in 0..1_050 {
        s.server.put(&format!("team/ts-aperture-export-{}.cbor.zstd", 1_782_000_000 + n * 3_600), b"x");
    }
    s.server.put("team/notes.txt", b"x");
    s.server.put("team-2/ts-aperture-export-1782318290.cbor.zstd", b"x");
    let listing = s.listing();
    assert_eq!((listing.objects.len(), listing.ignored, listing.before_window), (1_050, 1, 0));
    assert!(listing.objects.is_sorted_by(|a, b| a.export_key < b.export_key));
    let first = &listing.objects[0];
    assert_eq!(first.export_key, "s3://exports-bucket/team/ts-aperture-export-1782000000.cbor.zstd");
    assert!(first.etag.is_some() && first.modified.is_some() && first.key_time == Some(1_782_000_000_000_000));
    assert_eq!(s.server.log().len(), 2);

    let since = Window { start: Some((1_782_000_000 + 100 * 3_600) * 1_000_000), end: Some(0) };
    let recent = s.source().list(&since).unwrap();
    assert_eq!((recent.objects.len(), recent.before_window), (951, 99));
}

#[test]
fn short_and_overlapping_pages_give_each_object_once() {
    let s = setup();
    for n in 0..23 {
        s.server.put(&format!("team/{n:02}.cbor.zstd"), b"x");
    }
    let undisturbed = s.listing();
    s.server.pages(4, true);
    assert_eq!(s.listing(), undisturbed);
    assert_eq!(undisturbed.objects.len(), 23);
    s.server.pages(1, false);
    assert_eq!(s.listing(), undisturbed);
}

#[test]
fn an_object_is_read_as_it_is_and_known_by_where_it_lives() {
    let s = setup();
    let bytes = content(300_000);
    s.server.put(A, &bytes);
    s.server.put(B, &bytes);
    let source = s.source();
    let objects = s.listing().objects;
    assert_eq!(read(source.open(&objects[0]).unwrap()).unwrap(), bytes);
    let ids: Vec<_> = objects.iter().map(|o| source.identify(o, &|| false).unwrap().ledger_id).collect();
    assert_ne!(ids[0], ids[1]);
    s.server.put(A, b"new");
    let again = s.listing().objects;
    assert_eq!(source.identify(&again[0], &|| false).unwrap().ledger_id, ids[0]);
    assert_ne!(again[0].version(), objects[0].version());
    assert_eq!(again[1].version(), objects[1].version());
    let one = s.at(&s.server.url(B)).list(&ALL).unwrap();
    assert_eq!(one.objects.len(), 1);
    assert_eq!(source.identify(&one.objects[0], &|| false).unwrap().ledger_id, ids[1]);
}

#[test]
fn keys_with_odd_characters_are_listed_and_read() {
    let s = setup();
    let names = ["a b+c%20d&e;?#=.cbor.zstd", "\u{1b}[2J\u{202e}.cbor.zstd", "日本/é.cbor.zstd", "'\"<x>.cbor.zstd"];
    for name in names {
        s.server.put(&format!("team/{name}"), name.as_bytes());
    }
    let (source, objects) = (s.source(), s.listing().objects);
    assert_eq!(objects.len(), names.len());
    for object in objects {
        let content = read(source.open(&object).unwrap()).unwrap();
        assert_eq!(object.export_key, format!("s3://exports-bucket/team/{}", String::from_utf8(content).unwrap()));
    }
}

#[test]
fn an_empty_object_and_an_empty_prefix_are_no_errors() {
    let s = setup();
    assert_eq!(s.listing(), Listing::default());
    s.server.put(A, b"");
    assert_eq!(read(s.source().open(&s.only()).unwrap()).unwrap(), b"");
}

#[test]
fn a_body_that_breaks_off_is_resumed_from_where_it_stopped() {
    let s = setup();
    let bytes = content(500_000);
    s.server.put(A, &bytes);
    let object = s.only();
    s.server.fail_next(On::Get, Fault::CutBody(100_000));
    s.server.fail_next(On::Get, Fault::CutBody(0));
    s.server.fail_next(On::Get, Fault::CutBody(200_000));
    assert_eq!(read(s.source().open(&object).unwrap()).unwrap(), bytes);
    let gets: Vec<_> =
        s.server.log().into_iter().filter_map(|l| l.strip_prefix(&format!("GET {A} ")).map(str::to_owned)).collect();
    assert_eq!(gets, ["all", "bytes=100000-", "bytes=100000-", "bytes=300000-"]);
}

#[test]
fn a_body_that_stalls_is_resumed() {
    let s = setup();
    let bytes = content(200_000);
    s.server.put(A, &bytes);
    let object = s.only();
    s.server.fail_next(On::Get, Fault::StallBody(50_000));
    let start = Instant::now();
    assert_eq!(read(s.source().open(&object).unwrap()).unwrap(), bytes);
    assert!(start.elapsed() < Duration::from_secs(15), "{:?}", start.elapsed());
    assert!(s.server.log().contains(&format!("GET {A} bytes=50000-")));
}

#[test]
fn a_connection_that_always_breaks_is_given_up_with_a_count_of_bytes() {
    let s = setup();
    s.server.put(A, &content(10_000));
    let object = s.only();
    s.server.fail(On::Get, 100, Fault::CutBody(100));
    let (kind, text) = told(read(s.source().open(&object).unwrap()).unwrap_err());
    assert_eq!(kind, Kind::Cut { received: 500, size: 10_000 });
    assert!(text.contains("after 500 of 10000 bytes"), "{text}");
}

#[test]
fn passing_trouble_of_the_server_is_waited_out() {
    let s = setup();
    let bytes = content(1_000);
    s.server.put(A, &bytes);
    s.server.fail_next(On::List, Fault::Error(503, "SlowDown", "Please reduce your request rate."));
    s.server.fail_next(On::List, Fault::Hangup);
    let object = s.only();
    s.server.fail_next(On::Get, Fault::Error(500, "InternalError", "We encountered an internal error."));
    s.server.fail_next(On::Get, Fault::Error(429, "Busy", "Busy"));
    s.server.fail_next(On::Get, Fault::Hangup);
    assert_eq!(read(s.source().open(&object).unwrap()).unwrap(), bytes);
}

#[test]
fn a_changed_byte_is_noticed_at_the_end_also_when_the_transfer_was_resumed() {
    let s = setup();
    let bytes = content(100_000);
    s.server.put(A, &bytes);
    let object = s.only();
    s.server.fail_next(On::Get, Fault::FlipByte(77));
    let error = read(s.source().open(&object).unwrap()).unwrap_err();
    assert_eq!(error.nature(), Nature::Passing);
    assert_eq!(told(error).0, Kind::Corrupted);
    s.server.fail_next(On::Get, Fault::CutBody(50_000));
    s.server.fail_next(On::Get, Fault::FlipByte(77));
    assert_eq!(told(read(s.source().open(&object).unwrap()).unwrap_err()).0, Kind::Corrupted);
    assert_eq!(read(s.source().open(&object).unwrap()).unwrap(), bytes);
}

#[test]
fn two_versions_of_an_object_are_never_stitched_together() {
    let s = setup();
    s.server.put(A, &content(100_000));
    let object = s.only();
    s.server.fail_next(On::Get, Fault::Replace(b"another object"));
    let (kind, text) = told(s.source().open(&object).map(|_| ()).unwrap_err());
    assert_eq!(kind, Kind::Changed);
    assert!(text.contains("run again"), "{text}");

    s.server.put(A, &content(100_000));
    s.server.fail_next(On::Get, Fault::CutBody(40_000));
    s.server.fail_next(On::Get, Fault::Replace(b"another object"));
    assert_eq!(told(read(s.source().open(&object).unwrap()).unwrap_err()).0, Kind::Changed);

    s.server.remove(A);
    assert_eq!(told(s.source().open(&object).map(|_| ()).unwrap_err()).0, Kind::Gone);
}

#[test]
fn without_an_etag_in_the_listing_the_first_answer_fixes_the_version() {
    let s = setup();
    s.server.put(A, &content(100_000));
    s.server.without_checksums();
    let object = Object { etag: None, ..s.only() };
    s.server.fail_next(On::Get, Fault::CutBody(40_000));
    assert_eq!(read(s.source().open(&object).unwrap()).unwrap(), content(100_000));
    s.server.fail_next(On::Get, Fault::CutBody(40_000));
    s.server.fail_next(On::Get, Fault::Replace(&[7; 100_000]));
    assert_eq!(told(read(s.source().open(&object).unwrap()).unwrap_err()).0, Kind::Changed);
}

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

#[test]
fn a_listing_that_goes_round_in_circles_ends() {
    let s = setup();
    s.server.put(A, b"x");
    s.server.fail_next(On::List, Fault::SameToken);
    s.server.fail(On::List, 1_000, Fault::SameToken);
    let (kind, _) = s.list_error();
    assert_eq!(kind, Kind::Nonsense("the listing goes round in circles"));
    assert!(s.server.log().len() < 5);
}

#[test]
fn a_slow_reader_holds_the_network_back_and_a_dropped_one_ends_it() {
    let s = setup();
    // More than all buffers on the way hold.
    let bytes = content(12_000_000);
    s.server.put(A, &bytes);
    s.server.without_checksums();
    let object = s.only();
    let mut opened = s.source().open(&object).unwrap();
    let mut first = [0; 1_000];
    opened.read_exact(&mut first).unwrap();
    // Longer than the stall limit: not reading is not the network's fault.
    std::thread::sleep(Duration::from_millis(2_500));
    let mut rest = Vec::new();
    opened.read_to_end(&mut rest).unwrap();
    assert_eq!([&first[..], &rest].concat(), bytes);
    assert_eq!(s.server.log().len(), 2, "{:?}", s.server.log());

    let mut opened = s.source().open(&object).unwrap();
    opened.read_exact(&mut first).unwrap();
    drop(opened);
    let Setup { runtime, server, .. } = s;
    let start = Instant::now();
    drop(runtime);
    assert!(start.elapsed() < Duration::from_secs(5));
    drop(server);
}

#[test]
fn stopping_ends_a_transfer_that_waits_for_the_network() {
    let mut s = setup();
    s.options.stall = Duration::from_secs(60);
    s.server.put(A, &content(100_000));
    let object = s.only();
    s.server.fail_next(On::Get, Fault::StallBody(10));
    let client = S3Client::connect(&s.options, s.runtime.handle()).unwrap();
    let source = S3Source::new(client.clone(), s.server.url("team").parse().unwrap());
    let mut opened = source.open(&object).unwrap();
    let handle = opened.handle();
    let stopper = std::thread::spawn(move || {
        std::thread::sleep(Duration::from_millis(200));
        client.stop();
    });
    let start = Instant::now();
    let error = opened.read_to_end(&mut Vec::new()).unwrap_err();
    assert!(matches!(Error::from_io(&error), Some(Error::Stopped)));
    assert!(start.elapsed() < Duration::from_secs(5) && handle.state().failure.is_some());
    assert!(matches!(source.list(&ALL), Err(Error::Stopped)));
    stopper.join().unwrap();
}

/// Run as a child of the tests below, because a process cannot safely change its own environment.
#[test]
fn child_that_lists_with_what_its_environment_says() {
    let Ok(url) = std::env::var("CHILD_URL") else { return };
    let options = S3Options {
        profile: std::env::var("CHILD_PROFILE").ok(),
        endpoint_url: std::env::var("CHILD_ENDPOINT").ok(),
        attempts: 2,
        ..S3Options::default()
    };
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let client = S3Client::connect(&options, runtime.handle()).unwrap();
    let source = S3Source::new(client, url.parse().unwrap());
    let listing = source.list(&ALL);
    if std::env::var("CHILD_READ").is_ok() {
        let object = &listing.unwrap().objects[0];
        let before = peak_memory();
        let bytes = source.open(object).unwrap().finish().unwrap().bytes;
        println!("RESULT {bytes} {}", peak_memory() - before);
        return;
    }
    let result = listing.map(|l| l.objects.len());
    println!("RESULT {:?}", result.map_err(|e| told(e).0));
}

/// The most memory this process ever held, in KB.
fn peak_memory() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let (_, rest) = status.split_once("VmHWM:").unwrap();
    rest.split_whitespace().next().unwrap().parse().unwrap()
}

#[cfg(target_os = "linux")]
#[test]
fn a_large_object_takes_no_more_memory_than_the_buffers() {
    let s = setup();
    s.server.without_checksums();
    s.server.put(A, &content(20_000_000));
    let mut env = s.server.env();
    env.push(("CHILD_URL", s.server.url("team")));
    env.push(("CHILD_ENDPOINT", s.server.endpoint.clone()));
    env.push(("CHILD_READ", "yes".to_owned()));
    let result = child(&env);
    let (bytes, kilobytes) = result.split_once(' ').unwrap();
    assert_eq!(bytes, "20000000");
    assert!(kilobytes.parse::<u64>().unwrap() < 12_000, "{kilobytes} KB");
}

/// What the child prints, with an environment that holds only what is given.
fn child(env: &[(&'static str, String)]) -> String {
    let mut command = std::process::Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", "s3::child_that_lists_with_what_its_environment_says", "--nocapture"]);
    command.env_clear().envs(env.iter().cloned()).env("HOME", "/nonexistent");
    let output = command.output().unwrap();
    let (stdout, stderr) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    let (_, rest) = stdout.split_once("RESULT ").unwrap_or_else(|| panic!("{stdout}{stderr}"));
    rest.lines().next().unwrap().to_owned()
}

#[test]
fn credentials_region_and_endpoint_come_from_the_environment_or_the_profile() {
    let s = setup();
    s.server.put(A, b"x");
    let url = ("CHILD_URL", s.server.url("team"));
    let with = |more: &[(&'static str, String)]| [&s.server.env()[..], std::slice::from_ref(&url), more].concat();
    let endpoint = s.server.endpoint.clone();
    assert_eq!(child(&with(&[("CHILD_ENDPOINT", endpoint.clone())])), "Ok(1)");
    assert_eq!(child(&with(&[("AWS_ENDPOINT_URL", endpoint.clone())])), "Ok(1)");
    assert_eq!(child(&with(&[("AWS_ENDPOINT_URL_S3", endpoint.clone())])), "Ok(1)");
    let token = ("AWS_SECRET_ACCESS_KEY", "canary-wrong".to_owned());
    assert_eq!(child(&with(&[("CHILD_ENDPOINT", endpoint.clone()), token])), "Err(BadSignature)");

    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("config");
    let profile = format!("aws_access_key_id = {KEY_ID}\naws_secret_access_key = {SECRET}\nregion = eu-west-1\n");
    std::fs::write(&file, format!("[profile audit]\n{profile}endpoint_url = {endpoint}\n")).unwrap();
    let config = ("AWS_CONFIG_FILE", file.to_string_lossy().into_owned());
    let alone = ("AWS_EC2_METADATA_DISABLED", "true".to_owned());
    let audit = ("CHILD_PROFILE", "audit".to_owned());
    assert_eq!(child(&[url.clone(), config, alone.clone(), audit]), "Ok(1)");
    assert_eq!(child(&[url.clone(), alone, ("CHILD_ENDPOINT", endpoint)]), "Err(NoCredentials)");
}

#[test]
fn requests_go_through_the_proxy_that_the_environment_names() {
    let s = setup();
    s.server.put(A, b"x");
    let mut env = s.server.env();
    env.push(("CHILD_URL", s.server.url("team")));
    env.push(("CHILD_ENDPOINT", "http://s3.invalid".to_owned()));
    assert_eq!(child(&env), "Err(Dns)");
    env.push(("HTTP_PROXY", s.server.endpoint.clone()));
    assert_eq!(child(&env), "Ok(1)");
}
