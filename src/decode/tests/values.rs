//! CBOR items, compared with another implementation.

use ciborium::Value;

use super::*;

fn walk(bytes: &[u8]) -> Result<Step, Fault> {
    Walker::new(0, 1 << 20, 64).walk(bytes)
}

fn any_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        any::<i64>().prop_map(|value| Value::Integer(value.into())),
        any::<u64>().prop_map(|value| Value::Integer(value.into())),
        any::<f64>().prop_map(Value::Float),
        any::<f32>().prop_map(|value| Value::Float(value.into())),
        (-70i16..70).prop_map(|value| Value::Float(f64::from(value) / 8.0)),
        any::<bool>().prop_map(Value::Bool),
        Just(Value::Null),
        ".{0,40}".prop_map(Value::Text),
        prop::collection::vec(any::<u8>(), 0..40).prop_map(Value::Bytes),
    ];
    leaf.prop_recursive(5, 60, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::Array),
            prop::collection::vec((inner.clone(), inner.clone()), 0..6).prop_map(Value::Map),
            (0u64..1000, inner).prop_map(|(tag, value)| Value::Tag(tag, Box::new(value))),
        ]
    })
}

fn written(value: &Value) -> Vec<u8> {
    let mut out = Vec::new();
    ciborium::into_writer(value, &mut out).unwrap();
    out
}

/// Whether the items in `raw` are those of `value`.
fn same(raw: &[u8], value: &Value) -> bool {
    let bignum = matches!(value, Value::Tag(2 | 3, inner) if matches!(**inner, Value::Bytes(_)));
    match (cbor::item(raw).unwrap(), value) {
        (item, Value::Tag(..)) if bignum => matches!(item, Item::Other),
        (_, Value::Tag(_, inner)) => {
            let Ok(Some(tag)) = cbor::Head::read(raw, 0) else { return false };
            same(&raw[tag.end..], inner)
        }
        (Item::Integer(ours), Value::Integer(theirs)) => ours == i128::from(*theirs),
        (Item::Float(ours), Value::Float(theirs)) => ours == *theirs || ours.is_nan() && theirs.is_nan(),
        (Item::Bool(ours), Value::Bool(theirs)) => ours == *theirs,
        (Item::Null, Value::Null) => true,
        (Item::Text(ours), Value::Text(theirs)) => ours.as_ref() == theirs.as_bytes(),
        (Item::Bytes(ours), Value::Bytes(theirs)) => ours.as_ref() == theirs,
        (Item::Array(ours), Value::Array(theirs)) => {
            ours.clone().count() == theirs.len() && ours.zip(theirs).all(|(raw, value)| same(raw, value))
        }
        (Item::Map(ours), Value::Map(theirs)) => {
            let theirs: Vec<_> = theirs.iter().flat_map(|(key, value)| [key, value]).collect();
            ours.clone().count() == theirs.len() && ours.zip(theirs).all(|(raw, value)| same(raw, value))
        }
        _ => false,
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn values_are_read_as_another_implementation_wrote_them(value in any_value()) {
        let raw = written(&value);
        prop_assert_eq!(walk(&raw), Ok(Step::Done(raw.len())));
        prop_assert!(same(&raw, &value), "{:?}", value);
        prop_assert!(cbor_to_json(&raw, &Limits::default()).is_some());
    }

    #[test]
    fn walks_continue_where_they_stopped(value in any_value(), steps in prop::collection::vec(1usize..9, 0..40)) {
        let raw = written(&value);
        let mut walker = Walker::new(0, 1 << 20, 64);
        let mut held = 0;
        for step in steps {
            held = (held + step).min(raw.len());
            match walker.walk(&raw[..held]) {
                Ok(Step::Need(count)) => prop_assert!(count > held && count <= raw.len()),
                other => {
                    prop_assert_eq!(other, Ok(Step::Done(raw.len())));
                    return Ok(());
                }
            }
        }
        prop_assert_eq!(walker.walk(&raw), Ok(Step::Done(raw.len())));
    }

    #[test]
    fn what_another_implementation_accepts_is_accepted(
        value in any_value(),
        edits in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
    ) {
        let mut raw = written(&value);
        for (at, byte) in edits {
            let at = at.index(raw.len());
            raw[at] = byte;
        }
        let ours = walk(&raw);
        let mut rest = &raw[..];
        let theirs: Result<Value, _> = ciborium::de::from_reader_with_recursion_limit(&mut rest, 32);
        if theirs.is_ok() {
            prop_assert_eq!(ours, Ok(Step::Done(raw.len() - rest.len())));
        }
        if let Ok(Step::Done(end)) = ours {
            prop_assert!(cbor_to_json(&raw[..end], &Limits::default()).is_some());
        }
    }

    #[test]
    fn arbitrary_bytes_never_panic(raw in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = walk(&raw);
        let _ = cbor_to_json(&raw, &Limits::default());
        let _ = wire::read(&raw, &Limits::default());
        let _ = (wire::is_record(&raw), wire::peek_id(&raw));
    }
}

#[test]
fn indefinite_lengths_end_where_their_break_is() {
    for raw in [
        open_text(&[]),
        open_text(&["a", "", "bc"]),
        open_array(&[int(1), open_map(&[("k", open_array(&[]))])]),
        open_map(&[("a", open_text(&["x"])), ("b", map(&[]))]),
        [vec![0x5f], bytes(b"ab"), vec![0xff]].concat(),
    ] {
        assert_eq!(walk(&[&raw[..], &[0xff, 0, 0]].concat()), Ok(Step::Done(raw.len())), "{raw:x?}");
    }
}

#[test]
fn misplaced_breaks_and_foreign_pieces_are_bad() {
    for raw in [
        vec![0xff],
        // A map that ends after a key, a tag without a value, a definite array with a break.
        vec![0xbf, 0x01, 0xff],
        vec![0x9f, 0xc1, 0xff],
        vec![0x82, 0x01, 0xff],
        // Bytes inside a text, an indefinite piece, a number inside a text.
        vec![0x7f, 0x41, 0x61, 0xff],
        vec![0x7f, 0x7f, 0xff, 0xff],
        vec![0x7f, 0x01, 0xff],
        // Reserved argument sizes, and indefinite numbers and tags.
        vec![0x1c],
        vec![0x1f],
        vec![0x3f],
        vec![0xdf],
        vec![0xfc],
    ] {
        assert!(matches!(walk(&raw), Err(Fault::Bad(..))), "{raw:x?}");
    }
}

#[test]
fn declared_lengths_are_checked_before_the_bytes_arrive() {
    let max = 1 << 20;
    assert_eq!(walk(&head(2, max - 5)), Ok(Step::Need(max as usize)));
    for major in 2..6 {
        for claim in [max, 1 << 60, u64::MAX] {
            assert_eq!(walk(&head(major, claim)), Err(Fault::TooLarge(0)), "{major} {claim}");
        }
    }
}

#[test]
fn half_precision_numbers_are_exact() {
    for (bits, expected) in
        [(0x3c00, 1.0), (0xc000, -2.0), (0x7bff, 65504.0), (0x0001, 2f64.powi(-24)), (0x3555, 0.333_251_953_125)]
    {
        let raw = [&[0xf9], &u16::to_be_bytes(bits)[..]].concat();
        assert!(matches!(cbor::item(&raw), Some(Item::Float(value)) if value == expected));
    }
    assert!(matches!(cbor::item(&[0xf9, 0xfc, 0]), Some(Item::Float(value)) if value == f64::NEG_INFINITY));
    assert!(matches!(cbor::item(&[0xf9, 0x7e, 0]), Some(Item::Float(value)) if value.is_nan()));
}

#[test]
fn json_keeps_what_json_can_hold() {
    let mut raw = map(&[
        ("text", open_text(&["he", "llo"])),
        ("bytes", bytes(b"a\xffb")),
        ("big", head(0, u64::MAX)),
        ("nan", double(f64::NAN)),
        ("list", open_array(&[int(-1), vec![0xf5], vec![NULL]])),
        ("tagged", [vec![0xc1], int(5)].concat()),
        ("bignum", [vec![0xc2], bytes(&[1; 9])].concat()),
    ]);
    raw[0] += 1;
    raw.extend([int(7), int(8)].concat());
    let expected = serde_json::json!({
        "text": "hello", "bytes": "a\u{fffd}b", "big": u64::MAX, "nan": null, "list": [-1, true, null],
        "tagged": 5, "bignum": null, "7": 8,
    });
    assert_eq!(cbor_to_json(&raw, &Limits::default()), Some(expected));
    assert_eq!(cbor_to_json(&raw[..raw.len() - 1], &Limits::default()), None);
    assert_eq!(cbor_to_json(&[], &Limits::default()), None);
}

#[test]
fn json_is_bounded_in_depth_and_values() {
    let limits = Limits { max_json_depth: 2, max_json_values: 4, ..Limits::default() };
    let deep = array(&[array(&[array(&[int(1)])])]);
    assert_eq!(cbor_to_json(&deep, &limits), Some(serde_json::json!([[null]])));
    assert_eq!(cbor_to_json(&array(&vec![int(1); 100]), &limits), Some(serde_json::json!([1, 1, 1])));
    let bottomless = vec![0x81; 1_000_000];
    assert_eq!(cbor_to_json(&bottomless, &Limits::default()), None);
}
