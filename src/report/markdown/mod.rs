//! The report for people: GitHub-flavoured Markdown, first screen first, small enough for a CI step summary.
//!
//! All text from the report passes through [`crate::text`]; nothing becomes a link, an image, HTML or a heading. The
//! document is made of blocks; when it is too long, whole blocks leave it, least important first, and it says which.

mod anomalies;
mod campaigns;
mod coverage;
mod head;
mod incident;
mod incidents;
mod inventory;
mod parts;
mod secrets;
mod table;
mod usage;

use std::fmt::Write as _;

use crate::report::{Options, Report};

/// Room kept for the note that says what was left out, in bytes.
const NOTE_BYTES: usize = 600;

/// How long a block stays when the report is too long; the last leaves first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Keep {
    Always,
    Coverage,
    Secrets,
    Incident,
    Anomalies,
    Inventory,
    Usage,
    Detections,
    Exports,
}

/// A part of the document that is shown wholly or not at all.
struct Block {
    /// How the note names it when it was left out; blocks of one name are counted.
    name: &'static str,
    keep: Keep,
    markdown: String,
}

impl Block {
    fn new(name: &'static str, keep: Keep, markdown: String) -> Self {
        Self { name, keep, markdown }
    }
}

/// The whole document, at most `max_bytes` long unless the first screen alone is longer.
pub(super) fn render(report: &Report, options: Options) -> String {
    if let Some(line) = head::unchanged(report).filter(|_| !options.full) {
        return line;
    }
    let max_bytes = options.max_bytes;
    let mut blocks = vec![head::block(report)];
    blocks.push(campaigns::block(report));
    blocks.extend(incidents::blocks(report, options.full));
    blocks.extend(inventory::blocks(report));
    blocks.push(secrets::block(report));
    blocks.push(anomalies::block(report));
    blocks.extend(usage::blocks(report));
    blocks.extend(coverage::blocks(report));
    blocks.retain(|block| !block.markdown.is_empty());
    let left_out = fit(&mut blocks, max_bytes);
    let mut document: String = blocks.iter().map(|block| block.markdown.as_str()).collect();
    if !left_out.is_empty() {
        let list: Vec<String> = left_out.iter().map(|(name, count)| format!("{name} ({count})")).collect();
        let _ = write!(
            document,
            "\n## Left out\n\nThis report is limited to {} bytes. Not shown: {}. \
             The JSON report has everything: `lightmeter analyze --format json`.\n",
            table::number(max_bytes as u64),
            list.join(", ")
        );
    }
    document
}

/// Takes out blocks, least important first and from the end, until the rest fits. Returns what left, by name.
fn fit(blocks: &mut [Block], max_bytes: usize) -> Vec<(&'static str, usize)> {
    let mut total: usize = blocks.iter().map(|block| block.markdown.len()).sum();
    let mut left_out: Vec<(&'static str, usize)> = Vec::new();
    if total <= max_bytes {
        return left_out;
    }
    let mut order: Vec<usize> = (0..blocks.len()).collect();
    order.sort_by_key(|&at| std::cmp::Reverse((blocks[at].keep, at)));
    for at in order {
        let block = &mut blocks[at];
        if total + NOTE_BYTES <= max_bytes || block.keep == Keep::Always {
            break;
        }
        total -= block.markdown.len();
        block.markdown.clear();
        match left_out.iter_mut().find(|(name, _)| *name == block.name) {
            Some((_, count)) => *count += 1,
            None => left_out.push((block.name, 1)),
        }
    }
    left_out.reverse();
    left_out
}
