//! Which managed objects show something of a record: those whose properties may differ once it has changed.
//!
//! An object too many costs a comparison; one too few would leave a follower of updates with a stale property. The
//! property test in `tests/followers.rs` guards this list.

use std::collections::BTreeSet;

use fake_vcenter_types::MoRef;

use crate::managed::singleton;
use crate::state::State;

/// The managed objects that show something of a touched record, before or after the transaction.
pub fn affected(state: &State) -> BTreeSet<MoRef> {
    let mut objects = BTreeSet::new();
    let mut appeared = false;
    inventory(state, &mut objects, &mut appeared);
    for (vm, before, after) in state.vms.touched() {
        objects.insert(vm.clone());
        for record in [before, after].into_iter().flatten() {
            objects.extend([&record.host, &record.pool, &record.parent, &record.datastore, &record.network].map(Clone::clone));
        }
        appeared |= before.is_some() != after.is_some();
    }
    for (_, before, after) in state.volumes.touched() {
        for record in [before, after].into_iter().flatten() {
            objects.insert(record.datastore.clone());
            objects.extend(record.attachments.iter().map(|attachment| attachment.vm.clone()));
        }
    }
    for (name, _, _) in state.key_providers.touched() {
        objects.insert(singleton("CryptoManagerKmip"));
        let theirs = |vm: &crate::state::VirtualMachine| vm.keys().iter().any(|key| key.provider == *name);
        objects.extend(state.vms.iter().filter(|(_, vm)| theirs(vm)).map(|(vm, _)| vm.clone()));
    }
    for (task, before, after) in state.tasks.touched() {
        objects.insert(task.clone());
        objects.insert(singleton("TaskManager"));
        appeared |= before.is_some() != after.is_some();
    }
    if state.users.touched().next().is_some() {
        objects.insert(singleton("AuthorizationManager"));
    }
    if state.sessions.touched().next().is_some() {
        objects.insert(singleton("SessionManager"));
    }
    views(state, appeared, &mut objects);
    objects
}

/// Inventory records seldom change after the start: each shows in itself, its parent and what it is wired to.
fn inventory(state: &State, objects: &mut BTreeSet<MoRef>, appeared: &mut bool) {
    for (host, before, after) in state.hosts.touched() {
        objects.insert(host.clone());
        for record in [before, after].into_iter().flatten() {
            objects.insert(record.parent.clone());
            objects.extend(state.clusters.get(&record.parent).map(|cluster| cluster.pool.clone()));
            objects.extend(record.datastores.iter().chain(&record.networks).cloned());
            objects.extend(state.vms.iter().filter(|(_, vm)| vm.host == *host).map(|(vm, _)| vm.clone()));
        }
        *appeared |= before.is_some() != after.is_some();
    }
    for (datastore, before, after) in state.datastores.touched() {
        objects.insert(datastore.clone());
        objects.extend([before, after].into_iter().flatten().map(|record| record.parent.clone()));
        *appeared |= before.is_some() != after.is_some();
    }
}

fn views(state: &State, appeared: bool, objects: &mut BTreeSet<MoRef>) {
    for (view, before, after) in state.views.touched() {
        objects.insert(view.clone());
        if before.is_some() != after.is_some() {
            objects.insert(singleton("ViewManager"));
        }
    }
    if appeared {
        objects.extend(state.views.iter().map(|(view, _)| view.clone()));
    }
}
