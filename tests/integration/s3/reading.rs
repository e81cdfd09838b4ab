//! Reading objects over connections that break, stall and lie.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::io::Read;
use std::time::Duration;

use lightmeter::acquire::{Error, Nature, Object, S3Client, S3ErrorKind as Kind, S3Source, Source};

use super::{A, ALL, B, Setup, content, read, setup, told};
use crate::s3_server::{Fault, On};

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
    assert_eq!(read(s.source().open(&object).unwrap()).unwrap(), bytes);
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
fn a_slow_reader_holds_the_network_back_and_a_dropped_one_ends_it() {
    let s = setup();
    // Far more than all buffers on the way hold.
    let bytes = content(64_000_000);
    s.server.put(A, &bytes);
    s.server.without_checksums();
    let object = s.only();
    let mut opened = s.source().open(&object).unwrap();
    let mut first = [0; 1_000];
    opened.read_exact(&mut first).unwrap();
    // Longer than the stall limit: not reading is not the network's fault.
    std::thread::sleep(Duration::from_millis(2_500));
    assert!(s.server.sent() < bytes.len(), "everything was taken in though nobody reads");
    let mut rest = Vec::new();
    opened.read_to_end(&mut rest).unwrap();
    assert!([&first[..], &rest].concat() == bytes);
    assert_eq!(s.server.log().len(), 2, "{:?}", s.server.log());

    let before = s.server.sent();
    let mut opened = s.source().open(&object).unwrap();
    opened.read_exact(&mut first).unwrap();
    drop(opened);
    let Setup { runtime, server, .. } = s;
    drop(runtime);
    assert!(server.sent() - before < bytes.len(), "the rest is not fetched");
}

#[test]
fn checksums_of_every_kind_are_compared_and_those_of_parts_are_not() {
    use aws_smithy_checksums::ChecksumAlgorithm::{Crc32, Crc32c, Crc64Nvme, Sha1, Sha256};
    let s = setup();
    let bytes = content(100_000);
    s.server.put(A, &bytes);
    let object = s.only();
    for (name, algorithm) in [
        ("x-amz-checksum-crc32", Crc32),
        ("x-amz-checksum-crc32c", Crc32c),
        ("x-amz-checksum-crc64nvme", Crc64Nvme),
        ("x-amz-checksum-sha1", Sha1),
        ("x-amz-checksum-sha256", Sha256),
    ] {
        let of = |bytes: &[u8]| {
            let mut hasher = algorithm.into_impl();
            hasher.update(bytes);
            hasher.header_value().to_str().unwrap().to_owned()
        };
        let whole = ("x-amz-checksum-type", "FULL_OBJECT".to_owned());
        s.server.checksums(&[(name, of(&bytes)), whole.clone()]);
        s.server.fail_next(On::Get, Fault::CutBody(60_000));
        assert_eq!(read(s.source().open(&object).unwrap()).unwrap(), bytes, "{name}");
        s.server.checksums(&[(name, of(b"something else")), whole]);
        let error = read(s.source().open(&object).unwrap()).unwrap_err();
        assert_eq!(told(error).0, Kind::Corrupted, "{name}");
        s.server.checksums(&[(name, format!("{}-2", of(b"parts"))), ("x-amz-checksum-type", "COMPOSITE".to_owned())]);
        assert_eq!(read(s.source().open(&object).unwrap()).unwrap(), bytes, "{name} of parts");
    }
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
    let error = opened.read_to_end(&mut Vec::new()).unwrap_err();
    assert!(matches!(Error::from_io(&error), Some(Error::Stopped)));
    assert!(handle.state().failure.is_some());
    assert_eq!(s.server.log().len(), 2, "it was not the stall that ended it: {:?}", s.server.log());
    assert!(matches!(source.list(&ALL), Err(Error::Stopped)));
    stopper.join().unwrap();
}
