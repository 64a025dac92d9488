//! Where a disk is plugged in: the first PVSCSI controller with room, or a new one.

use vsphere_types::MoRef;

use crate::state::{CONTROLLER_SLOTS, Controller, MAX_CONTROLLERS, State, VirtualMachine};

/// The unit that a SCSI controller has itself.
const RESERVED_UNIT: i32 = 7;

/// A place for a disk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Slot {
    /// The controller, which may have to be added first.
    pub controller: Controller,
    /// Whether it has to be added.
    pub new_controller: bool,
    /// Unit on it.
    pub unit: i32,
    /// Device key of the disk; vCenter counts sixteen to a controller.
    pub key: i32,
}

/// The first free place; nothing when four controllers are full.
pub fn free_slot(state: &State, id: &MoRef, vm: &VirtualMachine) -> Option<Slot> {
    let volumes = state.volumes_of(id);
    let taken = |controller: &Controller, unit: i32| {
        let boot = controller.bus == 0 && unit == 0;
        let mut places = volumes.iter().filter_map(|volume| volume.attachment_to(id));
        boot || places.any(|place| place.controller_key == controller.key && place.unit == unit)
    };
    let units = || (0..=i32::try_from(CONTROLLER_SLOTS).unwrap_or(15)).filter(|unit| *unit != RESERVED_UNIT);
    let place = |controller: Controller, unit: i32, new_controller: bool| Slot {
        key: 2_000 + controller.bus * 16 + unit,
        controller,
        new_controller,
        unit,
    };
    for controller in &vm.controllers {
        if let Some(unit) = units().find(|unit| !taken(controller, *unit)) {
            return Some(place(controller.clone(), unit, false));
        }
    }
    let buses = 0..i32::try_from(MAX_CONTROLLERS).unwrap_or(4);
    let bus = buses.into_iter().find(|bus| vm.controllers.iter().all(|controller| controller.bus != *bus))?;
    Some(place(Controller { key: 1_000 + bus, bus }, 0, true))
}
