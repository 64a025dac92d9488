//! What is wrong with an inventory file: each thing with its place, shown in its line, and its remedy.

use std::fmt;
use std::sync::Arc;

use miette::{Diagnostic, GraphicalReportHandler, GraphicalTheme, LabeledSpan, NamedSource};
use serde_saphyr::{Error, Location};
use strsim::damerau_levenshtein;

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InventoryError {
    /// What.
    pub message: String,
    /// The remedy.
    pub help: String,
    /// The first byte of its place.
    pub start: usize,
    /// How many bytes its place has.
    pub length: usize,
}

impl InventoryError {
    pub(super) fn at(place: Location, message: impl Into<String>, help: impl Into<String>) -> Self {
        let number = |number: Option<u64>| usize::try_from(number.unwrap_or(0)).unwrap_or(0);
        let (start, length) = (number(place.span().byte_offset()), number(place.span().byte_len()));
        Self { message: message.into(), help: help.into(), start, length }
    }
}

/// Everything that is wrong with one file, at least one thing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InventoryErrors {
    name: Arc<str>,
    text: Arc<str>,
    errors: Vec<InventoryError>,
}

impl InventoryErrors {
    pub(super) fn new(name: &str, text: &str, mut errors: Vec<InventoryError>) -> Self {
        for error in &mut errors {
            // Places come from a parser that is not ours; none may make a renderer slip.
            let boundary = |offset: usize| (0..=offset.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
            let (start, end) = (boundary(error.start), boundary(error.start.saturating_add(error.length)));
            let marked = text[start..end].lines().next().map_or(0, |line| line.trim_end().len());
            (error.start, error.length) = (start, marked);
        }
        errors.sort_by_key(|error| error.start);
        Self { name: name.into(), text: text.into(), errors }
    }

    /// The things.
    pub fn errors(&self) -> &[InventoryError] {
        &self.errors
    }
}

impl fmt::Display for InventoryErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Neither links nor wrapping nor colours: an error reads the same on every terminal and in every log.
        let handler = GraphicalReportHandler::new_themed(GraphicalTheme::unicode_nocolor()).with_links(false).with_wrap_lines(false);
        writeln!(f, "the inventory {} is wrong", self.name)?;
        for error in &self.errors {
            let source = NamedSource::new(&*self.name, self.text.to_string());
            handler.render_report(f, &Shown { error, source })?;
        }
        Ok(())
    }
}

impl std::error::Error for InventoryErrors {}

/// One thing together with the text, as miette wants it.
#[derive(Debug)]
struct Shown<'a> {
    error: &'a InventoryError,
    source: NamedSource<String>,
}

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.error.message)
    }
}

impl std::error::Error for Shown<'_> {}

impl Diagnostic for Shown<'_> {
    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        Some(Box::new(&self.error.help))
    }

    fn source_code(&self) -> Option<&dyn miette::SourceCode> {
        Some(&self.source)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        let place = (self.error.start, self.error.length);
        Some(Box::new(std::iter::once(LabeledSpan::new_primary_with_span(Some("here".to_owned()), place))))
    }
}

/// What the parser says, in our words where it says what it expected.
pub(super) fn of_form(error: &Error) -> InventoryError {
    let error = error.without_snippet();
    let place = error.location().unwrap_or(Location::UNKNOWN);
    match error {
        Error::SerdeUnknownField { field, expected, .. } => {
            InventoryError::at(place, format!("unknown key `{field}`"), remedy(field, "keys that may stand here", expected))
        }
        Error::SerdeUnknownVariant { variant, expected, .. } => {
            InventoryError::at(place, format!("`{variant}` is none of these"), remedy(variant, "what may stand here", expected))
        }
        Error::SerdeMissingField { field, .. } => InventoryError::at(place, format!("there is no `{field}`"), format!("add `{field}:`")),
        Error::DuplicateMappingKey { key, .. } => {
            let key = key.as_deref().unwrap_or_default();
            InventoryError::at(place, format!("key `{key}` is there twice"), "keep one of the two")
        }
        Error::Eof { .. } => InventoryError::at(place, "the file ends too early, or is empty", "begin with `datacenters:`"),
        other => {
            let text = other.to_string();
            let help = "check the value, and indentation, quotes and brackets at and before this place";
            InventoryError::at(place, text.lines().next().unwrap_or_default(), help)
        }
    }
}

/// The remedy for a word that is not one of `candidates`: the nearest, then all.
pub(super) fn remedy(word: &str, what: &str, candidates: &[&str]) -> String {
    let known = if candidates.is_empty() { format!("there are no {what}") } else { format!("{what}: {}", candidates.join(", ")) };
    let distances = candidates.iter().map(|candidate| (damerau_levenshtein(word, candidate), candidate));
    match distances.filter(|(distance, candidate)| *distance <= (candidate.len() / 3).max(1)).min_by_key(|(distance, _)| *distance) {
        Some((_, nearest)) => format!("did you mean `{nearest}`? {known}"),
        None => known,
    }
}
