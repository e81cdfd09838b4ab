//! One ordered value that can be written as JSON text (bodies) and as CBOR (records).

/// A value whose maps keep the order in which they were built, as the real writers' field order is fixed too.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Val {
    /// JSON `null`, CBOR `null`.
    Null,
    /// A truth value.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A fractional number; only used in CBOR, where its bits are exact.
    Float(f64),
    /// UTF-8 text.
    Text(String),
    /// Bytes; JSON has none, so they are written as `null` there.
    Bytes(Vec<u8>),
    /// An array.
    List(Vec<Val>),
    /// A map with text keys.
    Map(Vec<(String, Val)>),
}

impl Val {
    /// Writes the value as compact JSON.
    pub(crate) fn json(&self) -> String {
        let mut out = String::new();
        self.write_json(&mut out);
        out
    }

    /// Adds a field to a map; does nothing on other kinds.
    pub(crate) fn put(&mut self, key: &str, value: impl Into<Val>) {
        if let Val::Map(fields) = self {
            fields.push((key.to_string(), value.into()));
        }
    }

    fn write_json(&self, out: &mut String) {
        match self {
            Val::Null | Val::Bytes(_) => out.push_str("null"),
            Val::Bool(b) => out.push_str(if *b { "true" } else { "false" }),
            Val::Int(n) => out.push_str(&n.to_string()),
            Val::Float(x) => out.push_str(&x.to_string()),
            Val::Text(s) => write_string(s, out),
            Val::List(items) => {
                out.push('[');
                for (i, item) in items.iter().enumerate() {
                    if i > 0 {
                        out.push(',');
                    }
                    item.write_json(out);
                }
                out.push(']');
            }
            Val::Map(fields) => {
                out.push('{');
                for (i, (key, value)) in fields.iter().enumerate() {
                    if i > 0 {
                        out.push(',');
                    }
                    write_string(key, out);
                    out.push(':');
                    value.write_json(out);
                }
                out.push('}');
            }
        }
    }

    /// Writes the value as JSON over several lines, two spaces per level; short lists stay on one line.
    pub(crate) fn pretty(&self, indent: usize, out: &mut String) {
        let pad = "  ".repeat(indent + 1);
        match self {
            Val::Map(fields) if !fields.is_empty() => {
                out.push_str("{\n");
                for (i, (key, value)) in fields.iter().enumerate() {
                    out.push_str(&pad);
                    write_string(key, out);
                    out.push_str(": ");
                    value.pretty(indent + 1, out);
                    out.push_str(if i + 1 < fields.len() { ",\n" } else { "\n" });
                }
                out.push_str(&"  ".repeat(indent));
                out.push('}');
            }
            Val::List(items) if items.iter().any(|v| matches!(v, Val::Map(_))) => {
                out.push_str("[\n");
                for (i, item) in items.iter().enumerate() {
                    out.push_str(&pad);
                    item.pretty(indent + 1, out);
                    out.push_str(if i + 1 < items.len() { ",\n" } else { "\n" });
                }
                out.push_str(&"  ".repeat(indent));
                out.push(']');
            }
            other => other.write_json(out),
        }
    }
}

fn write_string(s: &str, out: &mut String) {
    out.push('"');
    for c in s.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if u32::from(c) < 0x20 => out.push_str(&format!("\\u{:04x}", u32::from(c))),
            c => out.push(c),
        }
    }
    out.push('"');
}

impl From<&str> for Val {
    fn from(v: &str) -> Val {
        Val::Text(v.to_string())
    }
}
impl From<String> for Val {
    fn from(v: String) -> Val {
        Val::Text(v)
    }
}
impl From<&String> for Val {
    fn from(v: &String) -> Val {
        Val::Text(v.clone())
    }
}
impl From<i64> for Val {
    fn from(v: i64) -> Val {
        Val::Int(v)
    }
}
impl From<f64> for Val {
    fn from(v: f64) -> Val {
        Val::Float(v)
    }
}
impl From<bool> for Val {
    fn from(v: bool) -> Val {
        Val::Bool(v)
    }
}
impl<T: Into<Val>> From<Vec<T>> for Val {
    fn from(v: Vec<T>) -> Val {
        Val::List(v.into_iter().map(Into::into).collect())
    }
}

/// Builds a [`Val::Map`]: `map! { "key": value, … }`.
macro_rules! map {
    ($($key:literal : $value:expr),* $(,)?) => {
        Val::Map(vec![$(($key.to_string(), Val::from($value))),*])
    };
}
pub(crate) use map;
