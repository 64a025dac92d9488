//! INI as gcfg 1.2.3 reads it, which is what both of upstream's drivers read their INI files with.
//!
//! | What | How gcfg reads it |
//! | --- | --- |
//! | names of sections and keys | a letter, then letters, digits and `-`; compared without case |
//! | `[Name "sub"]` | the quoted part keeps its case, and knows the escapes `\\` and `\"` |
//! | a value | quoted and unquoted parts side by side; spaces at its ends are dropped unless quoted |
//! | inside quotes | the escapes `\\`, `\"`, `\n`, `\t`; no line end |
//! | outside quotes | `\"` is a quote, a backslash at the end of the line goes on on the next one, and no other backslash may be |
//! | `#` and `;` | outside quotes they begin a comment, wherever they stand |
//! | a key without `=` | is bare: true, and only for what is true or false |
//! | a key that is there twice | the last one counts |
//!
//! A mark at the beginning of the file (BOM) is taken here; gcfg refuses it where upstream reads the file. Nothing is
//! interpreted: which sections and keys there are is their driver's business. What gcfg itself says of a table of files
//! lies beside the CSI driver's configuration, whose tests compare.

mod scanner;
#[cfg(test)]
mod tests;
mod values;

use scanner::Scanner;

pub use values::{boolean, integer};

/// One `key = value` and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The section that it is in, as written.
    pub section: String,
    /// The quoted name of the section.
    pub subsection: Option<String>,
    /// The key, as written.
    pub key: String,
    /// `None` for a bare key.
    pub value: Option<String>,
    /// The line, from 1.
    pub line: usize,
}

/// One header and where it stands; a section may be empty and still mean something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Header {
    /// The section, as written.
    pub section: String,
    /// Its quoted name.
    pub subsection: Option<String>,
    /// The line, from 1.
    pub line: usize,
}

/// A file's headers and entries, in order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ini {
    /// The headers.
    pub headers: Vec<Header>,
    /// The entries.
    pub entries: Vec<Entry>,
}

/// Why a text is no such file. Values are never repeated: they may be passwords.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IniProblem {
    /// A header that is not `[Name]` or `[Name "subsection"]` alone on its line.
    #[error("this section header is malformed; write [Global] or [VirtualCenter \"vcenter.example.com\"], on a line of its own")]
    Header,
    /// `[Name ""]`.
    #[error("section [{section}] has an empty name; put the name between the quotes")]
    EmptyName {
        /// The section.
        section: String,
    },
    /// A key before the first header.
    #[error("key `{key}` stands before the first section; put [Global] above it")]
    Outside {
        /// The key.
        key: String,
    },
    /// A line that is neither a header nor a key.
    #[error("this line is neither a section nor `key = value`; a key is letters, digits and hyphens, and comments begin with # or ;")]
    Line,
    /// A character that no file may hold.
    #[error("there is a NUL character; save the file as plain text")]
    Nul,
    /// A quote without an end on its line.
    #[error("the value of `{key}` has an opening quote and no closing one; close it, or write \\\" for a quote inside")]
    Quote {
        /// The key.
        key: String,
    },
    /// A backslash before something that it does not escape.
    #[error("the value of `{key}` has the unknown escape \\{escape}; write \\\\ for a backslash")]
    Escape {
        /// The key.
        key: String,
        /// What follows the backslash.
        escape: char,
    },
    /// A backslash that is not in quotes.
    #[error("the value of `{key}` has a backslash outside quotes; put the value in double quotes and write \\\\ for a backslash")]
    BareBackslash {
        /// The key.
        key: String,
    },
}

/// Reads a text.
///
/// # Errors
/// The line, from 1, and what is wrong there.
pub fn parse(text: &str) -> Result<Ini, (usize, IniProblem)> {
    let mut scanner = Scanner::new(text.strip_prefix('\u{feff}').unwrap_or(text));
    if let Some(before) = text.split_once('\0') {
        return Err((before.0.matches('\n').count() + 1, IniProblem::Nul));
    }
    let mut ini = Ini::default();
    while let Some(character) = scanner.first_of_line() {
        let line = scanner.line;
        let at = |problem| (line, problem);
        if character == '[' {
            let (section, subsection) = scanner.header().map_err(at)?;
            ini.headers.push(Header { section, subsection, line });
            continue;
        }
        let Some(key) = scanner.name() else { return Err(at(IniProblem::Line)) };
        let Some(header) = ini.headers.last() else { return Err(at(IniProblem::Outside { key })) };
        let value = scanner.value(&key).map_err(at)?;
        ini.entries.push(Entry { section: header.section.clone(), subsection: header.subsection.clone(), key, value, line });
    }
    Ok(ini)
}
