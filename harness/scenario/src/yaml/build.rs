//! From text to the tree.
//!
//! Left out of YAML on purpose: anchors and aliases, tags, several documents, keys that are not plain text. Each is
//! refused with its place.

use granit_parser::{Event, Parser, ScalarStyle, ScanError, Span as Mark};

use super::{Content, Node, Problems};
use crate::error::ScenarioError;
use crate::span::{Span, Spanned};

type Events<'a> = Parser<'a, granit_parser::StrInput<'a>>;

/// Why building stopped.
enum Stop {
    Scan(Box<ScanError>),
    Refused(Box<ScenarioError>),
}

/// Reads a text; `None` when it is not YAML that the language allows.
pub(crate) fn read(text: &str, problems: &mut Problems) -> Option<Node> {
    let mut builder = Builder { text, events: Parser::new_from_str(text), problems };
    match builder.document() {
        Ok(node) => Some(node),
        Err(Stop::Refused(error)) => {
            problems.add(*error);
            None
        }
        Err(Stop::Scan(error)) => {
            let start = error.marker().byte_offset().unwrap_or(text.len());
            let message = format!("this is not YAML: {}", error.info());
            problems.at(Span { start, end: start }, message, "check indentation, quotes and brackets at and before this place")
        }
    }
}

struct Builder<'a, 'p> {
    text: &'a str,
    events: Events<'a>,
    problems: &'p mut Problems,
}

impl<'a> Builder<'a, '_> {
    /// The next event that is not a comment; the end of the stream for ever after it.
    fn next(&mut self) -> Result<(Event<'a>, Span), Stop> {
        loop {
            match self.events.next() {
                Some(Ok((Event::Comment(..), _))) => {}
                Some(Ok((event, mark))) => return Ok((event, self.place(mark))),
                Some(Err(error)) => return Err(Stop::Scan(Box::new(error))),
                None => return Ok((Event::StreamEnd, Span { start: self.text.len(), end: self.text.len() })),
            }
        }
    }

    fn place(&self, mark: Mark) -> Span {
        let start = mark.start.byte_offset().unwrap_or(0).min(self.text.len());
        let end = mark.end.byte_offset().unwrap_or(start).min(self.text.len());
        Span { start, end: end.max(start) }
    }

    fn document(&mut self) -> Result<Node, Stop> {
        let mut found = None;
        loop {
            let (event, span) = self.next()?;
            match event {
                Event::StreamEnd => break,
                Event::StreamStart | Event::DocumentStart(..) | Event::DocumentEnd => {}
                _ if found.is_some() => return refuse(span, "a second document in the file", "write one scenario a file"),
                event => found = Some(self.node(event, span)?),
            }
        }
        found.map_or_else(|| refuse(Span::default(), "the file is empty", "begin with `scenario:` and a title"), Ok)
    }

    fn node(&mut self, event: Event<'a>, span: Span) -> Result<Node, Stop> {
        match event {
            Event::Scalar(.., anchor, tag) if anchor != 0 || tag.is_some() => refuse_reference(span),
            Event::SequenceStart(_, anchor, tag) | Event::MappingStart(_, anchor, tag) if anchor != 0 || tag.is_some() => {
                refuse_reference(span)
            }
            Event::Scalar(text, style, ..) => Ok(self.scalar(&text, style, span)),
            Event::SequenceStart(..) => self.list(span),
            Event::MappingStart(..) => self.map(span),
            _ => refuse_reference(span),
        }
    }

    fn scalar(&self, text: &str, style: ScalarStyle, span: Span) -> Node {
        let nothing = style == ScalarStyle::Plain && matches!(text, "" | "~" | "null");
        let content = if nothing { Content::Nothing } else { Content::Scalar(text.to_owned()) };
        Node { span: self.trim(span), content, plain: style == ScalarStyle::Plain }
    }

    fn list(&mut self, start: Span) -> Result<Node, Stop> {
        let mut members = Vec::new();
        loop {
            let (event, span) = self.next()?;
            if event == Event::SequenceEnd {
                let span = self.trim(Span { start: start.start, end: span.end });
                return Ok(Node { span, content: Content::List(members), plain: false });
            }
            members.push(self.node(event, span)?);
        }
    }

    fn map(&mut self, start: Span) -> Result<Node, Stop> {
        let mut entries: Vec<(Spanned<String>, Node)> = Vec::new();
        loop {
            let (event, span) = self.next()?;
            if event == Event::MappingEnd {
                let span = self.trim(Span { start: start.start, end: span.end });
                return Ok(Node { span, content: Content::Map(entries), plain: false });
            }
            let key = self.key(event, span)?;
            let (event, span) = self.next()?;
            let mut value = self.node(event, span)?;
            if value.content == Content::Nothing && value.span.start == value.span.end {
                // Nothing has no place of its own; its key has.
                value.span = key.span;
            }
            match entries.iter().find(|(earlier, _)| earlier.value == key.value) {
                Some((earlier, _)) => self.problems.add(twice(&key, earlier)),
                None => entries.push((key, value)),
            }
        }
    }

    fn key(&mut self, event: Event<'a>, span: Span) -> Result<Spanned<String>, Stop> {
        let node = self.node(event, span)?;
        match node.content {
            Content::Scalar(text) => Ok(Spanned::new(text, node.span)),
            _ => refuse(node.span, "a key that is not a word", "write keys as plain words, followed by a colon"),
        }
    }

    /// Without white space at the end: block nodes reach up to the next token, which would mark lines that say nothing.
    fn trim(&self, span: Span) -> Span {
        let slice = self.text.get(span.start..span.end).unwrap_or("");
        Span { start: span.start, end: span.start + slice.trim_end().len() }
    }
}

fn twice(key: &Spanned<String>, earlier: &Spanned<String>) -> ScenarioError {
    ScenarioError::at(key.span, format!("key `{}` is there twice", key.value), "keep one of the two")
        .labelled("again here")
        .also(earlier.span, "first here")
}

fn refuse<T>(span: Span, message: &str, help: &str) -> Result<T, Stop> {
    Err(Stop::Refused(Box::new(ScenarioError::at(span, message, help))))
}

fn refuse_reference<T>(span: Span) -> Result<T, Stop> {
    refuse(span, "anchors, aliases and tags are not part of the scenario language", "write the value out")
}
