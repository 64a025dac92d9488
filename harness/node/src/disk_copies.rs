//! Disks that are copies of others as they were: what a snapshot keeps, and what a volume that is made of one begins with.
//!
//! A vCenter tells the journal when it takes a snapshot of a disk and when it makes a disk of one, and this listens. Modelled: the
//! bytes that are on the disk at that moment. Every write is on its disk at once, so a snapshot of a disk in use holds all that was
//! written by then, in the middle of whatever its writer does: it is crash-consistent, and never lacks what was not yet synced. Not
//! modelled: how long copying takes. Real disks are copied at that very moment ([`FileCopies`]): their writers ask nobody.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};

use seatrial_journal::{Change, ChangeKind, Entry, Event, Sink};
use serde_json::Value;

use crate::machine::{DeviceTrouble, FileCopies, RealDevicesError, Trouble};

/// What is to be done to the bytes, in this order; before the next time that anybody touches any.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Copying {
    /// A disk's bytes are kept under this name.
    Keep { disk: String, snapshot: String },
    /// A disk begins with the bytes of that name.
    Restore { snapshot: String, disk: String },
    /// The bytes of that name are not wanted any more.
    Drop { snapshot: String },
}

impl Copying {
    fn of_files(&self, files: &FileCopies) -> Result<(), RealDevicesError> {
        match self {
            Self::Keep { disk, snapshot } => files.keep(disk, snapshot),
            Self::Restore { snapshot, disk } => files.restore(snapshot, disk),
            Self::Drop { snapshot } => {
                files.remove(snapshot);
                Ok(())
            }
        }
    }
}

/// A volume as the journal has told of it.
#[derive(Default)]
struct Known {
    disk: String,
    snapshots: BTreeSet<String>,
}

#[derive(Default)]
struct Heard {
    volumes: BTreeMap<String, Known>,
    pending: Vec<Copying>,
    /// Where real disks are copied, and where it is told that they cannot be.
    real: Option<(FileCopies, DeviceTrouble)>,
}

/// Listens for snapshots; clones share what was heard.
#[derive(Clone, Default)]
pub(crate) struct DiskCopies(Arc<Mutex<Heard>>);

impl DiskCopies {
    /// Those of a world with real disks.
    pub(crate) fn of_files(copies: FileCopies, trouble: DeviceTrouble) -> Self {
        Self(Arc::new(Mutex::new(Heard { real: Some((copies, trouble)), ..Heard::default() })))
    }

    /// Does what is to be done to `contents`; `kept` are those of snapshots.
    pub(crate) fn settle<C: Clone + Default>(&self, contents: &mut BTreeMap<String, C>, kept: &mut BTreeMap<String, C>) {
        let pending = std::mem::take(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner).pending);
        for copying in pending {
            match copying {
                Copying::Keep { disk, snapshot } => drop(kept.insert(snapshot, contents.get(&disk).cloned().unwrap_or_default())),
                Copying::Restore { snapshot, disk } => {
                    if let Some(content) = kept.get(&snapshot) {
                        contents.insert(disk, content.clone());
                    }
                }
                Copying::Drop { snapshot } => drop(kept.remove(&snapshot)),
            }
        }
    }
}

impl Sink for DiskCopies {
    fn take(&mut self, entry: &Entry, _line: &str) {
        if let Event::Change(change) = &entry.event
            && let Some(volume) = change.object.strip_prefix("Volume/")
        {
            self.0.lock().unwrap_or_else(PoisonError::into_inner).hear(volume, change);
        }
    }
}

impl Heard {
    fn hear(&mut self, volume: &str, change: &Change) {
        if change.kind == ChangeKind::Removed {
            let gone = self.volumes.remove(volume).unwrap_or_default().snapshots;
            gone.into_iter().for_each(|snapshot| self.copy(Copying::Drop { snapshot }));
            return;
        }
        let known = self.volumes.entry(volume.to_owned()).or_default();
        if let Some(disk) = change.patch["diskUuid"].as_str() {
            disk.clone_into(&mut known.disk);
        }
        if let Some(snapshot) = change.patch.pointer("/madeOf/snapshot").and_then(Value::as_str) {
            let disk = known.disk.clone();
            self.copy(Copying::Restore { snapshot: snapshot.to_owned(), disk });
        }
        let Some(known) = self.volumes.get_mut(volume) else { return };
        let told = match change.patch.get("snapshots") {
            None => return,
            // None of them is left.
            Some(Value::Null) => known.snapshots.iter().map(|snapshot| (snapshot.clone(), false)).collect(),
            Some(some) => some.as_object().into_iter().flatten().map(|(snapshot, text)| (snapshot.clone(), !text.is_null())).collect(),
        };
        let told: Vec<(String, bool)> = told;
        let mut copyings = Vec::new();
        for (snapshot, is_there) in told {
            if is_there && known.snapshots.insert(snapshot.clone()) {
                copyings.push(Copying::Keep { disk: known.disk.clone(), snapshot });
            } else if !is_there && known.snapshots.remove(&snapshot) {
                copyings.push(Copying::Drop { snapshot });
            }
        }
        copyings.into_iter().for_each(|copying| self.copy(copying));
    }

    /// Real bytes are copied at once, what is known of them when somebody looks.
    fn copy(&mut self, copying: Copying) {
        if let Some((files, trouble)) = &self.real
            && let Err(error) = copying.of_files(files)
        {
            trouble.tell(Trouble::Failed(error.to_string()));
        }
        self.pending.push(copying);
    }
}

#[cfg(test)]
mod tests {
    use seatrial_journal::Elapsed;
    use serde_json::json;

    use super::*;

    fn told(copies: &mut DiskCopies, volume: &str, kind: ChangeKind, patch: Value) {
        let (store, object) = ("vc-a".to_owned(), format!("Volume/{volume}"));
        let change = Change { store, revision: 1, object, kind, patch, cause: None };
        copies.take(&Entry { seq: 1, at: Elapsed(0), event: Event::Change(change) }, "");
    }

    #[test]
    fn a_disk_begins_with_the_bytes_of_the_moment_of_its_snapshot() {
        let mut copies = DiskCopies::default();
        let (mut contents, mut kept) = (BTreeMap::from([("a".to_owned(), "old")]), BTreeMap::new());
        told(&mut copies, "1", ChangeKind::Added, json!({"diskUuid": "a"}));
        told(&mut copies, "1", ChangeKind::Changed, json!({"snapshots": {"s": "first"}}));
        copies.settle(&mut contents, &mut kept);
        contents.insert("a".to_owned(), "new");
        told(&mut copies, "2", ChangeKind::Added, json!({"diskUuid": "b", "madeOf": {"volume": "1", "diskUuid": "a", "snapshot": "s"}}));
        copies.settle(&mut contents, &mut kept);
        assert_eq!((contents["a"], contents["b"]), ("new", "old"));
        told(&mut copies, "1", ChangeKind::Changed, json!({"snapshots": null}));
        copies.settle(&mut contents, &mut kept);
        assert!(kept.is_empty());
    }
}
