//! What stands where after something was written.

use super::*;

#[cfg(unix)]
#[test]
fn links_devices_and_open_files_stay_what_they_are() {
    use std::os::unix::fs::symlink;
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let read = |name: &str| std::fs::read_to_string(at(name)).unwrap();
    let names = || std::fs::read_dir(folder.path()).unwrap().count();
    std::fs::write(at("real.md"), "old").unwrap();
    symlink("real.md", at("report.md")).unwrap();
    symlink("/dev/null", at("null")).unwrap();
    set_aside(&at("report.md"), "report-", ".md").unwrap();
    write(Some(&at("report.md")), |out| out.write_all(b"new")).unwrap();
    write(Some(&at("null")), |out| out.write_all(b"gone")).unwrap();
    write_file(&at("null"), |file| file.write_all(b"gone")).unwrap();
    assert_eq!((read("real.md"), read("report-00000001.md")), ("new".to_owned(), "old".to_owned()));
    assert!([at("report.md"), at("null")].iter().all(|link| link.is_symlink()));
    assert_eq!(names(), 4, "nothing else is left");
    // What the caller has written to its open file stays before what is added.
    let mut open = File::options().append(true).create(true).open(at("log")).unwrap();
    open.write_all(b"before ").unwrap();
    let descriptor = format!("/dev/fd/{}", std::os::fd::AsRawFd::as_raw_fd(&open));
    write(Some(Path::new(&descriptor)), |out| out.write_all(b"report ")).unwrap();
    open.write_all(b"after").unwrap();
    #[cfg(target_os = "linux")]
    assert_eq!(read("log"), "before report after");
    let refused = write(Some(Path::new("-")), |out| out.write_all(b"x")).unwrap_err();
    assert!(refused.to_string().contains("./-"), "{refused}");
}

#[cfg(unix)]
#[test]
fn whoever_reads_a_pipe_gets_what_is_written() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("pipe");
    if !std::process::Command::new("mkfifo").arg(&path).status().is_ok_and(|status| status.success()) {
        return;
    }
    let reader = std::thread::spawn({
        let path = path.clone();
        move || std::fs::read_to_string(path).unwrap()
    });
    write(Some(&path), |out| out.write_all(b"the report")).unwrap();
    assert_eq!(reader.join().unwrap(), "the report");
    use std::os::unix::fs::FileTypeExt;
    assert!(std::fs::metadata(&path).unwrap().file_type().is_fifo());
}

#[test]
fn old_reports_go_by_age_or_by_count_and_nothing_else_goes() {
    let folder = tempfile::tempdir().unwrap();
    let report = folder.path().join("report.md");
    let names = || {
        let mut names: Vec<String> = std::fs::read_dir(folder.path())
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    };
    let at = |seconds| std::time::UNIX_EPOCH + std::time::Duration::from_secs(seconds);
    for seconds in [100, 200, 300, 400] {
        set_aside(&report, "report-", ".md").unwrap();
        write(Some(&report), |out| write!(out, "{seconds}")).unwrap();
        File::options().write(true).open(&report).unwrap().set_modified(at(seconds)).unwrap();
    }
    std::fs::write(folder.path().join("report-notes.md"), "somebody's own").unwrap();
    let numbered = |numbers: &[u32]| {
        let mut names: Vec<String> = numbers.iter().map(|n| format!("report-{n:08}.md")).collect();
        names.extend(["report-notes.md", "report.md"].map(str::to_owned));
        names
    };
    assert_eq!(names(), numbered(&[1, 2, 3]));
    rotate_older(folder.path(), "report-", ".md", 200_000_000).unwrap();
    assert_eq!(names(), numbered(&[2, 3]));
    rotate(folder.path(), "report-", ".md", 1).unwrap();
    assert_eq!(names(), numbered(&[3]));
    assert_eq!(std::fs::read_to_string(folder.path().join("report-00000003.md")).unwrap(), "300");
    // The next one does not take a number that was used.
    set_aside(&report, "report-", ".md").unwrap();
    assert_eq!(names(), numbered(&[3, 4]));
}
