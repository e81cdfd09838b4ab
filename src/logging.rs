//! Logs on standard error: lines for people, or JSON lines for collectors. Never a secret: every text of every event
//! goes through the redactor before it is written.

use std::fmt::{self, Write as _};
use std::io;

use serde_json::{Map, Value, json};
use tracing::field::{Field, Visit};
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::filter::LevelFilter;
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormatFields};
use tracing_subscriber::registry::LookupSpan;

use crate::cli::{Global, LogFormat, LogLevel};
use crate::error::showable;

/// Starts logging for the whole process. A second call changes nothing.
pub fn start(global: &Global, run: &str) {
    let level = match (global.log_level, global.quiet) {
        (LogLevel::Error, _) | (_, true) => LevelFilter::ERROR,
        (LogLevel::Warn, _) => LevelFilter::WARN,
        (LogLevel::Info, _) => LevelFilter::INFO,
        (LogLevel::Debug, _) => LevelFilter::DEBUG,
    };
    // What other crates say at length is of no use to anybody who reads these logs, and may hold anything: whole answers
    // of servers in what the AWS SDK warns of. What it warns of that matters ends the run with an error of ours.
    let others = if global.log_level == LogLevel::Debug { Level::WARN } else { Level::ERROR };
    let lines = Lines { json: global.log_format == LogFormat::Json, run: run.to_owned(), others };
    let _ =
        tracing_subscriber::fmt().with_writer(|| BesideProgress).with_max_level(level).event_format(lines).try_init();
}

/// Standard error, beside a live line that may be there.
struct BesideProgress;

impl io::Write for BesideProgress {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        crate::progress::beside(|| io::stderr().write(bytes))
    }

    fn flush(&mut self) -> io::Result<()> {
        io::stderr().flush()
    }
}

/// How an event becomes a line.
struct Lines {
    json: bool,
    run: String,
    /// The least level of what other crates say.
    others: Level,
}

impl Lines {
    /// Whether an event from a module is to be written.
    fn wants(&self, module: &str, level: Level) -> bool {
        module.starts_with("lightmeter") || level <= self.others
    }
}

impl<S, N> FormatEvent<S, N> for Lines
where
    S: Subscriber + for<'s> LookupSpan<'s>,
    N: for<'w> FormatFields<'w> + 'static,
{
    fn format_event(&self, _: &FmtContext<'_, S, N>, mut writer: Writer<'_>, event: &Event<'_>) -> fmt::Result {
        let metadata = event.metadata();
        if !self.wants(metadata.target(), *metadata.level()) {
            return Ok(());
        }
        let mut fields = Fields::default();
        event.record(&mut fields);
        let time = jiff::Timestamp::now();
        if self.json {
            let line = json_line(time, *metadata.level(), &self.run, fields);
            return writeln!(writer, "{line}");
        }
        let mut text = fields.message;
        for (name, value) in fields.others {
            let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            write!(text, " {name}={value}")?;
        }
        for line in showable(&text).lines() {
            writeln!(writer, "lightmeter: {line}")?;
        }
        Ok(())
    }
}

fn json_line(time: jiff::Timestamp, level: Level, run: &str, fields: Fields) -> Value {
    let mut line = Map::new();
    line.insert("time".to_owned(), json!(time.to_string()));
    line.insert("level".to_owned(), json!(level.as_str().to_lowercase()));
    line.insert("run".to_owned(), json!(run));
    for (name, value) in fields.others {
        let value = match value {
            Value::String(text) => Value::String(showable(&text)),
            other => other,
        };
        line.insert(name, value);
    }
    line.insert("message".to_owned(), json!(showable(&fields.message)));
    Value::Object(line)
}

/// The fields of an event.
#[derive(Default)]
struct Fields {
    message: String,
    others: Map<String, Value>,
}

impl Fields {
    fn add(&mut self, field: &Field, value: Value) {
        match (field.name(), value) {
            ("message", Value::String(text)) => self.message = text,
            (name, value) => drop(self.others.insert(name.to_owned(), value)),
        }
    }
}

impl Visit for Fields {
    fn record_i64(&mut self, field: &Field, value: i64) {
        self.add(field, json!(value));
    }
    fn record_u64(&mut self, field: &Field, value: u64) {
        self.add(field, json!(value));
    }
    fn record_f64(&mut self, field: &Field, value: f64) {
        self.add(field, json!(value));
    }
    fn record_bool(&mut self, field: &Field, value: bool) {
        self.add(field, json!(value));
    }
    fn record_str(&mut self, field: &Field, value: &str) {
        self.add(field, json!(value));
    }
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.add(field, json!(format!("{value:?}")));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_one_json_object_without_secrets() {
        let secret = format!("ghp_{}", "q7Zt3LmX9vKc2RwY8bNf5HdJ1sPg6TaE4uQo");
        let mut fields = Fields { message: format!("saw {secret}\nend"), ..Fields::default() };
        fields.others.insert("name".to_owned(), json!(secret));
        let line = json_line(jiff::Timestamp::UNIX_EPOCH, Level::WARN, "r1", fields).to_string();
        assert!(!line.contains(&secret) && !line.contains('\n'), "{line}");
        let value: Value = serde_json::from_str(&line).unwrap();
        assert_eq!(
            (&value["level"], &value["run"], &value["time"]),
            (&json!("warn"), &json!("r1"), &json!("1970-01-01T00:00:00Z"))
        );
    }

    #[test]
    fn other_crates_only_tell_of_errors_unless_asked() {
        let with = |others| Lines { json: false, run: String::new(), others };
        let wanted =
            [("lightmeter::commands", Level::DEBUG), ("aws_config", Level::ERROR), ("aws_config", Level::WARN)];
        let of = |others| wanted.map(|(module, level)| with(others).wants(module, level));
        assert_eq!(of(Level::ERROR), [true, true, false]);
        assert_eq!(of(Level::WARN), [true, true, true]);
        assert!(!with(Level::WARN).wants("hyper", Level::DEBUG));
    }
}
