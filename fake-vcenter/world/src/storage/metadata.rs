//! What container clusters say of their volumes, and CnsUpdateVolumeMetadata.
//!
//! An update adds or replaces single entities by cluster, type, name and namespace; `delete` takes one out; what is not
//! named stays. Not modelled: limits of labels and of the whole size.

use std::collections::BTreeSet;

use vsphere_types::request::CnsUpdateVolumeMetadata;
use vsphere_types::{CnsContainerCluster, CnsKubernetesEntityMetadata, CnsVolumeMetadata, CnsVolumeMetadataUpdateSpec, Fault, Value};

use super::result;
use super::task::{Kind, only, start};
use crate::call::{Answer, Call, Operation, Reply};
use crate::fault;
use crate::state::{ContainerCluster, Entity, EntityKey, Volume, Work};
use crate::world::World;

impl Operation for CnsUpdateVolumeMetadata {
    fn carry_out(self, world: &mut World, call: &Call) -> Answer<Self> {
        let spec = Box::new(only(self.update_specs, "updateSpecs")?);
        let kind = Kind { description: "com.vmware.cns.tasks.updatevolume", takes: world.config.latency.metadata, vm: None };
        start(world, call, kind, Work::UpdateMetadata { spec }).map(Reply::Done)
    }
}

/// Does an update task's work.
pub fn finish(world: &mut World, spec: &CnsVolumeMetadataUpdateSpec) -> Value {
    result::plain(&spec.volume_id.id, update(world, spec))
}

fn update(world: &mut World, spec: &CnsVolumeMetadataUpdateSpec) -> Result<(), Fault> {
    let id = spec.volume_id.id.clone();
    if world.parts.state.volumes.get(&id).is_none_or(|volume| !volume.in_cns) {
        return Err(fault::volume_missing(&id));
    }
    let mut types = BTreeSet::new();
    for entity in entities(&spec.metadata) {
        if entity.delete != Some(true) && !types.insert((entity.cluster_id, entity.entity_type)) {
            return Err(fault::cns("Duplicated entity for each entity type in one cluster is found."));
        }
    }
    if let Some(volume) = world.parts.state.volumes.get_mut(&id) {
        merge(volume, &spec.metadata);
    }
    Ok(())
}

/// Sets the metadata of a new volume.
pub fn replace(volume: &mut Volume, metadata: Option<&CnsVolumeMetadata>) {
    volume.clusters.clear();
    volume.entities.clear();
    if let Some(metadata) = metadata {
        merge(volume, metadata);
    }
}

fn entities(metadata: &CnsVolumeMetadata) -> impl Iterator<Item = CnsKubernetesEntityMetadata> {
    metadata.entity_metadata.iter().filter_map(|entity| entity.downcast().ok())
}

fn merge(volume: &mut Volume, metadata: &CnsVolumeMetadata) {
    for cluster in metadata.container_cluster_array.iter().chain([&metadata.container_cluster]) {
        if cluster.cluster_id.is_empty() {
            continue;
        }
        match volume.clusters.iter_mut().find(|known| known.id == cluster.cluster_id) {
            Some(known) => *known = container_cluster(cluster),
            None => volume.clusters.push(container_cluster(cluster)),
        }
    }
    for entity in entities(metadata) {
        let key = EntityKey {
            cluster: entity.cluster_id.unwrap_or_else(|| metadata.container_cluster.cluster_id.clone()),
            kind: entity.entity_type,
            namespace: entity.namespace.unwrap_or_default(),
            name: entity.entity_name,
        };
        if entity.delete == Some(true) {
            volume.entities.remove(&key);
            continue;
        }
        let labels = entity.labels.into_iter().map(|label| (label.key, label.value)).collect();
        let referred = entity.referred_entity.into_iter().map(|other| EntityKey {
            cluster: other.cluster_id.unwrap_or_else(|| key.cluster.clone()),
            kind: other.entity_type,
            namespace: other.namespace.unwrap_or_default(),
            name: other.entity_name,
        });
        let referred = referred.collect();
        volume.entities.insert(key, Entity { labels, referred });
    }
}

fn container_cluster(cluster: &CnsContainerCluster) -> ContainerCluster {
    ContainerCluster {
        kind: cluster.cluster_type.clone(),
        id: cluster.cluster_id.clone(),
        user: cluster.vsphere_user.clone(),
        flavor: cluster.cluster_flavor.clone().unwrap_or_else(|| "VANILLA".to_owned()),
        distribution: cluster.cluster_distribution.clone().unwrap_or_default(),
    }
}
