//! What stands behind the name of an output file: a place for a file, standard output, or something that takes bytes.

use std::fs::{self, File, FileType};
use std::io;
use std::path::{Path, PathBuf};

/// Symbolic links that are followed at most, as many as Linux follows.
const MOST_LINKS: usize = 40;

/// Where what is written to a name goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Target {
    /// A file, there or not, at the end of all symbolic links: it can be replaced as a whole.
    File(PathBuf),
    /// The standard output of this process under a name such as `/dev/stdout`.
    Stdout,
    /// A device, a pipe or the like. Replacing it would take it from everybody else, so it is written to.
    Direct(PathBuf),
}

/// The file that the user named, or none where it is `-`, which stands for standard output.
pub(super) fn named(path: Option<&Path>) -> Option<&Path> {
    path.filter(|path| !is_dash(path))
}

fn is_dash(path: &Path) -> bool {
    path.as_os_str() == "-"
}

impl Target {
    /// Follows the name to its end.
    ///
    /// # Errors
    /// When the name is `-`, which is no file, or its links cannot be followed.
    pub(super) fn of(path: &Path) -> io::Result<Self> {
        if is_dash(path) {
            let text = "it stands for standard output, which cannot be used here; write ./- for a file of that name";
            return Err(io::Error::new(io::ErrorKind::InvalidInput, text));
        }
        let mut place = path.to_owned();
        for _ in 0..MOST_LINKS {
            let kind = match fs::symlink_metadata(&place) {
                Ok(found) => found.file_type(),
                Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Self::File(place)),
                Err(error) => return Err(error),
            };
            if !kind.is_symlink() {
                return Ok(if is_replaceable(kind) { Self::File(place) } else { Self::Direct(place) });
            }
            if let Some(target) = descriptor(&place) {
                return Ok(target);
            }
            place = folder_of(&place).join(fs::read_link(&place)?);
        }
        Err(io::Error::other("there are too many symbolic links on the way to it"))
    }

    /// Opens what cannot be replaced. What is in it stays: a descriptor may be an open file of the caller.
    ///
    /// # Errors
    /// When it cannot be opened for writing.
    pub(super) fn open_direct(path: &Path) -> io::Result<File> {
        File::options().append(true).open(path)
    }
}

/// A folder cannot be replaced by a file either, but then the error of trying says so.
fn is_replaceable(kind: FileType) -> bool {
    kind.is_file() || kind.is_dir()
}

/// The target of a link that is no link but an open file of a process (Linux: `/proc/PID/fd/N`). What such a link
/// tells is often no path, and a path that it does tell is not to be replaced while somebody writes there.
fn descriptor(link: &Path) -> Option<Target> {
    let folder = fs::canonicalize(folder_of(link)).ok()?;
    if !folder.starts_with("/proc") || !folder.ends_with("fd") {
        return None;
    }
    let own = fs::canonicalize("/proc/self/fd").is_ok_and(|own| own == folder);
    let is_stdout = own && link.file_name().is_some_and(|name| name == "1");
    Some(if is_stdout { Target::Stdout } else { Target::Direct(link.to_owned()) })
}

/// The folder of a file, as it can be opened.
pub(super) fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    #[test]
    fn names_are_followed_to_what_can_be_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        fs::write(at("report.md"), "old").unwrap();
        fs::create_dir(at("links")).unwrap();
        symlink("../report.md", at("links/report.md")).unwrap();
        symlink("links/report.md", at("twice.md")).unwrap();
        symlink("new.md", at("dangling.md")).unwrap();
        symlink("loop.md", at("loop.md")).unwrap();
        symlink("/dev/null", at("nowhere")).unwrap();
        assert_eq!(Target::of(&at("absent.md")).unwrap(), Target::File(at("absent.md")));
        assert_eq!(Target::of(&at("report.md")).unwrap(), Target::File(at("report.md")));
        assert_eq!(Target::of(&at("twice.md")).unwrap(), Target::File(at("links/../report.md")));
        assert_eq!(Target::of(&at("dangling.md")).unwrap(), Target::File(at("new.md")));
        assert_eq!(Target::of(&at("nowhere")).unwrap(), Target::Direct(PathBuf::from("/dev/null")));
        assert!(Target::of(&at("loop.md")).unwrap_err().to_string().contains("too many"));
        assert!(Target::of(Path::new("-")).unwrap_err().to_string().contains("./-"));
        assert_eq!(Target::of(Path::new("./-")).unwrap(), Target::File(PathBuf::from("./-")));
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn an_open_file_of_a_process_is_not_replaced() {
        assert_eq!(Target::of(Path::new("/dev/stdout")).unwrap(), Target::Stdout);
        assert_eq!(Target::of(Path::new("/dev/fd/1")).unwrap(), Target::Stdout);
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("log");
        let open = File::create(&path).unwrap();
        let name = format!("/proc/self/fd/{}", std::os::fd::AsRawFd::as_raw_fd(&open));
        assert_eq!(Target::of(Path::new(&name)).unwrap(), Target::Direct(PathBuf::from(&name)));
    }
}
