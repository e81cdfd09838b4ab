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
fields!(Finding: id, detection, subject, reason, scope, evidence, details; plain severity, confidence, first_seen, last_seen, count);
fields!(DetectionInfo: id, title, what, impact, false_positives, next_steps, tags, references);
fields!(Scope: login, device, agent, tool, integration, session_id);
fields!(Evidence: export_key, record_id);
fields!(Problem: kind, reason; plain record_number, record_id, offset);
fields!(ExportStats: problem_counts, problems, grades, not_understood, unknown;
    plain records, skipped, decompressed_bytes, partial, first_time, last_time, first_record_id, last_record_id);

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
