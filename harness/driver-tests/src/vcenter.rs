//! A fake vCenter that a driver reaches over a wire, and what a test does to it.

use std::sync::Arc;

use fake_vcenter_server::VCenter;
use fake_vcenter_world::{GuestState, TagTarget, VmConfig, World, WorldConfig};
use jiff::Timestamp;
use seatrial_journal::Border;
use seatrial_wires::Network;
use vsphere_types::{Fault, MoRef};

/// The datacenter that machines are made in.
const DATACENTER: &str = "dc-1";

/// One vCenter.
#[derive(Clone)]
pub struct FakeVCenter {
    name: String,
    network: Network,
    server: Arc<VCenter>,
}

impl FakeVCenter {
    /// A vCenter that serves at its own name. One that is there already under this name is gone, with all that it knew.
    pub(crate) fn start(network: &Network, config: WorldConfig) -> Self {
        let name = config.name.clone();
        let server = VCenter::new(config, network.seed().child("vcenter").child(&name), network.clock(), network.journal().clone());
        let process = network.process(&name);
        process.spawn("tasks", Arc::clone(&server).run());
        process.listen(&address(&name), Border::VCenter, server.http_service(), server.describe());
        Self { name, network: network.clone(), server }
    }

    /// Looks at what is in it.
    pub fn look<T>(&self, look: impl FnOnce(&World) -> T) -> T {
        self.server.with_world(|world| look(world))
    }

    /// Does something to it that must be possible.
    pub fn act<T>(&self, act: impl FnOnce(&mut World, Timestamp) -> Result<T, Fault>) -> T {
        let now = self.server.now();
        self.server.with_world(|world| act(world, now)).unwrap_or_else(|fault| panic!("{}: {}", self.name, fault.message))
    }

    /// The way to it from a process breaks, or is mended.
    pub fn reachable_by(&self, process: &str, reachable: bool) {
        let address = address(&self.name);
        if reachable { self.network.mend(process, &address) } else { self.network.cut(process, &address) }
    }

    /// A machine that runs.
    pub fn create_vm(&self, vm: &VmConfig) -> MoRef {
        self.act(|world, now| world.create_vm(now, vm, DATACENTER))
    }

    /// Does something to a machine.
    pub fn on_vm<T>(&self, name: &str, act: impl FnOnce(&mut World, Timestamp, &MoRef) -> Result<T, Fault>) -> T {
        let vm = self.look(|world| world.vm_named(name)).unwrap_or_else(|| panic!("{} has no VM {name}", self.name));
        self.act(|world, now| act(world, now, &vm.vm))
    }

    /// What VMware Tools of a machine tell from now on.
    pub fn guest(&self, name: &str, change: impl FnOnce(&mut GuestState)) {
        self.on_vm(name, |world, now, vm| {
            let mut guest = world.guest(vm).expect("it was just found");
            change(&mut guest);
            world.set_guest(now, vm, guest)
        });
    }

    /// Puts a tag on an object.
    pub fn tag(&self, on: &TagTarget, category: &str, tag: &str) {
        self.act(|world, now| world.attach_tag(now, category, tag, on));
    }
}

fn address(name: &str) -> String {
    format!("{name}:443")
}
