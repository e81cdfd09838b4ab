//! Fields of a record in every form they may have.

use super::*;

fn strings<'a>(items: &'a [std::borrow::Cow<'_, str>]) -> Vec<&'a str> {
    items.iter().map(AsRef::as_ref).collect()
}

#[test]
fn a_full_record_is_read_field_by_field() {
    let usage = map(&[
        ("input_tokens", int(10)),
        ("output_tokens", int(20)),
        ("cached_tokens", int(3)),
        ("cache_creation_input_tokens", int(4)),
        ("reasoning_tokens", int(5)),
        ("web_search_count", int(6)),
        ("image_input_tokens", int(7)),
    ]);
    let headers = map(&[("Accept", array(&[text("a"), text("b")])), ("Via", text("c")), ("Gone", vec![NULL])]);
    let raw = map(&[
        ("id", int(5)),
        ("ver", int(2)),
        ("timestamp", text("2026-03-09T22:25:37.430509634Z")),
        (
            "identity",
            map(&[
                ("login_name", text("a@example.com")),
                ("stable_node_id", text("n1")),
                ("tags", array(&[text("tag:ci"), text("tag:x")])),
            ]),
        ),
        ("model", text("anthropic/claude")),
        ("api_type", text("ant_messages")),
        ("usage", usage.clone()),
        (
            "estimated_cost",
            map(&[("dollars", double(0.25)), ("cost_basis", text("anthropic")), ("usage", usage.clone())]),
        ),
        ("duration_ms", int(1430)),
        ("capture_id", text("cap")),
        ("session_id", text("ses")),
        ("path", text("/v1/messages?beta=true")),
        ("status_code", int(200)),
        (
            "capture",
            map(&[
                ("id", text("other")),
                ("startTime", text("2026-03-09T22:25:36Z")),
                ("toolUseData", array(&[map(&[("name", text("Bash"))])])),
                ("requestHeaders", headers),
                ("responseHeaders", vec![NULL]),
                ("requestBody", text("{}")),
                ("responseBody", bytes(b"ok\xff")),
                ("rawRequestBody", bytes(b"raw")),
                ("rawResponseBody", vec![NULL]),
            ]),
        ),
    ]);
    with_record(&raw, |got| {
        assert_eq!((got.id, got.ver, got.duration_ms, got.status_code), (Some(5), Some(2), Some(1430), Some(200)));
        assert_eq!(got.timestamp, Some(1_773_095_137_430_509));
        assert_eq!(got.start, Some(1_773_095_136_000_000));
        assert_eq!((&*got.login, &*got.device), ("a@example.com", "n1"));
        assert_eq!(strings(&got.tags), ["tag:ci", "tag:x"]);
        assert_eq!((&*got.model, &*got.api_type), ("anthropic/claude", "ant_messages"));
        let expected = Usage {
            input: Some(10),
            output: Some(20),
            cached: Some(3),
            cache_creation: Some(4),
            reasoning: Some(5),
            web_searches: Some(6),
        };
        assert_eq!(got.usage, expected);
        assert_eq!((got.cost_usd, &*got.cost_basis), (Some(0.25), "anthropic"));
        assert_eq!((&*got.capture_id, &*got.session_id, &*got.path), ("cap", "ses", "/v1/messages?beta=true"));
        let headers: Vec<_> = got.request_headers.iter().map(|(name, value)| (&**name, &**value)).collect();
        assert_eq!(headers, [("Accept", "a"), ("Accept", "b"), ("Via", "c")]);
        assert!(got.response_headers.is_empty());
        assert_eq!((&*got.request_body, &*got.response_body), (&b"{}"[..], &b"ok\xff"[..]));
        assert_eq!((got.raw_request_body.as_deref(), got.raw_response_body.as_deref()), (Some(&b"raw"[..]), None));
        let tools = cbor_to_json(&got.tool_use, &Limits::default());
        assert_eq!(tools, Some(serde_json::json!([{"name": "Bash"}])));
        assert!(got.unknown_keys.is_empty() && got.mistyped_keys.is_empty(), "{got:?}");
    });
}

#[test]
fn bodies_and_texts_are_borrowed_from_the_buffer() {
    with_record(&record(1, "body"), |got| {
        assert!(matches!(got.request_body, std::borrow::Cow::Borrowed(_)));
        assert!(matches!(got.login, std::borrow::Cow::Borrowed(_)));
    });
}

#[test]
fn the_capture_fills_what_the_top_level_lacks() {
    let capture = map(&[
        ("id", text("cap")),
        ("model", text("m")),
        ("loginName", text("b@example.com")),
        ("stableNodeId", text("n2")),
        ("tags", array(&[text("tag:ci")])),
        ("statusCode", int(429)),
        ("path", text("/v1/responses")),
        ("sessionId", text("ses")),
        (
            "estimated_cost",
            map(&[("dollars", int(2)), ("cost_basis", text("x")), ("usage", map(&[("input_tokens", int(9))]))]),
        ),
    ]);
    with_record(&map(&[("capture", capture.clone()), ("usage", map(&[]))]), |got| {
        assert_eq!((&*got.capture_id, &*got.model, &*got.login, &*got.device), ("cap", "m", "b@example.com", "n2"));
        assert_eq!((strings(&got.tags), got.status_code), (vec!["tag:ci"], Some(429)));
        assert_eq!((&*got.path, &*got.session_id), ("/v1/responses", "ses"));
        assert_eq!((got.cost_usd, &*got.cost_basis, got.usage.input), (Some(2.0), "x", Some(9)));
    });
    let top = map(&[
        ("capture", capture),
        ("model", text("top")),
        ("status_code", int(200)),
        ("usage", map(&[("output_tokens", int(1))])),
    ]);
    with_record(&top, |got| {
        assert_eq!((&*got.model, got.status_code), ("top", Some(200)));
        assert_eq!((got.usage.input, got.usage.output), (None, Some(1)));
    });
}

#[test]
fn absent_null_and_empty_captures_leave_metrics() {
    for capture in
        [None, Some(vec![NULL]), Some(map(&[])), Some(map(&[("requestBody", text("")), ("requestHeaders", map(&[]))]))]
    {
        let mut pairs = vec![("id", int(1)), ("model", text("m")), ("identity", vec![NULL])];
        pairs.extend(capture.map(|capture| ("capture", capture)));
        with_record(&map(&pairs), |got| {
            assert_eq!((got.id, &*got.model), (Some(1), "m"));
            assert!(got.request_body.is_empty() && got.request_headers.is_empty() && got.tool_use.is_empty());
            assert!(got.mistyped_keys.is_empty() && got.unknown_keys.is_empty());
        });
    }
}

#[test]
fn indefinite_lengths_make_no_difference() {
    let raw = open_map(&[
        ("id", int(1)),
        (
            "identity",
            open_map(&[("login_name", open_text(&["a@", "example.com"])), ("tags", open_array(&[text("t")]))]),
        ),
        (
            "capture",
            open_map(&[
                ("requestBody", open_text(&["{\"a\"", ":1}"])),
                ("rawRequestBody", [vec![0x5f], bytes(b"x"), bytes(b"y"), vec![0xff]].concat()),
                ("requestHeaders", open_map(&[("A", open_array(&[open_text(&["b", "c"])]))])),
                ("toolUseData", open_array(&[])),
            ]),
        ),
    ]);
    with_record(&raw, |got| {
        assert_eq!((&*got.login, strings(&got.tags)), ("a@example.com", vec!["t"]));
        assert_eq!(&*got.request_body, b"{\"a\":1}");
        assert_eq!(got.raw_request_body.as_deref(), Some(&b"xy"[..]));
        assert_eq!(got.request_headers, [("A".into(), "bc".into())]);
        assert!(got.tool_use.is_empty() && got.mistyped_keys.is_empty());
    });
}

#[test]
fn unknown_versions_and_keys_are_kept_by_name() {
    let mut raw = map(&[
        ("id", int(1)),
        ("ver", int(3)),
        ("ID", int(4)),
        ("extra", map(&[("x", int(1))])),
        ("capture", map(&[("method", text("POST"))])),
    ]);
    raw[0] += 1;
    raw.extend([int(1), int(2)].concat());
    with_record(&raw, |got| {
        assert_eq!((got.id, got.ver), (Some(1), Some(3)));
        assert_eq!(strings(&got.unknown_keys), ["ID", "extra", "capture.method", "(not text)"]);
    });
    let many: Vec<_> = (0..100).map(|_| ("k", int(1))).chain([("id", int(1))]).collect();
    with_record(&map(&many), |got| assert_eq!(got.unknown_keys.len(), 16));
}

#[test]
fn mistyped_fields_are_ignored_and_named() {
    let raw = map(&[
        ("id", text("seven")),
        ("ver", int(2)),
        ("timestamp", text("yesterday")),
        ("identity", text("me")),
        ("usage", map(&[("input_tokens", text("many"))])),
        ("status_code", double(200.0)),
        ("duration_ms", double(1.5)),
        (
            "capture",
            map(&[("requestBody", map(&[])), ("requestHeaders", int(1)), ("toolUseData", map(&[])), ("tags", int(1))]),
        ),
    ]);
    with_record(&raw, |got| {
        assert_eq!((got.id, got.ver, got.status_code, got.duration_ms), (None, Some(2), Some(200), None));
        assert_eq!(
            strings(&got.mistyped_keys),
            [
                "id",
                "timestamp",
                "identity",
                "usage",
                "duration_ms",
                "capture.requestBody",
                "capture.requestHeaders",
                "capture.toolUseData",
                "capture.tags",
            ]
        );
    });
}

#[test]
fn lists_and_texts_are_cut_at_their_limits() {
    let limits = Limits { max_text_bytes: 20, max_list: 3, ..Limits::default() };
    let headers = map(&[("A", array(&vec![text("b"); 9])), ("Long", text(&"x".repeat(30)))]);
    let raw = map(&[
        ("model", text(&"m".repeat(50))),
        ("identity", map(&[("tags", array(&vec![text("t"); 9]))])),
        ("capture", map(&[("requestHeaders", headers), ("requestBody", text(&"b".repeat(50)))])),
    ]);
    let got = wire::read(&raw, &limits).unwrap();
    assert_eq!((got.model.len(), got.tags.len(), got.request_headers.len()), (20, 3, 3));
    assert_eq!(got.request_body.len(), 50);
    assert_eq!(strings(&got.mistyped_keys), ["model", "identity.tags", "capture.requestHeaders"]);
}

#[test]
fn invalid_utf8_in_texts_is_replaced_and_in_bodies_kept() {
    let bad = [head(3, 3), b"a\xffb".to_vec()].concat();
    with_record(&map(&[("model", bad.clone()), ("capture", map(&[("requestBody", bad)]))]), |got| {
        assert_eq!((&*got.model, &*got.request_body), ("a\u{fffd}b", &b"a\xffb"[..]));
    });
}

#[test]
fn times_are_read_in_every_form() {
    const EXPECTED: i64 = 1_773_095_137_430_509;
    let tagged = |tag: u8, value: Vec<u8>| [vec![0xc0 | tag], value].concat();
    for (value, expected) in [
        (text("2026-03-09T22:25:37.430509634Z"), EXPECTED),
        (text("2026-03-09T23:25:37.430509+01:00"), EXPECTED),
        (text("2026-03-09 16:55:37.4305099-05:30"), EXPECTED),
        (text("2026-03-09T22:25:37.43Z"), EXPECTED - 509),
        (text("2026-03-09t22:25:37z"), EXPECTED - 430_509),
        (tagged(0, text("2026-03-09T22:25:37.430509Z")), EXPECTED),
        (tagged(1, int(1_773_095_137)), EXPECTED - 430_509),
        (tagged(1, double(1_773_095_137.430_509)), EXPECTED),
        (int(1_773_095_137), EXPECTED - 430_509),
        (int(1_773_095_137_430), EXPECTED - 509),
        (int(EXPECTED), EXPECTED),
        (int(EXPECTED * 1000 + 634), EXPECTED),
        (double(1_773_095_137_430.5), EXPECTED - 9),
        (text("1970-01-01T00:00:00.000001Z"), 1),
        (text("2000-02-29T00:00:00Z"), 951_782_400_000_000),
        (text("2016-12-31T23:59:60Z"), 1_483_228_800_000_000),
    ] {
        with_record(&map(&[("id", int(1)), ("timestamp", value.clone())]), |got| {
            assert_eq!((got.timestamp, got.mistyped_keys.len()), (Some(expected), 0), "{value:x?}");
        });
    }
}

#[test]
fn unset_times_are_absent_and_impossible_times_mistyped() {
    for (value, mistyped) in [
        (text("0001-01-01T00:00:00Z"), 0),
        (text(""), 0),
        (int(0), 0),
        (vec![NULL], 0),
        (int(-5), 1),
        (double(f64::NAN), 1),
        (text("2026-02-29T00:00:00Z"), 1),
        (text("2026-13-01T00:00:00Z"), 1),
        (text("2026-03-09T24:00:00Z"), 1),
        (text("2026-03-09T22:25:37"), 1),
        (text("2026-03-09T22:25:37.Z"), 1),
        (text("2026-03-09T22:25:37+0100"), 1),
        (text("２０26-03-09T22:25:37Z"), 1),
        // Beyond what queries can reckon with.
        (text("2262-04-13T00:00:00Z"), 1),
        (text("9999-12-31T23:59:59Z"), 1),
        (text("1600-01-01T00:00:00Z"), 1),
        (int(9_223_459_200_000_000), 1),
        (vec![0xf5], 1),
    ] {
        with_record(&map(&[("id", int(1)), ("timestamp", value.clone())]), |got| {
            assert_eq!((got.timestamp, got.mistyped_keys.len()), (None, mistyped), "{value:x?}");
        });
    }
}
