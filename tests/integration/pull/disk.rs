//! Disks that are full or read-only, and what may not be read or written.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::{home, ledger, same};
use crate::common::{Home, Run, small};

/// Runs a script around the program in a name space of its own, where it may mount; `None` where that is not possible.
#[cfg(target_os = "linux")]
fn mounted(home: &Home, script: &str) -> Option<Run> {
    let can = Command::new("unshare").args(["-rm", "true"]).stderr(Stdio::null()).status();
    if !can.is_ok_and(|status| status.success()) {
        return None;
    }
    let plain = home.command(&[]);
    let mut command = Command::new("unshare");
    command.args(["-rm", "sh", "-c", script, crate::common::PROGRAM]).env_clear();
    command.envs(plain.get_envs().filter_map(|(k, v)| Some((k, v?)))).current_dir(home.path(""));
    Some(home.finish(command, None))
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_told_and_leaves_a_whole_lake() {
    let calm = home();
    calm.exports("exports", small());
    calm.run(&["pull", "exports"]).code(0);
    let expected = ledger(&calm.lake());
    let pages: u64 = expected.iter().flat_map(|e| &e.parts).map(|p| p.bytes.div_ceil(4096) * 4).sum();
    for quarters in 1..=3 {
        let kilobytes = pages * quarters / 4 + 40;
        let script = format!(
            "mkdir -m 700 small && mount -t tmpfs -o size={kilobytes}k,mode=700 none small || exit 77
             $0 pull exports --lake small; echo code $?
             $0 query --lake small 'SELECT count(*) AS n FROM lake.exports' --format jsonl
             mount -o remount,size=64m none small
             $0 pull exports --lake small; echo code $?; cp -r small/. copy-{quarters}; umount small; rmdir small"
        );
        let Some(run) = mounted(&calm, &script).filter(|run| run.code != 77) else { return };
        let run = run.code(0).says(&["No space left on device", "help: make room on the disk"]);
        assert!(run.stdout.starts_with("code 1\n{\"n\":") && run.stdout.ends_with("code 0\n"), "{}", run.stdout);
        same(&ledger(&calm.path(&format!("copy-{quarters}"))), &expected, "after making room");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_lake_on_a_read_only_disk_can_be_read_and_says_why_it_takes_nothing() {
    let home = home();
    home.exports("exports", &small()[..2]);
    home.run(&["pull", &format!("exports/{}", small()[0].name)]).code(0);
    let script = "mount --bind $LIGHTMETER_LAKE $LIGHTMETER_LAKE || exit 77
                  mount -o remount,ro,bind $LIGHTMETER_LAKE || exit 77
                  $0 pull exports; echo code $?
                  $0 query 'SELECT count(*) AS n FROM lake.exports' --format jsonl
                  $0 analyze --offline -q >/dev/null; echo code $?";
    let Some(run) = mounted(&home, script).filter(|run| run.code != 77) else { return };
    let run = run.code(0).says(&["Read-only file system", "help: the disk is mounted read-only"]);
    assert_eq!(run.stdout, "code 1\n{\"n\":1}\ncode 0\n");
}

#[cfg(unix)]
#[test]
fn limits_and_permissions_are_told_and_leave_a_whole_lake() {
    let home = home();
    home.exports("exports", small());
    let through = |script: &str| {
        let plain = home.command(&["pull", "exports"]);
        let mut command = Command::new("sh");
        command.args(["-c", script, crate::common::PROGRAM]).args(plain.get_args()).env_clear();
        command.envs(plain.get_envs().filter_map(|(k, v)| Some((k, v?)))).current_dir(home.path(""));
        home.finish(command, None)
    };
    // Eight blocks are less than the parts take.
    let run = through("trap '' XFSZ; ulimit -f 8; exec \"$0\" \"$@\"").code(1);
    run.says(&["File too large", "help: raise the limit"]);
    assert!(ledger(&home.lake()).iter().all(|entry| entry.parts.is_empty()));
    home.run(&["pull", "exports"]).code(0);
    let expected = ledger(&home.lake());

    home.write("file", "");
    home.run(&["pull", "exports", "--lake", "file/lake"]).code(1).says(&["file/lake", "help: a file is where"]);

    // Without the right to pass over permissions, which root has.
    let bound = "exec setpriv --bounding-set -dac_override,-dac_read_search \"$0\" \"$@\"";
    let root = fs::metadata("/proc/self").is_ok_and(|m| std::os::unix::fs::MetadataExt::uid(&m) == 0);
    let script = if root { bound } else { "exec \"$0\" \"$@\"" };
    if root && !Command::new("setpriv").arg("--version").output().is_ok_and(|o| o.status.success()) {
        return;
    }
    let staging = home.lake().join("v1/.staging");
    let mode = |mode| {
        let mode = std::os::unix::fs::PermissionsExt::from_mode(mode);
        fs::set_permissions(&staging, mode).unwrap();
    };
    home.write("exports/new.cbor.zstd", zstd::stream::encode_all(&b""[..], 3).unwrap());
    mode(0o500);
    let run = through(script);
    mode(0o700);
    run.code(1).says(&["Permission denied", "help: run as the user who owns the lake"]);
    same(&ledger(&home.lake()), &expected, "nothing came in");
}

#[cfg(unix)]
#[test]
fn only_the_owner_may_read_what_is_written() {
    use std::os::unix::fs::PermissionsExt;
    fn modes(path: &Path, found: &mut BTreeMap<u32, PathBuf>) {
        let metadata = fs::metadata(path).unwrap();
        let kind = if metadata.is_dir() { 0o1_0000 } else { 0 };
        found.insert(kind | metadata.permissions().mode() & 0o777, path.to_owned());
        if metadata.is_dir() {
            fs::read_dir(path).unwrap().for_each(|entry| modes(&entry.unwrap().path(), found));
        }
    }
    let home = Home::new();
    home.exports("exports", &small()[..2]);
    let mut command = Command::new("sh");
    let plain = home.command(&["analyze", "exports", "-o", "report.md"]);
    command.args(["-c", "umask 000; exec \"$0\" \"$@\"", crate::common::PROGRAM]).args(plain.get_args());
    command.env_clear().envs(plain.get_envs().filter_map(|(k, v)| Some((k, v?))));
    command.current_dir(home.path("")).stdin(Stdio::null());
    home.finish(command, None).code(0);
    let mut found = BTreeMap::new();
    modes(&home.lake(), &mut found);
    assert_eq!(found.keys().copied().collect::<Vec<_>>(), [0o600, 0o1_0700], "{found:?}");
    assert_eq!(fs::metadata(home.path("report.md")).unwrap().permissions().mode() & 0o777, 0o600);
}
