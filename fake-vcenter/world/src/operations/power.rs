//! PowerOnVM_Task, PowerOffVM_Task.

use fake_vcenter_types::{Fault, Method, Value};

use super::Call;
use crate::state::{PowerState, Work};
use crate::tasks::{self, Order};
use crate::world::{Reply, World};

/// Starts the task; whether the VM may be switched is judged when its turn has come.
pub fn start(world: &mut World, call: &Call, method: Method) -> Result<Reply, Fault> {
    let (state, description) = match method {
        Method::PowerOnVmTask => (PowerState::PoweredOn, "VirtualMachine.powerOn"),
        _ => (PowerState::PoweredOff, "VirtualMachine.powerOff"),
    };
    let vm = call.this.clone();
    let order = Order {
        description,
        entity: vm.clone(),
        takes: world.config.latency.power,
        lane: Some(vm.clone()),
        work: Work::Power { vm, state },
    };
    Ok(Reply::Done(Some(Value::Ref(tasks::create(world, call.key()?, order)))))
}
