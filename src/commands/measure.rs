//! `lightmeter detections measure`: how often each detection fires on labelled exports, and whether it should have.

use arrow::array::AsArray;
use arrow::datatypes::Int64Type;

use super::{engine, output};
use crate::cli::{Measure, MeasureFormat};
use crate::config::Config;
use crate::detect::measure::{Labels, Measurement};
use crate::detect::run::run as run_detections;
use crate::error::Error;
use crate::lake::Lake;
use crate::outcome::Outcome;
use crate::window::Window;

/// Runs the detections over everything in the lake and compares what they found with the labels.
///
/// # Errors
/// When labels or lake cannot be read, or output cannot be written.
pub async fn run(lake: &Lake, input: &Measure, config: &Config) -> Result<Outcome, Error> {
    let from = || crate::text::one_line(&input.labels.to_string_lossy(), 200).into_owned();
    let text = std::fs::read_to_string(&input.labels).map_err(|source| Error::Input { from: from(), source })?;
    let labels = Labels::parse(&text).map_err(|message| Error::Usage(format!("{}: {message}", from())))?;
    let ledger = lake.ledger()?;
    let engine = engine::open(Some((lake, &ledger)), Window::default(), config, &input.detections, None).await?;
    let sessions = sessions(&engine).await?;
    let result = run_detections(engine.session.context(), &engine.catalog).await;
    let measured = Measurement::new(&labels, &result, sessions);
    let text = match input.format {
        MeasureFormat::Markdown => measured.markdown(input.list),
        MeasureFormat::Json => format!("{:#}\n", measured.json(input.list)),
    };
    output::write(None, |out| out.write_all(text.as_bytes()))?;
    Ok(if result.failures.is_empty() { Outcome::Done } else { Outcome::Failed })
}

/// Sessions in the lake.
async fn sessions(engine: &engine::Engine) -> Result<u64, Error> {
    let failed = |e: &dyn std::fmt::Display| Error::Engine(e.to_string());
    let frame = engine.session.context().sql("SELECT count(*) FROM sessions").await.map_err(|e| failed(&e))?;
    let batches = frame.collect().await.map_err(|e| failed(&e))?;
    let count = batches.first().filter(|b| b.num_rows() == 1).map(|b| b.column(0).as_primitive::<Int64Type>().value(0));
    Ok(count.and_then(|n| u64::try_from(n).ok()).unwrap_or(0))
}
