//! HostAutoStartManager.
//!
//! Modelled: one for each host, which starts nothing by itself. Not modelled: setting it.

use vsphere_types::{HostAutoStartManagerConfig, MoRef, Value};

use super::value::data;

/// What its id begins with; the host's follows.
const PREFIX: &str = "autoStartManager-";

/// That of a host.
pub fn manager(host: &MoRef) -> MoRef {
    MoRef::new("HostAutoStartManager", format!("{PREFIX}{}", host.id))
}

/// The host of one.
pub fn host(manager: &MoRef) -> Option<MoRef> {
    Some(MoRef::new("HostSystem", manager.id.strip_prefix(PREFIX)?))
}

/// Reads one of its properties.
pub fn property(name: &str) -> Option<Value> {
    (name == "config").then(|| data(HostAutoStartManagerConfig::default()))
}
