//! Patches: which files they write and delete, by their own headings.

use std::sync::Arc;

use super::paths;
use super::things::Things;

/// Start of a patch as coding agents write it.
const BEGIN: &str = "*** Begin Patch";

/// Headings of such a patch, with what is done with the file behind them.
const HEADINGS: [(&str, &str); 4] = [
    ("*** Add File: ", "write"),
    ("*** Update File: ", "write"),
    ("*** Move to: ", "write"),
    ("*** Delete File: ", "delete"),
];

/// Name that a unified diff gives to a side that is not there.
const NOTHING: &str = "/dev/null";

/// Adds the files that a patch changes, as what `place` and `name` hold. Returns whether it names any.
pub(super) fn add(
    text: &str,
    place: &'static str,
    name: Option<&Arc<str>>,
    base: Option<&str>,
    things: &mut Things,
) -> bool {
    let changed = files(text);
    for (relation, path) in &changed {
        things.at(place, name.cloned(), relation);
        paths::path(path, base, things);
    }
    !changed.is_empty()
}

/// The files that a patch changes, each with what is done with it; none where the text is no patch.
fn files(text: &str) -> Vec<(&'static str, &str)> {
    let text = text.trim_start();
    if text.starts_with(BEGIN) {
        // The lines of the files themselves begin with another sign: none of them is a heading.
        return text.lines().filter_map(headed).collect();
    }
    if text.starts_with("diff ") || text.starts_with("--- ") || text.starts_with("Index: ") {
        return unified(text);
    }
    Vec::new()
}

fn headed(line: &str) -> Option<(&'static str, &str)> {
    HEADINGS.iter().find_map(|(heading, does)| Some((*does, line.strip_prefix(heading)?.trim())))
}

/// The files of a unified diff: `--- old` and `+++ new` in two lines that follow each other, or `rename to`.
fn unified(text: &str) -> Vec<(&'static str, &str)> {
    let (mut out, mut old) = (Vec::new(), None);
    for line in text.lines() {
        if let (Some(before), Some(after)) = (old.take(), line.strip_prefix("+++ ")) {
            let (before, after) = (side(before, "a/"), side(after, "b/"));
            out.push(if after == NOTHING { ("delete", before) } else { ("write", after) });
        } else if let Some(path) = line.strip_prefix("rename to ").filter(|_| text.starts_with("diff ")) {
            out.push(("write", path.trim()));
        }
        old = line.strip_prefix("--- ");
    }
    out
}

/// A file's name without the time behind it and the letter of its side before it.
fn side<'a>(name: &'a str, letter: &str) -> &'a str {
    let name = name.split('\t').next().unwrap_or(name).trim();
    name.strip_prefix(letter).unwrap_or(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_say_what_is_written_and_deleted() {
        let text = "*** Begin Patch\n*** Add File: a.sh\n+*** Delete File: no\n*** Update File: src/b c.rs\n\
                    *** Move to: src/d.rs\n@@\n-x\n+y\n*** Delete File: e\n*** End Patch";
        assert_eq!(files(text), [("write", "a.sh"), ("write", "src/b c.rs"), ("write", "src/d.rs"), ("delete", "e")]);
    }

    #[test]
    fn both_sides_of_a_unified_diff_are_read() {
        let text = "diff --git a/x.yml b/x.yml\n--- a/x.yml\n+++ b/x.yml\t2026-03-01\n@@ -1 +1 @@\n-a\n+b\n\
                    --- a/old\n+++ /dev/null\n@@ -1 +0,0 @@\n-a\ndiff --git a/p b/q\nrename from p\nrename to q\n";
        assert_eq!(files(text), [("write", "x.yml"), ("delete", "old"), ("write", "q")]);
        assert_eq!(files("--- /dev/null\n+++ b/new\n@@ -0,0 +1 @@\n+a"), [("write", "new")]);
    }

    #[test]
    fn text_about_a_patch_is_none() {
        for text in ["Use *** Begin Patch\n*** Add File: x", "*** Add File: x", "--- x\ntext\n+++ y", "", "rename to q"]
        {
            assert_eq!(files(text), [], "{text}");
        }
    }
}
