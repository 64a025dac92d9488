//! What belongs to an object: a set's pods, their claims, the claims' volumes, the volumes' attachments, the nodes; and by which
//! names drivers and vCenters know them.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use seatrial_oracle::{Seen, View};
use serde_json::Value;

const STORE: &str = "kubernetes";

/// Objects that belong together, as the journal names them (`pods/default/web-0`).
#[derive(Debug, Default)]
pub(super) struct Kin {
    /// How far each is from what was asked about.
    objects: BTreeMap<String, usize>,
    /// Volumes, machines, UIDs: what calls over the drivers' borders are about.
    names: BTreeSet<String>,
    /// The processes that work for them.
    processes: BTreeSet<String>,
}

impl Kin {
    /// All that belongs to these objects.
    pub(super) fn of(view: &View, roots: impl IntoIterator<Item = String>) -> Self {
        let mut kin = Self::default();
        let mut queue: VecDeque<(String, usize)> = roots.into_iter().map(|root| (root, 0)).collect();
        while let Some((object, distance)) = queue.pop_front() {
            if kin.objects.contains_key(&object) {
                continue;
            }
            kin.note(view, &object);
            queue.extend(relatives(view, &object, distance == 0).into_iter().map(|relative| (relative, distance + 1)));
            kin.objects.insert(object, distance);
        }
        kin
    }

    /// How far an object is from what was asked about, if it belongs to it.
    pub(super) fn distance(&self, object: &str) -> Option<usize> {
        self.objects.get(object).copied()
    }

    /// Whether a call's target is one of these. Volumes and snapshots are named by the UID of what asks for them.
    pub(super) fn knows(&self, name: &str) -> bool {
        let by_uid = || name.split_once('-').is_some_and(|(_, uid)| self.names.contains(uid));
        !name.is_empty() && (self.names.contains(name) || by_uid())
    }

    /// Whether nothing belongs to it: the failure is about no object.
    pub(super) fn is_empty(&self) -> bool {
        self.objects.is_empty() && self.names.is_empty()
    }

    /// Whether a process works for them, or the first replica of the same does (`ccm-2`, `ccm`).
    pub(super) fn is_served_by(&self, process: &str) -> bool {
        let is_number = |end: &str| !end.is_empty() && end.bytes().all(|letter| letter.is_ascii_digit());
        let first = process.rsplit_once('-').filter(|(_, end)| is_number(end)).map(|(first, _)| first);
        self.processes.contains(process) || first.is_some_and(|first| self.processes.contains(first))
    }

    /// Adds a name of something that is no object of Kubernetes.
    pub(super) fn add_name(&mut self, name: &str) {
        self.names.insert(name.to_owned());
    }

    /// Adds a process.
    pub(super) fn add_process(&mut self, process: &str) {
        self.processes.insert(process.to_owned());
    }

    fn note(&mut self, view: &View, object: &str) {
        let Some((kind, name)) = object.split_once('/') else { return };
        let seen = view.get(STORE, object);
        let text = |path: &[&str]| seen.and_then(|seen| seen.text(path)).map(str::to_owned);
        self.names.extend(text(&["metadata", "uid"]));
        match kind {
            "persistentvolumes" => {
                self.names.insert(name.to_owned());
                self.names.extend(text(&["spec", "csi", "volumeHandle"]));
                self.processes.extend(["csi-controller", "csi-provisioner"].map(str::to_owned));
            }
            "persistentvolumeclaims" => self.processes.extend(["csi-controller", "csi-provisioner", "csi-resizer"].map(str::to_owned)),
            "volumeattachments" => self.processes.extend(["csi-controller", "csi-attacher"].map(str::to_owned)),
            "csinodetopologies" => self.add_process("csi-controller"),
            "volumesnapshotcontents" => self.names.extend(text(&["status", "snapshotHandle"])),
            "nodes" => {
                self.processes.extend([format!("kubelet/{name}"), format!("csi-node/{name}"), "ccm".to_owned()]);
                let machines = view.in_vcenters("VirtualMachine/").filter(|(_, _, machine)| machine.text(&["name"]) == Some(name));
                self.names.extend(machines.map(|(_, id, _)| id.to_owned()));
            }
            _ => {}
        }
    }
}

/// What an object owns or names. What names it counts only for what was asked about itself: else all would belong to all.
fn relatives(view: &View, object: &str, asked: bool) -> Vec<String> {
    let Some((kind, name)) = object.split_once('/') else { return Vec::new() };
    let Some(seen) = view.get(STORE, object) else { return of_absent(view, kind, name) };
    let space = name.split('/').next().unwrap_or_default();
    let text = |path: &[&str]| seen.text(path).filter(|text| !text.is_empty());
    match kind {
        "deployments" => owned(view, seen, &format!("replicasets/{space}/")),
        "statefulsets" | "replicasets" | "daemonsets" | "jobs" => owned(view, seen, &format!("pods/{space}/")),
        "pods" => {
            let claims = claims_of(seen).map(|claim| format!("persistentvolumeclaims/{space}/{claim}"));
            claims.chain(text(&["spec", "nodeName"]).map(|node| format!("nodes/{node}"))).collect()
        }
        "persistentvolumeclaims" => {
            let claim = name.rsplit('/').next().unwrap_or_default();
            let volume = text(&["spec", "volumeName"]).map(|volume| format!("persistentvolumes/{volume}"));
            let pods = named(view, &format!("pods/{space}/"), |pod| asked && claims_of(pod).any(|used| used == claim));
            volume.into_iter().chain(pods).collect()
        }
        "persistentvolumes" => {
            let source = ["spec", "source", "persistentVolumeName"];
            let attachments = named(view, "volumeattachments/", |attachment| attachment.text(&source) == Some(name));
            let claim = text(&["spec", "claimRef", "namespace"]).zip(text(&["spec", "claimRef", "name"])).filter(|_| asked);
            attachments.into_iter().chain(claim.map(|(space, claim)| format!("persistentvolumeclaims/{space}/{claim}"))).collect()
        }
        "volumeattachments" => {
            let volume = text(&["spec", "source", "persistentVolumeName"]).map(|volume| format!("persistentvolumes/{volume}"));
            volume.into_iter().chain(text(&["spec", "nodeName"]).map(|node| format!("nodes/{node}"))).collect()
        }
        "nodes" => vec![format!("csinodetopologies/{name}"), format!("csinodes/{name}")],
        "csinodetopologies" | "csinodes" if asked => vec![format!("nodes/{name}")],
        "volumesnapshots" => {
            let content = text(&["status", "boundVolumeSnapshotContentName"]).map(|content| format!("volumesnapshotcontents/{content}"));
            let claim =
                text(&["spec", "source", "persistentVolumeClaimName"]).map(|claim| format!("persistentvolumeclaims/{space}/{claim}"));
            content.into_iter().chain(claim).collect()
        }
        _ => Vec::new(),
    }
}

/// Who was to make an object that is not there: the set that a pod or a claim is named after.
fn of_absent(view: &View, kind: &str, name: &str) -> Vec<String> {
    let Some((space, name)) = name.split_once('/') else { return Vec::new() };
    let numbered = |set: &str, name: &str| {
        name.strip_prefix(set).and_then(|rest| rest.strip_prefix('-')).is_some_and(|rest| rest.parse::<u32>().is_ok())
    };
    let templates = |set: &Seen| -> Vec<String> {
        let templates = set.state.pointer("/spec/volumeClaimTemplates").and_then(Value::as_array);
        templates.into_iter().flatten().filter_map(|template| Some(template.pointer("/metadata/name")?.as_str()?.to_owned())).collect()
    };
    let prefix = format!("statefulsets/{space}/");
    let sets = view.objects(STORE, &prefix).filter(|(set, seen)| match kind {
        "pods" => numbered(set, name),
        "persistentvolumeclaims" => templates(seen).iter().any(|template| numbered(&format!("{template}-{set}"), name)),
        _ => false,
    });
    sets.map(|(set, _)| format!("{prefix}{set}")).collect()
}

fn named(view: &View, prefix: &str, is: impl Fn(&Seen) -> bool) -> Vec<String> {
    view.objects(STORE, prefix).filter(|(_, seen)| is(seen)).map(|(name, _)| format!("{prefix}{name}")).collect()
}

/// What an object owns of a kind; of pods those that are not as they should be.
fn owned(view: &View, owner: &Seen, prefix: &str) -> Vec<String> {
    let uid = owner.text(&["metadata", "uid"]);
    named(view, prefix, |seen| {
        let owners = seen.state.pointer("/metadata/ownerReferences").and_then(Value::as_array);
        let mine = owners.into_iter().flatten().any(|reference| reference.get("uid").and_then(Value::as_str) == uid);
        mine && !(prefix.starts_with("pods/") && is_fine(seen))
    })
}

/// Whether a pod is as it should be.
pub(super) fn is_fine(pod: &Seen) -> bool {
    crate::steps::state::condition(&pod.state, "Ready") == Some("True") && pod.text(&["metadata", "deletionTimestamp"]).is_none()
}

/// The claims that a pod uses.
pub(super) fn claims_of(pod: &Seen) -> impl Iterator<Item = &str> {
    let volumes = pod.state.pointer("/spec/volumes").and_then(Value::as_array);
    volumes.into_iter().flatten().filter_map(|volume| volume.pointer("/persistentVolumeClaim/claimName")?.as_str())
}
