//! Lists of what is in something, such as a folder's children, a host's machines and a view's objects: whether they have changed,
//! without looking at them.

use std::collections::BTreeSet;

use vsphere_types::{MoRef, is_subtype};

use crate::managed::contains;
use crate::state::{State, View, VirtualMachine};

/// Properties that list what is in something, by the type of that something. They are never projected to be compared.
pub fn is_list(kind: &str, name: &str) -> bool {
    matches!(
        (kind, name),
        ("Folder", "childEntity")
            | ("HostSystem" | "ResourcePool" | "Network" | "Datastore", "vm")
            | ("ContainerView", "view")
            | ("TaskManager", "recentTask")
    )
}

/// The lists that a machine came into or left. That of its datastore is not among them: see [`datastore_pairs`].
pub fn of_vm<'a>(before: Option<&'a VirtualMachine>, after: Option<&'a VirtualMachine>) -> Vec<(&'a MoRef, &'static str)> {
    let places = |vm: &'a VirtualMachine| [(&vm.parent, "childEntity"), (&vm.pool, "vm"), (&vm.host, "vm"), (&vm.network, "vm")];
    let (was, is): (Vec<_>, Vec<_>) = (before.into_iter().flat_map(places).collect(), after.into_iter().flat_map(places).collect());
    let left = was.iter().filter(|place| !is.contains(place));
    left.chain(is.iter().filter(|place| !was.contains(place))).copied().collect()
}

/// The pairs of machine and datastore of which one may have begun or ceased to have something to do with the other.
pub fn datastore_pairs(state: &State) -> BTreeSet<(MoRef, MoRef)> {
    let mut pairs = BTreeSet::new();
    for (vm, before, after) in state.vms.touched() {
        pairs.extend([before, after].into_iter().flatten().map(|record| (vm.clone(), record.datastore.clone())));
    }
    for (_, before, after) in state.volumes.touched() {
        for record in [before, after].into_iter().flatten() {
            pairs.extend(record.attachments.iter().map(|place| (place.vm.clone(), record.datastore.clone())));
        }
    }
    pairs
}

/// Entities that came, went or moved, and tasks that came or went: what may have come into a view or left it.
pub fn moved(state: &State) -> Vec<MoRef> {
    let mut moved: Vec<MoRef> = Vec::new();
    let places = |vm: Option<&VirtualMachine>| vm.map(|vm| (vm.parent.clone(), vm.pool.clone(), vm.host.clone()));
    moved.extend(state.vms.touched().filter(|(_, before, after)| places(*before) != places(*after)).map(|(vm, _, _)| vm.clone()));
    let hosts = state.hosts.touched().filter(|(_, before, after)| before.map(|host| &host.parent) != after.map(|host| &host.parent));
    moved.extend(hosts.map(|(host, _, _)| host.clone()));
    let datastores = state.datastores.touched();
    moved.extend(
        datastores.filter(|(_, before, after)| before.map(|row| &row.parent) != after.map(|row| &row.parent)).map(|row| row.0.clone()),
    );
    moved.extend(state.tasks.touched().filter(|(_, before, after)| before.is_some() != after.is_some()).map(|(task, _, _)| task.clone()));
    moved
}

/// The views that were there before and show these objects now, each with the object.
pub fn shown(state: &State, moved: &[MoRef]) -> BTreeSet<(MoRef, MoRef)> {
    let mut shown = BTreeSet::new();
    if moved.is_empty() {
        return shown;
    }
    for (key, view) in state.views.iter() {
        let shows = |object: &MoRef| match view {
            View::Container { container, types, recursive, .. } => {
                (types.is_empty() || types.iter().any(|kind| is_subtype(&object.kind, kind)))
                    && contains(state, container, object, *recursive)
            }
            View::List { objects, .. } => (state.tasks.contains(object) || state.has_entity(object)) && objects.contains(object),
            View::History { .. } => false,
        };
        shown.extend(moved.iter().filter(|object| shows(object)).map(|object| (key.clone(), object.clone())));
    }
    shown
}
