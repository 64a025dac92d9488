//! Who is who across the borders: the VM of a node, the vCenter of a volume, the volume of a PersistentVolume.
//!
//! Several vCenters number and name their objects alike, so nothing is found by a number or a name alone where more is
//! known: a node's VM is the one whose BIOS UUID the node tells, and a volume's home the vCenter that has its id.

use crate::oracle::DRIVER;
use crate::view::KUBERNETES;
use crate::view::{Seen, View};

pub(crate) const PERSISTENT_VOLUMES: &str = "persistentvolumes/";
pub(crate) const ATTACHMENTS: &str = "volumeattachments/";
pub(crate) const CLAIMS: &str = "persistentvolumeclaims/";
pub(crate) const NODES: &str = "nodes/";
pub(crate) const VOLUMES: &str = "Volume/";
pub(crate) const MACHINES: &str = "VirtualMachine/";

/// A VM: its vCenter, its id there, its state.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Machine<'a> {
    pub(crate) vcenter: &'a str,
    pub(crate) id: &'a str,
    pub(crate) seen: &'a Seen,
}

/// How a node's VM is known.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Identity<'a> {
    /// By the UUID that the node tells.
    Uuid(&'a str),
    /// By the node's name only: the node has not told more yet.
    Name(&'a str),
}

/// How the VM of this node is known.
pub(crate) fn identity<'a>(name: &'a str, node: &'a Seen) -> Identity<'a> {
    let provided = node.text(&["spec", "providerID"]).and_then(|id| id.strip_prefix("vsphere://"));
    let told = provided.or_else(|| node.text(&["status", "nodeInfo", "systemUUID"]));
    told.filter(|uuid| !uuid.is_empty()).map_or(Identity::Name(name), Identity::Uuid)
}

/// The VM of this identity. A name that several vCenters know belongs to the first of them.
pub(crate) fn machine_of<'a>(view: &'a View, identity: Identity) -> Option<Machine<'a>> {
    let mut machines = view.in_vcenters(MACHINES).map(|(vcenter, id, seen)| Machine { vcenter, id, seen });
    machines.find(|machine| match identity {
        Identity::Uuid(uuid) => machine.seen.text(&["biosUuid"]).is_some_and(|bios| same_uuid(bios, uuid)),
        Identity::Name(name) => machine.seen.text(&["name"]) == Some(name),
    })
}

/// The VM of the node that has this name now.
pub(crate) fn machine_of_node<'a>(view: &'a View, name: &str) -> Option<Machine<'a>> {
    let node = view.find(KUBERNETES, NODES, name);
    machine_of(view, node.map_or(Identity::Name(name), |node| identity(name, node)))
}

/// Whether two texts are one UUID. Guests of some hardware versions tell the first three groups with their bytes turned round.
pub(crate) fn same_uuid(one: &str, other: &str) -> bool {
    one.eq_ignore_ascii_case(other) || turned(one).is_some_and(|turned| turned.eq_ignore_ascii_case(other))
}

fn turned(uuid: &str) -> Option<String> {
    let groups: Vec<&str> = uuid.split('-').collect();
    let [first, second, third, fourth, fifth] = groups.as_slice() else { return None };
    let turn = |group: &str| -> Option<String> { (0..group.len()).step_by(2).rev().map(|at| group.get(at..at + 2)).collect() };
    Some(format!("{}-{}-{}-{fourth}-{fifth}", turn(first)?, turn(second)?, turn(third)?))
}

/// The PersistentVolumes of our driver: name, volume, object.
pub(crate) fn persistent_volumes(view: &View) -> impl Iterator<Item = (&str, &str, &Seen)> {
    view.objects(KUBERNETES, PERSISTENT_VOLUMES).filter_map(|(name, seen)| Some((name, volume_of(seen)?, seen)))
}

/// The volume that a PersistentVolume names, if it is one of our driver.
pub(crate) fn volume_of(persistent_volume: &Seen) -> Option<&str> {
    let ours = persistent_volume.text(&["spec", "csi", "driver"]) == Some(DRIVER);
    persistent_volume.text(&["spec", "csi", "volumeHandle"]).filter(|_| ours)
}

/// The vCenter that has the volume of a PersistentVolume. Where several have the id, the one that knows the name, too.
pub(crate) fn home_of<'a>(view: &'a View, name: &str, handle: &str) -> Option<(&'a str, &'a Seen)> {
    let object = format!("{VOLUMES}{handle}");
    let homes: Vec<(&str, &Seen)> = view.vcenters().filter_map(|vcenter| Some((vcenter, view.get(vcenter, &object)?))).collect();
    homes.iter().find(|(_, volume)| volume.text(&["name"]) == Some(name)).or(homes.first()).copied()
}

/// The PersistentVolume of a volume.
pub(crate) fn owner_of<'a>(view: &'a View, vcenter: &str, id: &str) -> Option<(&'a str, &'a Seen)> {
    let mut owners = persistent_volumes(view).filter(|(_, handle, _)| *handle == id);
    owners.find(|(name, handle, _)| home_of(view, name, handle).is_none_or(|(home, _)| home == vcenter)).map(|(name, _, seen)| (name, seen))
}

/// Whether a host mounts a datastore.
pub(crate) fn mounts(host: &Seen, datastore: &str) -> bool {
    host.state.get("datastores").and_then(serde_json::Value::as_array).is_some_and(|mounted| mounted.iter().any(|one| one == datastore))
}

/// The claim that a PersistentVolume is for, as `namespace/name`.
pub(crate) fn claim_of(persistent_volume: &Seen) -> Option<String> {
    let reference = |member: &str| persistent_volume.text(&["spec", "claimRef", member]);
    Some(format!("{}/{}", reference("namespace")?, reference("name")?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_uuid_is_the_same_with_its_first_groups_turned_round() {
        assert!(same_uuid("42377f75-9fc8-45f2-9b46-05513f4997cd", "42377F75-9FC8-45F2-9B46-05513F4997CD"));
        assert!(same_uuid("42377f75-9fc8-45f2-9b46-05513f4997cd", "757f3742-c89f-f245-9b46-05513f4997cd"));
        assert!(!same_uuid("42377f75-9fc8-45f2-9b46-05513f4997cd", "42377f75-9fc8-45f2-9b46-05513f4997ce"));
        assert!(!same_uuid("", "x") && !same_uuid("ü-a-b-c-d", "x"));
    }
}
