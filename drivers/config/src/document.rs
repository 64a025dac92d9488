//! What both languages say, once their grammar is taken off: values in sections, each with its line. Nothing is interpreted
//! here.

use crate::error::FileProblem;
use crate::gcfg;
use crate::language::Language;
use crate::schema::Schema;
use crate::yaml::{self, Content, Node};

/// A section of the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Header {
    /// As it is written: `Global`, `vcenter`.
    pub section: String,
    /// The quoted name in INI, the key below `vcenter:` in YAML.
    pub name: Option<String>,
    pub line: usize,
}

/// One value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Entry {
    pub section: String,
    pub name: Option<String>,
    pub key: String,
    pub value: Written,
    pub line: usize,
}

/// A value as it is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Written {
    /// Nothing: a bare key in INI, `key:` in YAML.
    Nothing,
    One(String),
    /// Several; INI writes them with commas, in one text.
    Several(Vec<String>),
}

/// A file's sections and values, in order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Document {
    pub headers: Vec<Header>,
    pub entries: Vec<Entry>,
}

/// What is wrong at a line, from 1.
type Wrong = (usize, FileProblem);

const MAPS: &str = "write sections as maps: `global:` and, indented below it, `server: …`";

impl Document {
    /// Reads INI.
    pub(crate) fn ini(text: &str) -> Result<Self, Wrong> {
        let ini = gcfg::parse(text).map_err(|(line, problem)| (line, problem.into()))?;
        let header = |gcfg::Header { section, subsection, line }| Header { section, name: subsection, line };
        let entry = |gcfg::Entry { section, subsection, key, value, line }| {
            let value = value.map_or(Written::Nothing, Written::One);
            Entry { section, name: subsection, key, value, line }
        };
        Ok(Self { headers: ini.headers.into_iter().map(header).collect(), entries: ini.entries.into_iter().map(entry).collect() })
    }

    /// Reads YAML. What the schema does not have may be of any shape.
    pub(crate) fn yaml(text: &str, schema: &Schema) -> Result<Self, Wrong> {
        let tree = yaml::parse(text).map_err(|wrong| (wrong.line, FileProblem::NotYaml { reason: wrong.reason }))?;
        let mut document = Self::default();
        let Some(tree) = tree else { return Ok(document) };
        let language = Language::of(text);
        for (key, value) in map("the file", &tree)? {
            document.headers.push(Header { section: key.text.clone(), name: None, line: key.line });
            let Some(section) = schema.section(&key.text, language).filter(|section| section.keys.is_some()) else { continue };
            let shown = language.written(section.name, None);
            if !section.named {
                document.section(section.name, None, value, &shown, schema)?;
                continue;
            }
            for (name, value) in map(&shown, value)? {
                document.headers.push(Header { section: key.text.clone(), name: Some(name.text.clone()), line: name.line });
                let shown = language.written(section.name, Some(&name.text));
                document.section(section.name, Some(&name.text), value, &shown, schema)?;
            }
        }
        Ok(document)
    }

    fn section(&mut self, section: &str, name: Option<&str>, value: &Node, shown: &str, schema: &Schema) -> Result<(), Wrong> {
        let yaml = Language::Yaml { line: None };
        for (key, value) in map(shown, value)? {
            let known = schema.section(section, yaml).and_then(|section| section.key(&key.text, yaml));
            let value = if known.is_some() { written(&key.text, value)? } else { Written::Nothing };
            let (section, name) = (section.to_owned(), name.map(str::to_owned));
            self.entries.push(Entry { section, name, key: key.text.clone(), value, line: key.line });
        }
        Ok(())
    }
}

/// The entries of a map; nothing is an empty one.
fn map<'a>(what: &str, node: &'a Node) -> Result<&'a [(yaml::Key, Node)], Wrong> {
    let found = match &node.content {
        Content::Map(entries) => return Ok(entries),
        Content::Nothing => return Ok(&[]),
        Content::Text(_) => "a single value",
        Content::List(_) => "a list",
    };
    Err((node.line, FileProblem::Shape { what: format!("{what} is {found}, not a map"), remedy: MAPS }))
}

fn written(key: &str, value: &Node) -> Result<Written, Wrong> {
    let shape = |line, what| Err((line, FileProblem::Shape { what, remedy: "write a single value, or a list of them" }));
    match &value.content {
        Content::Nothing => Ok(Written::Nothing),
        Content::Text(text) => Ok(Written::One(text.clone())),
        Content::Map(_) => shape(value.line, format!("`{key}` holds a map")),
        Content::List(members) => {
            let mut texts = Vec::new();
            for member in members {
                match member.text() {
                    Some(text) => texts.push(text.to_owned()),
                    None => return shape(member.line, format!("`{key}` holds a list whose members are not single values")),
                }
            }
            Ok(Written::Several(texts))
        }
    }
}
