//! Problems in a scenario file, shown with the lines they are in.

use std::fmt;

use miette::{Diagnostic, GraphicalReportHandler, GraphicalTheme, LabeledSpan, NamedSource, Severity};

use crate::span::{Source, Span};

/// One problem: where, what, and what to do about it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct ScenarioError {
    /// What is wrong, as a lowercase fragment.
    pub message: String,
    /// Where.
    pub span: Span,
    /// What is marked there, in a word or two.
    pub label: String,
    /// What to do about it.
    pub help: String,
    /// Another place that the problem involves, and what is there.
    pub also: Option<(Span, String)>,
    /// The lint that found it, when it is no error but seldom meant.
    pub lint: Option<&'static str>,
    /// The file that it is in, when that is not the scenario's.
    file: Option<Source>,
}

impl ScenarioError {
    /// A problem at a place of the file.
    pub fn at(span: Span, message: impl Into<String>, help: impl Into<String>) -> Self {
        Self { message: message.into(), span, label: "here".to_owned(), help: help.into(), also: None, lint: None, file: None }
    }

    /// Says that all of this is in another file than the scenario's: a manifest that it applies.
    #[must_use]
    pub fn in_file(mut self, name: &str, text: &str) -> Self {
        self.file = Some(Source::new(name, text));
        self
    }

    /// Says that it is in the included world, if its place is there. What else it involves is shown where that is in the same file.
    fn find_file(&mut self, source: &Source) {
        if self.file.is_some() {
            return;
        }
        let there = source.in_world(self.span);
        self.also = self.also.take().and_then(|(also, label)| match (there, source.in_world(also)) {
            (Some(_), Some((_, also))) => Some((also, label)),
            (None, None) => Some((also, label)),
            _ => None,
        });
        if let Some((world, span)) = there {
            self.span = span;
            self.file = Some(world.clone());
        }
    }

    fn source<'a>(&'a self, scenario: &'a Source) -> &'a Source {
        self.file.as_ref().unwrap_or(scenario)
    }

    /// Says what is marked, instead of "here".
    #[must_use]
    pub fn labelled(mut self, label: impl Into<String>) -> Self {
        self.label = label.into();
        self
    }

    /// Makes it a warning of this lint.
    #[must_use]
    pub fn of_lint(mut self, lint: &'static str) -> Self {
        self.lint = Some(lint);
        self
    }

    /// Marks another place that the problem involves.
    #[must_use]
    pub fn also(mut self, span: Span, label: impl Into<String>) -> Self {
        self.also = Some((span, label.into()));
        self
    }
}

/// The problems of one scenario, at least one: those of its own file in the order of the text, then those of other files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScenarioErrors {
    source: Source,
    errors: Vec<ScenarioError>,
}

impl ScenarioErrors {
    pub(crate) fn new(source: Source, mut errors: Vec<ScenarioError>) -> Self {
        for error in &mut errors {
            error.find_file(&source);
            let file = error.source(&source).clone();
            error.span = file.clamp(error.span);
            error.also = error.also.take().map(|(span, label)| (file.clamp(span), label));
        }
        errors.sort_by_key(|error| (error.file.as_ref().map(|file| file.name.clone()), error.span));
        // What is wrong in a loop is found again in each of its turns.
        let mut told: Vec<ScenarioError> = Vec::with_capacity(errors.len());
        errors.into_iter().for_each(|error| {
            if !told.contains(&error) {
                told.push(error);
            }
        });
        let errors = told;
        Self { source, errors }
    }

    /// Problems of other files than a scenario's, each of which says in which it is: those that a driver is installed with.
    pub fn in_other_files(errors: Vec<ScenarioError>) -> Self {
        Self::new(Source::new("", ""), errors)
    }

    /// The problems.
    pub fn errors(&self) -> &[ScenarioError] {
        &self.errors
    }

    /// How the file is named.
    pub fn file_name(&self) -> &str {
        &self.source.name
    }

    /// Line and column of a problem, both from 1.
    pub fn locate(&self, error: &ScenarioError) -> (usize, usize) {
        error.source(&self.source).locate(error.span)
    }

    /// All problems with the lines they are in, the places marked; with terminal colours when asked.
    pub fn render(&self, colour: bool) -> String {
        let theme = if colour { GraphicalTheme::unicode() } else { GraphicalTheme::unicode_nocolor() };
        // Neither links nor wrapping: an error reads the same on every terminal and in every log.
        let handler = GraphicalReportHandler::new_themed(theme).with_links(false).with_wrap_lines(false);
        let mut text = String::new();
        for error in &self.errors {
            if !text.is_empty() {
                text.push('\n');
            }
            // Writing to a string fails only where the renderer itself gives up; then the bare words must do.
            let source = error.source(&self.source);
            if handler.render_report(&mut text, &Shown::new(source, error)).is_err() {
                let (line, column) = source.locate(error.span);
                text = format!("{text}{}:{line}:{column}: {}\nhelp: {}\n", source.name, error.message, error.help);
            }
        }
        text
    }
}

impl fmt::Display for ScenarioErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.render(false))
    }
}

impl std::error::Error for ScenarioErrors {}

/// One problem together with the text, as miette wants it.
#[derive(Debug)]
struct Shown<'a> {
    error: &'a ScenarioError,
    source: NamedSource<String>,
}

impl<'a> Shown<'a> {
    fn new(source: &Source, error: &'a ScenarioError) -> Self {
        Self { error, source: NamedSource::new(&*source.name, source.text.to_string()) }
    }
}

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.error.fmt(f)
    }
}

impl std::error::Error for Shown<'_> {}

impl Diagnostic for Shown<'_> {
    fn code<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        Some(Box::new(self.error.lint?))
    }

    fn severity(&self) -> Option<Severity> {
        self.error.lint.map(|_| Severity::Warning)
    }

    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        Some(Box::new(&self.error.help))
    }

    fn source_code(&self) -> Option<&dyn miette::SourceCode> {
        Some(&self.source)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        let primary = LabeledSpan::new_primary_with_span(Some(self.error.label.clone()), self.error.span);
        let also = self.error.also.iter().map(|(span, label)| LabeledSpan::new_with_span(Some(label.clone()), *span));
        Some(Box::new(std::iter::once(primary).chain(also)))
    }
}
