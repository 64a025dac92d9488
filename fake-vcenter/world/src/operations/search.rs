//! SearchIndex: entities by uuid, address, DNS name, inventory path.
//!
//! Modelled for virtual machines; hosts are found by uuid and by name. The `datacenter` argument narrows the search, as
//! it does in vCenter. What the caller may not see is not found; nothing found is no fault.

use vsphere_types::request::{
    FindAllByDnsName, FindAllByIp, FindAllByUuid, FindByDnsName, FindByInventoryPath, FindByIp, FindByUuid, FindChild,
};
use vsphere_types::{Fault, MoRef};

use crate::call::{Answer, Call, Operation, Reply};
use crate::fault;
use crate::state::{Host, State, VirtualMachine, VmMark, number_of};
use crate::world::World;

/// Where is looked: in one datacenter or everywhere, for virtual machines or for hosts.
struct Scope {
    datacenter: Option<MoRef>,
    machines: bool,
}

/// The two searches of a kind: for the first that is found, and for all.
macro_rules! searches {
    ($first:ident, $all:ident, $search:ident($($key:ident),*)) => {
        impl Operation for $first {
            fn carry_out(self, world: &mut World, call: &Call) -> Answer<Self> {
                let scope = Scope { datacenter: self.datacenter, machines: self.vm_search };
                let found = $search(&world.parts.state, &scope, $(self.$key),*)?;
                Ok(Reply::Done(seen(world, call, found).into_iter().next()))
            }
        }

        impl Operation for $all {
            fn carry_out(self, world: &mut World, call: &Call) -> Answer<Self> {
                let scope = Scope { datacenter: self.datacenter, machines: self.vm_search };
                let found = $search(&world.parts.state, &scope, $(self.$key),*)?;
                Ok(Reply::Done(seen(world, call, found)))
            }
        }
    };
}

searches!(FindByUuid, FindAllByUuid, by_uuid(uuid, instance_uuid));
searches!(FindByIp, FindAllByIp, by_address(ip));
searches!(FindByDnsName, FindAllByDnsName, by_host_name(dns_name));

/// The entity behind `/dc-1/vm/worker-1`; the root folder's own name is not part of a path.
impl Operation for FindByInventoryPath {
    fn carry_out(self, world: &mut World, call: &Call) -> Answer<Self> {
        let mut place = Some(MoRef::new("Folder", "group-d1"));
        for name in self.inventory_path.split('/').filter(|name| !name.is_empty()) {
            place = place.and_then(|place| child(&world.parts.state, &place, name));
        }
        Ok(Reply::Done(seen(world, call, place.into_iter().collect()).into_iter().next()))
    }
}

impl Operation for FindChild {
    fn carry_out(self, world: &mut World, call: &Call) -> Answer<Self> {
        let state = &world.parts.state;
        if !state.has_entity(&self.entity) {
            return Err(fault::not_found(&self.entity));
        }
        let found = child(state, &self.entity, &self.name);
        Ok(Reply::Done(seen(world, call, found.into_iter().collect()).into_iter().next()))
    }
}

/// What the caller may see of what was found.
fn seen(world: &World, call: &Call, mut found: Vec<MoRef>) -> Vec<MoRef> {
    let look = world.parts.look_as(call.viewer());
    found.retain(|entity| look.sees(entity));
    found
}

#[expect(clippy::needless_pass_by_value, reason = "the request is taken apart by `searches`, which has nothing left to do with its parts")]
fn by_uuid(state: &State, scope: &Scope, uuid: String, instance: Option<bool>) -> Result<Vec<MoRef>, Fault> {
    let uuid = uuid.to_ascii_lowercase();
    let of_machine =
        |vm: &VirtualMachine| if instance == Some(true) { vm.instance_uuid == uuid } else { vm.bios_uuid == uuid && !vm.uuid_hidden };
    by(state, scope, &VmMark::Uuid(uuid.clone()), of_machine, |host| host.uuid == uuid)
}

#[expect(clippy::needless_pass_by_value, reason = "the request is taken apart by `searches`, which has nothing left to do with its parts")]
fn by_address(state: &State, scope: &Scope, address: String) -> Result<Vec<MoRef>, Fault> {
    let mark = VmMark::Address(address.clone());
    by(state, scope, &mark, |vm| vm.tells_guest() && vm.guest.addresses.contains(&address), |_| false)
}

#[expect(clippy::needless_pass_by_value, reason = "the request is taken apart by `searches`, which has nothing left to do with its parts")]
fn by_host_name(state: &State, scope: &Scope, name: String) -> Result<Vec<MoRef>, Fault> {
    let mark = VmMark::HostName(name.to_ascii_lowercase());
    let of_guest =
        |vm: &VirtualMachine| vm.tells_guest() && vm.guest.host_name.as_ref().is_some_and(|known| known.eq_ignore_ascii_case(&name));
    by(state, scope, &mark, of_guest, |host| host.name.eq_ignore_ascii_case(&name))
}

fn by(
    state: &State,
    scope: &Scope,
    mark: &VmMark,
    wanted_vm: impl Fn(&VirtualMachine) -> bool,
    wanted_host: impl Fn(&Host) -> bool,
) -> Result<Vec<MoRef>, Fault> {
    let datacenter = scope.datacenter.as_ref();
    if let Some(gone) = datacenter.filter(|datacenter| !state.datacenters.contains(*datacenter)) {
        return Err(fault::not_found(gone));
    }
    let mut found = if scope.machines {
        state.vms_by(mark, wanted_vm)
    } else {
        let mut hosts: Vec<MoRef> = state.hosts.iter().filter(|(_, host)| wanted_host(host)).map(|(key, _)| key.clone()).collect();
        hosts.sort_by_key(number_of);
        hosts
    };
    found.retain(|entity| datacenter.is_none_or(|datacenter| state.is_within(entity, datacenter)));
    Ok(found)
}

/// The entity of this name directly inside another; slashes in names are escaped as vCenter does.
fn child(state: &State, entity: &MoRef, name: &str) -> Option<MoRef> {
    let plain = name.replace("%2f", "/").replace("%2F", "/");
    state.child_named(entity, &plain)
}
