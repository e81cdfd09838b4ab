//! `lightmeter rescan`: the rules for secrets applied to what the lake holds, export by export, without pulling.

use std::sync::Arc;

use futures::StreamExt;
use serde::Deserialize;

use super::hits::Ledgerer;
use super::stop::Stop;
use super::uses::{self, Place, Sender};
use super::{key, note, rows, rules};
use crate::cli;
use crate::config::Config;
use crate::error::Error;
use crate::lake::{Lake, Ledger, Session, SessionOptions, Staging, Writer};
use crate::outcome::Outcome;
use crate::tables::secrets::SecretUse;
use crate::tables::{Rows, Time};

/// Content of exports that still hold their text.
const FULL: &str = "full";
/// Rows of the ledger of secrets that wait in memory before they are written.
const BATCH: usize = 50_000;
/// What facts say in the field's own words: columns in which a new rule may see a secret.
const FACTS: [(&str, &[&str]); 2] = [
    ("entities", &["value", "domain"]),
    ("commands", &["program", "subcommand", "flags", "arguments", "reads", "writes", "environment", "text"]),
];

/// What a run did.
#[derive(Default)]
struct Done {
    searched: usize,
    unchanged: usize,
    without_text: usize,
    missing: usize,
    changed_meanwhile: usize,
    rows: usize,
}

/// Runs the command.
///
/// # Errors
/// When the rules cannot be used, the lake is in use or cannot be written, or the run was ended before all was done; what
/// was done is kept.
pub(super) async fn run(
    args: &cli::Rescan,
    lake: &Lake,
    config: &Config,
    quiet: bool,
    stop: &Stop,
) -> Result<Outcome, Error> {
    let scanner = rules::scanner(config, &args.secret_rules)?;
    let rule_set = scanner.rule_set().to_string();
    let ledgerer = Ledgerer { scanner, key: key::of_lake(lake)? };
    let writer = if args.dry_run { None } else { Some(lake.writer()?) };
    let ledger = lake.ledger()?;
    let mut done = Done::default();
    for (at, entry) in ledger.entries.iter().enumerate() {
        if let Some(signal) = stop.requested() {
            let left = ledger.entries.len() - at;
            return Err(Error::Stopped {
                signal,
                done: Some(format!("{} exports searched, {left} left", done.searched)),
            });
        }
        if entry.content != FULL {
            done.without_text += 1;
        } else if !ledger.files_of(lake, entry) {
            done.missing += 1;
        } else if !args.all && entry.rule_set.as_deref() == Some(rule_set.as_str()) {
            done.unchanged += 1;
        } else if let Some(writer) = &writer {
            done.rows += search(lake, writer, &ledger.only(entry), &ledgerer, &mut done.changed_meanwhile).await?;
            done.searched += 1;
        } else {
            done.searched += 1;
        }
    }
    note(quiet, &summary(&done, &rule_set, args.dry_run));
    Ok(Outcome::Done)
}

fn summary(done: &Done, rule_set: &str, dry_run: bool) -> String {
    let mut text = match dry_run {
        true => format!("{} exports would be searched with the rules {rule_set}", done.searched),
        false => {
            format!("{} exports searched with the rules {rule_set}, {} places hold a secret", done.searched, done.rows)
        }
    };
    if done.unchanged > 0 {
        text.push_str(&format!("; {} were searched with them before", done.unchanged));
    }
    if done.without_text > 0 {
        text.push_str(&format!(
            "; {} were pulled without their whole text, pull them again with these rules to search them",
            done.without_text
        ));
    }
    if done.missing > 0 {
        text.push_str(&format!("; {} miss files and are not searched, `lightmeter verify` names them", done.missing));
    }
    if done.changed_meanwhile > 0 {
        text.push_str(&format!("; {} changed meanwhile, run it again", done.changed_meanwhile));
    }
    text
}

/// Searches the one export of a ledger; returns how many places hold a secret now.
async fn search(
    lake: &Lake,
    writer: &Writer,
    one: &Ledger,
    ledgerer: &Ledgerer,
    missed: &mut usize,
) -> Result<usize, Error> {
    let [entry] = &one.entries[..] else { return Ok(0) };
    // One partition: rows come in the order of the files, whatever the machine.
    let session = Session::over(lake, one, &SessionOptions { partitions: 1, ..SessionOptions::default() })?;
    let mut staging = writer.begin()?;
    staging.replace_table(entry, "secrets");
    let mut found = Found { staging: &mut staging, rows: Rows::default(), count: 0 };
    let known: Vec<&str> = ledgerer.scanner.rule_ids().collect();
    for kept in rows::run::<Kept>(&session, KEPT, &[]).await? {
        if known.contains(&&*kept.rule) {
            found.rows.secrets.extend(kept.row());
        }
    }
    for sql in [MESSAGES, CALLS, DEFINITIONS] {
        let mut stream = session.stream(sql).await?;
        let mut last: Option<(String, Vec<SecretUse>)> = None;
        while let Some(batch) = stream.next().await {
            let batch = batch.map_err(|e| session.failed(&e))?;
            for text in rows::from_batches::<Text>(&[batch]).map_err(Error::Engine)? {
                found.add(text.uses(ledgerer), &text, &mut last)?;
            }
        }
        found.close(last)?;
    }
    let count = found.finish()?;
    let hide = |text: &str| match ledgerer.scanner.redact(text) {
        std::borrow::Cow::Owned(hidden) => Some(hidden),
        std::borrow::Cow::Borrowed(_) => None,
    };
    for (table, columns) in FACTS {
        staging.change_texts(one, entry, table, columns, &hide)?;
    }
    *missed += usize::from(!staging.amend(entry, ledgerer.scanner.rule_set())?);
    Ok(count)
}

/// Rows on their way into the lake.
struct Found<'s> {
    staging: &'s mut Staging,
    rows: Rows,
    count: usize,
}

impl Found<'_> {
    /// Takes the secrets of a text. Texts of one source and request (description and schema of a definition) come one
    /// after the other and are one place.
    fn add(
        &mut self,
        uses: Vec<SecretUse>,
        text: &Text,
        last: &mut Option<(String, Vec<SecretUse>)>,
    ) -> Result<(), Error> {
        let source = format!("{} {:?} {}", text.source_id, text.sender.record_id, text.time);
        match last {
            Some((before, open)) if *before == source && text.surface == "tool_definition" => open.extend(uses),
            _ => self.close(last.replace((source, uses)))?,
        }
        Ok(())
    }

    fn close(&mut self, place: Option<(String, Vec<SecretUse>)>) -> Result<(), Error> {
        let Some((_, mut uses)) = place else { return Ok(()) };
        uses::once_per_place(&mut uses);
        self.rows.secrets.append(&mut uses);
        if self.rows.secrets.len() >= BATCH {
            self.write()?;
        }
        Ok(())
    }

    fn write(&mut self) -> Result<(), Error> {
        self.count += self.rows.secrets.len();
        Ok(self.staging.write(&mut self.rows)?)
    }

    fn finish(mut self) -> Result<usize, Error> {
        self.write()?;
        Ok(self.count)
    }
}

/// A text of the lake with where and when it was shown.
#[derive(Deserialize)]
struct Text {
    surface: String,
    source_id: String,
    element_id: Option<String>,
    position: Option<i64>,
    part: Option<i64>,
    direction: String,
    time: i64,
    text: Option<String>,
    #[serde(flatten)]
    sender: Sender,
}

impl Text {
    fn uses(&self, ledgerer: &Ledgerer) -> Vec<SecretUse> {
        let place = Place {
            surface: word(&SURFACES, &self.surface),
            source_id: Some(&self.source_id),
            element_id: self.element_id.as_deref(),
            position: self.position.zip(self.part),
            direction: word(&DIRECTIONS, &self.direction),
            time: Time(self.time),
        };
        let hits = ledgerer.hits(self.text.as_deref().unwrap_or_default());
        hits.into_iter().map(|hit| uses::row(&self.sender, &place, hit, ledgerer)).collect()
    }
}

/// A row whose text the lake does not hold.
#[derive(Deserialize)]
struct Kept {
    occurrence_id: String,
    fingerprint: String,
    rule: Arc<str>,
    kind: Arc<str>,
    vendor: Arc<str>,
    tier: String,
    confidence: String,
    root: bool,
    preview: String,
    surface: String,
    path: Option<String>,
    encoding: String,
    occurrences: i64,
    direction: String,
    time: i64,
    requests: Option<i64>,
    last_time: Option<i64>,
    rule_set: Arc<str>,
    #[serde(flatten)]
    sender: Sender,
}

impl Kept {
    fn row(self) -> Option<SecretUse> {
        let sender = self.sender;
        Some(SecretUse {
            occurrence_id: self.occurrence_id,
            fingerprint: self.fingerprint,
            rule: self.rule,
            kind: self.kind,
            vendor: self.vendor,
            tier: word(&TIERS, &self.tier),
            confidence: word(&CONFIDENCES, &self.confidence),
            root: self.root,
            preview: self.preview,
            surface: word(&SURFACES, &self.surface),
            path: self.path,
            encoding: word(&ENCODINGS, &self.encoding),
            occurrences: self.occurrences,
            source_id: None,
            element_id: None,
            export_key: sender.export_key,
            record_id: sender.record_id,
            time: Time(self.time),
            login: sender.login,
            device: sender.device,
            user_agent: sender.user_agent,
            session_id: sender.session_id,
            conversation_id: sender.conversation_id,
            position: None,
            part: None,
            direction: word(&DIRECTIONS, &self.direction),
            provider: sender.provider,
            model: sender.model,
            requests: self.requests,
            last_time: self.last_time.map(Time),
            rule_set: self.rule_set,
        })
    }
}

const SURFACES: [&str; 8] =
    ["system", "prompt", "tool_result", "tool_arguments", "tool_definition", "answer", "header", "mcp_credential"];
const DIRECTIONS: [&str; 2] = ["request", "response"];
const TIERS: [&str; 4] = ["provider", "generic", "pii", "count"];
const CONFIDENCES: [&str; 3] = ["high", "medium", "low"];
const ENCODINGS: [&str; 4] = ["plain", "escaped", "url", "base64"];

/// The word of a closed list; empty for one that another version wrote.
fn word(list: &[&'static str], text: &str) -> &'static str {
    list.iter().find(|word| **word == text).copied().unwrap_or_default()
}

/// Rows whose texts are not kept: headers and credentials in bodies.
const KEPT: &str = "
SELECT occurrence_id, fingerprint, rule, kind, vendor, tier, confidence, root, preview, surface, path, encoding, occurrences,
       direction, CAST(time AS BIGINT) AS time, requests, CAST(last_time AS BIGINT) AS last_time, rule_set, export_key, record_id,
       login, device, user_agent, session_id, conversation_id, provider, model
FROM lake.secrets WHERE source_id IS NULL";

const MESSAGES: &str = "
SELECT CASE m.role WHEN 'system' THEN 'system' WHEN 'tool' THEN 'tool_result' WHEN 'assistant' THEN 'answer' ELSE 'prompt' END AS surface,
       m.message_id AS source_id, m.element_id, m.position, m.part, m.direction, CAST(m.time AS BIGINT) AS time, m.text,
       m.export_key, m.record_id, m.login, m.device, m.user_agent, m.session_id, m.conversation_id, r.provider, r.model
FROM lake.messages m
LEFT JOIN (SELECT record_id, first_value(provider ORDER BY record_number) AS provider, first_value(model ORDER BY record_number) AS model
           FROM lake.requests GROUP BY record_id) r ON r.record_id IS NOT DISTINCT FROM m.record_id
WHERE m.kind <> 'tool_call'";

const CALLS: &str = "
SELECT 'tool_arguments' AS surface, call_uid AS source_id, element_id, position, part, direction, CAST(time AS BIGINT) AS time,
       arguments AS text, export_key, record_id, login, device, user_agent, session_id, conversation_id, provider, model
FROM lake.tool_calls";

const DEFINITIONS: &str = "
SELECT 'tool_definition' AS surface, d.definition_id AS source_id, CAST(NULL AS VARCHAR) AS element_id,
       CAST(NULL AS BIGINT) AS position, CAST(NULL AS BIGINT) AS part, 'request' AS direction, CAST(d.at AS BIGINT) AS time, d.text,
       d.export_key, d.record_id, r.login, r.device, r.user_agent, r.session_id, r.conversation_id, r.provider, r.model
FROM (SELECT definition_id, export_key, record_id, time AS at, 1 AS nth, description AS text FROM lake.tool_definitions
      UNION ALL
      SELECT definition_id, export_key, record_id, time AS at, 2 AS nth, schema AS text FROM lake.tool_definitions) d
JOIN (SELECT record_id, first_value(login ORDER BY record_number) AS login, first_value(device ORDER BY record_number) AS device,
             first_value(user_agent ORDER BY record_number) AS user_agent, first_value(session_id ORDER BY record_number) AS session_id,
             first_value(conversation_id ORDER BY record_number) AS conversation_id,
             first_value(provider ORDER BY record_number) AS provider, first_value(model ORDER BY record_number) AS model
      FROM lake.requests GROUP BY record_id) r ON r.record_id IS NOT DISTINCT FROM d.record_id
ORDER BY d.at, d.record_id, d.definition_id, d.nth";
