//! Why a driver cannot be derived from manifests.

use std::path::PathBuf;

use seatrial_scenario::{ScenarioError, ScenarioErrors};

/// Why a driver cannot be derived from its manifests.
#[derive(Debug, thiserror::Error)]
pub enum ManifestsError {
    /// A file or a folder cannot be read.
    #[error("failed to read {path}: {source}")]
    Read {
        /// Which.
        path: PathBuf,
        /// What stood in the way.
        source: std::io::Error,
    },
    /// A folder has no manifests.
    #[error("there is no file in {folder} that ends in .yaml, .yml or .json; a folder holds the manifests that a driver's users apply")]
    None {
        /// Which.
        folder: PathBuf,
    },
    /// What is wrong in them, each at its place.
    #[error("{0}")]
    Wrong(#[source] Box<ScenarioErrors>),
}

impl ManifestsError {
    /// What is wrong in manifests.
    pub(super) fn wrong(errors: Vec<ScenarioError>) -> Self {
        Self::Wrong(Box::new(ScenarioErrors::in_other_files(errors)))
    }
}
