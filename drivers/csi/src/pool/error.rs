//! Nobody has it, as far as is known, and somebody has not been heard.

use crate::vcenter::VCenterError;

/// Whether something is there is not known, because a vCenter did not say.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("whether {what} exists is not known, because {vcenter} did not say: {source}")]
pub(crate) struct PoolError {
    /// What was looked for.
    pub what: String,
    /// The vCenter's host name.
    pub vcenter: String,
    /// Why it did not say.
    pub source: VCenterError,
}
