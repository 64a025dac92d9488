//! Writes to Nodes. A write that loses a race is made again upon the newer Node.

use std::sync::Arc;
use std::time::Duration;

use driver_host::Host;
use k8s_openapi::api::core::v1::{Node, NodeAddress};
use kube::api::{Api, DeleteParams, Patch, PatchParams, PostParams, Preconditions};
use serde_json::json;

use super::reason_of;

/// The real controller's: twenty tries, fifty milliseconds apart and up to as much again.
const TRIES: u32 = 20;
const PAUSE: Duration = Duration::from_millis(50);

/// Why a Node was not written.
#[derive(Debug, thiserror::Error)]
pub(crate) enum WriteError {
    /// It is gone, or another one has its name.
    #[error("the node is gone")]
    Gone,
    /// The API server refused, or did not answer.
    #[error("the API server did not take it: {0}")]
    Failed(String),
}

/// Writes Nodes.
#[derive(Clone)]
pub(crate) struct Writer {
    api: Api<Node>,
    host: Arc<dyn Host>,
}

impl Writer {
    pub(crate) fn new(client: &kube::Client, host: Arc<dyn Host>) -> Self {
        Self { api: Api::all(client.clone()), host }
    }

    /// Reads the Node, lets `change` change it, and writes it, unless there is nothing to write; all in one write. A Node
    /// that has only the name in common with `node` is not touched.
    pub(crate) async fn change(&self, node: &Node, change: impl Fn(&mut Node) -> bool) -> Result<(), WriteError> {
        let name = node.metadata.name.clone().unwrap_or_default();
        let mut last = String::new();
        for _ in 0..TRIES {
            let mut fresh = match self.api.get_opt(&name).await {
                Ok(Some(fresh)) if fresh.metadata.uid == node.metadata.uid => fresh,
                Ok(_) => return Err(WriteError::Gone),
                Err(error) => return Err(WriteError::Failed(reason_of(&error))),
            };
            if !change(&mut fresh) {
                return Ok(());
            }
            match self.api.replace(&name, &PostParams::default(), &fresh).await {
                Ok(_) => return Ok(()),
                Err(error) if code(&error) == Some(409) => last = reason_of(&error),
                Err(error) if code(&error) == Some(404) => return Err(WriteError::Gone),
                Err(error) => return Err(WriteError::Failed(reason_of(&error))),
            }
            let jitter = u64::try_from(PAUSE.as_millis()).map_or(0, |most| self.host.random() % (most + 1));
            tokio::time::sleep(PAUSE + Duration::from_millis(jitter)).await;
        }
        Err(WriteError::Failed(last))
    }

    /// Replaces the addresses in the Node's status.
    pub(crate) async fn addresses(&self, node: &Node, addresses: &[NodeAddress]) -> Result<(), WriteError> {
        let name = node.metadata.name.clone().unwrap_or_default();
        // The uid keeps it from another Node of that name. A merge patch replaces the whole list.
        let patch = json!({"metadata": {"uid": node.metadata.uid}, "status": {"addresses": addresses}});
        match self.api.patch_status(&name, &PatchParams::default(), &Patch::Merge(patch)).await {
            Ok(_) => Ok(()),
            Err(error) if matches!(code(&error), Some(404 | 409)) => Err(WriteError::Gone),
            Err(error) => Err(WriteError::Failed(reason_of(&error))),
        }
    }

    /// Deletes the Node as it was seen; one that has changed since stays, to be looked at again.
    pub(crate) async fn delete(&self, node: &Node) -> Result<(), WriteError> {
        let name = node.metadata.name.clone().unwrap_or_default();
        let preconditions = Preconditions { uid: node.metadata.uid.clone(), resource_version: node.metadata.resource_version.clone() };
        let parameters = DeleteParams { preconditions: Some(preconditions), ..DeleteParams::default() };
        match self.api.delete(&name, &parameters).await {
            Ok(_) => Ok(()),
            Err(error) if code(&error) == Some(404) => Err(WriteError::Gone),
            Err(error) => Err(WriteError::Failed(reason_of(&error))),
        }
    }
}

fn code(error: &kube::Error) -> Option<u16> {
    match error {
        kube::Error::Api(status) => Some(status.code),
        _ => None,
    }
}
