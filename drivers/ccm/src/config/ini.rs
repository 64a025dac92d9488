//! INI as gcfg reads it: sections with quoted names, quotes and escapes in values, bare keys.
//!
//! Section names and keys ignore case. `#` and `;` begin a comment outside quotes. A backslash at the end of a line
//! continues the value. Nothing is interpreted here: see `schema.rs`.

use super::document::{Document, Entry, Header, Written};
use super::error::{ConfigError, ConfigProblem, Language};

/// Reads a text that was recognised as INI.
pub(super) fn parse(file: &str, text: &str, language: Language) -> Result<Document, ConfigError> {
    let mut document = Document { file: file.to_owned(), language, headers: Vec::new(), entries: Vec::new() };
    for (line, logical) in logical_lines(text) {
        let trimmed = logical.trim();
        if trimmed.is_empty() || trimmed.starts_with(['#', ';']) {
            continue;
        }
        if let Some(rest) = trimmed.strip_prefix('[') {
            let (section, name) = header(rest).ok_or_else(|| document.error(Some(line), ConfigProblem::SectionHeader))?;
            document.headers.push(Header { section, name, line });
            continue;
        }
        let (key, value) = entry(trimmed).map_err(|problem| document.error(Some(line), problem))?;
        let Some(header) = document.headers.last().cloned() else {
            return Err(document.error(Some(line), ConfigProblem::KeyOutsideSection { key }));
        };
        document.entries.push(Entry { section: header.section, name: header.name, key, value, line });
    }
    Ok(document)
}

/// Joins lines that end in a backslash with the next; an escaped backslash at the end does not continue.
fn logical_lines(text: &str) -> Vec<(usize, String)> {
    let mut lines: Vec<(usize, String)> = Vec::new();
    let mut continues = false;
    for (index, line) in text.lines().enumerate() {
        let backslashes = line.chars().rev().take_while(|character| *character == '\\').count();
        let open = backslashes % 2 == 1 && !line.trim_start().starts_with(['#', ';']);
        let part = if open { &line[..line.len() - 1] } else { line };
        match lines.last_mut() {
            Some((_, last)) if continues => last.push_str(part),
            _ => lines.push((index + 1, part.to_owned())),
        }
        continues = open;
    }
    lines
}

fn is_word(character: char) -> bool {
    character.is_ascii_alphanumeric() || matches!(character, '-' | '_' | '.')
}

/// `Name]` or `Name "subsection"]`, with a comment behind or without.
fn header(rest: &str) -> Option<(String, Option<String>)> {
    let name: String = rest.chars().take_while(|character| is_word(*character)).collect();
    let mut tail = rest[name.len()..].trim_start();
    if name.is_empty() {
        return None;
    }
    let mut quoted_name = None;
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
        quoted_name = Some(text);
        tail = quoted[end + 1..].trim_start();
    }
    let after = tail.strip_prefix(']')?.trim();
    (after.is_empty() || after.starts_with(['#', ';'])).then_some((name, quoted_name))
}

fn entry(line: &str) -> Result<(String, Written), ConfigProblem> {
    let key: String = line.chars().take_while(|character| is_word(*character)).collect();
    let tail = line[key.len()..].trim_start();
    if key.is_empty() {
        return Err(ConfigProblem::Line);
    }
    if tail.is_empty() || tail.starts_with(['#', ';']) {
        return Ok((key, Written::Nothing));
    }
    let raw = tail.strip_prefix('=').ok_or(ConfigProblem::Line)?;
    let value = value(&key, raw.trim())?;
    Ok((key, Written::One(value)))
}

/// A value: quoted and unquoted parts, escapes in both; a comment outside quotes ends it.
fn value(key: &str, raw: &str) -> Result<String, ConfigProblem> {
    let mut text = String::new();
    let mut quoted = false;
    // White space at the end is dropped only where it was not quoted.
    let mut kept = 0;
    let mut characters = raw.chars();
    while let Some(character) = characters.next() {
        match character {
            '"' => quoted = !quoted,
            '\\' => text.push(escaped(key, characters.next())?),
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

fn escaped(key: &str, character: Option<char>) -> Result<char, ConfigProblem> {
    match character {
        Some('n') => Ok('\n'),
        Some('t') => Ok('\t'),
        Some(same @ ('\\' | '"')) => Ok(same),
        Some(escape) => Err(ConfigProblem::Escape { key: key.to_owned(), escape }),
        None => Err(ConfigProblem::Quote { key: key.to_owned() }),
    }
}
