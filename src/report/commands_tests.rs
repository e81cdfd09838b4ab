use super::*;
use crate::report::AskedRow;
use crate::report::tests::example;

fn finding() -> Finding {
    example().incidents.remove(0)
}

/// What a POSIX shell makes of the one argument behind `lightmeter query`.
fn argument(command: &str) -> String {
    let shell = std::process::Command::new("sh")
        .arg("-c")
        .arg(format!("lightmeter() {{ printf %s \"$2\"; }}; {command}"))
        .output()
        .unwrap();
    assert!(shell.status.success() && shell.stderr.is_empty(), "{command}");
    String::from_utf8(shell.stdout).unwrap()
}

#[test]
fn hostile_values_stay_values_in_the_shell_and_in_sql() {
    for evil in [
        "x'; DROP TABLE y; --",
        "$(touch /tmp/pwned)",
        "`id`",
        "a\"b",
        "\\",
        "'\"'\"'",
        "!x",
        "{login}",
        "a\nb\t\u{1b}",
    ] {
        let shown = text::one_line(evil, 80);
        let mut finding = finding();
        finding.subject = evil.to_owned();
        finding.scope.session_id = Some(evil.to_owned());
        finding.evidence = vec![Evidence { export_key: evil.to_owned(), record_id: Some(1) }];
        finding.detection.next_steps = vec!["SELECT 1 WHERE x = '{subject}'".to_owned()];
        let steps = steps(&finding, None);
        assert_eq!(steps.len(), 1, "no generated query holds {evil:?}");
        let Step::Command(command) = &steps[0] else { panic!() };
        let literal = format!("'{}'", shown.replace('\'', "''"));
        assert_eq!(argument(command), format!("SELECT 1 WHERE x = {literal}"));

        let evil = || Some(evil.to_owned());
        let act = CampaignRow { integration: evil(), tool: evil(), value: evil(), ..CampaignRow::default() };
        for command in of_campaign(&act) {
            assert!(argument(&command).contains(&format!("c.raw_name) = {literal} AND")), "{command}");
        }
        let place = CampaignRow { place: evil(), ..CampaignRow::default() };
        assert_eq!(of_campaign(&place), [""; 0], "no command holds such a place");
    }
}

#[test]
fn steps_are_sentences_or_commands() {
    let mut finding = finding();
    finding.detection.next_steps =
        ["Ask the user.", "Ask {login}.", "Block {destination}.", "select 1", "lightmeter sessions --user {login}"]
            .map(str::to_owned)
            .to_vec();
    finding.scope.session_id = Some("s-1".to_owned());
    let export = |key: &str, record_id| Evidence { export_key: key.to_owned(), record_id };
    finding.evidence = vec![export("a.zstd", None), export("b.zstd", Some(7)), export("c.zstd", Some(8))];
    let command = |line: &str| Step::Command(line.to_owned());
    let expected = [
        Step::Prose { text: "Ask the user.".to_owned(), own: false },
        Step::Prose { text: "Ask alice@example.com.".to_owned(), own: true },
        command("lightmeter query \"select 1\""),
        command("lightmeter sessions --user alice@example.com"),
        command("lightmeter session s-1"),
        command("lightmeter record b.zstd 7 --new"),
    ];
    assert_eq!(steps(&finding, None), expected);
    let list = |places: &[&str]| places.iter().map(|place| (*place).to_owned()).collect::<Vec<String>>();
    let block = |text: &str| Step::Prose { text: text.to_owned(), own: true };
    let mut note = IncidentNote { block: list(&["docs.example"]), ..IncidentNote::default() };
    assert_eq!(steps(&finding, Some(&note))[2], block("Block docs[.]example."));
    note.block = list(&["evil.example", "me@x.example", "$(id)"]);
    assert_eq!(steps(&finding, Some(&note))[2], block("Block evil[.]example, me[@]x[.]example, $(id)."));
    finding.details.insert("from".to_owned(), serde_json::json!(["a.example", "b.example"]));
    finding.details.insert("files".to_owned(), serde_json::json!(["a b", "c"]));
    finding.detection.next_steps =
        ["Block {from}.", "lightmeter hunt {from}", "Read {files}."].map(str::to_owned).to_vec();
    let named = steps(&finding, None);
    assert_eq!(named[..2], [block("Block a[.]example, b[.]example."), command("lightmeter hunt a.example b.example")]);
    assert!(named.iter().all(|step| !matches!(step, Step::Prose { text, .. } if text.starts_with("Read"))));
    finding.detection.next_steps = vec!["lightmeter hunt {destination}".to_owned()];
    let steps_there = steps(&finding, Some(&note));
    let Step::Command(asks) = &steps_there[0] else { panic!("{steps_there:?}") };
    assert!(asks.starts_with("lightmeter query \"SELECT c.login"), "who sent there is asked first: {asks}");
    assert_eq!(asks.matches("IN ('evil.example', 'me@x.example')").count(), 2, "{asks}");
    assert_eq!(steps_there[1], command("lightmeter hunt evil.example me@x.example"));
    finding.detection.next_steps = vec!["Block {destination}.".to_owned()];
    (note.destinations, note.block) = (note.block, Vec::new());
    let blocks = |step: &Step| matches!(step, Step::Prose { .. });
    assert!(!steps(&finding, Some(&note)).iter().any(blocks), "nothing of it is to be blocked");
}

#[test]
fn commands_name_what_the_note_knows_of_records() {
    let mut finding = finding();
    finding.detection.next_steps.clear();
    finding.scope.session_id = Some("s-1".to_owned());
    let place = |id| Evidence { export_key: "a.zstd".to_owned(), record_id: Some(id) };
    finding.evidence = (1..=9).map(place).collect();
    let asked = AskedRow {
        text: Some("words ".repeat(100)),
        export_key: Some("a.zstd".to_owned()),
        record_id: Some(4),
        ..AskedRow::default()
    };
    let mut note = IncidentNote {
        own_records: Some(vec![2, 8]),
        source: Some(place(5)),
        asked: Some(asked),
        ..IncidentNote::default()
    };
    let lines =
        |note: &IncidentNote| -> Vec<String> { steps(&finding, Some(note)).into_iter().map(Step::text).collect() };
    let (around, source) = ("lightmeter session s-1 --around 2,8", "lightmeter record a.zstd 5 --new");
    assert_eq!(lines(&note), [around, source], "a record of another session is not asked for in this one");
    note.asked.iter_mut().for_each(|asked| asked.cut_at(20));
    assert_eq!(lines(&note), [around, source, "lightmeter record a.zstd 4 --new"]);
    (note.own_records, note.source, note.asked) = (Some(Vec::new()), None, None);
    assert_eq!(lines(&note), ["lightmeter session s-1", "lightmeter record a.zstd 1 --new"]);
}

#[test]
fn who_is_asked_is_a_person_or_whoever_uses_a_tagged_device() {
    let mut finding = finding();
    let mut asked = |login: &str, device: Option<&str>| {
        finding.scope = Scope { login: Some(login.to_owned()), device: device.map(str::to_owned), ..Scope::default() };
        finding.detection.next_steps = vec!["Ask {whom}.".to_owned()];
        steps(&finding, None).remove(0).text()
    };
    assert_eq!(asked("ana@example.com", Some("n1")), "Ask the person behind ana@example.com.");
    assert_eq!(asked("tag:lab", Some("n1")), "Ask whoever uses the device n1 of tag:lab.");
    assert_eq!(asked("tag:lab", None), "Ask whoever uses the devices of tag:lab.");
}

#[test]
fn a_query_with_long_rows_is_quoted_like_others() {
    let mut finding = finding();
    finding.scope.login = Some("o'neil $x".to_owned());
    finding.detection.next_steps = vec!["lightmeter query -x SELECT 1 WHERE x = '{login}'".to_owned()];
    let Step::Command(line) = steps(&finding, None).remove(0) else { panic!("not a command") };
    assert!(line.starts_with("lightmeter query -x 'SELECT 1 WHERE x ="), "{line}");
    assert_eq!(argument(&line.replacen(" -x", "", 1)), "SELECT 1 WHERE x = 'o''neil $x'");
}

#[test]
fn commands_of_several_incidents_say_whose_they_are() {
    let mut report = example();
    report.notes.clear();
    let mut one = report.incidents.remove(0);
    one.detection.title = "Agent's \"work\"; `id`".to_owned();
    one.detection.next_steps = vec!["lightmeter hunt a.example".to_owned()];
    (one.scope.session_id, one.evidence) = (None, Vec::new());
    let with = |id: &str, subject: &str, step: &str| {
        let mut finding = one.clone();
        (finding.id, finding.subject) = (id.to_owned(), subject.to_owned());
        finding.detection.next_steps.push(step.to_owned());
        finding
    };
    let all = [
        with("f-1", "mail", "lightmeter hunt b.example"),
        with("f-2", "$(id)", "lightmeter hunt c.example"),
        with("f-3", "mail", "lightmeter hunt c.example"),
    ];
    let expected = [
        "# Agents work id: mail, finding f-1",
        "lightmeter hunt a.example",
        "lightmeter hunt b.example",
        "# Agents work id, finding f-2",
        "lightmeter hunt c.example",
    ];
    assert_eq!(lines(&report, all.iter(), 100), expected);
    assert_eq!(lines(&report, all[..1].iter(), 100), expected[1..3]);
    assert!(lines(&report, all.iter(), 5).is_empty());
}

#[test]
fn a_step_about_something_that_the_finding_does_not_have_is_left_out() {
    let mut finding = finding();
    finding.scope = Scope::default();
    finding.evidence.clear();
    finding.details = [("fingerprint".to_owned(), "f'1".into()), ("uses".to_owned(), 3.into())].into();
    let steps_of = |finding: &mut Finding, step: &str| {
        finding.detection.next_steps = vec![step.to_owned()];
        steps(finding, None)
    };
    for missing in ["SELECT 1 WHERE a = '{login}'", "SELECT 1 WHERE a = '{no_such}'", "lightmeter session {session_id}"]
    {
        assert!(steps_of(&mut finding, missing).is_empty(), "{missing}");
    }
    let filled = steps_of(&mut finding, "SELECT '{fingerprint}', {uses}, '{', '{A}', '{}'");
    assert_eq!(filled, [Step::Command("lightmeter query \"SELECT 'f''1', 3, '{', '{A}', '{}'\"".to_owned())]);
    assert!(steps_of(&mut finding, "lightmeter hunt {fingerprint}").is_empty(), "a quote is not tame");
    finding.scope.login = Some("--reveal".to_owned());
    assert!(steps_of(&mut finding, "lightmeter sessions --user {login}").is_empty(), "a flag is not tame");
}
