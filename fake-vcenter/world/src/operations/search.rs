//! SearchIndex: entities by uuid, address, DNS name, inventory path.
//!
//! Modelled for virtual machines; hosts are found by uuid and by name. The `datacenter` argument narrows the search, as
//! it does in vCenter. What the caller may not see is not found.

use vsphere_types::{Fault, Method, MoRef, Value};

use super::Call;
use crate::fault;
use crate::state::{State, VirtualMachine, VmMark};
use crate::world::{Reply, World};

/// Carries out one of these methods; nothing found is no fault.
pub fn carry_out(world: &World, call: &Call, method: Method) -> Result<Reply, Fault> {
    let state = &world.parts.state;
    let arguments = call.arguments;
    let found = match method {
        Method::FindByUuid | Method::FindAllByUuid => {
            let (uuid, instance) = (arguments.text("uuid")?.to_ascii_lowercase(), arguments.flag("instanceUuid"));
            by(
                state,
                call,
                &VmMark::Uuid(uuid.clone()),
                |vm| if instance { vm.instance_uuid == uuid } else { vm.bios_uuid == uuid && !vm.uuid_hidden },
                |host| host.uuid == uuid,
            )?
        }
        Method::FindByIp | Method::FindAllByIp => {
            let address = arguments.text("ip")?;
            let mark = VmMark::Address(address.clone());
            by(state, call, &mark, |vm| vm.tells_guest() && vm.guest.addresses.contains(&address), |_| false)?
        }
        Method::FindByDnsName | Method::FindAllByDnsName => {
            let name = arguments.text("dnsName")?;
            by(
                state,
                call,
                &VmMark::HostName(name.to_ascii_lowercase()),
                |vm| vm.tells_guest() && vm.guest.host_name.as_ref().is_some_and(|known| known.eq_ignore_ascii_case(&name)),
                |host| host.name.eq_ignore_ascii_case(&name),
            )?
        }
        Method::FindByInventoryPath => by_path(state, &arguments.text("inventoryPath")?).into_iter().collect(),
        _ => {
            let (entity, name) = (arguments.reference("entity")?, arguments.text("name")?);
            if !state.has_entity(&entity) {
                return Err(fault::not_found(&entity));
            }
            child(state, &entity, &name).into_iter().collect()
        }
    };
    let look = world.parts.look_as(call.session.as_deref());
    let found: Vec<MoRef> = found.into_iter().filter(|entity| look.sees(entity)).collect();
    let all = matches!(method, Method::FindAllByUuid | Method::FindAllByIp | Method::FindAllByDnsName);
    Ok(Reply::Done(if all { Some(crate::managed::references(found)) } else { found.into_iter().next().map(Value::Ref) }))
}

fn by(
    state: &State,
    call: &Call,
    mark: &VmMark,
    wanted_vm: impl Fn(&VirtualMachine) -> bool,
    wanted_host: impl Fn(&crate::state::Host) -> bool,
) -> Result<Vec<MoRef>, Fault> {
    let datacenter = call.arguments.optional_reference("datacenter");
    if let Some(gone) = datacenter.as_ref().filter(|datacenter| !state.datacenters.contains(datacenter)) {
        return Err(fault::not_found(gone));
    }
    let found = if call.arguments.flag("vmSearch") {
        state.vms_by(mark, wanted_vm)
    } else {
        let mut hosts: Vec<MoRef> = state.hosts.iter().filter(|(_, host)| wanted_host(host)).map(|(key, _)| key.clone()).collect();
        hosts.sort_by_key(crate::state::number_of);
        hosts
    };
    Ok(found.into_iter().filter(|entity| datacenter.as_ref().is_none_or(|datacenter| state.is_within(entity, datacenter))).collect())
}

/// The entity behind `/dc-1/vm/worker-1`; the root folder's own name is not part of a path.
fn by_path(state: &State, path: &str) -> Option<MoRef> {
    let mut place = MoRef::new("Folder", "group-d1");
    for name in path.split('/').filter(|name| !name.is_empty()) {
        place = child(state, &place, name)?;
    }
    Some(place)
}

/// The entity of this name directly inside another; slashes in names are escaped as vCenter does.
fn child(state: &State, entity: &MoRef, name: &str) -> Option<MoRef> {
    let plain = name.replace("%2f", "/").replace("%2F", "/");
    state.child_named(entity, &plain)
}
