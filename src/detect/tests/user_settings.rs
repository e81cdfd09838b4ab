//! What users set, and their own folders beside the built-in detections.

use super::*;

#[tokio::test]
async fn settings_change_parameters_severity_and_what_runs() {
    let settings: toml::Table = r#"
        [other]
        is = "not ours"
        [detections."usage.many"]
        severity = "critical"
        params.min_calls = 1
        [detections."usage.off"]
        enabled = false
        [detections."usage.new"]
        enabled = true
        "#
    .parse()
    .unwrap();
    let new = good().replace("\"stable\"", "\"experimental\"");
    let mut files =
        catalog(&[("usage.many", &good()), ("usage.off", &good()), ("usage.new", &new), ("usage.lab", &new)]);
    DetectionSettings::parse(&settings).unwrap().apply(&mut files).unwrap();
    let result = run(&three_calls(), &files).await;
    assert_eq!(result.ran, ["usage.many", "usage.new"]);
    assert_eq!(result.not_enabled, ["usage.lab", "usage.off"]);
    let many: Vec<&Finding> = result.incidents.iter().filter(|f| f.detection.id == "usage.many").collect();
    assert_eq!(many.iter().map(|f| f.subject.as_str()).collect::<Vec<_>>(), ["Bash", "Read"]);
    assert!(many.iter().all(|f| f.severity == Severity::Critical));
    // Cases keep proving the file, not the user's settings.
    let (data, _) = DataTables::built_in();
    assert_eq!(check(&files, &schemas(), &data).await, []);
    let shown = files.show("usage.many").unwrap();
    assert!(shown.contains("critical (set by you, medium in the file)"), "{shown}");
    assert!(shown.contains("$min_calls = 1 (set by you, 2 in the file)"), "{shown}");
    assert!(shown.contains("GROUP BY raw_name") && !shown.contains("+++"), "{shown}");
    assert_eq!(files.show("usage.mny").unwrap_err(), "there is no detection usage.mny; did you mean usage.many?");
}

#[tokio::test]
async fn a_severity_that_is_set_holds_for_rows_that_have_one_of_their_own() {
    let own = good().replace("AS devices", "AS devices, 'critical' AS severity");
    // What the file says can be wanted for every row, too.
    for wanted in [Severity::Low, Severity::Medium] {
        let settings = format!("[detections.\"usage.many\"]\nseverity = \"{wanted}\"").parse().unwrap();
        let mut files = catalog(&[("usage.many", &own), ("usage.more", &own)]);
        DetectionSettings::parse(&settings).unwrap().apply(&mut files).unwrap();
        let result = run(&three_calls(), &files).await;
        let found: Vec<_> = result.incidents.iter().map(|f| (f.detection.id.as_str(), f.severity)).collect();
        assert_eq!(found, [("usage.more", Severity::Critical), ("usage.many", wanted)]);
        let shown = files.show("usage.many").unwrap();
        assert!(shown.contains(&format!("{wanted} (set by you, medium in the file)")), "{shown}");
    }
}

#[test]
fn settings_that_mean_nothing_are_refused_with_a_suggestion() {
    for (text, help) in [
        ("[detections.\"usage.mny\"]\nenabled = true", "did you mean usage.many?"),
        ("[detections.\"usage.many\"]\nenable = true", "did you mean enabled?"),
        ("[detections.\"usage.many\"]\nenabled = 1", "true or false"),
        ("[detections.\"usage.many\"]\nseverity = \"hgh\"", "expected one of"),
        ("[detections.\"usage.many\".params]\nmin_cals = 1", "did you mean min_calls?"),
        ("[detections.\"usage.many\".params]\nmin_calls = \"1\"", "is text and must be int"),
        ("[detections.\"usage.many\".params]\nmin_calls = [1]", "a number, a text"),
        ("[detections.usage.many]\nenabled = true", "quote the id"),
        ("detections = 3", "write [detections."),
    ] {
        let mut files = catalog(&[("usage.many", &good())]);
        let before = files.detections.clone();
        let errors = DetectionSettings::parse(&text.parse().unwrap()).and_then(|s| s.apply(&mut files)).unwrap_err();
        assert!(errors.iter().any(|e| e.contains(help)), "{text}: {errors:?}");
        assert_eq!(files.detections, before);
    }
}

#[test]
fn user_folders_stand_beside_the_built_in_detections() {
    let folder = tempfile::tempdir().unwrap();
    let write = |path: &str, text: &str| {
        let path = folder.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    };
    write("usage/mine.sql", &good());
    write("usage/many.sql", &good());
    write("usage/Bad Name.sql", &good());
    write("usage/broken.sql", "SELECT 1");
    write("usage/notes.txt", "not a detection");
    write("views/calls.sql", "not a detection");
    write("loose.sql", &good());
    let mut files = Catalog::default();
    files.add("usage", "many.sql", "usage/many.sql", true, &good());
    files.add_folder(folder.path()).unwrap();
    assert_eq!(
        files.list().iter().map(|l| (l.id.as_str(), l.built_in)).collect::<Vec<_>>(),
        [("usage.many", true), ("usage.mine", false)]
    );
    let problems: Vec<String> = files.problems.iter().map(ToString::to_string).collect();
    for (file, help) in [
        ("Bad Name.sql", "a-z, 0-9"),
        ("broken.sql:1", "-- +++"),
        ("many.sql", "already taken by usage/many.sql"),
        ("loose.sql", "family folder"),
    ] {
        assert!(problems.iter().any(|p| p.contains(file) && p.contains(help)), "{file}: {problems:?}");
    }
    assert_eq!(problems.len(), 4, "{problems:?}");
    assert!(files.add_folder(&folder.path().join("missing")).unwrap_err().to_string().contains("missing"));
}
