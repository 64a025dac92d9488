//! What a test or an engine may see and do without being a client: look into the hardware of a VM, find things by name,
//! and let things happen that no client asked for.

use fake_vcenter_types::{Fault, MoRef};
use jiff::Timestamp;

use crate::fault;
use crate::state::{PowerState, TaskState};
use crate::world::World;

/// A disk as the guest of a running VM sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GuestDisk {
    /// `6000C29…`; the device is `wwn-0x` and this in lower case without dashes.
    pub disk_uuid: String,
    /// The volume behind it.
    pub volume: String,
    /// Its size.
    pub capacity_bytes: u64,
}

/// A virtual machine in short.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VmFacts {
    /// Its reference.
    pub vm: MoRef,
    /// Its name.
    pub name: String,
    /// `config.uuid`.
    pub bios_uuid: String,
    /// Whether it runs.
    pub running: bool,
    /// The host that it is on.
    pub host: MoRef,
    /// The guest's addresses.
    pub addresses: Vec<String>,
}

/// A datastore in short.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DatastoreFacts {
    /// Its reference.
    pub datastore: MoRef,
    /// Its name.
    pub name: String,
    /// Its identity.
    pub url: String,
    /// Its size.
    pub capacity_bytes: u64,
    /// What is free of it.
    pub free_bytes: u64,
}

/// A volume in short.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VolumeFacts {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Where it lies.
    pub datastore: MoRef,
    /// Its size.
    pub capacity_mb: u64,
    /// `6000C29…`.
    pub disk_uuid: String,
    /// The VMs that it is attached to.
    pub attached_to: Vec<MoRef>,
    /// Whether CNS knows it.
    pub in_cns: bool,
}

impl World {
    /// The disks that the guest of a VM sees; none while it does not run.
    pub fn guest_disks(&self, vm_name: &str) -> Vec<GuestDisk> {
        let Some(facts) = self.vm_named(vm_name).filter(|facts| facts.running) else { return Vec::new() };
        let volumes = self.parts.state.volumes_of(&facts.vm).into_iter();
        volumes
            .map(|volume| GuestDisk {
                disk_uuid: volume.disk_uuid.clone(),
                volume: volume.id.clone(),
                capacity_bytes: volume.capacity_bytes(),
            })
            .collect()
    }

    /// All virtual machines, in the order of their making.
    pub fn vms(&self) -> Vec<VmFacts> {
        let state = &self.parts.state;
        let facts = |vm: MoRef| {
            let record = state.vms.get(&vm)?;
            Some(VmFacts {
                vm,
                name: record.name.clone(),
                bios_uuid: record.bios_uuid.clone(),
                running: record.power == PowerState::PoweredOn,
                host: record.host.clone(),
                addresses: record.addresses.clone(),
            })
        };
        state.vms_where(|_, _| true).into_iter().filter_map(facts).collect()
    }

    /// The virtual machine of this name.
    pub fn vm_named(&self, name: &str) -> Option<VmFacts> {
        self.vms().into_iter().find(|vm| vm.name == name)
    }

    /// All datastores, in the order of their ids.
    pub fn datastores(&self) -> Vec<DatastoreFacts> {
        let state = &self.parts.state;
        let facts = |(datastore, record): (&MoRef, &crate::state::Datastore)| DatastoreFacts {
            datastore: datastore.clone(),
            name: record.name.clone(),
            url: record.url.clone(),
            capacity_bytes: record.capacity_bytes,
            free_bytes: state.free_bytes(datastore),
        };
        state.datastores.iter().map(facts).collect()
    }

    /// All hosts, in the order of their ids.
    pub fn hosts(&self) -> Vec<MoRef> {
        self.parts.state.hosts.iter().map(|(host, _)| host.clone()).collect()
    }

    /// All volumes, in the order of their ids.
    pub fn volumes(&self) -> Vec<VolumeFacts> {
        let facts = |volume: &crate::state::Volume| VolumeFacts {
            id: volume.id.clone(),
            name: volume.name.clone(),
            datastore: volume.datastore.clone(),
            capacity_mb: volume.capacity_mb,
            disk_uuid: volume.disk_uuid.clone(),
            attached_to: volume.attachments.iter().map(|attachment| attachment.vm.clone()).collect(),
            in_cns: volume.in_cns,
        };
        self.parts.state.volumes.values().map(facts).collect()
    }

    /// How many sessions live.
    pub fn session_count(&self) -> usize {
        self.parts.state.sessions.len()
    }

    /// Switches a VM at once, as if somebody pulled or plugged its cord; nothing happens when it is so already.
    ///
    /// # Errors
    /// There is no such VM.
    pub fn set_power(&mut self, now: Timestamp, vm: &MoRef, power: PowerState) -> Result<(), Fault> {
        self.happen(now, "power", |world| {
            let at = world.now();
            let record = world.parts.state.vms.get_mut(vm).ok_or_else(|| fault::not_found(vm))?;
            record.boot_time = match power {
                PowerState::PoweredOn => record.boot_time.or(Some(at)),
                PowerState::PoweredOff => None,
            };
            record.power = power;
            Ok(())
        })
    }

    /// Moves a VM to another host, as vMotion does.
    ///
    /// # Errors
    /// There is no such VM or host.
    pub fn move_vm(&mut self, now: Timestamp, vm: &MoRef, host: &MoRef) -> Result<(), Fault> {
        self.happen(now, "vmotion", |world| {
            if !world.parts.state.hosts.contains(host) {
                return Err(fault::not_found(host));
            }
            let record = world.parts.state.vms.get_mut(vm).ok_or_else(|| fault::not_found(vm))?;
            record.host = host.clone();
            Ok(())
        })
    }

    /// Deletes a VM. Its volumes are first class disks that outlive it, detached.
    ///
    /// # Errors
    /// There is no such VM.
    pub fn destroy_vm(&mut self, now: Timestamp, vm: &MoRef) -> Result<(), Fault> {
        self.happen(now, "destroy", |world| crate::tasks::remove_vm(world, vm))
    }

    /// Cuts a host off, or brings it back.
    ///
    /// # Errors
    /// There is no such host.
    pub fn set_host_connected(&mut self, now: Timestamp, host: &MoRef, connected: bool) -> Result<(), Fault> {
        self.happen(now, "host", |world| {
            world.parts.state.hosts.get_mut(host).ok_or_else(|| fault::not_found(host))?.connected = connected;
            Ok(())
        })
    }

    /// Says how much of a datastore something other than volumes takes.
    ///
    /// # Errors
    /// There is no such datastore.
    pub fn set_used_bytes(&mut self, now: Timestamp, datastore: &MoRef, bytes: u64) -> Result<(), Fault> {
        self.happen(now, "datastore", |world| {
            world.parts.state.datastores.get_mut(datastore).ok_or_else(|| fault::not_found(datastore))?.used_bytes = bytes;
            Ok(())
        })
    }

    /// Makes a datastore reachable or not.
    ///
    /// # Errors
    /// There is no such datastore.
    pub fn set_datastore_accessible(&mut self, now: Timestamp, datastore: &MoRef, accessible: bool) -> Result<(), Fault> {
        self.happen(now, "datastore", |world| {
            world.parts.state.datastores.get_mut(datastore).ok_or_else(|| fault::not_found(datastore))?.accessible = accessible;
            Ok(())
        })
    }

    /// Ends all sessions, as an administrator may.
    pub fn end_all_sessions(&mut self, now: Timestamp) {
        self.happens(now, "sessions", |world| {
            let keys: Vec<String> = world.parts.state.sessions.iter().map(|(key, _)| key.clone()).collect();
            for key in keys {
                crate::operations::sessions::end(world, &key);
            }
        });
    }

    /// Restarts vpxd: sessions, collectors and task objects are lost. What hosts were working on they bring to its end
    /// without anybody being told; what was only queued never happens.
    pub fn restart(&mut self, now: Timestamp) {
        self.end_all_sessions(now);
        self.happens(now, "restart", |world| {
            let tasks: Vec<_> = world.parts.state.tasks.values().map(|task| (task.task.clone(), task.state, task.work.clone())).collect();
            for (task, state, work) in tasks {
                world.parts.state.tasks.remove(&task);
                if state == TaskState::Running {
                    world.orphaned.insert(task, work);
                }
            }
        });
    }

    /// Lets something happen that cannot fail.
    fn happens(&mut self, now: Timestamp, cause: &str, what: impl FnOnce(&mut Self)) {
        let done: Result<(), Fault> = self.happen(now, cause, |world| {
            what(world);
            Ok(())
        });
        debug_assert!(done.is_ok(), "what cannot fail did not");
    }
}
