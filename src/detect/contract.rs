//! What a detection's SQL must be, decided before any row is read: one read-only, ordered, deterministic query
//! with the columns that a finding needs.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;
use std::sync::Arc;

use arrow::datatypes::{DataType, SchemaRef, TimeUnit};
use datafusion::catalog::MemTable;
use datafusion::common::ParamValues;
use datafusion::common::tree_node::{TreeNode, TreeNodeRecursion};
use datafusion::error::DataFusionError;
use datafusion::execution::context::SQLOptions;
use datafusion::logical_expr::expr::{AggregateFunction, WindowFunction};
use datafusion::logical_expr::{Expr, LogicalPlan, Volatility, WindowFunctionDefinition};
use datafusion::prelude::{SessionConfig, SessionContext};
use datafusion::sql::parser::{DFParserBuilder, Statement};
use datafusion::sql::sqlparser::ast::{Query, SetExpr, Statement as SqlStatement, visit_relations};

use super::front_matter::Param;
use super::{functions, suggest};

/// What a column of the output must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Text,
    Time,
    Int,
    TextList,
}

impl Kind {
    fn fits(self, data_type: &DataType) -> bool {
        match self {
            Self::Text => is_text(data_type),
            Self::Time => {
                matches!(data_type, DataType::Timestamp(TimeUnit::Microsecond, Some(zone)) if is_utc(zone))
            }
            Self::Int => data_type == &DataType::Int64,
            Self::TextList => match data_type {
                DataType::List(item) | DataType::LargeList(item) => is_text(item.data_type()),
                _ => false,
            },
        }
    }

    fn wanted(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Time => "a UTC timestamp in microseconds, such as min(time)",
            Self::Int => "a BIGINT, such as count(*)",
            Self::TextList => "a list of text: array_agg(evidence(export_key, record_id) ORDER BY …)",
        }
    }
}

fn is_text(data_type: &DataType) -> bool {
    matches!(data_type, DataType::Utf8 | DataType::Utf8View | DataType::LargeUtf8)
}

fn is_utc(zone: &str) -> bool {
    matches!(zone, "UTC" | "+00:00" | "Z")
}

/// Columns that every detection returns.
const REQUIRED: [(&str, Kind); 7] = [
    ("subject", Kind::Text),
    ("reason", Kind::Text),
    ("first_seen", Kind::Time),
    ("last_seen", Kind::Time),
    ("count", Kind::Int),
    ("session_id", Kind::Text),
    ("evidence", Kind::TextList),
];

/// Columns with a meaning of their own that a detection may return.
const WELL_KNOWN: [(&str, Kind); 8] = [
    ("login", Kind::Text),
    ("device", Kind::Text),
    ("agent", Kind::Text),
    ("tool", Kind::Text),
    ("integration", Kind::Text),
    ("key", Kind::Text),
    ("severity", Kind::Text),
    ("confidence", Kind::Text),
];

/// Whether a column of the output is part of the contract; all others become details.
pub(super) fn is_contract_column(name: &str) -> bool {
    REQUIRED.iter().chain(&WELL_KNOWN).any(|(column, _)| *column == name)
}

/// Aggregates and window functions whose result depends on the order of their input.
const ORDERED: [&str; 11] = [
    "array_agg",
    "string_agg",
    "first_value",
    "last_value",
    "nth_value",
    "row_number",
    "rank",
    "dense_rank",
    "lag",
    "lead",
    "ntile",
];

/// A session that knows the functions of detections and the given tables, all empty.
///
/// # Errors
/// When a table cannot be registered.
pub fn empty_session(tables: &BTreeMap<String, SchemaRef>) -> Result<SessionContext, DataFusionError> {
    let ctx = bare_session();
    for (name, schema) in tables {
        ctx.register_table(name.as_str(), Arc::new(MemTable::try_new(Arc::clone(schema), vec![vec![]])?))?;
    }
    Ok(ctx)
}

/// A session without tables; one partition, so that plans are the same on every machine.
pub(super) fn bare_session() -> SessionContext {
    let ctx = SessionContext::new_with_config(SessionConfig::new().with_target_partitions(1));
    functions::register(&ctx);
    ctx
}

/// Everything about the SQL that breaks the contract, as sentences; empty when all is well.
pub async fn problems(sql: &str, params: &BTreeMap<String, Param>, empty: &SessionContext) -> Vec<String> {
    let statement = match single_query(sql) {
        Ok(statement) => statement,
        Err(message) => return vec![message],
    };
    let mut problems = Vec::new();
    if !is_ordered(&statement.query) {
        problems.push("the query has no ORDER BY at its end; rows need an explicit order".into());
    }
    let plan = match plan(statement, empty).await {
        Ok(plan) => plan,
        Err(message) => {
            problems.push(message);
            return problems;
        }
    };
    problems.extend(expression_problems(&plan));
    let before = problems.len();
    problems.extend(param_problems(&plan, params));
    if problems.len() == before {
        let bound = plan.with_param_values(bind(params)).and_then(|plan| empty.state().optimize(&plan));
        match bound {
            Ok(plan) => problems.extend(column_problems(&plan)),
            Err(error) => problems.push(explain(&error)),
        }
    }
    problems
}

/// Parameters in the form that a query takes them.
pub(super) fn bind(params: &BTreeMap<String, Param>) -> ParamValues {
    ParamValues::from(params.iter().map(|(name, value)| (name.as_str(), value.scalar())).collect::<Vec<_>>())
}

/// The engine's message without its internals.
pub(super) fn explain(error: &DataFusionError) -> String {
    let text = error.strip_backtrace();
    let text = text.split_once("error: ").map_or(text.as_str(), |(_, rest)| rest);
    text.lines().map(str::trim).filter(|l| !l.is_empty()).collect::<Vec<_>>().join("; ")
}

struct Single {
    statement: Statement,
    query: Box<Query>,
}

/// The one SELECT of a file.
fn single_query(sql: &str) -> Result<Single, String> {
    let mut statements = DFParserBuilder::new(sql)
        .build()
        .and_then(|mut parser| parser.parse_statements())
        .map_err(|error| explain(&error))?;
    let found = statements.len();
    let (Some(statement), true) = (statements.pop_front(), found == 1) else {
        return Err(format!("a detection is exactly one SELECT; this file has {found} statements"));
    };
    match &statement {
        Statement::Statement(inner) => match inner.as_ref() {
            SqlStatement::Query(query) => {
                let query = query.clone();
                Ok(Single { statement, query })
            }
            other => Err(only_select(&other.to_string())),
        },
        other => Err(only_select(&other.to_string())),
    }
}

/// The one SELECT of a file, as the parser reads it.
pub(super) fn query(sql: &str) -> Result<Box<Query>, String> {
    single_query(sql).map(|single| single.query)
}

fn only_select(statement: &str) -> String {
    let verb: String = statement.split_whitespace().next().unwrap_or_default().chars().take(30).collect();
    format!("a detection only reads: it is one SELECT (or WITH … SELECT), not {verb}")
}

fn is_ordered(query: &Query) -> bool {
    query.order_by.is_some() || matches!(query.body.as_ref(), SetExpr::Query(inner) if is_ordered(inner))
}

async fn plan(single: Single, empty: &SessionContext) -> Result<LogicalPlan, String> {
    let plan = empty.state().statement_to_plan(single.statement).await.map_err(|error| {
        let known: BTreeSet<String> = public_tables(empty);
        let mut message = explain(&error);
        // The engine suggests columns; for tables the suggestion is ours.
        let _ = visit_relations(&single.query, |relation| {
            let name = relation.to_string();
            if message.contains("not found") && message.contains(&format!(".{name}'")) && !known.contains(&name) {
                message = format!(
                    "there is no table {name}{}",
                    suggest::did_you_mean(&name, known.iter().map(String::as_str))
                );
            }
            ControlFlow::<()>::Continue(())
        });
        message
    })?;
    SQLOptions::new()
        .with_allow_ddl(false)
        .with_allow_dml(false)
        .with_allow_statements(false)
        .verify_plan(&plan)
        .map_err(|error| explain(&error))?;
    Ok(plan)
}

/// Names of the tables in a session's default schema.
pub(super) fn public_tables(ctx: &SessionContext) -> BTreeSet<String> {
    let options = ctx.copied_config();
    let catalog = &options.options().catalog;
    ctx.catalog(&catalog.default_catalog)
        .and_then(|c| c.schema(&catalog.default_schema))
        .map(|schema| schema.table_names().into_iter().collect())
        .unwrap_or_default()
}

fn expression_problems(plan: &LogicalPlan) -> BTreeSet<String> {
    let mut problems = BTreeSet::new();
    let walked = plan.apply_with_subqueries(|node| {
        node.apply_expressions(|root| {
            root.apply(|expr| {
                problems.extend(expression_problem(expr));
                Ok(TreeNodeRecursion::Continue)
            })
        })
    });
    if let Err(error) = walked {
        problems.insert(explain(&error));
    }
    problems
}

fn expression_problem(expr: &Expr) -> Option<String> {
    let (name, volatility, ordered) = match expr {
        Expr::ScalarFunction(f) => (f.func.name(), f.func.signature().volatility, true),
        Expr::AggregateFunction(AggregateFunction { func, params }) => {
            (func.name(), func.signature().volatility, !params.order_by.is_empty())
        }
        Expr::WindowFunction(window) => {
            let WindowFunction { fun, params } = window.as_ref();
            let volatility = match fun {
                WindowFunctionDefinition::AggregateUDF(f) => f.signature().volatility,
                WindowFunctionDefinition::WindowUDF(f) => f.signature().volatility,
            };
            (fun.name(), volatility, !params.order_by.is_empty())
        }
        _ => return None,
    };
    if volatility != Volatility::Immutable {
        return Some(format!(
            "{name}() gives another result on every run and is refused; the window is already applied to the tables, \
             so compare with times from the data"
        ));
    }
    if name.starts_with("approx_") {
        return Some(format!("{name}() depends on how the data is split and is refused; use the exact function"));
    }
    if !ordered && ORDERED.contains(&name) {
        return Some(format!("{name}() without ORDER BY has no defined result; give it an order"));
    }
    None
}

fn param_problems(plan: &LogicalPlan, params: &BTreeMap<String, Param>) -> Vec<String> {
    let used: BTreeSet<String> = match plan.get_parameter_names() {
        Ok(names) => names.iter().map(|n| n.trim_start_matches('$').to_owned()).collect(),
        Err(error) => return vec![explain(&error)],
    };
    let mut problems = Vec::new();
    for name in used.iter().filter(|name| !params.contains_key(*name)) {
        let hint = suggest::did_you_mean(name, params.keys().map(String::as_str));
        problems.push(format!("${name} is not in [params]{hint}"));
    }
    for name in params.keys().filter(|name| !used.contains(*name)) {
        problems.push(format!("[params] has {name}, but the SQL never uses ${name}"));
    }
    problems
}

fn column_problems(plan: &LogicalPlan) -> Vec<String> {
    let schema = plan.schema();
    let names: Vec<&str> = schema.fields().iter().map(|f| f.name().as_str()).collect();
    let mut problems = Vec::new();
    for (index, name) in names.iter().enumerate() {
        if names[..index].contains(name) {
            problems.push(format!("the column {name} is returned twice; give one of them another name"));
        }
    }
    for (name, kind) in REQUIRED.iter().chain(&WELL_KNOWN) {
        match schema.fields().iter().find(|f| f.name() == name) {
            Some(field) if kind.fits(field.data_type()) || field.data_type().is_null() && *name == "session_id" => {}
            Some(field) => {
                problems.push(format!("the column {name} is {} and must be {}", field.data_type(), kind.wanted()))
            }
            None if REQUIRED.iter().any(|(required, _)| required == name) => {
                let others = names.iter().copied().filter(|n| !is_contract_column(n));
                let hint = suggest::did_you_mean(name, others).replace("did you mean", "is it");
                problems.push(format!("the column {name} is missing: it must be {}{hint}", kind.wanted()));
            }
            None => {}
        }
    }
    problems
}
