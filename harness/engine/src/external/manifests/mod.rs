//! What a driver's users apply, read as what a descriptor says.
//!
//! Of the Deployment, StatefulSet or DaemonSet whose container serves CSI (or is told of a cloud's configuration) each container becomes a
//! process: its program by its image's name, its flags and variables as kubelet would tell them, its ConfigMaps and Secrets as files, the
//! socket that the pod shares as the harness's. All other objects are installed. The file that names the vCenters is the scenario's
//! always. What cannot be had so is an error at its place where the driver could not run, otherwise a line of the report.
//!
//! Not kept: users and rights of containers, probes but for that of livenessprobe, limits, on which node a pod runs, several replicas, init containers, and the account
//! of a pod: each process is told a kubeconfig instead, by `KUBECONFIG` and `--kubeconfig`.

mod derived;
mod images;
mod installed;
mod liveness;
mod mounts;
mod objects;
mod pod;
mod processes;
mod variables;
mod wrong;

use std::collections::BTreeMap;

use seatrial_scenario::{ScenarioError, Span};

use super::Subject;
use pod::Pod;
use processes::Processes;

pub(super) use derived::Derived;
pub(super) use images::Images;
pub(super) use objects::Objects;
pub use wrong::ManifestsError;

/// What is told of every pod alike.
const NOT_KEPT: &str = "not kept of its pods: users and rights, other probes than that of livenessprobe, limits, placement; each process is told --kubeconfig and KUBECONFIG, in the place of a pod's account";

/// Derives a driver from its manifests.
///
/// # Errors
/// What stands in the way, each at its place.
pub(super) fn derive(subject: Subject, objects: &Objects, images: &Images<'_>) -> Result<Derived, ManifestsError> {
    let (mut derived, mut errors) = (Derived::default(), Vec::new());
    let mut plays: BTreeMap<&'static str, String> = BTreeMap::new();
    for pod in objects.iter().filter_map(Pod::of) {
        let place = pod.workload.place();
        if pod.is_for_another_system() {
            derived.notes.push(format!("{place}: {} is left out: it is not for Linux", pod.workload));
            continue;
        }
        let mut its_errors = Vec::new();
        let containers = pod.containers(objects, &mut its_errors);
        let Some(driver) = containers.iter().position(|container| container.is(subject)) else {
            derived.notes.push(format!("{place}: {} is left out: {}", pod.workload, is_not(subject)));
            continue;
        };
        errors.extend(its_errors);
        let main = main_process(subject, &pod);
        if let Some(first) = plays.insert(main, place.clone()) {
            let message = format!("{} is a second `{main}`", pod.workload);
            errors.push(*pod.workload.error(message, format!("keep one; the first is at {first}")));
            continue;
        }
        note_pod(&pod, &mut derived.notes);
        let mut processes = Processes { subject, pod: &pod, objects, images, derived: &mut derived, errors: &mut errors };
        processes.of_pod(&containers, driver, main);
    }
    let must = match subject {
        Subject::Csi => "csi-controller",
        Subject::Ccm => "ccm",
    };
    if !plays.contains_key(must) {
        errors.push(*nobody(subject, objects));
    }
    if !errors.is_empty() {
        return Err(ManifestsError::wrong(errors));
    }
    let (installed, left_out) = installed::installed(objects);
    derived.installed = installed;
    derived.notes.extend(left_out);
    derived.notes.push(NOT_KEPT.to_owned());
    Ok(derived)
}

/// What the driver's process is called that a pod has.
fn main_process(subject: Subject, pod: &Pod<'_>) -> &'static str {
    match subject {
        Subject::Csi if pod.on_each_node => "csi-node",
        Subject::Csi => "csi-controller",
        Subject::Ccm => "ccm",
    }
}

fn is_not(subject: Subject) -> &'static str {
    match subject {
        Subject::Csi => "no container of its is told where to serve CSI (CSI_ENDPOINT, --endpoint)",
        Subject::Ccm => "no container of its is told of a cloud (--cloud-config, --cloud-provider)",
    }
}

/// What of a pod is as a pod would not be.
fn note_pod(pod: &Pod<'_>, notes: &mut Vec<String>) {
    let place = pod.workload.place();
    if !pod.on_each_node && pod.replicas() != 1 {
        notes.push(format!("{place}: {} has {} replicas: one is started", pod.workload, pod.replicas()));
    }
    for first in pod.first() {
        notes.push(format!("{}: init container {} is not started", first.place(), first.text("name")));
    }
}

/// No workload is the driver.
fn nobody(subject: Subject, objects: &Objects) -> Box<ScenarioError> {
    let (what, help) = match subject {
        Subject::Csi => {
            ("no Deployment or StatefulSet here serves CSI", "a container that does is told so by CSI_ENDPOINT or --endpoint, as a path")
        }
        Subject::Ccm => {
            ("nothing here is a cloud controller manager", "a container that is one is told --cloud-config or --cloud-provider")
        }
    };
    match objects.iter().find(|object| Pod::of(object.clone()).is_some()).or_else(|| objects.iter().next()) {
        Some(object) => object.error(what, help),
        None => Box::new(ScenarioError::at(Span::default(), what, help)),
    }
}

#[cfg(test)]
mod tests;
