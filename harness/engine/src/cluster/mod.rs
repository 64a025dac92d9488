//! The real API server of a live world: started with the run from programs of the machine, or one that is there already.
//!
//! It is brought up before the world begins, by the wall's clock, and goes after the world has ended. Only the API server
//! and what it stores are real: control loops, kubelets and sidecars stay ours, as ordinary clients.
//! Not done: kube-controller-manager and kube-scheduler of others; a cluster that has them is refused.

mod assets;
mod binaries;
mod existing;
mod guard;
mod probe;
mod sweep;

pub use binaries::{Binaries, BinariesError};
pub use existing::{Existing, ExistingError};
pub use guard::GuardError;

use std::path::Path;

use seatrial_kubernetes::real::Upstream;

use assets::Assets;
use probe::service;

/// Whose Kubernetes a live world has.
#[derive(Clone, Debug, Default)]
pub enum Kubernetes {
    /// The embedded one.
    #[default]
    Embedded,
    /// etcd and kube-apiserver, started with the run.
    Assets(Binaries),
    /// One that is there already.
    Existing(Box<Existing>),
}

impl Kubernetes {
    /// The flags that ask for it, to repeat a run; a kubeconfig's file is its user's to name.
    pub(crate) fn flags(&self) -> String {
        match self {
            Self::Embedded => String::new(),
            Self::Assets(_) => " --kubernetes assets".to_owned(),
            Self::Existing(existing) => format!(" --kubernetes kubeconfig --context {}", existing.context),
        }
    }
}

/// Why there is no cluster.
#[derive(Debug, thiserror::Error)]
pub enum ClusterError {
    /// The programs did not come up.
    #[error(transparent)]
    Assets(#[from] assets::AssetsError),
    /// It must not be used.
    #[error(transparent)]
    Guard(#[from] GuardError),
    /// What an earlier run made could not be removed.
    #[error(transparent)]
    Sweep(#[from] sweep::SweepError),
    /// No runtime to ask it with.
    #[error("failed to begin asking the API server: {0}")]
    Runtime(#[from] std::io::Error),
    /// The configuration cannot be used.
    #[error("failed to make a client for the API server: {0}")]
    Client(#[from] kube::Error),
}

/// What the run has made in a cluster of somebody else's, and could not take away.
#[derive(Debug, thiserror::Error)]
#[error("context {context} is not as it was: {source}")]
pub struct LeaveError {
    /// The cluster's context.
    context: String,
    /// What stood in the way.
    source: ClusterError,
}

/// A real API server that answers; dropping it ends what the run has started.
pub(crate) struct Cluster {
    config: kube::Config,
    existing: Option<Box<Existing>>,
    version: Option<String>,
    _assets: Option<Assets>,
}

impl Cluster {
    /// Brings up what a live world asks for; `program` is the `seatrial` command, which keeps children on a leash. Logs go into
    /// the folder `logs`, or go with the run.
    ///
    /// # Errors
    /// [`ClusterError`].
    pub(crate) fn bring_up(kubernetes: &Kubernetes, program: &Path, logs: Option<&Path>) -> Result<Option<Self>, ClusterError> {
        match kubernetes {
            Kubernetes::Embedded => Ok(None),
            Kubernetes::Assets(binaries) => {
                let assets = Assets::start(binaries, program, logs)?;
                let (config, version) = (assets.config.clone(), probe::version(&assets.config));
                Ok(Some(Self { config, existing: None, version, _assets: Some(assets) }))
            }
            Kubernetes::Existing(existing) => {
                existing.board()?;
                let (config, version) = (existing.config.clone(), probe::version(&existing.config));
                Ok(Some(Self { config, existing: Some(existing.clone()), version, _assets: None }))
            }
        }
    }

    /// Which Kubernetes it is, if it says so.
    pub(crate) fn version(&self) -> Option<String> {
        self.version.clone()
    }

    /// Ways to it; only inside the runtime that is to use them.
    pub(crate) fn upstream(&self) -> Result<Upstream, ClusterError> {
        let mut nobody = self.config.clone();
        nobody.auth_info = kube::config::AuthInfo::default();
        Ok(Upstream { administrator: service(&self.config)?, nobody: service(&nobody)? })
    }

    /// Whether it belongs to somebody else, so that what the run makes there must be marked.
    pub(crate) fn is_anothers(&self) -> bool {
        self.existing.is_some()
    }

    /// Removes what the run has made in a cluster of somebody else's.
    pub(crate) fn leave(&self) -> Result<(), LeaveError> {
        let Some(existing) = &self.existing else { return Ok(()) };
        existing.sweep().map_err(|source| LeaveError { context: existing.context.clone(), source })
    }
}
