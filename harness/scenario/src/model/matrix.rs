//! `matrix`: named values that a scenario runs with, once for each combination.
//!
//! Where a text of the scenario or of a manifest says `${matrix.NAME}`, the value stands in its place before anything else is read. So a
//! value may be whatever may stand there: a number, a part of a name, the path of a manifest.

use crate::model::lists::{different, members};
use crate::model::object::is_name;
use crate::span::Spanned;
use crate::yaml::{Content, Node, Problems};

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
const BEGINS: &str = "${matrix.";

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

/// What stands for a value of this name.
pub(crate) fn placeholder(name: &str) -> String {
    format!("{BEGINS}{name}}}")
}

/// The text with values in the places of their names; names that there are not stay.
pub(crate) fn filled(text: &str, values: &[(String, String)]) -> String {
    values.iter().fold(text.to_owned(), |text, (name, value)| text.replace(&placeholder(name), value))
}

/// Puts values into all texts of a tree, keys among them; a name that there is not is an error.
pub(crate) fn fill(node: &mut Node, values: &[(String, String)], problems: &mut Problems) {
    match &mut node.content {
        Content::Nothing => {}
        Content::Scalar(text) => {
            // What stands for a number or a truth is one, whatever quotes YAML has asked for.
            node.plain |= put(text, node.span, values, problems);
        }
        Content::List(members) => members.iter_mut().for_each(|member| fill(member, values, problems)),
        Content::Map(entries) => {
            for (name, value) in entries {
                put(&mut name.value, name.span, values, problems);
                fill(value, values, problems);
            }
        }
    }
}

/// Whether there was anything to be put.
fn put(text: &mut String, span: crate::Span, values: &[(String, String)], problems: &mut Problems) -> bool {
    if !text.contains(BEGINS) {
        return false;
    }
    *text = filled(text, values);
    let Some((_, rest)) = text.split_once(BEGINS) else { return true };
    let name = Spanned::new(rest.split('}').next().unwrap_or_default().to_owned(), span);
    let _: Option<()> = problems.unknown(&name, "name of the matrix", "names of the matrix", values.iter().map(|(name, _)| name.as_str()));
    true
}
