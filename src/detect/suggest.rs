//! "Did you mean": the nearest known name for a misspelt one.

/// The candidate nearest to `wrong`, as a ready ending of an error message; empty when nothing is near.
pub(super) fn did_you_mean<'a>(wrong: &str, candidates: impl IntoIterator<Item = &'a str>) -> String {
    candidates
        .into_iter()
        .map(|candidate| (strsim::damerau_levenshtein(wrong, candidate), candidate))
        .filter(|(distance, candidate)| *distance <= 1 + candidate.len().max(wrong.len()) / 3)
        .min()
        .map_or_else(String::new, |(_, candidate)| format!("; did you mean {candidate}?"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_name_is_suggested_and_a_far_one_is_not() {
        assert_eq!(did_you_mean("subjct", ["reason", "subject"]), "; did you mean subject?");
        assert_eq!(did_you_mean("zzz", ["reason", "subject"]), "");
    }
}
