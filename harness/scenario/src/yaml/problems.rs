//! The problems found so far.

use crate::error::ScenarioError;
use crate::nearest::remedy;
use crate::span::{Span, Spanned};

/// Collects problems while reading goes on.
#[derive(Debug, Default)]
pub(crate) struct Problems(Vec<ScenarioError>);

impl Problems {
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    pub(crate) fn into_errors(self) -> Vec<ScenarioError> {
        self.0
    }

    pub(crate) fn add(&mut self, error: ScenarioError) {
        self.0.push(error);
    }

    /// A problem; answers `None`, so that a decoder can end with it.
    pub(crate) fn at<T>(&mut self, span: Span, message: impl Into<String>, help: impl Into<String>) -> Option<T> {
        self.add(ScenarioError::at(span, message, help));
        None
    }

    /// A word that is not one of those that may stand there.
    pub(crate) fn unknown<'a, T>(
        &mut self,
        word: &Spanned<String>,
        what: &str,
        known: &str,
        candidates: impl IntoIterator<Item = &'a str>,
    ) -> Option<T> {
        let error = ScenarioError::at(word.span, format!("unknown {what} `{}`", word.value), remedy(word, known, candidates));
        self.add(error.labelled("not known"));
        None
    }
}
