//! How many volumes of a driver a node takes: CSINode's allocatable count against what its pods use and what is
//! still attached to it. A node that states no count takes any number.

use std::collections::BTreeSet;

use k8s_openapi::api::core::v1::{Node, Pod};
use kube::ResourceExt;

use super::super::support::objects::{claim_class, claim_volume, claims_of};
use super::Scheduler;
use super::filters::Rejection;
use super::state::Wake;
use crate::client::ObjectKey;

/// A driver and what tells its volumes apart: the handle, or the claim where there is no volume yet.
type Mounted = (String, String);

impl Scheduler {
    pub(super) fn within_limits(&self, pod: &Pod, node: &Node) -> Result<(), Rejection> {
        let name = node.name_any();
        let Some(csi_node) = self.csi_nodes.named(&name) else {
            return Ok(());
        };
        let wanted = self.volumes_of(pod);
        if wanted.is_empty() {
            return Ok(());
        }
        let present = self.volumes_on(&name);
        for driver in &csi_node.spec.drivers {
            let Some(limit) = driver.allocatable.as_ref().and_then(|allocatable| allocatable.count) else {
                continue;
            };
            let of_driver = |volume: &&Mounted| volume.0 == driver.name;
            let more = wanted.difference(&present).filter(of_driver).count();
            let count = present.iter().filter(of_driver).count() + more;
            if more > 0 && count > usize::try_from(limit).unwrap_or(0) {
                return Err(Rejection::new("node(s) exceed max volume count", &[Wake::Limits, Wake::PodGone, Wake::Storage]).resolvable());
            }
        }
        Ok(())
    }

    fn volumes_on(&self, node: &str) -> BTreeSet<Mounted> {
        let pods = self.pods.list();
        let here = pods.iter().filter(|pod| self.place_of(pod).as_deref() == Some(node));
        let mut volumes: BTreeSet<Mounted> = here.flat_map(|pod| self.volumes_of(pod)).collect();
        for attachment in self.attachments.list().iter().filter(|attachment| attachment.spec.node_name == node) {
            let volume = attachment.spec.source.persistent_volume_name.as_deref().and_then(|name| self.handle_of(name));
            volumes.extend(volume);
        }
        volumes
    }

    fn volumes_of(&self, pod: &Pod) -> BTreeSet<Mounted> {
        claims_of(pod).iter().filter_map(|key| self.volume_of(key)).collect()
    }

    fn volume_of(&self, key: &ObjectKey) -> Option<Mounted> {
        let claim = self.claims.get(key)?;
        let volume = claim_volume(&claim);
        if !volume.is_empty() {
            return self.handle_of(volume);
        }
        let class = self.classes.named(claim_class(&claim))?;
        Some((class.provisioner.clone(), key.to_string()))
    }

    fn handle_of(&self, volume: &str) -> Option<Mounted> {
        let volume = self.volumes.named(volume)?;
        let source = volume.spec.as_ref()?.csi.as_ref()?;
        Some((source.driver.clone(), source.volume_handle.clone()))
    }
}
