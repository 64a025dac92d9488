//! What the calls of CNS have in common: one volume in a call, and a task that answers for it.

use vsphere_types::{Fault, MoRef};

use crate::call::Call;
use crate::fault;
use crate::latency::Range;
use crate::state::Work;
use crate::tasks::{self, Order};
use crate::world::World;

/// What the task of a call is called, how long it takes, and which VM's other operations it waits for.
pub struct Kind {
    /// `com.vmware.cns.tasks.createvolume`.
    pub description: &'static str,
    /// How long it takes.
    pub takes: Range,
    /// The VM.
    pub vm: Option<MoRef>,
}

/// Starts a task on a VM that exists, else on the root folder, as CNS does.
pub fn start(world: &mut World, call: &Call, kind: Kind, work: Work) -> Result<MoRef, Fault> {
    let root = MoRef::new("Folder", "group-d1");
    let lane = kind.vm.filter(|vm| world.parts.state.vms.contains(vm));
    let order = Order { description: kind.description, entity: lane.clone().unwrap_or(root), takes: kind.takes, lane, work };
    tasks::create(world, call, order)
}

/// The only item of an array: CNS takes exactly one volume in a call.
pub fn only<T>(mut items: Vec<T>, parameter: &str) -> Result<T, Fault> {
    match items.pop() {
        Some(item) if items.is_empty() => Ok(item),
        _ => Err(fault::invalid_argument(parameter)),
    }
}
