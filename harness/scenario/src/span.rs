//! Places in a scenario's text.

use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

use miette::SourceSpan;

/// A range of bytes in the text, from `start` up to but without `end`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// The first byte.
    pub start: usize,
    /// The byte after the last.
    pub end: usize,
}

impl From<Span> for SourceSpan {
    fn from(span: Span) -> Self {
        Self::from((span.start, span.end.saturating_sub(span.start)))
    }
}

/// A value and where it was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Spanned<T> {
    /// What was written.
    pub value: T,
    /// Where.
    pub span: Span,
}

impl<T> Spanned<T> {
    /// A value with its place.
    pub fn new(value: T, span: Span) -> Self {
        Self { value, span }
    }

    /// Another value at the same place.
    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> Spanned<U> {
        Spanned { value: change(self.value), span: self.span }
    }
}

impl<T> Deref for Spanned<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

impl<T: fmt::Display> fmt::Display for Spanned<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.value.fmt(f)
    }
}

/// The file a scenario was read from; clones share it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Source {
    pub(crate) name: Arc<str>,
    pub(crate) text: Arc<str>,
    /// The file that its world was included from. Places in it begin behind the end of this text.
    world: Option<Arc<Source>>,
}

impl Source {
    pub(crate) fn new(name: &str, text: &str) -> Self {
        Self { name: name.into(), text: text.into(), world: None }
    }

    /// Learns of an included world; answers where its places begin.
    pub(crate) fn with_world(&mut self, world: Self) -> usize {
        self.world = Some(Arc::new(world));
        self.base()
    }

    /// One behind the last place of this text, which is its end.
    fn base(&self) -> usize {
        self.text.len() + 1
    }

    /// The included world, if a place lies in it, and the place there.
    pub(crate) fn in_world(&self, span: Span) -> Option<(&Self, Span)> {
        let world = self.world.as_deref().filter(|_| span.start >= self.base())?;
        Some((world, Span { start: span.start - self.base(), end: span.end.saturating_sub(self.base()) }))
    }

    /// Line and column of the span's start, both from 1; columns count characters. Of a place in an included world, those there.
    pub(crate) fn locate(&self, span: Span) -> (usize, usize) {
        if let Some((world, span)) = self.in_world(span) {
            return world.locate(span);
        }
        let before = &self.text[..self.boundary(span.start)];
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or("").chars().count() + 1;
        (line, column)
    }

    /// The same span, moved to character boundaries within the text, so that no foreign span can make a renderer slip.
    pub(crate) fn clamp(&self, span: Span) -> Span {
        let start = self.boundary(span.start);
        Span { start, end: self.boundary(span.end).max(start) }
    }

    fn boundary(&self, offset: usize) -> usize {
        let offset = offset.min(self.text.len());
        (0..=offset).rev().find(|&candidate| self.text.is_char_boundary(candidate)).unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_and_columns_count_from_one_and_by_characters() {
        let source = Source::new("a.yaml", "größe: 1\nb: 2\n");
        assert_eq!(source.locate(Span { start: 0, end: 1 }), (1, 1));
        assert_eq!(source.locate(Span { start: 9, end: 10 }), (1, 8));
        assert_eq!(source.locate(Span { start: 11, end: 12 }), (2, 1));
        assert_eq!(source.locate(Span { start: 999, end: 1000 }), (3, 1));
    }

    #[test]
    fn places_of_an_included_world_begin_behind_the_end() {
        let mut source = Source::new("a.yaml", "a: 1\n");
        assert_eq!(source.with_world(Source::new("b.yaml", "b:\n  c: 2\n")), 6);
        assert_eq!(source.locate(Span { start: 5, end: 5 }), (2, 1));
        assert_eq!(source.in_world(Span { start: 5, end: 5 }), None);
        assert_eq!(source.locate(Span { start: 11, end: 12 }), (2, 3));
    }
}
