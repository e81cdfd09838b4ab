//! The page: hostile text stays text, nothing but the page itself is loaded, and it looks the same every time.

use super::*;
use crate::text::tests::HOSTILE;

fn page(report: Report) -> String {
    text_of(&unchanged(report), Options { format: Format::Html, full: true, ..Options::default() })
}

/// Tags and attributes in order, each attribute with its value: what a browser acts on.
fn markup(html: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        rest = &rest[at..];
        // What is quoted ends no tag.
        let (mut quoted, mut end) = (false, rest.len());
        for (at, c) in rest.char_indices() {
            match c {
                '"' => quoted = !quoted,
                '>' if !quoted => {
                    end = at + 1;
                    break;
                }
                _ => {}
            }
        }
        found.push(rest[..end].to_owned());
        rest = &rest[end..];
    }
    found
}

/// The markup without what stands in quotes.
fn shape(html: &str) -> Vec<String> {
    markup(html).iter().map(|tag| tag.split('"').step_by(2).collect::<Vec<_>>().join("\"\"")).collect()
}

#[test]
fn hostile_names_in_every_field_are_shown_as_text() {
    let tricks = [
        "<script>alert(1)</script>",
        "\" onload=\"x",
        "'><img src=x onerror=x>",
        "</title><svg onload=x>",
        "&lt;b&gt;",
    ];
    let harmless = shape(&page(filled(&|own| format!("{own} x"))));
    assert!(harmless.len() > 400);
    for trick in tricks.iter().chain(HOSTILE) {
        let html = page(filled(&|own| format!("{own} x{trick}")));
        assert_eq!(shape(&html), harmless, "{trick:?}");
        let hidden = |c: char| {
            c.is_control() && !matches!(c, '\n' | '\t') || "\u{202e}\u{2066}\u{200b}\u{feff}\u{e0041}".contains(c)
        };
        assert!(!html.contains(hidden), "{trick:?}");
    }
}

#[test]
fn a_page_runs_nothing_and_loads_nothing() {
    let html = page(example());
    for tag in markup(&html) {
        let name: String =
            tag.trim_start_matches(['<', '/', '!']).chars().take_while(|c| c.is_alphanumeric()).collect();
        assert!(
            !["script", "img", "iframe", "object", "embed", "link", "form", "base"].contains(&name.as_str()),
            "{tag}"
        );
        for attribute in [" on", " style=", " src=", " srcset=", " action="] {
            assert!(!tag.contains(attribute), "{tag}");
        }
        if let Some(target) = tag.split("href=\"").nth(1) {
            assert!(target.starts_with('#'), "links stay in the page: {tag}");
        }
    }
    assert!(html.contains("default-src 'none'"));
}

#[test]
fn a_page_tells_what_the_report_tells() {
    let html = page(example());
    for part in [
        "1 new",
        "Do first",
        "post_message",
        "Timeline",
        "Earlier, same detection and subject",
        "Tool calls per day",
        "Blind spots",
    ] {
        assert!(html.contains(part), "{part}");
    }
    assert_eq!(html, page(example()));
    let first = page(Report { history: History::default(), ..example() });
    assert!(first.contains("no earlier report to compare with"));
    assert!(page(Report::default()).contains("no record lies in this window"));
    let mut quiet = Report::default();
    quiet.window.data_start = Some(0);
    assert!(page(quiet).contains("Nothing: no incident in this window."));
}

#[test]
fn a_secret_in_any_field_is_not_on_the_page() {
    const CANARY: &str = "CANARY-7f3a";
    let clean = filled(&|own| format!("{own} {CANARY}")).redacted(&|text| text.replace(CANARY, "[redacted]"));
    let html = text_of(&clean, Options { format: Format::Html, full: true, ..Options::default() });
    assert!(!html.contains(CANARY) && html.contains("[redacted]"));
}
