//! What an unattended run tells a monitoring system: a file in the Prometheus text format, for the textfile collector of
//! the node exporter.

use std::io::{self, Write};
use std::path::Path;

use super::output;
use super::target::Target;
use crate::error::Error;
use crate::finding::Severity;

/// What happened in a run, as far as it came.
#[derive(Debug, Clone, Default)]
pub(super) struct Metrics {
    /// Profile.
    pub(super) profile: String,
    /// Start, seconds since the epoch.
    pub(super) start: i64,
    /// Duration in seconds.
    pub(super) seconds: f64,
    /// Exit code.
    pub(super) code: u8,
    /// Exports found, added, replaced, unchanged, unread.
    pub(super) exports: [(&'static str, u64); 5],
    /// Records in the lake's exports of the window, read and skipped.
    pub(super) records: [(&'static str, u64); 2],
    /// Incidents by severity.
    pub(super) incidents: Vec<(Severity, u64)>,
    /// Detections that failed; none when the run had nothing to detect for.
    pub(super) failed_detections: Option<u64>,
    /// Documents exported.
    pub(super) documents: u64,
}

/// Name of the metric that later runs read back.
const SUCCESS: &str = "lightmeter_last_success_timestamp_seconds";

impl Metrics {
    /// Whether the run came to its end. Findings are no failure, and one damaged export, which the other metrics tell,
    /// must not look like a job that does not run any more.
    fn succeeded(&self) -> bool {
        matches!(self.code, 0 | 3 | 4 | 12..=15)
    }

    /// Writes the file in one step. A run that failed keeps the time of the last success that the old file tells.
    ///
    /// # Errors
    /// When it cannot be written.
    pub(super) fn write(&self, path: &Path) -> Result<(), Error> {
        let label = format!("profile=\"{}\"", self.profile);
        output::create_shared_folder(path.parent().unwrap_or(Path::new("")))?;
        output::remove_drafts_of(path)?;
        let failed =
            |source| Error::Output { to: crate::text::one_line(&path.to_string_lossy(), 200).into_owned(), source };
        // A device or a pipe tells nothing of before, and its rights are not ours to change.
        let file = match Target::of(path).map_err(failed)? {
            Target::File(file) => Some(file),
            Target::Stdout | Target::Direct(_) => None,
        };
        let before = file.as_ref().and_then(|file| std::fs::read_to_string(file).ok()).unwrap_or_default();
        let last = match self.succeeded() {
            true => Some(self.start.saturating_add(self.seconds as i64)),
            false => last_success(&before, &label),
        };
        output::write(Some(path), |out| self.lines(&label, last, out))?;
        // The collector runs as another user, and there is nothing in it that is not meant for dashboards.
        #[cfg(unix)]
        if let Some(file) = file {
            let mode = std::os::unix::fs::PermissionsExt::from_mode(0o644);
            std::fs::set_permissions(file, mode).map_err(failed)?;
        }
        Ok(())
    }

    fn lines(&self, label: &str, success: Option<i64>, out: &mut dyn Write) -> io::Result<()> {
        let mut metric = |name: &str, help: &str, values: &[(String, String)]| -> io::Result<()> {
            if values.is_empty() {
                return Ok(());
            }
            writeln!(out, "# HELP {name} {help}\n# TYPE {name} gauge")?;
            values.iter().try_for_each(|(labels, value)| writeln!(out, "{name}{{{labels}}} {value}"))
        };
        let one = |value: String| vec![(label.to_owned(), value)];
        let by = |key: &str, name: &str, value: u64| (format!("{label},{key}=\"{name}\""), value.to_string());
        metric("lightmeter_last_run_timestamp_seconds", "When the last run began.", &one(self.start.to_string()))?;
        let success: Vec<_> = success.map(|s| (label.to_owned(), s.to_string())).into_iter().collect();
        metric(SUCCESS, "When a run last came to its end.", &success)?;
        metric("lightmeter_last_run_duration_seconds", "How long it took.", &one(format!("{:.3}", self.seconds)))?;
        metric("lightmeter_last_run_exit_code", "Exit code of the last run.", &one(self.code.to_string()))?;
        let exports: Vec<_> =
            self.exports.iter().filter(|(n, _)| !n.is_empty()).map(|(n, v)| by("state", n, *v)).collect();
        metric("lightmeter_exports", "Exports of the last run by what became of them.", &exports)?;
        let records: Vec<_> =
            self.records.iter().filter(|(n, _)| !n.is_empty()).map(|(n, v)| by("state", n, *v)).collect();
        metric("lightmeter_records", "Records of the window's exports.", &records)?;
        let incidents: Vec<_> = self.incidents.iter().map(|(s, v)| by("severity", s.as_str(), *v)).collect();
        metric("lightmeter_incidents", "Incidents in the window.", &incidents)?;
        let failed = self.failed_detections.map(|n| one(n.to_string())).unwrap_or_default();
        metric("lightmeter_failed_detections", "Detections that gave no result.", &failed)?;
        metric("lightmeter_exported_documents", "Findings exported by the last run.", &one(self.documents.to_string()))
    }
}

/// The time of the last success in an older file.
fn last_success(text: &str, label: &str) -> Option<i64> {
    let start = format!("{SUCCESS}{{{label}}} ");
    text.lines().find_map(|line| line.strip_prefix(&start))?.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failed_run_keeps_the_time_of_the_last_success() {
        let folder = tempfile::tempdir().unwrap();
        // The folder need not exist; who collects from it is another user.
        let path = folder.path().join("metrics/m.prom");
        let run = |start, code| Metrics { profile: "hourly".to_owned(), start, code, ..Metrics::default() };
        run(100, 0).write(&path).unwrap();
        run(200, 1).write(&path).unwrap();
        let text = std::fs::read_to_string(&path).unwrap();
        assert!(text.contains("lightmeter_last_success_timestamp_seconds{profile=\"hourly\"} 100\n"), "{text}");
        assert!(text.contains("lightmeter_last_run_exit_code{profile=\"hourly\"} 1\n"), "{text}");
        for (start, code) in [(300, 14), (400, 4)] {
            run(start, code).write(&path).unwrap();
            let text = std::fs::read_to_string(&path).unwrap();
            assert!(text.contains(&format!("success_timestamp_seconds{{profile=\"hourly\"}} {start}\n")), "{text}");
        }
        #[cfg(unix)]
        for place in [path.as_path(), path.parent().unwrap()] {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(std::fs::metadata(place).unwrap().permissions().mode() & 0o044, 0o044, "others can read it");
        }
    }
}
