//! The state of all stores, folded from their changes.
//!
//! Not kept: history, calls, and what the view was told to leave out.

use std::collections::BTreeMap;

use seatrial_journal::{ChangeKind, Entry, Event, merge_patch};
use serde_json::Value;

/// An object as it is now, and where the journal says so.
#[derive(Clone, Debug, PartialEq)]
pub struct Seen {
    /// Its state.
    pub state: Value,
    /// The entry that added it.
    pub added: u64,
    /// The entry that changed it last.
    pub changed: u64,
}

impl Seen {
    /// The text at a path of members, if there is text.
    pub fn text(&self, path: &[&str]) -> Option<&str> {
        path.iter().try_fold(&self.state, |value, member| value.get(member))?.as_str()
    }

    /// Whether the member is there and true.
    pub(crate) fn is_true(&self, member: &str) -> bool {
        self.state.get(member) == Some(&Value::Bool(true))
    }
}

/// What a change did to a view.
pub(crate) struct Folded {
    /// The last state of an object that is gone now.
    pub(crate) removed: Option<Seen>,
}

/// Folds changes into the state of all stores.
#[derive(Clone, Debug)]
pub struct View {
    keep: fn(&str, &str) -> bool,
    stores: BTreeMap<String, BTreeMap<String, Seen>>,
}

impl Default for View {
    fn default() -> Self {
        Self::of(|_, _| true)
    }
}

impl View {
    /// A view of those objects (store, object) that `keep` says yes to.
    pub fn of(keep: fn(&str, &str) -> bool) -> Self {
        Self { keep, stores: BTreeMap::new() }
    }

    /// Folds in the next entry; answers whether it changed something that is kept.
    pub fn on(&mut self, entry: &Entry) -> bool {
        self.fold(entry).is_some()
    }

    /// Folds in the next entry; `None` when it changed nothing that is kept.
    pub(crate) fn fold(&mut self, entry: &Entry) -> Option<Folded> {
        let Event::Change(change) = &entry.event else { return None };
        if !(self.keep)(&change.store, &change.object) {
            return None;
        }
        // Looked up before it is added: a name is copied once a run, not once a change.
        if !self.stores.contains_key(&change.store) {
            self.stores.insert(change.store.clone(), BTreeMap::new());
        }
        let store = self.stores.get_mut(&change.store)?;
        match change.kind {
            ChangeKind::Removed => return Some(Folded { removed: store.remove(&change.object) }),
            ChangeKind::Added => {
                let seen = Seen { state: change.patch.clone(), added: entry.seq, changed: entry.seq };
                store.insert(change.object.clone(), seen);
            }
            ChangeKind::Changed => match store.get_mut(&change.object) {
                Some(seen) => {
                    merge_patch(&mut seen.state, &change.patch);
                    seen.changed = entry.seq;
                }
                // A journal that begins in the middle changes what it never added; what it says of it is all there is.
                None => {
                    let mut seen = Seen { state: Value::Null, added: entry.seq, changed: entry.seq };
                    merge_patch(&mut seen.state, &change.patch);
                    store.insert(change.object.clone(), seen);
                }
            },
        }
        Some(Folded { removed: None })
    }

    /// One object, such as `("kubernetes", "nodes/worker-1")`.
    pub fn get(&self, store: &str, object: &str) -> Option<&Seen> {
        self.stores.get(store)?.get(object)
    }

    /// The same, for names in two parts such as `nodes/` and `worker-1`.
    pub(crate) fn find(&self, store: &str, prefix: &str, name: &str) -> Option<&Seen> {
        self.get(store, &format!("{prefix}{name}"))
    }

    /// The objects of a store whose names begin with `prefix`, with what follows it, in order of name.
    pub fn objects<'a>(&'a self, store: &str, prefix: &'a str) -> impl Iterator<Item = (&'a str, &'a Seen)> + use<'a> {
        let objects = self.stores.get(store).into_iter();
        objects
            .flat_map(move |objects| objects.range(prefix.to_owned()..))
            .map_while(move |(name, seen)| name.strip_prefix(prefix).map(|rest| (rest, seen)))
    }

    /// The names of the stores that are nodes' machines.
    pub fn machines(&self) -> impl Iterator<Item = &str> {
        self.stores.keys().map(String::as_str).filter(|store| store.starts_with("node/"))
    }

    /// The names of the stores that are vCenters: all but the three kinds with names of their own.
    pub fn vcenters(&self) -> impl Iterator<Item = &str> {
        self.stores.keys().map(String::as_str).filter(|store| is_vcenter(store))
    }

    /// The objects of all vCenters whose names begin with `prefix`, as (vCenter, rest of the name, object).
    pub fn in_vcenters<'a>(&'a self, prefix: &'a str) -> impl Iterator<Item = (&'a str, &'a str, &'a Seen)> + use<'a> {
        let stores = self.stores.keys().map(String::as_str).filter(|store| is_vcenter(store));
        stores.flat_map(move |store| self.objects(store, prefix).map(move |(name, seen)| (store, name, seen)))
    }
}

/// The store of Kubernetes' objects.
pub(crate) const KUBERNETES: &str = "kubernetes";
/// The store of what lies on the disks.
pub(crate) const DISKS: &str = "disks";

/// Whether a store is a vCenter's.
pub(crate) fn is_vcenter(store: &str) -> bool {
    store != KUBERNETES && store != DISKS && !store.starts_with("node/")
}

/// What the oracles look at. What changes most and says least (leases, events, tasks) is left out.
pub(crate) fn judged(store: &str, object: &str) -> bool {
    let kind = object.split_once('/').map_or(object, |(kind, _)| kind);
    if store == KUBERNETES {
        return matches!(
            kind,
            "nodes"
                | "persistentvolumes"
                | "persistentvolumeclaims"
                | "volumeattachments"
                | "csinodes"
                | "csinodetopologies"
                | "storageclasses"
                | "volumeattributesclasses"
                | "volumesnapshots"
                | "volumesnapshotcontents"
        );
    }
    if store == DISKS {
        return true;
    }
    if store.starts_with("node/") {
        // The raw devices that pods have; of file systems the disks tell.
        return object.contains("/volumeDevices/publish/");
    }
    matches!(kind, "Volume" | "VirtualMachine" | "HostSystem" | "Datastore" | "Session" | "KeyProvider" | "Policy" | "TagAssociation")
        && is_vcenter(store)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use seatrial_journal::{Change, Elapsed, patch_between};
    use serde_json::json;

    fn entry(seq: u64, store: &str, object: &str, kind: ChangeKind, patch: Value) -> Entry {
        let change = Change { store: store.to_owned(), revision: seq, object: object.to_owned(), kind, patch, cause: None };
        Entry { seq, at: Elapsed(seq), event: Event::Change(change) }
    }

    #[test]
    fn changes_fold_into_state_and_remember_their_entries() {
        let mut view = View::default();
        assert!(view.on(&entry(1, "vc-a", "Volume/1", ChangeKind::Added, json!({"name": "pvc-1", "attachedTo": "vm-12"}))));
        assert!(view.on(&entry(2, "vc-a", "Volume/1", ChangeKind::Changed, json!({"attachedTo": null, "capacityMb": 5}))));
        let volume = view.get("vc-a", "Volume/1").unwrap();
        assert_eq!(volume.state, json!({"name": "pvc-1", "capacityMb": 5}));
        assert_eq!((volume.added, volume.changed), (1, 2));
        assert_eq!(volume.text(&["name"]), Some("pvc-1"));
        view.on(&entry(3, "vc-a", "Volume/1", ChangeKind::Removed, Value::Null));
        assert_eq!(view.get("vc-a", "Volume/1"), None);
    }

    #[test]
    fn objects_are_found_by_prefix_and_vcenters_by_elimination() {
        let mut view = View::default();
        let stores = [("vc-b", "Volume/2"), ("vc-a", "Volume/1"), ("vc-a", "VirtualMachine/vm-1"), ("kubernetes", "nodes/worker-1")];
        for (seq, (store, object)) in (1..).zip(stores.into_iter().chain([("node/worker-1", "Mount/x"), ("disks", "Disk/d")])) {
            view.on(&entry(seq, store, object, ChangeKind::Added, json!({})));
        }
        assert_eq!(view.vcenters().collect::<Vec<_>>(), ["vc-a", "vc-b"]);
        let volumes: Vec<_> = view.in_vcenters("Volume/").map(|(vcenter, id, _)| (vcenter, id)).collect();
        assert_eq!(volumes, [("vc-a", "1"), ("vc-b", "2")]);
        assert_eq!(view.objects("kubernetes", "nodes/").map(|(name, _)| name).collect::<Vec<_>>(), ["worker-1"]);
        assert_eq!(view.objects("nowhere", "").count(), 0);
    }

    #[test]
    fn what_is_left_out_changes_nothing() {
        let mut view = View::of(|store, _| store == "disks");
        assert!(!view.on(&entry(1, "vc-a", "Volume/1", ChangeKind::Added, json!({}))));
        assert!(view.on(&entry(2, "disks", "Disk/d", ChangeKind::Added, json!({}))));
        assert_eq!(view.vcenters().count(), 0);
    }

    proptest! {
        #[test]
        fn a_view_that_follows_patches_holds_the_last_state(states in prop::collection::vec(prop::collection::btree_map("[a-c]", 0..3_u8, 0..4), 1..6)) {
            let states: Vec<Value> = states.into_iter().map(|state| json!(state)).collect();
            let mut view = View::default();
            view.on(&entry(1, "kubernetes", "pods/default/web-0", ChangeKind::Added, states[0].clone()));
            for (seq, pair) in (2..).zip(states.windows(2)) {
                view.on(&entry(seq, "kubernetes", "pods/default/web-0", ChangeKind::Changed, patch_between(&pair[0], &pair[1])));
            }
            prop_assert_eq!(&view.get("kubernetes", "pods/default/web-0").unwrap().state, states.last().unwrap());
        }
    }
}
