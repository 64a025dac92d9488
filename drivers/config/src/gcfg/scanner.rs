//! Characters to names and values. Where a step stops is where gcfg's scanner stops.

use std::iter::Peekable;
use std::str::Chars;

use super::IniProblem;

/// A text and how far it was read.
pub(super) struct Scanner<'a> {
    rest: Peekable<Chars<'a>>,
    /// The line of the next character, from 1.
    pub line: usize,
}

/// A line end is none, and neither is what Unicode has besides: a hard space belongs to a value.
fn is_white(character: char) -> bool {
    matches!(character, ' ' | '\t' | '\r')
}

impl<'a> Scanner<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self { rest: text.chars().peekable(), line: 1 }
    }

    fn peek(&mut self) -> Option<char> {
        self.rest.peek().copied()
    }

    fn next(&mut self) -> Option<char> {
        let character = self.rest.next();
        self.line += usize::from(character == Some('\n'));
        character
    }

    fn skip_white(&mut self) {
        while self.peek().is_some_and(is_white) {
            self.next();
        }
    }

    fn skip_to_line_end(&mut self) {
        while self.peek().is_some_and(|character| character != '\n') {
            self.next();
        }
    }

    /// The next character that is neither white, nor a line end, nor in a comment; it is not taken.
    pub(super) fn first_of_line(&mut self) -> Option<char> {
        loop {
            self.skip_white();
            match self.peek()? {
                '\n' => drop(self.next()),
                '#' | ';' => self.skip_to_line_end(),
                character => return Some(character),
            }
        }
    }

    /// A letter, then letters, digits and hyphens.
    pub(super) fn name(&mut self) -> Option<String> {
        self.peek().filter(|character| character.is_alphabetic())?;
        let mut name = String::new();
        while let Some(character) = self.peek().filter(|character| character.is_alphanumeric() || *character == '-') {
            name.push(character);
            self.next();
        }
        Some(name)
    }

    /// Whether nothing but a comment is left on the line.
    fn line_ends(&mut self) -> bool {
        self.skip_white();
        matches!(self.peek(), None | Some('\n' | '#' | ';'))
    }

    /// `[Name]` or `[Name "subsection"]`.
    pub(super) fn header(&mut self) -> Result<(String, Option<String>), IniProblem> {
        self.next();
        self.skip_white();
        let section = self.name().ok_or(IniProblem::Header)?;
        self.skip_white();
        let subsection = if self.peek() == Some('"') { Some(self.quoted_name().ok_or(IniProblem::Header)?) } else { None };
        if subsection.as_deref() == Some("") {
            return Err(IniProblem::EmptyName { section });
        }
        self.skip_white();
        if self.next() == Some(']') && self.line_ends() { Ok((section, subsection)) } else { Err(IniProblem::Header) }
    }

    fn quoted_name(&mut self) -> Option<String> {
        self.next();
        let mut text = String::new();
        loop {
            match self.next()? {
                '"' => return Some(text),
                '\\' => text.push(self.next().filter(|escaped| matches!(escaped, '\\' | '"'))?),
                '\n' => return None,
                character => text.push(character),
            }
        }
    }

    /// What follows a key: nothing, or `= value`.
    pub(super) fn value(&mut self, key: &str) -> Result<Option<String>, IniProblem> {
        if self.line_ends() {
            return Ok(None);
        }
        if self.next() != Some('=') {
            return Err(IniProblem::Line);
        }
        self.skip_white();
        self.written(key).map(Some)
    }

    fn written(&mut self, key: &str) -> Result<String, IniProblem> {
        let key = || key.to_owned();
        let mut text = String::new();
        let mut quoted = false;
        // White space at the end is dropped only where it was not quoted.
        let mut kept = 0;
        while let Some(character) = self.peek() {
            if !quoted && matches!(character, '\n' | '#' | ';') {
                break;
            }
            self.next();
            match character {
                '\n' => return Err(IniProblem::Quote { key: key() }),
                '"' => quoted = !quoted,
                '\\' if quoted => text.push(self.escaped(key)?),
                '\\' => self.outside_quotes(&mut text).ok_or_else(|| IniProblem::BareBackslash { key: key() })?,
                '\r' => {}
                _ => text.push(character),
            }
            if quoted || !is_white(character) {
                kept = text.len();
            }
        }
        if quoted {
            return Err(IniProblem::Quote { key: key() });
        }
        text.truncate(kept);
        Ok(text)
    }

    fn escaped(&mut self, key: impl Fn() -> String) -> Result<char, IniProblem> {
        match self.next() {
            Some('n') => Ok('\n'),
            Some('t') => Ok('\t'),
            Some(same @ ('\\' | '"')) => Ok(same),
            Some('\n' | '\r') | None => Err(IniProblem::Quote { key: key() }),
            Some(escape) => Err(IniProblem::Escape { key: key(), escape }),
        }
    }

    /// A backslash outside quotes: a line that goes on, or a quote.
    fn outside_quotes(&mut self, text: &mut String) -> Option<()> {
        if self.peek() == Some('\r') {
            self.next();
        }
        match self.next()? {
            '\n' => {}
            '"' => text.push('"'),
            _ => return None,
        }
        Some(())
    }
}
