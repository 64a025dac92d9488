//! A node of the tree.

use std::str::FromStr;

use serde_json::Value;

use super::Problems;
use crate::error::ScenarioError;
use crate::span::{Span, Spanned};

/// A value and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Node {
    pub(crate) span: Span,
    pub(crate) content: Content,
    /// Whether it is a scalar without quotes.
    pub(crate) plain: bool,
}

/// What a node holds. Scalars keep their text as it was written, less quotes and escapes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Content {
    /// Nothing was written, or `~`, or `null`.
    Nothing,
    Scalar(String),
    List(Vec<Node>),
    Map(Vec<(Spanned<String>, Node)>),
}

impl Node {
    fn kind(&self) -> &'static str {
        match self.content {
            Content::Nothing => "nothing",
            Content::Scalar(_) => "a single value",
            Content::List(_) => "a list",
            Content::Map(_) => "a map",
        }
    }

    /// The same as JSON: what has no quotes is null, a truth or a number where it looks like one (YAML's core schema).
    pub(crate) fn json(&self) -> Value {
        match &self.content {
            Content::Nothing => Value::Null,
            Content::Scalar(text) if self.plain => plain_json(text),
            Content::Scalar(text) => Value::String(text.clone()),
            Content::List(members) => members.iter().map(Self::json).collect(),
            Content::Map(entries) => entries.iter().map(|(name, value)| (name.value.clone(), value.json())).collect(),
        }
    }

    /// Says that something else was expected here.
    pub(crate) fn is_not<T>(&self, what: &str, wanted: &str, example: &str, problems: &mut Problems) -> Option<T> {
        let what = quoted(what);
        let error =
            ScenarioError::at(self.span, format!("{what} must be {wanted}, not {}", self.kind()), format!("write it like this: {example}"));
        problems.add(error.labelled(self.kind()));
        None
    }

    /// The text of a scalar.
    pub(crate) fn text(&self, what: &str, example: &str, problems: &mut Problems) -> Option<Spanned<String>> {
        match &self.content {
            Content::Scalar(text) => Some(Spanned::new(text.clone(), self.span)),
            _ => self.is_not(what, "text", example, problems),
        }
    }

    /// The text of a scalar that must not be empty.
    pub(crate) fn words(&self, what: &str, example: &str, problems: &mut Problems) -> Option<Spanned<String>> {
        let text = self.text(what, example, problems)?;
        if text.trim().is_empty() {
            return problems.at(self.span, format!("{} is empty", quoted(what)), format!("write it like this: {example}"));
        }
        Some(text)
    }

    /// A whole number within bounds.
    pub(crate) fn number<N>(&self, what: &str, low: N, high: N, problems: &mut Problems) -> Option<Spanned<N>>
    where
        N: FromStr + PartialOrd + std::fmt::Display + Copy,
    {
        let wanted = format!("a whole number from {low} to {high}");
        let Content::Scalar(text) = &self.content else {
            return self.is_not(what, &wanted, &low.to_string(), problems);
        };
        match text.parse::<N>() {
            Ok(number) if low <= number && number <= high => Some(Spanned::new(number, self.span)),
            _ => problems.at(self.span, format!("{} must be {wanted}, not `{text}`", quoted(what)), format!("write {wanted}")),
        }
    }

    /// `true` or `false`.
    pub(crate) fn truth(&self, what: &str, problems: &mut Problems) -> Option<bool> {
        match &self.content {
            Content::Scalar(text) if text == "true" => Some(true),
            Content::Scalar(text) if text == "false" => Some(false),
            Content::Scalar(text) => {
                problems.at(self.span, format!("{} must be true or false, not `{text}`", quoted(what)), "write `true` or `false`")
            }
            _ => self.is_not(what, "true or false", "true", problems),
        }
    }

    /// The members of a list, at least one.
    pub(crate) fn some(&self, what: &str, example: &str, problems: &mut Problems) -> Option<&[Node]> {
        let members = self.list(what, example, problems)?;
        if members.is_empty() {
            return problems.at(self.span, format!("{} is an empty list", quoted(what)), format!("write at least one: {example}"));
        }
        Some(members)
    }

    /// The members of a list.
    pub(crate) fn list(&self, what: &str, example: &str, problems: &mut Problems) -> Option<&[Node]> {
        match &self.content {
            Content::List(members) => Some(members),
            _ => self.is_not(what, "a list", example, problems),
        }
    }

    /// The entries of a map.
    pub(crate) fn map(&self, what: &str, example: &str, problems: &mut Problems) -> Option<&[(Spanned<String>, Node)]> {
        match &self.content {
            Content::Map(entries) => Some(entries),
            _ => self.is_not(what, "a map", example, problems),
        }
    }
}

fn plain_json(text: &str) -> Value {
    match text {
        "true" | "True" | "TRUE" => return Value::Bool(true),
        "false" | "False" | "FALSE" => return Value::Bool(false),
        _ => {}
    }
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    // JSON's own grammar also takes no leading zeros, which YAML would read as a number; such texts are rather names.
    let is_number = digits.starts_with(|first: char| first.is_ascii_digit());
    let number = is_number.then(|| serde_json::from_str::<serde_json::Number>(text.strip_prefix('+').unwrap_or(text)).ok()).flatten();
    number.map_or_else(|| Value::String(text.to_owned()), Value::Number)
}

/// A key in quotes; what is already a phrase, as it is.
pub(super) fn quoted(what: &str) -> String {
    if what.contains(' ') { what.to_owned() } else { format!("`{what}`") }
}
