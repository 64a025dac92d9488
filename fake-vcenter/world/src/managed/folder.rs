//! Folder.
//!
//! Modelled: the root folder and the four folders of each datacenter. Not modelled: folders made by clients, storage
//! pods, moving and renaming.

use vsphere_types::{MoRef, Value};

use super::value::{references, texts};
use crate::look::Look;
use crate::state::{Folder, FolderKind};

/// Reads one of its own properties.
pub fn property(look: &Look, object: &MoRef, folder: &Folder, name: &str) -> Option<Value> {
    match name {
        "childEntity" => Some(references(look.state.children(object))),
        "childType" => Some(texts(child_types(folder.kind))),
        _ => None,
    }
}

fn child_types(kind: FolderKind) -> &'static [&'static str] {
    match kind {
        FolderKind::Datacenter => &["Folder", "Datacenter"],
        FolderKind::Vm => &["Folder", "VirtualMachine", "VirtualApp"],
        FolderKind::Host => &["Folder", "ComputeResource"],
        FolderKind::Datastore => &["Folder", "Datastore", "StoragePod"],
        FolderKind::Network => &["Folder", "Network", "DistributedVirtualSwitch"],
    }
}
