//! Opens the lake for questions: stored tables, catalogue, window, public views, detections with the user's settings.

use std::path::PathBuf;

use crate::config::Config;
use crate::detect::catalog::{Catalog, FileProblem};
use crate::detect::data::DataTables;
use crate::detect::settings::DetectionSettings;
use crate::detect::views;
use crate::error::Error;
use crate::lake::{Lake, Ledger, Session, SessionOptions};
use crate::window::Window;

/// A lake with everything that queries and detections need.
pub struct Engine {
    /// Answers SQL.
    pub session: Session,
    /// Detections, with the user's settings applied.
    pub catalog: Catalog,
    /// Catalogue tables, with the user's rows.
    pub data: DataTables,
}

/// Built-in detections and the user's own, with the user's settings applied.
///
/// # Errors
/// When a folder cannot be read or a setting means nothing.
pub fn detections(config: &Config, folders: &[PathBuf]) -> Result<Catalog, Error> {
    let mut catalog = Catalog::built_in();
    for folder in config.detection_folders.iter().chain(folders) {
        catalog.add_folder(folder).map_err(|e| Error::Detections(e.to_string()))?;
    }
    let settings = DetectionSettings::parse(&config.table).map_err(Error::Settings)?;
    settings.apply(&mut catalog).map_err(Error::Settings)?;
    Ok(catalog)
}

/// The catalogue tables, with the user's rows.
///
/// # Errors
/// When a row of the user's does not fit its table.
pub fn catalogue(config: &Config) -> Result<(DataTables, Vec<FileProblem>), Error> {
    let (mut data, problems) = DataTables::built_in();
    data.add_user_rows(&config.table).map_err(Error::Settings)?;
    Ok((data, problems))
}

/// Opens the engine over a lake, or over an empty one.
///
/// # Errors
/// When lake, settings or views cannot be used.
pub async fn open(
    lake: Option<(&Lake, &Ledger)>,
    window: Window,
    config: &Config,
    folders: &[PathBuf],
) -> Result<Engine, Error> {
    open_with(lake, window, config, folders, None).await
}

/// Opens the engine for one query: with the views that it names only.
///
/// # Errors
/// When lake, settings or views cannot be used.
pub async fn open_for(lake: (&Lake, &Ledger), window: Window, config: &Config, sql: &str) -> Result<Engine, Error> {
    open_with(Some(lake), window, config, &[], Some(sql)).await
}

async fn open_with(
    lake: Option<(&Lake, &Ledger)>,
    window: Window,
    config: &Config,
    folders: &[PathBuf],
    sql: Option<&str>,
) -> Result<Engine, Error> {
    let catalog = detections(config, folders)?;
    let (data, _) = catalogue(config)?;
    let options = SessionOptions { window, ..SessionOptions::default() };
    let session = match lake {
        Some((lake, ledger)) => Session::over(lake, ledger, &options)?,
        None => Session::empty(&options)?,
    };
    let ctx = session.context();
    crate::detect::functions::register(ctx);
    data.register(ctx).map_err(failed)?;
    views::register_window(ctx, window.start, window.end).map_err(failed)?;
    match sql {
        Some(sql) => views::register_for(ctx, sql).await.map_err(failed)?,
        None => views::register(ctx).await.map_err(failed)?,
    }
    Ok(Engine { session, catalog, data })
}

fn failed(error: impl std::fmt::Display) -> Error {
    Error::Engine(error.to_string())
}
