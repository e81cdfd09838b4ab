//! `--content`: how much text the lake keeps.

/// How much text is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Content {
    /// All of it.
    Full,
    /// With everything that looks like a secret replaced.
    Redacted,
    /// None; sizes and hashes stay.
    None,
}

impl Content {
    /// The word kept in the ledger.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Full => "full",
            Self::Redacted => "redacted",
            Self::None => "none",
        }
    }
}
