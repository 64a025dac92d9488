//! `seatrial diff`: the first line in which two journals differ.

use std::path::{Path, PathBuf};

use seatrial_journal::{first_difference, read_journal};

use crate::exit::Exit;

/// Two journals, as `seatrial run` writes them, packed (`.gz`) or not.
#[derive(Debug, clap::Args)]
pub struct DiffArguments {
    /// One journal.
    left: PathBuf,
    /// The other.
    right: PathBuf,
}

/// Prints the first difference; equal journals are silent.
pub fn diff(arguments: &DiffArguments) -> Exit {
    let (left, right) = match (read(&arguments.left), read(&arguments.right)) {
        (Ok(left), Ok(right)) => (left, right),
        (Err(error), _) | (_, Err(error)) => {
            eprintln!("seatrial: {error}");
            return Exit::BadInput;
        }
    };
    match first_difference(&left, &right) {
        None => Exit::Passed,
        Some(difference) => {
            print!("{difference}");
            Exit::Failed
        }
    }
}

/// A journal's lines; one that ends too early is read as far as it goes, and said to be one.
fn read(path: &Path) -> Result<String, DiffError> {
    let bytes = std::fs::read(path).map_err(|source| DiffError::Read { path: path.to_owned(), source })?;
    let journal = read_journal(&bytes).map_err(|source| DiffError::Damaged { path: path.to_owned(), source })?;
    if journal.cut {
        let entries = journal.text.lines().count();
        eprintln!("seatrial: journal {} ends before its run did; its first {entries} entries are compared", path.display());
    }
    Ok(journal.text)
}

/// Why a journal cannot be compared.
#[derive(Debug, thiserror::Error)]
enum DiffError {
    /// It cannot be read.
    #[error("failed to read journal {path}: {source}; `seatrial run --journal FILE` writes one")]
    Read {
        /// Which.
        path: PathBuf,
        /// What stood in the way.
        source: std::io::Error,
    },
    /// It is damaged, or none.
    #[error("failed to read journal {path}: {source}; it is damaged, or no journal: `seatrial run --journal FILE` writes one")]
    Damaged {
        /// Which.
        path: PathBuf,
        /// What is wrong with it.
        source: std::io::Error,
    },
}
