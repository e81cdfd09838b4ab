//! `queries/README.md`: its example, the functions and tables that it lists.

use super::*;

/// The complete example of the guide, from its SQL block.
fn documented_example(readme: &str) -> &str {
    let start = readme.find("```sql\n-- +++").unwrap() + "```sql\n".len();
    &readme[start..start + readme[start..].find("\n```").unwrap()]
}

#[tokio::test]
async fn the_example_in_the_guide_passes_the_check() {
    let readme = include_str!("../../../queries/README.md");
    let example = documented_example(readme);
    let tables = tables_of_the_lake();
    let (data, _) = DataTables::built_in();
    assert_eq!(check(&catalog(&[("usage.guardrail-hits", example)]), &tables, &data).await, []);
}

fn tables_of_the_lake() -> BTreeMap<String, SchemaRef> {
    crate::tables::all().into_iter().map(|t| (t.name.to_owned(), t.schema)).collect()
}

#[tokio::test]
async fn every_function_of_ours_is_immutable_and_its_example_is_true() {
    for function in functions::all() {
        let volatility = function.udf.signature().volatility;
        assert_eq!(volatility, datafusion::logical_expr::Volatility::Immutable, "{}", function.signature);
        let shown = test_support::sql_text(function.example).await;
        assert_eq!(shown.as_deref(), Some("true"), "{}", function.example);
    }
}

#[tokio::test]
async fn the_generated_parts_of_the_guide_are_current() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/queries/README.md");
    let current = std::fs::read_to_string(path).unwrap();
    let (data, _) = DataTables::built_in();
    let mut wanted = docs::replace_between(&current, "functions", &functions::reference()).unwrap();
    let (views, public) = views::all_public(&data).await.unwrap();
    wanted = docs::replace_between(&wanted, "tables", &docs::table_reference(&data, &views, &public)).unwrap();
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(path, &wanted).unwrap();
        return;
    }
    assert!(current == wanted, "queries/README.md is out of date: run UPDATE_DOCS=1 cargo test --lib detect::");
}
