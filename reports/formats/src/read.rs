//! A finished report, taken up again.

use serde::Deserialize;

use crate::model::{RunReport, SCHEMA_VERSION};

/// Why a text is no report that this version reads.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// No JSON, or not all of it.
    #[error("is no JSON: {0}; a run writes report.json into the folder of --out")]
    Json(#[source] serde_json::Error),
    /// JSON of something else.
    #[error("is no report of seatrial: it has no number `schema_version` at its top; a run writes report.json into the folder of --out")]
    Foreign,
    /// A report of another version.
    #[error(
        "has schema_version {found}, this seatrial reads {SCHEMA_VERSION}; read it with the seatrial that wrote it{wrote}, or make it again"
    )]
    Version {
        /// Its version.
        found: u64,
        /// Who wrote it, in words, when that is known.
        wrote: String,
    },
    /// A report in which something is not as it must be.
    #[error("is not as a report must be: {0}; make it again")]
    Shape(#[source] serde_json::Error),
}

/// What is the same in the reports of all versions.
#[derive(Deserialize)]
struct Head {
    schema_version: Option<u64>,
    seatrial: Option<String>,
}

/// Reads a report of this schema version.
///
/// # Errors
/// See [`ReadError`]: none of them says which file it is about.
pub fn read(text: &str) -> Result<RunReport, ReadError> {
    let value: serde_json::Value = serde_json::from_str(text).map_err(ReadError::Json)?;
    let head = Head::deserialize(&value).map_err(|_| ReadError::Foreign)?;
    match head.schema_version {
        None => Err(ReadError::Foreign),
        Some(found) if found != u64::from(SCHEMA_VERSION) => {
            Err(ReadError::Version { found, wrote: head.seatrial.map_or(String::new(), |version| format!(" ({version})")) })
        }
        Some(_) => serde_json::from_str(text).map_err(ReadError::Shape),
    }
}
