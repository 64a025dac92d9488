//! From a YAML tree to sections and values.

use super::document::{Document, Entry, Header, Written};
use super::error::{ConfigError, ConfigProblem, Language};
use crate::yaml::{self, Content, Key, Node};

const SECTION: &str = "write sections as maps: `global:` and, indented below it, `server: …`";

/// Reads a text that was recognised as YAML.
pub(super) fn parse(file: &str, text: &str, language: Language) -> Result<Document, ConfigError> {
    let mut document = Document { file: file.to_owned(), language, headers: Vec::new(), entries: Vec::new() };
    let tree = yaml::parse(text).map_err(|wrong| document.error(Some(wrong.line), ConfigProblem::NotYaml { reason: wrong.reason }))?;
    let Some(tree) = tree else { return Ok(document) };
    for (section, value) in map(&document, "the file", &tree)? {
        document.headers.push(Header { section: section.text.clone(), name: None, line: section.line });
        if value.content == Content::Nothing {
            continue;
        }
        if section.text == "vcenter" {
            for (name, value) in map(&document, "`vcenter:`", value)? {
                document.headers.push(Header { section: section.text.clone(), name: Some(name.text.clone()), line: name.line });
                if value.content != Content::Nothing {
                    values(&mut document, section, Some(name), value)?;
                }
            }
        } else if super::schema::is_known(&section.text, language) {
            values(&mut document, section, None, value)?;
        }
    }
    Ok(document)
}

fn map<'a>(document: &Document, what: &str, node: &'a Node) -> Result<&'a [(Key, Node)], ConfigError> {
    match &node.content {
        Content::Map(entries) => Ok(entries),
        other => {
            let what = format!("{what} is {}, not a map", kind(other));
            Err(document.error(Some(node.line), ConfigProblem::Shape { what, remedy: SECTION }))
        }
    }
}

fn kind(content: &Content) -> &'static str {
    match content {
        Content::Nothing => "empty",
        Content::Text(_) => "a single value",
        Content::List(_) => "a list",
        Content::Map(_) => "a map",
    }
}

fn values(document: &mut Document, section: &Key, name: Option<&Key>, value: &Node) -> Result<(), ConfigError> {
    let what = document.written(&section.text, name.map(|name| name.text.as_str()));
    let entries = map(document, &what, value)?;
    for (key, value) in entries {
        let written = written(document, &key.text, value)?;
        document.entries.push(Entry {
            section: section.text.clone(),
            name: name.map(|name| name.text.clone()),
            key: key.text.clone(),
            value: written,
            line: key.line,
        });
    }
    Ok(())
}

fn written(document: &Document, key: &str, value: &Node) -> Result<Written, ConfigError> {
    let shape =
        |line, what| Err(document.error(Some(line), ConfigProblem::Shape { what, remedy: "write a single value, or a list of them" }));
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
