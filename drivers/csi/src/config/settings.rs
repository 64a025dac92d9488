//! What a file says, as gcfg reads it into upstream's structure: the last value of each key of each section.

use std::collections::BTreeMap;

use driver_host::gcfg::{self, Entry, Header};

use super::error::{ConfigError, ConfigProblem};
use super::schema::{Naming, SECTIONS, Section};

/// A value, and where it is from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Found {
    pub value: String,
    pub from: Origin,
}

/// Where a value is from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Origin {
    /// A line of the file, from 1.
    Line(usize),
    /// A variable of the environment.
    Variable(String),
}

/// Values of one section, by key.
pub(super) type Values = BTreeMap<&'static str, Found>;

/// A file's values.
#[derive(Debug, Default)]
pub(super) struct Settings {
    pub file: String,
    /// Sections without names, by section.
    pub plain: BTreeMap<&'static str, Values>,
    /// Sections with names, by section; in the order of the file.
    pub named: BTreeMap<&'static str, Vec<(String, Values)>>,
    /// What changes nothing, for the log.
    pub notices: Vec<String>,
}

/// The closest of some names, when it is close enough to be meant.
pub(super) fn closest<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> Option<String> {
    let distance = |candidate: &str| strsim::damerau_levenshtein(&name.to_ascii_lowercase(), &candidate.to_ascii_lowercase());
    known.map(|candidate| (distance(candidate), candidate)).filter(|(distance, _)| *distance <= 3).min().map(|(_, found)| found.to_owned())
}

fn meant(suggestion: Option<String>) -> String {
    suggestion.map(|name| format!("; did you mean `{name}`?")).unwrap_or_default()
}

fn section(name: &str) -> Option<&'static Section> {
    SECTIONS.iter().find(|section| section.name.eq_ignore_ascii_case(name))
}

impl Settings {
    /// Reads a file's bytes; `file` is for errors.
    pub(super) fn read(file: &str, bytes: &[u8]) -> Result<Self, ConfigError> {
        let mut settings = Self { file: file.to_owned(), ..Self::default() };
        let text = std::str::from_utf8(bytes).map_err(|_| settings.error(None, ConfigProblem::NotText))?;
        let ini = gcfg::parse(text).map_err(|(line, problem)| settings.error(Some(line), problem.into()))?;
        ini.headers.iter().for_each(|header| settings.header(header));
        ini.entries.iter().try_for_each(|entry| settings.entry(entry))?;
        Ok(settings)
    }

    pub(super) fn error(&self, line: Option<usize>, problem: ConfigProblem) -> ConfigError {
        ConfigError { file: self.file.clone(), line, problem }
    }

    fn header(&mut self, header: &Header) {
        let (written, line) = (&header.section, header.line);
        match (section(written), &header.subsection) {
            (None, _) => {
                let suggestion = meant(closest(written, SECTIONS.iter().map(|section| section.name)));
                self.notices.push(format!("line {line}: there is no section [{written}], and nothing is done with it{suggestion}"));
            }
            (Some(Section { name, naming: Naming::Plain, .. }), Some(_)) => {
                self.notices.push(format!("line {line}: section [{name}] takes no quoted name, so nothing is done with this one"));
            }
            (Some(Section { name, naming: Naming::Named, .. }), own) => drop(self.named(name, own.as_deref().unwrap_or_default())),
            (Some(_), None) => {}
        }
    }

    /// The values of a section with a name; made when there are none.
    pub(super) fn named(&mut self, section: &'static str, name: &str) -> &mut Values {
        let all = self.named.entry(section).or_default();
        let at = all.iter().position(|(known, _)| known == name).unwrap_or_else(|| {
            all.push((name.to_owned(), Values::new()));
            all.len() - 1
        });
        &mut all[at].1
    }

    fn entry(&mut self, entry: &Entry) -> Result<(), ConfigError> {
        // Of these the header was told already.
        let Some(section) = section(&entry.section) else { return Ok(()) };
        if section.naming == Naming::Plain && entry.subsection.is_some() {
            return Ok(());
        }
        let Some((key, kind)) = section.keys.iter().find(|(key, _)| key.eq_ignore_ascii_case(&entry.key)) else {
            let suggestion = meant(closest(&entry.key, section.keys.iter().map(|(key, _)| *key)));
            let (line, written, name) = (entry.line, &entry.key, section.name);
            self.notices.push(format!("line {line}: there is no key `{written}` in [{name}], and nothing is done with it{suggestion}"));
            return Ok(());
        };
        let value = kind.plain(entry.value.as_deref());
        let value = value.map_err(|expected| self.error(Some(entry.line), ConfigProblem::value(key, expected)))?;
        let values = match section.naming {
            Naming::Named => self.named(section.name, entry.subsection.as_deref().unwrap_or_default()),
            Naming::Plain => self.plain.entry(section.name).or_default(),
        };
        values.insert(key, Found { value, from: Origin::Line(entry.line) });
        Ok(())
    }
}
