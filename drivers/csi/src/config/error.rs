//! What can be wrong with `vsphere.conf`, told with file, line, key and remedy.

use driver_config::FileProblem;
use driver_host::NotAHost;

/// A configuration file that cannot be used.
pub type ConfigError = driver_config::ConfigError<ConfigProblem>;

/// What is wrong, and what to do about it. A value is never repeated: it may be a password in the wrong place.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ConfigProblem {
    /// The file says nothing that can be understood.
    #[error(transparent)]
    File(#[from] FileProblem),
    /// A vCenter's section whose name is no host.
    #[error("[VirtualCenter \"{name}\"] cannot be reached by this name: {reason}")]
    Host {
        /// What stands in the quotes.
        name: String,
        /// Why it names no host.
        reason: NotAHost,
    },
    /// Something that must be there.
    #[error("`{key}` is missing in [{section}]; add `{key} = {example}` there or in [Global], or set {variable}")]
    Missing {
        /// The section.
        section: String,
        /// The key.
        key: &'static str,
        /// How it looks.
        example: &'static str,
        /// The variable that says it, too.
        variable: &'static str,
    },
    /// No vCenter.
    #[error("there is no vCenter; add a section [VirtualCenter \"vcenter.example.com\"]")]
    NoVCenter,
    /// More than one vCenter, and nothing that tells which of them a node is in.
    #[error(
        "{count} vCenters are configured ({hosts}) and no topology: a volume can be used in its own vCenter only, so name the tag \
         categories that tell them apart: [Labels] topology-categories = \"k8s-region, k8s-zone\""
    )]
    TopologyMissing {
        /// How many.
        count: usize,
        /// Which.
        hosts: String,
    },
    /// More vCenters than can be served.
    #[error("{count} vCenters are configured; at most {most} are served: remove some of the [VirtualCenter] sections")]
    TooManyVCenters {
        /// How many.
        count: usize,
        /// How many there may be.
        most: usize,
    },
    /// Both ways to name categories.
    #[error("[Labels] has both `topology-categories` and `zone` or `region`; keep one of the two ways")]
    LabelsTwice,
}
