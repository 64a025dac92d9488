//! Things as a maintainer names them: with the names that both sides of the border know them by.

use crate::homes::{self, MACHINES, VOLUMES};
use crate::view::{Seen, View};

/// `volume 07b1… in vc-a (claim default/data-web-0, PersistentVolume pvc-974…)`.
pub(crate) fn volume(view: &View, vcenter: &str, id: &str) -> String {
    let whose = match homes::owner_of(view, vcenter, id) {
        Some((name, owner)) => match homes::claim_of(owner) {
            Some(claim) => format!(" (claim {claim}, PersistentVolume {name})"),
            None => format!(" (PersistentVolume {name})"),
        },
        None => match view.find(vcenter, VOLUMES, id).and_then(|seen| seen.text(&["name"])) {
            Some(name) => format!(" (named {name}, without a PersistentVolume)"),
            None => String::new(),
        },
    };
    format!("volume {id} in {vcenter}{whose}")
}

/// `worker-1 (vm-15 in vc-a)`.
pub(crate) fn machine(view: &View, vcenter: &str, id: &str) -> String {
    match view.find(vcenter, MACHINES, id).and_then(|seen| seen.text(&["name"])) {
        Some(name) => format!("{name} ({id} in {vcenter})"),
        None => format!("{id}, which is not in {vcenter}"),
    }
}

/// `datastore vsan-a of vc-a`.
pub(crate) fn datastore(view: &View, vcenter: &str, id: &str) -> String {
    match view.find(vcenter, "Datastore/", id).and_then(|seen| seen.text(&["name"])) {
        Some(name) => format!("datastore {name} of {vcenter}"),
        None => format!("{id} of {vcenter}"),
    }
}

/// `claim default/data-web-0 (PersistentVolume pvc-974…)`.
pub(crate) fn persistent_volume(name: &str, seen: &Seen) -> String {
    match homes::claim_of(seen) {
        Some(claim) => format!("claim {claim} (PersistentVolume {name})"),
        None => format!("PersistentVolume {name}"),
    }
}
