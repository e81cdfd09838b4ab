//! Sessions with hostile content in every field, in every format.

use super::*;
use crate::report::tests::hostile as hostile_markdown;

fn hostile() -> String {
    "\u{1b}[31m\u{202e}</pre><script>alert(1)</script>![x](http://evil.example/a.png)\n```\n# heading\n@everyone"
        .to_owned()
}

fn message(name: &str, record: i64, position: i64, role: &str, kind: &str) -> MessageFact {
    MessageFact {
        message_id: format!("m-{name}"),
        element_id: name.to_owned(),
        content_id: format!("c-{name}"),
        export_key: hostile(),
        record_id: Some(record),
        time_micros: record * 1_000_000,
        last_sent_micros: 9_000_000,
        conversation_id: "conversation".to_owned(),
        position,
        part: 0,
        role: role.to_owned(),
        kind: kind.to_owned(),
        text: hostile(),
        bytes: 100,
        direction: if role == "assistant" { "response" } else { "request" }.to_owned(),
        call_id: (kind.starts_with("tool_")).then(hostile),
    }
}

fn link() -> LinkFact {
    LinkFact { relation: "sub-agent".to_owned(), conversation_id: hostile(), time_micros: 1, ..LinkFact::default() }
}

fn facts_of_a_hostile_session() -> Facts {
    let request = |record| RequestFact {
        export_key: hostile(),
        record_id: Some(record),
        time_micros: record * 1_000_000,
        login: hostile(),
        device: hostile(),
        agent: hostile(),
        agent_version: Some(hostile()),
        model: Some(hostile()),
        outcome: hostile(),
        error_type: Some(hostile()),
        cost_nano_usd: Some(1_000_000),
        conversation_id: "conversation".to_owned(),
        root_id: "root".to_owned(),
        content_grade: hostile(),
        ..RequestFact::default()
    };
    Facts {
        session_id: hostile(),
        requests: (1..=3).map(request).collect(),
        messages: vec![
            message("u", 1, 0, "user", "text"),
            message("a", 1, 1, "assistant", "tool_call"),
            message("t", 2, 2, "tool", "tool_result"),
            message("b", 2, 3, "assistant", &hostile()),
        ],
        calls: vec![CallFact {
            element_id: "a".to_owned(),
            raw_name: hostile(),
            integration: Some(hostile()),
            tool: Some(hostile()),
            outcome: Some(hostile()),
            result_message_id: Some("m-t".to_owned()),
            risk: Some(hostile()),
            risk_reason: Some(hostile()),
            ..CallFact::default()
        }],
        elsewhere: vec![ElsewhereFact { session_id: hostile(), messages: 3, ..ElsewhereFact::default() }],
        links: vec![
            LinkFact { from_session_id: Some(hostile()), tool: Some(hostile()), evidence: "call".to_owned(), ..link() },
            LinkFact { session_id: hostile(), from_session_id: Some("s".to_owned()), ..link() },
        ],
        findings: Vec::new(),
        notes: vec![hostile()],
    }
}

/// A session of so many requests, each with a question and its answer.
pub(super) fn long(requests: i64) -> Session {
    let mut facts = facts_of_a_hostile_session();
    let request = facts.requests[0].clone();
    facts.requests = (1..=requests)
        .map(|record| RequestFact { record_id: Some(record), time_micros: record * 1_000_000, ..request.clone() })
        .collect();
    let pair = |record: i64| {
        let (question, answer) = (format!("u{record}"), format!("a{record}"));
        let at = 2 * record - 2;
        [message(&question, record, at, "user", "text"), message(&answer, record, at + 1, "assistant", "text")]
    };
    facts.messages = (1..=requests).flat_map(pair).collect();
    facts.calls.clear();
    build(&facts)
}

fn rendered(session: &Session, format: SessionFormat) -> String {
    let mut out = Vec::new();
    render(session, format, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

const ALL: [SessionFormat; 4] =
    [SessionFormat::Text, SessionFormat::Markdown, SessionFormat::Html, SessionFormat::Json];

#[test]
fn hostile_content_is_text_in_every_format() {
    let session = build(&facts_of_a_hostile_session());
    for format in ALL {
        let text = rendered(&session, format);
        assert!(!text.contains('\u{1b}') && !text.contains('\u{202e}'), "{format:?} {text}");
        assert_eq!(text, rendered(&session, format));
    }
    let html = rendered(&session, SessionFormat::Html);
    assert!(!html.contains("<script") && !html.contains("<img"), "{html}");
    assert_eq!(html.matches("</pre>").count(), html.matches("<pre>").count());
    let plain = rendered(&session, SessionFormat::Text);
    // Content is indented or on a line of ours; it never begins a line.
    assert!(!plain.lines().any(|l| l.starts_with("# heading") || l.starts_with("```")), "{plain}");
    let json: serde_json::Value = serde_json::from_str(&rendered(&session, SessionFormat::Json)).unwrap();
    assert_eq!(json["threads"][0]["messages"].as_array().unwrap().len(), 4);
}

/// As [`facts_of_a_hostile_session`], with a trick in every text, ids of rows included.
fn facts_with(trick: &str) -> Facts {
    let mut facts = facts_of_a_hostile_session();
    let text = || trick.to_owned();
    for message in &mut facts.messages {
        (message.text, message.export_key, message.role) = (text(), text(), text());
        message.kind = if message.kind.starts_with("tool_") { message.kind.clone() } else { text() };
    }
    for request in &mut facts.requests {
        (request.login, request.device, request.agent) = (text(), text(), text());
        (request.model, request.outcome, request.error_type) = (Some(text()), text(), Some(text()));
        (request.export_key, request.content_grade) = (text(), text());
    }
    for call in &mut facts.calls {
        (call.raw_name, call.integration, call.tool) = (text(), Some(text()), Some(text()));
        (call.outcome, call.risk) = (Some(text()), Some(text()));
    }
    facts.session_id = text();
    facts.notes = vec![text()];
    facts
}

#[test]
fn markdown_content_is_text_to_a_markdown_parser() {
    let headings = |markdown: &str| markdown.lines().filter(|line| line.starts_with('#')).count();
    let expected = headings(&rendered(&build(&facts_with("x")), SessionFormat::Markdown));
    let tricks = crate::text::tests::HOSTILE.iter().map(|trick| (*trick).to_owned());
    for trick in tricks.chain([hostile(), "@everyone #1 www.evil.example".to_owned()]) {
        let markdown = rendered(&build(&facts_with(&trick)), SessionFormat::Markdown);
        hostile_markdown::assert_only_plain_blocks(&markdown);
        hostile_markdown::assert_nothing_to_link(&markdown);
        let parsed = pulldown_cmark::Parser::new(&markdown);
        let real =
            parsed.filter(|event| matches!(event, pulldown_cmark::Event::Start(pulldown_cmark::Tag::Heading { .. })));
        assert_eq!(real.count(), expected, "{trick:?}: {markdown}");
    }
}

#[test]
fn calls_results_and_requests_stand_where_they_belong() {
    let session = build(&facts_of_a_hostile_session());
    let messages = &session.threads[0].messages;
    let number = |at: usize| messages[at].blocks[0].call.as_ref().map(|c| c.number);
    assert_eq!([number(0), number(1), number(2), number(3)], [None, Some(1), Some(1), None]);
    assert!(messages[1].request.is_some() && messages[2].request.is_none() && messages[3].request.is_some());
    assert_eq!(session.silent.len(), 1, "the third request brought nothing new");
    assert_eq!(session.head.cost_usd, Some(0.003));
    assert_eq!(session.threads[0].cost_usd, Some(0.002));
}

#[test]
fn long_texts_are_cut_after_redaction_and_counted() {
    let mut facts = facts_of_a_hostile_session();
    facts.messages[0].text = format!("{}SECRET{}", "ä".repeat(PIECE_CHARS - 3), "x".repeat(1_000));
    let session = build(&facts).redacted(&|text| text.replace("SECRET", "[..]")).shortened();
    let block = &session.threads[0].messages[0].blocks[0];
    assert_eq!(block.text.chars().count(), PIECE_CHARS);
    assert!(block.left_out == 1_001 && !block.text.contains("SEC"), "{}", block.left_out);
    assert!(session.notes.last().unwrap().contains("--full"));
    assert!(rendered(&session, SessionFormat::Text).contains("1001 more characters; --full"));
}

#[test]
fn a_session_that_shows_secrets_says_so_first_in_every_format() {
    let session = build(&facts_of_a_hostile_session()).revealed();
    for format in ALL {
        assert!(rendered(&session, format).contains("--reveal"), "{format:?}");
    }
    assert_eq!(session.notes[0], REVEALED);
}

#[test]
fn one_thread_can_be_chosen_and_branches_can_be_folded() {
    let mut facts = facts_of_a_hostile_session();
    facts.messages.push(MessageFact { last_sent_micros: 3_000_000, ..message("v", 3, 2, "user", "text") });
    let session = build(&facts);
    assert_eq!(session.threads.len(), 2);
    assert_eq!(session.threads[1].from_message, Some(2));
    assert_eq!(session.threads[0].messages[1].threads, [2]);
    assert_eq!(session.clone().only(2).unwrap().threads.len(), 1);
    assert!(session.clone().only(3).unwrap_err().contains("has 2"));
    let folded = session.folded();
    assert!(folded.threads[1].messages.is_empty());
    assert!(rendered(&folded, SessionFormat::Text).contains("branch from message 2"));
}
