//! `--content`: how much text the lake keeps.

use crate::secrets::Scanner;
use crate::tables::Rows;

/// How much text is kept, with what it takes to do so.
pub enum Content {
    /// All of it.
    Full,
    /// With everything that looks like a secret replaced.
    Redacted(Box<Scanner>),
    /// None; sizes and hashes stay.
    None,
}

impl Content {
    /// The word kept in the ledger.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Full => "full",
            Self::Redacted(_) => "redacted",
            Self::None => "none",
        }
    }

    /// Applies the policy to rows on their way to the lake.
    pub fn apply(&self, rows: &mut Rows) {
        let change: &dyn Fn(&mut String) = match self {
            Self::Full => return,
            Self::Redacted(scanner) => &|text| {
                if let std::borrow::Cow::Owned(redacted) = scanner.redact(text) {
                    *text = redacted;
                }
            },
            Self::None => &String::clear,
        };
        if matches!(self, Self::None) {
            // Facts are pieces of the text.
            rows.commands.clear();
            rows.entities.clear();
        }
        for entity in &mut rows.entities {
            change(&mut entity.value);
        }
        for message in &mut rows.messages {
            change(&mut message.text);
        }
        for call in &mut rows.tool_calls {
            change(&mut call.arguments);
        }
        for definition in &mut rows.tool_definitions {
            // What a tool says of itself is no conversation; it stays unless it holds a secret.
            if let (Some(text), Self::Redacted(_)) = (&mut definition.description, self) {
                change(text);
            }
        }
    }
}
