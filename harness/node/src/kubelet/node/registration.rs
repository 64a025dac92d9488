//! Registering the Node.

use std::time::Duration;

use k8s_openapi::api::core::v1::{Node, NodeSpec, NodeStatus, NodeSystemInfo, Taint};
use k8s_openapi::apimachinery::pkg::api::resource::Quantity;
use kube::api::{Api, ObjectMeta, Patch, PatchParams, PostParams};
use seatrial_kubernetes::client::{is_present_already, reason_of};
use serde_json::json;

use super::status::{addresses, conditions};
use crate::kubelet::core::Core;

const FIRST_PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_secs(7);
const CONTROLLER_MANAGED: &str = "volumes.kubernetes.io/controller-managed-attach-detach";

/// Creates the Node, or brings the labels of one that is there up to date; tries until it has succeeded.
pub(in crate::kubelet) async fn register(core: &Core) {
    let mut pause = FIRST_PAUSE;
    loop {
        match try_to_register(core).await {
            Ok(()) => return,
            Err(error) => core.process.log(&format!("unable to register node with API server: {}", reason_of(&error))),
        }
        tokio::time::sleep(pause).await;
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
}

async fn try_to_register(core: &Core) -> Result<(), kube::Error> {
    let nodes: Api<Node> = Api::all(core.client.clone());
    let node = node_object(core);
    match nodes.create(&PostParams::default(), &node).await {
        Ok(node) => core.node.remember(node),
        Err(error) if is_present_already(&error) => {
            let patch = json!({ "metadata": { "labels": node.metadata.labels, "annotations": node.metadata.annotations } });
            let node = nodes.patch_status(&core.config.node_name, &PatchParams::default(), &Patch::Strategic(patch)).await?;
            core.node.remember(node);
        }
        Err(error) => return Err(error),
    }
    Ok(())
}

fn node_object(core: &Core) -> Node {
    let config = &core.config;
    let mut labels = config.labels.clone();
    let own = [("kubernetes.io/hostname", config.node_name.as_str()), ("kubernetes.io/os", "linux"), ("kubernetes.io/arch", "amd64")];
    labels.extend(own.map(|(key, value)| (key.to_owned(), value.to_owned())));
    let mut annotations = std::collections::BTreeMap::from([(CONTROLLER_MANAGED.to_owned(), "true".to_owned())]);
    if config.external_cloud_provider && config.told_node_ip {
        annotations.insert("alpha.kubernetes.io/provided-node-ip".to_owned(), config.node_ip.clone());
    }
    Node {
        metadata: ObjectMeta {
            name: Some(config.node_name.clone()),
            labels: Some(labels),
            annotations: Some(annotations),
            ..ObjectMeta::default()
        },
        spec: Some(NodeSpec { provider_id: config.provider_id.clone(), taints: taints(core), ..NodeSpec::default() }),
        status: Some(first_status(core)),
    }
}

fn taints(core: &Core) -> Option<Vec<Taint>> {
    let taint = Taint {
        key: "node.cloudprovider.kubernetes.io/uninitialized".to_owned(),
        value: Some("true".to_owned()),
        effect: "NoSchedule".to_owned(),
        ..Taint::default()
    };
    core.config.external_cloud_provider.then(|| vec![taint])
}

fn first_status(core: &Core) -> NodeStatus {
    let capacity = &core.config.capacity;
    let amounts = [
        ("cpu", capacity.cpu.to_string()),
        ("memory", format!("{}Ki", capacity.memory_bytes / 1024)),
        ("pods", capacity.pods.to_string()),
        ("ephemeral-storage", "64Gi".to_owned()),
    ];
    let amounts: std::collections::BTreeMap<String, Quantity> =
        amounts.into_iter().map(|(name, amount)| (name.to_owned(), Quantity(amount))).collect();
    NodeStatus {
        addresses: addresses(core),
        allocatable: Some(amounts.clone()),
        capacity: Some(amounts),
        conditions: Some(conditions(core, None)),
        node_info: Some(NodeSystemInfo {
            architecture: "amd64".to_owned(),
            operating_system: "linux".to_owned(),
            kubelet_version: "v1.36.2".to_owned(),
            container_runtime_version: "containerd://2.1.0".to_owned(),
            os_image: "Seatrial".to_owned(),
            kernel_version: "6.12.0".to_owned(),
            system_uuid: core.config.system_uuid.clone(),
            boot_id: core.machine().boot_id(),
            ..NodeSystemInfo::default()
        }),
        ..NodeStatus::default()
    }
}
