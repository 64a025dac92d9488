//! Registration of one CSI plugin: who it is, the node's id, its topology, how many volumes it bears.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use csi_api::v1 as csi;
use k8s_openapi::api::core::v1::Node;
use k8s_openapi::api::storage::v1::{CSINode, CSINodeDriver, VolumeNodeResources};
use kube::ResourceExt;
use kube::api::{Api, Patch, PatchParams};
use seatrial_kubernetes::client::{is_missing, reason_of, update};
use serde_json::json;

use super::csi_node;
use crate::kubelet::config::CsiPlugin;
use crate::kubelet::core::Core;
use crate::kubelet::csi_client::{CsiClient, CsiError};

/// The registrar beside the plugin waits for its socket like this, before kubelet hears of it.
const SOCKET_PAUSE: Duration = Duration::from_secs(1);
/// Each write to the API server: four tries, 10 ms and then five times longer each time.
const TRIES: u32 = 4;
const FIRST_PAUSE: Duration = Duration::from_millis(10);
const FACTOR: u32 = 5;

const NODE_ID: &str = "csi.volume.kubernetes.io/nodeid";

/// Why a plugin is not registered.
#[derive(Debug, thiserror::Error)]
enum RegistrationError {
    #[error("cannot connect to {address}: {source}")]
    Socket { address: String, source: CsiError },
    #[error("GetPluginInfo failed: {0}")]
    PluginInfo(CsiError),
    #[error("the plugin at {address} calls itself {name}, not {driver}")]
    Name { address: String, name: String, driver: String },
    #[error("NodeGetInfo failed: {0}")]
    NodeInfo(CsiError),
    #[error("the plugin answered an empty node id")]
    NoNodeId,
    #[error("detected topology value collision: driver reported {key:?}:{reported:?} but existing label is {key:?}:{existing:?}")]
    Topology { key: String, reported: String, existing: String },
    #[error("error updating the Node or CSINode: {0}")]
    Write(String),
}

impl RegistrationError {
    /// Whether kubelet had begun to write down who the plugin is, or had asked it: what it knows of it is then void.
    fn unregisters(&self) -> bool {
        match self {
            Self::Socket { .. } | Self::PluginInfo(_) | Self::Name { .. } => false,
            Self::NodeInfo(_) | Self::NoNodeId | Self::Topology { .. } | Self::Write(_) => true,
        }
    }
}

/// Registers the plugin, tries until it has succeeded, and does it again whenever the plugin has restarted: its
/// registrar makes the registration socket anew, which kubelet's watch over the directory notices.
pub(in crate::kubelet) async fn register_plugin(core: Arc<Core>, plugin: CsiPlugin) {
    let mut failures = 0;
    let mut said = String::new();
    loop {
        let incarnation = incarnation_of(&core, &plugin);
        let pause = match try_to_register(&core, &plugin).await {
            Ok(()) => {
                failures = 0;
                said.clear();
                until_restarted(&core, &plugin, incarnation).await;
                continue;
            }
            Err(error) => {
                // What is known of the plugin goes, whoever wrote it: a machine that stood here before under the same
                // name has left an id, which the API server lets nobody change. One whose socket is gone is only late.
                if error.unregisters() {
                    core.remove_plugin(&plugin.driver);
                    unregister(&core, &plugin.driver).await;
                }
                let text = error.to_string();
                if text != said {
                    core.process.log(&format!("plugin {}: {text}", plugin.driver));
                    said = text;
                }
                if matches!(error, RegistrationError::Socket { .. }) {
                    SOCKET_PAUSE
                } else {
                    failures += 1;
                    core.config.timings.registration_backoff.delay(failures - 1)
                }
            }
        };
        tokio::time::sleep(pause).await;
    }
}

/// Which life of the plugin serves its socket; `None` while none does.
fn incarnation_of(core: &Core, plugin: &CsiPlugin) -> Option<u32> {
    let name = plugin.address.split(':').next().unwrap_or_default();
    core.process.network().alive(name).map(|process| process.incarnation())
}

/// Waits until the plugin lives in another incarnation than the one that was registered.
async fn until_restarted(core: &Core, plugin: &CsiPlugin, registered: Option<u32>) {
    loop {
        tokio::time::sleep(core.config.timings.plugin_watch).await;
        let now = incarnation_of(core, plugin);
        if now.is_some() && now != registered {
            return;
        }
    }
}

/// Takes the driver's entry from the CSINode and its id from the Node, where they are; labels on the Node stay.
async fn unregister(core: &Core, driver: &str) {
    if !core.config.rules.forget_what_fails_to_register {
        return;
    }
    let csi_nodes: Api<CSINode> = Api::all(core.client.clone());
    let written = update(&csi_nodes, &core.config.node_name, |csi_node| {
        let before = csi_node.spec.drivers.len();
        csi_node.spec.drivers.retain(|known| known.name != driver);
        csi_node.spec.drivers.len() != before
    });
    match written.await {
        Err(error) if !is_missing(&error) => {
            core.process.log(&format!("cannot take plugin {driver} from the CSINode: {}", reason_of(&error)));
        }
        _ => {
            if let Err(error) = forget_id(core, driver).await {
                core.process.log(&format!("cannot take the id of plugin {driver} from the Node: {}", reason_of(&error)));
            }
        }
    }
}

async fn forget_id(core: &Core, driver: &str) -> Result<(), kube::Error> {
    let nodes: Api<Node> = Api::all(core.client.clone());
    let node = nodes.get(&core.config.node_name).await?;
    let mut ids = ids_of(&node);
    if ids.remove(driver).is_none() {
        return Ok(());
    }
    let ids = (!ids.is_empty()).then(|| json!(ids).to_string());
    let patch = json!({ "metadata": { "annotations": { NODE_ID: ids } } });
    nodes.patch_status(&core.config.node_name, &PatchParams::default(), &Patch::Strategic(patch)).await.map(drop)
}

/// The ids that drivers have given the node, by driver.
fn ids_of(node: &Node) -> BTreeMap<String, String> {
    node.annotations().get(NODE_ID).and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default()
}

async fn try_to_register(core: &Core, plugin: &CsiPlugin) -> Result<(), RegistrationError> {
    let client = CsiClient::new(core.process.connect(&plugin.address), core.config.timings.csi_call);
    let name = client.plugin_name().await.map_err(|source| {
        if source.unanswered {
            RegistrationError::Socket { address: plugin.address.clone(), source }
        } else {
            RegistrationError::PluginInfo(source)
        }
    })?;
    if name != plugin.driver {
        return Err(RegistrationError::Name { address: plugin.address.clone(), name, driver: plugin.driver.clone() });
    }
    let info = client.info().await.map_err(RegistrationError::NodeInfo)?;
    if info.node_id.is_empty() {
        return Err(RegistrationError::NoNodeId);
    }
    write_node(core, &plugin.driver, &info).await?;
    write_csi_node(core, &plugin.driver, &info).await?;
    core.add_plugin(&plugin.driver, client);
    Ok(())
}

fn segments(info: &csi::NodeGetInfoResponse) -> BTreeMap<String, String> {
    info.accessible_topology.as_ref().map(|topology| topology.segments.clone()).unwrap_or_default()
}

/// Writes the node's id and its topology to the Node, by its status as upstream does.
async fn write_node(core: &Core, driver: &str, info: &csi::NodeGetInfoResponse) -> Result<(), RegistrationError> {
    let nodes: Api<Node> = Api::all(core.client.clone());
    let name = &core.config.node_name;
    let labels = segments(info);
    let mut pause = FIRST_PAUSE;
    for attempt in 1.. {
        let written = async {
            let node = nodes.get(name).await?;
            if let Some(collision) = collision(&node, &labels) {
                return Ok(Err(collision));
            }
            let mut ids = ids_of(&node);
            ids.insert(driver.to_owned(), info.node_id.clone());
            let ids = serde_json::to_string(&ids).expect("a map of text is plain data");
            if node.annotations().get(NODE_ID) == Some(&ids) && labels.iter().all(|(key, value)| node.labels().get(key) == Some(value)) {
                return Ok(Ok(()));
            }
            let patch = json!({ "metadata": { "annotations": { NODE_ID: ids }, "labels": labels } });
            nodes.patch_status(name, &PatchParams::default(), &Patch::Strategic(patch)).await?;
            Ok::<_, kube::Error>(Ok(()))
        };
        match written.await {
            Ok(outcome) => return outcome,
            Err(error) if attempt == TRIES => return Err(RegistrationError::Write(reason_of(&error))),
            Err(_) => tokio::time::sleep(pause).await,
        }
        pause *= FACTOR;
    }
    Ok(())
}

/// A label that the node has with another value than the driver reports.
fn collision(node: &Node, labels: &BTreeMap<String, String>) -> Option<RegistrationError> {
    labels.iter().find_map(|(key, reported)| {
        let existing = node.labels().get(key).filter(|existing| *existing != reported)?;
        Some(RegistrationError::Topology { key: key.clone(), reported: reported.clone(), existing: existing.clone() })
    })
}

/// Writes the driver's entry to the CSINode, which is made anew when it went with a former Node.
async fn write_csi_node(core: &Core, driver: &str, info: &csi::NodeGetInfoResponse) -> Result<(), RegistrationError> {
    let csi_nodes: Api<CSINode> = Api::all(core.client.clone());
    let limit = i32::try_from(info.max_volumes_per_node).unwrap_or(i32::MAX);
    let keys: Vec<String> = segments(info).into_keys().collect();
    let entry = CSINodeDriver {
        name: driver.to_owned(),
        node_id: info.node_id.clone(),
        topology_keys: (!keys.is_empty()).then_some(keys),
        allocatable: (limit > 0).then_some(VolumeNodeResources { count: Some(limit) }),
    };
    let mut pause = FIRST_PAUSE;
    for attempt in 1.. {
        let written = async {
            csi_node::ensure(core).await?;
            update(&csi_nodes, &core.config.node_name, |csi_node| {
                let drivers = &mut csi_node.spec.drivers;
                let changed = !drivers.contains(&entry);
                drivers.retain(|known| known.name != driver);
                drivers.push(entry.clone());
                changed
            })
            .await
        };
        match written.await {
            Ok(_) => return Ok(()),
            Err(error) if attempt == TRIES => return Err(RegistrationError::Write(reason_of(&error))),
            Err(_) => tokio::time::sleep(pause).await,
        }
        pause *= FACTOR;
    }
    Ok(())
}
