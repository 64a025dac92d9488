//! Why there is no place for a volume.

use tonic::Status;

use crate::operations::StoreError;
use crate::status;
use crate::vcenter::VCenterError;

/// Why there is no place for a volume.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum PlacementError {
    /// No term is good. The text says of each what it lacks.
    #[error("{}", .0.join("; "))]
    Nowhere(Vec<String>),
    /// A vCenter that might have had a place did not answer.
    #[error("{vcenter} did not answer, and nowhere else is there a place{}: {source}", also(.notes))]
    Unanswered {
        /// The vCenter's host name.
        vcenter: String,
        /// Whether the volume might have a place in another vCenter.
        alone: bool,
        /// What was found of the other places.
        notes: Vec<String>,
        /// What it said instead.
        source: VCenterError,
    },
    /// Which nodes there are is not known.
    #[error("which nodes have to reach the volume is not known: {0}")]
    Nodes(StoreError),
    /// No datastore has the url.
    #[error("no datastore of the configured datacenters has the datastoreurl {0}; correct it in the StorageClass")]
    NoSuchUrl(String),
    /// The policy is unknown.
    #[error(
        "storage policy {policy:?} is not known to {vcenters}; names are compared exactly: correct storagepolicyname, or make the policy"
    )]
    NoSuchPolicy {
        /// Its name.
        policy: String,
        /// The vCenters that were asked.
        vcenters: String,
    },
}

fn also(notes: &[String]) -> String {
    if notes.is_empty() { String::new() } else { format!(" ({})", notes.join("; ")) }
}

impl PlacementError {
    /// Its gRPC status.
    pub(crate) fn status(&self) -> Status {
        let text = self.to_string();
        match self {
            Self::Nowhere(_) | Self::Unanswered { alone: false, .. } => Status::resource_exhausted(text),
            Self::Unanswered { source, .. } => Status::new(status::of_vcenter(source).code(), text),
            Self::Nodes(error) => Status::new(status::of_store(error).code(), text),
            Self::NoSuchUrl(_) | Self::NoSuchPolicy { .. } => Status::invalid_argument(text),
        }
    }
}
