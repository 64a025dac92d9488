//! Tags on objects of a vCenter: `{k8s-zone: zone-a}`.

use std::fmt;

use crate::error::ScenarioError;
use crate::span::Spanned;
use crate::yaml::{Node, Problems};

/// A tag of a category, on some object. Categories and tags come to be where a scenario uses them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ObjectTag {
    /// The category: `k8s-zone`.
    pub category: Spanned<String>,
    /// The tag: `zone-a`.
    pub tag: Spanned<String>,
}

impl fmt::Display for ObjectTag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}={}", self.category, self.tag)
    }
}

pub(crate) const EXAMPLE: &str = "{k8s-zone: zone-a}";

/// Reads a map of categories and tags, at least one.
pub(crate) fn decode(node: &Node, problems: &mut Problems) -> Option<Vec<ObjectTag>> {
    let entries = node.map("tags", EXAMPLE, problems)?;
    if entries.is_empty() {
        return problems.at(node.span, "`tags` is an empty map", format!("write at least one: {EXAMPLE}"));
    }
    let read: Vec<Option<ObjectTag>> = entries.iter().map(|(category, tag)| one(category, tag, problems)).collect();
    read.into_iter().collect()
}

/// Reads one entry of such a map.
pub(crate) fn one(category: &Spanned<String>, tag: &Node, problems: &mut Problems) -> Option<ObjectTag> {
    if category.trim().is_empty() {
        problems.add(ScenarioError::at(category.span, "a tag category without a name", format!("write it like this: {EXAMPLE}")));
        return None;
    }
    let tag = tag.words(&format!("the tag of category {category}"), "zone-a", problems)?;
    Some(ObjectTag { category: category.clone(), tag })
}
