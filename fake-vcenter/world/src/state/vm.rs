//! The record of a virtual machine. Its disks that are volumes are not here but in the volumes' records.

use fake_vcenter_types::MoRef;

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
    /// The guest's host name.
    pub host_name: String,
    /// The guest's addresses.
    pub addresses: Vec<String>,
    /// Of its vmxnet3 card.
    pub mac_address: String,
    /// What the guest boots from, unit 0 of the first controller.
    pub boot_disk: BootDisk,
    /// In the order of their keys.
    pub controllers: Vec<Controller>,
    /// Counted up at each change of its configuration.
    pub change_version: u64,
}
