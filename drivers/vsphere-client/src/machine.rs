//! Virtual machines: where they run, what is plugged into them, under which key they lie.

use vsphere_types::{CryptoKeyId, MoRef, Object, VirtualDisk, VirtualMachineConnectionState};

use crate::calls::{downcast, lacks};
use crate::properties::ObjectProperties;
use crate::{ClientError, VsphereClient};

const HARDWARE: &str = "config.hardware.device";

/// A virtual machine, as far as storage goes.
#[derive(Clone, Debug, PartialEq)]
pub struct MachineFacts {
    /// The virtual machine.
    pub reference: MoRef,
    /// Its name.
    pub name: String,
    /// The BIOS uuid; unset for a moment while the machine is being made or taken over.
    pub bios_uuid: Option<String>,
    /// The host that it is on; unset while no host has it.
    pub host: Option<MoRef>,
    /// Whether vCenter is in touch with it. What is read of one that it is not in touch with is what was known last.
    pub connected: bool,
    /// The key that the machine's home is encrypted under.
    pub key: Option<CryptoKeyId>,
    /// Its devices; `None` when vCenter does not know them, which is not the same as none.
    pub devices: Option<Vec<Object>>,
}

impl MachineFacts {
    /// Its disks; `None` when vCenter does not know its hardware.
    ///
    /// # Errors
    /// A device is not what its type says.
    pub fn disks(&self) -> Result<Option<Vec<VirtualDisk>>, ClientError> {
        let Some(devices) = &self.devices else { return Ok(None) };
        let disks = devices.iter().filter(|device| device.is_a("VirtualDisk"));
        disks.map(|disk| downcast("RetrievePropertiesEx", disk)).collect::<Result<_, _>>().map(Some)
    }
}

impl VsphereClient {
    /// Virtual machines.
    ///
    /// # Errors
    /// One of them is gone, or the call failed.
    pub async fn machines(&self, vms: &[MoRef]) -> Result<Vec<MachineFacts>, ClientError> {
        let paths = ["name", "config.uuid", "config.keyId", HARDWARE, "runtime.host", "runtime.connectionState"];
        self.properties_of_all(vms, &paths).await?.into_iter().map(|found| facts(&found)).collect()
    }

    /// One virtual machine.
    ///
    /// # Errors
    /// It is gone, or the call failed.
    pub async fn machine(&self, vm: &MoRef) -> Result<MachineFacts, ClientError> {
        let found = self.machines(std::slice::from_ref(vm)).await?.into_iter().next();
        found.ok_or_else(|| lacks("RetrievePropertiesEx", &vm.to_string()))
    }
}

fn facts(found: &ObjectProperties) -> Result<MachineFacts, ClientError> {
    let properties = &found.properties;
    let state: Option<VirtualMachineConnectionState> = properties.get("runtime.connectionState")?;
    let devices = match properties.value(HARDWARE) {
        Some(_) => Some(properties.list(HARDWARE)?),
        None => None,
    };
    Ok(MachineFacts {
        reference: found.object.clone(),
        name: properties.get("name")?.unwrap_or_default(),
        bios_uuid: properties.get::<String>("config.uuid")?.filter(|uuid| !uuid.is_empty()),
        host: properties.get("runtime.host")?,
        connected: state == Some(VirtualMachineConnectionState::Connected),
        key: properties.get("config.keyId")?,
        devices,
    })
}
