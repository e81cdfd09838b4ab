//! What is to be done about secrets, each advice once.

use std::collections::BTreeSet;

use serde::Serialize;

use crate::report::groups::Case;
use crate::report::rotations::{Rotations, by_advice};
use crate::report::{Report, SecretRow};

/// What is to be done about secrets of some kinds.
#[derive(Serialize)]
pub(super) struct Rotation {
    kinds: Vec<String>,
    secrets: usize,
    advice: String,
}

/// What to do about a secret, or where that stands already.
pub(super) fn advised(secret: &SecretRow, number: usize, rotations: &mut Rotations) -> String {
    match rotations.told_in(secret, number) {
        Some(same) if same == number => format!("as above for {}.", secret.maker()),
        Some(other) => format!("as in incident {other} for {}.", secret.maker()),
        None => advice(secret),
    }
}

/// What to do about the secrets among the parts of a case, each advice once.
pub(super) fn rotate(report: &Report, case: &Case<'_>, rotations: &mut Rotations) -> Vec<Rotation> {
    let secrets = case.parts.iter().filter_map(|part| report.secret(part));
    let mut of_group = |group: Vec<&SecretRow>| Rotation {
        kinds: makers(&group),
        secrets: group.len(),
        advice: advised(group[0], case.number, rotations),
    };
    by_advice(secrets).into_iter().map(&mut of_group).collect()
}

fn makers(group: &[&SecretRow]) -> Vec<String> {
    group.iter().map(|row| row.maker().to_owned()).collect::<BTreeSet<String>>().into_iter().collect()
}

fn advice(secret: &SecretRow) -> String {
    format!("{} {}", secret.steps, secret.rotation_url).trim().to_owned()
}

/// What is to be done about the secrets, also those that the page has no row for, each advice once.
pub(super) fn rotation(report: &Report) -> Vec<Rotation> {
    let of_group =
        |group: Vec<&SecretRow>| Rotation { kinds: makers(&group), secrets: group.len(), advice: advice(group[0]) };
    by_advice(report.secrets.items.iter()).into_iter().map(of_group).collect()
}
