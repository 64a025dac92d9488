//! YAML as a tree of texts, each with its line.
//!
//! Scalars stay as they were written: what type a value must have is the business of whoever reads it. Anchors are
//! understood where YAML resolves them by itself, which is nowhere here: aliases and tags are refused with their place.

use granit_parser::{Event, Parser, ScalarStyle, ScanError, Span, StrInput};

/// A value and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Node {
    /// From 1.
    pub line: usize,
    /// What it holds.
    pub content: Content,
}

/// What a node holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Content {
    /// Nothing was written, or `~`, or `null`.
    Nothing,
    /// A scalar, as it is written.
    Text(String),
    /// A sequence.
    List(Vec<Node>),
    /// In the order of the file; a key may be there twice.
    Map(Vec<(Key, Node)>),
}

/// The key of a map.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key {
    /// As it is written.
    pub text: String,
    /// From 1.
    pub line: usize,
}

/// Why a text is no such tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotYaml {
    /// From 1.
    pub line: usize,
    /// What the parser says.
    pub reason: String,
}

impl Node {
    /// The value of a key, when this is a map that has it.
    pub fn get(&self, key: &str) -> Option<&Self> {
        match &self.content {
            Content::Map(entries) => entries.iter().find(|(found, _)| found.text == key).map(|(_, value)| value),
            _ => None,
        }
    }

    /// The text, when it is one.
    pub fn text(&self) -> Option<&str> {
        match &self.content {
            Content::Text(text) => Some(text),
            _ => None,
        }
    }
}

/// Reads a text; `None` when there is nothing in it.
///
/// # Errors
/// [`NotYaml`] for what is no YAML, or more of it than stands here.
pub fn parse(text: &str) -> Result<Option<Node>, NotYaml> {
    let mut reader = Reader { events: Parser::new_from_str(text), depth: 0 };
    reader.document()
}

/// Deeper than any configuration, and shallow enough for the stack.
const DEEPEST: usize = 32;

struct Reader<'a> {
    events: Parser<'a, StrInput<'a>>,
    depth: usize,
}

impl<'a> Reader<'a> {
    /// The next event that is not a comment; the end of the stream for ever after it.
    fn next(&mut self) -> Result<(Event<'a>, usize), NotYaml> {
        loop {
            match self.events.next() {
                Some(Ok((Event::Comment(..), _))) => {}
                Some(Ok((event, span))) => return Ok((event, line_of(&span))),
                Some(Err(error)) => return Err(scan_error(&error)),
                None => return Ok((Event::StreamEnd, 0)),
            }
        }
    }

    fn document(&mut self) -> Result<Option<Node>, NotYaml> {
        let mut found = None;
        loop {
            let (event, line) = self.next()?;
            match event {
                Event::StreamEnd => return Ok(found),
                Event::StreamStart | Event::DocumentStart(..) | Event::DocumentEnd => {}
                _ if found.is_some() => return Err(NotYaml { line, reason: "a second document begins here".to_owned() }),
                event => found = Some(self.node(event, line)?),
            }
        }
    }

    fn node(&mut self, event: Event<'a>, line: usize) -> Result<Node, NotYaml> {
        let content = match event {
            Event::Scalar(text, style, _, None) => {
                let nothing = style == ScalarStyle::Plain && matches!(&*text, "" | "~" | "null");
                if nothing { Content::Nothing } else { Content::Text(text.into_owned()) }
            }
            Event::SequenceStart(_, _, None) => self.nested(line, Self::list)?,
            Event::MappingStart(_, _, None) => self.nested(line, Self::map)?,
            _ => return Err(NotYaml { line, reason: "aliases and tags are not understood here".to_owned() }),
        };
        Ok(Node { line, content })
    }

    fn nested(&mut self, line: usize, read: fn(&mut Self) -> Result<Content, NotYaml>) -> Result<Content, NotYaml> {
        if self.depth == DEEPEST {
            return Err(NotYaml { line, reason: "it is nested too deeply".to_owned() });
        }
        self.depth += 1;
        let content = read(self);
        self.depth -= 1;
        content
    }

    fn list(&mut self) -> Result<Content, NotYaml> {
        let mut members = Vec::new();
        loop {
            let (event, line) = self.next()?;
            if event == Event::SequenceEnd {
                return Ok(Content::List(members));
            }
            members.push(self.node(event, line)?);
        }
    }

    fn map(&mut self) -> Result<Content, NotYaml> {
        let mut entries = Vec::new();
        loop {
            let (event, line) = self.next()?;
            if event == Event::MappingEnd {
                return Ok(Content::Map(entries));
            }
            let Content::Text(text) = self.node(event, line)?.content else {
                return Err(NotYaml { line, reason: "a key that is not a word".to_owned() });
            };
            let (event, value_line) = self.next()?;
            let mut value = self.node(event, value_line)?;
            if value.content == Content::Nothing {
                // Nothing has no place of its own; its key has.
                value.line = line;
            }
            entries.push((Key { text, line }, value));
        }
    }
}

fn line_of(span: &Span) -> usize {
    span.start.line()
}

fn scan_error(error: &ScanError) -> NotYaml {
    NotYaml { line: error.marker().line(), reason: error.info().to_owned() }
}
