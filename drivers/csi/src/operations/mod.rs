//! Records of operations that outlive the driver: `cnsvolumeoperationrequests.cns.vmware.com`.
//!
//! A create is the one operation that vCenter does not make idempotent by itself, so it is written down before it is
//! sent. The records are upstream's, field by field, so that one driver can take over from the other.

mod kubernetes;
mod record;
mod resource;

use async_trait::async_trait;

pub use kubernetes::KubernetesOperations;
pub use record::{OperationStatus, Record};

/// Why a record could not be read or written.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// Somebody else has written the record since it was read.
    #[error("the record of {name} was changed by another controller")]
    Conflict {
        /// The volume's name.
        name: String,
    },
    /// The API server did not do it; whether a write had an effect is not known.
    #[error("failed to {action} the record of {name}: {reason}")]
    Failed {
        /// What was to be done, as a verb.
        action: &'static str,
        /// The volume's name or id.
        name: String,
        /// What stood in the way.
        reason: String,
    },
}

/// Where the records are kept.
#[async_trait]
pub trait Operations: Send + Sync {
    /// The record of a volume's name.
    async fn find(&self, name: &str) -> Result<Option<Record>, StoreError>;

    /// Writes a record if nobody has written it since it was read, or made it since it was not found.
    async fn write(&self, record: &Record) -> Result<Record, StoreError>;

    /// The records of the creates that made this volume, and of those of its snapshots.
    async fn of_volume(&self, volume_id: &str) -> Result<Vec<Record>, StoreError>;

    /// All records.
    async fn list(&self) -> Result<Vec<Record>, StoreError>;

    /// Removes a record; no error when it is gone.
    async fn remove(&self, record: &Record) -> Result<(), StoreError>;
}
