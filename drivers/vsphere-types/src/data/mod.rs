//! The data objects and enumerations, by area.

// A type is made of the fields of the one that it extends, which must stand before it: by file, and within a file by line.
#[macro_use]
pub mod common;

#[macro_use]
pub mod cns_result;
#[macro_use]
pub mod device;
#[macro_use]
pub mod fault_base;

#[macro_use]
pub mod fault_cns;

pub mod about;
pub mod authorization;
pub mod cns_snapshot;
pub mod cns_spec;
pub mod cns_volume;
pub mod compute;
pub mod crypto;
pub mod datastore;
pub mod disk;
pub mod enums;
pub mod event;
pub mod fault_pbm;
pub mod fault_vim;
pub mod files;
pub mod first_class_disk;
pub mod host;
pub mod host_hardware;
pub mod network_card;
pub mod pbm;
pub mod pbm_placement;
pub mod performance;
pub mod property;
pub mod session;
pub mod task;
pub mod vm_config;
pub mod vm_spec;
pub mod vm_state;
pub mod vsan;
pub mod vslm;

use crate::table::TypeInfo;

pub(crate) static TABLES: &[&[TypeInfo]] = &[
    about::TYPES,
    authorization::TYPES,
    cns_result::TYPES,
    cns_snapshot::TYPES,
    cns_snapshot::created::TYPES,
    cns_spec::TYPES,
    cns_volume::TYPES,
    common::TYPES,
    compute::TYPES,
    crypto::TYPES,
    datastore::TYPES,
    device::TYPES,
    disk::TYPES,
    enums::TYPES,
    event::TYPES,
    fault_base::TYPES,
    fault_cns::TYPES,
    fault_pbm::TYPES,
    fault_pbm::parts::TYPES,
    fault_vim::TYPES,
    files::TYPES,
    first_class_disk::TYPES,
    host::TYPES,
    host_hardware::TYPES,
    network_card::TYPES,
    pbm::TYPES,
    pbm::internal::TYPES,
    pbm_placement::TYPES,
    performance::TYPES,
    property::TYPES,
    session::TYPES,
    task::TYPES,
    vm_config::TYPES,
    vm_spec::TYPES,
    vm_state::TYPES,
    vsan::TYPES,
    vslm::TYPES,
];
