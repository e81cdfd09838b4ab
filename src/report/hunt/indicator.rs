//! What was typed, and the pattern that finds it.

/// Longest indicator, in bytes.
const MAX_BYTES: usize = 2_000;

/// What an indicator is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// A host or an IP address.
    Host,
    /// A URL; its host and what follows.
    Url,
    /// An e-mail address.
    Email,
    /// A file hash.
    Hash,
    /// A file or folder.
    Path,
    /// A package.
    Package,
    /// An MCP server or another integration.
    Server,
    /// Any text.
    Text,
}

impl Kind {
    /// The word for it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Host => "host",
            Self::Url => "url",
            Self::Email => "email",
            Self::Hash => "hash",
            Self::Path => "path",
            Self::Package => "package",
            Self::Server => "mcp",
            Self::Text => "text",
        }
    }
}

/// One thing to look for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Indicator {
    /// What it is.
    pub kind: Kind,
    /// As it was meant: refanged, without the word in front.
    pub value: String,
}

impl Indicator {
    /// Reads what was typed; none when there is nothing.
    ///
    /// # Errors
    /// When it is too long.
    pub fn parse(text: &str) -> Result<Option<Self>, String> {
        let text = text.trim();
        if text.len() > MAX_BYTES {
            return Err(format!("an indicator is longer than {MAX_BYTES} bytes"));
        }
        let named = text.split_once(':').and_then(|(word, rest)| {
            let kind = match word.to_ascii_lowercase().as_str() {
                "host" | "ip" | "domain" => Kind::Host,
                "url" => Kind::Url,
                "email" => Kind::Email,
                "hash" | "sha256" | "sha1" | "md5" => Kind::Hash,
                "path" | "file" => Kind::Path,
                "package" => Kind::Package,
                "mcp" | "server" => Kind::Server,
                "text" => Kind::Text,
                _ => return None,
            };
            (!rest.starts_with("//")).then(|| (kind, rest.trim()))
        });
        let (kind, value) = match named {
            Some((Kind::Text, rest)) => (Kind::Text, rest.to_owned()),
            Some((kind, rest)) => (kind, refanged(rest)),
            None => {
                let value = refanged(text);
                (guess(&value), value)
            }
        };
        let value = match kind {
            Kind::Host => value.trim_end_matches('.').trim_start_matches("*.").to_lowercase(),
            // `npm/left-pad` says where a package is from; the text rarely does.
            Kind::Package => value
                .rsplit_once(['/', ':'])
                .filter(|(from, _)| !from.starts_with('@'))
                .map_or(value.clone(), |(from, name)| {
                    from.find('@').map_or_else(|| name.to_owned(), |at| format!("{}/{name}", &from[at..]))
                }),
            _ => value,
        };
        Ok((!value.is_empty()).then_some(Self { kind, value }))
    }

    /// The pattern that finds it, for a regular expression without look-around.
    #[must_use]
    pub fn pattern(&self) -> String {
        let quoted = regex::escape(&self.value);
        let dots = |text: &str| text.replace("\\.", r"(?:\.|\[\.\]|\[dot\]|\(\.\))");
        match self.kind {
            Kind::Host => {
                format!(r"(?:^|[^a-z0-9.\-]|\.)(?P<hit>{})(?:\.?$|\.?[^a-z0-9.\-\[(]|\.[^a-z0-9])", dots(&quoted))
            }
            Kind::Url => {
                let rest = self.value.split_once("://").map_or(self.value.as_str(), |(_, rest)| rest);
                let (host, path) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
                let path = path.trim_end_matches('/');
                format!(r"(?:^|[^a-z0-9.\-])(?P<hit>{}{})", dots(&regex::escape(host)), regex::escape(path))
            }
            Kind::Email => format!(r"(?:^|[^a-z0-9._%+\-])(?P<hit>{})(?:$|[^a-z0-9\-])", dots(&quoted)),
            Kind::Hash => format!(r"(?:^|[^a-z0-9])(?P<hit>{quoted})(?:$|[^a-z0-9])"),
            Kind::Package | Kind::Server => format!(r"(?:^|[^a-z0-9\-]|__)(?P<hit>{quoted})(?:$|[^a-z0-9\-]|__)"),
            Kind::Path => format!(r"(?:^|[^a-z0-9])(?P<hit>{quoted})(?:$|[^a-z0-9_\-])"),
            Kind::Text => format!("(?P<hit>{quoted})"),
        }
    }
}

/// Undoes the ways in which addresses are broken so that nothing links them.
fn refanged(text: &str) -> String {
    let mut out = text.to_owned();
    for (broken, whole) in [
        ("[.]", "."),
        ("(.)", "."),
        ("[dot]", "."),
        ("(dot)", "."),
        ("[:]", ":"),
        ("[at]", "@"),
        ("(at)", "@"),
        ("[@]", "@"),
    ] {
        out = out.replace(broken, whole);
    }
    let lower = out.to_ascii_lowercase();
    match ["hxxps://", "hxxp://"].iter().find(|scheme| lower.starts_with(**scheme)) {
        Some(_) => format!("http{}", &out[4..]),
        None => out,
    }
}

fn guess(value: &str) -> Kind {
    let hexadecimal = value.len() >= 32 && value.bytes().all(|b| b.is_ascii_hexdigit());
    if hexadecimal && matches!(value.len(), 32 | 40 | 64 | 96 | 128) {
        return Kind::Hash;
    }
    if value.contains("://") {
        return Kind::Url;
    }
    if value.contains(char::is_whitespace) {
        return Kind::Text;
    }
    if value.starts_with(['/', '~', '.']) || value.contains('\\') || value.get(1..3) == Some(":/") {
        return Kind::Path;
    }
    if let Some((user, host)) = value.split_once('@')
        && !user.is_empty()
        && is_host(host)
    {
        return Kind::Email;
    }
    if is_host(value) || value.parse::<std::net::IpAddr>().is_ok() {
        return Kind::Host;
    }
    Kind::Text
}

/// Ends of names that are more often a file than a host, unless somebody says `host:`.
fn is_host(value: &str) -> bool {
    let host = value.trim_end_matches('.').trim_start_matches("*.");
    let label = |l: &str| !l.is_empty() && l.chars().all(|c| c.is_alphanumeric() || c == '-' || c == '_');
    let last = host.rsplit('.').next().unwrap_or_default();
    host.contains('.') && host.split('.').all(label) && last.len() >= 2 && last.chars().all(char::is_alphabetic)
}

#[cfg(test)]
mod tests {
    use super::*;
    use regex::Regex;

    fn finds(indicator: &str, text: &str) -> bool {
        let indicator = Indicator::parse(indicator).unwrap().unwrap();
        Regex::new(&format!("(?i){}", indicator.pattern())).unwrap().is_match(text)
    }

    #[test]
    fn what_was_typed_is_understood_with_and_without_fangs() {
        let read = |text: &str| Indicator::parse(text).unwrap().map(|i| (i.kind, i.value));
        let is = |kind, value: &str| Some((kind, value.to_owned()));
        assert_eq!(read("Evil[.]Example."), is(Kind::Host, "evil.example"));
        assert_eq!(
            read("hxxps://evil[.]example/x"),
            is(Kind::Url, "https://evil.example/x").map(|(k, _)| (k, "https://evil.example/x".to_owned()))
        );
        assert_eq!(read("10.0.0.1"), is(Kind::Host, "10.0.0.1"));
        assert_eq!(read("ana(at)evil[.]example"), is(Kind::Email, "ana@evil.example"));
        assert_eq!(read(&"ab".repeat(32)), is(Kind::Hash, &"ab".repeat(32)));
        assert_eq!(read("~/.ssh/id_rsa"), is(Kind::Path, "~/.ssh/id_rsa"));
        assert_eq!(read("package:npm/left-pad"), is(Kind::Package, "left-pad"));
        assert_eq!(read("package:npm/@scope/pad"), is(Kind::Package, "@scope/pad"));
        assert_eq!(read("mcp:github"), is(Kind::Server, "github"));
        assert_eq!(read("drop table"), is(Kind::Text, "drop table"));
        assert_eq!(read("text:evil.example"), is(Kind::Text, "evil.example"));
        assert_eq!(read("  "), None);
        assert!(Indicator::parse(&"x".repeat(3_000)).is_err());
    }

    #[test]
    fn hosts_match_themselves_and_what_is_below_them_and_nothing_else() {
        for text in [
            "https://evil.example/x",
            "EVIL.example",
            "a.evil.example:443",
            "(evil.example)",
            "see evil.example.",
            "evil[.]example",
            "user@evil.example",
            "'evil.example'",
            "//evil.example?x",
        ] {
            assert!(finds("evil.example", text), "{text}");
        }
        for text in
            ["notevil.example", "evil.example.org", "evil-example", "my-evil.example", "evil.examples", "evilxexample"]
        {
            assert!(!finds("evil.example", text), "{text}");
        }
        assert!(
            finds("10.0.0.1", "ssh 10.0.0.1") && !finds("10.0.0.1", "110.0.0.1") && !finds("10.0.0.1", "10.0.0.12")
        );
    }

    #[test]
    fn packages_hashes_and_paths_match_as_whole_words() {
        assert!(finds("package:pad", "npm install pad@1.0") && !finds("package:pad", "npm install left-pad"));
        assert!(finds("mcp:github", "mcp__github__get_issue") && !finds("mcp:github", "githubber"));
        assert!(finds("/etc/passwd", "cat /etc/passwd") && !finds("/etc/passwd", "cat /etc/passwd-"));
        let hash = "0123456789abcdef0123456789abcdef";
        assert!(finds(hash, &hash.to_uppercase()) && !finds(hash, &format!("a{hash}")));
        assert!(finds("https://evil.example/x", "curl hxxp://evil[.]example/x/y"));
    }
}
