//! `lightmeter detections`: the catalogue of detections, and the proof that each does what it says.

use super::{engine, output};
use crate::cli;
use crate::config::Config;
use crate::detect::check::check;
use crate::detect::mutate::mutations;
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
        cli::Catalogue::Check { detections, mutate } => {
            let engine = engine::open(None, Window::default(), config, detections, None).await?;
            let (_, mut problems) = engine::catalogue(config)?;
            let schemas = public_schemas(engine.session.context()).await;
            problems.extend(check(&engine.catalog, &schemas, &engine.data).await);
            let checked = engine.catalog.list().len();
            let mutated = match mutate {
                Some(which) => Some(mutations(&engine.catalog, which, &schemas, &engine.data).map_err(Error::Usage)?),
                None => None,
            };
            problems.extend(mutated.iter().flat_map(|m| m.problems.clone()));
            output::write(None, |out| {
                for problem in &problems {
                    writeln!(out, "{}: {}", problem.path, problem.message)?;
                }
                if let Some(mutated) = &mutated {
                    writeln!(out, "{} conditions taken out, one at a time", mutated.tried)?;
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
