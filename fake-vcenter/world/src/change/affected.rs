//! Which managed objects show something of a touched record, and which of their properties may differ once it has changed.
//!
//! Most properties are small and are compared as they were and as they are. Lists of what is in something grow with the world, so
//! they are never looked at here: whether such a list has changed is read off the records that came, went or moved. An
//! object or property too many costs a comparison; one too few would leave a follower of updates with a stale property. The
//! property test in `tests/followers.rs` guards this, `tests/cost.rs` that the cost does not grow with the world.

use std::collections::{BTreeMap, BTreeSet};

use vsphere_types::MoRef;

use super::membership;
use crate::managed::singleton;
use crate::state::{Host, State, Task, TaskState, VirtualMachine, VmMark, Volume};

/// What of a machine shows its disks.
const DISKS: &[&str] = &["config.hardware.device", "config.datastoreUrl", "summary.config", "datastore"];
/// What of a machine shows that it was configured, and its controllers.
const CONFIGURED: &[&str] = &["config.changeVersion", "config.hardware.device"];
/// What of a machine shows its name, its files' among it.
const NAMED: &[&str] = &["name", "config", "summary.config"];

/// What a transaction may have changed of managed objects.
#[derive(Debug, Default)]
pub struct Affected {
    /// Objects to compare: these of their properties or parts of them, or all properties where nothing is named.
    pub compared: BTreeMap<MoRef, BTreeSet<&'static str>>,
    /// What is known to have changed, lists above all.
    pub changed: BTreeMap<MoRef, BTreeSet<&'static str>>,
}

impl Affected {
    /// Reads it off the tables.
    pub fn by(state: &State) -> Self {
        let mut affected = Self::default();
        affected.hosts(state);
        affected.datastores(state);
        for (vm, before, after) in state.vms.touched() {
            affected.machine(vm, before, after);
            for list in membership::of_vm(before, after) {
                affected.note(list.0, list.1);
            }
        }
        for (_, before, after) in state.volumes.touched() {
            affected.volume(before, after);
        }
        for (name, _, _) in state.key_providers.touched() {
            affected.all_of(&singleton("CryptoManagerKmip"));
            let theirs = |vm: &VirtualMachine| vm.keys().iter().any(|key| key.provider == *name);
            state.vms_by(&VmMark::Keyed, theirs).iter().for_each(|vm| affected.all_of(vm));
        }
        for (task, before, after) in state.tasks.touched() {
            affected.task(task, before, after);
        }
        if state.users.is_touched() {
            affected.all_of(&singleton("AuthorizationManager"));
        }
        state.views.touched().for_each(|(view, _, _)| affected.all_of(view));
        affected
    }

    fn all_of(&mut self, object: &MoRef) {
        self.compared.insert(object.clone(), BTreeSet::new());
    }

    fn some_of(&mut self, object: &MoRef, names: &[&'static str]) {
        match self.compared.get_mut(object) {
            Some(known) if known.is_empty() => {}
            Some(known) => known.extend(names),
            None => drop(self.compared.insert(object.clone(), names.iter().copied().collect())),
        }
    }

    /// Notes that something has changed.
    pub fn note(&mut self, object: &MoRef, path: &'static str) {
        self.changed.entry(object.clone()).or_default().insert(path);
    }

    /// A machine that came, went or changed. Its disks are volumes' records; what is reconfigured most often shows in little.
    fn machine(&mut self, vm: &MoRef, before: Option<&VirtualMachine>, after: Option<&VirtualMachine>) {
        match (before, after) {
            (Some(before), Some(after)) if before.is_but_configured(after) => {
                self.some_of(vm, if before.name == after.name { CONFIGURED } else { NAMED });
            }
            _ => self.all_of(vm),
        }
    }

    /// A task changes in few ways and often, so what it shows is not compared but read off.
    fn task(&mut self, task: &MoRef, before: Option<&Task>, after: Option<&Task>) {
        let (Some(before), Some(after)) = (before, after) else {
            self.note(&singleton("TaskManager"), "recentTask");
            return self.all_of(task);
        };
        if !before.is_but_further(after) {
            return self.all_of(task);
        }
        let changes = [
            ("info.state", before.state != after.state),
            ("info.progress", (before.state == TaskState::Running) != (after.state == TaskState::Running)),
            ("info.startTime", before.started != after.started),
            ("info.completeTime", before.completed != after.completed),
            ("info.result", before.result != after.result),
            ("info.error", before.error != after.error),
        ];
        changes.into_iter().filter(|(_, changed)| *changed).for_each(|(path, _)| self.note(task, path));
    }

    /// Hosts seldom change after the start: each shows in itself, its cluster and that one's pool, what it is wired to, and its machines. When a key
    /// came into its memory, only encrypted machines that are off may show it.
    fn hosts(&mut self, state: &State) {
        for (host, before, after) in state.hosts.touched().filter(|(_, before, after)| before != after) {
            self.all_of(host);
            if let (Some(before), Some(after)) = (before, after)
                && only_keys_differ(before, after)
            {
                state.vms_by(&VmMark::Keyed, |vm| vm.host == *host).iter().for_each(|vm| self.some_of(vm, &["runtime", "summary"]));
                continue;
            }
            for record in [before, after].into_iter().flatten() {
                self.all_of(&record.parent);
                state.clusters.get(&record.parent).iter().for_each(|cluster| self.all_of(&cluster.pool));
                record.datastores.iter().chain(&record.networks).for_each(|object| self.all_of(object));
            }
            state.vms_at(host).iter().for_each(|vm| self.all_of(vm));
        }
    }

    fn datastores(&mut self, state: &State) {
        for (datastore, before, after) in state.datastores.touched() {
            self.all_of(datastore);
            // A machine without its files is not accessible.
            if before.map(|record| record.accessible) != after.map(|record| record.accessible) {
                state.vms_at(datastore).iter().for_each(|vm| self.some_of(vm, &["runtime", "summary"]));
            }
            let parent = |record: Option<&crate::state::Datastore>| record.map(|record| record.parent.clone());
            if parent(before) != parent(after) {
                [parent(before), parent(after)].iter().flatten().for_each(|folder| self.note(folder, "childEntity"));
            }
        }
    }

    /// A volume shows in the machines that it is a disk of, and in what is free on its datastore.
    fn volume(&mut self, before: Option<&Volume>, after: Option<&Volume>) {
        let records = || [before, after].into_iter().flatten();
        if before.map(as_disk) != after.map(as_disk) {
            records().flat_map(|record| &record.attachments).for_each(|place| self.some_of(&place.vm, DISKS));
        }
        let taken = |record: &Volume| (record.datastore.clone(), record.taken_bytes());
        if before.map(taken) != after.map(taken) {
            records().for_each(|record| self.some_of(&record.datastore, &["summary", "info"]));
        }
    }
}

fn only_keys_differ(before: &Host, after: &Host) -> bool {
    let keys = after.key_cache.clone();
    *after == Host { key_cache: keys, ..before.clone() }
}

/// What a machine shows of a volume.
fn as_disk(volume: &Volume) -> impl PartialEq + '_ {
    let file = (&volume.path, &volume.object_id, &volume.datastore);
    (file, volume.capacity_mb, &volume.disk_uuid, &volume.key, &volume.attachments)
}
