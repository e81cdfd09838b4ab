//! What to do about secrets, told once in a report however many keys of one kind were exposed.

use std::collections::BTreeMap;

use super::SecretRow;

/// Which advice was told, and in which incident.
#[derive(Debug, Default)]
pub(super) struct Rotations(BTreeMap<(String, String), usize>);

impl Rotations {
    /// The incident that told the same already; `None` when it is told now, in the given one.
    pub(super) fn told_in(&mut self, secret: &SecretRow, number: usize) -> Option<usize> {
        let advice = (secret.steps.clone(), secret.rotation_url.clone());
        if advice.0.is_empty() && advice.1.is_empty() {
            return None;
        }
        match self.0.get(&advice) {
            Some(told) => Some(*told),
            None => {
                self.0.insert(advice, number);
                None
            }
        }
    }
}

impl SecretRow {
    /// Whose secret it is, which decides what is to be done; its kind where that is not known.
    pub(super) fn maker(&self) -> &str {
        self.vendor.as_deref().unwrap_or(&self.kind)
    }
}

/// The secrets by what is to be done about them, in the order of the first of each.
pub(super) fn by_advice<'r>(secrets: impl Iterator<Item = &'r SecretRow>) -> Vec<Vec<&'r SecretRow>> {
    let mut groups: Vec<Vec<&SecretRow>> = Vec::new();
    let same = |a: &SecretRow, b: &SecretRow| (&a.steps, &a.rotation_url) == (&b.steps, &b.rotation_url);
    for secret in secrets.filter(|secret| !secret.steps.is_empty() || !secret.rotation_url.is_empty()) {
        match groups.iter_mut().find(|group| same(group[0], secret)) {
            Some(group) => group.push(secret),
            None => groups.push(vec![secret]),
        }
    }
    groups
}
