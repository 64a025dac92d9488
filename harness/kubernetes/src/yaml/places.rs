//! Where the values of a text stand, so that what is wrong with one can be shown there.

use std::collections::BTreeMap;
use std::ops::Range;

use granit_parser::{Event, Parser, Span, StrInput};

use super::scalar;
use crate::schema::{Step, Way};

/// Where a value stands, and what is in it. A value that an alias or a merge brought in stands where that is written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Place {
    /// The bytes of the key that it belongs to, in a map.
    pub key: Option<Range<usize>>,
    /// The bytes of the value.
    pub value: Range<usize>,
    below: Below,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
enum Below {
    #[default]
    Nothing,
    Members(BTreeMap<String, Place>),
    Elements(Vec<Place>),
}

impl Place {
    /// The place at the end of a way, or the last one that there is on it; and whether it is the end.
    pub fn find(&self, way: &Way) -> (&Self, bool) {
        let mut place = self;
        for step in &way.0 {
            let next = match (step, &place.below) {
                (Step::Member(name), Below::Members(members)) => members.get(name),
                (Step::Element(index), Below::Elements(elements)) => elements.get(*index),
                _ => None,
            };
            let Some(next) = next else { return (place, false) };
            place = next;
        }
        (place, true)
    }
}

/// A key that stands twice in one map: which, and where again. Read, the last one counts; read strictly, it is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Twice {
    /// The key.
    pub key: String,
    /// Its bytes, the second time.
    pub again: Range<usize>,
}

/// The places of all documents of a text, in order; as many as [`super::documents`] reads of it, when it reads it. And the keys that
/// are there twice.
pub fn places(text: &str) -> (Vec<Place>, Vec<Twice>) {
    let mut reader = Reader { text, parser: Parser::new_from_str(text), twice: Vec::new() };
    let mut documents = Vec::new();
    while let Some((event, _)) = reader.next() {
        if let Event::DocumentStart(..) = event {
            let Some(first) = reader.next() else { break };
            documents.push(if matches!(first.0, Event::DocumentEnd) { Place::default() } else { reader.place(first) });
        }
    }
    (documents, reader.twice)
}

struct Reader<'t> {
    text: &'t str,
    parser: Parser<'t, StrInput<'t>>,
    twice: Vec<Twice>,
}

impl<'t> Reader<'t> {
    /// The next event that is no comment, with its bytes; nothing at the end, or where the text is broken.
    fn next(&mut self) -> Option<(Event<'t>, Range<usize>)> {
        loop {
            match self.parser.next_event()?.ok()? {
                (Event::Comment(..), _) => {}
                (event, span) => return Some((event, self.bytes(&span))),
            }
        }
    }

    /// Without the blanks at the end: what stands in a block reaches up to the next key.
    fn bytes(&self, span: &Span) -> Range<usize> {
        let start = span.start.byte_offset().unwrap_or(0).min(self.text.len());
        let end = span.end.byte_offset().unwrap_or(start).clamp(start, self.text.len());
        let said = self.text.get(start..end).unwrap_or_default();
        start..start + said.trim_end().len()
    }

    fn place(&mut self, (event, value): (Event<'t>, Range<usize>)) -> Place {
        let below = match event {
            Event::SequenceStart(..) => self.elements(),
            Event::MappingStart(..) => self.members(),
            _ => Below::Nothing,
        };
        let end = match &below {
            Below::Nothing => value.end,
            Below::Members(members) => members.values().map(|place| place.value.end).max().unwrap_or(value.end),
            Below::Elements(elements) => elements.last().map_or(value.end, |place| place.value.end),
        };
        Place { key: None, value: value.start..end.max(value.end), below }
    }

    fn elements(&mut self) -> Below {
        let mut elements = Vec::new();
        while let Some(step) = self.next() {
            if matches!(step.0, Event::SequenceEnd) {
                break;
            }
            elements.push(self.place(step));
        }
        Below::Elements(elements)
    }

    fn members(&mut self) -> Below {
        let mut members = BTreeMap::new();
        while let Some((event, bytes)) = self.next() {
            let key = match &event {
                Event::MappingEnd => break,
                Event::Scalar(text, style, _, tag) => scalar(text, *style, tag.as_ref(), 0).ok().and_then(|read| read.key().ok()),
                _ => None,
            };
            // A key that is no text is refused elsewhere; what it holds is read past.
            if key.is_none() {
                self.place((event, bytes.clone()));
            }
            let Some(value) = self.next() else { break };
            let place = Place { key: Some(bytes.clone()), ..self.place(value) };
            let Some(key) = key else { continue };
            if members.insert(key.clone(), place).is_some() && key != "<<" {
                self.twice.push(Twice { key, again: bytes });
            }
        }
        Below::Members(members)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found<'t>(text: &'t str, document: usize, way: &[&str]) -> (&'t str, &'t str, bool) {
        let way = Way(way.iter().map(|step| step.parse().map_or_else(|_| Step::Member((*step).to_owned()), Step::Element)).collect());
        let (places, _) = places(text);
        let (place, whole) = places[document].find(&way);
        (place.key.clone().map_or("", |key| &text[key]), &text[place.value.clone()], whole)
    }

    #[test]
    fn values_are_found_where_they_stand() {
        let text = "# head\nkind: Pod\nspec:\n  größe: [1, {a: \"x y\"}]\n\n  deep: &b\n    c: 1GB   # too much\n  again: *b\n---\n---\non: 1\nspec: {x: 2}\n";
        assert_eq!(found(text, 0, &["kind"]), ("kind", "Pod", true));
        assert_eq!(found(text, 0, &["spec", "größe", "1", "a"]), ("a", "\"x y\"", true));
        assert_eq!(found(text, 0, &["spec", "deep", "c"]), ("c", "1GB", true));
        assert_eq!(found(text, 0, &["spec", "deep", "d", "e"]).0, "deep");
        assert!(!found(text, 0, &["spec", "deep", "d", "e"]).2);
        assert_eq!(found(text, 2, &["spec", "x"]), ("x", "2", true));
        // YAML 1.1 knows `on` as a truth.
        assert_eq!(found(text, 2, &["true"]).0, "on");
        assert_eq!(places(text).0.len(), 3);
    }

    #[test]
    fn keys_that_stand_twice_are_found() {
        let text = "a: 1\nb: {c: 1, c: 2}\n<<: {x: 1}\n<<: {y: 1}\na: 2\n---\na: 1\n";
        let twice: Vec<(String, usize)> = places(text).1.into_iter().map(|Twice { key, again }| (key, again.start)).collect();
        assert_eq!(twice, [("c".to_owned(), 15), ("a".to_owned(), text.find("a: 2").unwrap_or_default())]);
    }

    #[test]
    fn no_text_is_too_broken_to_be_looked_at() {
        for text in ["", "a: [", "a: {b", "? [1]\n: 2\nc: 3\n", "- - -", "\u{0}", "a: *nowhere", "%"] {
            places(text);
        }
        assert_eq!(found("? [1]\n: 2\nc: 3\n", 0, &["c"]), ("c", "3", true));
    }
}
