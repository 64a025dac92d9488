//! Who belongs to whom, as far as the watches have shown it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use k8s_openapi::apimachinery::pkg::apis::meta::v1::{ObjectMeta, OwnerReference};

use super::kinds::ResourceKind;
use crate::client::ObjectKey;

pub(super) const FOREGROUND: &str = "foregroundDeletion";
pub(super) const ORPHAN: &str = "orphan";

/// What is known of one object.
#[derive(Clone, Debug)]
pub(super) struct Item {
    pub(super) kind: Arc<ResourceKind>,
    pub(super) key: ObjectKey,
    pub(super) owners: Vec<OwnerReference>,
    pub(super) deleting: bool,
    pub(super) foreground: bool,
    pub(super) orphan: bool,
}

impl Item {
    pub(super) fn new(kind: &Arc<ResourceKind>, key: ObjectKey, meta: &ObjectMeta) -> Self {
        let has = |name: &str| meta.finalizers.iter().flatten().any(|finalizer| finalizer == name);
        Self {
            kind: Arc::clone(kind),
            key,
            owners: meta.owner_references.clone().unwrap_or_default(),
            deleting: meta.deletion_timestamp.is_some(),
            foreground: has(FOREGROUND),
            orphan: has(ORPHAN),
        }
    }
}

/// All objects that the watches have shown, by uid.
#[derive(Default)]
pub(super) struct Graph {
    items: BTreeMap<String, Item>,
    dependents: BTreeMap<String, BTreeSet<String>>,
}

impl Graph {
    /// What is known of an object.
    pub(super) fn item(&self, uid: &str) -> Option<Item> {
        self.items.get(uid).cloned()
    }

    /// Uids of the objects that name this one as an owner.
    pub(super) fn dependents(&self, uid: &str) -> Vec<String> {
        self.dependents.get(uid).into_iter().flatten().cloned().collect()
    }

    /// Whether a dependent holds up the foreground deletion of its owner.
    pub(super) fn blocks(&self, dependent: &str, owner: &str) -> bool {
        let owners = self.items.get(dependent).into_iter().flat_map(|item| &item.owners);
        owners.into_iter().any(|reference| reference.uid == owner && reference.block_owner_deletion == Some(true))
    }

    /// Takes in an object as it is; answers whom to look at.
    pub(super) fn observe(&mut self, uid: &str, item: Item) -> Vec<String> {
        for owner in &item.owners {
            self.dependents.entry(owner.uid.clone()).or_default().insert(uid.to_owned());
        }
        // A missing owner may only be late: the look will ask for it.
        let unowned = item.owners.iter().any(|owner| !self.items.contains_key(&owner.uid));
        let ends = item.deleting && (item.foreground || item.orphan);
        let before = self.items.insert(uid.to_owned(), item);
        let now = &self.items[uid].owners;
        for owner in before.into_iter().flat_map(|before| before.owners) {
            if !now.contains(&owner)
                && let Some(dependents) = self.dependents.get_mut(&owner.uid)
            {
                dependents.remove(uid);
            }
        }
        if unowned || ends { vec![uid.to_owned()] } else { Vec::new() }
    }

    /// The object is gone; answers whom to look at: its dependents, and owners that waited for it.
    pub(super) fn forget(&mut self, uid: &str) -> Vec<String> {
        let Some(gone) = self.items.remove(uid) else { return Vec::new() };
        let mut affected: Vec<String> = self.dependents.remove(uid).into_iter().flatten().collect();
        for owner in gone.owners {
            if let Some(dependents) = self.dependents.get_mut(&owner.uid) {
                dependents.remove(uid);
            }
            if self.items.get(&owner.uid).is_some_and(|owner| owner.deleting && owner.foreground) {
                affected.push(owner.uid);
            }
        }
        affected
    }
}
