//! `seatrial diff`: the first line in which two journals differ.

use std::path::{Path, PathBuf};

use seatrial_journal::first_difference;

use crate::exit::Exit;

/// Two journals, as `seatrial run --journal` writes them.
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

fn read(path: &Path) -> Result<String, String> {
    std::fs::read_to_string(path)
        .map_err(|error| format!("failed to read journal {}: {error}; `seatrial run --journal FILE` writes one", path.display()))
}
