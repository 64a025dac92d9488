//! The record of a disk that is made now, by whomever: what its datastore and the seed decide of it.

use std::collections::BTreeMap;

use vsphere_types::MoRef;

use crate::config::DatastoreKind;
use crate::identity::disk_uuid;
use crate::policy::VSAN_DEFAULT_POLICY;
use crate::state::Volume;
use crate::world::World;

/// The folder of first class disks.
pub const DISKS_FOLDER: &str = "fcd";

/// A blank disk of the first class in a folder of its datastore, in clear, that CNS does not know.
pub fn blank(world: &World, id: &str, datastore: &MoRef, folder: &str, capacity_mb: u64) -> Volume {
    let mut identity = world.seed.child("volume").child(id).generator();
    let (name, kind) = match world.parts.state.datastores.get(datastore) {
        Some(record) => (record.name.clone(), record.kind),
        None => (String::new(), DatastoreKind::Vmfs),
    };
    Volume {
        id: id.to_owned(),
        name: String::new(),
        datastore: datastore.clone(),
        path: format!("[{name}] {folder}/{}.vmdk", identity.hex(32)),
        object_id: (kind == DatastoreKind::Vsan).then(|| identity.uuid().to_string()),
        capacity_mb,
        disk_uuid: disk_uuid(&mut identity),
        policy: (kind == DatastoreKind::Vsan).then(|| VSAN_DEFAULT_POLICY.to_owned()),
        key: None,
        old_key: None,
        created: world.now(),
        in_cns: false,
        first_class: true,
        keep: true,
        takes_space: world.config.rules.volumes_take_space,
        clusters: Vec::new(),
        entities: BTreeMap::new(),
        attachments: Vec::new(),
        snapshots: Vec::new(),
        made_of: None,
        by_hand: None,
    }
}
