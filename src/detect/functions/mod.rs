//! SQL functions of ours: one file each, all scalar and immutable, listed once in [`all`].

mod argument_values;
mod decoded;
mod defang;
mod evidence;
mod excerpt;
mod held_span;
mod mentions;
mod passages;
mod prose;

pub(super) use evidence::parse as parse_evidence;

use std::fmt::Write as _;

use datafusion::logical_expr::ScalarUDF;
use datafusion::prelude::SessionContext;

/// A SQL function with what the reference says about it.
pub struct Function {
    /// How it is written, with its arguments and its type.
    pub signature: &'static str,
    /// What it does, in a sentence or two.
    pub doc: &'static str,
    /// A call with its result.
    pub example: &'static str,
    /// The function.
    pub udf: ScalarUDF,
}

/// Every function, in the order of the reference.
#[must_use]
pub fn all() -> Vec<Function> {
    vec![
        evidence::function(),
        defang::function(),
        excerpt::function(),
        argument_values::function(),
        passages::function(),
        mentions::function(),
        mentions::shared(),
        decoded::function(),
        held_span::function(),
    ]
}

/// Makes every function known to a session.
pub fn register(ctx: &SessionContext) {
    for function in all() {
        ctx.register_udf(function.udf);
    }
}

/// The function reference of `queries/README.md`.
#[must_use]
pub fn reference() -> String {
    let mut out = String::from("| function | what it does | example |\n|---|---|---|\n");
    for f in all() {
        let _ = writeln!(out, "| `{}` | {} | `{}` |", f.signature, f.doc, f.example);
    }
    out
}
