//! Detection files and their cases: what is accepted, and what is refused with which words.

use super::*;

#[tokio::test]
async fn a_good_file_has_no_problems() {
    assert_eq!(check_file(&good()).await, Vec::<String>::new());
}

#[tokio::test]
async fn every_broken_file_is_refused_with_what_to_do() {
    let wide = "approx_percentile_cont(0.5) WITHIN GROUP (ORDER BY record_id)";
    for (from, to, help) in [
        ("SELECT\n  raw_name", "SELECT 1; SELECT\n  raw_name", "exactly one SELECT; this file has 2 statements"),
        (QUERY, "CREATE TABLE x AS SELECT 1", "only reads"),
        (QUERY, "COPY calls TO '/tmp/x.csv'", "not COPY"),
        (QUERY, "INSERT INTO calls SELECT * FROM calls", "not INSERT"),
        (QUERY, "SET a = 1", "not SET"),
        (QUERY, "EXPLAIN SELECT 1", "not EXPLAIN"),
        (QUERY, "", "this file has 0 statements"),
        (QUERY, "SELEC 1", "SELEC"),
        ("count(DISTINCT device) AS devices", "now() AS devices", "now() gives another result"),
        ("count(DISTINCT device) AS devices", "max(current_date) AS devices", "gives another result"),
        ("HAVING count(*)", "HAVING random() < 2 AND count(*)", "random() gives another result"),
        ("FROM calls", "FROM (SELECT * FROM calls WHERE random() < 2) calls", "random()"),
        ("HAVING", "HAVING EXISTS (SELECT 1 WHERE random() < 2) AND", "random()"),
        ("count(DISTINCT device) AS devices", &format!("{wide} AS devices"), "use the exact function"),
        (" ORDER BY time, export_key, record_id)", ")", "array_agg() without ORDER BY"),
        ("ORDER BY raw_name, login\n", "", "no ORDER BY at its end"),
        ("min(time)", "min(tme)", "tme"),
        ("FROM calls", "FROM cals", "there is no table cals; did you mean calls?"),
        ("FROM calls", "FROM lake.tool_calls", "lake.tool_calls"),
        ("count(*) AS count", "CAST(count(*) AS DOUBLE) AS count", "count is Float64 and must be a BIGINT"),
        ("min(time) AS first_seen", "CAST(min(time) AS VARCHAR) AS first_seen", "must be a UTC timestamp"),
        ("raw_name AS subject", "raw_name AS subjct", "is it subjct?"),
        ("  login,\n", "  1 AS login,\n", "login is Int64 and must be text"),
        ("$min_calls", "$min_cals", "$min_cals is not in [params]; did you mean min_calls?"),
        ("$min_calls", "2", "never uses $min_calls"),
        ("asi:2026:ASI02", "asi:2026:ASI99", "is not in queries/catalog/frameworks.toml; did you mean"),
        ("AML.T0053", "AML.T9999", "not in queries"),
        ("[\"https://example.com/\"]", "[\"http://example.com/\"]", "not an https:// link"),
        ("[\"Ask.\"]", "[]", "next_steps is empty"),
        ("\"Perhaps nothing.\"", "\"Perhaps nothing\"", "not a finished sentence"),
        ("\"0.1.0\"", "\"soon\"", "not a version"),
        ("times.'", "times'", "is not a finished sentence"),
        ("\"fires 1\"", "\"fires 0\"", "two cases are named"),
        ("name = \"quiet 4\"", "name = \"quiet 4\"\n-- nosuch = [ { a = 1 } ]", "there is no table nosuch"),
        (
            "raw_name = \"Bash\" } ]",
            "raw_nam = \"Bash\" } ]",
            "calls row 1: there is no column raw_nam; did you mean raw_name?",
        ),
        ("raw_name = \"Bash\" } ]", "raw_name = 3 } ]", "calls row 1"),
        ("subject = \"Bash\", count = 2", "subject = \"Bash\", count = 3", "no row fits expect number 1"),
        ("subject = \"Bash\", count = 2", "subjct = \"Bash\", count = 2", "no output column subjct"),
        ("\"e#1\", \"e#2\"", "\"e#2\", \"e#1\"", "no row fits"),
        ("last_seen = 2026-01-01T00:00:01Z", "last_seen = 2026-01-01T00:00:02Z", "no row fits"),
        ("expect = []", "expect = [ { count = 1 } ]", "expects 1 rows, got 0"),
        ("-- title = \"Many calls\"\n", "", "missing field \"title\""),
        ("-- tier", "-- teir", "unknown field \"teir\""),
    ] {
        let broken = good().replace(from, to);
        assert_ne!(broken, good(), "{from} must occur");
        let found = check_file(&broken).await;
        assert!(found.iter().any(|line| line.contains(help)), "{to}: wanted {help:?}, got {found:#?}");
        assert!(found.iter().all(|line| line.starts_with("usage/many.sql")), "{found:?}");
    }
}

#[tokio::test]
async fn too_few_cases_of_either_kind_are_refused() {
    let one_less = |text: &str| HEAD.replace("CASES\n", &all_cases().replace(&text.replace("NUMBER", "0"), ""));
    let found = check_file(&format!("{}{QUERY}", one_less(QUIET))).await;
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].contains("4 cases are near misses"), "{found:?}");
    let found = check_file(&format!("{}{QUERY}", one_less(FIRES))).await;
    assert!(found[0].contains("2 cases find something"), "{found:?}");
}

#[tokio::test]
async fn a_result_that_depends_on_the_order_of_input_is_refused() {
    let sloppy = good().replace("ORDER BY time, export_key, record_id)", "ORDER BY raw_name)");
    let found = check_file(&sloppy).await;
    assert!(found.iter().any(|l| l.contains("order of the given rows")), "{found:?}");
}

#[tokio::test]
async fn cases_of_incidents_may_bring_signals_and_signals_may_not_read_them() {
    let query = "SELECT subject, reason, min(first_seen) AS first_seen, max(last_seen) AS last_seen,
           sum(count) AS count, session_id, array_agg(evidence('e', count) ORDER BY count) AS evidence
         FROM signals GROUP BY subject, reason, session_id HAVING count(*) >= $min_calls ORDER BY subject, reason, session_id";
    let cases = all_cases()
        .replace(
            "raw_name = \"Bash\", login = \"a\", export_key = \"e\", record_id",
            "subject = \"Bash\", reason = \"R.\", count",
        )
        .replace("calls = ", "signals = ")
        .replace("time = 2026", "last_seen = 2026")
        .replace("raw_name", "subject")
        .replace("subject = \"Bash\", count = 2,", "subject = \"Bash\", count = 3,")
        .replace(", devices = 1.0", "");
    let incident = format!("{}{query}", HEAD.replace("CASES\n", &cases));
    assert_eq!(check_file(&incident).await, Vec::<String>::new());
    let found = check_file(&incident.replace("\"incident\"", "\"signal\"")).await;
    assert!(found.iter().any(|l| l.contains("there is no table signals")), "{found:?}");
}
