//! Restored bytes: a volume that is made of a snapshot begins with what was on the disk when that was taken.
//!
//! Judged: the files and the file system of the new disk as they are when it is first seen (a disk is told of as soon as somebody
//! mounts or formats it) against those of the source at the moment at which the snapshot came to be, and that a volume which a claim
//! with a snapshot as its source is bound to is made of it at all. Not judged: what happens to the bytes later.
//!
//! Whom it has hurt: nobody who has told; a backup that restores nothing is found out on the day that it is needed.

use std::collections::BTreeMap;

use seatrial_journal::{Change, ChangeKind};
use serde_json::{Map, Value};

use crate::findings::Findings;
use crate::homes::{self, CLAIMS, VOLUMES};
use crate::view::{DISKS, KUBERNETES};
use crate::{DRIVER, Moment, Oracle, View, Violation, When, words};

/// What is on a disk: its file system and its files.
#[derive(Clone, Debug, Default, PartialEq)]
struct Image {
    fs_type: Option<String>,
    files: Map<String, Value>,
}

/// What a disk must begin with.
struct Expected {
    volume: String,
    vcenter: String,
    snapshot: String,
    image: Image,
    entries: Vec<u64>,
}

/// See the module.
#[derive(Default)]
pub struct RestoredBytes {
    /// By snapshot: what was on its disk, and the entry that took it.
    kept: BTreeMap<String, (Image, u64)>,
    /// By disk, until it is first seen.
    expected: BTreeMap<String, Expected>,
    findings: Findings,
}

impl Oracle for RestoredBytes {
    fn name(&self) -> &'static str {
        "restored-bytes"
    }

    fn when(&self) -> When {
        When::Always
    }

    fn on(&mut self, moment: &Moment) {
        if let Some((change, id)) = moment.vcenter(VOLUMES) {
            self.volume(moment, change, id);
        } else if let Some(change) = moment.change().filter(|change| change.store == DISKS) {
            self.disk(moment, change);
        }
    }

    fn settled(&mut self, view: &View) {
        for (name, claim) in view.objects(KUBERNETES, CLAIMS) {
            let source = |member: &str| claim.text(&["spec", "dataSource", member]);
            if source("kind") != Some("VolumeSnapshot") {
                continue;
            }
            let owner = claim
                .text(&["spec", "volumeName"])
                .and_then(|volume| Some((volume, view.find(KUBERNETES, homes::PERSISTENT_VOLUMES, volume)?)));
            let Some((owner, seen)) = owner.filter(|(_, seen)| seen.text(&["spec", "csi", "driver"]) == Some(DRIVER)) else { continue };
            let handle = homes::volume_of(seen).unwrap_or_default();
            let Some((vcenter, volume)) = homes::home_of(view, owner, handle) else { continue };
            if volume.state.get("madeOf").is_none() {
                let (volume_words, snapshot) = (words::volume(view, vcenter, handle), source("name").unwrap_or_default());
                let message = format!("{volume_words} is blank, although claim {name} asks for the bytes of VolumeSnapshot {snapshot}");
                self.findings.add(message, vec![claim.added, volume.added]);
            }
        }
    }

    fn findings(&self, _view: &View) -> Vec<Violation> {
        self.findings.violations(self.name())
    }
}

impl RestoredBytes {
    fn volume(&mut self, moment: &Moment, change: &Change, id: &str) {
        let Some(seen) = moment.view.get(&change.store, &change.object) else { return };
        let told = change.patch.get("snapshots").and_then(Value::as_object).into_iter().flatten();
        for (snapshot, _) in told.filter(|(_, description)| !description.is_null()) {
            let image = self.image_of(moment.view, seen.text(&["diskUuid"]).unwrap_or_default());
            self.kept.entry(snapshot.clone()).or_insert((image, moment.entry.seq));
        }
        let made_of = change.patch.pointer("/madeOf/snapshot").and_then(Value::as_str);
        if let Some((snapshot, (image, taken))) = made_of.and_then(|snapshot| Some((snapshot, self.kept.get(snapshot)?)))
            && let Some(disk) = seen.text(&["diskUuid"])
        {
            let expected = Expected {
                volume: id.to_owned(),
                vcenter: change.store.clone(),
                snapshot: snapshot.to_owned(),
                image: image.clone(),
                entries: vec![*taken, moment.entry.seq],
            };
            self.expected.insert(disk.to_owned(), expected);
        }
    }

    /// What is on a disk: one that nobody has looked at holds what it began with.
    fn image_of(&self, view: &View, disk: &str) -> Image {
        let began = || self.expected.get(disk).map(|expected| expected.image.clone());
        view.get(DISKS, &format!("Disk/{disk}")).map(|disk| image(&disk.state)).or_else(began).unwrap_or_default()
    }

    fn disk(&mut self, moment: &Moment, change: &Change) {
        let uuid = change.object.strip_prefix("Disk/").unwrap_or(&change.object);
        if change.kind != ChangeKind::Added {
            return;
        }
        let Some(Expected { volume, vcenter, snapshot, image: wanted, mut entries }) = self.expected.remove(uuid) else { return };
        let found = image(&change.patch);
        // A blank disk gets its file system from whoever mounts it.
        if found == wanted || (wanted == Image::default() && found.files.is_empty()) {
            return;
        }
        entries.push(moment.entry.seq);
        let volume = words::volume(moment.view, &vcenter, &volume);
        let message =
            format!("{volume} was made of snapshot {snapshot} and does not hold what was written by then: {}", differs(&wanted, &found));
        self.findings.add(message, entries);
    }
}

fn image(state: &Value) -> Image {
    Image {
        fs_type: state.get("fsType").and_then(Value::as_str).map(str::to_owned),
        files: state.get("files").and_then(Value::as_object).cloned().unwrap_or_default(),
    }
}

/// The first difference, in words.
fn differs(wanted: &Image, found: &Image) -> String {
    if wanted.fs_type != found.fs_type {
        let words = |fs_type: &Option<String>| fs_type.clone().unwrap_or_else(|| "no file system".to_owned());
        return format!("it has {}, not {}", words(&found.fs_type), words(&wanted.fs_type));
    }
    let lost = wanted.files.keys().find(|path| !found.files.contains_key(*path));
    let other = wanted.files.iter().find(|(path, bytes)| found.files.get(*path).is_some_and(|found| found != *bytes));
    let more = found.files.keys().find(|path| !wanted.files.contains_key(*path));
    match (lost, other, more) {
        (Some(path), _, _) => format!("file {path} is missing"),
        (None, Some((path, _)), _) => format!("file {path} holds other bytes"),
        (None, None, Some(path)) => format!("file {path} was not there"),
        (None, None, None) => "it is another".to_owned(),
    }
}
