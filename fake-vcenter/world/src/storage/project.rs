//! A volume's record as CNS shows it, and as the manager of first class disks does.

use vsphere_types::{
    BaseConfigInfoDiskFileBackingInfo, CnsBlockBackingDetails, CnsContainerCluster, CnsKubernetesEntityMetadata,
    CnsKubernetesEntityReference, CnsVolume, CnsVolumeId, CnsVolumeMetadata, DataObject, Id, KeyValue, VStorageObject,
    VStorageObjectConfigInfo,
};

use crate::look::Parts;
use crate::managed::signed;
use crate::state::{ContainerCluster, Entity, EntityKey, KeyRef, Volume};

/// The volume with all its fields.
pub fn volume(parts: &Parts, volume: &Volume) -> CnsVolume {
    let datastore = parts.state.datastores.get(&volume.datastore);
    let accessible = datastore.is_some_and(|datastore| datastore.accessible);
    let backing = CnsBlockBackingDetails {
        capacity_in_mb: Some(signed(volume.capacity_mb)),
        backing_disk_id: Some(volume.id.clone()),
        backing_disk_path: Some(volume.path.clone()),
        backing_disk_object_id: volume.object_id.clone(),
        ..CnsBlockBackingDetails::default()
    };
    CnsVolume {
        volume_id: CnsVolumeId { id: volume.id.clone() },
        datastore_url: datastore.map(|datastore| datastore.url.clone()),
        name: Some(volume.name.clone()),
        volume_type: Some("BLOCK".to_owned()),
        storage_policy_id: volume.policy.clone(),
        metadata: Some(metadata(volume)),
        backing_object_details: Some(backing.into_object()),
        compliance_status: Some(crate::policy::status(&parts.state, volume).to_owned()),
        datastore_accessibility_status: Some(if accessible { "accessible" } else { "notAccessible" }.to_owned()),
        health_status: Some(if accessible { "green" } else { "red" }.to_owned()),
    }
}

fn metadata(volume: &Volume) -> CnsVolumeMetadata {
    let clusters: Vec<CnsContainerCluster> = volume.clusters.iter().map(cluster).collect();
    CnsVolumeMetadata {
        container_cluster: clusters.first().cloned().unwrap_or_default(),
        entity_metadata: volume.entities.iter().map(|(key, entity)| entity_metadata(key, entity).into_object()).collect(),
        container_cluster_array: clusters,
    }
}

fn cluster(cluster: &ContainerCluster) -> CnsContainerCluster {
    CnsContainerCluster {
        cluster_type: cluster.kind.clone(),
        cluster_id: cluster.id.clone(),
        vsphere_user: cluster.user.clone(),
        cluster_flavor: Some(cluster.flavor.clone()),
        cluster_distribution: Some(cluster.distribution.clone()).filter(|name| !name.is_empty()),
        delete: None,
    }
}

fn entity_metadata(key: &EntityKey, entity: &Entity) -> CnsKubernetesEntityMetadata {
    let namespace = |key: &EntityKey| Some(key.namespace.clone()).filter(|namespace| !namespace.is_empty());
    CnsKubernetesEntityMetadata {
        entity_name: key.name.clone(),
        labels: entity.labels.iter().map(|(key, value)| KeyValue { key: key.clone(), value: value.clone() }).collect(),
        delete: Some(false),
        cluster_id: Some(key.cluster.clone()),
        entity_type: key.kind.clone(),
        namespace: namespace(key),
        referred_entity: entity
            .referred
            .iter()
            .map(|other| CnsKubernetesEntityReference {
                entity_type: other.kind.clone(),
                entity_name: other.name.clone(),
                namespace: namespace(other),
                cluster_id: Some(other.cluster.clone()),
            })
            .collect(),
    }
}

/// A volume as its first class disk.
pub fn first_class_disk(parts: &Parts, volume: &Volume) -> VStorageObject {
    let backing = BaseConfigInfoDiskFileBackingInfo {
        datastore: volume.datastore.clone(),
        file_path: volume.path.clone(),
        backing_object_id: volume.object_id.clone(),
        key_id: volume.key.as_ref().map(KeyRef::shown),
        provisioning_type: "thin".to_owned(),
        ..BaseConfigInfoDiskFileBackingInfo::default()
    };
    let users = volume.attachments.iter().filter_map(|place| parts.state.vms.get(&place.vm));
    VStorageObject {
        config: VStorageObjectConfigInfo {
            id: Id { id: volume.id.clone() },
            name: volume.name.clone(),
            create_time: volume.created,
            keep_after_delete_vm: Some(volume.keep),
            relocation_disabled: Some(false),
            native_snapshot_supported: Some(false),
            changed_block_tracking_enabled: Some(false),
            backing: backing.into_object(),
            capacity_in_mb: signed(volume.capacity_mb),
            consumption_type: vec!["disk".to_owned()],
            consumer_id: users.map(|vm| Id { id: vm.instance_uuid.clone() }).collect(),
            ..VStorageObjectConfigInfo::default()
        },
    }
}
