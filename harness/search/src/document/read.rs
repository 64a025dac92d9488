//! From text to trees.

use granit_parser::{Event, Parser, ScalarStyle, StrInput};

use super::tree::Tree;

/// Why a text is no tree.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DocumentError {
    /// It is not YAML.
    #[error("this is not YAML: {0}")]
    Yaml(String),
    /// It has what cannot be kept.
    #[error("anchors, aliases and tags cannot be kept when a file is changed; write the value out")]
    Reference,
    /// A key that is a list or a map.
    #[error("a key that is not a word cannot be kept when a file is changed")]
    Key,
}

/// Reads all documents of a text; those that hold nothing are left out.
///
/// # Errors
/// See [`DocumentError`].
pub fn read(text: &str) -> Result<Vec<Tree>, DocumentError> {
    let mut reader = Reader { events: Parser::new_from_str(text) };
    let mut documents = Vec::new();
    loop {
        match reader.next()? {
            Event::StreamEnd => return Ok(documents),
            Event::StreamStart | Event::DocumentStart(..) | Event::DocumentEnd => {}
            event => documents.push(reader.value(event)?),
        }
        documents.retain(|document| *document != Tree::plain(""));
    }
}

struct Reader<'a> {
    events: Parser<'a, StrInput<'a>>,
}

impl<'a> Reader<'a> {
    /// The next event that is not a comment.
    fn next(&mut self) -> Result<Event<'a>, DocumentError> {
        loop {
            match self.events.next() {
                Some(Ok((Event::Comment(..), _))) => {}
                Some(Ok((event, _))) => return Ok(event),
                Some(Err(error)) => return Err(DocumentError::Yaml(error.info().to_owned())),
                None => return Ok(Event::StreamEnd),
            }
        }
    }

    fn value(&mut self, event: Event<'a>) -> Result<Tree, DocumentError> {
        match event {
            Event::Scalar(text, style, 0, None) => Ok(Tree::Scalar { text: text.into_owned(), plain: style == ScalarStyle::Plain }),
            Event::SequenceStart(_, 0, None) => self.list(),
            Event::MappingStart(_, 0, None) => self.map(),
            _ => Err(DocumentError::Reference),
        }
    }

    fn list(&mut self) -> Result<Tree, DocumentError> {
        let mut members = Vec::new();
        loop {
            match self.next()? {
                Event::SequenceEnd => return Ok(Tree::List(members)),
                event => members.push(self.value(event)?),
            }
        }
    }

    fn map(&mut self) -> Result<Tree, DocumentError> {
        let mut entries = Vec::new();
        loop {
            match self.next()? {
                Event::MappingEnd => return Ok(Tree::Map(entries)),
                event => {
                    let Tree::Scalar { text: key, .. } = self.value(event)? else { return Err(DocumentError::Key) };
                    let event = self.next()?;
                    entries.push((key, self.value(event)?));
                }
            }
        }
    }
}
