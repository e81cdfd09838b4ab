//! Small pieces of believable content: code, test output, logs, pages.

use super::rng::Rng;

const VERBS: &[&str] = &["load", "merge", "flush", "parse", "route", "retry", "resolve", "encode", "drain", "settle"];
const NOUNS: &[&str] = &[
    "invoice", "session", "bucket", "shard", "cursor", "ticket", "quota", "region", "webhook", "snapshot", "tenant",
    "ledger",
];
const AREAS: &[&str] = &["core", "api", "jobs", "store", "http", "cli"];

/// A function name.
pub(crate) fn function(r: &mut Rng) -> String {
    format!("{}_{}", r.pick(VERBS), r.pick(NOUNS))
}

/// A thing the code deals with.
pub(crate) fn noun(r: &mut Rng) -> &'static str {
    r.pick(NOUNS)
}

/// A source file below `cwd`.
pub(crate) fn file(r: &mut Rng, cwd: &str) -> String {
    format!("{cwd}/{}/{}.py", r.pick(AREAS), r.pick(NOUNS))
}

/// A few functions of a source file, one of them called `name`.
pub(crate) fn code(r: &mut Rng, name: &str) -> String {
    let (a, b, n) = (noun(r), function(r), r.between(2, 90));
    let (c, d) = (noun(r), function(r));
    format!(
        "from {area} import {b}\n\nLIMIT = {n}\n\n\ndef {name}({a}, limit=LIMIT):\n    \"\"\"Handle one {a} and return \
         what is left.\"\"\"\n    rest = []\n    for item in {a}.items():\n        if item.size > limit:\n            \
         rest.append({b}(item))\n    return rest\n\n\ndef {d}({c}):\n    if {c} is None:\n        raise \
         ValueError(\"no {c}\")\n    return {name}({c}, limit={n})\n",
        area = r.pick(AREAS),
    )
}

/// Output of a test run, with `failed` failures.
pub(crate) fn tests(r: &mut Rng, name: &str, failed: usize) -> String {
    let passed = r.between(31, 240);
    let mut out = format!("collected {} items\n", passed + i64::from(failed > 0));
    for area in AREAS.iter().take(3) {
        out.push_str(&format!("tests/test_{area}.py ........ [{}%]\n", r.between(20, 99)));
    }
    if failed > 0 {
        let (want, got) = (r.between(1, 9), r.between(10, 19));
        out.push_str(&format!("FAILED tests/test_{name}.py::test_{name} - assert {got} == {want}\n"));
    }
    let seconds = r.between(2, 48);
    out.push_str(&format!("{failed} failed, {passed} passed in {seconds}.{}s\n", r.between(10, 99)));
    out
}

/// Search hits for `name`.
pub(crate) fn hits(r: &mut Rng, name: &str, cwd: &str) -> String {
    let count = r.between(2, 5);
    (0..count)
        .map(|_| {
            let (path, line) = (file(r, cwd), r.between(4, 300));
            format!("{path}:{line}:    {} = {name}({})\n", noun(r), noun(r))
        })
        .collect()
}

/// Log lines of a service.
pub(crate) fn logs(r: &mut Rng) -> String {
    let lines = r.between(4, 8);
    (0..lines)
        .map(|i| {
            let level = if i == 2 { "ERROR" } else { "INFO" };
            format!("{level} {} {}={} took={}ms\n", function(r), noun(r), r.between(100, 9999), r.between(3, 900))
        })
        .collect()
}

/// Two sentences of documentation.
pub(crate) fn page(r: &mut Rng) -> String {
    let (f, g, n) = (function(r), noun(r), r.between(2, 64));
    format!(
        "# {f}\n\nCall `{f}` once per {g}. It keeps at most {n} entries and returns the oldest one when it is full. Since \
         version 4 the argument `limit` is required; pass `limit={n}` to keep the former behaviour.\n"
    )
}
