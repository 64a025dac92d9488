//! The journal's view of a transaction: the objects that oracles read, as JSON, before and after.
//!
//! `Volume/<id>`, `VirtualMachine/<id>`, `Task/<id>`, `Session/<label>`, `Datastore/<id>`. A session appears under a
//! hash of its key, for the key is the secret that its cookie carries.

use std::collections::{BTreeMap, BTreeSet};

use fake_vcenter_types::MoRef;
use seatrial_journal::{Change, ChangeKind, patch_between};
use serde_json::{Value, json};

use super::commit::Commit;
use crate::state::{State, Volume};

/// Objects by their journal names; a name without a value is an object that is not there.
pub type Snapshot = BTreeMap<String, Value>;

/// The touched objects as the tables show them now.
pub fn snapshot(state: &State) -> Snapshot {
    let (mut vms, mut datastores) = (BTreeSet::new(), BTreeSet::new());
    vms.extend(state.vms.touched().map(|(vm, _, _)| vm));
    datastores.extend(state.datastores.touched().map(|(datastore, _, _)| datastore));
    for (_, before, after) in state.volumes.touched() {
        for volume in [before, after].into_iter().flatten() {
            datastores.insert(&volume.datastore);
            vms.extend(volume.attachments.iter().map(|attachment| &attachment.vm));
        }
    }
    let volumes = state.volumes.touched().filter_map(|(id, _, _)| Some((format!("Volume/{id}"), volume(state.volumes.get(id)?))));
    let tasks = state.tasks.touched().filter_map(|(id, _, _)| Some((format!("Task/{}", id.id), task(state, id)?)));
    let sessions = state.sessions.touched().filter_map(|(key, _, _)| {
        let session = state.sessions.get(key)?;
        Some((format!("Session/{}", session.label), json!({ "user": session.user })))
    });
    let vms = vms.into_iter().filter_map(|id| Some((format!("VirtualMachine/{}", id.id), vm(state, id)?)));
    let datastores = datastores.into_iter().filter_map(|id| Some((format!("Datastore/{}", id.id), datastore(state, id)?)));
    volumes.chain(vms).chain(datastores).chain(tasks).chain(sessions).collect()
}

/// The changes that lead from one snapshot to the other.
pub fn changes(commit: &Commit, revision: u64, before: &Snapshot, after: &Snapshot) -> Vec<Change> {
    let names: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    let change = |name: &String| {
        let (kind, patch) = match (before.get(name), after.get(name)) {
            (None, Some(now)) => (ChangeKind::Added, now.clone()),
            (Some(_), None) => (ChangeKind::Removed, Value::Null),
            (Some(old), Some(now)) if old != now => (ChangeKind::Changed, patch_between(old, now)),
            _ => return None,
        };
        let cause = Some(commit.cause.to_owned());
        Some(Change { store: commit.store.to_owned(), revision, object: name.clone(), kind, patch, cause })
    };
    names.into_iter().filter_map(change).collect()
}

fn volume(volume: &Volume) -> Value {
    let mut json = json!({
        "name": volume.name,
        "datastore": volume.datastore.id,
        "capacityMb": volume.capacity_mb,
        "diskUuid": volume.disk_uuid,
        "inCns": volume.in_cns,
    });
    if let Some(cluster) = volume.clusters.first() {
        json["clusterId"] = Value::from(cluster.id.clone());
    }
    if let Some(attachment) = volume.attachments.first() {
        json["attachedTo"] = Value::from(attachment.vm.id.clone());
    }
    json
}

fn vm(state: &State, id: &MoRef) -> Option<Value> {
    let vm = state.vms.get(id)?;
    let mut disks = serde_json::Map::new();
    for volume in state.volumes_of(id) {
        if let Some(place) = volume.attachment_to(id) {
            let disk = json!({
                "volume": volume.id, "diskUuid": volume.disk_uuid, "controllerKey": place.controller_key, "unitNumber": place.unit,
            });
            disks.insert(place.key.to_string(), disk);
        }
    }
    Some(json!({ "name": vm.name, "biosUuid": vm.bios_uuid, "power": vm.power.wire_name(), "host": vm.host.id, "disks": disks }))
}

fn task(state: &State, id: &MoRef) -> Option<Value> {
    let task = state.tasks.get(id)?;
    let mut json = json!({
        "description": task.description, "entity": task.entity.id, "state": task.state.wire_name(), "user": task.user,
    });
    if let Some(error) = &task.error {
        let fault = match error.get("fault") {
            Some(fake_vcenter_types::Value::Object(fault)) => fault.type_name.clone(),
            _ => error.type_name.clone(),
        };
        json["error"] = Value::from(fault);
    }
    Some(json)
}

fn datastore(state: &State, id: &MoRef) -> Option<Value> {
    let datastore = state.datastores.get(id)?;
    Some(json!({ "name": datastore.name, "url": datastore.url, "capacity": datastore.capacity_bytes, "free": state.free_bytes(id) }))
}
