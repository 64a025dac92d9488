//! The containers of a driver's pod as processes.

use std::collections::BTreeMap;

use seatrial_scenario::ScenarioError;

use super::derived::Derived;
use super::images::{Found, Images, Known};
use super::liveness;
use super::mounts::Mounts;
use super::objects::Objects;
use super::pod::{Container, Pod};
use crate::external::model::{Account, Liveness, READY_WITHIN};
use crate::external::{Program, Sidecar, Subject};

/// What stands for the kubeconfig of the process's account.
const KUBECONFIG: &str = "${kubeconfig}";

/// Makes processes of the containers of one pod.
pub(super) struct Processes<'d, 'm> {
    pub(super) subject: Subject,
    pub(super) pod: &'d Pod<'m>,
    pub(super) objects: &'m Objects,
    pub(super) images: &'d Images<'d>,
    pub(super) derived: &'d mut Derived,
    pub(super) errors: &'d mut Vec<ScenarioError>,
}

impl<'m> Processes<'_, 'm> {
    /// All of them; one is the driver, and is called `main`.
    pub(super) fn of_pod(&mut self, containers: &[Container<'m>], driver: usize, main: &'static str) {
        let mounts: Vec<Mounts<'m>> = containers.iter().map(|container| self.mounts(container)).collect();
        let socket = containers[driver].serves_at().and_then(|path| mounts[driver].locate(path));
        let started: Vec<bool> = (0..containers.len()).map(|place| place == driver || self.is_started(&containers[place])).collect();
        for (place, container) in containers.iter().enumerate().filter(|(place, _)| started[*place]) {
            let others = (0..containers.len()).filter(|other| *other != place && started[*other]);
            let shared = others.flat_map(|other| mounts[other].volumes()).map(str::to_owned).collect();
            let mut mounts = self.mounts(container);
            mounts.share(socket.clone(), if place == driver { "${socket}" } else { "${controller-socket}" }, shared);
            let name = if place == driver { main } else { container.name() };
            let liveness = if place == driver { liveness::of(container, containers) } else { None };
            self.one(container, mounts, name, liveness);
        }
    }

    fn mounts(&self, container: &Container<'m>) -> Mounts<'m> {
        Mounts::of(&container.part, self.pod, self.objects, self.subject)
    }

    /// Whether a container beside the driver becomes a process or a sidecar here; of those that do not it is said why.
    fn is_started(&mut self, container: &Container<'m>) -> bool {
        let why_not = match Known::of(container.image()) {
            Known::Needless(why) => why,
            _ if self.pod.on_each_node && self.subject == Subject::Csi => "on nodes only the plugin is started",
            _ => return true,
        };
        self.derived.notes.push(format!("{}: container {} is not started: {why_not}", container.part.place(), container.name()));
        false
    }

    /// One container.
    fn one(&mut self, container: &Container<'m>, mut mounts: Mounts<'m>, name: &str, liveness: Option<Liveness>) {
        let (mut arguments, mut environment) = (Vec::new(), BTreeMap::new());
        for told in &container.told {
            match (mounts.translated(told), &told.variable) {
                (Ok(text), Some(variable)) => drop(environment.insert(variable.clone(), text)),
                (Ok(text), None) => arguments.push(text),
                (Err(error), _) => self.errors.push(*error),
            }
        }
        for (part, what) in mounts.unmentioned() {
            self.derived.notes.push(format!(
                "{}: container {} will not find {what}, of which nothing tells it",
                part.place(),
                container.name()
            ));
        }
        let known = match Known::of(container.image()) {
            Known::Sidecar(sidecar) if self.subject == Subject::Csi => Some(sidecar),
            _ => None,
        };
        if let Some(sidecar) = known.filter(|_| self.images.is_ours(container)) {
            self.ours(sidecar, container, arguments);
            return;
        }
        match self.images.program(container) {
            Ok(Found { program, image }) => {
                self.derived.replaces.extend(known);
                let account = Account { namespace: self.pod.namespace.to_owned(), name: self.pod.account.to_owned() };
                let process = name.to_owned();
                self.derived.versions.extend(container.version().map(|version| (process.clone(), version.to_owned())));
                tell_who_it_is(&mut arguments, &mut environment, self.pod.namespace);
                self.derived.processes.push(Program {
                    process,
                    program,
                    image,
                    account,
                    arguments,
                    environment,
                    files: mounts.files,
                    ready_within_seconds: READY_WITHIN,
                    liveness,
                });
            }
            Err(error) => self.errors.push(*error),
        }
    }

    /// The harness's own sidecar in a container's place, with its flags.
    fn ours(&mut self, sidecar: Sidecar, container: &Container<'m>, arguments: Vec<String>) {
        let flags = arguments.into_iter().filter(|argument| !argument.contains("${")).collect();
        self.derived.notes.push(format!(
            "{}: the harness's own {sidecar} stands for container {}",
            container.part.place(),
            container.name()
        ));
        self.derived.sidecars.insert(sidecar, flags);
    }
}

/// Who a process is in Kubernetes, which its pod's account would tell it.
fn tell_who_it_is(arguments: &mut Vec<String>, environment: &mut BTreeMap<String, String>, namespace: &str) {
    let mut is_value = false;
    arguments.retain(|argument| {
        let names = std::mem::take(&mut is_value) || argument.trim_start_matches('-').starts_with("kubeconfig");
        is_value = argument.trim_start_matches('-') == "kubeconfig";
        !names
    });
    arguments.push(format!("--kubeconfig={KUBECONFIG}"));
    environment.insert("KUBECONFIG".to_owned(), KUBECONFIG.to_owned());
    // Where it holds leases; a pod reads that from a file.
    environment.entry("POD_NAMESPACE".to_owned()).or_insert_with(|| namespace.to_owned());
}
