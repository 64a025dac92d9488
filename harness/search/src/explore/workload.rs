//! Workloads of an explored scenario, and their manifests.

use seatrial_seed::Generator;

use super::world::World;

/// One of some things.
pub(super) fn one_of<T: Clone>(things: &[T], draws: &mut Generator) -> T {
    things[usize::try_from(draws.below(things.len() as u64)).unwrap_or(0)].clone()
}

/// A storage class.
#[derive(Clone, Debug)]
pub(super) struct Class {
    name: String,
    waits: bool,
    retains: bool,
    policy: Option<&'static str>,
    file_system: Option<&'static str>,
}

/// A StatefulSet with a claim for each pod, or a pod with one claim.
#[derive(Clone, Debug)]
pub(super) struct Workload {
    pub(super) name: String,
    pub(super) is_set: bool,
    pub(super) block: bool,
    /// How many pods it wants; of a set only.
    pub(super) replicas: usize,
    /// How many claims there are by now.
    pub(super) claims: usize,
    pub(super) gibibytes: u64,
    /// What each claim's volume holds, by its number.
    pub(super) written: Vec<Option<String>>,
    /// Whether snapshots were taken of it: such volumes do not grow.
    pub(super) snapshots: usize,
    parallel: bool,
    zone: Option<String>,
    class: Class,
    /// The snapshot that its volume is made of.
    restored: Option<String>,
}

impl Workload {
    pub(super) fn draw(number: usize, world: &World, draws: &mut Generator) -> Self {
        let is_set = draws.chance(2, 3);
        let policy = if world.encrypted {
            Some("secret")
        } else if world.policy && draws.chance(1, 2) {
            Some("gold")
        } else {
            None
        };
        let block = draws.chance(1, 5);
        let class = Class {
            name: format!("class-{number}"),
            waits: draws.chance(1, 2) || world.has_zones(),
            retains: draws.chance(1, 8),
            policy,
            file_system: (!block && draws.chance(1, 4)).then_some("xfs"),
        };
        let zones = world.zones();
        let zone = (!zones.is_empty() && draws.chance(1, 2)).then(|| one_of(&zones, draws).to_owned());
        let replicas = if is_set { 1 + usize::try_from(draws.below(3)).unwrap_or(0) } else { 1 };
        let name = if is_set { format!("set-{number}") } else { format!("pod-{number}") };
        Self {
            name,
            is_set,
            block,
            replicas,
            claims: replicas,
            gibibytes: 1,
            written: vec![None; replicas],
            snapshots: 0,
            parallel: is_set && draws.chance(1, 2),
            zone,
            class,
            restored: None,
        }
    }

    /// A pod with a volume that is made of a snapshot of this one's claim, which held this.
    pub(super) fn restored_of(&self, number: usize, snapshot: &str, held: Option<String>) -> Self {
        Self {
            name: format!("pod-{number}"),
            is_set: false,
            replicas: 1,
            claims: 1,
            written: vec![held],
            snapshots: 0,
            parallel: false,
            // The snapshot draws the volume to where it is, and the volume its pod.
            class: Class { name: format!("class-{number}"), waits: false, retains: false, ..self.class.clone() },
            restored: Some(snapshot.to_owned()),
            ..self.clone()
        }
    }

    /// The same as a set of so many pods that all come up at once.
    pub(super) fn into_storm(self, replicas: usize) -> Self {
        let name = self.name.replace("pod-", "set-");
        Self { name, is_set: true, replicas, claims: replicas, written: vec![None; replicas], parallel: true, ..self }
    }

    pub(super) fn retains(&self) -> bool {
        self.class.retains
    }

    pub(super) fn pod(&self, number: usize) -> String {
        if self.is_set { format!("{}-{number}", self.name) } else { self.name.clone() }
    }

    pub(super) fn claim(&self, number: usize) -> String {
        if self.is_set { format!("data-{}-{number}", self.name) } else { format!("data-{}", self.name) }
    }

    /// As steps name it.
    pub(super) fn object(&self) -> String {
        format!("{}/{}", if self.is_set { "statefulset" } else { "pod" }, self.name)
    }

    pub(super) fn path(&self) -> &'static str {
        if self.block { "/dev/disk" } else { "/data/proof" }
    }

    /// Its manifest.
    pub(super) fn manifest(&self) -> String {
        format!("{}---\n{}", self.class.manifest(), if self.is_set { self.set() } else { self.alone() })
    }

    fn claim_spec(&self, indent: &str) -> String {
        let mut lines = vec!["accessModes: [ReadWriteOnce]".to_owned()];
        if self.block {
            lines.push("volumeMode: Block".to_owned());
        }
        lines.push(format!("storageClassName: {}", self.class.name));
        if let Some(snapshot) = &self.restored {
            lines.push(format!("dataSource: {{apiGroup: snapshot.storage.k8s.io, kind: VolumeSnapshot, name: {snapshot}}}"));
        }
        lines.push(format!("resources: {{requests: {{storage: {}Gi}}}}", self.gibibytes));
        lines.iter().map(|line| format!("{indent}{line}\n")).collect()
    }

    fn pod_spec(&self, indent: &str) -> String {
        let device = if self.block {
            "volumeDevices: [{name: data, devicePath: /dev/disk}]"
        } else {
            "volumeMounts: [{name: data, mountPath: /data}]"
        };
        let mut lines = vec!["terminationGracePeriodSeconds: 10".to_owned()];
        if let Some(zone) = &self.zone {
            lines.push(format!("nodeSelector: {{topology.kubernetes.io/zone: {zone}}}"));
        }
        lines.push(format!("containers: [{{name: app, image: \"registry.k8s.io/pause:3.10\", {device}}}]"));
        lines.iter().map(|line| format!("{indent}{line}\n")).collect()
    }

    fn set(&self) -> String {
        let (name, policy) = (&self.name, if self.parallel { "  podManagementPolicy: Parallel\n" } else { "" });
        format!(
            "apiVersion: apps/v1\nkind: StatefulSet\nmetadata:\n  name: {name}\nspec:\n  serviceName: {name}\n  replicas: {}\n{policy}  selector:\n    \
             matchLabels: {{app: {name}}}\n  template:\n    metadata:\n      labels: {{app: {name}}}\n    spec:\n{}  volumeClaimTemplates:\n    \
             - metadata: {{name: data}}\n      spec:\n{}",
            self.replicas,
            self.pod_spec("      "),
            self.claim_spec("        "),
        )
    }

    fn alone(&self) -> String {
        let (name, claim) = (&self.name, self.claim(0));
        format!(
            "apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata:\n  name: {claim}\nspec:\n{}---\napiVersion: v1\nkind: Pod\nmetadata:\n  \
             name: {name}\nspec:\n{}  volumes: [{{name: data, persistentVolumeClaim: {{claimName: {claim}}}}}]\n",
            self.claim_spec("  "),
            self.pod_spec("  "),
        )
    }
}

/// What a claim asks for that no pod uses.
#[derive(Clone, Copy, Debug)]
pub(super) enum Wish {
    /// A disk.
    Disk,
    /// A file system for the pods of many nodes, which no disk can be.
    ManyWriters,
    /// A volume by its labels, of a class that makes volumes.
    ByLabels,
}

/// The manifest of a claim that no pod uses, with its class.
pub(super) fn claim_alone(number: usize, wish: Wish) -> String {
    let (mode, selector) = match wish {
        Wish::Disk => ("ReadWriteOnce", ""),
        Wish::ManyWriters => ("ReadWriteMany", ""),
        Wish::ByLabels => ("ReadWriteOnce", "  selector: {matchLabels: {purpose: ledger}}\n"),
    };
    let class = Class { name: format!("class-{number}"), waits: false, retains: false, policy: None, file_system: None };
    format!(
        "{}---\napiVersion: v1\nkind: PersistentVolumeClaim\nmetadata:\n  name: claim-{number}\nspec:\n  accessModes: [{mode}]\n{selector}  \
         storageClassName: {}\n  resources: {{requests: {{storage: 1Gi}}}}\n",
        class.manifest(),
        class.name,
    )
}

impl Class {
    fn manifest(&self) -> String {
        let mut parameters = Vec::new();
        parameters.extend(self.policy.map(|policy| format!("  storagepolicyname: {policy}\n")));
        parameters.extend(self.file_system.map(|kind| format!("  csi.storage.k8s.io/fstype: {kind}\n")));
        let parameters = if parameters.is_empty() { String::new() } else { format!("parameters:\n{}", parameters.concat()) };
        format!(
            "apiVersion: storage.k8s.io/v1\nkind: StorageClass\nmetadata:\n  name: {}\nprovisioner: csi.vsphere.vmware.com\nreclaimPolicy: \
             {}\nvolumeBindingMode: {}\nallowVolumeExpansion: true\n{parameters}",
            self.name,
            if self.retains { "Retain" } else { "Delete" },
            if self.waits { "WaitForFirstConsumer" } else { "Immediate" },
        )
    }
}
