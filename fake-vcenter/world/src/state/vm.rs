//! The record of a virtual machine. Its disks that are volumes are not here but in the volumes' records.

use vsphere_types::MoRef;

use super::guest_adapter::GuestAdapter;
use super::key::KeyRef;

/// Units of one SCSI controller that can hold a disk: 16 without unit 7, which the controller itself has.
pub const CONTROLLER_SLOTS: usize = 15;

/// SCSI controllers that one VM may have.
pub const MAX_CONTROLLERS: usize = 4;

/// Whether a VM runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PowerState {
    /// It runs.
    PoweredOn,
    /// It does not.
    PoweredOff,
}

impl PowerState {
    /// `poweredOn`, `poweredOff`.
    pub fn wire_name(self) -> &'static str {
        match self {
            Self::PoweredOn => "poweredOn",
            Self::PoweredOff => "poweredOff",
        }
    }
}

/// A PVSCSI controller.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Controller {
    /// Device key, 1000 to 1003.
    pub key: i32,
    /// Bus number, 0 to 3.
    pub bus: i32,
}

/// The disk that the guest boots from, which is no volume.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BootDisk {
    /// Device key.
    pub key: i32,
    /// `6000C29…`.
    pub uuid: String,
    /// Its size.
    pub capacity_bytes: u64,
}

/// What VMware Tools tell of a guest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GuestState {
    /// Whether Tools run; while they do not, nothing else is known.
    pub tools_running: bool,
    /// The guest's host name; nothing until Tools have told it.
    pub host_name: Option<String>,
    /// All of the guest's addresses, in the order in which Tools tell them.
    pub addresses: Vec<String>,
    /// By which adapters it has them; none where all are of the one card that the machine has.
    pub adapters: Vec<GuestAdapter>,
}

impl GuestState {
    /// The same with these adapters.
    #[must_use]
    pub fn with_adapters(self, adapters: Vec<GuestAdapter>) -> Self {
        let addresses = adapters.iter().flat_map(|adapter| &adapter.addresses).cloned().collect();
        Self { addresses, adapters, ..self }
    }
}

/// A virtual machine.
#[derive(Clone, Debug, PartialEq)]
pub struct VirtualMachine {
    /// Its name.
    pub name: String,
    /// The folder that it is in.
    pub parent: MoRef,
    /// Its resource pool.
    pub pool: MoRef,
    /// The host that it runs on, or last ran on.
    pub host: MoRef,
    /// The datastore that its own files are on.
    pub datastore: MoRef,
    /// Its network.
    pub network: MoRef,
    /// `config.uuid`, `42…`.
    pub bios_uuid: String,
    /// `config.instanceUuid`, `50…`.
    pub instance_uuid: String,
    /// Whether it runs.
    pub power: PowerState,
    /// When it was last switched on.
    pub boot_time: Option<jiff::Timestamp>,
    /// How often it has been switched on or reset.
    pub boot_id: u64,
    /// What VMware Tools would tell while it runs.
    pub guest: GuestState,
    /// Whether `config.uuid` reads empty, as it does for a moment while a VM is made or failed over.
    pub uuid_hidden: bool,
    /// The key that its own files and its boot disk are encrypted with.
    pub key: Option<KeyRef>,
    /// The key before that one, while changing it is not finished.
    pub old_key: Option<KeyRef>,
    /// Whether HA owes it a restart, for its host failed under it.
    pub restart_owed: bool,
    /// Of its vmxnet3 card.
    pub mac_address: String,
    /// What the guest boots from, unit 0 of the first controller.
    pub boot_disk: BootDisk,
    /// In the order of their keys.
    pub controllers: Vec<Controller>,
    /// Counted up at each change of its configuration.
    pub change_version: u64,
}

impl VirtualMachine {
    /// Whether Tools tell of its guest, as far as vCenter knows.
    pub fn tells_guest(&self) -> bool {
        self.power == PowerState::PoweredOn && self.guest.tools_running
    }

    /// Whether its files are encrypted.
    pub fn has_keys(&self) -> bool {
        self.key.is_some() || self.old_key.is_some()
    }

    /// Whether nothing but what is configured most often tells this record from the other: its name, its controllers, and that it
    /// was configured.
    pub fn is_but_configured(&self, other: &Self) -> bool {
        // Named one by one, so that a new field has to be thought of here.
        let Self { name: _, controllers: _, change_version: _, parent, pool, host, datastore, network, .. } = self;
        let Self { bios_uuid, instance_uuid, power, boot_time, boot_id, guest, uuid_hidden, .. } = self;
        let Self { key, old_key, restart_owed, mac_address, boot_disk, .. } = self;
        (parent, pool, host, datastore, network) == (&other.parent, &other.pool, &other.host, &other.datastore, &other.network)
            && (bios_uuid, instance_uuid, mac_address, boot_disk)
                == (&other.bios_uuid, &other.instance_uuid, &other.mac_address, &other.boot_disk)
            && (power, boot_time, boot_id, guest, uuid_hidden)
                == (&other.power, &other.boot_time, &other.boot_id, &other.guest, &other.uuid_hidden)
            && (key, old_key, restart_owed) == (&other.key, &other.old_key, &other.restart_owed)
    }

    /// The keys of which one opens its files: two while a change of key is not finished.
    pub fn keys(&self) -> Vec<KeyRef> {
        self.key.iter().chain(&self.old_key).cloned().collect()
    }
}
