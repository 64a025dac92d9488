//! Whose Kubernetes a world with processes has, as flags say it: read, looked for and guarded before anything runs.

use std::path::PathBuf;

use seatrial_engine::{Binaries, Existing, Kubernetes};

use crate::exit::Exit;

/// Reads the environment; `main.rs` gives it.
pub type Variables = fn(&str) -> Option<String>;

/// Whose Kubernetes.
#[derive(Debug, clap::Args)]
pub struct KubernetesArguments {
    /// Whose API server; a real one makes processes of our drivers, too.
    #[arg(long, value_enum, default_value_t = Whose::Embedded)]
    kubernetes: Whose,
    /// With `--kubernetes kubeconfig`: the file; KUBECONFIG when it is left out.
    #[arg(long, value_name = "FILE")]
    kubeconfig: Option<PathBuf>,
    /// With `--kubernetes kubeconfig`: another context than the current one.
    #[arg(long, value_name = "NAME")]
    context: Option<String>,
    /// The cluster of this very context is used though it has Nodes or PersistentVolumes: all of them may be lost.
    #[arg(long, value_name = "NAME")]
    yes_use_context: Option<String>,
}

/// Whose API server a world has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Whose {
    /// The one in the command.
    Embedded,
    /// etcd and kube-apiserver, found by KUBEBUILDER_ASSETS or PATH and started for each world.
    Assets,
    /// One that is there already; with `--mode live` or `up`.
    Kubeconfig,
}

/// Why it cannot be had, and what to end with.
pub type Refusal = (String, Exit);

impl KubernetesArguments {
    /// Whether only one world at a time can have it.
    pub fn is_shared(&self) -> bool {
        self.kubernetes == Whose::Kubeconfig
    }

    /// Whether the world gets programs of others by it, so that it is one with processes.
    pub fn needs_processes(&self) -> bool {
        self.kubernetes == Whose::Assets
    }

    /// Refuses flags that a world with everything in the process cannot heed.
    pub fn check_in_process(&self) -> Result<(), Refusal> {
        if self.needs_processes() {
            let message = "--kubernetes assets needs drivers that are processes; leave --drivers in-process out, or --kubernetes";
            return Err((message.to_owned(), Exit::BadInput));
        }
        self.check_virtual()
    }

    /// Refuses flags that a world in its own time cannot heed.
    pub fn check_virtual(&self) -> Result<(), Refusal> {
        match self.kubernetes {
            Whose::Embedded | Whose::Assets => self.check_unused(),
            Whose::Kubeconfig => {
                let message = "--kubernetes kubeconfig needs --mode live: a cluster that is there already lives by the wall's clock; add it, or \
                               say --kubernetes assets";
                Err((message.to_owned(), Exit::BadInput))
            }
        }
    }

    fn check_unused(&self) -> Result<(), Refusal> {
        let given = [
            ("--kubeconfig", self.kubeconfig.is_some()),
            ("--context", self.context.is_some()),
            ("--yes-use-context", self.yes_use_context.is_some()),
        ];
        match given.iter().find(|(_, given)| *given) {
            Some((flag, _)) => Err((format!("{flag} is for --kubernetes kubeconfig only; add that, or leave it out"), Exit::BadInput)),
            None => Ok(()),
        }
    }

    /// Finds what is asked for.
    pub fn find(&self, variable: Variables) -> Result<Kubernetes, Refusal> {
        match self.kubernetes {
            Whose::Embedded => self.check_unused().map(|()| Kubernetes::Embedded),
            Whose::Assets => {
                self.check_unused()?;
                let found = Binaries::find(variable("KUBEBUILDER_ASSETS").as_deref(), variable("PATH").as_deref());
                found.map(Kubernetes::Assets).map_err(|error| (error.to_string(), Exit::Environment))
            }
            Whose::Kubeconfig => {
                let file = self.kubeconfig.clone().or_else(|| variable("KUBECONFIG").map(PathBuf::from));
                let nowhere = || ("--kubernetes kubeconfig needs --kubeconfig FILE, or KUBECONFIG".to_owned(), Exit::BadInput);
                let read = Existing::read(&file.ok_or_else(nowhere)?, self.context.as_deref(), self.yes_use_context.as_deref());
                let existing = read.map_err(|error| (error.to_string(), Exit::BadInput))?;
                existing.inspect().map_err(|error| (error.to_string(), Exit::Environment))?;
                Ok(Kubernetes::Existing(Box::new(existing)))
            }
        }
    }
}
