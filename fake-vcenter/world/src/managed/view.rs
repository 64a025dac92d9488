//! ViewManager, ListView, ContainerView.
//!
//! Modelled: views of a session, gone with it. A list view drops objects that cease to exist. Not modelled:
//! inventory views, container views of containers that are no folder, datacenter, cluster, host or pool.

use fake_vcenter_types::{MoRef, Value, is_subtype};

use super::value::{reference, references};
use super::{Look, exists};
use crate::state::{State, View, number_of};

/// Reads one of a view's properties.
pub fn property(look: &Look, view: &View, name: &str) -> Option<Value> {
    match (name, view) {
        ("view", _) => Some(references(objects(look, view))),
        ("container", View::Container { container, .. }) => Some(reference(container)),
        ("recursive", View::Container { recursive, .. }) => Some(Value::Bool(*recursive)),
        ("type", View::Container { types, .. }) => Some(super::value::texts(&types.iter().map(String::as_str).collect::<Vec<_>>())),
        _ => None,
    }
}

/// Reads one of the view manager's properties.
pub fn manager_property(look: &Look, name: &str) -> Option<Value> {
    let viewer = look.viewer?;
    (name == "viewList").then(|| {
        let mine = look.state.views.iter().filter(|(_, view)| view.session() == viewer);
        references(mine.map(|(key, _)| key.clone()))
    })
}

/// The objects that a view shows now.
pub fn objects(look: &Look, view: &View) -> Vec<MoRef> {
    match view {
        View::History { .. } => Vec::new(),
        View::List { objects, .. } => objects.iter().filter(|object| exists(look, object) && look.sees(object)).cloned().collect(),
        View::Container { container, types, recursive, .. } => {
            let mut found = Vec::new();
            collect(look.state, container, *recursive, &mut found);
            found.retain(|object: &MoRef| look.sees(object));
            found.retain(|object: &MoRef| types.is_empty() || types.iter().any(|kind| is_subtype(&object.kind, kind)));
            found
        }
    }
}

fn collect(state: &State, container: &MoRef, recursive: bool, found: &mut Vec<MoRef>) {
    for object in contents(state, container) {
        if found.contains(&object) {
            continue;
        }
        found.push(object.clone());
        if recursive {
            collect(state, &object, recursive, found);
        }
    }
}

/// What a container holds, by the kind of container.
fn contents(state: &State, container: &MoRef) -> Vec<MoRef> {
    match container.kind.as_str() {
        "Folder" | "Datacenter" => state.children(container),
        "ClusterComputeResource" => {
            let mut inside = state.hosts_of(container);
            inside.extend(state.clusters.get(container).map(|cluster| cluster.pool.clone()));
            inside
        }
        "HostSystem" => state.vms_where(|_, vm| vm.host == *container),
        "ResourcePool" => {
            let mut inside: Vec<MoRef> =
                state.pools.iter().filter(|(_, pool)| pool.parent == *container).map(|(key, _)| key.clone()).collect();
            inside.extend(state.vms_where(|_, vm| vm.pool == *container));
            inside.sort_by_key(number_of);
            inside
        }
        _ => Vec::new(),
    }
}
