//! Datacenter.
//!
//! Modelled: its folders, datastores and networks. Not modelled: its configuration, methods that change it.

use vsphere_types::{MoRef, Value};

use super::value::{reference, references};
use crate::look::Look;
use crate::state::Datacenter;

/// Reads one of its own properties.
pub fn property(look: &Look, _object: &MoRef, datacenter: &Datacenter, name: &str) -> Option<Value> {
    match name {
        "vmFolder" => Some(reference(&datacenter.vm_folder)),
        "hostFolder" => Some(reference(&datacenter.host_folder)),
        "datastoreFolder" => Some(reference(&datacenter.datastore_folder)),
        "networkFolder" => Some(reference(&datacenter.network_folder)),
        "datastore" => Some(references(look.state.children(&datacenter.datastore_folder))),
        "network" => Some(references(look.state.children(&datacenter.network_folder))),
        _ => None,
    }
}
