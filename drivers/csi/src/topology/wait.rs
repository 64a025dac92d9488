//! A node asks where it is, and waits for the controller's answer.

use std::time::Duration;

use driver_host::tried_for;
use k8s_openapi::api::core::v1::Node;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::{ObjectMeta, OwnerReference};
use kube::api::{Api, PostParams};
use tonic::Status;

use super::resource::{Answer, CsiNodeTopology};
use super::segments::Segments;

/// How long one NodeGetInfo waits, as upstream's does. Kubelet asks again.
const PATIENCE: Duration = Duration::from_secs(60);
const POLL: Duration = Duration::from_secs(1);

/// Why a node does not know where it is.
#[derive(Debug, thiserror::Error)]
enum LookError {
    /// Nobody says anything.
    #[error("the controller has not answered; is it running, and does it reach vCenter?")]
    Silent,
    /// The controller says why it cannot tell.
    #[error("{0}")]
    Answered(String),
    /// Nobody can be asked.
    #[error(transparent)]
    Kubernetes(#[from] kube::Error),
}

/// A node's way to its answer.
#[derive(Clone)]
pub(crate) struct NodeTopology {
    client: kube::Client,
    node: String,
}

/// Where a node is, and how many volumes it takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Found {
    /// Its segments; none in a world without zones.
    pub segments: Segments,
    /// For how many volumes its machine has slots, where the controller said it.
    pub slots: Option<i64>,
}

impl NodeTopology {
    /// The node of this name.
    pub(crate) fn new(client: kube::Client, node: &str) -> Self {
        Self { client, node: node.to_owned() }
    }

    /// Asks, and waits for the answer about the machine with this BIOS uuid.
    pub(crate) async fn find(&self, uuid: &str) -> Result<Found, Status> {
        let look = || async {
            let found = self.look(uuid).await?;
            found.ok_or(LookError::Silent)
        };
        tried_for(PATIENCE, POLL, look).await.map_err(|reason| {
            let (node, seconds) = (&self.node, PATIENCE.as_secs());
            Status::unavailable(format!("where node {node} is, is not known after {seconds} s: {reason}"))
        })
    }

    /// One look at the object; it is made, or asked anew, where it does not ask for this machine.
    async fn look(&self, uuid: &str) -> Result<Option<Found>, LookError> {
        let objects: Api<CsiNodeTopology> = Api::all(self.client.clone());
        let Some(object) = objects.get_opt(&self.node).await? else {
            let asking = CsiNodeTopology::asking(self.metadata().await?, &self.node, uuid);
            objects.create(&PostParams::default(), &asking).await?;
            return Ok(None);
        };
        if object.spec.node_uuid != uuid {
            // The node was made again on another machine: what was answered is of the old one.
            let mut asking = object.answered(Answer::default(), None);
            asking.spec.node_uuid = uuid.to_owned();
            objects.replace(&self.node, &PostParams::default(), &asking).await?;
            return Ok(None);
        }
        match object.status.segments() {
            Some(segments) => Ok(Some(Found { segments, slots: object.slots() })),
            None if object.status.error_message.is_empty() => Ok(None),
            None => Err(LookError::Answered(object.status.error_message)),
        }
    }

    /// The object goes when the node goes.
    async fn metadata(&self) -> Result<ObjectMeta, LookError> {
        let nodes: Api<Node> = Api::all(self.client.clone());
        let node = nodes.get(&self.node).await?;
        let owner = OwnerReference {
            api_version: "v1".to_owned(),
            kind: "Node".to_owned(),
            name: self.node.clone(),
            uid: node.metadata.uid.unwrap_or_default(),
            ..OwnerReference::default()
        };
        Ok(ObjectMeta { name: Some(self.node.clone()), owner_references: Some(vec![owner]), ..ObjectMeta::default() })
    }
}
