//! The nodes that the driver runs on, as Kubernetes knows them: each CSINode has the BIOS uuid that the node plugin told.

use async_trait::async_trait;
use k8s_openapi::api::storage::v1::CSINode;
use kube::api::{Api, ListParams};

use crate::names::DRIVER_NAME;
use crate::operations::StoreError;

/// Where the nodes are listed.
#[async_trait]
pub(crate) trait Nodes: Send + Sync {
    /// The ids of all nodes that have the driver, which are BIOS uuids, as their node plugins told them.
    async fn ids(&self) -> Result<Vec<String>, StoreError>;
}

/// The nodes in the API server.
pub(crate) struct KubernetesNodes {
    client: kube::Client,
}

impl KubernetesNodes {
    /// Those of this cluster.
    pub(crate) fn new(client: kube::Client) -> Self {
        Self { client }
    }
}

#[async_trait]
impl Nodes for KubernetesNodes {
    async fn ids(&self) -> Result<Vec<String>, StoreError> {
        let nodes: Api<CSINode> = Api::all(self.client.clone());
        let listed = nodes.list(&ListParams::default()).await;
        let listed =
            listed.map_err(|error| StoreError::Failed { action: "list", name: "the CSINodes".to_owned(), reason: error.to_string() })?;
        let drivers = listed.items.into_iter().flat_map(|node| node.spec.drivers);
        Ok(drivers.filter(|driver| driver.name == DRIVER_NAME).map(|driver| driver.node_id).collect())
    }
}
