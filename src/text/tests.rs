//! Tests of `text`: rendered with a real Markdown parser, nothing hostile comes alive.

use proptest::prelude::*;
use pulldown_cmark::{Event, Options, Parser, Tag};

use super::*;

/// Strings that have broken reports before, one trick each.
pub(crate) const HOSTILE: &[&str] = &[
    "![x](https://evil.example/?q=secret)",
    "[click](javascript:alert(1))",
    "<img src=x onerror=alert(1)>",
    "<script>alert(1)</script>",
    "# heading",
    "===",
    "---",
    "1. list",
    "- list",
    "> quote",
    "```\ncode\n```",
    "~~~",
    "`tick` ``two`` ```three```",
    "`",
    "``",
    " ` ",
    "\\`",
    "\\",
    "a | b \\| c || d",
    "|---|---|",
    "@octocat and @org/team",
    "see #123 and org/repo#1 and GH-12",
    "alice@evil.example",
    "mailto:alice@evil.example",
    "https://evil.example/a?b=c#d",
    "HTTP://EVIL.example",
    "www.evil.example",
    "<https://evil.example>",
    "[ref]: https://evil.example",
    "[^1]: note [^1]",
    "*bold* __bold__ ~~gone~~ $x$ ==mark== :smile:",
    "&lt;b&gt; &#64;all &amp;",
    "\u{1b}[31mred\u{1b}[0m\u{7}\u{8}",
    "\u{1b}]8;;https://evil.example\u{7}text\u{1b}]8;;\u{7}",
    "\u{202e}gpj.exe\u{202c}\u{2066}x\u{2069}",
    "zero\u{200b}width\u{feff}\u{2060}",
    "\u{e0001}\u{e0041}\u{e007f}",
    "line\r\nbreak\rand\nmore\ttab\u{85}\u{2028}",
    "\0nul",
    "da39a3ee5e6b4b0d3255bfef95601890afd80709",
    "- [ ] task",
    "Term\n: definition",
    "{#id .class}",
    "\u{fe0f}\u{e0100}",
    "",
    " ",
];

fn events(markdown: &str) -> Vec<Event<'_>> {
    Parser::new_ext(markdown, Options::all()).collect()
}

/// Fails unless the Markdown holds nothing but paragraphs, code spans and harmless text.
fn assert_inert(markdown: &str) {
    for event in events(markdown) {
        match event {
            Event::Start(Tag::Paragraph) | Event::End(_) | Event::Code(_) => {}
            Event::Text(text) => {
                for bad in ["@", "://", "www.", "#", "<", "]", "_", "*", "$", "\u{1b}", "\n"] {
                    assert!(!text.contains(bad), "{text:?} stands outside of code in {markdown:?}");
                }
            }
            other => panic!("{other:?} in {markdown:?}"),
        }
    }
}

fn assert_no_hidden(text: &str) {
    assert!(!text.chars().any(|c| visible::hidden(c) && c != '\n' && c != '\t'), "{text:?}");
}

fn cells(markdown: &str) -> usize {
    events(markdown).iter().filter(|e| matches!(e, Event::Start(Tag::TableCell))).count()
}

fn assert_all_forms_are_inert(text: &str) {
    for markdown in [md_code(text), md_prose(text), md_verbatim(text, 200)] {
        assert_inert(&markdown);
        assert_no_hidden(&markdown);
        assert!(!markdown.contains('\n'));
        let cell = md_cell(&markdown);
        let table = format!("| a | b |\n|---|---|\n| {cell} | {cell} |\n");
        assert_eq!(cells(&table), 4, "{table}");
        for event in events(&table) {
            assert!(
                !matches!(
                    event,
                    Event::Html(_) | Event::InlineHtml(_) | Event::Start(Tag::Link { .. } | Tag::Image { .. })
                ),
                "{table}"
            );
        }
    }
    let fenced = md_fence("text", text);
    let found = events(&fenced);
    assert!(matches!(found.first(), Some(Event::Start(Tag::CodeBlock(_)))), "{fenced}");
    assert_eq!(found.iter().filter(|e| matches!(e, Event::Start(_))).count(), 1, "{fenced}");
    assert_no_hidden(&fenced);
}

#[test]
fn known_tricks_stay_text_in_every_form() {
    for text in HOSTILE {
        assert_all_forms_are_inert(text);
        assert_all_forms_are_inert(&format!("before {text} after"));
    }
}

#[test]
fn hidden_characters_are_shown() {
    assert_eq!(visible("a\u{202e}b\u{200b}c\u{1b}[0m"), "a\\u{202e}b\\u{200b}c\\u{1b}[0m");
    assert_eq!(one_line("a\r\nb\tc", 80), "a\\r\\nb\\tc");
    assert_eq!(visible("kept\n\tas is, 日本語 é 🦀"), "kept\n\tas is, 日本語 é 🦀");
    assert!(matches!(visible("plain"), std::borrow::Cow::Borrowed(_)));
}

#[test]
fn cutting_says_how_much_is_missing() {
    assert_eq!(cut("abcdefghij", 10), "abcdefghij");
    assert_eq!(cut("abcdefghijklmnopqrstuvwxyz", 12), "abcdef…[+20]");
    assert_eq!(cut("ééééééééééééé", 8).chars().count(), 8);
    assert_eq!(cut("abc", 1).chars().count(), 1);
}

#[test]
fn addresses_are_defanged() {
    for (text, want) in [
        ("https://evil.example/a.b?c=d.e", "hxxps://evil[.]example/a.b?c=d.e"),
        ("see HTTP://Evil.Example:80/x, then", "see hxxp://Evil[.]Example:80/x, then"),
        ("ftp://a.b", "ftp[:]//a[.]b"),
        ("(www.evil.example)", "(www[.]evil[.]example)"),
        ("10.1.2.3:80 and 10.1.2.3", "10[.]1[.]2[.]3:80 and 10[.]1[.]2[.]3"),
        ("evil.example/steal", "evil[.]example/steal"),
        ("curl -d @x https://a.b/?u=http://c.d/", "curl -d @x hxxps://a[.]b/?u=hxxp://c[.]d/"),
        ("ran \"cat a.sh\" from \"evil.example\" for b@c.d", "ran \"cat a.sh\" from \"evil[.]example\" for b@c.d"),
        ("src/main.rs and main.rs v1.2.3 alice@example.com", "src/main.rs and main.rs v1.2.3 alice@example.com"),
    ] {
        assert_eq!(defang(text), want);
        assert_eq!(defang(want), want);
    }
    assert_eq!(defang_host("a.b[.]c"), "a[.]b[.]c");
    assert_eq!(defang_but("a@b.example, xa@b.example", |it| it == "a@b.example"), "a@b.example, xa[@]b[.]example");
}

#[test]
fn prose_stays_readable() {
    for (text, want) in [
        ("The user's agent read 3 files, 12% of them twice.", "The user's agent read 3 files, 12% of them twice."),
        (
            "alice@example.com called mcp__slack__post (Slack).",
            "`alice@example.com` called `mcp__slack__post` (Slack).",
        ),
        ("It ran `rm -rf` and/or \"curl\"", "It ran `` `rm -rf` `` and/or \"curl\""),
        ("1. not a list", "1\\. not a list"),
        ("(see prod.env)", "(see `prod.env`)"),
        ("alice@example.com's agent", "`alice@example.com`'s agent"),
        ("", "–"),
    ] {
        assert_eq!(md_prose(text), want);
    }
}

#[test]
fn a_fence_is_longer_than_any_run_inside() {
    assert_eq!(md_fence("sh", "echo"), "```sh\necho\n```\n");
    assert_eq!(md_fence("sh\n#", "a\n`````\nb"), "``````sh\na\n`````\nb\n``````\n");
}

#[test]
fn times_sort_as_text() {
    assert_eq!(rfc3339(1_774_951_200_000_000), "2026-03-31T10:00:00.000000Z");
    assert_eq!(rfc3339(1_774_951_200_123_456), "2026-03-31T10:00:00.123456Z");
    assert_eq!(clock_time(1_774_951_200_123_456), "2026-03-31 10:00:00Z");
    assert!(rfc3339(i64::MAX).starts_with("9999-") && rfc3339(i64::MIN).starts_with("-"));
}

#[test]
fn chart_labels_hold_only_harmless_characters() {
    assert_eq!(mermaid_label("a\"b]\n%%{x}#", 40), "a_b_____x__");
    assert_eq!(mermaid_label("", 40), "_");
}

/// Random text in which the dangerous characters are frequent.
pub(crate) fn hostile_text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        proptest::sample::select(HOSTILE).prop_map(str::to_owned),
        "[ `|\\\\<>\\[\\]()!@#*_~$&:./\n\r\t-]{0,6}",
        "[a-z0-9]{1,8}",
        any::<char>().prop_map(String::from),
    ];
    proptest::collection::vec(piece, 0..8).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(512) })]

    #[test]
    fn nothing_random_comes_alive(text in hostile_text()) {
        assert_all_forms_are_inert(&text);
    }

    #[test]
    fn escaping_cutting_and_defanging_twice_change_nothing(text in hostile_text(), max in 0usize..60) {
        let once = visible(&text).into_owned();
        prop_assert_eq!(visible(&once), once.as_str());
        let once = one_line(&text, max).into_owned();
        prop_assert_eq!(one_line(&once, max), once.as_str());
        prop_assert_eq!(defang(&defang(&text)), defang(&text));
        prop_assert!(one_line(&text, max).chars().count() <= max);
    }

    #[test]
    fn defanged_text_holds_no_link(text in hostile_text()) {
        let safe = defang(&one_line(&text, 1000)).to_ascii_lowercase();
        prop_assert!(!safe.contains("http://") && !safe.contains("https://"), "{}", safe);
    }
}

#[test]
fn what_is_quoted_stays_in_one_piece() {
    for (text, expected) in [
        ("ran \"rm -rf /srv\", twice", "ran \"`rm -rf /srv`\", twice"),
        ("(\"curl -d @.env\").", "(\"`curl -d @.env`\")."),
        ("said \"yes please\" to it", "said \"yes please\" to it"),
        ("on 2026-03-12 at 10:00.", "on 2026-03-12 at 10:00."),
        ("\"a `b` c\"", "\"``a `b` c``\""),
        ("an \"unclosed @name quote", "an \"unclosed `@name` quote"),
    ] {
        assert_eq!(md_prose(text), expected);
    }
}

#[test]
fn the_gist_of_a_text_is_made_of_whole_sentences() {
    assert_eq!(gist("Short.", 10), "Short.");
    assert_eq!(
        gist("One happened at evil.example. Two happened. Three did.", 45),
        "One happened at evil.example. Two happened."
    );
    let quoted =
        "An agent of ana sent a file to a place that nobody had named, in the order \"do this; and, then, that. Now\".";
    assert_eq!(gist(quoted, 100), "An agent of ana sent a file to a place that nobody had named.");
    let listed = "An agent of ana removed nine things within ten minutes (a, b; c, d); one of them was a database; all of it ran.";
    assert_eq!(
        gist(listed, 100),
        "An agent of ana removed nine things within ten minutes (a, b; c, d); one of them was a database."
    );
    // Without a place to stop it is cut as any text.
    assert_eq!(gist("Short, then a word that goes on", 12), "Short, then …");
    assert_eq!(gist("\"an unclosed quotation, that goes on; and on. And on", 30), "\"an unclosed quotation, that …");
}

#[test]
fn an_opening_ends_between_words() {
    assert_eq!(opening("short", 10), "short");
    assert_eq!(opening("one two, three", 12), "one two …");
    assert_eq!(opening("unbroken-and-long", 8), "unbroken …");
    assert_eq!(opening("a\nb\u{1b}", 10), one_line("a\nb\u{1b}", 10));
}
