use proptest::prelude::*;

use super::*;

fn found(text: &str) -> Vec<String> {
    let mut things = Things::of_text();
    TextReader::builtin().unwrap().read(text, None, &Programs::builtin().unwrap(), &mut things);
    things.list.into_iter().map(|thing| format!("{} {}", thing.kind, thing.value)).collect()
}

#[test]
fn addresses_are_found_in_prose() {
    for (text, expected) in [
        (
            "See [docs](https://Docs.Example.com/a?b=1), ok.",
            &["url https://docs.example.com/a?b=1", "host docs.example.com"][..],
        ),
        ("https://ana:pw@h.example.com/x", &["url https://h.example.com/x", "host h.example.com"]),
        (
            "hxxps://evil[.]example/x and bad[.]com",
            &["url https://evil.example/x", "host evil.example", "host bad.com"],
        ),
        ("mail Ana.B@Example.ORG!", &["email ana.b@example.org"]),
        (
            "git@github.com:Acme/App.git",
            &["remote github.com:Acme/App.git", "repository github.com/acme/app", "host github.com"],
        ),
        (
            "https://github.com/acme/app/issues/3",
            &["url https://github.com/acme/app/issues/3", "host github.com", "repository github.com/acme/app"],
        ),
        ("at 10.0.0.7:8080 and 2001:db8::1", &["ip 10.0.0.7", "ip 2001:db8::1"]),
        ("http://169.254.169.254/latest", &["url http://169.254.169.254/latest", "ip 169.254.169.254"]),
        ("http://bücher.example/", &["url http://xn--bcher-kva.example/", "host xn--bcher-kva.example"]),
        ("open evil.com or evil.co.uk.", &["host evil.com", "host evil.co.uk"]),
        ("arn:aws:s3:::bucket/key s3://b/k", &["cloud_resource arn:aws:s3:::bucket/key", "cloud_resource s3://b/k"]),
        ("IBAN DE89 3704 0044 0532 0130 00", &["iban DE89370400440532013000"]),
        ("cat /home/ana/.ssh/id_rsa", &["path ~/.ssh/id_rsa"]),
        ("line\\nhttps://x.example/\\nnext", &["url https://x.example/", "host x.example"]),
        ("{\"u\":\"https://x.example/a\"}", &["url https://x.example/a", "host x.example"]),
        ("run `npm install evil-pkg` now", &["package evil-pkg"]),
    ] {
        assert_eq!(found(text), expected, "{text}");
    }
}

#[test]
fn words_of_programs_are_no_hosts() {
    for text in [
        "self.name main.rs os.path console.log np.int this.app.get and/or text/html 1.2.3 v1.2.3 a::b std::fmt 12:30:45",
        "@scope/pkg foo@1.2.3",
        "e.g. i.e. etc.",
    ] {
        assert_eq!(found(text), Vec::<String>::new(), "{text}");
    }
}

#[test]
fn a_long_list_is_cut_and_counted() {
    let text: String = (0..1000).map(|n| format!("https://h{n}.example.com/ ")).collect();
    let mut things = Things::of_text();
    TextReader::builtin().unwrap().read(&text, None, &Programs::builtin().unwrap(), &mut things);
    assert!(things.list.len() <= 300 && things.left_out > 1000);
}

proptest! {
    #[test]
    fn any_text_is_read(text in "\\PC{0,300}") {
        found(&text);
    }

    #[test]
    fn text_of_odd_pieces_is_read(parts in proptest::collection::vec(proptest::sample::select(vec![
        "http://", "https://", "@", ":", "/", "\\", "[.]", "(dot)", "é", "arn:", "~", "..", "\u{e0041}", "\u{200b}", "DE89", " ", "\n", "xn--", "0x", "[", "npm install ", "C:\\", "$HOME/", ".env", "::", "1", "git@", "hxxp://", "%00", "\u{202e}", "a", ".",
    ]), 0..60)) {
        found(&parts.concat());
    }
}
