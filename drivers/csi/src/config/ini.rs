//! INI as gcfg reads it: sections with quoted subsections, quotes and escapes in values, bare keys.
//!
//! Section names and keys ignore case. `#` and `;` begin a comment outside quotes. A backslash at the end of a line
//! continues the value. A key without `=` means true. Nothing is interpreted here: see `schema.rs`.

use super::error::{ConfigError, ConfigProblem};

/// One `key = value` and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Entry {
    pub section: String,
    pub subsection: Option<String>,
    pub key: String,
    /// `None` for a bare key.
    pub value: Option<String>,
    pub line: usize,
}

/// One header and where it stands; a section may be empty and still mean something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Header {
    pub section: String,
    pub subsection: Option<String>,
    pub line: usize,
}

/// A file's headers and entries, in order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Ini {
    pub headers: Vec<Header>,
    pub entries: Vec<Entry>,
}

/// Reads a file's text; `file` is for errors.
pub(crate) fn parse(file: &str, bytes: &[u8]) -> Result<Ini, ConfigError> {
    let fail = |line: Option<usize>, problem| ConfigError { file: file.to_owned(), line, problem };
    let text = std::str::from_utf8(bytes).map_err(|_| fail(None, ConfigProblem::NotText))?;
    let mut ini = Ini::default();
    for (line, logical) in logical_lines(text.trim_start_matches('\u{feff}')) {
        let trimmed = logical.trim();
        if trimmed.is_empty() || trimmed.starts_with(['#', ';']) {
            continue;
        }
        if let Some(rest) = trimmed.strip_prefix('[') {
            let (section, subsection) = header(rest).ok_or_else(|| fail(Some(line), ConfigProblem::SectionHeader))?;
            ini.headers.push(Header { section, subsection, line });
            continue;
        }
        let (key, value) = entry(trimmed).map_err(|problem| fail(Some(line), problem))?;
        let Some(header) = ini.headers.last() else {
            return Err(fail(Some(line), ConfigProblem::KeyOutsideSection { key }));
        };
        ini.entries.push(Entry { section: header.section.clone(), subsection: header.subsection.clone(), key, value, line });
    }
    Ok(ini)
}

/// Joins lines that end in a backslash with the next; an escaped backslash at the end does not continue.
fn logical_lines(text: &str) -> Vec<(usize, String)> {
    let mut lines: Vec<(usize, String)> = Vec::new();
    let mut continues = false;
    for (index, line) in text.lines().enumerate() {
        let backslashes = line.chars().rev().take_while(|character| *character == '\\').count();
        let ends_open = backslashes % 2 == 1 && !line.trim_start().starts_with(['#', ';']);
        let part = if ends_open { &line[..line.len() - 1] } else { line };
        match lines.last_mut() {
            Some((_, last)) if continues => last.push_str(part),
            _ => lines.push((index + 1, part.to_owned())),
        }
        continues = ends_open;
    }
    lines
}

/// `Name]` or `Name "subsection"]`, with an optional comment behind.
fn header(rest: &str) -> Option<(String, Option<String>)> {
    let name: String = rest.chars().take_while(|character| character.is_ascii_alphanumeric() || matches!(character, '-' | '_')).collect();
    let mut tail = rest[name.len()..].trim_start();
    if name.is_empty() {
        return None;
    }
    let mut subsection = None;
    if let Some(quoted) = tail.strip_prefix('"') {
        let mut text = String::new();
        let mut characters = quoted.char_indices();
        let end = loop {
            match characters.next()? {
                (at, '"') => break at,
                (_, '\\') => text.push(characters.next()?.1),
                (_, character) => text.push(character),
            }
        };
        subsection = Some(text);
        tail = quoted[end + 1..].trim_start();
    }
    let after = tail.strip_prefix(']')?.trim();
    (after.is_empty() || after.starts_with(['#', ';'])).then_some((name, subsection))
}

/// `key`, or `key = value`.
fn entry(line: &str) -> Result<(String, Option<String>), ConfigProblem> {
    let key: String =
        line.chars().take_while(|character| character.is_ascii_alphanumeric() || matches!(character, '-' | '_' | '.')).collect();
    let tail = line[key.len()..].trim_start();
    if key.is_empty() {
        return Err(ConfigProblem::Line);
    }
    if tail.is_empty() || tail.starts_with(['#', ';']) {
        return Ok((key, None));
    }
    let Some(raw) = tail.strip_prefix('=') else { return Err(ConfigProblem::Line) };
    let value = value(&key, raw.trim())?;
    Ok((key, Some(value)))
}

/// A value: quoted and unquoted parts, escapes in both, a comment ends it outside quotes.
fn value(key: &str, raw: &str) -> Result<String, ConfigProblem> {
    let mut text = String::new();
    let mut quoted = false;
    // White space at the end is dropped only when it was not quoted.
    let mut kept = 0;
    let mut characters = raw.chars();
    while let Some(character) = characters.next() {
        match character {
            '"' => quoted = !quoted,
            '\\' => text.push(escape(key, characters.next())?),
            '#' | ';' if !quoted => break,
            _ => text.push(character),
        }
        if quoted || !character.is_whitespace() {
            kept = text.len();
        }
    }
    if quoted {
        return Err(ConfigProblem::Quote { key: key.to_owned() });
    }
    text.truncate(kept);
    Ok(text)
}

fn escape(key: &str, character: Option<char>) -> Result<char, ConfigProblem> {
    match character {
        Some('n') => Ok('\n'),
        Some('t') => Ok('\t'),
        Some(same @ ('\\' | '"')) => Ok(same),
        Some(escape) => Err(ConfigProblem::Escape { key: key.to_owned(), escape }),
        None => Err(ConfigProblem::Quote { key: key.to_owned() }),
    }
}
