//! The views over hand-made rows.

use super::*;
use crate::detect::{Catalog, check};

#[tokio::test]
async fn built_in_detections_are_proved() {
    let (data, problems) = DataTables::built_in();
    assert_eq!(problems, []);
    let tables = public_tables(&data).await.unwrap();
    let problems = check(&Catalog::built_in(), &tables, &data).await;
    assert!(problems.is_empty(), "{:#?}", problems.iter().map(ToString::to_string).collect::<Vec<_>>());
}
