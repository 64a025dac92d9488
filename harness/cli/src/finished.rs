//! Finished reports, read again from the place where a run has written them.

use std::path::{Path, PathBuf};

use seatrial_reports::{ReadError, RunReport};

/// The name of the report that programs read.
pub const REPORT: &str = "report.json";

/// Why there is no report.
#[derive(Debug, thiserror::Error)]
pub enum FinishedError {
    /// No file.
    #[error("failed to read {path}: {source}; name a report.json, or the folder that `seatrial run --out` has written")]
    Open {
        /// Which.
        path: PathBuf,
        /// What stood in the way.
        source: std::io::Error,
    },
    /// A file of something else.
    #[error("{path} {source}")]
    Read {
        /// Which.
        path: PathBuf,
        /// What is wrong with it.
        source: ReadError,
    },
}

/// Reads a report: the file, or the one in the folder.
pub fn read(place: &Path) -> Result<RunReport, FinishedError> {
    let path = if place.is_dir() { place.join(REPORT) } else { place.to_owned() };
    match std::fs::read_to_string(&path) {
        Ok(text) => seatrial_reports::read(&text).map_err(|source| FinishedError::Read { path, source }),
        Err(source) => Err(FinishedError::Open { path, source }),
    }
}
