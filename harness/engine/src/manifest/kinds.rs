//! Kinds that the API server does not serve: misspelt, not declared yet, or an API that this world does not have.
//!
//! What is misspelt is wrong. What belongs to an API of Kubernetes that there is elsewhere (a group that ends in `.k8s.io`) is lacking
//! here: nobody failed. What belongs to a group of somebody's own must be declared by a definition first, by a manifest or by a
//! driver; where that is not known beforehand, the API server is asked when the world has come up.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use seatrial_kubernetes::dry_cluster::{DryCluster, split};
use seatrial_kubernetes::schema::Way;
use seatrial_scenario::{ObjectKind, Scenario, ScenarioError, nearest};
use serde_json::Value;

use super::beforehand::Beforehand;
use super::file::{File, Mark, text};
use super::manifests::Manifests;
use super::names;
use crate::mode::Mode;

/// Groups of definitions that our drivers make themselves when they start.
const DECLARED_BY_DRIVERS: [&str; 1] = ["cns.vmware.com"];

/// A kind that a scenario needs and the embedded API server does not serve.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Unserved {
    /// `snapshot.storage.k8s.io/v1`
    pub(crate) api_version: String,
    /// `VolumeSnapshot`
    pub(crate) kind: String,
    /// Where it is named: `manifests/backup.yaml:12`.
    pub(crate) place: String,
    /// Whether only the running API server knows.
    pub(crate) unsure: bool,
}

enum Why {
    /// It is written wrongly; what to do.
    Misspelt(String),
    /// Nobody declares it.
    Undeclared,
    /// It is an API that the world lacks.
    Lacking,
    /// The running API server knows.
    Unsure,
}

/// Kinds in a manifest that cannot be served by any means, as errors at their places.
pub(super) fn misspelt(file: &File, applied: &[&File], beforehand: &Beforehand) -> Vec<ScenarioError> {
    let cluster = with_definitions(applied, beforehand);
    let wrong = |(place, object): (usize, &Value)| {
        let (api_version, kind) = (text(object, "/apiVersion"), text(object, "/kind"));
        let help = match why(&cluster, beforehand, api_version, kind)? {
            Why::Misspelt(help) => help,
            Why::Undeclared => format!("apply the CustomResourceDefinition that declares {kind} before it"),
            Why::Lacking | Why::Unsure => return None,
        };
        let message = format!("the API server does not serve {kind} of {api_version}");
        Some(file.error(place, &Way::default().member("kind"), Mark::Value, message, help))
    };
    file.objects().iter().enumerate().filter_map(wrong).collect()
}

/// Kinds that manifests and steps name and that the world lacks, or may lack.
pub(crate) fn unserved(scenario: &Scenario, manifests: &Manifests, mode: &Mode) -> Vec<Unserved> {
    let mut named = named(scenario, manifests);
    // Most scenarios name none: nothing more is looked at for each of their runs.
    named.retain(|(kind, _)| !BUILT_IN.contains(kind));
    if named.is_empty() {
        return Vec::new();
    }
    let beforehand = Beforehand::of(scenario, mode);
    let cluster = with_definitions(&manifests.applied(scenario), &beforehand);
    let mut found = Vec::new();
    for ((api_version, kind), place) in named {
        let unsure = match why(&cluster, &beforehand, &api_version, &kind) {
            Some(Why::Lacking) => false,
            Some(Why::Unsure) => true,
            _ => continue,
        };
        found.push(Unserved { api_version, kind, place, unsure });
    }
    found
}

/// The kinds that the embedded API server has from its first day.
static BUILT_IN: LazyLock<BTreeSet<(String, String)>> =
    LazyLock::new(|| DryCluster::default().kinds().map(|(api_version, kind)| (api_version, kind.to_owned())).collect());

/// All kinds, as apiVersion and kind, that manifests and steps name, each with the place where it is named first, in that order.
fn named(scenario: &Scenario, manifests: &Manifests) -> Vec<((String, String), String)> {
    let (mut named, mut seen) = (Vec::new(), BTreeSet::new());
    let mut note = |kind: (String, String), place: &dyn Fn() -> String| {
        if seen.insert(kind.clone()) {
            named.push((kind, place()));
        }
    };
    for file in manifests.applied(scenario) {
        for (place, object) in file.objects().iter().enumerate() {
            let kind = (text(object, "/apiVersion").to_owned(), text(object, "/kind").to_owned());
            note(kind, &|| file.place(place));
        }
    }
    for step in &scenario.steps {
        // What a driver declares is there when the driver is: a step that names it waits for that, or fails.
        if let Some(name) = names::object_of(&step.action).filter(|name| name.kind != ObjectKind::CsiNodeTopology) {
            let served = name.kind.served();
            let group = if served.group.is_empty() { String::new() } else { format!("{}/", served.group) };
            let place = || format!("{}:{}", scenario.file_name(), scenario.locate(name.span).0);
            note((format!("{group}{}", served.version), served.kind.to_owned()), &place);
        }
    }
    named
}

/// What is served when all has been applied.
fn with_definitions(applied: &[&File], beforehand: &Beforehand) -> DryCluster {
    let mut cluster = beforehand.dry_cluster();
    applied.iter().flat_map(|file| file.objects()).for_each(|object| cluster.add(object));
    cluster
}

fn why(cluster: &DryCluster, beforehand: &Beforehand, api_version: &str, kind: &str) -> Option<Why> {
    if cluster.served(api_version, kind).is_some() {
        return None;
    }
    let (group, _) = split(api_version);
    let known = cluster.groups();
    let served: Vec<(String, &str)> = cluster.kinds().collect();
    let elsewhere = served.iter().filter(|(_, there)| *there == kind);
    let near_group = nearest(group, known.iter().copied().filter(|known| !known.is_empty()));
    if known.contains(group) || near_group.is_some() || LEFT.contains(&group) {
        let in_group = served.iter().filter(|(there, _)| known.contains(group) && split(there).0 == group);
        if let Some((api_version, _)) = elsewhere.clone().next() {
            return Some(Why::Misspelt(format!("{kind} is served as {api_version}")));
        }
        if let Some(near) = nearest(kind, in_group.clone().map(|(_, kind)| *kind)) {
            return Some(Why::Misspelt(format!("did you mean `{near}`?")));
        }
        if beforehand.real {
            return Some(Why::Unsure);
        }
        if let Some(near) = near_group.filter(|_| !known.contains(group)) {
            return Some(Why::Misspelt(format!("did you mean `{near}`?")));
        }
        let kinds: Vec<&str> = in_group.map(|(_, kind)| *kind).collect();
        return Some(Why::Misspelt(format!("of {api_version} there are {}", kinds.join(", "))));
    }
    let someones = !group.ends_with(".k8s.io");
    let declared = beforehand.foreign_driver || DECLARED_BY_DRIVERS.contains(&group);
    Some(match (beforehand.real, someones) {
        (true, _) => Why::Unsure,
        (false, true) if declared => Why::Unsure,
        (false, true) => Why::Undeclared,
        (false, false) => Why::Lacking,
    })
}

/// Groups that Kubernetes has left: what was in them is in others now.
const LEFT: [&str; 1] = ["extensions"];
