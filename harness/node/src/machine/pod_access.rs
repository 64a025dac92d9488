//! Reading and writing as a pod's containers do: for the steps of scenarios.
//!
//! Containers go on when kubelet is dead or cut off, so this asks the machine and nobody else.

use std::path::PathBuf;

use driver_host::{Machine as _, MachineError};

use super::SimulatedMachine;
use super::container_runtime::ContainerMount;

/// Why a container could not read or write. `pod` is `<namespace>/<name>`, `path` the container's.
#[derive(Debug, thiserror::Error)]
pub enum PodAccessError {
    /// No container of the pod runs on this machine.
    #[error("no container of pod {pod} runs on {node}")]
    NotRunning {
        /// The machine.
        node: String,
        /// The pod.
        pod: String,
    },
    /// No container of the pod has a volume there. What a container keeps outside volumes is not modelled.
    #[error("pod {pod} has no volume at {path} in any of its containers")]
    NoVolume {
        /// The pod.
        pod: String,
        /// The path.
        path: String,
    },
    /// The volume is mounted for reading only.
    #[error("{path} is read-only in container {container} of pod {pod}")]
    ReadOnly {
        /// The pod.
        pod: String,
        /// The container.
        container: String,
        /// The path.
        path: String,
    },
    /// The machine failed.
    #[error("failed to access {path} in container {container} of pod {pod}: {source}")]
    Machine {
        /// The pod.
        pod: String,
        /// The container.
        container: String,
        /// The path.
        path: String,
        /// What the machine said, in its own paths.
        source: Box<MachineError>,
    },
}

struct Place {
    container: String,
    mount: ContainerMount,
    host_path: PathBuf,
}

impl SimulatedMachine {
    /// Writes a whole file (directories above it are made), or raw bytes to a device, as a container of the pod.
    ///
    /// # Errors
    /// [`PodAccessError`], naming the pod, the container and the path.
    pub async fn write_in_pod(&self, namespace: &str, pod: &str, path: &str, bytes: &[u8]) -> Result<(), PodAccessError> {
        let place = self.place_in_pod(namespace, pod, path)?;
        if place.mount.read_only {
            let (pod, path) = (format!("{namespace}/{pod}"), path.to_owned());
            return Err(PodAccessError::ReadOnly { pod, container: place.container, path });
        }
        let written = async {
            if let (false, Some(above)) = (place.mount.device, place.host_path.parent()) {
                self.make_directory(above).await?;
            }
            self.write_file(&place.host_path, bytes)
        };
        written.await.map_err(|source| machine_error(namespace, pod, path, place.container, source))
    }

    /// Reads a whole file, or the raw bytes of a device, as a container of the pod.
    ///
    /// # Errors
    /// [`PodAccessError`], naming the pod, the container and the path.
    pub fn read_in_pod(&self, namespace: &str, pod: &str, path: &str) -> Result<Vec<u8>, PodAccessError> {
        let place = self.place_in_pod(namespace, pod, path)?;
        self.read_file(&place.host_path).map_err(|source| machine_error(namespace, pod, path, place.container, source))
    }

    /// The first container that has a volume at the path, and the volume whose path is the longest there.
    fn place_in_pod(&self, namespace: &str, pod: &str, path: &str) -> Result<Place, PodAccessError> {
        let Some(sandbox) = self.containers.running(namespace, pod) else {
            return Err(PodAccessError::NotRunning { node: self.name.clone(), pod: format!("{namespace}/{pod}") });
        };
        for (container, detail) in sandbox.containers {
            let covering = detail.mounts.into_iter().filter(|mount| rest_below(mount, path).is_some());
            if let Some(mount) = covering.max_by_key(|mount| mount.container_path.len()) {
                let rest = rest_below(&mount, path).unwrap_or_default();
                let host_path = if rest.is_empty() { mount.host_path.clone() } else { mount.host_path.join(rest) };
                return Ok(Place { container, mount, host_path });
            }
        }
        Err(PodAccessError::NoVolume { pod: format!("{namespace}/{pod}"), path: path.to_owned() })
    }
}

/// What is left of `path` below the mount; a device has nothing below it.
fn rest_below<'a>(mount: &ContainerMount, path: &'a str) -> Option<&'a str> {
    let rest = path.strip_prefix(mount.container_path.trim_end_matches('/'))?;
    let below = rest.strip_prefix('/').filter(|_| !mount.device);
    if rest.is_empty() { Some("") } else { below }
}

fn machine_error(namespace: &str, pod: &str, path: &str, container: String, source: MachineError) -> PodAccessError {
    PodAccessError::Machine { pod: format!("{namespace}/{pod}"), container, path: path.to_owned(), source: Box::new(source) }
}
