//! Lists whose members are read alike: none may be left out because another is wrong, and no two may have one name.

use crate::ScenarioError;
use crate::span::Spanned;
use crate::yaml::{Node, Problems};

/// Reads the members of a list that must not be empty, all of them even when one is wrong.
pub(crate) fn members<T>(
    node: &Node,
    what: &str,
    example: &str,
    problems: &mut Problems,
    mut one: impl FnMut(&Node, &mut Problems) -> Option<T>,
) -> Option<Vec<T>> {
    let read: Vec<Option<T>> = node.some(what, example, problems)?.iter().map(|member| one(member, problems)).collect();
    read.into_iter().collect()
}

/// Says where a name stands that stood before.
pub(crate) fn different<'a>(what: &str, names: impl Iterator<Item = &'a Spanned<String>>, problems: &mut Problems) {
    let mut seen: Vec<&Spanned<String>> = Vec::new();
    for name in names {
        match seen.iter().find(|earlier| earlier.value == name.value) {
            Some(earlier) => {
                let error = ScenarioError::at(
                    name.span,
                    format!("two of the name `{}`", name.value),
                    format!("give each {what} a name of its own"),
                );
                problems.add(error.labelled("again here").also(earlier.span, "first here"));
            }
            None => seen.push(name),
        }
    }
}
