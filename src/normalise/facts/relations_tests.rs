use super::super::shell::{Dialect, read};
use super::*;

/// `relation kind value` of what a script names.
fn named(script: &str) -> Vec<String> {
    let (reader, programs) = (TextReader::builtin().unwrap(), Programs::builtin().unwrap());
    let relations = Relations::builtin().unwrap();
    let mut things = Things::default();
    for found in read(script, Dialect::Sh, &programs).found {
        relations.command(&found, None, &reader, &programs, &mut things);
    }
    things.list.into_iter().map(|thing| format!("{} {} {}", thing.relation, thing.kind, thing.value)).collect()
}

#[test]
fn only_what_is_copied_to_a_cloud_is_sent_there() {
    for (script, relation) in [
        ("aws s3 cp dump.sql s3://b/k", "destination"),
        ("aws s3 sync ./out s3://b/k --delete", "destination"),
        ("aws --profile rm s3 mv a.txt s3://b/k", "destination"),
        ("aws s3 cp rm s3://b/k", "destination"),
        ("gsutil -m rsync -r out gs://b/k", "destination"),
        ("gcloud storage cp rm.txt gs://b/k", "destination"),
        ("s3cmd put ls s3://b/k", "destination"),
        ("aws s3 cp s3://b/k .", "source"),
        ("aws s3 rm s3://b/k --recursive", "delete"),
        ("aws s3 rb s3://b/k --force", "delete"),
        ("gsutil -m rm -r gs://b/k", "delete"),
        ("gcloud storage rm --recursive gs://b/k", "delete"),
        ("gcloud storage buckets delete gs://b/k", "delete"),
        ("s3cmd del s3://b/k", "delete"),
        ("aws s3 ls s3://b/k", "source"),
        ("aws s3 presign s3://b/k --expires-in 60", "source"),
        ("gsutil cat gs://b/k", "source"),
        ("gcloud storage ls gs://b/k", "source"),
        ("s3cmd get s3://b/k k.txt", "source"),
        ("aws s3 mb s3://b/k", "add"),
    ] {
        let scheme = if script.contains("gs://") { "gs" } else { "s3" };
        let place = format!("{relation} cloud_resource {scheme}://b/k");
        let all = named(script);
        let places: Vec<_> = all.iter().filter(|thing| thing.contains("cloud_resource")).collect();
        assert_eq!(places, [&place], "{script}");
    }
}
