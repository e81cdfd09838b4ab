//! Facts: what shell calls run, and what content and calls name.

mod shell;
mod shell_grammar;
mod shell_words;
