//! "Did you mean": the candidate that a misspelt word was probably meant to be.

use strsim::damerau_levenshtein;

/// The candidate nearest to `word`, if it is near enough to be worth a suggestion.
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    // A foreign text of any length may stand where a word should; nothing that long is a slip of the fingers.
    if word.len() > 100 {
        return None;
    }
    let lower = word.to_lowercase();
    candidates
        .into_iter()
        .map(|candidate| (damerau_levenshtein(&lower, &candidate.to_lowercase()), candidate))
        .filter(|(distance, candidate)| *distance <= (candidate.chars().count() / 3).max(1))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// The remedy for a word that is not one of `candidates`: the nearest, then all.
pub fn remedy<'a>(word: &str, what: &str, candidates: impl IntoIterator<Item = &'a str>) -> String {
    let candidates: Vec<&str> = candidates.into_iter().collect();
    let known = if candidates.is_empty() { format!("there are no {what}") } else { format!("{what}: {}", candidates.join(", ")) };
    match nearest(word, candidates) {
        Some(candidate) => format!("did you mean `{candidate}`? {known}"),
        None => known,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_near_words_are_suggested() {
        assert_eq!(nearest("statefullset", ["statefulset", "pod"]), Some("statefulset"));
        assert_eq!(nearest("Nodes", ["nodes"]), Some("nodes"));
        assert_eq!(nearest("banana", ["statefulset", "pod"]), None);
    }
}
