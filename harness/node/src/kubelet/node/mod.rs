//! The Node object: registration, status, lease, CSINode, plugins.

mod csi_node;
mod lease;
mod plugin;
mod registration;
mod status;

pub(super) use csi_node::keep_csi_node;
pub(super) use lease::keep_lease;
pub(super) use plugin::register_plugin;
pub(super) use registration::register;
pub(super) use status::keep_status;

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use k8s_openapi::api::core::v1::Node;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::OwnerReference;
use seatrial_seed::Generator;

use super::core::Core;

/// How long a heartbeat may take.
const HEARTBEAT_LIMIT: Duration = Duration::from_secs(10);

/// The reference by which objects belong to the node; `None` while the API server has not shown it.
fn owned_by_node(core: &Core) -> Option<Vec<OwnerReference>> {
    let owner = OwnerReference {
        api_version: "v1".to_owned(),
        kind: "Node".to_owned(),
        name: core.config.node_name.clone(),
        uid: core.node_uid()?,
        ..OwnerReference::default()
    };
    Some(vec![owner])
}

/// Tells the volume manager what the node's status lists as attached, now and whenever it changes.
pub(super) fn watch_attached(core: &Arc<Core>) {
    // The informer is a part of the core: a strong reference here would keep both for ever.
    let weak = Arc::downgrade(core);
    core.node.on_change(move |delta| {
        let Some(core) = weak.upgrade() else { return };
        let attached = delta.after.as_deref().map(attached_volumes).unwrap_or_default();
        if core.volumes.look(|state| state.is_news_of_attached(&attached)) {
            core.volumes.change(|state| state.status_lists_attached(attached));
        }
    });
}

fn attached_volumes(node: &Node) -> BTreeSet<String> {
    let volumes = node.status.as_ref().and_then(|status| status.volumes_attached.as_ref());
    volumes.into_iter().flatten().map(|volume| volume.name.clone()).collect()
}

/// `around`, give or take 4 %.
fn jittered(draws: &mut Generator, around: Duration) -> Duration {
    let twenty_fifth = around / 25;
    draws.between(around - twenty_fifth, around + twenty_fifth)
}
