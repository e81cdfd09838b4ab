use super::super::shell::{Dialect, read};
use super::*;

/// `relation kind value` of what a script names.
fn named(script: &str) -> Vec<String> {
    let (reader, programs) = (TextReader::builtin().unwrap(), Programs::builtin().unwrap());
    let relations = Relations::builtin().unwrap();
    let mut things = Things::default();
    for found in read(script, Dialect::Sh, &programs).found {
        relations.command(&found, None, &reader, &programs, &mut things);
    }
    things.list.into_iter().map(|thing| format!("{} {} {}", thing.relation, thing.kind, thing.value)).collect()
}

#[test]
fn only_what_is_copied_to_a_cloud_is_sent_there() {
    for (script, relation) in [
        ("aws s3 cp dump.sql s3://b/k", "destination"),
        ("aws s3 sync ./out s3://b/k --delete", "destination"),
        ("aws --profile rm s3 mv a.txt s3://b/k", "destination"),
        ("aws s3 cp rm s3://b/k", "destination"),
        ("gsutil -m rsync -r out gs://b/k", "destination"),
        ("gcloud storage cp rm.txt gs://b/k", "destination"),
        ("s3cmd put ls s3://b/k", "destination"),
        ("aws s3 cp s3://b/k .", "source"),
        ("aws s3 rm s3://b/k --recursive", "delete"),
        ("aws s3 rb s3://b/k --force", "delete"),
        ("gsutil -m rm -r gs://b/k", "delete"),
        ("gcloud storage rm --recursive gs://b/k", "delete"),
        ("gcloud storage buckets delete gs://b/k", "delete"),
        ("s3cmd del s3://b/k", "delete"),
        ("aws s3 ls s3://b/k", "source"),
        ("aws s3 presign s3://b/k --expires-in 60", "source"),
        ("gsutil cat gs://b/k", "source"),
        ("gcloud storage ls gs://b/k", "source"),
        ("s3cmd get s3://b/k k.txt", "source"),
        ("aws s3 mb s3://b/k", "add"),
    ] {
        let scheme = if script.contains("gs://") { "gs" } else { "s3" };
        let place = format!("{relation} cloud_resource {scheme}://b/k");
        let all = named(script);
        let places: Vec<_> = all.iter().filter(|thing| thing.contains("cloud_resource")).collect();
        assert_eq!(places, [&place], "{script}");
    }
}

/// `relation kind value` of what an argument names.
fn argument(tool: &str, name: &str, text: &str) -> Vec<String> {
    let (reader, programs) = (TextReader::builtin().unwrap(), Programs::builtin().unwrap());
    let mut things = Things::default();
    let leaf = Leaf { name: name.to_owned(), text };
    Relations::builtin().unwrap().parameter(&tool.into(), &leaf, None, &reader, &programs, &mut things);
    things.list.into_iter().map(|thing| format!("{} {} {}", thing.relation, thing.kind, thing.value)).collect()
}

#[test]
fn paths_in_arguments_are_read_or_written_however_tool_and_parameter_are_spelled() {
    for (tool, name, relation) in [
        ("Write", "file_path", "write"),
        ("write_file", "file_path", "write"),
        ("write", "filePath", "write"),
        ("edit", "filePath", "write"),
        ("edit_file", "target_file", "write"),
        ("replace_in_file", "path", "write"),
        ("mcp__fs__write_file", "path", "write"),
        ("delete_file", "target_file", "delete"),
        ("read", "filePath", "read"),
        ("read_file", "target_file", "read"),
        ("read_file", "absolute_path", "read"),
        ("view_file", "AbsolutePath", "read"),
        ("mcp__edit__read_file", "file-path", "read"),
        ("read_file", "subject", "mention"),
    ] {
        let expected = format!("{relation} path ~/.aws/credentials");
        assert_eq!(argument(tool, name, "/home/ana/.aws/credentials"), [expected], "{tool} {name}");
    }
}

#[test]
fn files_of_a_patch_are_written_and_deleted() {
    let patch = "*** Begin Patch\n*** Add File: .vscode/settings.json\n+{}\n*** Delete File: a/b.rs\n*** End Patch";
    let diff = "diff --git a/a/b.rs b/a/b.rs\n--- a/a/b.rs\n+++ /dev/null\n@@ -1 +0,0 @@\n-x\n--- /dev/null\n\
                +++ b/.vscode/settings.json\n@@ -0,0 +1 @@\n+{}\n";
    let expected = |all: Vec<String>, from: &str| {
        for one in ["write path .vscode/settings.json", "delete path a/b.rs"] {
            assert!(all.iter().any(|thing| thing == one), "{from}: {all:?}");
        }
    };
    for (tool, name) in [("apply_patch", "input"), ("apply_patch", ""), ("patch", "patchText"), ("shell", "command.1")]
    {
        expected(argument(tool, name, patch), tool);
    }
    for script in [
        format!("apply_patch <<'EOF'\n{patch}\nEOF"),
        format!("cd /x && bash -lc 'apply_patch <<EOF\n{patch}\nEOF\n'"),
        format!("apply_patch \"{patch}\""),
        format!("cat <<'EOF' | git apply -\n{diff}EOF"),
        format!("patch -p1 <<'EOF'\n{diff}EOF\n"),
    ] {
        expected(named(&script), &script);
    }
    let all = argument("Write", "content", patch);
    assert!(all.iter().all(|thing| thing.starts_with("mention")), "{all:?}");
    assert_eq!(named("git apply a/x.patch"), ["read path a/x.patch"]);
}

#[test]
fn edits_in_place_write() {
    for script in [
        "sed -i 's/\"ask\"/\"allow\"/' a/s.json",
        "sed -i '' 's/a/b/' a/s.json",
        "sed -Ei.bak -e 's/a/b/' a/s.json",
        "sed --in-place=.old --expression='s/a/b/' a/s.json",
        "sed -n -i -f /tmp/x a/s.json",
        "perl -pi -e 's/a/b/' a/s.json",
        "perl -i.bak -pe 's/a/b/' a/s.json",
        "ruby -i -pe 'x.y' a/s.json",
        "awk -i inplace '{print}' a/s.json",
        "echo x | sudo tee -a a/s.json",
        "ex -sc '%s/a/b/|x' a/s.json",
        "ed -s a/s.json <<< $'1d\\nw'",
        "jq . a/s.json | sponge a/s.json",
    ] {
        let all = named(script);
        let written: Vec<_> = all.iter().filter(|thing| thing.starts_with("write")).collect();
        assert_eq!(written, ["write path a/s.json"], "{script}: {all:?}");
    }
    for script in ["sed -n '/i/p' a/s.json", "sed 's/-i/x/' a/s.json", "awk -F, '{print $1}' a/s.json"] {
        let all = named(script);
        let files: Vec<_> = all.iter().filter(|thing| !thing.starts_with("mention")).collect();
        assert_eq!(files, ["read path a/s.json"], "{script}");
    }
    assert_eq!(named("perl a/x.pl"), ["execute path a/x.pl"]);
}
