//! GuestOperationsManager.
//!
//! Modelled: its managers by name. Not modelled: whatever happens inside of a guest; their methods are not known.

use vsphere_types::Value;

use super::singleton;
use super::value::reference;

/// Reads one of its properties.
pub fn property(name: &str) -> Option<Value> {
    let kind = match name {
        "authManager" => "GuestAuthManager",
        "fileManager" => "GuestFileManager",
        "processManager" => "GuestProcessManager",
        "guestWindowsRegistryManager" => "GuestWindowsRegistryManager",
        "aliasManager" => "GuestAliasManager",
        _ => return None,
    };
    Some(reference(&singleton(kind)))
}
