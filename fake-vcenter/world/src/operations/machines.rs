//! PowerOnVM_Task, PowerOffVM_Task, ResetVM_Task, ReconfigVM_Task, Destroy_Task and UnregisterVM of virtual machines.

use vsphere_types::{Fault, Method, Value};

use super::Call;
use crate::fault;
use crate::latency::Range;
use crate::machines::power::PowerChange;
use crate::machines::{reconfigure, remove};
use crate::state::Work;
use crate::tasks::{self, Order};
use crate::world::{Reply, World};

/// Starts the task; whether the VM's state allows it is judged when its turn has come. UnregisterVM is done at once.
pub fn start(world: &mut World, call: &Call, method: Method) -> Result<Reply, Fault> {
    let vm = call.this.clone();
    if vm.kind != "VirtualMachine" {
        return Err(fault::not_served(method.wire_name()));
    }
    let power = |change| Work::Power { vm: vm.clone(), change };
    let (description, work) = match method {
        Method::PowerOnVmTask => ("VirtualMachine.powerOn", power(PowerChange::On { host: call.arguments.optional_reference("host") })),
        Method::PowerOffVmTask => ("VirtualMachine.powerOff", power(PowerChange::Off)),
        Method::ResetVmTask => ("VirtualMachine.reset", power(PowerChange::Reset)),
        Method::ReconfigVmTask => {
            let spec = Box::new(reconfigure::read(call.arguments.object("spec")?)?);
            ("VirtualMachine.reconfigure", Work::Reconfigure { vm: vm.clone(), spec })
        }
        Method::UnregisterVm => {
            remove::destroy(world, &vm)?;
            return Ok(Reply::Done(None));
        }
        _ => ("VirtualMachine.destroy", Work::Destroy { vm: vm.clone() }),
    };
    let takes: Range = if method == Method::ReconfigVmTask { world.config.latency.reconfigure } else { world.config.latency.power };
    let order = Order { method, description, entity: vm.clone(), takes, lane: Some(vm), work };
    Ok(Reply::Done(Some(Value::Ref(tasks::create(world, call.key()?, order)))))
}
