//! The real API server of a world with processes: started with the run from programs of the machine, or one that is there already.
//!
//! By the wall's clock it is brought up before the world begins, and goes after the world has ended; in the world's time its programs
//! are the world's first children. Only the API server
//! and what it stores are real: control loops, kubelets and sidecars stay ours, as ordinary clients.
//! Not done: kube-controller-manager and kube-scheduler of others; a cluster that has them is refused.

mod assets;
mod binaries;
mod existing;
mod guard;
mod in_world;
mod papers;
mod probe;
mod sweep;

pub use binaries::{Binaries, BinariesError};
pub use existing::{Existing, ExistingError};
pub use guard::GuardError;

use std::path::Path;

use seatrial_kubernetes::real::Upstream;
use seatrial_wires::Network;

pub(crate) use in_world::SLACK;

use assets::Assets;
use in_world::InWorld;
use probe::service;

/// Whose Kubernetes a world with processes has.
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

/// A real API server; dropping it ends what the run has started.
pub(crate) struct Cluster {
    origin: Origin,
    version: Option<String>,
}

enum Origin {
    /// Programs by the wall's clock, which are ready.
    Started(Box<Assets>),
    /// Somebody else's.
    Existing(Box<Existing>),
    /// Programs that the world will have.
    InWorld(Box<InWorld>),
}

impl Cluster {
    /// Brings up what a world asks for, but for what is to live in the world's time: that [comes up](Self::come_up) with the world.
    /// `program` is the `seatrial` command, which keeps children on a leash. Logs go into the folder `logs`, or go with the run.
    ///
    /// # Errors
    /// [`ClusterError`].
    pub(crate) fn bring_up(
        kubernetes: &Kubernetes,
        by_the_wall: bool,
        program: &Path,
        logs: Option<&Path>,
    ) -> Result<Option<Self>, ClusterError> {
        Ok(match kubernetes {
            Kubernetes::Embedded => None,
            Kubernetes::Assets(binaries) if by_the_wall => {
                let assets = Box::new(Assets::start(binaries, program, logs)?);
                let version = probe::version(&assets.config);
                Some(Self { origin: Origin::Started(assets), version })
            }
            Kubernetes::Assets(binaries) => Some(Self { origin: Origin::InWorld(Box::new(InWorld::new(binaries, logs))), version: None }),
            Kubernetes::Existing(existing) => {
                existing.board()?;
                let version = probe::version(&existing.config);
                Some(Self { origin: Origin::Existing(existing.clone()), version })
            }
        })
    }

    /// Starts what is to live in the world's time; the world begins after that.
    ///
    /// # Errors
    /// [`ClusterError`].
    pub(crate) async fn come_up(&self, network: &Network) -> Result<(), ClusterError> {
        match &self.origin {
            Origin::InWorld(programs) => Ok(programs.come_up(network).await?),
            Origin::Started(_) | Origin::Existing(_) => Ok(()),
        }
    }

    /// Waits until one of its programs ends although the world does not, where that is known; answers how.
    pub(crate) async fn ended(&self) -> String {
        match &self.origin {
            Origin::InWorld(programs) => programs.ended().await.to_string(),
            Origin::Started(_) | Origin::Existing(_) => std::future::pending().await,
        }
    }

    /// Which Kubernetes it is, if it says so.
    pub(crate) fn version(&self) -> Option<String> {
        match &self.origin {
            Origin::InWorld(programs) => programs.version(),
            Origin::Started(_) | Origin::Existing(_) => self.version.clone(),
        }
    }

    /// Ways to it; only inside the runtime that is to use them.
    pub(crate) fn upstream(&self) -> Result<Upstream, ClusterError> {
        let config = match &self.origin {
            Origin::InWorld(programs) => return Ok(programs.upstream()?),
            Origin::Started(assets) => &assets.config,
            Origin::Existing(existing) => &existing.config,
        };
        Ok(Upstream { administrator: service(config)?, nobody: service(&without_credentials(config))? })
    }

    /// Whether it belongs to somebody else, so that what the run makes there must be marked.
    pub(crate) fn is_anothers(&self) -> bool {
        matches!(self.origin, Origin::Existing(_))
    }

    /// Removes what the run has made in a cluster of somebody else's.
    pub(crate) fn leave(&self) -> Result<(), LeaveError> {
        let Origin::Existing(existing) = &self.origin else { return Ok(()) };
        existing.sweep().map_err(|source| LeaveError { context: existing.context.clone(), source })
    }
}

fn without_credentials(config: &kube::Config) -> kube::Config {
    let mut nobody = config.clone();
    nobody.auth_info = kube::config::AuthInfo::default();
    nobody
}
