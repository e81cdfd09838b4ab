//! Whether the cases of a detection notice when one of its conditions is missing.
//!
//! A condition that no case needs is either not tested or does nothing. Each is taken out in turn, everywhere in the
//! statement, and the cases run again until one fails.

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use arrow::datatypes::SchemaRef;
use datafusion::sql::sqlparser::ast::{
    BinaryOperator, Expr, JoinConstraint, JoinOperator, Query, Select, Value, VisitMut, VisitorMut,
};

use super::catalog::{Catalog, Detection, FileProblem};
use super::data::DataTables;
use super::front_matter::Tier;
use super::{cases, contract, signals};

/// What taking conditions out of detections showed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Mutations {
    /// Conditions that were taken out, one at a time.
    pub tried: usize,
    /// Those that no case missed, and files that could not be tried; ordered by file.
    pub problems: Vec<FileProblem>,
}

/// Takes every condition out of the detections whose id is `which` or starts with `which.` (all for an empty one), each
/// by itself: the parts joined by `AND` in `WHERE`, `FILTER (WHERE …)`, `HAVING`, `QUALIFY` and `ON`, in subqueries too.
/// What joins by plain equality of columns is left alone: without it the statement means something else.
///
/// # Errors
/// When no detection has that name, or a thread cannot run queries.
pub fn mutations(
    catalog: &Catalog,
    which: &str,
    tables: &BTreeMap<String, SchemaRef>,
    data: &DataTables,
) -> Result<Mutations, String> {
    let mut tables = tables.clone();
    tables.extend(data.schemas());
    let tables = signals::without(&tables);
    let chosen: Vec<&Detection> = catalog
        .detections
        .values()
        .filter(|d| {
            which.is_empty() || d.id.strip_prefix(which).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        })
        .collect();
    if chosen.is_empty() {
        return Err(format!("there is no detection {which}, and no family of that name"));
    }
    let work: Vec<(&Detection, usize)> =
        chosen.iter().flat_map(|d| (0..=conditions(&d.sql)).map(move |at| (*d, at))).collect();
    let (next, problems) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    let add = |problem| problems.lock().unwrap_or_else(PoisonError::into_inner).push(problem);
    let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    std::thread::scope(|scope| {
        let run = || -> Result<(), String> {
            let runtime = tokio::runtime::Builder::new_current_thread().build().map_err(|e| e.to_string())?;
            let with_signals = runtime.block_on(signals::beside(&tables)).map_err(|e| contract::explain(&e))?;
            while let Some((detection, at)) = work.get(next.fetch_add(1, Ordering::Relaxed)) {
                let visible = if detection.meta.tier == Tier::Incident { &with_signals } else { &tables };
                let said = runtime.block_on(try_one(detection, *at, visible, data));
                said.into_iter().for_each(|message| add(FileProblem { path: detection.path.clone(), message }));
            }
            Ok(())
        };
        let all: Vec<_> = (0..threads).map(|_| scope.spawn(run)).collect();
        all.into_iter().try_for_each(|t| t.join().unwrap_or_else(|_| Err("a thread ended early".to_owned())))
    })?;
    let mut problems = problems.into_inner().unwrap_or_else(PoisonError::into_inner);
    problems.sort();
    Ok(Mutations { tried: work.len() - chosen.len(), problems })
}

/// Number 0 is the statement as it is, written anew: what the parser makes of it must still be the same detection.
async fn try_one(
    detection: &Detection,
    number: usize,
    tables: &BTreeMap<String, SchemaRef>,
    data: &DataTables,
) -> Option<String> {
    let (sql, removed) = match without(&detection.sql, number.checked_sub(1)) {
        Ok(mutant) => mutant,
        Err(message) => return Some(message),
    };
    let mutant = Detection { sql, ..detection.clone() };
    let mut noticed = false;
    // A condition that is missing mostly lets something through, so near misses notice first.
    let (quiet, firing): (Vec<_>, Vec<_>) = detection.meta.cases.iter().partition(|case| case.expect.is_empty());
    for case in quiet.into_iter().chain(firing) {
        noticed = !cases::hold(&mutant, case, tables, data).await;
        if noticed {
            break;
        }
    }
    match removed {
        Some(condition) if !noticed => Some(format!("no case misses {condition}")),
        None if noticed => Some("the cases fail once the query is written anew by the parser".to_owned()),
        _ => None,
    }
}

/// How many conditions a statement has; none when it cannot be read.
fn conditions(sql: &str) -> usize {
    walk(sql, usize::MAX).map_or(0, |(_, walked)| walked.seen)
}

/// The statement without one of its conditions, and that condition.
fn without(sql: &str, number: Option<usize>) -> Result<(String, Option<String>), String> {
    walk(sql, number.unwrap_or(usize::MAX)).map(|(query, walked)| (query.to_string(), walked.removed))
}

fn walk(sql: &str, target: usize) -> Result<(Box<Query>, Remover), String> {
    let mut query = contract::query(sql)?;
    let mut remover = Remover { target, seen: 0, removed: None };
    let _ = query.visit(&mut remover);
    Ok((query, remover))
}

struct Remover {
    target: usize,
    seen: usize,
    removed: Option<String>,
}

impl Remover {
    /// Counts the conditions of an expression and takes the target out; what is left is none when that was all of it.
    fn take(&mut self, clause: &str, expr: &mut Option<Expr>) {
        let Some(whole) = expr.take() else { return };
        let mut parts = Vec::new();
        flatten(whole, &mut parts);
        parts.retain(|part| {
            if clause == "ON" && joins_columns(part) {
                return true;
            }
            self.seen += 1;
            if self.seen - 1 == self.target {
                self.removed = Some(format!("{clause} {part}"));
                return false;
            }
            true
        });
        *expr = parts.into_iter().reduce(|left, right| Expr::BinaryOp {
            left: Box::new(left),
            op: BinaryOperator::And,
            right: Box::new(right),
        });
    }
}

impl VisitorMut for Remover {
    type Break = ();

    fn pre_visit_select(&mut self, select: &mut Select) -> ControlFlow<()> {
        self.take("WHERE", &mut select.selection);
        self.take("HAVING", &mut select.having);
        self.take("QUALIFY", &mut select.qualify);
        for join in select.from.iter_mut().flat_map(|from| &mut from.joins) {
            if let JoinOperator::Join(on)
            | JoinOperator::Inner(on)
            | JoinOperator::Left(on)
            | JoinOperator::LeftOuter(on) = &mut join.join_operator
                && let JoinConstraint::On(expr) = on
            {
                let mut kept = Some(expr.clone());
                self.take("ON", &mut kept);
                *expr = kept.unwrap_or_else(|| Expr::Value(Value::Boolean(true).into()));
            }
        }
        ControlFlow::Continue(())
    }

    fn pre_visit_expr(&mut self, expr: &mut Expr) -> ControlFlow<()> {
        if let Expr::Function(function) = expr
            && let Some(filter) = function.filter.take()
        {
            let mut kept = Some(*filter);
            self.take("FILTER", &mut kept);
            function.filter = kept.map(Box::new);
        }
        ControlFlow::Continue(())
    }
}

fn flatten(expr: Expr, out: &mut Vec<Expr>) {
    match expr {
        Expr::BinaryOp { left, op: BinaryOperator::And, right } => {
            flatten(*left, out);
            flatten(*right, out);
        }
        Expr::Nested(inner) if matches!(*inner, Expr::BinaryOp { op: BinaryOperator::And, .. }) => flatten(*inner, out),
        other => out.push(match other {
            // Operators that bind less tightly than AND need their parentheses.
            other @ Expr::BinaryOp { op: BinaryOperator::Or, .. } => Expr::Nested(Box::new(other)),
            other => other,
        }),
    }
}

/// `a.x = b.y`.
fn joins_columns(expr: &Expr) -> bool {
    let column = |e: &Expr| matches!(e, Expr::CompoundIdentifier(_) | Expr::Identifier(_));
    matches!(expr, Expr::BinaryOp { left, op: BinaryOperator::Eq, right } if column(left) && column(right))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detect::views::public_tables;

    #[test]
    fn every_condition_is_taken_out_once() {
        let sql = "WITH a AS (SELECT x, count(*) FILTER (WHERE y AND z) AS n FROM t WHERE p AND (q OR r) GROUP BY x HAVING count(*) > 1) \
                   SELECT * FROM a JOIN b ON a.x = b.x AND a.n > b.n WHERE (SELECT max(k) FROM c WHERE k < 3) = 2 ORDER BY x";
        let mut gone: Vec<String> = (0..conditions(sql)).map(|n| without(sql, Some(n)).unwrap().1.unwrap()).collect();
        gone.sort();
        let wanted = [
            "FILTER y",
            "FILTER z",
            "HAVING count(*) > 1",
            "ON a.n > b.n",
            "WHERE (SELECT max(k) FROM c WHERE k < 3) = 2",
            "WHERE (q OR r)",
            "WHERE k < 3",
            "WHERE p",
        ];
        assert_eq!(gone, wanted);
        assert_eq!(without(sql, None).unwrap().1, None);
        let first = without("SELECT 1 FROM t WHERE a OR b ORDER BY 1", Some(0)).unwrap();
        assert_eq!(first, ("SELECT 1 FROM t ORDER BY 1".to_owned(), Some("WHERE (a OR b)".to_owned())));
    }

    /// A detection over sequences is the sum of its conditions; one that no case needs is a guess.
    #[tokio::test]
    async fn every_condition_of_a_sequence_detection_is_needed_by_a_case() {
        let (data, _) = DataTables::built_in();
        let schemas = public_tables(&data).await.unwrap();
        let found = mutations(&Catalog::built_in(), "sequences", &schemas, &data).unwrap();
        let lines: Vec<String> = found.problems.iter().map(ToString::to_string).collect();
        assert!(found.problems.is_empty(), "{} of {} conditions:\n{}", lines.len(), found.tried, lines.join("\n"));
        assert!(found.tried > 100, "only {} conditions were found", found.tried);
        assert!(mutations(&Catalog::built_in(), "sequence", &schemas, &data).is_err());
    }
}
