//! The CSINode: made at the start; the node is not ready before it exists.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use k8s_openapi::api::storage::v1::{CSINode, CSINodeSpec};
use kube::ResourceExt;
use kube::api::{Api, DeleteParams, ObjectMeta, PostParams};
use seatrial_kubernetes::client::{is_missing, is_present_already, reason_of};

use super::owned_by_node;
use crate::kubelet::core::Core;

/// Six tries, 30 ms and then eight times longer each time; about 140 s in all.
const TRIES: u32 = 6;
const FIRST_PAUSE: Duration = Duration::from_millis(30);
const FACTOR: u32 = 8;

/// Makes the CSINode and lets the node become ready; ends the process when it cannot.
pub(in crate::kubelet) async fn keep_csi_node(core: Arc<Core>) {
    let mut pause = FIRST_PAUSE;
    for attempt in 1..=TRIES {
        match ensure(&core).await {
            Ok(()) => {
                core.csi_node_exists.store(true, Ordering::Relaxed);
                core.status_wake.notify_one();
                return;
            }
            Err(error) => core.process.log(&format!("failed to initialize CSINode: {}", reason_of(&error))),
        }
        if attempt < TRIES {
            tokio::time::sleep(pause).await;
            pause *= FACTOR;
        }
    }
    core.process.exit("failed to initialize CSINode after retrying");
}

/// Creates the CSINode unless it is there. One that a former Node of this name has left is deleted, with what it says of that
/// node's drivers, and made anew.
pub(super) async fn ensure(core: &Core) -> Result<(), kube::Error> {
    let csi_nodes: Api<CSINode> = Api::all(core.client.clone());
    let name = &core.config.node_name;
    match csi_nodes.get(name).await {
        Ok(found) => {
            // Of a Node that is not shown nobody can tell whose the CSINode is.
            let owned = core.node_uid().is_none_or(|uid| found.owner_references().iter().any(|owner| owner.uid == uid));
            if owned {
                return Ok(());
            }
            match csi_nodes.delete(name, &DeleteParams::default()).await {
                Err(error) if !is_missing(&error) => Err(error),
                _ => create(core, &csi_nodes).await,
            }
        }
        Err(error) if is_missing(&error) => create(core, &csi_nodes).await,
        Err(error) => Err(error),
    }
}

async fn create(core: &Core, csi_nodes: &Api<CSINode>) -> Result<(), kube::Error> {
    let migrated = ("storage.alpha.kubernetes.io/migrated-plugins".to_owned(), "kubernetes.io/vsphere-volume".to_owned());
    let metadata = ObjectMeta {
        name: Some(core.config.node_name.clone()),
        owner_references: owned_by_node(core),
        annotations: Some([migrated].into()),
        ..ObjectMeta::default()
    };
    let fresh = CSINode { metadata, spec: CSINodeSpec { drivers: Vec::new() } };
    match csi_nodes.create(&PostParams::default(), &fresh).await {
        Err(error) if !is_present_already(&error) => Err(error),
        _ => Ok(()),
    }
}
