//! Network: a standard port group.
//!
//! Modelled: its name, the hosts and VMs that are on it. Not modelled: distributed switches, address pools, traffic.

use vsphere_types::{MoRef, NetworkSummary, Value};

use super::value::{data, references};
use crate::look::Look;
use crate::state::{Network, number_of};

/// Reads one of its own properties.
pub fn property(look: &Look, object: &MoRef, network: &Network, name: &str) -> Option<Value> {
    match name {
        "summary" => Some(data(NetworkSummary {
            network: Some(object.clone()),
            name: network.name.clone(),
            accessible: true,
            ..NetworkSummary::default()
        })),
        "host" => {
            let hosts = look.state.hosts.iter().filter(|(_, host)| host.networks.contains(object)).map(|(key, _)| key.clone());
            let mut hosts: Vec<MoRef> = hosts.collect();
            hosts.sort_by_key(number_of);
            Some(references(hosts))
        }
        "vm" => Some(references(look.state.vms_at(object))),
        _ => None,
    }
}
