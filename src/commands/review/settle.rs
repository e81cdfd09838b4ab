//! Verdicts on findings.

use std::collections::BTreeSet;
use std::path::Path;

use super::judge::pins;
use super::{SHORTEST_ID, open, said};
use crate::cli;
use crate::commands::query;
use crate::config::Config;
use crate::detect::run::run as run_detections;
use crate::error::Error;
use crate::finding::Finding;
use crate::lake::Session;
use crate::text;
use crate::triage::{FindingReview, FindingVerdict, Reviews};

/// Related findings that are named.
const RELATED: usize = 20;

/// Definitions behind a finding, as `tool hash`; none where it names no integration.
///
/// # Errors
/// When they cannot be read.
pub(in crate::commands) async fn finding_pins(session: &Session, finding: &Finding) -> Result<BTreeSet<String>, Error> {
    match &finding.scope.integration {
        Some(integration) => pins(session, integration, finding.scope.tool.as_deref()).await,
        None => Ok(BTreeSet::new()),
    }
}

/// Notes a verdict on a finding, and on those told with it where that is asked for.
pub(super) async fn settle(
    args: &cli::Settle,
    verdict: FindingVerdict,
    lake: &Path,
    config: &Config,
    reviews: &mut Reviews,
) -> Result<String, Error> {
    let why = said(&args.why)?;
    let engine = open(lake, config, None).await?;
    let result = run_detections(engine.session.context(), &engine.catalog).await;
    let fits = |finding: &&Finding| {
        finding.id == args.finding || (args.finding.len() >= SHORTEST_ID && finding.id.starts_with(&args.finding))
    };
    let found: Vec<&Finding> = result.incidents.iter().filter(fits).collect();
    let finding = match found.as_slice() {
        [one] => *one,
        [] => {
            let id = text::one_line(&args.finding, 80).into_owned();
            return Err(Error::Usage(format!(
                "no finding of the lake has the id {id:?}; the report shows ids as Finding"
            )));
        }
        several => return Err(Error::Usage(format!("{} findings begin with that id; give more of it", several.len()))),
    };
    let cause = finding.scope.cause();
    let mut related: Vec<&Finding> =
        result.incidents.iter().filter(|f| f.id != finding.id && cause.is_some() && f.scope.cause() == cause).collect();
    related.sort_by(|a, b| a.order(b));
    let mut line = settled(finding, verdict, &why, &engine.session, reviews).await?;
    if args.related {
        for other in related {
            line = format!("{line}\n{}", settled(other, verdict, &why, &engine.session, reviews).await?);
        }
        return Ok(line);
    }
    related.retain(|f| reviews.findings.iter().all(|review| review.id != f.id));
    Ok(format!("{line}{}", still_reported(&related, cause.map_or("session", |(kind, _)| kind))))
}

/// Tells what else of the same story the reports go on to show.
fn still_reported(related: &[&Finding], kind: &str) -> String {
    if related.is_empty() {
        return String::new();
    }
    let one = |f: &&Finding| {
        format!(
            "\n  {}  {}  {}: {}",
            f.id.get(..12).unwrap_or(&f.id),
            f.severity.as_str(),
            f.detection.title,
            f.subject
        )
    };
    let (what, all) = match related.len() {
        1 => ("1 related finding".to_owned(), "it"),
        count => (format!("{count} related findings"), "them"),
    };
    let mut lines: String = related.iter().take(RELATED).map(one).collect();
    if related.len() > RELATED {
        lines.push_str(&format!("\n  and {} more", related.len() - RELATED));
    }
    let stay = if related.len() == 1 { "stays" } else { "stay" };
    format!(
        "\n{what} of the same {kind} {stay} in the reports; the same command with --related hides {all} too:{lines}"
    )
}

/// Notes a verdict on a finding, and tells it.
async fn settled(
    finding: &Finding,
    verdict: FindingVerdict,
    (reason, owner, expires): &(String, String, Option<String>),
    session: &Session,
    reviews: &mut Reviews,
) -> Result<String, Error> {
    let definitions = finding_pins(session, finding).await?.into_iter().collect();
    reviews.findings.retain(|r| r.id != finding.id);
    reviews.findings.push(FindingReview {
        id: finding.id.clone(),
        verdict,
        detection: finding.detection.id.clone(),
        subject: query::scanner()?.redact(&text::one_line(&finding.subject, text::NAME_CHARS)).into_owned(),
        severity: finding.severity,
        last_seen: text::rfc3339(finding.last_seen),
        reason: reason.clone(),
        owner: owner.clone(),
        expires: expires.clone(),
        definitions,
    });
    Ok(format!("{} {} ({}: {})", verdict.as_str(), finding.id, finding.detection.title, finding.subject))
}
