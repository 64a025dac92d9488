//! `config` of a virtual machine.

use vsphere_types::{
    MoRef, OptionValue, ToolsConfigInfo, Value, VirtualHardware, VirtualMachineConfigInfo, VirtualMachineConfigInfoDatastoreUrlPair,
    VirtualMachineDefaultPowerOpInfo, VirtualMachineFileInfo, VirtualMachineFlagInfo,
};

use super::common::{CPUS, GUEST_ID, GUEST_NAME, HARDWARE_VERSION, MEMORY_MB, path};
use super::devices;
use crate::look::Look;
use crate::state::{KeyRef, VirtualMachine};

/// Its uuid as it is shown: empty for a moment while a machine is made or failed over.
pub fn uuid(vm: &VirtualMachine) -> &str {
    if vm.uuid_hidden { "" } else { &vm.bios_uuid }
}

/// The datastores that it has something on.
pub fn datastore_urls(look: &Look, object: &MoRef) -> Vec<VirtualMachineConfigInfoDatastoreUrlPair> {
    let datastores = look.state.datastores_of(object).into_iter().filter_map(|datastore| look.state.datastores.get(&datastore));
    datastores
        .map(|datastore| VirtualMachineConfigInfoDatastoreUrlPair { name: datastore.name.clone(), url: datastore.url.clone() })
        .collect()
}

/// The configuration as it is now.
pub fn config(look: &Look, object: &MoRef, vm: &VirtualMachine) -> VirtualMachineConfigInfo {
    let vmx = path(look, vm);
    let directory = vmx.rsplit_once('/').map(|(directory, _)| format!("{directory}/"));
    VirtualMachineConfigInfo {
        change_version: vm.change_version.to_string(),
        modified: vm.boot_time.unwrap_or_default(),
        name: vm.name.clone(),
        guest_full_name: GUEST_NAME.to_owned(),
        version: HARDWARE_VERSION.to_owned(),
        uuid: uuid(vm).to_owned(),
        instance_uuid: Some(vm.instance_uuid.clone()),
        guest_id: GUEST_ID.to_owned(),
        alternate_guest_name: String::new(),
        files: VirtualMachineFileInfo {
            vm_path_name: Some(vmx),
            snapshot_directory: directory.clone(),
            suspend_directory: directory.clone(),
            log_directory: directory,
            ..VirtualMachineFileInfo::default()
        },
        tools: Some(ToolsConfigInfo { tools_version: Some(12_352), ..ToolsConfigInfo::default() }),
        flags: VirtualMachineFlagInfo { disk_uuid_enabled: Some(true), ..VirtualMachineFlagInfo::default() },
        default_power_ops: VirtualMachineDefaultPowerOpInfo::default(),
        hardware: VirtualHardware {
            num_cpu: CPUS,
            num_cores_per_socket: Some(1),
            memory_mb: MEMORY_MB,
            device: devices::devices(look, object, vm),
            ..VirtualHardware::default()
        },
        extra_config: vec![OptionValue { key: "disk.EnableUUID".to_owned(), value: Some(Value::Text("TRUE".to_owned())) }],
        datastore_url: datastore_urls(look, object),
        key_id: vm.key.as_ref().map(KeyRef::shown),
        firmware: Some("efi".to_owned()),
        ..VirtualMachineConfigInfo::default()
    }
}
