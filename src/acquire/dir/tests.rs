use super::*;

const ALL: Window = Window { start: None, end: None };

fn write(root: &Path, name: &str, content: &str) {
    let path = root.join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, content).unwrap();
}

fn keys(listing: &Listing) -> Vec<&str> {
    listing.objects.iter().map(|o| o.export_key.as_str()).collect()
}

#[test]
fn a_folder_gives_its_exports_sorted_and_counts_the_rest() {
    let dir = tempfile::tempdir().unwrap();
    for name in ["b/ts-aperture-export-1782318290.cbor.zstd", "a.cbor.zstd", "c/d/z.cbor.zstd", "notes.txt"] {
        write(dir.path(), name, "x");
    }
    write(dir.path(), ".hidden.cbor.zstd", "x");
    write(dir.path(), ".git/e.cbor.zstd", "x");
    let listing = DirSource::new(dir.path()).list(&ALL).unwrap();
    assert_eq!(keys(&listing), ["a.cbor.zstd", "ts-aperture-export-1782318290.cbor.zstd", "z.cbor.zstd"]);
    assert_eq!(listing.objects[1].key_time, Some(1_782_318_290_000_000));
    assert_eq!((listing.ignored, listing.bytes(), listing.skipped.len()), (1, 3, 0));

    let later = Window { start: Some(1_782_400_000_000_000), end: None };
    let listing = DirSource::new(dir.path()).list(&later).unwrap();
    assert_eq!(keys(&listing), ["a.cbor.zstd", "z.cbor.zstd"]);
    assert_eq!(listing.before_window, 1);
}

#[test]
fn identity_is_the_content_and_not_the_name() {
    let dir = tempfile::tempdir().unwrap();
    write(dir.path(), "one.cbor.zstd", "same");
    write(dir.path(), "copy/two.cbor.zstd", "same");
    write(dir.path(), "three.cbor.zstd", "other");
    let source = DirSource::new(dir.path());
    let listing = source.list(&ALL).unwrap();
    let ids: Vec<_> = listing.objects.iter().map(|o| source.identify(o, &|| false).unwrap()).collect();
    assert_eq!(keys(&listing), ["one.cbor.zstd", "three.cbor.zstd", "two.cbor.zstd"]);
    assert_eq!(ids[0], ids[2]);
    assert_ne!(ids[0].ledger_id, ids[1].ledger_id);
    let read = source.open(&listing.objects[1]).unwrap().finish().unwrap();
    assert_eq!((read.bytes, read.sha256), (5, ids[1].sha256.clone()));
}

#[test]
fn a_file_named_by_the_user_is_read_whatever_its_name() {
    let dir = tempfile::tempdir().unwrap();
    write(dir.path(), "dump.bin", "x");
    let listing = DirSource::new(dir.path().join("dump.bin")).list(&ALL).unwrap();
    assert_eq!(keys(&listing), ["dump.bin"]);
}

#[test]
fn a_missing_path_is_an_error_with_help_and_an_empty_folder_an_empty_listing() {
    let dir = tempfile::tempdir().unwrap();
    let error = DirSource::new(dir.path().join("no\u{1b}[2Jpe")).list(&ALL).unwrap_err();
    assert!(matches!(error, Error::Missing { .. }));
    assert!(error.to_string().contains("pe does not exist") && !error.to_string().contains('\u{1b}'));
    assert!(error.help().unwrap().contains("s3://"));
    assert_eq!(DirSource::new(dir.path()).list(&ALL).unwrap(), Listing::default());
}

#[test]
fn a_file_that_grows_while_it_is_read_is_reported_as_changed() {
    let dir = tempfile::tempdir().unwrap();
    write(dir.path(), "a.cbor.zstd", "first");
    let source = DirSource::new(dir.path());
    let listing = source.list(&ALL).unwrap();
    write(dir.path(), "a.cbor.zstd", "first and more");
    let opened = source.open(&listing.objects[0]).unwrap();
    let handle = opened.handle();
    let error = opened.finish().unwrap_err();
    assert!(matches!(Error::from_io(&error), Some(Error::FileChanged { .. })));
    let state = handle.state();
    assert!(state.failure.unwrap().nature == crate::acquire::Nature::Changed && state.sha256.is_none());
    assert!(matches!(source.identify(&listing.objects[0], &|| false), Err(Error::FileChanged { .. })));
}

#[cfg(unix)]
mod unix {
    use std::os::unix::fs::{PermissionsExt, symlink};

    use super::*;

    #[test]
    fn links_are_followed_inside_the_folder_only_and_loops_end() {
        let dir = tempfile::tempdir().unwrap();
        let root = dir.path().join("root");
        write(dir.path(), "outside/secret.cbor.zstd", "x");
        write(&root, "real/a.cbor.zstd", "x");
        write(&root, ".data/b.cbor.zstd", "x");
        symlink(&root, root.join("real/loop")).unwrap();
        symlink(root.join("real"), root.join("again")).unwrap();
        symlink(root.join("real/a.cbor.zstd"), root.join("copy.cbor.zstd")).unwrap();
        symlink(root.join(".data/b.cbor.zstd"), root.join("b.cbor.zstd")).unwrap();
        symlink(dir.path().join("outside"), root.join("out")).unwrap();
        symlink(dir.path().join("outside/secret.cbor.zstd"), root.join("secret.cbor.zstd")).unwrap();
        symlink("nowhere", root.join("dangling.cbor.zstd")).unwrap();
        let listing = DirSource::new(&root).list(&ALL).unwrap();
        assert_eq!(keys(&listing), ["a.cbor.zstd", "b.cbor.zstd"]);
        let skipped: Vec<_> = listing.skipped.iter().map(|s| s.location.rsplit('/').next().unwrap()).collect();
        assert_eq!(skipped, ["dangling.cbor.zstd", "out", "secret.cbor.zstd"]);
    }

    #[test]
    fn an_unreadable_file_or_folder_does_not_stop_its_neighbours() {
        let dir = tempfile::tempdir().unwrap();
        write(dir.path(), "a.cbor.zstd", "x");
        write(dir.path(), "closed/b.cbor.zstd", "x");
        write(dir.path(), "c.cbor.zstd", "x");
        let set = |name: &str, mode| {
            fs::set_permissions(dir.path().join(name), fs::Permissions::from_mode(mode)).unwrap();
        };
        set("closed", 0o000);
        set("c.cbor.zstd", 0o000);
        let privileged = File::open(dir.path().join("c.cbor.zstd")).is_ok();
        let source = DirSource::new(dir.path());
        let listing = source.list(&ALL).unwrap();
        let opened: Vec<_> = listing.objects.iter().map(|o| source.open(o).map(|_| ())).collect();
        set("closed", 0o700);
        if privileged {
            return; // permissions do not bind this user
        }
        assert_eq!(keys(&listing), ["a.cbor.zstd", "c.cbor.zstd"]);
        assert!(listing.skipped[0].location.ends_with("closed"));
        assert!(opened[0].is_ok() && matches!(opened[1], Err(Error::Denied { .. })));
    }

    #[test]
    fn a_pipe_with_the_name_of_an_export_does_not_block() {
        let dir = tempfile::tempdir().unwrap();
        let socket = dir.path().join("s.cbor.zstd");
        let _listener = std::os::unix::net::UnixListener::bind(&socket).unwrap();
        let listing = DirSource::new(dir.path()).list(&ALL).unwrap();
        assert_eq!((listing.objects.len(), listing.skipped.len()), (0, 1));
        assert!(matches!(DirSource::new(&socket).list(&ALL), Err(Error::NotAFile { .. })));
    }
}
