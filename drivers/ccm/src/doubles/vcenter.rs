//! A vCenter behind the controller's trait: machines, tags, and a switch for each way not to answer.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use async_trait::async_trait;
use vsphere_types::MoRef;

use super::Trace;
use crate::vcenter::{Card, Chains, Machine, MachineState, Tag, VCenter, VCenterError};

/// What is in it.
#[derive(Default)]
pub(crate) struct Inventory {
    pub machines: Vec<Machine>,
    pub off: Vec<MoRef>,
    /// Parents by child.
    pub parents: BTreeMap<MoRef, MoRef>,
    pub tags: BTreeMap<MoRef, Vec<Tag>>,
    /// What every call ends with.
    pub fails: Option<VCenterError>,
    /// Whether the account lacks sight: it finds nothing, and does not see why.
    pub blind: bool,
}

/// A vCenter.
#[derive(Clone)]
pub(crate) struct DoubleVCenter {
    name: &'static str,
    trace: Trace,
    inventory: Arc<Mutex<Inventory>>,
}

/// A uuid that ends in this number.
pub(crate) fn uuid(number: u32) -> String {
    format!("4216511d-2233-4455-6677-{number:012}")
}

/// A machine that runs, with its tools, on a host of its own number's cluster.
pub(crate) fn machine(number: u32, host_name: &str) -> Machine {
    Machine {
        reference: MoRef::new("VirtualMachine", format!("vm-{number}")),
        name: host_name.to_owned(),
        uuid: uuid(number),
        host_name: host_name.to_owned(),
        cards: vec![Card { network: "VM Network".into(), virtual_hardware: true, addresses: vec![format!("10.0.0.{number}")] }],
        cpus: 4,
        memory_mb: 16_384,
        guest_id: "ubuntu64Guest".into(),
        metadata: None,
        host: Some(MoRef::new("HostSystem", format!("host-{number}"))),
        pool: Some(MoRef::new("ResourcePool", "resgroup-8")),
    }
}

impl DoubleVCenter {
    pub(crate) fn new(name: &'static str, trace: Trace) -> Self {
        Self { name, trace, inventory: Arc::default() }
    }

    pub(crate) fn open(&self) -> MutexGuard<'_, Inventory> {
        self.inventory.lock().expect("nobody panicked")
    }

    /// Goes down, or comes back.
    pub(crate) fn down(&self, down: bool) {
        self.open().fails = down.then(|| VCenterError::NoAnswer { reason: "connection refused".into() });
    }

    /// Puts a tag on an object.
    pub(crate) fn tag(&self, object: &MoRef, category: &str, name: &str) {
        self.open().tags.entry(object.clone()).or_default().push(Tag { category: category.into(), name: name.into() });
    }

    async fn called<T>(&self, call: &str, answer: impl FnOnce(&Inventory) -> T) -> Result<T, VCenterError> {
        self.trace.note(&format!("{}: {call}", self.name));
        tokio::time::sleep(Duration::from_millis(1)).await;
        let inventory = self.open();
        match &inventory.fails {
            Some(error) => Err(error.clone()),
            None => Ok(answer(&inventory)),
        }
    }
}

impl Inventory {
    fn seen(&self) -> impl Iterator<Item = &Machine> {
        self.machines.iter().filter(|_| !self.blind)
    }

    fn chain(&self, start: Option<&MoRef>) -> Vec<MoRef> {
        std::iter::successors(start.cloned(), |at| self.parents.get(at).cloned()).collect()
    }
}

fn names(references: &[MoRef]) -> String {
    references.iter().map(|reference| reference.id.as_str()).collect::<Vec<_>>().join(",")
}

#[async_trait]
impl VCenter for DoubleVCenter {
    async fn by_uuid(&self, uuid: &str) -> Result<Vec<MoRef>, VCenterError> {
        let found = |inventory: &Inventory| {
            inventory.seen().filter(|machine| machine.uuid == uuid).map(|machine| machine.reference.clone()).collect()
        };
        self.called(&format!("by_uuid {uuid}"), found).await
    }

    async fn by_host_name(&self, name: &str) -> Result<Vec<MoRef>, VCenterError> {
        let found = |inventory: &Inventory| {
            inventory.seen().filter(|machine| machine.host_name == name).map(|machine| machine.reference.clone()).collect()
        };
        self.called(&format!("by_host_name {name}"), found).await
    }

    async fn machines(&self, machines: &[MoRef]) -> Result<Vec<Machine>, VCenterError> {
        let found = |inventory: &Inventory| inventory.seen().filter(|machine| machines.contains(&machine.reference)).cloned().collect();
        self.called(&format!("machines {}", names(machines)), found).await
    }

    async fn states(&self, machines: &[MoRef]) -> Result<Vec<MachineState>, VCenterError> {
        let found = |inventory: &Inventory| {
            let wanted = inventory.seen().filter(|machine| machines.contains(&machine.reference));
            let state = |machine: &Machine| MachineState {
                reference: machine.reference.clone(),
                uuid: machine.uuid.clone(),
                powered_on: !inventory.off.contains(&machine.reference),
            };
            wanted.map(state).collect()
        };
        self.called(&format!("states {}", names(machines)), found).await
    }

    async fn chains(&self, machine: &Machine) -> Result<Chains, VCenterError> {
        let found = |inventory: &Inventory| Chains {
            host: inventory.chain(machine.host.as_ref()),
            pool: inventory.chain(machine.pool.as_ref()),
            machine: inventory.chain(Some(&machine.reference)),
        };
        self.called(&format!("chains {}", machine.reference.id), found).await
    }

    async fn tags_on(&self, objects: &[MoRef]) -> Result<BTreeMap<MoRef, Vec<Tag>>, VCenterError> {
        let found = |inventory: &Inventory| {
            let tags = |object: &MoRef| inventory.tags.get(object).cloned().unwrap_or_default();
            objects.iter().map(|object| (object.clone(), tags(object))).collect()
        };
        self.called(&format!("tags_on {}", names(objects)), found).await
    }

    async fn sees_everything(&self) -> Result<(), VCenterError> {
        let blind = self.called("sees_everything", |inventory| inventory.blind).await?;
        if blind { Err(VCenterError::Blind { entity: "Folder:group-d1".into() }) } else { Ok(()) }
    }

    async fn logout(&self) -> Result<(), VCenterError> {
        self.called("logout", |_| ()).await
    }
}
