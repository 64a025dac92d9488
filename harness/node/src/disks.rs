//! The bank of disk contents: what is written on each virtual disk, wherever it is attached.
//!
//! Modelled: a disk is blank, holds raw bytes, or holds a filesystem with files; contents survive detach, attach
//! and reboot. Every write is on the disk at once: there is no page cache to lose, so a machine that loses its power
//! loses no bytes. The journal's `Disk/<uuid>` tells, beside the files, `mountedOn`: the machines that have its
//! filesystem mounted for writing and are still shown the disk. Two machines that write the same filesystem see each
//! other's bytes, and the last writer wins; a real one would be torn apart, and from the first such write on
//! `tornBy` tells by whom, until a new filesystem is made. A filesystem has the size that its disk had when it was made, until it is
//! grown (`fsBytes`). `group` and `mode` tell whose its root is, where it is not as mkfs made it. Copies of disks as they were at a snapshot are `disk_copies.rs`'s. Not modelled: partitions, free space.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard};

use seatrial_journal::{Change, ChangeKind, Event, Journal, patch_between, sha256};
use serde_json::{Map, Value, json};

use crate::disk_copies::DiskCopies;
use crate::machine::{DeviceTrouble, FileCopies, Hardware};
use crate::tree::{Access, Tree, TreeError};

/// The member of a disk's `files` in the journal that stands for raw bytes.
const RAW: &str = "raw";

/// What is on one disk.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
enum Content {
    #[default]
    Blank,
    Raw(Vec<u8>),
    Filesystem {
        fs_type: String,
        /// How much of the disk it takes: it stays as large as the disk was when it was made, until it is grown.
        bytes: u64,
        tree: Tree,
    },
    /// What was seen of a real disk: files' digests by their paths.
    Seen {
        fs_type: String,
        bytes: Option<u64>,
        files: BTreeMap<String, String>,
        root: Access,
    },
}

#[derive(Default)]
struct Bank {
    revision: u64,
    contents: BTreeMap<String, Content>,
    /// What was on disks when snapshots of them were taken, by snapshot.
    kept: BTreeMap<String, Content>,
    recorded: BTreeMap<String, Value>,
    /// What shows disks to each machine.
    hardware: BTreeMap<String, Arc<dyn Hardware>>,
    /// By disk, the machines that have its filesystem mounted for writing.
    mounted: BTreeMap<String, BTreeSet<String>>,
    /// By disk, the machines that have written its filesystem at the same time.
    torn: BTreeMap<String, BTreeSet<String>>,
}

/// All disks' contents by the uuid of their backing; shared by all machines.
pub struct Disks {
    journal: Journal,
    copies: DiskCopies,
    bank: Mutex<Bank>,
}

impl Disks {
    /// A bank of blank disks that writes its changes to `journal`, and hears there of snapshots.
    pub fn new(journal: Journal) -> Arc<Self> {
        Self::with_copies(journal, DiskCopies::default())
    }

    /// The same of disks that are files in a world's folder; where they cannot be copied, that is told.
    pub fn of_files(journal: Journal, world: &Path, trouble: DeviceTrouble) -> Arc<Self> {
        Self::with_copies(journal, DiskCopies::of_files(FileCopies::of(world), trouble))
    }

    fn with_copies(journal: Journal, copies: DiskCopies) -> Arc<Self> {
        journal.add_sink(copies.clone());
        Arc::new(Self { journal, copies, bank: Mutex::default() })
    }

    /// The filesystem on a disk; `None` when it is blank or holds raw bytes.
    pub fn filesystem_on(&self, disk_uuid: &str) -> Option<String> {
        match self.lock().contents.get(disk_uuid) {
            Some(Content::Filesystem { fs_type, .. }) => Some(fs_type.clone()),
            _ => None,
        }
    }

    /// How large the filesystem on a disk is; `None` when there is none.
    pub fn filesystem_bytes(&self, disk_uuid: &str) -> Option<u64> {
        match self.lock().contents.get(disk_uuid) {
            Some(Content::Filesystem { bytes, .. }) => Some(*bytes),
            _ => None,
        }
    }

    /// Makes the filesystem on a disk take this much of it, if it takes less; answers whether there is one.
    pub fn grow_filesystem(&self, disk_uuid: &str, to: u64) -> bool {
        let mut bank = self.lock();
        let Some(Content::Filesystem { bytes, .. }) = bank.contents.get_mut(disk_uuid) else { return false };
        *bytes = to.max(*bytes);
        self.record(&mut bank, disk_uuid);
        true
    }

    /// Makes a filesystem that takes `bytes` of the disk; whatever was on it is lost.
    pub fn make_filesystem(&self, disk_uuid: &str, fs_type: &str, bytes: u64) {
        let mut bank = self.lock();
        bank.contents.insert(disk_uuid.to_owned(), Content::Filesystem { fs_type: fs_type.to_owned(), bytes, tree: Tree::default() });
        bank.torn.remove(disk_uuid);
        self.record(&mut bank, disk_uuid);
    }

    /// Looks at a disk's files; `None` when it has no filesystem.
    pub fn look<R>(&self, disk_uuid: &str, look: impl FnOnce(&Tree) -> R) -> Option<R> {
        match self.lock().contents.get(disk_uuid) {
            Some(Content::Filesystem { tree, .. }) => Some(look(tree)),
            _ => None,
        }
    }

    /// Changes a disk's files; `None` when it has no filesystem.
    pub fn change<R>(&self, disk_uuid: &str, change: impl FnOnce(&mut Tree) -> Result<R, TreeError>) -> Option<Result<R, TreeError>> {
        let mut bank = self.lock();
        let Some(Content::Filesystem { tree, .. }) = bank.contents.get_mut(disk_uuid) else { return None };
        let outcome = change(tree);
        bank.note_torn(disk_uuid);
        self.record(&mut bank, disk_uuid);
        Some(outcome)
    }

    /// A machine joins, with what shows it its disks.
    pub(crate) fn join(&self, machine: &str, hardware: Arc<dyn Hardware>) {
        self.lock().hardware.insert(machine.to_owned(), hardware);
    }

    /// A machine has the filesystems of exactly these disks mounted for writing.
    pub(crate) fn mounted_on(&self, machine: &str, disks: &BTreeSet<String>) {
        let mut bank = self.lock();
        let before: BTreeSet<String> =
            bank.mounted.iter().filter(|(_, machines)| machines.contains(machine)).map(|(disk, _)| disk.clone()).collect();
        for disk in before.difference(disks) {
            if let Some(machines) = bank.mounted.get_mut(disk) {
                machines.remove(machine);
            }
            self.record(&mut bank, disk);
        }
        for disk in disks.difference(&before) {
            bank.mounted.entry(disk.clone()).or_default().insert(machine.to_owned());
            bank.drop_stale_mounts(disk);
            self.record(&mut bank, disk);
        }
    }

    /// Writes raw bytes from the disk's beginning; a filesystem on it is destroyed.
    pub fn write_raw(&self, disk_uuid: &str, bytes: &[u8]) {
        let mut bank = self.lock();
        bank.contents.insert(disk_uuid.to_owned(), Content::Raw(bytes.to_vec()));
        self.record(&mut bank, disk_uuid);
    }

    /// Reads the raw bytes that were written; nothing from a blank disk or one with a filesystem.
    pub fn read_raw(&self, disk_uuid: &str) -> Vec<u8> {
        match self.lock().contents.get(disk_uuid) {
            Some(Content::Raw(bytes)) => bytes.clone(),
            _ => Vec::new(),
        }
    }

    /// What a machine with real devices saw on a disk, when it had mounted it or a pod had just written there.
    pub(crate) fn seen(&self, disk_uuid: &str, seen: SeenFilesystem, written: bool) {
        let SeenFilesystem { fs_type, bytes, files, root } = seen;
        let mut bank = self.lock();
        bank.contents.insert(disk_uuid.to_owned(), Content::Seen { fs_type, bytes, files, root });
        if written {
            bank.note_torn(disk_uuid);
        }
        self.record(&mut bank, disk_uuid);
    }

    /// Tells the journal what differs from what it was last told of this disk.
    fn record(&self, bank: &mut Bank, disk_uuid: &str) {
        let mut after = image(bank.contents.get(disk_uuid).unwrap_or(&Content::Blank));
        for (member, machines) in [("mountedOn", &bank.mounted), ("tornBy", &bank.torn)] {
            if let Some(machines) = machines.get(disk_uuid).filter(|machines| !machines.is_empty()) {
                after[member] = json!(machines);
            }
        }
        let (kind, patch) = match bank.recorded.get(disk_uuid) {
            None => (ChangeKind::Added, after.clone()),
            Some(before) if *before == after => return,
            Some(before) => (ChangeKind::Changed, patch_between(before, &after)),
        };
        bank.recorded.insert(disk_uuid.to_owned(), after);
        bank.revision += 1;
        let change =
            Change { store: "disks".to_owned(), revision: bank.revision, object: format!("Disk/{disk_uuid}"), kind, patch, cause: None };
        self.journal.record(Event::Change(change));
    }

    fn lock(&self) -> MutexGuard<'_, Bank> {
        let mut bank = self.bank.lock().expect("nothing panics while the bank is locked");
        let Bank { contents, kept, .. } = &mut *bank;
        self.copies.settle(contents, kept);
        bank
    }
}

impl Bank {
    /// Forgets mounts on machines that are not shown the disk any more: they cannot write it.
    fn drop_stale_mounts(&mut self, disk_uuid: &str) {
        let Self { mounted, hardware, .. } = self;
        let Some(machines) = mounted.get_mut(disk_uuid).filter(|machines| machines.len() > 1) else { return };
        machines
            .retain(|machine| hardware.get(machine).is_none_or(|hardware| hardware.disks().iter().any(|disk| disk.disk_uuid == disk_uuid)));
    }

    /// Notes who else could have written when somebody did.
    fn note_torn(&mut self, disk_uuid: &str) {
        self.drop_stale_mounts(disk_uuid);
        if let Some(machines) = self.mounted.get(disk_uuid).filter(|machines| machines.len() > 1) {
            self.torn.entry(disk_uuid.to_owned()).or_default().extend(machines.iter().cloned());
        }
    }
}

/// What was seen of a filesystem on a real disk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SeenFilesystem {
    /// `ext4`, `xfs`, …
    pub fs_type: String,
    /// How much of the disk it takes, where that is known.
    pub bytes: Option<u64>,
    /// Files' digests by their paths in it.
    pub files: BTreeMap<String, String>,
    /// Whose its root is.
    pub root: Access,
}

fn image(content: &Content) -> Value {
    let (mut image, root) = match content {
        Content::Blank => return json!({ "files": {} }),
        Content::Raw(bytes) => return json!({ "files": { RAW: sha256(bytes) } }),
        Content::Seen { fs_type, bytes: Some(bytes), files, root } => {
            (json!({ "fsType": fs_type, "fsBytes": bytes, "files": files }), *root)
        }
        Content::Seen { fs_type, bytes: None, files, root } => (json!({ "fsType": fs_type, "files": files }), *root),
        Content::Filesystem { fs_type, bytes, tree } => {
            let files: Map<String, Value> = tree.files().iter().map(|(path, bytes)| (path.clone(), Value::from(sha256(bytes)))).collect();
            (json!({ "fsType": fs_type, "fsBytes": bytes, "files": files }), tree.access("/").unwrap_or(Access::DIRECTORY))
        }
    };
    if root != Access::DIRECTORY {
        image["group"] = root.group.into();
        image["mode"] = format!("{:o}", root.mode).into();
    }
    image
}

#[cfg(test)]
mod tests {
    use super::*;
    use seatrial_journal::{MemorySink, merge_patch};
    use seatrial_seed::{ManualClock, stamps};

    #[test]
    fn the_journal_tells_what_is_on_a_disk() {
        let (journal, sink) = (Journal::new(stamps(Arc::new(ManualClock::default()))), MemorySink::default());
        journal.add_sink(sink.clone());
        let disks = Disks::new(journal);
        disks.write_raw("6000C29a", b"old");
        disks.make_filesystem("6000C29a", "ext4", 1 << 30);
        disks.change("6000C29a", |tree| tree.write("/proof", b"kept")).unwrap().unwrap();
        disks.change("6000C29a", |tree| tree.make_directory("/empty")).unwrap().unwrap();

        let mut told = Value::Null;
        for entry in sink.entries() {
            let Event::Change(change) = entry.event else { panic!("only changes are expected") };
            assert_eq!((change.store.as_str(), change.object.as_str()), ("disks", "Disk/6000C29a"));
            merge_patch(&mut told, &change.patch);
        }
        assert_eq!(told, json!({ "fsType": "ext4", "fsBytes": 1 << 30, "files": { "/proof": sha256(b"kept") } }));
        assert_eq!(sink.entries().len(), 3, "a directory changes no file");
    }

    #[test]
    fn a_new_filesystem_loses_what_was_there() {
        let disks = Disks::new(Journal::new(stamps(Arc::new(ManualClock::default()))));
        disks.make_filesystem("a", "ext4", 1);
        disks.change("a", |tree| tree.write("/proof", b"kept")).unwrap().unwrap();
        disks.make_filesystem("a", "xfs", 1);
        assert_eq!(disks.look("a", |tree| tree.read("/proof")), Some(Err(TreeError::NotFound)));
        assert_eq!(disks.look("blank", |tree| tree.exists("/")), None);
    }
}
