//! The machine's semantics: each test says one thing about devices, mounts or files.

mod model;
mod semantics;

use std::path::Path;
use std::sync::{Arc, Mutex};

use driver_host::{Machine as _, MachineError, MountRequest};
use seatrial_journal::{Journal, MemorySink};
use seatrial_seed::{ManualClock, stamps};

use super::{GuestDisk, Hardware, SimulatedMachine};
use crate::disks::Disks;

/// Hardware whose disks a test sets.
#[derive(Default)]
pub(super) struct Slots(Mutex<Vec<String>>);

impl Slots {
    pub fn attach(&self, disk_uuid: &str) {
        let mut slots = self.0.lock().unwrap();
        if !slots.iter().any(|there| there == disk_uuid) {
            slots.push(disk_uuid.to_owned());
        }
    }

    pub fn detach(&self, disk_uuid: &str) {
        self.0.lock().unwrap().retain(|there| there != disk_uuid);
    }
}

impl Hardware for Slots {
    fn disks(&self) -> Vec<GuestDisk> {
        self.0.lock().unwrap().iter().map(|uuid| GuestDisk { disk_uuid: uuid.clone(), capacity_bytes: 1 << 30 }).collect()
    }
}

/// A machine with its hardware, its disks and its journal.
pub(super) struct Bench {
    pub slots: Arc<Slots>,
    pub disks: Arc<Disks>,
    pub machine: Arc<SimulatedMachine>,
    pub sink: MemorySink,
}

impl Bench {
    pub fn new() -> Self {
        let (journal, sink) = (Journal::new(stamps(Arc::new(ManualClock::default()))), MemorySink::default());
        journal.add_sink(sink.clone());
        let disks = Disks::new(journal.clone());
        let slots = Arc::new(Slots::default());
        let machine = SimulatedMachine::new(
            "worker-1",
            "42168f4e-3f0d-66c3-a2b1-00112233aabb",
            Arc::clone(&slots) as Arc<dyn Hardware>,
            Arc::clone(&disks),
            journal,
        );
        Self { slots, disks, machine, sink }
    }

    /// Another machine that shares the disks' contents.
    pub fn second_machine(&self) -> (Arc<Slots>, Arc<SimulatedMachine>) {
        let slots = Arc::new(Slots::default());
        let journal = Journal::new(stamps(Arc::new(ManualClock::default())));
        let machine = SimulatedMachine::new("worker-2", "", Arc::clone(&slots) as Arc<dyn Hardware>, Arc::clone(&self.disks), journal);
        (slots, machine)
    }
}

pub(super) async fn mount(machine: &SimulatedMachine, source: &str, target: &str, options: &[&str]) -> Result<(), MachineError> {
    mount_as(machine, source, target, options, false).await
}

pub(super) async fn bind(machine: &SimulatedMachine, source: &str, target: &str, options: &[&str]) -> Result<(), MachineError> {
    mount_as(machine, source, target, options, true).await
}

async fn mount_as(machine: &SimulatedMachine, source: &str, target: &str, options: &[&str], bind: bool) -> Result<(), MachineError> {
    let request = MountRequest {
        source: source.into(),
        target: target.into(),
        fs_type: if bind { String::new() } else { "ext4".to_owned() },
        options: options.iter().map(|option| (*option).to_owned()).collect(),
        bind,
    };
    machine.mount(request).await
}

pub(super) async fn unmount(machine: &SimulatedMachine, target: &str) -> Result<(), MachineError> {
    machine.unmount(Path::new(target)).await
}
