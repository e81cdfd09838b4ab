//! Writes the sample exports: `cargo run --example make-samples -- DIR`.

use std::error::Error;
use std::fs;
use std::io::Write;
use std::path::PathBuf;

// With a path, so that its own modules are found beside it, here and in the test that includes it too.
#[path = "generate.rs"]
mod generate;

/// Like the gateway's own writer: frames without a content size, with a checksum, and an 8 MiB window.
fn frame(bytes: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut encoder = zstd::stream::write::Encoder::new(Vec::new(), 19)?;
    encoder.include_contentsize(false)?;
    encoder.include_checksum(true)?;
    encoder.window_log(23)?;
    encoder.write_all(bytes)?;
    encoder.finish()
}

fn main() -> Result<(), Box<dyn Error>> {
    let dir: PathBuf = std::env::args_os().nth(1).ok_or("usage: make-samples DIR")?.into();
    fs::create_dir_all(&dir)?;
    let sample = generate::sample();
    if let Some(secret) = generate::canaries().iter().find(|c| sample.labels.contains(c.needle())) {
        return Err(format!("the labels would hold the value of {}", secret.id).into());
    }
    for export in &sample.exports {
        let (first, second) = export.bytes.split_at(export.second_frame);
        let mut out = if first.is_empty() { Vec::new() } else { frame(first)? };
        out.extend(frame(second)?);
        fs::write(dir.join(&export.name), out)?;
    }
    fs::write(dir.join("labels.json"), sample.labels)?;
    Ok(())
}
