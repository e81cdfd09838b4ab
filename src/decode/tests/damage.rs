//! Records that cannot be read, between records that can.

use super::*;

#[test]
fn items_that_are_no_records_cost_only_themselves() {
    for stray in
        [int(5), text("hello"), array(&[int(1)]), map(&[]), map(&[("foo", int(1))]), map(&[("usage", map(&[]))])]
    {
        let seen = decode_records(&[record(1, "x"), stray.clone(), record(3, "z")]);
        assert_eq!((seen.ids(), seen.numbers.clone()), (vec![1, 3], vec![0, 2]));
        let error = seen.error();
        assert_eq!((error.kind, error.fatal, error.record_number), (ErrorKind::BadRecord, false, Some(1)));
        assert_eq!(error.offset, record(1, "x").len() as u64);
    }
}

#[test]
fn broken_records_cost_only_themselves() {
    let good = record(2, "the body of the broken record");
    // A reserved head, a misplaced break, a string that claims 2^60 bytes, an array that claims 2^60 items.
    let huge = |major: u8| [&[major << 5 | 27], &(1u64 << 60).to_be_bytes()[..]].concat();
    for (broken, kind) in [
        (vec![0x1c], ErrorKind::BadRecord),
        (vec![0xff], ErrorKind::BadRecord),
        (huge(3), ErrorKind::Limit),
        (huge(4), ErrorKind::Limit),
        (huge(5), ErrorKind::Limit),
        (head(2, 300_000_000), ErrorKind::Limit),
        (head(2, 200_000_000), ErrorKind::Truncated),
    ] {
        let at = map(&[("id", int(2)), ("ver", int(2))]).len();
        let bad = [&good[..at], &broken[..], &good[at + 1..]].concat();
        let seen = decode_records(&[record(1, "x"), bad.clone(), record(3, "z"), record(4, "z")]);
        assert_eq!((seen.ids(), seen.numbers.clone()), (vec![1, 3, 4], vec![0, 2, 3]), "{broken:x?}");
        let error = seen.error();
        assert_eq!((error.kind, error.fatal), (kind, false), "{error}");
        assert_eq!((error.record_number, error.record_id), (Some(1), Some(2)));
        assert_eq!(error.offset, record(1, "x").len() as u64);
        assert!(error.reason.contains(&format!("{} bytes skipped", bad.len())), "{error}");
    }
}

#[test]
fn a_broken_first_record_does_not_hide_the_others() {
    let seen = decode_records(&[vec![0x1c; 100], record(2, "x"), record(3, "y")]);
    assert_eq!(seen.ids(), [2, 3]);
    assert!(!seen.error().fatal);
}

#[test]
fn a_break_with_nothing_behind_it_is_fatal() {
    let seen = decode_records(&[record(1, "x"), vec![0xff; 1_000_000]]);
    assert_eq!(seen.ids(), [1]);
    assert_eq!((seen.error().kind, seen.error().fatal), (ErrorKind::BadRecord, true));
}

#[test]
fn records_cut_off_in_a_whole_stream_are_truncated() {
    let mut content = [record(1, "x"), record(2, "y")].concat();
    content.truncate(content.len() - 3);
    let seen = decode(&frame(&content));
    assert_eq!(seen.ids(), [1]);
    assert_eq!((seen.error().kind, seen.error().fatal), (ErrorKind::Truncated, true));
}

#[test]
fn endless_stray_items_are_one_error_each_only_at_first() {
    let seen = decode_records(&[record(1, "x"), vec![0; 3_000_000], record(2, "y")]);
    assert_eq!(seen.ids(), [1, 2]);
    assert!(seen.errors.len() < 20 && seen.errors.iter().all(|error| !error.fatal));
}

#[test]
fn a_record_right_behind_many_stray_items_is_not_lost() {
    for count in 14..20 {
        let seen = decode_records(&[record(1, "x"), vec![0; count], record(2, "y"), record(3, "z")]);
        assert_eq!(seen.ids(), [1, 2, 3], "{count}");
        assert_eq!(seen.errors.len(), count.min(17), "{count}");
    }
}

#[test]
fn a_broken_stream_behind_a_broken_record_is_reported_as_well() {
    let mut export = frame(&[record(1, "x"), vec![0x1c; 50]].concat());
    *export.last_mut().unwrap() ^= 1;
    let seen = decode(&export);
    let kinds: Vec<_> = seen.errors.iter().map(|error| (error.kind, error.fatal)).collect();
    assert_eq!(kinds, [(ErrorKind::BadRecord, false), (ErrorKind::Corrupt, true)]);
}

#[test]
fn maps_inside_a_broken_record_are_not_taken_for_records() {
    let inner = map(&[("id", text("c")), ("model", text("m")), ("path", text("/v1")), ("statusCode", int(200))]);
    let bad = [head(5, 9), text("capture"), inner, vec![0x1c]].concat();
    let seen = decode_records(&[bad, record(2, "x")]);
    assert_eq!(seen.ids(), [2]);
    assert_eq!(seen.errors.len(), 1);
}

#[test]
fn imitated_records_do_not_make_the_search_endless() {
    // Each candidate claims the rest of the export and turns out to be broken.
    let bait = [head(5, 9), text("id"), int(1), text("ver"), head(4, 10_000)].concat();
    let seen = decode_records(&[record(1, "x"), vec![0xff], bait.repeat(2_000)]);
    assert_eq!(seen.ids(), [1]);
    assert!(seen.errors.last().unwrap().fatal);
}

#[test]
fn deep_nesting_is_walked_and_too_deep_nesting_costs_one_record() {
    let nested = |depth: usize| {
        let deep = [vec![0x81; depth], int(1)].concat();
        map(&[("id", int(2)), ("ver", int(2)), ("capture", map(&[("toolUseData", deep)]))])
    };
    assert_eq!(decode_records(&[record(1, "x"), nested(4000), record(3, "x")]).ids(), [1, 2, 3]);
    let seen = decode_records(&[record(1, "x"), nested(1_000_000), record(3, "x")]);
    assert_eq!(seen.ids(), [1, 3]);
    assert_eq!((seen.error().kind, seen.error().record_id), (ErrorKind::Limit, Some(2)));
}

#[test]
fn records_beyond_the_size_limit_cost_only_themselves() {
    let limits = Limits { max_record_bytes: 10_000, ..Limits::default() };
    let export = frame(&[record(1, "x"), record(2, &noise(20_000, 1)), record(3, "y")].concat());
    let seen = decode_with(&export[..], limits);
    assert_eq!(seen.ids(), [1, 3]);
    assert_eq!((seen.error().kind, seen.error().record_id), (ErrorKind::Limit, Some(2)));
}

#[test]
fn errors_become_problems_without_content() {
    let problem = crate::outcome::Problem::from(decode_records(&[map(&[("sk-secret", int(1))])]).error().clone());
    assert_eq!((problem.kind.as_str(), problem.record_number, problem.offset), ("bad_record", Some(0), Some(0)));
    assert!(!problem.reason.contains("secret"));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn damaged_cbor_never_panics_and_keeps_the_records_in_front(
        edits in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
    ) {
        let records: Vec<_> = (0..6).map(|id| record(id, &noise(200, id as u64))).collect();
        let mut content = records.concat();
        let mut first = content.len();
        for (at, byte) in edits {
            let at = at.index(content.len());
            content[at] = byte;
            first = first.min(at);
        }
        let seen = decode(&frame(&content));
        let intact = first / (content.len() / 6 + 1);
        prop_assert!(seen.ids().starts_with(&(0..intact as i64).collect::<Vec<_>>()), "{:?}", seen);
    }

    #[test]
    fn damaged_files_never_panic(
        edits in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
        chunk in 1usize..400,
    ) {
        let mut export: Vec<u8> = (0..3).flat_map(|id| frame(&record(id, &noise(200, id as u64)))).collect();
        for (at, byte) in edits {
            let at = at.index(export.len());
            export[at] = byte;
        }
        prop_assert_eq!(decode(&export), decode_with(Trickle(&export, chunk), Limits::default()));
    }
}
