//! Names for cases of one report, no two of them equal.

use std::collections::BTreeSet;

/// The name, or with the smallest number behind it that nobody has: from 2, after `before_number`. It is taken from then on.
pub fn unique(name: &str, before_number: char, taken: &mut BTreeSet<String>) -> String {
    let mut candidates = std::iter::once(name.to_owned()).chain((2..).map(|number| format!("{name}{before_number}{number}")));
    let unique = candidates.find(|candidate| !taken.contains(candidate)).expect("numbers do not end");
    taken.insert(unique.clone());
    unique
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_names_are_equal_not_even_to_one_that_looks_numbered() {
        let mut taken = BTreeSet::new();
        let names = ["a", "a~2", "a", "a"].map(|name| unique(name, '~', &mut taken));
        assert_eq!(names, ["a", "a~2", "a~3", "a~4"]);
        assert_eq!(unique("a", '.', &mut taken), "a.2");
    }
}
