//! What happens to virtual machines.

use jiff::Timestamp;
use vsphere_types::{Fault, MoRef};

use crate::config::VmConfig;
use crate::machines::{power, remove, vmotion};
use crate::state::{GuestState, PowerState};
use crate::world::World;
use crate::{fault, inventory};

impl World {
    /// Switches a VM at once, as if somebody pulled or plugged its cord; nothing happens when it is so already.
    ///
    /// # Errors
    /// There is no such VM, its host is down or in maintenance mode, or what it needs to run cannot be opened.
    pub fn set_power(&mut self, now: Timestamp, vm: &MoRef, wanted: PowerState) -> Result<(), Fault> {
        self.happen(now, "power", |world| {
            let present = world.parts.state.vms.get(vm).ok_or_else(|| fault::not_found(vm))?.power;
            match wanted {
                PowerState::PoweredOn if present == PowerState::PoweredOff => {
                    let state = &world.parts.state;
                    let host = state.vms.get(vm).and_then(|record| state.hosts.get(&record.host));
                    // One that is only not connected starts what somebody at it switches on.
                    if host.is_some_and(|host| host.failed.is_some()) {
                        power::host_must_answer(state, vm)?;
                    }
                    power::host_must_start(state, vm)?;
                    power::boot(world, vm)
                }
                PowerState::PoweredOff if present == PowerState::PoweredOn => {
                    power::stop(world, vm);
                    Ok(())
                }
                _ => Ok(()),
            }
        })
    }

    /// Moves a VM to another host, as vMotion does; into another cluster too. What it lies on itself moves along when the
    /// host does not mount it; volumes do not.
    ///
    /// # Errors
    /// There is no such VM or host, the host does not mount what a volume of the VM lies on, or cannot get its keys.
    pub fn move_vm(&mut self, now: Timestamp, vm: &MoRef, host: &MoRef) -> Result<(), Fault> {
        self.happen(now, "vmotion", |world| vmotion::migrate(world, vm, host))
    }

    /// Makes a VM in a datacenter, switched on. One of an earlier one's name has another identity altogether.
    ///
    /// # Errors
    /// There is no such datacenter, cluster or key provider, no host that answers, or a VM of that name is there.
    pub fn create_vm(&mut self, now: Timestamp, config: &VmConfig, datacenter: &str) -> Result<MoRef, Fault> {
        let mut made = None;
        self.happen(now, "create", |world| {
            made = Some(inventory::create_vm(world, config, datacenter)?);
            Ok(())
        })?;
        made.ok_or_else(|| fault::system_error("the virtual machine was made and is not there"))
    }

    /// Deletes a VM. Its volumes are first class disks that outlive it, detached.
    ///
    /// # Errors
    /// There is no such VM.
    pub fn destroy_vm(&mut self, now: Timestamp, vm: &MoRef) -> Result<(), Fault> {
        self.happen(now, "destroy", |world| remove::delete(world, vm))
    }

    /// Says what VMware Tools tell of a guest.
    ///
    /// # Errors
    /// There is no such VM.
    pub fn set_guest(&mut self, now: Timestamp, vm: &MoRef, guest: GuestState) -> Result<(), Fault> {
        self.happen(now, "guest", |world| {
            world.parts.state.vms.get_mut(vm).ok_or_else(|| fault::not_found(vm))?.guest = guest;
            Ok(())
        })
    }

    /// What VMware Tools tell of a guest, to change a part of it.
    pub fn guest(&self, vm: &MoRef) -> Option<GuestState> {
        self.parts.state.vms.get(vm).map(|record| record.guest.clone())
    }

    /// Lets `config.uuid` read empty, as it does for a moment while a VM is made or failed over, or shows it again.
    ///
    /// # Errors
    /// There is no such VM.
    pub fn clear_bios_uuid(&mut self, now: Timestamp, vm: &MoRef, cleared: bool) -> Result<(), Fault> {
        self.happen(now, "bios-uuid", |world| {
            world.parts.state.vms.get_mut(vm).ok_or_else(|| fault::not_found(vm))?.uuid_hidden = cleared;
            Ok(())
        })
    }
}
