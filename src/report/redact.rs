//! The one place where secrets leave a report: a redactor runs over every text of every field.
//!
//! Row types of the report are declared with [`rows!`], which derives the walk from the field list, so a new field
//! cannot be forgotten. Types from elsewhere are taken apart without `..`, so a new field there does not compile.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::finding::{DetectionInfo, Evidence, Finding, Scope};
use crate::outcome::{ExportStats, Problem};

/// Replaces the secrets in a text; everything else comes back as it was.
pub type Redactor<'a> = &'a dyn Fn(&str) -> String;

/// A value whose texts can all be rewritten.
pub(super) trait Redact {
    fn redact(&mut self, redactor: Redactor<'_>);
}

/// Declares structs of plain public fields that can be redacted, whatever fields they have.
macro_rules! rows {
    ($($(#[$meta:meta])* pub struct $name:ident { $($(#[$field_meta:meta])* pub $field:ident: $ty:ty,)* })*) => {$(
        $(#[$meta])*
        #[derive(Debug, Clone, Default, PartialEq, serde::Deserialize)]
        pub struct $name {
            $($(#[$field_meta])* pub $field: $ty,)*
        }
        impl $crate::report::redact::Redact for $name {
            fn redact(&mut self, redactor: $crate::report::redact::Redactor<'_>) {
                $($crate::report::redact::Redact::redact(&mut self.$field, redactor);)*
            }
        }
    )*};
}
pub(super) use rows;

macro_rules! without_text {
    ($($ty:ty),*) => { $(impl Redact for $ty { fn redact(&mut self, _: Redactor<'_>) {} })* };
}
without_text!(bool, i64, u64, f64);

/// Fields of a type from elsewhere, all of them.
macro_rules! fields {
    ($name:ident: $($field:ident),* $(; plain $($plain:ident),*)?) => {
        impl Redact for $name {
            fn redact(&mut self, redactor: Redactor<'_>) {
                let Self { $($field,)* $($($plain: _,)*)? } = self;
                $($field.redact(redactor);)*
            }
        }
    };
}
fields!(DetectionInfo: id, title, what, impact, false_positives, next_steps, tags, references);
fields!(Scope: login, device, agent, tool, integration, session_id);
fields!(Evidence: export_key, record_id);
fields!(Problem: kind, reason; plain record_number, record_id, offset);
fields!(ExportStats: problem_counts, problems, grades, not_understood, unknown;
    plain records, skipped, decompressed_bytes, partial, first_time, last_time, first_record_id, last_record_id);

impl Redact for Finding {
    fn redact(&mut self, redactor: Redactor<'_>) {
        let Self {
            id,
            detection,
            severity: _,
            confidence: _,
            subject,
            reason,
            scope,
            first_seen: _,
            last_seen: _,
            count: _,
            evidence,
            details,
        } = self;
        for text in [id, subject] {
            text.redact(redactor);
        }
        sentence(reason, redactor);
        detection.redact(redactor);
        scope.redact(redactor);
        evidence.redact(redactor);
        details.redact(redactor);
        details.values_mut().for_each(defang_sentences);
    }
}

/// Lists of sentences among the columns of a detection quote traffic as well.
fn defang_sentences(value: &mut Value) {
    let Value::Array(items) = value else { return };
    for item in items {
        if let Value::String(text) = item
            && is_sentence(text)
        {
            *text = crate::text::defang(text);
        }
    }
}

/// Whether a text is a sentence and not a name.
pub(super) fn is_sentence(text: &str) -> bool {
    text.contains(' ') && text.ends_with(['.', ')'])
}

/// The sentence of a finding: it quotes traffic, so its addresses are defanged in every output. Only after the redactor,
/// which knows a password by the address that it stands in.
pub(super) fn sentence(text: &mut String, redactor: Redactor<'_>) {
    *text = crate::text::defang(&redactor(text));
}

impl Redact for String {
    fn redact(&mut self, redactor: Redactor<'_>) {
        *self = redactor(self);
    }
}

impl<T: Redact> Redact for Option<T> {
    fn redact(&mut self, redactor: Redactor<'_>) {
        if let Some(value) = self {
            value.redact(redactor);
        }
    }
}

impl<T: Redact> Redact for Vec<T> {
    fn redact(&mut self, redactor: Redactor<'_>) {
        self.iter_mut().for_each(|value| value.redact(redactor));
    }
}

/// Counters: names that become equal are counted together.
impl Redact for BTreeMap<String, u64> {
    fn redact(&mut self, redactor: Redactor<'_>) {
        for (name, count) in std::mem::take(self) {
            *self.entry(redactor(&name)).or_default() += count;
        }
    }
}

impl Redact for BTreeMap<String, Value> {
    fn redact(&mut self, redactor: Redactor<'_>) {
        for (name, mut value) in std::mem::take(self) {
            value.redact(redactor);
            let name = free_name(redactor(&name), |n| self.contains_key(n));
            self.insert(name, value);
        }
    }
}

impl Redact for Value {
    fn redact(&mut self, redactor: Redactor<'_>) {
        match self {
            Self::String(text) => text.redact(redactor),
            Self::Array(items) => items.redact(redactor),
            Self::Object(map) => {
                let mut clean = Map::new();
                for (name, mut value) in std::mem::take(map) {
                    value.redact(redactor);
                    let name = free_name(redactor(&name), |n| clean.contains_key(n));
                    clean.insert(name, value);
                }
                *map = clean;
            }
            Self::Null | Self::Bool(_) | Self::Number(_) => {}
        }
    }
}

/// Keys that become equal must not swallow each other's values.
pub(super) fn free_name(name: String, taken: impl Fn(&str) -> bool) -> String {
    let mut free = name.clone();
    let mut number = 2;
    while taken(&free) {
        free = format!("{name} ({number})");
        number += 1;
    }
    free
}

#[cfg(test)]
mod tests {
    use crate::report::SafeFindings;
    use crate::report::tests::example;

    #[test]
    fn a_sentence_loses_its_secrets_before_its_links() {
        let mut finding = example().incidents.remove(0);
        finding.reason =
            "ana@a.example sent \"db://u:pw@db.example\" to \"evil.example\", see https://evil.example/x.".to_owned();
        let also = finding.reason.clone();
        finding.details.insert("also".to_owned(), serde_json::json!([also, "evil.example"]));
        let safe = SafeFindings::new(vec![finding], &|text| text.replace("u:pw@", "‹password›@"));
        let reason = &safe.findings()[0].reason;
        let also = &safe.findings()[0].details["also"];
        assert_eq!(also, &serde_json::json!([reason, "evil.example"]), "a name stays for machines");
        assert_eq!(
            reason,
            "ana@a.example sent \"db[:]//‹password›@db[.]example\" to \"evil[.]example\", see hxxps://evil[.]example/x."
        );
    }
}
