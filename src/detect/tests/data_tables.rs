//! Data tables, the built-in ones and those of cases and users.

use super::*;

const DATA: &str = r#"
description = "Agents that are known."
key = ["name"]
[columns]
name = "text: The name."
marks = "list: Words."
weight = "float: Weight."
known = "bool: Whether it is known."
[[rows]]
name = "b"
marks = ["x", "y"]
weight = 2
[[rows]]
name = "a"
known = true
"#;

fn data() -> DataTables {
    let mut data = DataTables::default();
    data.add("queries/catalog/agents.toml", DATA).unwrap();
    data
}

#[tokio::test]
async fn data_tables_are_read_and_the_users_rows_add_and_replace() {
    let mut data = data();
    let config: toml::Table =
        "[[catalog.agents]]\nname = \"b\"\nknown = false\n[[catalog.agents]]\nname = \"c\"\n[x]\n".parse().unwrap();
    data.add_user_rows(&config).unwrap();
    let ctx = bare_session();
    data.register(&ctx).unwrap();
    let sql = "SELECT name, marks, weight, known FROM catalog_agents ORDER BY name";
    let shown = ctx.sql(sql).await.unwrap().collect().await.unwrap();
    let shown = arrow::util::pretty::pretty_format_batches(&shown).unwrap().to_string();
    let lines: Vec<_> = shown.lines().skip(3).take(3).map(|l| l.replace(' ', "")).collect();
    assert_eq!(lines, ["|a|||true|", "|b|||false|", "|c||||"]);
}

#[test]
fn data_that_does_not_fit_is_refused_with_what_to_do() {
    for (from, to, help) in [
        ("name = \"a\"", "nam = \"a\"", "row 2: there is no column nam; did you mean name?"),
        ("name = \"a\"", "name = 3", "row 2: name is integer and must be text"),
        ("name = \"a\"", "name = \"b\"", "another row already has the key"),
        ("name = \"a\"\n", "", "row 2: the key column name is missing"),
        ("\"list: Words.\"", "\"words: Words.\"", "one of text, int, float, bool, list"),
        ("\"list: Words.\"", "\"list\"", "type: sentence"),
        ("key = [\"name\"]", "key = [\"nme\"]", "did you mean name?"),
        ("key = [\"name\"]", "", "key is missing"),
        ("description = \"Agents that are known.\"", "", "description is missing"),
        ("[[rows]]\nname = \"b\"", "[[row]]\nname = \"b\"", "unknown key row; did you mean rows?"),
        ("weight = 2", "weight = ", "line 12"),
    ] {
        let text = DATA.replace(from, to);
        let error = data::DataTable::parse("agents", &text).unwrap_err();
        assert!(error.contains(help), "{to}: {error}");
    }
    assert!(DataTables::default().add("Agents.toml", DATA).unwrap_err().contains("a-z"));
    for (config, help) in [
        ("[[catalog.agent]]\nname = \"x\"", "did you mean agents?"),
        ("[[catalog.agents]]\nnme = \"x\"", "number 1: there is no column nme"),
        ("[[catalog.agents]]\nname = \"x\"\n[[catalog.agents]]\nname = \"x\"", "number 2: another row"),
        ("[catalog.agents]\nname = \"x\"", "write rows as [[catalog.agents]]"),
        ("catalog = 1", "write rows as"),
    ] {
        let mut tables = data();
        let errors = tables.add_user_rows(&config.parse().unwrap()).unwrap_err();
        assert!(errors[0].contains(help), "{config}: {errors:?}");
        assert_eq!(tables, data());
    }
}

#[tokio::test]
async fn a_case_may_bring_its_own_data_rows_and_else_sees_the_real_ones() {
    let reads = good()
        .replace("FROM calls", "FROM calls JOIN catalog_agents ON catalog_agents.name = lower(left(raw_name, 1))");
    let files = catalog(&[("usage.many", &reads)]);
    // Bash is looked up as b, which the real rows know.
    let mut tables = data();
    tables.add("frameworks.toml", include_str!("../../../queries/catalog/frameworks.toml")).unwrap();
    assert_eq!(check(&files, &schemas(), &tables).await, []);
    let own = reads.replace("-- name = \"fires 0\"", "-- name = \"fires 0\"\n-- catalog_agents = [ { name = \"z\" } ]");
    let problems = check(&catalog(&[("usage.many", &own)]), &schemas(), &tables).await;
    assert_eq!(problems.len(), 1);
    assert!(problems[0].message.contains("\"fires 0\": expects 1 rows, got 0"), "{problems:?}");
}
