//! Placeholders: what stands in a text for a value, as `${matrix.file-system}` and `${each.node}` do.

use crate::span::{Span, Spanned};
use crate::yaml::{Content, Node, Problems};

use super::matrix::Values;

/// A kind of placeholder.
pub(crate) struct Placeholder {
    /// How one begins; its name and a brace follow.
    begins: &'static str,
    /// What such a name is, in errors.
    what: &'static str,
    /// What several are.
    known: &'static str,
}

/// `${matrix.NAME}`: a value of the matrix.
pub(crate) const OF_MATRIX: Placeholder = Placeholder { begins: "${matrix.", what: "name of the matrix", known: "names of the matrix" };

/// `${each.NAME}`: a value of a loop.
pub(crate) const OF_LOOP: Placeholder = Placeholder { begins: "${each.", what: "name of a loop", known: "names of loops here" };

impl Placeholder {
    /// What stands for a value of this name.
    pub(crate) fn named(&self, name: &str) -> String {
        format!("{}{name}}}", self.begins)
    }

    /// The text with values in the places of their names; names that there are not stay.
    pub(crate) fn filled(&self, text: &str, values: &[(String, String)]) -> String {
        values.iter().fold(text.to_owned(), |text, (name, value)| text.replace(&self.named(name), value))
    }

    /// Puts values into all texts of a tree, keys among them; a name that there is not is an error.
    pub(crate) fn fill(&self, node: &mut Node, values: &Values, problems: &mut Problems) {
        match &mut node.content {
            Content::Nothing => {}
            Content::Scalar(text) => {
                // What stands for a number or a truth is one, whatever quotes YAML has asked for.
                node.plain |= self.put(text, node.span, values, problems);
            }
            Content::List(members) => members.iter_mut().for_each(|member| self.fill(member, values, problems)),
            Content::Map(entries) => {
                for (name, value) in entries {
                    self.put(&mut name.value, name.span, values, problems);
                    self.fill(value, values, problems);
                }
            }
        }
    }

    /// Whether there was anything to be put.
    fn put(&self, text: &mut String, span: Span, values: &Values, problems: &mut Problems) -> bool {
        if !text.contains(self.begins) {
            return false;
        }
        *text = self.filled(text, values);
        let Some((_, rest)) = text.split_once(self.begins) else { return true };
        let name = Spanned::new(rest.split('}').next().unwrap_or_default().to_owned(), span);
        let _: Option<()> = problems.unknown(&name, self.what, self.known, values.iter().map(|(name, _)| name.as_str()));
        true
    }

    /// Whether a tree has a value of this name somewhere.
    pub(crate) fn is_in(&self, node: &Node, name: &str) -> bool {
        let is_said = |text: &str| text.contains(&self.named(name));
        match &node.content {
            Content::Nothing => false,
            Content::Scalar(text) => is_said(text),
            Content::List(members) => members.iter().any(|member| self.is_in(member, name)),
            Content::Map(entries) => entries.iter().any(|(key, value)| is_said(&key.value) || self.is_in(value, name)),
        }
    }
}
