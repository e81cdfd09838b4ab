//! Listing.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use lightmeter::acquire::{Listing, S3ErrorKind as Kind, Source};
use lightmeter::window::Window;

use super::{A, read, setup};
use crate::s3_server::{Fault, On};

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
fn a_listing_that_goes_round_in_circles_ends() {
    let s = setup();
    s.server.put(A, b"x");
    s.server.fail_next(On::List, Fault::SameToken);
    s.server.fail(On::List, 1_000, Fault::SameToken);
    let (kind, _) = s.list_error();
    assert_eq!(kind, Kind::Nonsense("the listing goes round in circles"));
    assert!(s.server.log().len() < 5);
}
