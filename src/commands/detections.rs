//! `lightmeter detections`: the catalogue of detections, and the proof that each does what it says.

use super::{engine, output};
use crate::cli;
use crate::config::Config;
use crate::detect::check::check;
use crate::detect::run::public_schemas;
use crate::error::Error;
use crate::outcome::Outcome;
use crate::window::Window;

/// Runs the command.
///
/// # Errors
/// When a folder cannot be read, an id is not known, or output cannot be written.
pub async fn run(args: &cli::Catalogue, config: &Config) -> Result<Outcome, Error> {
    match args {
        cli::Catalogue::List { detections } => {
            let catalog = engine::detections(config, detections)?;
            output::write(None, |out| {
                writeln!(out, "{:<38} {:<13} {:<8} TITLE", "DETECTION", "SEVERITY", "TIER")?;
                for d in catalog.list() {
                    let state = if d.enabled { "" } else { " (not enabled)" };
                    writeln!(out, "{:<38} {:<13} {:<8} {}{state}", d.id, d.severity, d.tier.as_str(), d.title)?;
                }
                Ok(())
            })?;
            Ok(Outcome::Done)
        }
        cli::Catalogue::Show { id, detections } => {
            let catalog = engine::detections(config, detections)?;
            let text = catalog.show(id).map_err(Error::Usage)?;
            output::write(None, |out| out.write_all(text.as_bytes()))?;
            Ok(Outcome::Done)
        }
        cli::Catalogue::Check { detections } => {
            let engine = engine::open(None, Window::default(), config, detections, None).await?;
            let (_, mut problems) = engine::catalogue(config)?;
            let schemas = public_schemas(engine.session.context()).await;
            problems.extend(check(&engine.catalog, &schemas, &engine.data).await);
            let checked = engine.catalog.list().len();
            output::write(None, |out| {
                for problem in &problems {
                    writeln!(out, "{}: {}", problem.path, problem.message)?;
                }
                match problems.len() {
                    0 => writeln!(out, "{checked} detections checked, every case passes"),
                    n => writeln!(out, "{checked} detections checked, {n} problems"),
                }
            })?;
            Ok(if problems.is_empty() { Outcome::Done } else { Outcome::Failed })
        }
    }
}
