//! ViewManager, ListView, ContainerView.
//!
//! Modelled: views of a session, gone with it. A list view drops objects that cease to exist. Not modelled:
//! inventory views, container views of containers that are no folder, datacenter, cluster, host or pool.

use std::collections::BTreeSet;

use vsphere_types::{MoRef, Value, is_subtype};

use super::existence::exists;
use super::value::{reference, references};
use crate::look::Look;
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
            let mut walk = Walk { state: look.state, recursive: *recursive, known: BTreeSet::new(), found: Vec::new() };
            walk.collect(container);
            let mut found = walk.found;
            found.retain(|object: &MoRef| types.is_empty() || types.iter().any(|kind| is_subtype(&object.kind, kind)));
            found.retain(|object: &MoRef| look.sees(object));
            found
        }
    }
}

struct Walk<'a> {
    state: &'a State,
    recursive: bool,
    known: BTreeSet<MoRef>,
    found: Vec<MoRef>,
}

impl Walk<'_> {
    fn collect(&mut self, container: &MoRef) {
        for object in contents(self.state, container) {
            if !self.known.insert(object.clone()) {
                continue;
            }
            self.found.push(object.clone());
            // A machine, of which there are many, is no container.
            if self.recursive && object.kind != "VirtualMachine" {
                self.collect(&object);
            }
        }
    }
}

/// Whether a container holds an entity, itself or in a container inside.
pub fn contains(state: &State, container: &MoRef, entity: &MoRef, recursive: bool) -> bool {
    let holders = holders(state, entity);
    holders.contains(container) || recursive && holders.iter().any(|holder| contains(state, container, holder, true))
}

/// The containers that hold an entity themselves.
fn holders(state: &State, entity: &MoRef) -> Vec<MoRef> {
    match entity.kind.as_str() {
        "VirtualMachine" => state.vms.get(entity).map_or_else(Vec::new, |vm| vec![vm.parent.clone(), vm.host.clone(), vm.pool.clone()]),
        _ => state.parent_of(entity).cloned().into_iter().collect(),
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
        "HostSystem" => state.vms_at(container),
        "ResourcePool" => {
            let mut inside: Vec<MoRef> =
                state.pools.iter().filter(|(_, pool)| pool.parent == *container).map(|(key, _)| key.clone()).collect();
            inside.extend(state.vms_at(container));
            inside.sort_by_cached_key(number_of);
            inside
        }
        _ => Vec::new(),
    }
}
