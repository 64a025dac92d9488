//! Why a step did not hold.

use kube::runtime::wait;
use seatrial_node::PodAccessError;

use crate::world::InjectionError;
use crate::world::processes::ProcessEnvironmentError;

/// Why a step did not hold, in words for the report.
#[derive(Debug, thiserror::Error)]
pub enum StepFailure {
    /// Something is not as the step has it: what it is like instead.
    #[error("{0}")]
    Unmet(String),
    /// The API server refuses it, or does not answer.
    #[error("Kubernetes answered: {0}")]
    Kubernetes(#[source] Box<kube::Error>),
    /// What is waited for cannot be watched.
    #[error("watching {object} failed: {source}")]
    Watch {
        /// What.
        object: String,
        /// What stood in the way.
        source: Box<wait::Error>,
    },
    /// A manifest says nothing that could be created.
    #[error("the manifest is not a Kubernetes object: {0}")]
    Manifest(#[source] serde_json::Error),
    /// A node's taints cannot be read.
    #[error("a taint cannot be written: {0}")]
    Taint(#[source] serde_json::Error),
    /// A file in a pod cannot be reached.
    #[error(transparent)]
    File(#[from] PodAccessError),
    /// What a driver is told cannot be changed.
    #[error(transparent)]
    Configuration(#[from] ProcessEnvironmentError),
    /// The world does not let it be done.
    #[error(transparent)]
    Injection(#[from] InjectionError),
}

impl From<kube::Error> for StepFailure {
    fn from(error: kube::Error) -> Self {
        Self::Kubernetes(Box::new(error))
    }
}

impl StepFailure {
    /// What is like this instead.
    pub(super) fn new(words: impl Into<String>) -> Self {
        Self::Unmet(words.into())
    }
}
