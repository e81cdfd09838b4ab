//! Opens the lake for questions: stored tables, catalogue, window, public views, detections with the user's settings.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;

use tokio::task::JoinSet;

use crate::config::Config;
use crate::detect::catalog::{Catalog, FileProblem};
use crate::detect::data::DataTables;
use crate::detect::settings::DetectionSettings;
use crate::detect::views;
use crate::detect::views::View;
use crate::error::Error;
use crate::lake::{Lake, Ledger, Session, SessionOptions};
use crate::window::Window;

/// Bytes of small stored tables that are in memory while all detections run.
const HELD_TABLES: usize = 48 * 1024 * 1024;

/// A lake with everything that queries and detections need.
pub struct Engine {
    /// Answers SQL.
    pub session: Arc<Session>,
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
    // Verdicts on the same thing in the reviews file are the newer ones.
    data.add_user_rows(&config.reviews.catalogue()).map_err(Error::Settings)?;
    Ok((data, problems))
}

/// Opens the engine over a lake, or over an empty one. With `question`, only what it reads is
/// computed: its views, and the table `signals` where it asks for that.
///
/// # Errors
/// When lake, settings or views cannot be used.
pub async fn open(
    lake: Option<(&Lake, &Ledger)>,
    window: Window,
    config: &Config,
    folders: &[PathBuf],
    question: Option<&str>,
) -> Result<Engine, Error> {
    open_for(lake, window, config, folders, question, &[]).await
}

/// As [`open`], for a question that concerns what some users did: of the others nothing is read but how their tools are
/// named. No logins are all users.
///
/// # Errors
/// As [`open`].
pub async fn open_for(
    lake: Option<(&Lake, &Ledger)>,
    window: Window,
    config: &Config,
    folders: &[PathBuf],
    question: Option<&str>,
    logins: &[String],
) -> Result<Engine, Error> {
    let catalog = detections(config, folders)?;
    let (data, _) = catalogue(config)?;
    let options = SessionOptions { window, ..SessionOptions::default() };
    let session = Arc::new(match lake {
        Some((lake, ledger)) => Session::over(lake, ledger, &options)?,
        None => Session::empty(&options)?,
    });
    let ctx = session.context();
    crate::detect::functions::register(ctx);
    data.register(ctx).map_err(failed)?;
    views::register_window(ctx, window.start, window.end).map_err(failed)?;
    let asks_for_signals = question.is_some_and(|sql| views::reads_signals(ctx, sql));
    let wanted = match question {
        Some(sql) if !asks_for_signals => views::needed(ctx, sql),
        _ => views::views(),
    };
    let mut wanted = wanted.map_err(failed)?;
    if question.is_none() || asks_for_signals {
        session.hold_small(HELD_TABLES).await?;
    }
    if !logins.is_empty() {
        register_views(&session, views::of_whole_lake(ctx, &wanted).map_err(failed)?).await?;
        session.narrow("login", logins)?;
        wanted.retain(|view| !view.whole_lake);
    }
    register_views(&session, wanted).await?;
    if asks_for_signals {
        // Signals are what detections say of the lake now; nobody stores them.
        let _ = crate::detect::run::run(session.context(), &catalog).await;
    }
    Ok(Engine { session, catalog, data })
}

/// Registers views, as many at a time as there are processors: each starts when all that it reads are there. One that
/// fails is tried again alone, because several share the memory of the session.
async fn register_views(session: &Arc<Session>, views: Vec<View>) -> Result<(), Error> {
    let mut missing: BTreeSet<String> = views.iter().map(|view| view.name.clone()).collect();
    let mut waiting = Vec::with_capacity(views.len());
    for view in views {
        waiting.push((views::sources(session.context(), &view).map_err(failed)?, view));
    }
    let (mut running, mut again) = (JoinSet::new(), Vec::new());
    loop {
        while again.is_empty() && running.len() < crate::detect::run::at_once() {
            let Some(next) = waiting.iter().position(|(reads, _)| reads.is_disjoint(&missing)) else { break };
            let (_, view) = waiting.remove(next);
            let session = Arc::clone(session);
            running.spawn(async move { (register_view(&session, &view).await.is_ok(), view) });
        }
        match running.join_next().await {
            Some(Ok((true, view))) => drop(missing.remove(&view.name)),
            Some(Ok((false, view))) => again.push(view),
            Some(Err(error)) => return Err(failed(error)),
            None if again.is_empty() => break,
            None => {
                for view in again.drain(..) {
                    register_view(session, &view).await?;
                    missing.remove(&view.name);
                }
            }
        }
    }
    match waiting.first() {
        None => Ok(()),
        Some((_, view)) => Err(failed(format!("the view {} reads itself", view.name))),
    }
}

async fn register_view(session: &Session, view: &View) -> Result<(), Error> {
    if view.materialise {
        session.materialise(&view.name, &view.sql).await?;
    } else {
        session.view(&view.name, &view.sql).await?;
    }
    Ok(())
}

/// An error of the engine, as far as a command needs to know it.
fn failed(error: impl std::fmt::Display) -> Error {
    Error::Engine(error.to_string())
}
