//! A corpus: which explored scenarios have shown something new, and all that is known by now.
//!
//! A folder of two text files. `lineages.txt` names the scenarios, in the order in which they were learned, each with the number of
//! transitions that no earlier one had. `transitions.txt` has what all of them, and whatever was explored beside them, have shown: eight
//! hexadecimal digits a line, in order. What is new is judged by that file alone, so it does not depend on what else is explored at the
//! same time: parts of an exploration find what the whole finds.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use super::lineage::{Lineage, LineageError};
use super::novelty::Transitions;

const LINEAGES: &str = "lineages.txt";
const TRANSITIONS: &str = "transitions.txt";

/// See the module.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Corpus {
    lineages: Vec<(Lineage, usize)>,
    known: Transitions,
}

/// Why there is no corpus, or none was written.
#[derive(Debug, thiserror::Error)]
pub enum CorpusError {
    /// A file cannot be read.
    #[error("failed to read {path}: {source}")]
    Read {
        /// Which.
        path: PathBuf,
        /// What stood in the way.
        source: std::io::Error,
    },
    /// A file cannot be written.
    #[error("failed to write {path}: {source}")]
    Write {
        /// Which.
        path: PathBuf,
        /// What stood in the way.
        source: std::io::Error,
    },
    /// A line names no scenario.
    #[error("{path}:{line}: {source}")]
    Lineage {
        /// Whose.
        path: PathBuf,
        /// Which, from 1.
        line: usize,
        /// What is wrong with it.
        source: LineageError,
    },
    /// A line is no transition.
    #[error("{path}:{line}: `{text}` is no transition; eight hexadecimal digits are")]
    Transition {
        /// Whose.
        path: PathBuf,
        /// Which, from 1.
        line: usize,
        /// The line.
        text: String,
    },
}

impl Corpus {
    /// The corpus of a folder; empty when the folder has none.
    ///
    /// # Errors
    /// A file that cannot be read, a line that is none of a corpus.
    pub fn read(folder: &Path) -> Result<Self, CorpusError> {
        let mut corpus = Self::default();
        let (path, text) = read(folder.join(LINEAGES))?;
        for (number, line) in lines(&text) {
            let (lineage, new) = line.split_once(' ').unwrap_or((line, "0"));
            let lineage = lineage.parse().map_err(|source| CorpusError::Lineage { path: path.clone(), line: number, source })?;
            corpus.lineages.push((lineage, new.parse().unwrap_or_default()));
        }
        let (path, text) = read(folder.join(TRANSITIONS))?;
        let hash = |(line, text): (usize, &str)| {
            let wrong = |_| CorpusError::Transition { path: path.clone(), line, text: text.to_owned() };
            u32::from_str_radix(text, 16).map_err(wrong)
        };
        corpus.known = lines(&text).map(hash).collect::<Result<_, _>>()?;
        Ok(corpus)
    }

    /// Writes it into a folder.
    ///
    /// # Errors
    /// A file that cannot be written.
    pub fn write(&self, folder: &Path) -> Result<(), CorpusError> {
        let lineages: String = self.lineages.iter().map(|(lineage, new)| format!("{lineage} {new}\n")).collect();
        let head = "# Explored scenarios that have shown something new, each with how much: seatrial explore --corpus --learn writes it.\n";
        let hashes: String = self.known.hashes().map(|hash| format!("{hash:08x}\n")).collect();
        for (name, text) in [(LINEAGES, format!("{head}{lineages}")), (TRANSITIONS, hashes)] {
            let path = folder.join(name);
            let written = std::fs::create_dir_all(folder).and_then(|()| std::fs::write(&path, text));
            written.map_err(|source| CorpusError::Write { path, source })?;
        }
        Ok(())
    }

    /// What is known.
    pub fn known(&self) -> &Transitions {
        &self.known
    }

    /// The scenarios that have shown something new.
    pub fn lineages(&self) -> impl Iterator<Item = &Lineage> {
        self.lineages.iter().map(|(lineage, _)| lineage)
    }

    /// Learns what a scenario has shown; answers how much of it was new.
    pub fn learn(&mut self, lineage: &Lineage, shown: &Transitions) -> usize {
        let new = self.known.add(shown);
        if new > 0 && !self.lineages().any(|known| known == lineage) {
            self.lineages.push((lineage.clone(), new));
        }
        new
    }
}

/// The text of a file, with its path; nothing when there is none.
fn read(path: PathBuf) -> Result<(PathBuf, String), CorpusError> {
    match std::fs::read_to_string(&path) {
        Ok(text) => Ok((path, text)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok((path, String::new())),
        Err(source) => Err(CorpusError::Read { path, source }),
    }
}

/// The lines that say something, each with its number.
fn lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let numbered = text.lines().enumerate().map(|(number, line)| (number + 1, line.trim()));
    numbered.filter(|(_, line)| !line.is_empty() && !line.starts_with('#'))
}
