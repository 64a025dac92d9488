//! PowerOnVM_Task, PowerOffVM_Task, Destroy_Task of virtual machines.

use fake_vcenter_types::{Fault, Method, Value};

use super::Call;
use crate::fault;
use crate::state::{PowerState, Work};
use crate::tasks::{self, Order};
use crate::world::{Reply, World};

/// Starts the task; whether the VM's state allows it is judged when its turn has come.
pub fn start(world: &mut World, call: &Call, method: Method) -> Result<Reply, Fault> {
    let vm = call.this.clone();
    if vm.kind != "VirtualMachine" {
        return Err(fault::not_served(method.wire_name()));
    }
    let (description, work) = match method {
        Method::PowerOnVmTask => ("VirtualMachine.powerOn", Work::Power { vm: vm.clone(), state: PowerState::PoweredOn }),
        Method::PowerOffVmTask => ("VirtualMachine.powerOff", Work::Power { vm: vm.clone(), state: PowerState::PoweredOff }),
        _ => ("VirtualMachine.destroy", Work::Destroy { vm: vm.clone() }),
    };
    let order = Order { description, entity: vm.clone(), takes: world.config.latency.power, lane: Some(vm), work };
    Ok(Reply::Done(Some(Value::Ref(tasks::create(world, call.key()?, order)))))
}
