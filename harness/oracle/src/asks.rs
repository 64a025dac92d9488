//! Asks: what Kubernetes' users have asked for and have not been given yet, and who tries again to give it.
//!
//! | Ask | Open while |
//! | --- | --- |
//! | a claim | it is not bound, or a change of its size or class is under way |
//! | an attachment (VolumeAttachment) | it is neither attached nor to go |
//! | a pod | it has not started, and is not to go |
//! | a snapshot (VolumeSnapshot) | no volume can be made of it; what is written into its content is about it |
//!
//! An ask may stay open for ever, by design: no driver makes a volume for many writers out of a disk. Then it is tried again and
//! again, and that is no unrest. What belongs to such a try: the CSI call for it and all that the driver calls until it has
//! answered (and for two minutes after it was in vain, for a driver goes on with what it had begun); events about it; what is written into the object itself. Whatever brings the ask to its end belongs to no try.
//! Deleting is no ask here: what is to go must go (`released`, `attach-truth`). Of volumes it is known since when they are *to be deleted*.
//!
//! An attachment that no pod on its node wants any more (one that has ended wants nothing) is *to be let go*: the attach/detach
//! controller does so as soon as the node has unmounted it, and by force six minutes after it began to wait for a node that says
//! nothing.

use std::collections::BTreeMap;
use std::time::Duration;

use seatrial_journal::{Border, Call, CallId, Change, Elapsed, Entry, Event};
use serde_json::Value;

use crate::homes::{ATTACHMENTS, CLAIMS, PERSISTENT_VOLUMES};
use crate::snapshots::{CONTENTS, SNAPSHOTS};
use crate::view::{KUBERNETES, is_vcenter};
use crate::view::{Seen, View};

const PODS: &str = "pods/";

/// Follows the asks of a world; a fold over the journal.
pub struct Asks {
    view: View,
    /// Calls that are open, and which ask each belongs to.
    calls: BTreeMap<CallId, Try>,
    /// How often each ask was tried, by the object that asks.
    tries: BTreeMap<String, u64>,
    /// What a driver's process has tried in vain, and until when it may go on with it.
    lingers: BTreeMap<String, (String, Elapsed)>,
    /// PersistentVolumes whose volumes are to be deleted, and since when.
    to_be_deleted: BTreeMap<String, Elapsed>,
}

/// How long a driver may go on with a try that its caller has given up or was told that it failed: it may bring to its end what
/// it had begun.
const LINGER: Duration = Duration::from_secs(120);

/// A call that belongs to a try.
struct Try {
    ask: String,
    /// The driver's process that works on it: what that sends meanwhile belongs to the same try.
    worker: Option<String>,
}

impl Default for Asks {
    fn default() -> Self {
        let (calls, tries, lingers, to_be_deleted) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
        Self { view: View::of(is_of_asks), calls, tries, lingers, to_be_deleted }
    }
}

fn is_of_asks(store: &str, object: &str) -> bool {
    let kinds = [PODS, CLAIMS, ATTACHMENTS, PERSISTENT_VOLUMES, SNAPSHOTS, CONTENTS];
    store == KUBERNETES && kinds.iter().any(|kind| object.starts_with(kind))
}

impl Asks {
    /// Shows the next entry; answers the object that asks, if the entry belongs to a try. Every entry must be shown, in order.
    pub fn on(&mut self, entry: &Entry) -> Option<String> {
        match &entry.event {
            Event::Sent(call) => self.sent(CallId(entry.seq), call, entry.at),
            Event::Effect { call } => self.calls.get(call).map(|tried| tried.ask.clone()),
            Event::Answered { call, answer } => self.ended(*call, answer.error.is_some() || answer.status == 0, entry.at),
            Event::CallerGone { call } => self.ended(*call, true, entry.at),
            Event::Change(change) => {
                self.view.on(entry);
                self.note_deletion(change, entry.at);
                self.change(change)
            }
            _ => None,
        }
    }

    /// The asks that are open and have been tried, in words, and how often.
    pub fn tried(&self) -> Vec<(String, u64)> {
        let open = self.tries.iter().filter(|(object, _)| self.is_open(object));
        open.map(|(object, tries)| (self.in_words(object), *tries)).collect()
    }

    /// The objects whose asks are open and have been tried, and how often.
    pub fn still_open(&self) -> impl Iterator<Item = (&str, u64)> {
        self.tries.iter().filter(|(object, _)| self.is_open(object)).map(|(object, tries)| (object.as_str(), *tries))
    }

    /// The attachments that no pod wants any more and that are still there, in words.
    pub fn to_be_let_go(&self) -> Vec<String> {
        let unwanted = self.view.objects(KUBERNETES, ATTACHMENTS).filter(|(_, seen)| !goes(seen) && !self.is_wanted(seen));
        unwanted.map(|(name, _)| self.in_words(&format!("{ATTACHMENTS}{name}"))).collect()
    }

    /// Since when each volume is to be deleted that a PersistentVolume still has, of which no claim has need any more.
    pub fn to_be_deleted(&self) -> impl Iterator<Item = Elapsed> {
        self.to_be_deleted.values().copied()
    }

    fn note_deletion(&mut self, change: &Change, at: Elapsed) {
        if change.store != KUBERNETES || !change.object.starts_with(PERSISTENT_VOLUMES) {
            return;
        }
        if self.view.get(KUBERNETES, &change.object).is_some_and(is_to_be_deleted) {
            self.to_be_deleted.entry(change.object.clone()).or_insert(at);
        } else {
            self.to_be_deleted.remove(&change.object);
        }
    }

    /// An object that asks, as its users know it.
    pub fn in_words(&self, object: &str) -> String {
        if let Some(claim) = object.strip_prefix(CLAIMS) {
            return format!("claim {claim}");
        }
        if let Some(snapshot) = object.strip_prefix(SNAPSHOTS) {
            return format!("snapshot {snapshot}");
        }
        let attachment = object.strip_prefix(ATTACHMENTS).and_then(|_| self.view.get(KUBERNETES, object));
        match attachment {
            None => object.replacen(PODS, "pod ", 1),
            Some(seen) => {
                let volume = seen.text(&["spec", "source", "persistentVolumeName"]).unwrap_or("a volume");
                let claim = self.claim_of(volume).unwrap_or_else(|| format!("PersistentVolume {volume}"));
                format!("the attachment of {claim} to {}", seen.text(&["spec", "nodeName"]).unwrap_or("a node"))
            }
        }
    }

    fn ended(&mut self, id: CallId, in_vain: bool, at: Elapsed) -> Option<String> {
        let tried = self.calls.remove(&id)?;
        if let Some(worker) = tried.worker.filter(|_| in_vain) {
            self.lingers.insert(worker, (tried.ask.clone(), at));
        }
        Some(tried.ask)
    }

    fn sent(&mut self, id: CallId, call: &Call, at: Elapsed) -> Option<String> {
        let begins = match call.border {
            Border::Csi => self.asked_of_driver(call),
            Border::Kubernetes => self.written(call),
            Border::VCenter => None,
        };
        let counts = begins.is_some() && call.border == Border::Csi;
        let ask = begins.or_else(|| self.worked_on_by(&call.from, at))?;
        if counts {
            *self.tries.entry(ask.clone()).or_default() += 1;
        } else {
            self.tries.entry(ask.clone()).or_default();
        }
        let worker = counts.then(|| call.to.split(':').next().unwrap_or_default().to_owned());
        self.calls.insert(id, Try { ask: ask.clone(), worker });
        Some(ask)
    }

    /// What a process works on, as far as it has been told by a sidecar or a kubelet, or has been working on a while ago.
    fn worked_on_by(&self, process: &str, now: Elapsed) -> Option<String> {
        let tried = self.calls.values().find(|tried| tried.worker.as_deref() == Some(process));
        let lingers = || self.lingers.get(process).filter(|(_, since)| now.duration() <= since.duration() + LINGER);
        tried.map(|tried| tried.ask.clone()).or_else(|| lingers().map(|(ask, _)| ask.clone()))
    }

    /// The open ask that a call of CSI is made for.
    fn asked_of_driver(&self, call: &Call) -> Option<String> {
        let target = call.target.as_deref()?;
        match call.method.as_str() {
            "ControllerExpandVolume" | "ControllerModifyVolume" | "NodeExpandVolume" => {
                self.open(CLAIMS, |_, claim| claim.text(&["spec", "volumeName"]).is_some_and(|volume| self.is_volume(volume, target)))
            }
            "NodeStageVolume" | "NodePublishVolume" => {
                let node = call.from.strip_prefix("kubelet/")?;
                self.open(PODS, |name, pod| pod.text(&["spec", "nodeName"]) == Some(node) && self.uses_volume(name, pod, target))
            }
            _ => made_or_attached(&self.view, call),
        }
    }

    /// The open ask that a write to Kubernetes is about: an event of it, or the object itself.
    fn written(&self, call: &Call) -> Option<String> {
        let (verb, resource) = call.method.split_once(' ')?;
        let target = call.target.as_deref()?;
        if !matches!(verb, "create" | "patch" | "update") {
            return None;
        }
        let kind = resource.split('/').next().unwrap_or_default();
        if kind == "events" {
            // An event is named by its object, a dot, and a number.
            let (about, _) = target.rsplit_once('.')?;
            let name = about.rsplit('/').next().unwrap_or_default();
            return [CLAIMS, PODS, ATTACHMENTS, SNAPSHOTS, CONTENTS].into_iter().find_map(|kind| {
                let is_of_cluster = kind == ATTACHMENTS || kind == CONTENTS;
                self.asker(if is_of_cluster { format!("{kind}{name}") } else { format!("{kind}{about}") })
            });
        }
        // Who creates what is there is told so, and has changed nothing: so the attach/detach controller tries again.
        self.asker(format!("{kind}/{target}"))
    }

    /// The object that asks, if this one is about an open ask: itself, or a content's snapshot.
    fn asker(&self, object: String) -> Option<String> {
        let asker = match object.strip_prefix(CONTENTS) {
            Some(content) => {
                let content = self.view.find(KUBERNETES, CONTENTS, content)?;
                let reference = |member: &str| content.text(&["spec", "volumeSnapshotRef", member]);
                format!("{SNAPSHOTS}{}/{}", reference("namespace")?, reference("name")?)
            }
            None => object,
        };
        self.is_open(&asker).then_some(asker)
    }

    fn change(&self, change: &Change) -> Option<String> {
        let caused = change.cause.as_ref().and_then(|cause| cause.parse().ok()).and_then(|call| self.calls.get(&CallId(call)));
        if change.store == KUBERNETES {
            let about = caused.map(|tried| tried.ask.clone());
            // What asked is open no more: that is news.
            return if is_of_asks(KUBERNETES, &change.object) {
                about.filter(|_| self.asker(change.object.clone()).is_some())
            } else {
                about
            };
        }
        // What a vCenter tells of a call by a task or a session is told by the call; all else is news.
        let of_call = change.object.starts_with("Task/") || change.object.starts_with("Session/");
        let worked_on = || self.calls.values().find(|tried| tried.worker.is_some()).map(|tried| tried.ask.clone());
        (is_vcenter(&change.store) && of_call).then(worked_on)?
    }

    fn open(&self, kind: &'static str, is: impl Fn(&str, &Seen) -> bool) -> Option<String> {
        open(&self.view, kind, is)
    }

    /// Whether an object asks for what it has not been given.
    pub(crate) fn is_open(&self, object: &str) -> bool {
        let kind = [CLAIMS, PODS, ATTACHMENTS, SNAPSHOTS].into_iter().find(|kind| object.starts_with(kind));
        kind.is_some_and(|kind| self.view.get(KUBERNETES, object).is_some_and(|seen| is_open(kind, seen)))
    }

    /// Whether a PersistentVolume is of this volume.
    fn is_volume(&self, name: &str, handle: &str) -> bool {
        is_volume(&self.view, name, handle)
    }

    fn uses_volume(&self, pod: &str, seen: &Seen, handle: &str) -> bool {
        let namespace = pod.split('/').next().unwrap_or_default();
        claims_of(seen).any(|claim| {
            let claim = self.view.find(KUBERNETES, CLAIMS, &format!("{namespace}/{claim}"));
            claim.and_then(|claim| claim.text(&["spec", "volumeName"])).is_some_and(|volume| self.is_volume(volume, handle))
        })
    }

    /// The claim of a PersistentVolume, in words.
    fn claim_of(&self, volume: &str) -> Option<String> {
        let (namespace, name) = self.reference(volume)?;
        Some(format!("claim {namespace}/{name}"))
    }

    fn reference(&self, volume: &str) -> Option<(&str, &str)> {
        let volume = self.view.find(KUBERNETES, PERSISTENT_VOLUMES, volume)?;
        Some((volume.text(&["spec", "claimRef", "namespace"])?, volume.text(&["spec", "claimRef", "name"])?))
    }

    /// Whether a pod on the attachment's node that has not ended uses its volume. Of a volume that nobody can tell, somebody might.
    fn is_wanted(&self, attachment: &Seen) -> bool {
        let volume = attachment.text(&["spec", "source", "persistentVolumeName"]);
        let Some((namespace, claim)) = volume.and_then(|volume| self.reference(volume)) else { return true };
        let node = attachment.text(&["spec", "nodeName"]);
        let mut pods = self.view.objects(KUBERNETES, PODS).filter(|(name, _)| name.split('/').next() == Some(namespace));
        let ended = |pod: &Seen| matches!(pod.text(&["status", "phase"]), Some("Succeeded" | "Failed"));
        pods.any(|(_, pod)| pod.text(&["spec", "nodeName"]) == node && !ended(pod) && claims_of(pod).any(|used| used == claim))
    }
}

/// Whether the volume of a PersistentVolume goes with it, and its claim has gone.
fn is_to_be_deleted(volume: &Seen) -> bool {
    let released = matches!(volume.text(&["status", "phase"]), Some("Released" | "Failed"));
    released && volume.text(&["spec", "persistentVolumeReclaimPolicy"]) == Some("Delete") && volume.state.pointer("/spec/csi").is_some()
}

fn goes(seen: &Seen) -> bool {
    seen.text(&["metadata", "deletionTimestamp"]).is_some()
}

/// The open ask that a call of CSI is made for which makes a volume or a snapshot, or attaches.
pub(crate) fn made_or_attached(view: &View, call: &Call) -> Option<String> {
    let target = call.target.as_deref()?;
    // Provisioners and snapshotters name what they make by the UID of what asks for it.
    let asks = |_: &str, seen: &Seen| seen.text(&["metadata", "uid"]).is_some_and(|uid| target.ends_with(uid));
    match call.method.as_str() {
        "CreateVolume" => open(view, CLAIMS, asks),
        "CreateSnapshot" => open(view, SNAPSHOTS, asks),
        "ControllerPublishVolume" => open(view, ATTACHMENTS, |_, attachment| {
            attachment.text(&["spec", "source", "persistentVolumeName"]).is_some_and(|volume| is_volume(view, volume, target))
        }),
        _ => None,
    }
}

/// An open ask of a kind that is like this.
fn open(view: &View, kind: &'static str, is: impl Fn(&str, &Seen) -> bool) -> Option<String> {
    let found = view.objects(KUBERNETES, kind).find(|(name, seen)| is_open(kind, seen) && is(name, seen));
    found.map(|(name, _)| format!("{kind}{name}"))
}

/// Whether a PersistentVolume is of this volume.
fn is_volume(view: &View, name: &str, handle: &str) -> bool {
    let found = view.find(KUBERNETES, PERSISTENT_VOLUMES, name);
    found.is_some_and(|volume| volume.text(&["spec", "csi", "volumeHandle"]) == Some(handle))
}

/// Whether an object of a kind asks for what it has not been given.
pub(crate) fn is_open(kind: &str, seen: &Seen) -> bool {
    if goes(seen) {
        return false;
    }
    match kind {
        ATTACHMENTS => seen.state.pointer("/status/attached") != Some(&Value::Bool(true)),
        SNAPSHOTS => seen.state.pointer("/status/readyToUse") != Some(&Value::Bool(true)),
        PODS => seen.text(&["status", "phase"]).is_none_or(|phase| phase == "Pending"),
        _ => match seen.text(&["status", "phase"]) {
            Some("Bound") => changes(seen),
            phase => phase.is_none_or(|phase| phase == "Pending"),
        },
    }
}

/// Whether a bound claim is being given another size or class.
fn changes(claim: &Seen) -> bool {
    let class = claim.text(&["spec", "volumeAttributesClassName"]);
    let reclassed = class.is_some() && class != claim.text(&["status", "currentVolumeAttributesClassName"]);
    reclassed || claim.state.pointer("/status/conditions").and_then(Value::as_array).is_some_and(|conditions| !conditions.is_empty())
}

/// The claims that a pod names.
fn claims_of(pod: &Seen) -> impl Iterator<Item = &str> {
    let volumes = pod.state.pointer("/spec/volumes").and_then(Value::as_array);
    volumes.into_iter().flatten().filter_map(|volume| volume.pointer("/persistentVolumeClaim/claimName")?.as_str())
}
