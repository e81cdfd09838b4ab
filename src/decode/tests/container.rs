//! zstd frames and what can stand in their place.

use super::*;

#[test]
fn records_come_in_order_with_their_place_and_size() {
    let (first, second) = (record(7, "one"), record(8, "two"));
    let export = frame(&[first.clone(), second.clone()].concat());
    let mut decoder = Decoder::new(&export[..], Limits::default());
    let got = decoder.next().unwrap().unwrap();
    assert_eq!((got.id, got.number, got.offset, got.size), (Some(7), 0, 0, first.len() as u64));
    let got = decoder.next().unwrap().unwrap();
    assert_eq!((got.id, got.number, got.offset, got.size), (Some(8), 1, first.len() as u64, second.len() as u64));
    assert_eq!(&*got.request_body, b"two");
    assert!(decoder.next().is_none());
    assert_eq!(decoder.decompressed_bytes(), (first.len() + second.len()) as u64);
}

#[test]
fn frames_may_cut_records_anywhere_and_input_may_trickle_in() {
    let content = [record(1, &noise(3000, 1)), record(2, "x"), record(3, &noise(500, 2))].concat();
    for cut in (1..content.len()).step_by(97) {
        let export = [frame(&content[..cut]), frame(&content[cut..])].concat();
        assert_eq!(decode(&export).ids(), [1, 2, 3], "cut at {cut}");
        assert_eq!(decode(&export), decode_with(Trickle(&export, 5), Limits::default()), "cut at {cut}");
    }
}

#[test]
fn one_record_may_span_many_frames() {
    let content = record(1, &noise(1000, 1));
    let export: Vec<u8> = content.chunks(10).flat_map(frame).collect();
    assert_eq!(decode(&export).ids(), [1]);
}

#[test]
fn records_larger_than_any_buffer_arrive_whole() {
    let body = noise(5_000_000, 3);
    let export = frame(&[record(1, &body), record(2, "x"), record(3, &body)].concat());
    let mut decoder = Decoder::new(&export[..], Limits::default());
    assert_eq!(&*decoder.next().unwrap().unwrap().request_body, body.as_bytes());
    assert_eq!(&*decoder.next().unwrap().unwrap().request_body, b"x");
    let last = decoder.next().unwrap().unwrap();
    assert_eq!(last.raw_request_body.as_deref(), Some(body.as_bytes()));
}

#[test]
fn skippable_and_empty_frames_hold_no_records() {
    let skippable = [&[0x53, 0x2a, 0x4d, 0x18, 5, 0, 0, 0][..], b"hello"].concat();
    let export = [skippable.clone(), frame(&[]), frame(&record(1, "x")), skippable.clone()].concat();
    assert_eq!(decode(&export), Seen { ids: vec![Some(1)], numbers: vec![0], errors: vec![] });
    assert_eq!(decode(&skippable), Seen::default());
    assert_eq!(decode(&frame(&[])), Seen::default());
}

#[test]
fn files_that_are_not_zstd_are_named_for_what_they_are() {
    for (start, expected) in [
        (&b"\x1f\x8b\x08\0\0"[..], "gzip"),
        (b"{\"id\":1}", "JSON"),
        (b"PK\x03\x04..", "zip"),
        (b"<?xml version", "XML"),
        (&record(1, "x"), "not compressed"),
        (b"abc", "too short"),
        (b"hello world", "other bytes"),
    ] {
        let seen = decode(start);
        let error = seen.error();
        assert_eq!((error.kind, error.fatal, seen.ids.len()), (ErrorKind::NotZstd, true, 0));
        assert!(error.reason.contains(expected), "{}", error.reason);
    }
    let seen = decode(b"");
    assert_eq!((seen.error().kind, seen.error().fatal), (ErrorKind::Empty, true));
}

#[test]
fn every_truncation_yields_a_prefix_and_one_fatal_error() {
    let records: Vec<_> = (0..5).map(|id| record(id, &noise(60, id as u64))).collect();
    let export = [frame(&records[..2].concat()), frame(&records[2..].concat())].concat();
    let first_frame = frame(&records[..2].concat()).len();
    for length in 1..export.len() {
        let seen = decode(&export[..length]);
        assert!((0..5).collect::<Vec<i64>>().starts_with(&seen.ids()), "{length}");
        if length == first_frame {
            assert_eq!((seen.ids(), seen.errors), (vec![0, 1], vec![]));
        } else {
            let error = seen.error();
            assert!(error.fatal, "{length}");
            let expected = match length {
                0..4 => ErrorKind::NotZstd,
                _ if (first_frame..first_frame + 4).contains(&length) => ErrorKind::Corrupt,
                _ => ErrorKind::Truncated,
            };
            assert_eq!(error.kind, expected, "{length}: {error}");
        }
    }
}

#[test]
fn truncation_keeps_everything_up_to_the_last_whole_block() {
    let records: Vec<_> = (0..40).map(|id| record(id, &noise(20_000, id as u64))).collect();
    let content = records.concat();
    let export = frame(&content);
    let seen = decode(&export[..export.len() * 9 / 10]);
    let whole = content.len() * 9 / 10 - (128 << 10);
    assert!(seen.ids.len() >= whole / records[39].len() - 1, "{}", seen.ids.len());
    assert_eq!((seen.error().kind, seen.error().record_id), (ErrorKind::Truncated, Some(seen.ids.len() as i64)));
}

#[test]
fn a_wrong_checksum_is_reported_after_all_records() {
    let mut export = frame(&[record(1, "x"), record(2, "y")].concat());
    *export.last_mut().unwrap() ^= 1;
    let seen = decode(&export);
    assert_eq!(seen.ids(), [1, 2]);
    assert_eq!((seen.error().kind, seen.error().fatal), (ErrorKind::Corrupt, true));
    assert!(seen.error().reason.contains("checksum"));
}

fn bodies(export: &[u8]) -> Vec<Vec<u8>> {
    let mut decoder = Decoder::new(export, Limits::default());
    let mut bodies = Vec::new();
    while let Some(Ok(record)) = decoder.next() {
        bodies.push(record.request_body.into_owned());
    }
    bodies
}

#[test]
fn a_flipped_byte_is_noticed_unless_it_changes_nothing() {
    let export = frame(&(0..6).flat_map(|id| record(id, &noise(300, id as u64))).collect::<Vec<_>>());
    for at in (0..20).chain((20..export.len()).step_by(23)) {
        let mut damaged = export.clone();
        damaged[at] ^= 0x40;
        let noticed = decode(&damaged).errors.last().is_some_and(|error| error.fatal);
        // Some bits carry nothing, such as those that only ask for a larger window.
        assert!(noticed || bodies(&damaged) == bodies(&export), "flip at {at}");
    }
}

#[test]
fn damage_in_a_late_block_costs_nothing_in_front_of_it() {
    // Six blocks of text that does not compress much, each with several whole records.
    let records: Vec<_> = (0..60).map(|id| record(id, &noise(6_000, id as u64))).collect();
    let export = frame(&records.concat());
    let intact_blocks = 3;
    let mut block = 6;
    for _ in 0..intact_blocks {
        let head = u32::from_le_bytes([export[block], export[block + 1], export[block + 2], 0]);
        block += 3 + (head >> 3) as usize;
    }
    let mut damaged = export.clone();
    // Block type 3 is reserved.
    damaged[block] |= 0b110;
    let seen = decode(&damaged);
    assert_eq!(seen.error().kind, ErrorKind::Corrupt);
    assert_eq!(seen.ids.len(), intact_blocks * (128 << 10) / records[20].len(), "{}", seen.error());
}

#[test]
fn garbage_behind_the_last_frame_is_reported_after_all_records() {
    for garbage in [&b"\0"[..], b"\0\0\0\0\0\0\0\0", b"garbage garbage"] {
        let seen = decode(&[&frame(&record(1, "x")), garbage].concat());
        assert_eq!(seen.ids(), [1]);
        assert_eq!((seen.error().kind, seen.error().fatal), (ErrorKind::Corrupt, true));
        assert!(seen.error().reason.contains("follow the last frame"));
    }
}

#[test]
fn windows_beyond_the_limit_are_refused() {
    let mut encoder = zstd::Encoder::new(Vec::new(), 1).unwrap();
    encoder.window_log(24).unwrap();
    encoder.write_all(&record(1, &noise(100_000, 1))).unwrap();
    let export = encoder.finish().unwrap();
    assert_eq!(decode(&export).ids(), [1]);
    let seen = decode_with(&export[..], Limits { max_window_log: 23, ..Limits::default() });
    assert_eq!((seen.error().kind, seen.error().fatal), (ErrorKind::Limit, true));
    assert!(seen.error().reason.contains("window"));
}

#[test]
fn exports_stop_at_the_limit_of_decompressed_bytes() {
    let one = record(1, "x");
    let limits = Limits { max_export_bytes: one.len() as u64 * 3 + 5, ..Limits::default() };
    let export = frame(&one.repeat(10));
    let seen = decode_with(&export[..], limits);
    assert_eq!(seen.ids(), [1, 1, 1]);
    assert_eq!((seen.error().kind, seen.error().fatal), (ErrorKind::Limit, true));
}

#[test]
fn a_failing_reader_is_an_error_after_the_records_it_gave() {
    struct Broken<'a>(&'a [u8]);
    impl Read for Broken<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
            match self.0.read(buffer)? {
                0 => Err(std::io::Error::new(std::io::ErrorKind::ConnectionReset, "to 10.0.0.1 with secret")),
                count => Ok(count),
            }
        }
    }
    let seen = decode_with(Broken(&frame(&record(1, "x"))), Limits::default());
    assert_eq!(seen.ids(), [1]);
    assert_eq!((seen.error().kind, seen.error().fatal), (ErrorKind::Io, true));
    assert!(!seen.error().reason.contains("secret"));
}
