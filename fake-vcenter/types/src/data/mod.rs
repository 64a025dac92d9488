//! The data objects and enumerations, by area.

pub mod about;
pub mod cns_result;
pub mod cns_snapshot;
pub mod cns_spec;
pub mod cns_volume;
pub mod common;
pub mod compute;
pub mod datastore;
pub mod device;
pub mod disk;
pub mod enums;
pub mod fault_base;
pub mod fault_cns;
pub mod fault_vim;
pub mod host;
pub mod network_card;
pub mod property;
pub mod session;
pub mod task;
pub mod vm_config;
pub mod vm_state;

use crate::table::TypeInfo;

pub(crate) static TABLES: &[&[TypeInfo]] = &[
    about::TYPES,
    cns_result::TYPES,
    cns_snapshot::TYPES,
    cns_snapshot::created::TYPES,
    cns_spec::TYPES,
    cns_volume::TYPES,
    common::TYPES,
    compute::TYPES,
    datastore::TYPES,
    device::TYPES,
    disk::TYPES,
    enums::TYPES,
    fault_base::TYPES,
    fault_cns::TYPES,
    fault_vim::TYPES,
    host::TYPES,
    network_card::TYPES,
    property::TYPES,
    session::TYPES,
    task::TYPES,
    vm_config::TYPES,
    vm_state::TYPES,
];
