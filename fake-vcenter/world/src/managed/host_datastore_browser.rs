//! HostDatastoreBrowser.
//!
//! Modelled: one browser for each datastore. What it finds is in `storage/files`. Not modelled: the browsers of hosts.

use vsphere_types::{MoRef, Value};

use super::value::references;

/// What its id begins with; the datastore's follows.
const PREFIX: &str = "datastoreBrowser-";

/// The browser of a datastore.
pub fn browser(datastore: &MoRef) -> MoRef {
    MoRef::new("HostDatastoreBrowser", format!("{PREFIX}{}", datastore.id))
}

/// The datastore of a browser.
pub fn datastore(browser: &MoRef) -> Option<MoRef> {
    Some(MoRef::new("Datastore", browser.id.strip_prefix(PREFIX)?))
}

/// Reads one of its properties.
pub fn property(browser: &MoRef, name: &str) -> Option<Value> {
    (name == "datastore").then(|| references(datastore(browser)))
}
