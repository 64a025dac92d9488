//! Drivers that were built elsewhere: what a descriptor says of one, and where its programs are.
//!
//! A descriptor is a YAML file; those of `drivers/external` are part of this program, others are named by their path. It says
//! which processes the driver consists of, what each is told, and which of the harness's own stand back for it. Nothing here
//! starts anything: `world/external.rs` does.

mod builtin;
mod exception;
mod kinds;
mod model;
mod place;
mod sidecars;
mod words;
mod wrong;

use std::path::{Path, PathBuf};

pub use builtin::builtin_drivers;
pub use exception::Exception;
pub(crate) use kinds::Sidecar;
pub use kinds::Subject;
pub use model::Descriptor;
pub(crate) use model::Program;
pub(crate) use sidecars::Sidecars;
pub(crate) use words::{Words, fill};
pub use wrong::DescriptorError;

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
    fn wrong(name: &str) -> impl FnOnce(DescriptorError) -> Self {
        move |source| Self::Wrong { name: name.to_owned(), source: Box::new(source) }
    }

    /// Whether the machine lacks something; otherwise what was written is wrong.
    pub fn is_environment(&self) -> bool {
        matches!(self, Self::NoProgram { .. })
    }
}

/// A driver from outside, ready to be started: all that its descriptor names was found.
#[derive(Clone, Debug)]
pub struct External {
    /// How it was named on the command line.
    pub name: String,
    /// What its descriptor says.
    pub descriptor: Descriptor,
    /// The texts of its manifests, in order.
    pub(crate) manifests: Vec<String>,
    /// Where its programs are, in the order of the descriptor's processes.
    pub(crate) programs: Vec<PathBuf>,
}

/// Where descriptors and programs are looked for.
#[derive(Clone, Debug, Default)]
pub struct Search {
    /// Folders of `SEATRIAL_DRIVERS`, then of `PATH`.
    pub folders: Vec<PathBuf>,
}

impl External {
    /// Finds the driver of this name, or of the descriptor at this path, and all that it needs.
    ///
    /// # Errors
    /// [`ExternalError`].
    pub fn find(asked: Subject, name: &str, search: &Search) -> Result<Self, ExternalError> {
        let (text, folder) = if is_path(name) {
            let path = Path::new(name);
            let text = std::fs::read_to_string(path).map_err(|source| ExternalError::Read { path: path.to_owned(), source })?;
            (text, Some(path.parent().unwrap_or(Path::new(".")).to_owned()))
        } else {
            let known = || ExternalError::Unknown { name: name.to_owned(), known: builtin::names() };
            (builtin::descriptor(name).ok_or_else(known)?.to_owned(), None)
        };
        let descriptor = Descriptor::read(name, &text)?;
        if descriptor.subject != asked {
            return Err(ExternalError::OtherSubject { name: name.to_owned(), is: descriptor.subject, asked });
        }
        let manifests =
            descriptor.manifests.iter().map(|manifest| place::manifest(name, manifest, folder.as_deref())).collect::<Result<_, _>>()?;
        let programs = descriptor.processes.iter().map(|process| place::program(&descriptor, process, folder.as_deref(), search));
        let programs = programs.collect::<Result<_, _>>()?;
        Ok(Self { name: name.to_owned(), descriptor, manifests, programs })
    }

    /// The processes with their programs.
    pub(crate) fn processes(&self) -> impl Iterator<Item = (&Program, &PathBuf)> {
        self.descriptor.processes.iter().zip(&self.programs)
    }

    /// The node plugin, if it brings one.
    pub(crate) fn node_plugin(&self) -> Option<(&Program, &PathBuf)> {
        self.processes().find(|(process, _)| process.is_node_plugin())
    }

    /// Whether a sidecar of the harness's own stands back for one of the driver's.
    pub(crate) fn replaces(&self, sidecar: Sidecar) -> bool {
        self.descriptor.replaces.contains(&sidecar)
    }

    /// What it is, for reports. Its version is the binary's to say, not the descriptor's.
    pub(crate) fn words(&self) -> String {
        let Descriptor { driver, subject, source, .. } = &self.descriptor;
        let source = source.as_ref().map(|source| format!(" ({source})")).unwrap_or_default();
        format!("the {subject} driver was {driver}{source}")
    }
}

fn is_path(name: &str) -> bool {
    name.contains('/') || name.ends_with(".yaml") || name.ends_with(".yml")
}

#[cfg(test)]
mod tests;
