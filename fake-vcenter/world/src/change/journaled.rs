//! The journal's view of a transaction: the objects that oracles read, as JSON, before and after.
//!
//! `Volume/<id>`, `VirtualMachine/<id>`, `HostSystem/<id>`, `Task/<id>`, `Session/<label>`, `Datastore/<id>`,
//! `KeyProvider/<name>`, `Service/<name>`, `Policy/<id>`, `TagAssociation/<id>`. A session appears under a
//! hash of its key, for the key is the secret that its cookie carries.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use seatrial_journal::{Change, ChangeKind, patch_between};
use serde_json::{Value as Json, json};
use vsphere_types::{MoRef, Value};

use crate::policy::wants_encryption;
use crate::state::{Host, KeyRef, MadeOf, PowerState, State, Volume};

/// What a transaction is recorded with.
pub struct Commit<'a> {
    /// Name of the vCenter, the journal's store.
    pub store: &'a str,
    /// When.
    pub at: Timestamp,
    /// What brought it about.
    pub cause: &'a str,
    /// Whether somebody hears the journal.
    pub heard: bool,
}

/// Objects by their journal names; a name without a value is an object that is not there.
pub type Snapshot = BTreeMap<String, Json>;

/// The touched objects as the tables show them now.
pub fn snapshot(state: &State) -> Snapshot {
    let (mut vms, mut datastores) = (BTreeSet::new(), BTreeSet::new());
    vms.extend(state.vms.touched().map(|(vm, _, _)| vm));
    datastores.extend(state.datastores.touched().map(|(datastore, _, _)| datastore));
    let hosts: BTreeSet<&MoRef> = state.hosts.touched().map(|(host, _, _)| host).collect();
    // What a machine shows of its host: whether it runs, and in which cluster.
    let shown = |host: Option<&Host>| host.map(|host| (host.failed.is_some(), host.parent.clone()));
    let others = state.hosts.touched().filter(|(_, before, after)| shown(*before) != shown(*after));
    let on_hosts: Vec<MoRef> = others.flat_map(|(host, _, _)| state.vms_at(host)).collect();
    vms.extend(&on_hosts);
    for (_, before, after) in state.volumes.touched() {
        for volume in [before, after].into_iter().flatten() {
            datastores.insert(&volume.datastore);
            vms.extend(volume.attachments.iter().map(|attachment| &attachment.vm));
        }
    }
    let volumes = state.volumes.touched().filter_map(|(id, _, _)| Some((format!("Volume/{id}"), volume(state, state.volumes.get(id)?))));
    let tasks = state.tasks.touched().filter_map(|(id, _, _)| Some((format!("Task/{}", id.id), task(state, id)?)));
    let sessions = state.sessions.touched().filter_map(|(key, _, _)| {
        let session = state.sessions.get(key)?;
        Some((format!("Session/{}", session.label), json!({ "user": session.user, "kind": "soap" })))
    });
    let rest_sessions = state.rest_sessions.touched().filter_map(|(key, _, _)| {
        let session = state.rest_sessions.get(key)?;
        Some((format!("Session/{}", session.label), json!({ "user": session.user, "kind": "rest" })))
    });
    let carriers = tag_carriers(state);
    datastores.extend(carriers.iter().filter(|carrier| carrier.kind == "Datastore"));
    let vms = vms.into_iter().filter_map(|id| Some((format!("VirtualMachine/{}", id.id), vm(state, id)?)));
    let datastores = datastores.into_iter().filter_map(|id| Some((format!("Datastore/{}", id.id), datastore(state, id)?)));
    let associations = carriers.iter().filter_map(|carrier| Some((format!("TagAssociation/{}", carrier.id), tags(state, carrier)?)));
    let hosts = hosts.into_iter().filter_map(|id| Some((format!("HostSystem/{}", id.id), host(state, id)?)));
    volumes
        .chain(vms)
        .chain(hosts)
        .chain(appliance(state))
        .chain(datastores)
        .chain(tasks)
        .chain(sessions)
        .chain(rest_sessions)
        .chain(associations)
        .collect()
}

/// The changes that lead from one snapshot to the other.
pub fn changes(commit: &Commit, revision: u64, before: &Snapshot, mut after: Snapshot) -> Vec<Change> {
    let names: BTreeSet<String> = before.keys().chain(after.keys()).cloned().collect();
    let change = |object: String| {
        let (kind, patch) = match (before.get(&object), after.remove(&object)) {
            (None, Some(now)) => (ChangeKind::Added, now),
            (Some(_), None) => (ChangeKind::Removed, Json::Null),
            (Some(old), Some(now)) if *old != now => (ChangeKind::Changed, patch_between(old, &now)),
            _ => return None,
        };
        let cause = Some(commit.cause.to_owned());
        Some(Change { store: commit.store.to_owned(), revision, object, kind, patch, cause })
    };
    names.into_iter().filter_map(change).collect()
}

/// The objects whose tags, or the names of whose tags, were touched.
fn tag_carriers(state: &State) -> BTreeSet<MoRef> {
    let renamed = state.tags.touched().next().is_some() || state.categories.touched().next().is_some();
    let touched = state.associations.touched().map(|((carrier, _), _, _)| carrier);
    let all = state.associations.iter().map(|((carrier, _), ())| carrier).filter(|_| renamed);
    touched.chain(all).cloned().collect()
}

/// The names of an object's tags by category; nothing when it carries none.
fn tags(state: &State, carrier: &MoRef) -> Option<Json> {
    let names = state.tag_names(carrier);
    (!names.is_empty()).then(|| json!(names))
}

/// Services, key providers and storage policies.
fn appliance(state: &State) -> impl Iterator<Item = (String, Json)> {
    let services = state
        .services
        .touched()
        .filter_map(|(service, _, _)| Some((format!("Service/{}", service.name()), json!({ "running": state.services.get(service)? }))));
    let providers = state.key_providers.touched().filter_map(|(name, _, _)| {
        let provider = state.key_providers.get(name)?;
        Some((format!("KeyProvider/{name}"), json!({ "available": provider.available, "default": provider.default })))
    });
    let policies =
        state.policies.touched().filter_map(|(id, _, _)| Some((format!("Policy/{id}"), json!({ "name": state.policies.get(id)?.name }))));
    services.chain(providers).chain(policies)
}

/// Which key: its id says nothing of the key itself.
fn put_key(json: &mut Json, key: Option<&KeyRef>) {
    if let Some(key) = key {
        json["keyProvider"] = Json::from(key.provider.clone());
        json["keyId"] = Json::from(key.id.clone());
    }
}

fn host(state: &State, id: &MoRef) -> Option<Json> {
    let host = state.hosts.get(id)?;
    let datastores: Vec<&str> = host.datastores.iter().map(|datastore| datastore.id.as_str()).collect();
    Some(json!({
        "name": host.name, "cluster": host.parent.id, "connected": host.connected(), "failed": host.failed.is_some(),
        "datastores": datastores,
    }))
}

fn volume(state: &State, volume: &Volume) -> Json {
    let mut json = json!({
        "name": volume.name,
        "datastore": volume.datastore.id,
        "capacityMb": volume.capacity_mb,
        "diskUuid": volume.disk_uuid,
        "inCns": volume.in_cns,
        "encrypted": volume.key.is_some(),
        "mustBeEncrypted": volume.policy.as_deref().is_some_and(|policy| wants_encryption(state, policy)),
    });
    if let Some(name) = &volume.by_hand {
        json["byHand"] = Json::from(name.clone());
    }
    if !volume.first_class {
        json["firstClass"] = Json::from(false);
    }
    if let Some(cluster) = volume.clusters.first() {
        json["clusterId"] = Json::from(cluster.id.clone());
    }
    if let Some(attachment) = volume.attachments.first() {
        json["attachedTo"] = Json::from(attachment.vm.id.clone());
    }
    if !volume.snapshots.is_empty() {
        json["snapshots"] =
            volume.snapshots.iter().map(|snapshot| (snapshot.id.clone(), Json::from(snapshot.description.clone()))).collect();
    }
    if let Some(MadeOf { volume, disk_uuid, snapshot }) = &volume.made_of {
        json["madeOf"] = json!({"volume": volume, "diskUuid": disk_uuid, "snapshot": snapshot});
    }
    if let Some(policy) = &volume.policy {
        json["policy"] = Json::from(policy.clone());
    }
    put_key(&mut json, volume.key.as_ref());
    if let Some(old) = &volume.old_key {
        // Changing the key has not come to its end: either key opens the volume, and both must be kept.
        json["oldKeyId"] = Json::from(old.id.clone());
    }
    json
}

fn vm(state: &State, id: &MoRef) -> Option<Json> {
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
    // What is so, not what vCenter knows: a machine whose host has failed does not run.
    let power = if state.runs(id) { PowerState::PoweredOn } else { PowerState::PoweredOff };
    let mut json = json!({
        "name": vm.name, "biosUuid": vm.bios_uuid, "power": power.wire_name(), "host": vm.host.id, "disks": disks,
        "bootId": vm.boot_id, "encrypted": vm.key.is_some(),
    });
    if let Some(cluster) = state.parent_of(&vm.host) {
        json["cluster"] = Json::from(cluster.id.clone());
    }
    put_key(&mut json, vm.key.as_ref());
    Some(json)
}

fn task(state: &State, id: &MoRef) -> Option<Json> {
    let task = state.tasks.get(id)?;
    let mut json = json!({
        "description": task.description, "entity": task.entity.id, "state": task.state.wire_name(), "user": task.user,
    });
    let results = || task.result.as_ref()?.as_object()?.get("volumeResults");
    // A task of CNS ends well though a volume in it failed: its result says so.
    let failed = || results()?.items().iter().find_map(|entry| entry.as_object()?.get("fault")?.as_object());
    if let Some(error) = task.error.as_ref().or_else(failed) {
        let fault = error.get("fault").and_then(Value::as_object).map_or(&error.type_name, |fault| &fault.type_name);
        json["error"] = fault.as_str().into();
        if let Some(message) = error.get("localizedMessage").and_then(Value::as_text) {
            json["message"] = message.into();
        }
    }
    Some(json)
}

fn datastore(state: &State, id: &MoRef) -> Option<Json> {
    let datastore = state.datastores.get(id)?;
    let mut json =
        json!({ "name": datastore.name, "url": datastore.url, "capacity": datastore.capacity_bytes, "free": state.free_bytes(id) });
    if let Some(tags) = tags(state, id) {
        json["tags"] = tags;
    }
    Some(json)
}
