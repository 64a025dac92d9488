//! Why a volume was not created, or not yet.

use super::super::placement::PlacementError;
use crate::operations::StoreError;
use crate::pool::PoolError;
use crate::vcenter::VCenterError;

/// Why a create did not end in a volume.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CreateError {
    /// vCenter said no, or nothing.
    #[error(transparent)]
    VCenter(#[from] VCenterError),
    /// vCenter said no to a question about an earlier create, whose fate stays open.
    #[error("an earlier create is in doubt, and looking for it failed: {0}")]
    InDoubt(VCenterError),
    /// There is no place for the volume.
    #[error(transparent)]
    Placement(#[from] PlacementError),
    /// There is no place for the volume just now, and an earlier create of it may have found one.
    #[error("an earlier create is in doubt, and there is no place to send it to again: {0}")]
    NoPlaceYet(PlacementError),
    /// Which vCenter has what an earlier create made is not known.
    #[error("an earlier create is in doubt: {0}")]
    Unanswered(PoolError),
    /// The record could not be read or written.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// An earlier attempt may still turn up.
    #[error("an earlier create of {name} is still being recovered: neither task nor volume is there yet, and a request may be on its way")]
    Recovering {
        /// The volume's name.
        name: String,
    },
    /// The name is taken by a volume of another size.
    #[error("{name} exists as volume {volume} with {capacity_mb} MiB, which does not fit the size that is asked for")]
    OtherSize {
        /// The volume's name.
        name: String,
        /// Its id.
        volume: String,
        /// Its size.
        capacity_mb: i64,
    },
    /// The chosen id is taken by a volume of another name.
    #[error("the id {id} that {name} asks for belongs to volume {other}")]
    OtherName {
        /// The id.
        id: String,
        /// The volume's name.
        name: String,
        /// The name that has the id.
        other: String,
    },
    /// The record is about a vCenter that is not configured.
    #[error(
        "a create of {name} was begun at {vcenter}, which is not configured: configure it, or delete the record when the volume is not wanted"
    )]
    OtherVCenter {
        /// The volume's name.
        name: String,
        /// The vCenter.
        vcenter: String,
    },
    /// vCenter says that it made the volume and does not list it.
    #[error("volume {volume} of {name} was made and is not listed yet")]
    NotListed {
        /// The volume's name.
        name: String,
        /// Its id.
        volume: String,
    },
}

impl CreateError {
    /// Whether another place may do: this one has none for the volume, and nothing was made there.
    pub(crate) fn may_go_elsewhere(&self) -> bool {
        match self {
            Self::VCenter(VCenterError::NotSent { .. }) => true,
            Self::VCenter(error @ VCenterError::Fault(_)) => crate::status::of_vcenter(error).code() == tonic::Code::ResourceExhausted,
            _ => false,
        }
    }

    /// A call failed while it is open whether an earlier create made the volume: the caller must ask again, whatever the
    /// fault, because one who gives up now leaves a volume behind.
    pub(super) fn in_doubt(error: VCenterError) -> Self {
        Self::InDoubt(error)
    }

    /// The same for an error on its way up.
    pub(super) fn still_in_doubt(self) -> Self {
        match self {
            Self::VCenter(error) => Self::InDoubt(error),
            other => other,
        }
    }
}
