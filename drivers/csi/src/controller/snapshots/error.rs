//! Why a snapshot was not taken, or not yet.

use tonic::Status;

use crate::operations::StoreError;
use crate::status;
use crate::vcenter::VCenterError;

/// Why there is no snapshot.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SnapshotError {
    /// vCenter said no, or nothing.
    #[error(transparent)]
    VCenter(#[from] VCenterError),
    /// vCenter said no to a question about an earlier attempt, whose fate stays open.
    #[error("an earlier attempt is in doubt, and looking for its snapshot failed: {0}")]
    InDoubt(VCenterError),
    /// The record could not be read or written.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// An earlier attempt may still turn up.
    #[error(
        "an earlier attempt at snapshot {name} is still being recovered: neither task nor snapshot is there yet, and a request may be on its way"
    )]
    Recovering {
        /// The snapshot's name.
        name: String,
    },
    /// The volume has as many as it may.
    #[error("the number of snapshots on the source volume {volume} reaches the configured maximum ({limit})")]
    TooMany {
        /// The volume.
        volume: String,
        /// How many it may have.
        limit: usize,
    },
    /// The name is taken by a snapshot of another volume.
    #[error("snapshot {name} exists already, of volume {other}")]
    OtherVolume {
        /// The snapshot's name.
        name: String,
        /// The volume that it is of.
        other: String,
    },
}

impl SnapshotError {
    /// The same while it is open whether an earlier attempt took the snapshot: whoever gives up now leaves one behind.
    pub(super) fn still_in_doubt(self) -> Self {
        match self {
            Self::VCenter(error) => Self::InDoubt(error),
            other => other,
        }
    }

    /// Its gRPC status. For CreateSnapshot `Aborted` and `Unavailable` mean "may still be running", as for CreateVolume.
    pub(crate) fn status(&self) -> Status {
        match self {
            Self::VCenter(error) => status::of_vcenter(error),
            Self::Store(error) => status::of_store(error),
            Self::InDoubt(_) | Self::Recovering { .. } => Status::aborted(self.to_string()),
            Self::TooMany { .. } => Status::failed_precondition(self.to_string()),
            Self::OtherVolume { .. } => Status::already_exists(self.to_string()),
        }
    }
}
