//! Datastore.
//!
//! Modelled: url, size, free space derived from the volumes on it, mounts, accessibility. Not modelled: files that are no disk or configuration,
//! maintenance mode, thin provisioning (`uncommitted` stays 0: a volume takes its whole size at once), I/O control.

use vsphere_types::{
    DatastoreCapability, DatastoreHostMount, DatastoreInfo, DatastoreSummary, HostMountInfo, MoRef, NasDatastoreInfo, Value,
    VmfsDatastoreInfo, VsanDatastoreInfo,
};

use super::value::{array, data, references, signed};
use crate::config::DatastoreKind;
use crate::look::Look;
use crate::state::Datastore;

/// The largest file and disk: 62 TiB.
const LARGEST_FILE: i64 = 68_169_720_922_112;

/// `summary.type`.
pub fn type_name(kind: DatastoreKind) -> &'static str {
    match kind {
        DatastoreKind::Vsan => "vsan",
        DatastoreKind::Vmfs => "VMFS",
        DatastoreKind::Nfs => "NFS",
    }
}

/// Reads one of its own properties.
pub fn property(look: &Look, object: &MoRef, datastore: &Datastore, name: &str) -> Option<Value> {
    match name {
        "summary" => Some(data(summary(look, object, datastore))),
        "browser" => Some(super::value::reference(&super::browser(object))),
        "info" => Some(info(look, object, datastore)),
        "host" => Some(array(look.state.hosts_with(object).into_iter().map(|host| mount(host, datastore)))),
        "vm" => Some(references(look.state.vms_on(object))),
        "capability" => Some(data(DatastoreCapability {
            directory_hierarchy_supported: true,
            raw_disk_mappings_supported: datastore.kind == DatastoreKind::Vmfs,
            per_file_thin_provisioning_supported: true,
            ..DatastoreCapability::default()
        })),
        _ => None,
    }
}

fn summary(look: &Look, object: &MoRef, datastore: &Datastore) -> DatastoreSummary {
    DatastoreSummary {
        datastore: Some(object.clone()),
        name: datastore.name.clone(),
        url: datastore.url.clone(),
        capacity: signed(datastore.capacity_bytes),
        free_space: signed(look.state.free_bytes(object)),
        uncommitted: Some(0),
        accessible: datastore.accessible,
        multiple_host_access: Some(look.state.hosts_with(object).len() > 1),
        kind: type_name(datastore.kind).to_owned(),
        maintenance_mode: Some("normal".to_owned()),
    }
}

fn info(look: &Look, object: &MoRef, datastore: &Datastore) -> Value {
    let base = DatastoreInfo {
        name: datastore.name.clone(),
        url: datastore.url.clone(),
        free_space: signed(look.state.free_bytes(object)),
        max_file_size: LARGEST_FILE,
        max_virtual_disk_capacity: Some(LARGEST_FILE),
        max_memory_file_size: LARGEST_FILE,
        ..DatastoreInfo::default()
    };
    let DatastoreInfo { name, url, free_space, max_file_size, max_virtual_disk_capacity, max_memory_file_size, .. } = base;
    match datastore.kind {
        DatastoreKind::Vsan => data(VsanDatastoreInfo {
            name,
            url,
            free_space,
            max_file_size,
            max_virtual_disk_capacity,
            max_memory_file_size,
            ..VsanDatastoreInfo::default()
        }),
        DatastoreKind::Vmfs => data(VmfsDatastoreInfo {
            name,
            url,
            free_space,
            max_file_size,
            max_virtual_disk_capacity,
            max_memory_file_size,
            ..VmfsDatastoreInfo::default()
        }),
        DatastoreKind::Nfs => data(NasDatastoreInfo {
            name,
            url,
            free_space,
            max_file_size,
            max_virtual_disk_capacity,
            max_memory_file_size,
            ..NasDatastoreInfo::default()
        }),
    }
}

fn mount(key: MoRef, datastore: &Datastore) -> DatastoreHostMount {
    let path = datastore.url.strip_prefix("ds://").unwrap_or(&datastore.url).trim_end_matches('/').to_owned();
    DatastoreHostMount {
        key,
        mount_info: HostMountInfo {
            path: Some(path),
            access_mode: "readWrite".to_owned(),
            mounted: Some(true),
            accessible: Some(datastore.accessible),
            ..HostMountInfo::default()
        },
    }
}
