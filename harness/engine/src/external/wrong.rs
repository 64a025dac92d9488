//! What is wrong with a descriptor, each with its remedy.

use seatrial_kubernetes::loops::FlagError;
use seatrial_kubernetes::yaml::YamlError;

use super::kinds::{NODE_PLUGIN, Sidecar, Subject};

/// What is wrong with a descriptor, and where.
#[derive(Debug, thiserror::Error)]
pub enum DescriptorError {
    /// It is no YAML, or has fields that no descriptor has, or none that it must have.
    #[error(transparent)]
    Parse(#[from] serde_saphyr::Error),
    /// It offers what no driver of its kind can offer.
    #[error("offers: what can be offered today is all of CSI drivers; leave it out")]
    OffersOfNoCsiDriver,
    /// It has labels of its own, and may have none.
    #[error("labels: a cloud controller manager has Kubernetes' own; leave it out")]
    LabelsOfNoCsiDriver,
    /// Nobody can read up on what it says of its polls.
    #[error("polls: one cites an issue or a line of its driver's, not `{cites}`")]
    PollCites {
        /// What it cites.
        cites: String,
    },
    /// The process is missing that makes a driver of it.
    #[error("processes: none is called `{must}`, which a {subject} driver must have")]
    NoMainProcess {
        /// The name.
        must: &'static str,
        /// What it is a driver of.
        subject: Subject,
    },
    /// Two processes have one name.
    #[error("processes: two are called `{name}`")]
    SameName {
        /// The name.
        name: String,
    },
    /// It is no CSI driver, and brings a node plugin.
    #[error("processes: a node plugin (`{NODE_PLUGIN}`) is a csi driver's; leave it out")]
    NodePlugin,
    /// Nobody knows what is to be started.
    #[error("process `{process}`: it has neither a `program` nor an `image`")]
    NeitherProgramNorImage {
        /// Which.
        process: String,
    },
    /// Nobody can be asked whether it answers.
    #[error("process `{process}`: liveness: it does not serve CSI, so nobody can ask it; leave it out")]
    LivenessOfNoDriver {
        /// Which.
        process: String,
    },
    /// An image says too little.
    #[error("an image alone is known to be a csi driver only; describe this one by a descriptor with `image` in its process")]
    ImageAlone,
    /// A file of a process would lie somewhere else.
    #[error("process `{process}`: files: `{name}` is no plain name of a file")]
    FileName {
        /// Whose.
        process: String,
        /// What it is called.
        name: String,
    },
    /// A process is told something with a wrong placeholder in it.
    #[error("process `{process}`: {source}")]
    Placeholder {
        /// Which.
        process: String,
        /// What is wrong.
        source: PlaceholderError,
    },
    /// It has sidecars, and its kind has none.
    #[error("sidecars: only a csi driver has sidecars")]
    SidecarsOfNoCsiDriver,
    /// Flags for a sidecar that is not started.
    #[error("sidecars: `{sidecar}` stands back for the driver's own (`replaces`), so its flags would do nothing")]
    FlagsOfReplaced {
        /// Which.
        sidecar: Sidecar,
    },
    /// A flag of a sidecar has a wrong placeholder in it.
    #[error("sidecars: {0}")]
    SidecarPlaceholder(#[source] PlaceholderError),
    /// A sidecar does not know a flag.
    #[error("sidecars: {0}")]
    Flag(#[source] FlagError),
    /// It names a manifest that is not part of this program.
    #[error("there is no manifest {name}")]
    NoManifest {
        /// Which.
        name: String,
    },
    /// A manifest of it cannot be read.
    #[error("manifest {name} is not YAML: {source}")]
    Manifest {
        /// Which.
        name: String,
        /// What stood in the way.
        source: YamlError,
    },
}

/// What is wrong with a placeholder.
#[derive(Debug, thiserror::Error)]
pub enum PlaceholderError {
    /// There is none of this name, or not for this process.
    #[error("`${{{name}}}` stands for nothing here; there {}", known(.there))]
    Unknown {
        /// Its name.
        name: String,
        /// Those that there are.
        there: Vec<&'static str>,
    },
    /// Its end is missing.
    #[error("a placeholder is not closed in `{text}`; write ${{name}}")]
    Open {
        /// Where.
        text: String,
    },
}

fn known(there: &[&str]) -> String {
    let written: Vec<String> = there.iter().map(|name| format!("${{{name}}}")).collect();
    format!("{} {}", if there.len() == 1 { "is" } else { "are" }, written.join(", "))
}

/// A word in `offers` that cannot stand there.
#[derive(Debug, thiserror::Error)]
pub enum OfferError {
    /// Nobody knows the capability.
    #[error("offers: unknown capability `{word}`; {remedy}")]
    Unknown {
        /// The word.
        word: String,
        /// Which there are.
        remedy: String,
    },
    /// The driver itself is asked.
    #[error("offers: a driver that has `{word}` says so itself ({announced} in its ControllerGetCapabilities); leave it out")]
    Announced {
        /// The word.
        word: String,
        /// How the driver says it.
        announced: &'static str,
    },
}

/// What an exception lacks.
#[derive(Debug, thiserror::Error)]
pub enum ExceptionError {
    /// It is about nothing, or about two things.
    #[error("an exception is about one `oracle`, or about the `calls` of one method")]
    About,
    /// Nobody can read up on it.
    #[error("an exception cites an issue or a line of its driver's, not `{cites}`")]
    Cites {
        /// What it cites.
        cites: String,
    },
}
