//! What a failure is about: the objects that a step, an expectation or a violation speaks of.

use std::collections::BTreeSet;

use seatrial_journal::{Border, CallId, Event};
use seatrial_oracle::{Seen, View, Violation};
use seatrial_scenario::{Action, Expect, Expectation, ExpectationKind};
use serde_json::Value;

use super::kin::{Kin, is_fine};
use super::record::Record;
use crate::steps::state::condition;

const STORE: &str = "kubernetes";

/// What is looked for in the record of a run.
#[derive(Default)]
pub(super) struct About {
    pub(super) kin: Kin,
    /// Methods whose failures count whatever they are about.
    pub(super) methods: BTreeSet<String>,
    /// Whether what is over by now may explain it, too.
    pub(super) past: bool,
    /// Whether the world is unsettled: whatever is tried again explains it.
    pub(super) unsettled: bool,
}

/// What a step speaks of.
pub(super) fn step(record: &Record<'_>, action: &Action) -> About {
    let pod = |name: &str| format!("pods/default/{name}");
    let claim = |name: &str| format!("persistentvolumeclaims/default/{name}");
    let roots = match action {
        Action::Wait(step) => vec![step.object.path()],
        Action::Delete(step) => vec![step.object.path()],
        Action::Patch(step) => vec![step.object.path()],
        Action::Scale(step) => vec![step.object.path()],
        Action::Write(step) => vec![pod(&step.pod)],
        Action::Read(step) => vec![pod(&step.pod)],
        Action::Drain(step) => drained(&record.view, &step.node),
        Action::Resize(step) => vec![step.object.path()],
        Action::SnapshotByHand(step) => vec![claim(&step.volume)],
        Action::Expect(Expect::Sizes(step)) => vec![claim(&step.of)],
        Action::Expect(Expect::Mount(step)) => vec![pod(&step.pod), claim(&step.of)],
        Action::Expect(Expect::Volume(step)) => vec![claim(&step.volume)],
        Action::Expect(Expect::Object(step)) => vec![step.object.path()],
        Action::Expect(Expect::Pod(step)) => vec![pod(&step.pod)],
        Action::Expect(Expect::Event(step)) => vec![step.of.path()],
        Action::Expect(Expect::Node(step)) => vec![format!("nodes/{}", step.node)],
        _ => Vec::new(),
    };
    let methods = match action {
        Action::Expect(Expect::Counts(step)) => counted(&step.kind),
        _ => BTreeSet::new(),
    };
    About { kin: Kin::of(&record.view, roots), methods, ..About::default() }
}

/// The methods whose calls are counted.
fn counted(kind: &ExpectationKind) -> BTreeSet<String> {
    match kind {
        ExpectationKind::Calls { counts, .. } => counts.iter().map(|(method, _)| method.value.clone()).collect(),
        _ => BTreeSet::new(),
    }
}

/// A node and the pods that are to leave it.
fn drained(view: &View, node: &str) -> Vec<String> {
    let there = objects(view, "pods/", |pod| pod.text(&["spec", "nodeName"]) == Some(node));
    there.into_iter().chain([format!("nodes/{node}")]).collect()
}

/// What has been asked for and not given, and what is tried again, in a world that does not settle.
pub(super) fn unrest(record: &Record<'_>) -> About {
    let mut roots: Vec<String> = record.asks.still_open().map(|(object, _)| object.to_owned()).collect();
    let mut names = Vec::new();
    for seen in record.activity.recent() {
        look_into(record, seen.entry, &mut roots, &mut names);
    }
    About { kin: kin(record, roots, &names), unsettled: true, ..About::default() }
}

/// What an expectation counts, as far as it is not as it should be.
pub(super) fn expectation(record: &Record<'_>, expectation: &Expectation) -> About {
    let view = &record.view;
    let mut roots = Vec::new();
    match &expectation.kind {
        ExpectationKind::Volumes { .. } => {
            roots.extend(objects(view, "persistentvolumeclaims/", |claim| claim.text(&["status", "phase"]) != Some("Bound")));
            roots.extend(objects(view, "persistentvolumes/", |volume| volume.text(&["status", "phase"]) != Some("Bound")));
        }
        ExpectationKind::Snapshots { .. } => {
            let not_ready = |snapshot: &Seen| snapshot.state.pointer("/status/readyToUse") != Some(&Value::Bool(true));
            roots.extend(objects(view, "volumesnapshots/", not_ready));
            roots.extend(objects(view, "volumesnapshotcontents/", not_ready));
        }
        ExpectationKind::Pods(_) => {
            roots.extend(objects(view, "pods/", |pod| !is_fine(pod)));
            for sets in ["statefulsets/", "replicasets/"] {
                roots.extend(objects(view, sets, |set| set.state.pointer("/status/readyReplicas") != set.state.pointer("/spec/replicas")));
            }
        }
        ExpectationKind::Nodes(_) => roots.extend(objects(view, "nodes/", |node| condition(&node.state, "Ready") != Some("True"))),
        ExpectationKind::Calls { .. } | ExpectationKind::Fired(_) | ExpectationKind::Findings(_) | ExpectationKind::WritesAtRest(_) => {}
    }
    About { kin: Kin::of(view, roots), methods: counted(&expectation.kind), past: true, unsettled: false }
}

/// What the entries that show a violation are about.
pub(super) fn violation(record: &Record<'_>, violation: &Violation) -> About {
    let (mut roots, mut names) = (Vec::new(), Vec::new());
    for entry in &violation.entries {
        look_into(record, *entry, &mut roots, &mut names);
    }
    About { kin: kin(record, roots, &names), past: true, ..About::default() }
}

/// Notes what one entry is about.
fn look_into(record: &Record<'_>, entry: u64, roots: &mut Vec<String>, names: &mut Vec<String>) {
    match record.entry(entry).map(|entry| &entry.event) {
        Some(Event::Change(change)) if change.store == STORE => roots.push(change.object.clone()),
        Some(Event::Change(change)) => {
            if let Some((_, id)) = change.object.split_once('/').filter(|(kind, _)| matches!(*kind, "Volume" | "VirtualMachine")) {
                names.push(id.to_owned());
                // A volume is asked for by its name, before it has an id.
                names.extend(change.patch.get("name").and_then(Value::as_str).map(str::to_owned));
            }
        }
        Some(Event::Sent(call)) => match (&call.target, call.border) {
            (Some(target), Border::Kubernetes) => {
                let resource = call.method.split_once(' ').map_or("", |(_, resource)| resource);
                roots.push(format!("{}/{target}", resource.split('/').next().unwrap_or_default()));
            }
            (Some(target), _) => names.push(target.clone()),
            (None, _) => {}
        },
        Some(Event::Answered { call: CallId(call), .. } | Event::CallerGone { call: CallId(call) }) if *call < entry => {
            look_into(record, *call, roots, names);
        }
        _ => {}
    }
}

/// The objects, and those that drivers and vCenters know by these names.
fn kin(record: &Record<'_>, mut roots: Vec<String>, names: &[String]) -> Kin {
    let named = |name: &str| names.iter().any(|known| known == name);
    roots.extend(objects(&record.view, "persistentvolumes/", |volume| volume.text(&["spec", "csi", "volumeHandle"]).is_some_and(named)));
    roots.extend(objects(&record.view, "persistentvolumeclaims/", |claim| {
        claim.text(&["metadata", "uid"]).is_some_and(|uid| names.iter().any(|name| name.ends_with(uid)))
    }));
    let mut kin = Kin::of(&record.view, roots);
    for name in names {
        kin.add_name(name);
    }
    if !names.is_empty() {
        kin.add_process("csi-controller");
    }
    kin
}

fn objects(view: &View, prefix: &str, is: impl Fn(&Seen) -> bool) -> Vec<String> {
    view.objects(STORE, prefix).filter(|(_, seen)| is(seen)).map(|(name, _)| format!("{prefix}{name}")).collect()
}
