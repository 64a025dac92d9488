//! Keys: at no moment is a volume in clear that must be encrypted, and when settled the key is the one that was asked for.
//!
//! Judged always: a volume whose storage policy encrypts, is encrypted from its first moment, above all while a VM has it.
//! Judged when settled: a volume whose PersistentVolume names a VolumeAttributesClass with a key provider is under that
//! provider; a volume of a StorageClass that asks for re-encryption before attach, attached to a VM, is under the
//! provider of that VM. Not judged: the age of keys, VMs' own homes, classes that were asked for and refused (the
//! PersistentVolume then names the old one), the bytes on disk.
//!
//! Whom it has hurt: kubernetes-sigs/vsphere-csi-driver#3862.

use seatrial_journal::ChangeKind;

use crate::findings::Findings;
use crate::homes::{self, MACHINES, VOLUMES};
use crate::moment::Moment;
use crate::oracle::{Oracle, Violation, When};
use crate::view::KUBERNETES;
use crate::view::{Seen, View};
use crate::words;

/// Parameter of a VolumeAttributesClass: the key provider that its volumes are to be under.
pub const KEY_PROVIDER: &str = "seatrial.dev/key-provider";
/// Parameter of a StorageClass: volumes go to the provider of the VM before they are attached to it.
pub const RECRYPT_BEFORE_ATTACH: &str = "seatrial.dev/recrypt-before-attach";

/// See the module.
#[derive(Default)]
pub struct Keys {
    findings: Findings,
}

impl Oracle for Keys {
    fn name(&self) -> &'static str {
        "keys"
    }

    fn when(&self) -> When {
        When::Always
    }

    fn on(&mut self, moment: &Moment) {
        let Some((change, id)) = moment.vcenter(VOLUMES) else { return };
        let Some(volume) = moment.view.get(&change.store, &change.object).filter(|_| change.kind != ChangeKind::Removed) else { return };
        if volume.is_true("encrypted") || !volume.is_true("mustBeEncrypted") {
            return;
        }
        let what = words::volume(moment.view, &change.store, id);
        let policy = volume.text(&["policy"]).unwrap_or("its policy");
        let message = match volume.text(&["attachedTo"]) {
            Some(vm) => {
                let vm = words::machine(moment.view, &change.store, vm);
                format!("{what} is attached in clear to {vm}, but its storage policy ({policy}) encrypts")
            }
            None => format!("{what} lies in clear on its datastore, but its storage policy ({policy}) encrypts"),
        };
        self.findings.add(message, vec![volume.added, moment.entry.seq]);
    }

    fn settled(&mut self, view: &View) {
        for (name, handle, owner) in homes::persistent_volumes(view) {
            let Some((vcenter, volume)) = homes::home_of(view, name, handle) else { continue };
            if let Some(old) = volume.text(&["oldKeyId"]) {
                let what = words::volume(view, vcenter, handle);
                let message = format!("changing the key of {what} was never finished: its former key {old} is still needed");
                self.findings.add(message, vec![volume.added, volume.changed]);
            }
            let asked = [class_of(view, owner), vm_of(view, owner, vcenter, volume)];
            for asked in asked.into_iter().flatten() {
                let found = volume.text(&["keyProvider"]);
                if found != Some(asked.provider.as_str()) {
                    let found = found.map_or_else(|| "no key at all".to_owned(), |found| format!("key provider {found}"));
                    let what = words::volume(view, vcenter, handle);
                    let message = format!("{what} is under {found}, but {} wants {}", asked.by, asked.provider);
                    self.findings.add(message, vec![volume.added, volume.changed, asked.entry]);
                }
            }
        }
    }

    fn findings(&self, _view: &View) -> Vec<Violation> {
        self.findings.violations(self.name())
    }
}

/// A key provider that a volume is to be under.
struct Asked {
    provider: String,
    by: String,
    entry: u64,
}

/// The provider of the PersistentVolume's VolumeAttributesClass.
fn class_of(view: &View, owner: &Seen) -> Option<Asked> {
    let class = owner.text(&["spec", "volumeAttributesClassName"])?;
    let seen = view.find(KUBERNETES, "volumeattributesclasses/", class)?;
    let provider = seen.text(&["parameters", KEY_PROVIDER])?.to_owned();
    Some(Asked { provider, by: format!("VolumeAttributesClass {class}"), entry: owner.changed })
}

/// The provider of the VM that has the volume, when its StorageClass asks for that.
fn vm_of(view: &View, owner: &Seen, vcenter: &str, volume: &Seen) -> Option<Asked> {
    let class = owner.text(&["spec", "storageClassName"])?;
    let seen = view.find(KUBERNETES, "storageclasses/", class)?;
    if seen.text(&["parameters", RECRYPT_BEFORE_ATTACH]) != Some("true") || !volume.is_true("encrypted") {
        return None;
    }
    let id = volume.text(&["attachedTo"])?;
    let machine = view.find(vcenter, MACHINES, id)?;
    let provider = machine.text(&["keyProvider"])?.to_owned();
    let by = format!("StorageClass {class} together with {}, which it is attached to,", words::machine(view, vcenter, id));
    Some(Asked { provider, by, entry: machine.changed })
}
