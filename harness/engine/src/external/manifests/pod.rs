//! A workload of a driver's manifests: what its pods are like, and which of its containers is the driver.

use seatrial_scenario::ScenarioError;

use super::objects::{Objects, Part, namespace_of};
use super::variables::{Told, told};
use crate::external::Subject;
use crate::manifest::text;

/// Flags and variables by which a program is told where to serve CSI.
const SERVES_AT: [&str; 3] = ["CSI_ENDPOINT", "--endpoint", "--csi-endpoint"];
/// Flags by which a cloud controller manager is known.
const CCM_FLAGS: [&str; 2] = ["--cloud-config", "--cloud-provider"];

/// The pod of a workload.
pub(super) struct Pod<'m> {
    /// The Deployment, StatefulSet or DaemonSet.
    pub(super) workload: Part<'m>,
    spec: Part<'m>,
    pub(super) namespace: &'m str,
    pub(super) account: &'m str,
    /// Whether there is one on each node.
    pub(super) on_each_node: bool,
}

/// A container, and what it is told.
pub(super) struct Container<'m> {
    pub(super) part: Part<'m>,
    pub(super) told: Vec<Told<'m>>,
}

impl<'m> Pod<'m> {
    /// The pod of an object, if it is one that keeps pods running.
    pub(super) fn of(workload: Part<'m>) -> Option<Self> {
        let on_each_node = match workload.text("kind") {
            "Deployment" | "StatefulSet" => false,
            "DaemonSet" => true,
            _ => return None,
        };
        let spec = workload.part(&["spec", "template", "spec"])?;
        let account = [spec.text("serviceAccountName"), spec.text("serviceAccount"), "default"];
        let account = account.into_iter().find(|name| !name.is_empty()).unwrap_or_default();
        Some(Self { namespace: namespace_of(workload.value), workload, account, spec, on_each_node })
    }

    /// Whether its nodes are none of Linux.
    pub(super) fn is_for_another_system(&self) -> bool {
        let system = self.spec.part(&["nodeSelector", "kubernetes.io/os"]);
        system.is_some_and(|system| system.own_text() != "linux")
    }

    /// Its containers with what they are told; those that come and go before them are left to the caller.
    pub(super) fn containers(&self, objects: &'m Objects, errors: &mut Vec<ScenarioError>) -> Vec<Container<'m>> {
        let containers = self.spec.elements("containers");
        containers.into_iter().map(|part| Container { told: told(&part, self, objects, errors), part }).collect()
    }

    /// What runs before its containers do.
    pub(super) fn first(&self) -> Vec<Part<'m>> {
        self.spec.elements("initContainers")
    }

    /// Its volume of this name.
    pub(super) fn volume(&self, name: &str) -> Option<Part<'m>> {
        self.spec.elements("volumes").into_iter().find(|volume| volume.text("name") == name)
    }

    /// What its pod would be called.
    pub(super) fn name(&self) -> String {
        format!("{}-0", text(self.workload.value, "/metadata/name"))
    }

    /// How many of it there would be.
    pub(super) fn replicas(&self) -> u64 {
        self.workload.part(&["spec", "replicas"]).and_then(|replicas| replicas.value.as_u64()).unwrap_or(1)
    }
}

impl<'m> Container<'m> {
    pub(super) fn name(&self) -> &'m str {
        self.part.text("name")
    }

    /// Whether it is the driver.
    pub(super) fn is(&self, subject: Subject) -> bool {
        match subject {
            Subject::Csi => self.serves_at().is_some(),
            Subject::Ccm => self.told.iter().any(|told| told.is_flag() && CCM_FLAGS.iter().any(|flag| told.is(flag))),
        }
    }

    /// The path at which it serves CSI, if it does.
    pub(super) fn serves_at(&self) -> Option<&str> {
        let place = self.told.iter().position(|told| SERVES_AT.iter().any(|word| told.is(word)))?;
        let told = &self.told[place];
        // The value of a flag may be the next argument.
        let endpoint = if told.is_flag() && !told.text.contains('=') { &self.told.get(place + 1)?.text } else { told.value() };
        let path = ["unix://", "unix:"].iter().find_map(|scheme| endpoint.strip_prefix(scheme)).unwrap_or(endpoint);
        Some(path).filter(|path| path.starts_with('/'))
    }

    /// The version that its image's tag names, if it names one: `v4.12.0`.
    pub(super) fn version(&self) -> Option<&'m str> {
        let name = self.part.text("image");
        let (_, tag) = name.split_once('@').map_or(name, |(name, _)| name).rsplit('/').next()?.split_once(':')?;
        tag.strip_prefix('v').filter(|number| number.starts_with(|letter: char| letter.is_ascii_digit())).map(|_| tag)
    }

    /// The last part of its image's name: `registry.k8s.io/sig-storage/csi-attacher:v4` is `csi-attacher`.
    pub(super) fn image(&self) -> &'m str {
        let name = self.part.text("image");
        let name = name.split_once('@').map_or(name, |(name, _)| name);
        let last = name.rsplit('/').next().unwrap_or(name);
        last.split_once(':').map_or(last, |(last, _)| last)
    }
}
