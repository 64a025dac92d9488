//! HostSystem.
//!
//! Modelled: what it mounts and runs, connection and maintenance state, hardware that is the same for all and has no PCI devices.
//! Not modelled: its configuration, load, sensors; `config` is unset, `configManager` has the manager of automatic starts only.

use vsphere_types::{
    AboutInfo, HostConfigManager, HostConfigSummary, HostCpuInfo, HostCpuPackage, HostHardwareInfo, HostHardwareSummary, HostListSummary,
    HostListSummaryQuickStats, HostRuntimeInfo, HostSystemConnectionState, HostSystemInfo, HostSystemPowerState, ManagedEntityStatus,
    MoRef, Value,
};

use super::host_auto_start_manager;
use super::value::{data, references};
use crate::look::Look;
use crate::state::{Host, HostConnection};

const VENDOR: &str = "VMware, Inc.";
const MODEL: &str = "VMware20,1";
/// Clock rate of a core.
pub const CPU_MHZ: i32 = 2_600;
const CPU_HZ: i64 = CPU_MHZ as i64 * 1_000_000;
const CPU_MODEL: &str = "Generic CPU @ 2.60GHz";
/// Processors of a host.
const PROCESSORS: i16 = 2;
/// Cores of a host.
pub const CORES: i16 = 16;
/// Threads of a host.
pub const THREADS: i16 = 32;
/// Memory of a host.
pub const MEMORY_BYTES: i64 = 256 * 1024 * 1024 * 1024;

/// Reads one of its own properties.
pub fn property(look: &Look, object: &MoRef, host: &Host, name: &str) -> Option<Value> {
    match name {
        "runtime" => Some(data(runtime(host))),
        "summary" => Some(data(summary(look, object, host))),
        "hardware" => Some(data(hardware(host))),
        "configManager" => {
            let auto_start_manager = Some(host_auto_start_manager::manager(object));
            Some(data(HostConfigManager { auto_start_manager, ..HostConfigManager::default() }))
        }
        "vm" => Some(references(look.state.vms_at(object))),
        "datastore" => Some(references(host.datastores.clone())),
        "network" => Some(references(host.networks.clone())),
        _ => None,
    }
}

fn hardware(host: &Host) -> HostHardwareInfo {
    HostHardwareInfo {
        system_info: HostSystemInfo {
            vendor: VENDOR.to_owned(),
            model: MODEL.to_owned(),
            uuid: host.uuid.clone(),
            ..HostSystemInfo::default()
        },
        cpu_info: HostCpuInfo { num_cpu_packages: PROCESSORS, num_cpu_cores: CORES, num_cpu_threads: THREADS, hz: CPU_HZ },
        memory_size: MEMORY_BYTES,
        cpu_pkg: (0..PROCESSORS).map(processor).collect(),
        ..HostHardwareInfo::default()
    }
}

fn processor(index: i16) -> HostCpuPackage {
    let each = THREADS / PROCESSORS;
    HostCpuPackage {
        index,
        vendor: "other".to_owned(),
        hz: CPU_HZ,
        bus_hz: 100_000_000,
        description: CPU_MODEL.to_owned(),
        thread_id: (index * each..(index + 1) * each).collect(),
        ..HostCpuPackage::default()
    }
}

fn runtime(host: &Host) -> HostRuntimeInfo {
    let (connection_state, power_state) = match host.connection {
        HostConnection::Connected => (HostSystemConnectionState::Connected, HostSystemPowerState::PoweredOn),
        HostConnection::NotResponding => (HostSystemConnectionState::NotResponding, HostSystemPowerState::Unknown),
        HostConnection::Disconnected => (HostSystemConnectionState::Disconnected, HostSystemPowerState::Unknown),
    };
    HostRuntimeInfo {
        connection_state,
        power_state,
        in_maintenance_mode: host.maintenance,
        crypto_state: Some(if host.key_cache.is_empty() { "incapable" } else { "safe" }.to_owned()),
        ..HostRuntimeInfo::default()
    }
}

fn summary(look: &Look, object: &MoRef, host: &Host) -> HostListSummary {
    let release = look.facts.release;
    let product = AboutInfo {
        name: "VMware ESXi".to_owned(),
        full_name: format!("VMware ESXi {} build-{}", release.version(), release.build()),
        vendor: "VMware, Inc.".to_owned(),
        version: release.version().to_owned(),
        build: release.build().to_owned(),
        os_type: "vmnix-x86".to_owned(),
        product_line_id: "embeddedEsx".to_owned(),
        api_type: "HostAgent".to_owned(),
        api_version: release.api_version().to_owned(),
        ..AboutInfo::default()
    };
    let hardware = HostHardwareSummary {
        vendor: VENDOR.to_owned(),
        model: MODEL.to_owned(),
        uuid: host.uuid.clone(),
        memory_size: MEMORY_BYTES,
        cpu_model: CPU_MODEL.to_owned(),
        cpu_mhz: CPU_MHZ,
        num_cpu_pkgs: PROCESSORS,
        num_cpu_cores: CORES,
        num_cpu_threads: THREADS,
        num_nics: 2,
        num_hb_as: 1,
        ..HostHardwareSummary::default()
    };
    HostListSummary {
        host: Some(object.clone()),
        hardware: Some(hardware),
        runtime: Some(runtime(host)),
        config: HostConfigSummary {
            name: host.name.clone(),
            port: 443,
            product: Some(product),
            vmotion_enabled: true,
            ..HostConfigSummary::default()
        },
        quick_stats: HostListSummaryQuickStats::default(),
        overall_status: if host.connected() { ManagedEntityStatus::Green } else { ManagedEntityStatus::Red },
        ..HostListSummary::default()
    }
}
