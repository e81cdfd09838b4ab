//! Hostile text in every field stays text; secrets in every field are gone.

use proptest::prelude::*;
use pulldown_cmark::{Event, Options as Extensions, Parser, Tag};

use super::*;
use crate::text::tests::{HOSTILE, hostile_text};

/// The block structure of a document, without the text in it.
fn structure(markdown: &str) -> Vec<String> {
    Parser::new_ext(markdown, Extensions::all())
        .filter_map(|event| match event {
            Event::Start(Tag::Heading { level, .. }) => Some(format!("heading {level}")),
            Event::Start(Tag::CodeBlock(kind)) => Some(format!("block {kind:?}")),
            Event::Start(tag) => Some(format!("{tag:?}")),
            Event::Text(_) | Event::Code(_) | Event::End(_) | Event::SoftBreak | Event::HardBreak => None,
            other => Some(format!("{other:?}")),
        })
        .collect()
}

/// Only these can be in a report at all.
pub(in crate::report) fn assert_only_plain_blocks(markdown: &str) {
    for event in Parser::new_ext(markdown, Extensions::all()) {
        match event {
            Event::Start(
                Tag::Paragraph
                | Tag::Heading { .. }
                | Tag::BlockQuote(_)
                | Tag::List(_)
                | Tag::Item
                | Tag::Table(_)
                | Tag::TableHead
                | Tag::TableRow
                | Tag::TableCell
                | Tag::Strong,
            )
            | Event::End(_)
            | Event::Code(_)
            | Event::SoftBreak
            | Event::HardBreak => {}
            Event::Start(Tag::CodeBlock(kind)) => {
                let pulldown_cmark::CodeBlockKind::Fenced(info) = kind else { panic!("indented block in {markdown}") };
                assert!(["", "sh", "mermaid"].contains(&&*info), "{info}");
            }
            Event::Text(_) => {}
            other => panic!("{other:?} in {markdown}"),
        }
    }
}

/// Text that renderers link or that calls somebody although Markdown does not, outside of code.
pub(in crate::report) fn assert_nothing_to_link(markdown: &str) {
    let mut in_block = false;
    for event in Parser::new_ext(markdown, Extensions::all()) {
        match event {
            Event::Start(Tag::CodeBlock(_)) => in_block = true,
            Event::End(pulldown_cmark::TagEnd::CodeBlock) => in_block = false,
            Event::Text(text) if !in_block => {
                for bad in ["@", "#", "://", "www.", "<", "["] {
                    assert!(!text.contains(bad), "{text:?} outside of code");
                }
            }
            _ => {}
        }
    }
}

fn assert_no_hidden(text: &str) {
    for c in text.chars() {
        let shown = matches!(c, '\n') || !(c.is_control() || "\u{202e}\u{2066}\u{200b}\u{feff}\u{e0041}".contains(c));
        assert!(shown, "U+{:04X} survived", u32::from(c));
    }
}

#[test]
fn hostile_names_in_every_field_change_no_structure() {
    for trick in HOSTILE {
        // Alone, and in the middle: the first and the last character of a field are special to parsers.
        for fill in [|t: &str, _: &str| t.to_owned(), |t: &str, own: &str| format!("{own} {t} x")] {
            let report = crowded(&|own| fill(trick, own));
            let text = markdown(report);
            assert_only_plain_blocks(&text);
            assert_nothing_to_link(&text);
            assert_no_hidden(&text);
        }
    }
}

#[test]
fn a_hostile_field_has_the_structure_of_a_harmless_one() {
    let harmless = structure(&markdown(crowded(&|own| format!("{own} x"))));
    for trick in HOSTILE.iter().filter(|t| !t.is_empty()) {
        let hostile = structure(&markdown(crowded(&|own| format!("{own} x{trick}"))));
        assert_eq!(hostile, harmless, "{trick:?}");
    }
}

#[test]
fn hostile_names_in_every_field_are_visible_in_json() {
    for trick in HOSTILE {
        let text = as_json(filled(&|_| (*trick).to_owned()));
        assert_no_hidden(&text);
        let value: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(value["schema"], json_v1::SCHEMA);
        assert!(
            !text.contains("\\u001b") && !text.contains("\\u0000"),
            "control characters are text, not JSON escapes"
        );
    }
}

#[test]
fn a_secret_in_any_field_is_in_no_output() {
    const CANARY: &str = "CANARY-7f3a";
    let planted = filled(&|own| format!("{own} {CANARY}"));
    assert!(format!("{planted:?}").matches(CANARY).count() > 150, "the canary is everywhere");
    let clean = planted.redacted(&|text| text.replace(CANARY, "[redacted]"));
    let inside = format!("{:?}", clean.report());
    assert!(!inside.contains(CANARY) && inside.contains("[redacted]"));
    for format in [Format::Markdown, Format::Json] {
        let text = text_of(&clean, Options { format, ..Options::default() });
        assert!(!text.contains(CANARY));
        assert!(text.contains("redacted"));
    }
}

#[test]
fn redaction_merges_counters_and_keeps_every_detail() {
    let mut report = example();
    let finding = &mut report.incidents[0];
    finding.details = [("a1".to_owned(), json!(1)), ("a2".to_owned(), json!({"b1": 2, "b2": 3}))].into();
    report.coverage.exports[0].stats.unknown = [("k1".to_owned(), 2), ("k2".to_owned(), 3)].into();
    let clean = report.redacted(&|text| text.replace(['1', '2'], "*"));
    let report = clean.report();
    assert_eq!(report.coverage.exports[0].stats.unknown, [("k*".to_owned(), 5)].into());
    let details = &report.incidents[0].details;
    assert_eq!(details["a*"], json!(1));
    assert_eq!(details["a* (2)"], json!({"b*": 2, "b* (2)": 3}));
}

#[test]
fn enormous_fields_are_cut() {
    let report = filled(&|own| format!("{own}{}", "x".repeat(100_000)));
    let (md, js) = (markdown(report.clone()), as_json(report));
    assert!(md.len() < 300_000 && js.len() < 2_000_000, "{} and {}", md.len(), js.len());
    assert!(md.contains("…[+") && js.contains("…[+"));
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(48) })]

    #[test]
    fn random_text_in_every_field_stays_text(text in hostile_text()) {
        let markdown = markdown(filled(&|own| format!("{text}{own}")));
        assert_only_plain_blocks(&markdown);
        assert_nothing_to_link(&markdown);
        let json: serde_json::Value = serde_json::from_str(&as_json(filled(&|_| text.clone()))).unwrap();
        prop_assert_eq!(&json["schema"], json_v1::SCHEMA);
    }
}
