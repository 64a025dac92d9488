//! What a file and the environment say, by a schema: the last value of each key of each section.

use std::collections::BTreeMap;
use std::error::Error;

use driver_host::Trust;

use crate::document::{Document, Entry, Header};
use crate::error::{ConfigError, FileProblem};
use crate::language::Language;
use crate::schema::{Schema, Section};

/// A value, and where it is from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// The texts; one but for lists, none where nothing is said.
    pub texts: Vec<String>,
    /// Where it is from.
    pub from: Origin,
}

impl Found {
    /// The one text; empty where nothing is said.
    pub fn text(&self) -> &str {
        self.texts.first().map(String::as_str).unwrap_or_default()
    }

    /// Whether it is true.
    pub fn is_true(&self) -> bool {
        self.text() == "true"
    }
}

/// Where a value is from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// A line of the file, from 1.
    Line(usize),
    /// A variable of the environment.
    Variable(String),
}

/// Values of one section, by what the driver calls their keys.
pub type Values = BTreeMap<&'static str, Found>;

/// A section that has a name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Named {
    /// The name; empty where INI has none.
    pub name: String,
    /// The line of its first header; `None` for one of the environment.
    pub line: Option<usize>,
    /// Its values.
    pub values: Values,
}

/// What is said.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The file.
    pub file: String,
    /// The language that it is written in.
    pub language: Language,
    /// What may be said.
    pub schema: &'static Schema,
    /// Sections without names, by what the driver calls them.
    pub plain: BTreeMap<&'static str, Values>,
    /// Sections with names, by what the driver calls them; in the order of the file.
    pub named: BTreeMap<&'static str, Vec<Named>>,
    /// What was written and changes nothing, for the log.
    pub notices: Vec<String>,
}

impl Settings {
    /// Reads a file's bytes; `file` is for errors.
    ///
    /// # Errors
    /// [`FileProblem`] with its line.
    pub fn read(file: &str, bytes: &[u8], schema: &'static Schema) -> Result<Self, ConfigError<FileProblem>> {
        let Ok(text) = std::str::from_utf8(bytes) else {
            let problem = Box::new(FileProblem::NotText);
            return Err(ConfigError { file: file.to_owned(), line: None, language: None, problem, notices: Vec::new() });
        };
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let language = if schema.yaml { Language::of(text) } else { Language::INI };
        let (plain, named, notices) = (BTreeMap::new(), BTreeMap::new(), Vec::new());
        let mut settings = Self { file: file.to_owned(), language, schema, plain, named, notices };
        let document = if language.is_yaml() { Document::yaml(text, schema) } else { Document::ini(text) };
        let document = document.map_err(|(line, problem)| settings.error(Some(line), problem))?;
        document.headers.iter().try_for_each(|header| settings.header(header))?;
        document.entries.iter().try_for_each(|entry| settings.entry(entry))?;
        Ok(settings)
    }

    /// Something that is wrong at a line.
    pub fn error<P: Error>(&self, line: Option<usize>, problem: P) -> ConfigError<P> {
        let language = self.schema.yaml.then_some(self.language);
        ConfigError { file: self.file.clone(), line, language, problem: Box::new(problem), notices: self.notices.clone() }
    }

    /// A value that cannot be, told by its key and line or by its variable.
    pub fn wrong<P: Error + From<FileProblem>>(&self, key: &str, found: &Found, expected: impl Into<String>) -> ConfigError<P> {
        let (line, key) = match &found.from {
            Origin::Line(line) => (Some(*line), self.key(key)),
            Origin::Variable(name) => (None, name.clone()),
        };
        self.error(line, FileProblem::Value { key, expected: expected.into() }.into())
    }

    /// A key's name in the file's language.
    pub fn key(&self, name: &str) -> String {
        self.schema.key_called(name).map_or(name, |key| key.name(self.language)).to_owned()
    }

    /// A section as the file's language writes it.
    pub fn written(&self, section: &str, name: Option<&str>) -> String {
        let word = self.schema.section_called(section).map_or(section, |section| section.name(self.language));
        self.language.written(word, name)
    }

    /// What a section without a name says of a key.
    pub fn said(&self, section: &str, key: &str) -> Option<&Found> {
        self.plain.get(section).and_then(|values| said(values, key))
    }

    /// How a server's certificate is judged, when these are said of it.
    ///
    /// # Errors
    /// [`FileProblem::Value`] for a thumbprint that is none.
    pub fn trust<P>(&self, insecure: bool, thumbprint: Option<&Found>, ca_file: Option<&Found>) -> Result<Trust, ConfigError<P>>
    where
        P: Error + From<FileProblem>,
    {
        match (insecure, thumbprint) {
            (true, _) => Ok(Trust::Anything),
            (false, Some(found)) if is_thumbprint(found.text()) => Ok(Trust::Thumbprint(found.text().to_owned())),
            (false, Some(found)) => {
                Err(self.wrong("thumbprint", found, "a SHA-1 or SHA-256 fingerprint: 20 or 32 bytes of hex with colons between"))
            }
            (false, None) => Ok(ca_file.map_or(Trust::System, |found| Trust::CaFile(found.text().to_owned()))),
        }
    }

    /// A section with a name; made when there is none.
    pub fn named(&mut self, section: &'static str, name: &str, line: Option<usize>) -> &mut Named {
        let all = self.named.entry(section).or_default();
        let at = all.iter().position(|known| known.name == name).unwrap_or_else(|| {
            all.push(Named { name: name.to_owned(), line, values: Values::new() });
            all.len() - 1
        });
        &mut all[at]
    }

    fn note(&mut self, line: usize, what: &str, suggestion: Option<String>) {
        let meant = suggestion.map(|name| format!("; did you mean `{name}`?")).unwrap_or_default();
        self.notices.push(format!("line {line}: {what}, and nothing is done with it{meant}"));
    }

    /// A name that is known in the other language only.
    fn note_other_language(&mut self, line: usize, written: &str, meant: &str) {
        let (other, here) = (self.language.other().word(), self.language.word());
        let notice = format!("line {line}: `{written}` is the name in {other}; in {here} write `{meant}`; nothing is done with it");
        self.notices.push(notice);
    }

    fn header(&mut self, header: &Header) -> Result<(), ConfigError<FileProblem>> {
        let (language, line) = (self.language, header.line);
        let Some(section) = self.schema.section(&header.section, language) else {
            self.unknown_section(&header.section, line);
            return Ok(());
        };
        let shown = language.written(section.name(language), None);
        match (section, &header.name) {
            (Section { keys: None, .. }, _) => {
                self.notices.push(format!("{shown} (line {line}) is not this controller's: nothing is done with it"));
            }
            (Section { named: false, .. }, Some(_)) => {
                self.notices.push(format!("line {line}: section {shown} takes no quoted name, so nothing is done with this one"));
            }
            (Section { named: true, name, .. }, Some(own)) => {
                let known = self.named.get(name).is_some_and(|all| all.iter().any(|known| known.name == *own));
                if language.is_yaml() && known {
                    return Err(self.error(Some(line), FileProblem::Twice { section: shown, key: own.clone() }));
                }
                self.named(name, own, Some(line));
            }
            (Section { named: true, name, .. }, None) if !language.is_yaml() => drop(self.named(name, "", Some(line))),
            _ => {}
        }
        Ok(())
    }

    fn unknown_section(&mut self, written: &str, line: usize) {
        let language = self.language;
        let elsewhere = self.schema.section(written, language.other()).filter(|_| self.schema.yaml);
        if let Some(section) = elsewhere {
            return self.note_other_language(line, written, section.name(language));
        }
        let suggestion = closest(written, self.schema.sections.iter().map(|section| section.name(language)));
        self.note(line, &format!("there is no section {}", language.written(written, None)), suggestion);
    }

    fn entry(&mut self, entry: &Entry) -> Result<(), ConfigError<FileProblem>> {
        let language = self.language;
        // Of these the header was told already.
        let Some(section) = self.schema.section(&entry.section, language).filter(|section| section.keys.is_some()) else { return Ok(()) };
        if !section.named && entry.name.is_some() {
            return Ok(());
        }
        let Some(key) = section.key(&entry.key, language) else {
            self.unknown_key(section, entry);
            return Ok(());
        };
        let found = match key.kind.plain(&entry.value, language) {
            Ok(texts) => Found { texts, from: Origin::Line(entry.line) },
            Err(expected) => {
                let problem = FileProblem::Value { key: key.name(language).to_owned(), expected: expected.to_owned() };
                return Err(self.error(Some(entry.line), problem));
            }
        };
        let values = match (&entry.name, section.named) {
            (name, true) => &mut self.named(section.name, name.as_deref().unwrap_or_default(), Some(entry.line)).values,
            (_, false) => self.plain.entry(section.name).or_default(),
        };
        // In INI the last one counts, as gcfg has it; YAML has no two of one key.
        if values.insert(key.name, found).is_some() && language.is_yaml() {
            let section = language.written(section.name, entry.name.as_deref());
            return Err(self.error(Some(entry.line), FileProblem::Twice { section, key: entry.key.clone() }));
        }
        Ok(())
    }

    fn unknown_key(&mut self, section: &Section, entry: &Entry) {
        let language = self.language;
        if let Some(key) = section.key(&entry.key, language.other()).filter(|_| self.schema.yaml) {
            return self.note_other_language(entry.line, &entry.key, key.name(language));
        }
        let suggestion = closest(&entry.key, section.keys().map(|key| key.name(language)));
        let shown = language.written(section.name(language), None);
        self.note(entry.line, &format!("there is no key `{}` in {shown}", entry.key), suggestion);
    }
}

/// What a section says of a key; a key without a text says nothing.
pub fn said<'a>(values: &'a Values, key: &str) -> Option<&'a Found> {
    values.get(key).filter(|found| found.texts.iter().any(|text| !text.is_empty()))
}

/// The closest of some names, when it is close enough to be meant.
fn closest<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> Option<String> {
    let bare = |name: &str| name.replace(['-', '_'], "").to_ascii_lowercase();
    let distance = |candidate: &str| strsim::damerau_levenshtein(&bare(name), &bare(candidate));
    known.map(|candidate| (distance(candidate), candidate)).filter(|(distance, _)| *distance <= 3).min().map(|(_, found)| found.to_owned())
}

fn is_thumbprint(text: &str) -> bool {
    let bytes: Vec<&str> = text.split(':').collect();
    matches!(bytes.len(), 20 | 32) && bytes.iter().all(|byte| byte.len() == 2 && byte.chars().all(|digit| digit.is_ascii_hexdigit()))
}
