//! The built-in rules against their own examples, agent traffic with planted secrets, and documents without any.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::OnceLock;

use super::documents::{Assigned, assignments, clean_documents};
use super::frames::{self, FRAMES};
use super::template::Fakes;
use super::view::View;
use super::*;

fn scanner() -> &'static Scanner {
    static SCANNER: OnceLock<Scanner> = OnceLock::new();
    SCANNER.get_or_init(|| Scanner::builtin().unwrap())
}

fn specs() -> Vec<rule_file::RuleSpec> {
    rule_file::parse(BUILTIN).unwrap().rules
}

/// Runs one rule alone, so that a more specific one does not hide it.
fn finds(rule: &rule_file::RuleSpec, text: &str) -> bool {
    if rule.tier == Some(Tier::Count) {
        return scanner().count_personal(text).contains_key(rule.kind.as_deref().unwrap());
    }
    let at = scanner().inner.engine.rules.iter().position(|one| *one.id == *rule.id).unwrap();
    scanner().inner.engine.candidates(&View::decoded(text).text, true, |_| true).iter().any(|one| one.rule == at)
}

#[test]
fn the_built_in_list_is_complete_and_well_formed() {
    let rules = specs();
    assert!(rules.len() >= 250, "{} rules", rules.len());
    for rule in &rules {
        assert!(!rule.examples.is_empty() && !rule.negative_examples.is_empty(), "{} lacks examples", rule.id);
        assert!(rule.kind.is_some() && !rule.description.is_empty(), "{} lacks words", rule.id);
        assert!(rule.tier == Some(Tier::Count) || !rule.keywords.is_empty() || rule.anchor.is_some(), "{}", rule.id);
    }
}

#[test]
fn every_built_in_pattern_compiles() {
    let engine = &scanner().inner.engine;
    for rule in &engine.rules {
        let compiled = rule.compiled().unwrap_or_else(|| panic!("{} does not compile", rule.id));
        assert!(compiled.regex.captures_len() > rule.group, "{} has no group {}", rule.id, rule.group);
    }
    let (all, compiled) = engine.suppress.patterns();
    assert!(all > 10 && all == compiled, "{compiled} of {all}");
}

/// What is found and hidden, without the values.
fn seen(scanner: &Scanner, text: &str) -> String {
    let look = scanner.look(text);
    let found: Vec<_> = look.found().iter().map(|one| (&one.rule_id, &one.span, &one.encoding)).collect();
    format!("{found:?} {:?}", look.hidden())
}

#[test]
fn what_must_follow_a_keyword_changes_only_the_time() {
    let lines: Vec<&str> = BUILTIN.lines().filter(|line| !line.starts_with("follows = ")).collect();
    assert!(lines.len() < BUILTIN.lines().count());
    let wide = Scanner::over(&lines.join("\n"), &[]).unwrap();
    let values = planted(false).into_iter().chain(planted(true)).map(|(_, value)| value);
    let mut texts: Vec<String> = values.flat_map(|value| FRAMES.map(|(_, frame)| frame(&value))).collect();
    texts.extend(assignments(3).into_iter().map(|one| one.text));
    texts.extend((0..8).flat_map(clean_documents).map(|one| one.text));
    let all = texts.join("\n");
    for text in texts.iter().chain([&all]) {
        assert_eq!(seen(scanner(), text), seen(&wide, text), "{text}");
    }
}

#[test]
fn every_rule_finds_its_examples() {
    let mut missed = Vec::new();
    for rule in specs() {
        for (at, example) in rule.examples.iter().enumerate() {
            for seed in 0..5 {
                let text = Fakes::new(seed * 1000 + at as u64).expand(example);
                if !finds(&rule, &text) || !finds(&rule, &format!("note:\n{text}\n")) {
                    missed.push(format!("{} {at}/{seed}: {text}", rule.id));
                    break;
                }
            }
        }
    }
    assert!(missed.is_empty(), "{}\n{}", missed.len(), missed.join("\n"));
}

#[test]
fn no_rule_finds_its_near_misses() {
    let mut wrong = Vec::new();
    for rule in specs() {
        for example in &rule.negative_examples {
            let text = Fakes::new(7).expand(example);
            if finds(&rule, &text) {
                wrong.push(format!("{}: {text}", rule.id));
            }
        }
    }
    assert!(wrong.is_empty(), "{}\n{}", wrong.len(), wrong.join("\n"));
}

/// (rule, value, the bare secret that must not survive)
fn planted(structured: bool) -> Vec<(String, String)> {
    let mut out = Vec::new();
    for (at, rule) in specs().into_iter().enumerate() {
        let bare = !rule.examples[0].contains(['=', ':', ' ', '\n']) && rule.tier.is_none();
        if rule.redact_only || rule.tier == Some(Tier::Count) || bare != structured {
            continue;
        }
        let text = Fakes::new(at as u64).expand(&rule.examples[0]);
        out.push((rule.id.clone(), text));
    }
    out
}

#[test]
fn structured_secrets_are_found_in_every_frame_of_agent_traffic() {
    let mut by_frame = BTreeMap::<&str, (usize, usize)>::new();
    let mut missed = Vec::new();
    for (rule, value) in planted(true) {
        for (name, frame) in FRAMES {
            let text = frame(&value);
            let found = scanner()
                .scan(&text)
                .iter()
                .any(|one| one.secret.expose().contains(&value) || value.contains(one.secret.expose()));
            let entry = by_frame.entry(name).or_default();
            entry.0 += usize::from(found);
            entry.1 += 1;
            if !found {
                missed.push(format!("{rule} in {name}"));
            }
        }
    }
    let (found, all) = by_frame.values().fold((0, 0), |sum, one| (sum.0 + one.0, sum.1 + one.1));
    assert!(found as f64 >= 0.98 * all as f64, "{found}/{all} {by_frame:?}\n{}", missed.join("\n"));
}

#[test]
fn contextual_and_generic_secrets_are_found_in_every_frame_of_agent_traffic() {
    let (mut found, mut all, mut missed) = (0, 0, Vec::new());
    for (rule, value) in planted(false) {
        for (name, frame) in FRAMES {
            let text = frame(&value);
            all += 1;
            if scanner().scan(&text).is_empty() {
                missed.push(format!("{rule} in {name}"));
            } else {
                found += 1;
            }
        }
    }
    assert!(found as f64 >= 0.95 * f64::from(all), "{found}/{all}\n{}", missed.join("\n"));
}

#[test]
fn assigned_values_of_every_kind_are_found() {
    let all = assignments(1);
    let found = |one: &Assigned| {
        let holds = |span: &str| one.value.as_deref().is_none_or(|value| span.contains(value) || value.contains(span));
        scanner().scan(&one.text).iter().any(|hit| holds(&one.text[hit.span.clone()]))
    };
    let missed: Vec<&str> = all.iter().filter(|one| !found(one)).map(|one| one.context.as_str()).collect();
    assert!(missed.len() * 20 <= all.len(), "{} of {}\n{}", missed.len(), all.len(), missed.join("\n"));
}

#[test]
fn a_private_key_is_found_in_all_its_forms_and_is_one_secret() {
    let pem = Fakes::new(3).expand("{{pem:RSA PRIVATE KEY}}");
    let key = Key::from_bytes([7; 32]);
    let mut prints = BTreeMap::new();
    for (name, text) in frames::pem_forms(&pem) {
        let found = scanner().scan(&text);
        assert_eq!(found.iter().filter(|one| &*one.kind == "private-key").count(), 1, "{name}: {found:?}");
        prints.entry(found[0].secret.fingerprint(&key)).or_insert_with(Vec::new).push(name);
        let hidden = scanner().redact(&text);
        for line in pem.lines().filter(|line| !line.contains("-----")) {
            assert!(!hidden.contains(line), "{name} leaks");
        }
    }
    assert_eq!(prints.len(), 1, "{prints:?}");
}

#[test]
fn documents_without_secrets_are_not_flagged() {
    let (mut all, mut flagged, mut provider, mut why) = (0, 0, 0, Vec::new());
    for one in (0..40).flat_map(clean_documents) {
        let found = scanner().scan(&one.text);
        all += 1;
        flagged += usize::from(!found.is_empty());
        provider += usize::from(found.iter().any(|one| one.tier == Tier::Provider));
        why.extend(
            found
                .iter()
                .map(|hit| format!("{}, {}: {} {}", one.kind, one.name, hit.rule_id, &one.text[hit.span.clone()])),
        );
    }
    assert!(all > 1_000 && flagged * 1000 <= all * 5, "{flagged}/{all}\n{}", why.join("\n"));
    assert!(provider * 1000 <= all, "{provider}/{all}\n{}", why.join("\n"));
}

#[test]
fn redacting_leaves_no_planted_secret_and_redacting_again_changes_nothing() {
    for (rule, value) in planted(true) {
        for (name, frame) in FRAMES {
            let text = frame(&value);
            let hidden = scanner().redact(&text);
            assert!(!hidden.contains(&value), "{rule} survives in {name}: {hidden}");
            assert_eq!(scanner().redact(&hidden), hidden, "{rule} in {name}");
        }
    }
    for (rule, text) in planted(false) {
        let secrets: Vec<String> = scanner().scan(&text).iter().map(|one| one.secret.expose().to_owned()).collect();
        assert!(!secrets.is_empty(), "{rule}: {text}");
        for (name, frame) in FRAMES {
            let hidden = scanner().redact(&frame(&text)).into_owned();
            for secret in &secrets {
                assert!(!hidden.contains(secret.as_str()), "{rule} survives in {name}: {hidden}");
            }
            assert_eq!(scanner().redact(&hidden), hidden, "{rule} in {name}");
        }
    }
}

#[test]
fn redacting_hides_what_scanning_does_not_report() {
    for (text, secret) in [
        ("Authorization: Weird abc-9-def", "abc-9-def"),
        ("x-api-key: zz9-1", "zz9-1"),
        ("login with password=Sunny-4 today", "Sunny-4"),
        ("amqp://svc:Sunny-4@queue.acme.test/v", "Sunny-4"),
        (r#"{"a":"{\"token\":\"Sunny-42\"}"}"#, "Sunny-42"),
        (r"C:\new\token=Sunny-42", "Sunny-42"),
        ("url=http%3A%2F%2Fsvc%3ASunny-4%40host.acme.test", "Sunny-4"),
    ] {
        let hidden = scanner().redact(text);
        assert!(!hidden.contains(secret), "{hidden}");
        assert_eq!(scanner().redact(&hidden), hidden);
    }
    let token = Fakes::new(4).expand("sk-ant-api03-{{url64:93}}AA");
    for cut in [24, 40, 70] {
        assert!(!scanner().redact(&format!("{}…", &token[..cut])).contains(&token[13..cut]), "{cut}");
    }
    let plain = "The password policy needs a token of 12 characters; see https://acme.test/docs.";
    assert!(matches!(scanner().redact(plain), Cow::Borrowed(_)));
}

#[test]
fn a_forged_mark_does_not_protect_a_secret() {
    let token = Fakes::new(1).expand("ghp_{{crc:30}}");
    let text = format!("‹note {token}› ‹github-pat {token}…abcd›");
    assert!(!scanner().redact(&text).contains(&token));
}

proptest::proptest! {
    #[test]
    fn redaction_of_any_text_around_a_secret_hides_it_and_is_idempotent(before in "\\PC{0,60}", after in "\\PC{0,60}", seed in 0_u64..500) {
        let value = Fakes::new(seed).expand("sk-ant-api03-{{url64:93}}AA");
        let hidden = scanner().redact(&format!("{before} {value} {after}")).into_owned();
        proptest::prop_assert!(!hidden.contains(&value));
        proptest::prop_assert_eq!(scanner().redact(&hidden).into_owned(), hidden);
    }

    #[test]
    fn spans_lie_inside_the_text_whatever_it_is(text in "[\\\\\"%0-9a-zA-Z=:→ünt/+@\\n\\t ‹›…_.-]{0,200}") {
        for one in scanner().scan(&text) {
            proptest::prop_assert!(one.span.start < one.span.end && one.span.end <= text.len());
        }
        let hidden = scanner().redact(&text).into_owned();
        proptest::prop_assert_eq!(scanner().redact(&hidden).into_owned(), hidden);
    }
}

#[test]
fn the_span_covers_the_secret_as_it_is_written() {
    let password = Fakes::new(5).expand("{{base62:10}}/{{base62:10}}=");
    let token = Fakes::new(5).expand("ghp_{{crc:30}}");
    for (text, written) in [
        (format!("a {token} b"), token.clone()),
        (format!(r#"{{"x":"{{\"t\":\"é\\n{token}\\n\"}}"}}"#), token.clone()),
        (format!("    1→a\n    2→{token}\n    3→b"), token.clone()),
        (format!("q=a%20b&t%3D{token}%26u"), token.clone()),
        (format!("q=%22{token}%22"), token.clone()),
        (format!(r"x\u003d{token}\u0026"), token.clone()),
        (
            format!("k: {}", template::base64(format!("t={token} x").as_bytes())),
            template::base64(format!("t={token} x").as_bytes()),
        ),
    ] {
        let found = scanner().scan(&text);
        assert_eq!(found.len(), 1, "{text}");
        assert_eq!(text[found[0].span.clone()].trim_end_matches('='), written.trim_end_matches('='));
    }
    assert!(!password.is_empty());
}

#[test]
fn the_end_of_a_sentence_is_no_part_of_a_password() {
    let key = Key::from_bytes([1; 32]);
    let print = |text: &str| scanner().scan(text)[0].secret.fingerprint(&key);
    let value = Fakes::new(5).expand("K{{base62:12}}7a");
    let bare = print(&format!("my password is {value}"));
    assert_eq!(print(&format!("my password is {value}. Thank you")), bare);
    assert_eq!(print(&format!("LDAP_PASSWORD={value};")), bare);
    assert_eq!(print(&format!("LDAP_PASSWORD={value},")), bare);
    assert_ne!(print(&format!("LDAP_PASSWORD={value}!")), bare);
    assert_ne!(print(&format!("LDAP_PASSWORD={value}.x")), bare);
}

#[test]
fn the_same_secret_has_one_fingerprint_and_the_key_decides_it() {
    let value = Fakes::new(9).expand("{{base62:40}}");
    let (one, two) = (Key::from_bytes([1; 32]), Key::from_bytes([2; 32]));
    let prints = |text: &str| scanner().scan(text)[0].secret.fingerprint(&one);
    let first = prints(&format!("Authorization: Bearer {value}"));
    assert_eq!(first.len(), 32);
    assert_eq!(first, prints(&format!("SERVICE_TOKEN={value}")));
    assert_eq!(first, prints(&format!("{{\"cohere_api_key\": \"{value}\"}}")));
    assert_ne!(first, scanner().scan(&format!("SERVICE_TOKEN={value}"))[0].secret.fingerprint(&two));
    let card = Fakes::new(1).expand("{{luhn:4:16}}");
    let spaced = format!("{} {} {} {}", &card[..4], &card[4..8], &card[8..12], &card[12..]);
    assert_eq!(prints(&format!("card {card}")), prints(&format!("card {spaced}")));
}

#[test]
fn nothing_that_can_be_printed_holds_the_value() {
    for (_, value) in planted(true).into_iter().chain(planted(false)) {
        for one in scanner().scan(&value) {
            let all = format!("{one:?} {} {}", one.secret, serde_json::to_string(&one.secret).unwrap());
            assert!(!all.contains(one.secret.expose()), "{}", one.rule_id);
            let shown = preview(&one);
            assert!(!shown.contains(one.secret.expose()), "{shown}");
        }
    }
    let token = Fakes::new(1).expand("ghp_{{crc:30}}");
    let shown = preview(&scanner().scan(&token)[0]);
    assert_eq!(shown, format!("ghp_…{} (40 chars)", &token[36..]));
    let card = Fakes::new(1).expand("{{luhn:4:16}}");
    assert_eq!(preview(&scanner().scan(&card)[0]), format!("card …{}", &card[12..]));
}

#[test]
fn checksums_decide_confidence_of_tokens() {
    let good = Fakes::new(1).expand("ghp_{{crc:30}}");
    let bad = Fakes::new(1).expand("ghp_{{base62:36}}");
    assert_eq!(scanner().scan(&good)[0].confidence, Confidence::High);
    assert_eq!(scanner().scan(&bad)[0].confidence, Confidence::Low);
}

#[test]
fn a_gitleaks_file_works_as_it_is_and_overrides_by_id() {
    let file = r#"
title = "acme"
[extend]
useDefault = true
disabledRules = ["npm-token"]
[allowlist]
description = "global"
paths = ['''gitleaks\.toml''']
regexes = ['''acme_[a-z]+_0{8}''']
[[rules]]
id = "acme-token"
description = "Acme token, with a literal brace and a nested bracket"
regex = '''(?i)\b(acme_[a-z[\]]+_{0,1}[0-9a-f]{8})(?:['|\"|\n|\r|\s|\x60|;}{]|$)'''
keywords = ["acme_"]
[[rules.allowlists]]
condition = "OR"
regexTarget = "line"
regexes = ['''# allowed''']
stopwords = ["deadbeef"]
[[rules]]
id = "code-name"
description = "A project's code name, no keyword"
regex = '''Project Nightjar'''
[[rules]]
id = "only-a-path"
description = "nothing to do with text"
path = '''\.p12$'''
[[rules]]
id = "github-pat"
description = "overrides ours"
regex = '''gh_acme_[0-9]{6}'''
keywords = ["gh_acme_"]
"#;
    let scanner = Scanner::with_rules(&[file]).unwrap();
    let rules = |text: &str| scanner.scan(text).iter().map(|one| one.rule_id.to_string()).collect::<Vec<_>>();
    assert_eq!(rules("x acme_key_1a2b3c4d; y"), ["acme-token"]);
    assert!(rules("x acme_key_1a2b3c4d # allowed").is_empty());
    assert!(rules("x acme_key_deadbeef").is_empty());
    assert!(rules("x acme_key_00000000").is_empty());
    assert_eq!(rules("about Project Nightjar."), ["code-name"]);
    assert_eq!(rules("gh_acme_493817"), ["github-pat"]);
    assert!(rules(&Fakes::new(1).expand("npm_{{crc:30}}")).is_empty());
}

#[test]
fn hostile_rules_are_refused_with_their_name_and_never_with_the_pattern() {
    let rule = |regex: &str| format!("[[rules]]\nid = \"bad-one\"\nregex = '''{regex}'''\nkeywords = [\"bad\"]\n");
    let long = "a".repeat(70_000);
    let nested = format!("{}bad{}", "(".repeat(300), ")".repeat(300));
    for regex in ["(bad", "bad{1000}{1000}", r"bad(?:\w{900}){900}", "bad(?=x)", long.as_str(), nested.as_str()] {
        let error = Scanner::with_rules(&[&rule(regex)]).unwrap_err().to_string();
        assert!(error.contains("bad-one"), "{error}");
        assert!(error.len() < 300, "{error}");
    }
    let error = Scanner::with_rules(&["[[rules]]\nid = 3\n"]).unwrap_err().to_string();
    assert!(error.contains("line 2"), "{error}");
    let many: String =
        (0..6000).map(|n| format!("[[rules]]\nid = \"r{n}\"\nregex = 'x{n}'\nkeywords = ['x{n}']\n")).collect();
    assert!(matches!(Scanner::with_rules(&[&many]), Err(RuleError::Limit(_))));
    let words: Vec<String> = (0..100_000).map(|n| format!("bad{n}")).collect();
    let error = Scanner::with_rules(&[&rule(&words.join("|"))]).unwrap_err().to_string();
    assert!(error.contains("bad-one") && error.len() < 300, "{error}");
    let gigantic = format!("# {}\n{}", "x".repeat(9 << 20), rule("bad[0-9]{9}"));
    assert!(matches!(Scanner::with_rules(&[&gigantic]), Err(RuleError::Limit(_))));
    let without_keyword: String =
        (0..100).map(|n| format!("[[rules]]\nid = \"slow-{n:03}\"\nregex = '[a-z]+{n}'\n")).collect();
    let error = Scanner::with_rules(&[&without_keyword]).unwrap_err().to_string();
    assert!(error.contains("slow-064") && error.contains("keywords"), "{error}");
}

#[test]
fn a_rule_that_matches_everything_ends_and_stays_small() {
    let file = "[[rules]]\nid = \"each-letter\"\nregex = '''(?s).'''\n\
                [[rules]]\nid = \"nothing\"\nregex = '''x*'''\n\
                [[rules]]\nid = \"nested\"\nregex = '''((a+)+)+$'''\nkeywords = [\"aaa\"]\n";
    let scanner = Scanner::with_rules(&[file]).unwrap();
    let text = "b".repeat(200_000) + &"a".repeat(50_000) + "!";
    let found = scanner.scan(&text);
    assert!(found.len() <= 20_001, "{}", found.len());
    let hidden = scanner.redact(&text[..2_000]).into_owned();
    assert!(!hidden.contains("bb"), "{}", &hidden[..200]);
}

#[test]
fn the_key_file_is_private_and_made_once() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("fingerprint.key");
    let first = Key::load_or_create(&path).unwrap();
    let again = Key::load_or_create(&path).unwrap();
    let found = scanner().scan(&Fakes::new(1).expand("ghp_{{crc:30}}"));
    assert_eq!(found[0].secret.fingerprint(&first), found[0].secret.fingerprint(&again));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    }
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    std::fs::write(&path, "short").unwrap();
    assert!(matches!(Key::load_or_create(&path), Err(KeyError::Content { .. })));
}

#[test]
fn personal_data_is_counted_by_kind() {
    let counts =
        scanner().count_personal("a@acme.test, b@acme.test from 10.2.3.4, call +1 415 555 0101, @types/node v1.2.3");
    assert_eq!(counts, BTreeMap::from([("email".into(), 2), ("ip".into(), 1), ("phone".into(), 1)]));
}
