//! Why a driver from outside cannot be run.

use std::path::PathBuf;

use super::kinds::Subject;
use super::manifests::ManifestsError;
use super::wrong::DescriptorError;

/// Why a driver from outside cannot be run.
#[derive(Debug, thiserror::Error)]
pub enum ExternalError {
    /// There is no descriptor of this name.
    #[error("there is no driver `{name}`; known are {known}, or write the path of a descriptor of yours, such as ./{name}.yaml")]
    Unknown {
        /// The name that was asked for.
        name: String,
        /// Those that there are.
        known: String,
    },
    /// The descriptor, or a file that it names, cannot be read.
    #[error("failed to read {path}: {source}; a driver is described by a YAML file, see docs/external-drivers.md")]
    Read {
        /// Which.
        path: PathBuf,
        /// What stood in the way.
        source: std::io::Error,
    },
    /// The descriptor is not what it should be.
    #[error("descriptor {name} is wrong: {source}; see docs/external-drivers.md")]
    Wrong {
        /// Which.
        name: String,
        /// What is wrong, and where.
        source: Box<DescriptorError>,
    },
    /// It describes another kind of driver.
    #[error("{name} describes a {is} driver; it was asked for as --driver {asked}={name}")]
    OtherSubject {
        /// Which.
        name: String,
        /// What it describes.
        is: Subject,
        /// What was asked for.
        asked: Subject,
    },
    /// A driver cannot be derived from its manifests.
    #[error(transparent)]
    Manifests(#[from] ManifestsError),
    /// A program is not to be found.
    #[error(
        "driver {driver}: there is no program `{program}` in {searched}; build it ({source_of_it}), and name the folder where it lies in SEATRIAL_DRIVERS"
    )]
    NoProgram {
        /// Whose.
        driver: String,
        /// Which.
        program: String,
        /// Where it was looked for.
        searched: String,
        /// Where the driver comes from.
        source_of_it: String,
    },
}

impl ExternalError {
    /// Tells of which descriptor something is wrong.
    pub(super) fn wrong(name: &str) -> impl FnOnce(DescriptorError) -> Self {
        move |source| Self::Wrong { name: name.to_owned(), source: Box::new(source) }
    }

    /// Whether the machine lacks something; otherwise what was written is wrong.
    pub fn is_environment(&self) -> bool {
        matches!(self, Self::NoProgram { .. })
    }
}
