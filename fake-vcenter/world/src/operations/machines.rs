//! PowerOnVM_Task, PowerOffVM_Task, ResetVM_Task, ReconfigVM_Task, Destroy_Task and UnregisterVM of virtual machines.
//!
//! Whether the VM's state allows a task is judged when its turn has come. UnregisterVM is done at once.

use vsphere_types::request::{DestroyTask, PowerOffVmTask, PowerOnVmTask, ReconfigVmTask, ResetVmTask, UnregisterVm};
use vsphere_types::{Fault, MoRef};

use crate::call::{Answer, Call, Operation, Reply};
use crate::fault;
use crate::latency::Range;
use crate::machines::{reconfigure, remove};
use crate::state::{PowerChange, Work};
use crate::tasks::{self, Order};
use crate::world::World;

impl Operation for PowerOnVmTask {
    fn carry_out(self, world: &mut World, call: &Call) -> Answer<Self> {
        power(world, call, "VirtualMachine.powerOn", PowerChange::On { host: self.host }).map(Reply::Done)
    }
}

impl Operation for PowerOffVmTask {
    fn carry_out(self, world: &mut World, call: &Call) -> Answer<Self> {
        power(world, call, "VirtualMachine.powerOff", PowerChange::Off).map(Reply::Done)
    }
}

impl Operation for ResetVmTask {
    fn carry_out(self, world: &mut World, call: &Call) -> Answer<Self> {
        power(world, call, "VirtualMachine.reset", PowerChange::Reset).map(Reply::Done)
    }
}

impl Operation for ReconfigVmTask {
    fn carry_out(self, world: &mut World, call: &Call) -> Answer<Self> {
        let takes = world.config.latency.reconfigure;
        let spec = Box::new(reconfigure::read(&self.spec)?);
        start(world, call, "VirtualMachine.reconfigure", takes, Work::Reconfigure { vm: call.this.clone(), spec }).map(Reply::Done)
    }
}

impl Operation for DestroyTask {
    fn carry_out(self, world: &mut World, call: &Call) -> Answer<Self> {
        if call.this.kind != "VirtualMachine" {
            return Err(fault::not_served(call.method.wire_name()));
        }
        let takes = world.config.latency.power;
        start(world, call, "VirtualMachine.destroy", takes, Work::Destroy { vm: call.this.clone() }).map(Reply::Done)
    }
}

impl Operation for UnregisterVm {
    fn carry_out(self, world: &mut World, call: &Call) -> Answer<Self> {
        remove::unregister(world, call.this).map(Reply::Done)
    }
}

fn power(world: &mut World, call: &Call, description: &'static str, change: PowerChange) -> Result<MoRef, Fault> {
    let takes = world.config.latency.power;
    start(world, call, description, takes, Work::Power { vm: call.this.clone(), change })
}

fn start(world: &mut World, call: &Call, description: &'static str, takes: Range, work: Work) -> Result<MoRef, Fault> {
    let (entity, lane) = (call.this.clone(), Some(call.this.clone()));
    tasks::create(world, call, Order { description, entity, takes, lane, work })
}
