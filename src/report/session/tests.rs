//! Sessions with hostile content in every field, in every format.

use super::*;

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
        findings: Vec::new(),
        notes: vec![hostile()],
    }
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

#[test]
fn markdown_content_cannot_leave_its_fences() {
    let text = rendered(&build(&facts_of_a_hostile_session()), SessionFormat::Markdown);
    let mut fence: Option<String> = None;
    for line in text.lines() {
        let ticks: String = line.chars().take_while(|c| *c == '`').collect();
        match &fence {
            Some(open) if line == open => fence = None,
            None if ticks.len() >= 3 => fence = Some(ticks),
            Some(_) => {}
            None => assert!(!line.contains("<script") || line.contains('`'), "{line}"),
        }
        if fence.is_none() {
            assert!(!line.starts_with("# heading") && !line.starts_with("@everyone"), "{text}");
        }
    }
    assert_eq!(fence, None, "{text}");
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
