//! YAML as kubectl and the API server read it: YAML 1.1's scalars, made into JSON.
//!
//! `0440` is 288, `yes` is true, `1_000` is 1000, and so are they as keys (`y: 1` is `{"true": 1}`). What is read how is
//! known from sigs.k8s.io/yaml v1.6.0, whose answers to a few hundred inputs are the test (`kubectl.tsv`). A key that comes
//! twice counts as it came last. Not modelled: its limits on aliases, beyond one on the size of what comes out; a tab
//! before the first key, which it refuses.

mod places;
mod scalars;

use std::borrow::Cow;
use std::collections::BTreeMap;

use granit_parser::{Event, Parser, ScalarStyle, ScanError, Span, StrInput, Tag};
use serde_json::{Map, Value};

pub use places::{Place, Twice, places};
use scalars::Scalar;

/// As many values may a text expand to.
const MOST_VALUES: usize = 1_000_000;
/// So deep may a text be; a JSON reader gives up at 128.
const DEEPEST: usize = 128;

/// Why a text is not YAML, or not YAML that can become JSON.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum YamlError {
    /// It cannot be scanned.
    #[error("line {} column {}: {}", .0.marker().line(), .0.marker().col() + 1, .0.info())]
    Syntax(ScanError),
    /// An alias names what is not there yet.
    #[error("the alias on line {line} names an anchor that does not stand before it, or that it stands in itself")]
    Alias {
        /// Where.
        line: usize,
    },
    /// JSON has no such key.
    #[error("the key on line {line} is {what}; keys are texts, integers, numbers or booleans")]
    Key {
        /// Where.
        line: usize,
        /// What stands there.
        what: &'static str,
    },
    /// JSON has no such number.
    #[error("JSON has no number for {text} on line {line}; quote it if it is a text")]
    NotFinite {
        /// Where.
        line: usize,
        /// As written.
        text: String,
    },
    /// A scalar is not what its tag says.
    #[error("{text:?} on line {line} cannot be read as {tag}")]
    Tag {
        /// Where.
        line: usize,
        /// As written.
        text: String,
        /// The tag.
        tag: String,
    },
    /// What stands at `<<` is no map.
    #[error("<< on line {line} merges maps, or a list of maps")]
    Merge {
        /// Where.
        line: usize,
    },
    /// It goes too deep, or its aliases expand to too much.
    #[error("too large: more than {MOST_VALUES} values, or deeper than {DEEPEST}")]
    TooLarge,
}

impl YamlError {
    /// The line that it is on, if it is on one.
    pub fn line(&self) -> Option<usize> {
        match self {
            Self::Syntax(error) => Some(error.marker().line()),
            Self::Alias { line }
            | Self::Key { line, .. }
            | Self::NotFinite { line, .. }
            | Self::Tag { line, .. }
            | Self::Merge { line } => Some(*line),
            Self::TooLarge => None,
        }
    }
}

/// All documents of a text; empty ones are null.
///
/// # Errors
/// See [`YamlError`].
pub fn documents(text: &str) -> Result<Vec<Value>, YamlError> {
    let mut reader = Reader { parser: Parser::new_from_str(text), anchors: BTreeMap::new(), left: MOST_VALUES, depth: 0 };
    let mut documents = Vec::new();
    loop {
        match reader.next()? {
            (Event::DocumentStart(..), _) => {
                reader.anchors.clear();
                let first = reader.next()?;
                documents.push(if matches!(first.0, Event::DocumentEnd) { Value::Null } else { reader.value(first)? });
            }
            (Event::StreamEnd, _) => return Ok(documents),
            _ => {}
        }
    }
}

/// The first document of a text; null where there is none.
///
/// # Errors
/// See [`YamlError`].
pub fn document(text: &str) -> Result<Value, YamlError> {
    documents(text).map(|documents| documents.into_iter().next().unwrap_or_default())
}

type Step<'t> = (Event<'t>, Span);

struct Reader<'t> {
    parser: Parser<'t, StrInput<'t>>,
    anchors: BTreeMap<usize, (Value, usize)>,
    left: usize,
    depth: usize,
}

impl<'t> Reader<'t> {
    /// The next event; what is about comments and anchors says nothing here.
    fn next(&mut self) -> Result<Step<'t>, YamlError> {
        loop {
            match self.parser.next_event() {
                None => return Ok((Event::StreamEnd, Span::default())),
                Some(Err(error)) => return Err(YamlError::Syntax(error)),
                Some(Ok((
                    event @ (Event::DocumentStart(..)
                    | Event::DocumentEnd
                    | Event::Alias(_)
                    | Event::Scalar(..)
                    | Event::SequenceStart(..)
                    | Event::SequenceEnd
                    | Event::MappingStart(..)
                    | Event::MappingEnd
                    | Event::StreamEnd),
                    span,
                ))) => return Ok((event, span)),
                Some(Ok(_)) => {}
            }
        }
    }

    fn spend(&mut self, values: usize) -> Result<(), YamlError> {
        self.left = self.left.checked_sub(values).ok_or(YamlError::TooLarge)?;
        Ok(())
    }

    fn value(&mut self, (event, span): Step<'t>) -> Result<Value, YamlError> {
        let before = self.left;
        self.spend(1)?;
        let line = span.start.line();
        let (value, anchor) = match event {
            Event::Scalar(text, style, anchor, tag) => (json(scalar(&text, style, tag.as_ref(), line)?, &text, line)?, anchor),
            Event::SequenceStart(_, anchor, _) => (self.inside(Self::sequence)?, anchor),
            Event::MappingStart(_, anchor, _) => (self.inside(Self::mapping)?, anchor),
            Event::Alias(anchor) => {
                let (value, values) = self.anchors.get(&anchor).cloned().ok_or(YamlError::Alias { line })?;
                self.spend(values)?;
                return Ok(value);
            }
            _ => (Value::Null, 0),
        };
        if anchor > 0 {
            self.anchors.insert(anchor, (value.clone(), before.saturating_sub(self.left)));
        }
        Ok(value)
    }

    fn inside(&mut self, read: impl FnOnce(&mut Self) -> Result<Value, YamlError>) -> Result<Value, YamlError> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(YamlError::TooLarge);
        }
        let value = read(self);
        self.depth -= 1;
        value
    }

    fn sequence(&mut self) -> Result<Value, YamlError> {
        let mut elements = Vec::new();
        loop {
            match self.next()? {
                (Event::SequenceEnd | Event::StreamEnd, _) => return Ok(elements.into()),
                step => elements.push(self.value(step)?),
            }
        }
    }

    fn mapping(&mut self) -> Result<Value, YamlError> {
        let mut members = Map::new();
        loop {
            let step = self.next()?;
            let line = step.1.start.line();
            let key = match step.0 {
                Event::MappingEnd | Event::StreamEnd => return Ok(members.into()),
                Event::Scalar(text, ScalarStyle::Plain, _, None) if text == "<<" => {
                    let value = self.next()?;
                    let value = self.value(value)?;
                    merge(&mut members, value, line)?;
                    continue;
                }
                Event::Scalar(text, style, anchor, tag) => {
                    let read = scalar(&text, style, tag.as_ref(), line)?;
                    if anchor > 0 {
                        self.anchors.insert(anchor, (json(read.clone(), &text, line)?, 1));
                    }
                    read.key().map_err(|what| YamlError::Key { line, what })?
                }
                Event::Alias(anchor) => match self.anchors.get(&anchor) {
                    Some((Value::String(text), _)) => text.clone(),
                    Some((value @ (Value::Bool(_) | Value::Number(_)), _)) => value.to_string(),
                    Some(_) => return Err(YamlError::Key { line, what: "no scalar" }),
                    None => return Err(YamlError::Alias { line }),
                },
                _ => return Err(YamlError::Key { line, what: "a list or a map" }),
            };
            let value = self.next()?;
            let value = self.value(value)?;
            members.insert(key, value);
        }
    }
}

/// What is merged counts as if it were written at this place; of several maps the first counts most.
fn merge(members: &mut Map<String, Value>, value: Value, line: usize) -> Result<(), YamlError> {
    match value {
        Value::Object(merged) => members.extend(merged),
        Value::Array(maps) => {
            for map in maps.into_iter().rev() {
                let Value::Object(merged) = map else { return Err(YamlError::Merge { line }) };
                members.extend(merged);
            }
        }
        _ => return Err(YamlError::Merge { line }),
    }
    Ok(())
}

fn scalar(text: &str, style: ScalarStyle, tag: Option<&Cow<'_, Tag>>, line: usize) -> Result<Scalar, YamlError> {
    let Some(tag) = tag else {
        return Ok(if style == ScalarStyle::Plain { Scalar::resolve(text) } else { Scalar::Text(text.to_owned()) });
    };
    let Some(name) = tag.suffix_in_namespace("tag:yaml.org,2002:") else { return Ok(Scalar::Text(text.to_owned())) };
    let wrong = || YamlError::Tag { line, text: text.to_owned(), tag: format!("!!{name}") };
    Scalar::tagged(text, &name).ok_or_else(wrong)
}

fn json(scalar: Scalar, text: &str, line: usize) -> Result<Value, YamlError> {
    scalar.json().ok_or_else(|| YamlError::NotFinite { line, text: text.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What sigs.k8s.io/yaml makes of each scalar, as a value and as a key, and of some documents.
    #[test]
    fn everything_is_read_as_kubectl_reads_it() {
        let (scalars, texts) = include_str!("kubectl.tsv").split_once("---\n").unwrap();
        let told = |text: &str| match document(text) {
            Ok(value) => value,
            Err(_) => "error".into(),
        };
        let expected = |text: &str| if text == "error" { "error".into() } else { serde_json::from_str::<Value>(text).unwrap() };
        let mut wrong = Vec::new();
        let mut hold = |written: &str, expected: &Value, read: &Value| {
            if read != expected {
                wrong.push(format!("{written:?}: {read}, not {expected}"));
            }
        };
        for line in scalars.lines() {
            let [scalar, value, key] = line.split('\t').collect::<Vec<_>>().try_into().unwrap();
            let read = told(&format!("v: {scalar}\n"));
            hold(scalar, &expected(value), read.get("v").unwrap_or(&read));
            hold(&format!("key {scalar}"), &expected(key), &told(&format!("? {scalar}\n: 1\n")));
        }
        for line in texts.lines() {
            let (text, value) = line.split_once('\t').unwrap();
            let text: String = serde_json::from_str(text).unwrap();
            hold(&text, &expected(value), &told(&text));
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }

    #[test]
    fn what_cannot_be_read_is_named_with_its_line() {
        let table = [
            ("a: 1\nb: .inf\n", "JSON has no number for .inf on line 2; quote it if it is a text"),
            ("? [1]\n: 2\n", "the key on line 1 is a list or a map; keys are texts, integers, numbers or booleans"),
            ("a: 1\n~: 2\n", "the key on line 2 is null; keys are texts, integers, numbers or booleans"),
            ("a: !!int x\n", "\"x\" on line 1 cannot be read as !!int"),
            ("a: 1\n<<: 3\n", "<< on line 2 merges maps, or a list of maps"),
        ];
        for (text, told) in table {
            assert_eq!(document(text).unwrap_err().to_string(), told);
        }
        let bomb: String = (0..20).map(|step| format!("a{step}: &a{step} [{}]\n", vec![format!("*a{}", step - 1); 9].join(","))).collect();
        let bomb = bomb.replace("*a-1", "1");
        assert_eq!(document(&bomb).unwrap_err(), YamlError::TooLarge);
        assert_eq!(document(&("[".repeat(200) + &"]".repeat(200))).unwrap_err(), YamlError::TooLarge);
    }

    #[test]
    fn the_mode_of_a_volume_is_written_in_octal() {
        let manifest =
            "kind: Pod\nspec:\n  volumes: [{name: c, configMap: {name: cm, defaultMode: 0440}}]\n---\nkind: ConfigMap\ndata: {a: b}\n";
        let objects = documents(manifest).unwrap();
        assert_eq!(objects[0].pointer("/spec/volumes/0/configMap/defaultMode"), Some(&288.into()));
        assert_eq!(objects[1]["data"]["a"], "b");
    }

    #[test]
    fn documents_are_read_one_by_one() {
        let texts = "a: 1\n---\n---\nb: 2\n...\n# end\n";
        assert_eq!(documents(texts).unwrap(), [serde_json::json!({"a": 1}), Value::Null, serde_json::json!({"b": 2})]);
    }
}
