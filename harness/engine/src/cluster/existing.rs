//! A cluster that is there already, by a kubeconfig: read, guarded, and left as it was.

use std::path::{Path, PathBuf};

use kube::config::{KubeConfigOptions, Kubeconfig};

use super::probe::{by_the_wall, service};
use super::{ClusterError, guard, sweep};

/// A kubeconfig that cannot be used: the input is wrong.
#[derive(Debug, thiserror::Error)]
pub enum ExistingError {
    /// It cannot be read or is no kubeconfig.
    #[error("failed to read kubeconfig {path}: {reason}; name another with --kubeconfig or in KUBECONFIG")]
    Read {
        /// Which.
        path: PathBuf,
        /// What is wrong.
        reason: String,
    },
    /// It has no such context.
    #[error("kubeconfig {path} has no context {context}; it has {}", told(.there))]
    NoContext {
        /// Which.
        path: PathBuf,
        /// What was asked for.
        context: String,
        /// What there is.
        there: Vec<String>,
    },
    /// It names no current one.
    #[error("kubeconfig {path} has no current context; choose one with --context: it has {}", told(.there))]
    NoCurrent {
        /// Which.
        path: PathBuf,
        /// What there is.
        there: Vec<String>,
    },
    /// What a context says cannot be used.
    #[error("context {context} of kubeconfig {path} cannot be used: {reason}")]
    Unusable {
        /// Which file.
        path: PathBuf,
        /// Which context.
        context: String,
        /// What is wrong.
        reason: String,
    },
    /// The flag that lifts the guard names another context.
    #[error("--yes-use-context names {named}, but the context is {context}; name the one that is meant, in both")]
    OtherContext {
        /// What the flag says.
        named: String,
        /// Which is used.
        context: String,
    },
}

/// A cluster that is there already.
#[derive(Clone, Debug)]
pub struct Existing {
    pub(super) config: kube::Config,
    /// The context's name.
    pub context: String,
    /// Whether its user has said that its Nodes and volumes may be lost.
    pub(super) allowed: bool,
}

impl Existing {
    /// Reads a kubeconfig; `allowed` is the context that its user has given leave for, whatever it holds.
    ///
    /// # Errors
    /// [`ExistingError`].
    pub fn read(path: &Path, context: Option<&str>, allowed: Option<&str>) -> Result<Self, ExistingError> {
        let read = |reason: String| ExistingError::Read { path: path.to_owned(), reason };
        let text = std::fs::read_to_string(path).map_err(|error| read(error.to_string()))?;
        if text.trim().is_empty() {
            return Err(read("it is empty".to_owned()));
        }
        let file = Kubeconfig::read_from(path).map_err(|error| read(error.to_string()))?;
        let there: Vec<String> = file.contexts.iter().map(|context| context.name.clone()).collect();
        let current = file.current_context.clone().filter(|name| !name.is_empty());
        let Some(context) = context.map(str::to_owned).or(current) else {
            return Err(ExistingError::NoCurrent { path: path.to_owned(), there });
        };
        if !there.contains(&context) {
            return Err(ExistingError::NoContext { path: path.to_owned(), context, there });
        }
        if let Some(named) = allowed.filter(|named| *named != context) {
            return Err(ExistingError::OtherContext { named: named.to_owned(), context });
        }
        let unusable = |reason: String| ExistingError::Unusable { path: path.to_owned(), context: context.clone(), reason };
        let options = KubeConfigOptions { context: Some(context.clone()), ..KubeConfigOptions::default() };
        let config = by_the_wall(kube::Config::from_custom_kubeconfig(file, &options)).map_err(|error| unusable(error.to_string()))?;
        let config = config.map_err(|error| unusable(error.to_string()))?;
        Ok(Self { config, context, allowed: allowed.is_some() })
    }

    /// Whether it may be used now: it answers, and holds nothing that the run could destroy.
    ///
    /// # Errors
    /// [`ClusterError`].
    pub fn inspect(&self) -> Result<(), ClusterError> {
        by_the_wall(async { Ok(guard::inspect(&service(&self.config)?, &self.context, self.allowed).await?) })?
    }

    /// Inspects it, and removes what an earlier run has left behind.
    pub(super) fn board(&self) -> Result<(), ClusterError> {
        self.inspect()?;
        self.sweep()
    }

    /// Removes everything that carries the mark of a run.
    pub(super) fn sweep(&self) -> Result<(), ClusterError> {
        by_the_wall(async { Ok(sweep::sweep(&service(&self.config)?).await?) })?
    }
}

fn told(contexts: &[String]) -> String {
    if contexts.is_empty() { "none".to_owned() } else { contexts.join(", ") }
}
