//! INI, as both drivers read it, to sections and values. Nothing is interpreted here: see `schema.rs`.

use driver_host::gcfg;

use super::document::{Document, Entry, Header, Written};
use super::error::{ConfigError, Language};

/// Reads a text that was recognised as INI.
pub(super) fn parse(file: &str, text: &str, language: Language) -> Result<Document, ConfigError> {
    let mut document = Document { file: file.to_owned(), language, headers: Vec::new(), entries: Vec::new() };
    let ini = gcfg::parse(text).map_err(|(line, problem)| document.error(Some(line), problem.into()))?;
    document.headers =
        ini.headers.into_iter().map(|gcfg::Header { section, subsection, line }| Header { section, name: subsection, line }).collect();
    let written = |value: Option<String>| value.map_or(Written::Nothing, Written::One);
    let entry =
        |gcfg::Entry { section, subsection, key, value, line }| Entry { section, name: subsection, key, value: written(value), line };
    document.entries = ini.entries.into_iter().map(entry).collect();
    Ok(document)
}
