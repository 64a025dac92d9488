//! Reading a map by its keys: each key that is asked for becomes known; those that nobody asked for are errors.

use super::node::quoted;
use super::{Node, Problems};
use crate::error::ScenarioError;
use crate::nearest::remedy;
use crate::span::{Span, Spanned};

/// The entries of a map that is being read.
pub(crate) struct Fields<'a> {
    what: &'static str,
    span: Span,
    left: Vec<&'a (Spanned<String>, Node)>,
    known: Vec<&'static str>,
}

impl<'a> Fields<'a> {
    /// Begins to read a map; `what` names it in errors, `example` shows one.
    pub(crate) fn of(node: &'a Node, what: &'static str, example: &str, problems: &mut Problems) -> Option<Self> {
        let entries = node.map(what, example, problems)?;
        Some(Self { what, span: node.span, left: entries.iter().collect(), known: Vec::new() })
    }

    /// The value of a key that may be absent.
    pub(crate) fn optional(&mut self, key: &'static str) -> Option<&'a Node> {
        self.known.push(key);
        let place = self.left.iter().position(|(name, _)| name.value == key)?;
        Some(&self.left.remove(place).1)
    }

    /// What a key that may be absent says: `Some(None)` when it is absent, `None` when it is wrong.
    pub(crate) fn maybe<T>(
        &mut self,
        key: &'static str,
        problems: &mut Problems,
        decode: impl FnOnce(&'a Node, &mut Problems) -> Option<T>,
    ) -> Option<Option<T>> {
        match self.optional(key) {
            None => Some(None),
            Some(node) => decode(node, problems).map(Some),
        }
    }

    /// All entries that nobody has asked for, in maps whose other keys are names of the writer's choice.
    pub(crate) fn rest(self) -> Vec<&'a (Spanned<String>, Node)> {
        self.left
    }

    /// The value of a key that must be there.
    pub(crate) fn required(&mut self, key: &'static str, problems: &mut Problems) -> Option<&'a Node> {
        if let Some(node) = self.optional(key) {
            return Some(node);
        }
        // A misspelt key explains the missing one better than its absence does.
        let misspelt = self.left.iter().any(|(name, _)| crate::nearest::nearest(name, [key]).is_some());
        if !misspelt {
            let error = ScenarioError::at(first_line(self.span), format!("{} has no `{key}`", quoted(self.what)), format!("add `{key}:`"));
            problems.add(error.labelled(format!("`{key}` is missing")));
        }
        None
    }

    /// The one entry whose key is a name of the writer's choice, in maps that have such an entry.
    pub(crate) fn named(&mut self, wanted: &str, example: &str, problems: &mut Problems) -> Option<(&'a Spanned<String>, &'a Node)> {
        let place = self.left.iter().position(|(name, _)| name.contains('/'));
        let Some(place) = place.or(if self.left.is_empty() { None } else { Some(0) }) else {
            return problems.at(
                self.span,
                format!("{} does not say which {wanted}", quoted(self.what)),
                format!("write it like this: {example}"),
            );
        };
        let (name, node) = self.left.remove(place);
        Some((name, node))
    }

    /// Ends reading: what is left is unknown.
    pub(crate) fn finish(self, problems: &mut Problems) {
        for (name, _) in self.left {
            let message = format!("unknown key `{}` in {}", name.value, quoted(self.what));
            let help = remedy(name, "keys that may stand here", self.known.iter().copied());
            problems.add(ScenarioError::at(name.span, message, help).labelled("not known"));
        }
    }
}

/// The only entry of a one-key map.
pub(crate) fn only_entry<'a>(
    node: &'a Node,
    what: &str,
    example: &str,
    problems: &mut Problems,
) -> Option<(&'a Spanned<String>, &'a Node)> {
    match node.map(what, example, problems)? {
        [(name, value)] => Some((name, value)),
        [] => problems.at(node.span, format!("{what} is an empty map"), format!("write it like this: {example}")),
        [_, (second, _), ..] => {
            let help = "begin a new list member with `- ` for each";
            problems.at(second.span, format!("{what} says two things: a map with one key was expected"), help)
        }
    }
}

/// A span too long to be marked is marked by its first bytes only; the renderer would draw a bar along all its lines.
fn first_line(span: Span) -> Span {
    Span { start: span.start, end: span.end.min(span.start + 1) }
}
