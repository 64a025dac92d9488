//! `matrix`: named values that a scenario runs with, once for each combination.
//!
//! Where a text of the scenario or of a manifest says `${matrix.NAME}`, the value stands in its place before anything else is read. So a
//! value may be whatever may stand there: a number, a part of a name, the path of a manifest.

use crate::model::lists::{different, members};
use crate::model::object::is_name;
use crate::span::Spanned;
use crate::yaml::{Node, Problems};

/// A name and its values.
///
/// ```yaml
/// matrix: {file-system: [ext4, xfs]}
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dimension {
    /// Its name.
    pub name: Spanned<String>,
    /// Its values, at least one.
    pub values: Vec<Spanned<String>>,
}

/// One value for each name.
pub type Values = Vec<(String, String)>;

pub(crate) const EXAMPLE: &str = "{file-system: [ext4, xfs]}";

pub(crate) fn decode(node: &Node, problems: &mut Problems) -> Option<Vec<Dimension>> {
    let entries = node.map("matrix", EXAMPLE, problems)?;
    if entries.is_empty() {
        return problems.at(node.span, "`matrix` is an empty map", format!("write at least one: {EXAMPLE}"));
    }
    let read: Vec<Option<Dimension>> = entries.iter().map(|(name, values)| dimension(name, values, problems)).collect();
    read.into_iter().collect()
}

fn dimension(name: &Spanned<String>, values: &Node, problems: &mut Problems) -> Option<Dimension> {
    if !is_name(name) {
        let help = "names are lower-case letters, digits, `-` and `.`, such as `file-system`";
        return problems.at(name.span, format!("`{}` cannot be a name of the matrix", name.value), help);
    }
    let values = members(values, name, "[ext4, xfs]", problems, value)?;
    different("value", values.iter(), problems);
    Some(Dimension { name: name.clone(), values })
}

/// A value is a part of its case's name.
fn value(node: &Node, problems: &mut Problems) -> Option<Spanned<String>> {
    let value = node.words("a value", "ext4", problems)?;
    if value.contains(|letter: char| letter.is_whitespace() || "=,'\"$".contains(letter)) {
        let help = "it is a part of the case's name: no blanks, commas, quotes, `=` or `$`";
        return problems.at(value.span, format!("`{}` cannot be a value of the matrix", value.value), help);
    }
    Some(value)
}

/// All combinations, in the order of the file; one without values where there is no matrix.
pub(crate) fn combinations(matrix: &[Dimension]) -> Vec<Values> {
    matrix.iter().fold(vec![Values::new()], |before, dimension| {
        let with = |values: Values| {
            let one = move |value: &Spanned<String>| {
                let mut values = values.clone();
                values.push((dimension.name.value.clone(), value.value.clone()));
                values
            };
            dimension.values.iter().map(one).collect::<Vec<_>>()
        };
        before.into_iter().flat_map(with).collect()
    })
}
