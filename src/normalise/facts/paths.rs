//! Paths of files, in one form: `~` for any home, `/` between parts, without `.` and `..`.

use super::things::Things;

/// Adds a path. `base` is the folder that a relative one starts from, where the traffic tells.
pub(super) fn path(text: &str, base: Option<&str>, things: &mut Things) -> bool {
    let text = text.trim_end_matches([':', ',', ';', '!', '?', '*', '\'', '"']);
    match normal(text, base) {
        Some(value) => {
            things.add("path", value);
            true
        }
        None => false,
    }
}

/// The one form of a path; `None` for text that cannot be one.
pub(super) fn normal(text: &str, base: Option<&str>) -> Option<String> {
    if text.is_empty() || text.len() > 1024 || text.contains(['\n', '\0', '\r']) {
        return None;
    }
    let windows = is_windows(text);
    let mut whole = if windows { text.replace('\\', "/") } else { text.to_owned() };
    for home in ["$HOME/", "${HOME}/", "%USERPROFILE%/", "$env:USERPROFILE/"] {
        if let Some(rest) = whole.strip_prefix(home) {
            whole = format!("~/{rest}");
        }
    }
    let absolute = whole.starts_with(['/', '~', '$', '%']) || windows;
    if let Some(base) = base.filter(|_| !absolute) {
        let base = if is_windows(base) { base.replace('\\', "/") } else { base.to_owned() };
        whole = format!("{}/{whole}", base.trim_end_matches('/'));
    }
    let rooted = whole.starts_with('/');
    let mut parts: Vec<&str> = Vec::new();
    for part in whole.split('/') {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| *last != ".." && *last != "~") => {
                parts.pop();
            }
            ".." if rooted => {}
            part => parts.push(part),
        }
    }
    let joined = format!("{}{}", if rooted { "/" } else { "" }, parts.join("/"));
    Some(with_home(&joined)).filter(|path| !path.is_empty())
}

fn is_windows(text: &str) -> bool {
    let bytes = text.as_bytes();
    text.starts_with("\\\\")
        || (bytes.len() > 2 && bytes[0].is_ascii_alphabetic() && bytes[1] == b':' && matches!(bytes[2], b'\\' | b'/'))
}

/// Writes `~` for a home folder: `/home/x`, `/Users/x`, `/root`, `C:/Users/x`.
fn with_home(path: &str) -> String {
    if path == "/root" {
        return "~".to_owned();
    }
    if let Some(rest) = path.strip_prefix("/root/") {
        return format!("~/{rest}");
    }
    let inside = path.strip_prefix("/home/").or_else(|| path.strip_prefix("/Users/")).or_else(|| {
        let rest = path.get(2..).filter(|_| is_windows(path))?;
        rest.strip_prefix("/Users/").or_else(|| rest.strip_prefix("/users/"))
    });
    match inside {
        Some(rest) if !rest.starts_with("Shared") && !rest.starts_with("Public") => match rest.split_once('/') {
            Some((_, below)) => format!("~/{below}"),
            None => "~".to_owned(),
        },
        _ => path.to_owned(),
    }
}

/// Whether a word in prose looks like a path and not like `and/or` or `text/html`.
pub(super) fn looks_like_path(word: &str) -> bool {
    if word.len() < 3 || word.contains("//") || word.contains(['=', '<', '>', '|', '(', ')', '{', '}']) {
        return false;
    }
    let explicit = word.starts_with("~/")
        || word.starts_with("./")
        || word.starts_with("../")
        || is_windows(word)
        || word.starts_with("$HOME/");
    if explicit {
        return word.len() > 3;
    }
    let last = word.rsplit('/').next().unwrap_or_default();
    let ending = last.rsplit_once('.').map(|(_, ending)| ending);
    let is_file = ending.is_some_and(|e| {
        (1..=8).contains(&e.len())
            && e.bytes().all(|b| b.is_ascii_alphanumeric())
            && e.bytes().any(|b| b.is_ascii_alphabetic())
    }) || (last.starts_with('.') && last.len() > 2);
    if word.starts_with('/') {
        let parts = word.split('/').filter(|part| !part.is_empty()).count();
        return word.as_bytes().get(1).is_some_and(|b| b.is_ascii_alphanumeric() || b"._@".contains(b))
            && (parts >= 2 || is_file);
    }
    word.contains('/') && is_file
}

/// Folder that a text says work happens in.
pub(super) fn working_directory(text: &str) -> Option<String> {
    const MARKS: [&str; 6] = [
        "Working directory: ",
        "working directory: ",
        "<cwd>",
        "\ncwd: ",
        "Current Working Directory (",
        "workspace path is ",
    ];
    let head = super::cut(text, 64 * 1024);
    let rest = MARKS.iter().find_map(|mark| {
        let at = memchr::memmem::find(head.as_bytes(), mark.as_bytes())?;
        head.get(at + mark.len()..)
    })?;
    let end = rest.find(['\n', '<', ')', '"', '`', '\r']).unwrap_or(rest.len());
    let found = rest.get(..end)?.trim().trim_end_matches('.');
    let fits = (2..=512).contains(&found.len()) && (found.starts_with(['/', '~']) || is_windows(found));
    fits.then(|| found.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_have_one_form() {
        for (text, base, expected) in [
            ("/home/ana/.ssh/id_rsa", None, "~/.ssh/id_rsa"),
            ("/Users/ana/x/../y", None, "~/y"),
            ("C:\\Users\\ana\\a.txt", None, "~/a.txt"),
            ("$HOME/.env", None, "~/.env"),
            ("/root/.bashrc", None, "~/.bashrc"),
            ("./src/./a.rs", Some("/srv/app"), "/srv/app/src/a.rs"),
            ("../b", Some("/srv/app"), "/srv/b"),
            ("/../../etc/passwd", None, "/etc/passwd"),
            ("src/a.rs", None, "src/a.rs"),
        ] {
            assert_eq!(normal(text, base).as_deref(), Some(expected), "{text}");
        }
        assert_eq!(normal("a\nb", None), None);
    }

    #[test]
    fn prose_is_no_path() {
        for word in ["/etc/passwd", "~/.aws/credentials", "src/main.rs", "./x.sh", "app/.env", "/var/log/syslog"] {
            assert!(looks_like_path(word), "{word}");
        }
        for word in ["and/or", "text/html", "1/2", "//", "/", "w/o", "a=b/c.d"] {
            assert!(!looks_like_path(word), "{word}");
        }
    }

    #[test]
    fn the_working_directory_is_read_from_what_agents_say() {
        assert_eq!(working_directory("<env>\nWorking directory: /srv/app\nx").as_deref(), Some("/srv/app"));
        assert_eq!(working_directory("<cwd>/a/b</cwd>").as_deref(), Some("/a/b"));
        assert_eq!(working_directory("Working directory: none"), None);
    }
}
