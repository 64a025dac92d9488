//! Writes to Nodes. A write that loses a race is made again upon the newer Node.

use std::sync::Arc;
use std::time::Duration;

use driver_host::Host;
use k8s_openapi::api::core::v1::{Node, NodeAddress};
use kube::api::{Api, DeleteParams, Patch, PatchParams, PostParams, Preconditions};
use kubernetes_client::{ErrorKind, error_kind, is_missing, reason_of, retry_conflicts};
use serde_json::json;

/// The real controller's: twenty tries, fifty milliseconds apart and up to as much again.
const TRIES: usize = 20;
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
        let name = node.metadata.name.as_deref().unwrap_or_default();
        let change = &change;
        // Whether the Node is still there.
        let attempt = || async move {
            let fresh = self.api.get_opt(name).await?;
            let Some(mut fresh) = fresh.filter(|fresh| fresh.metadata.uid == node.metadata.uid) else { return Ok(false) };
            if !change(&mut fresh) {
                return Ok(true);
            }
            self.api.replace(name, &PostParams::default(), &fresh).await.map(|_| true)
        };
        let most = u64::try_from(PAUSE.as_millis()).unwrap_or_default();
        let pause = || PAUSE + Duration::from_millis(self.host.random() % (most + 1));
        match retry_conflicts(TRIES, pause, attempt).await {
            Ok(true) => Ok(()),
            Ok(false) => Err(WriteError::Gone),
            Err(error) => Err(failed(&error)),
        }
    }

    /// Replaces the addresses in the Node's status.
    pub(crate) async fn addresses(&self, node: &Node, addresses: &[NodeAddress]) -> Result<(), WriteError> {
        let name = node.metadata.name.clone().unwrap_or_default();
        // The uid keeps it from another Node of that name. A merge patch replaces the whole list.
        let patch = json!({"metadata": {"uid": node.metadata.uid}, "status": {"addresses": addresses}});
        match self.api.patch_status(&name, &PatchParams::default(), &Patch::Merge(patch)).await {
            Ok(_) => Ok(()),
            Err(error) if error_kind(&error) == ErrorKind::Conflict => Err(WriteError::Gone),
            Err(error) => Err(failed(&error)),
        }
    }

    /// Deletes the Node as it was seen; one that has changed since stays, to be looked at again.
    pub(crate) async fn delete(&self, node: &Node) -> Result<(), WriteError> {
        let name = node.metadata.name.clone().unwrap_or_default();
        let preconditions = Preconditions { uid: node.metadata.uid.clone(), resource_version: node.metadata.resource_version.clone() };
        let parameters = DeleteParams { preconditions: Some(preconditions), ..DeleteParams::default() };
        self.api.delete(&name, &parameters).await.map(drop).map_err(|error| failed(&error))
    }
}

fn failed(error: &kube::Error) -> WriteError {
    if is_missing(error) { WriteError::Gone } else { WriteError::Failed(reason_of(error)) }
}
