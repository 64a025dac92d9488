//! How a question to vCenter ends when it does not end with an answer. None of them says that a machine is gone.

use std::time::Duration;

/// Why there is no answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum VCenterError {
    /// It was not asked: it did not answer lately, and it is given some time.
    #[error("not asked for another {wait:?}, because it failed before: {reason}")]
    Resting {
        /// Until it is asked again.
        wait: Duration,
        /// What happened before.
        reason: String,
    },
    /// There was no answer, or none that can be understood.
    #[error("no usable answer: {reason}")]
    NoAnswer {
        /// What happened instead.
        reason: String,
    },
    /// The account is not let in.
    #[error("{reason}")]
    Login {
        /// What vCenter says.
        reason: String,
    },
    /// There are no credentials to log in with.
    #[error("no credentials: {reason}")]
    Credentials {
        /// What is missing, and where.
        reason: String,
    },
    /// vCenter answered with a fault.
    #[error("refused: {reason}")]
    Refused {
        /// What it says.
        reason: String,
    },
    /// A configured datacenter is not there, or the account does not see it.
    #[error("there is no datacenter {name} that the account can see; correct `datacenters` or grant it read access there")]
    Datacenter {
        /// As it is configured.
        name: String,
    },
    /// The account does not see everything that is searched.
    #[error(
        "the account lacks System.View or System.Read on {entity}, so what it does not see may still be there; grant it the read-only role, propagated"
    )]
    Blind {
        /// Where.
        entity: String,
    },
}

impl VCenterError {
    /// What is at the bottom of it, without what changes from one try to the next.
    pub(crate) fn cause(&self) -> String {
        match self {
            Self::Resting { reason, .. } => reason.clone(),
            other => other.to_string(),
        }
    }

    /// Whether vCenter is better left alone for a while.
    pub(crate) fn is_outage(&self) -> bool {
        matches!(self, Self::NoAnswer { .. } | Self::Login { .. } | Self::Credentials { .. })
    }

    /// Whether it is the account that keeps us out.
    pub(crate) fn is_login(&self) -> bool {
        matches!(self, Self::Login { .. } | Self::Credentials { .. })
    }
}
