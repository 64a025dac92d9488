//! What is done to workloads: made, written to, scaled, grown, drained, backed up, restored, removed.

use super::super::workload::{self, Wish, Workload, one_of};
use super::super::world::ABSENT;
use super::draft::{Operation, PATIENCE, Snapshot, Story, gone, reads, ready, step};
use super::machines::STORM;
use crate::document::Tree;

/// At most so many snapshots of a claim; vSphere takes three unless it is told otherwise.
const SNAPSHOTS: usize = 2;
/// What a machine has room for: four controllers of fifteen disks, but for the one that it starts from.
const SLOTS: usize = 59;
/// At most so many workloads are there at a time.
pub(super) const WORKLOADS: usize = 3;

impl Story<'_> {
    pub(super) fn new_workload(&mut self) -> Operation {
        let number = self.number();
        let workload = Workload::draw(number, self.world, &mut self.draws);
        self.apply(workload)
    }

    pub(super) fn apply(&mut self, workload: Workload) -> Operation {
        let path = format!("manifests/{}.yaml", workload.name);
        self.manifests.insert(path.clone(), workload.manifest());
        let acts = vec![step(&format!("apply: {path}"))];
        let mut rests = vec![ready(&workload)];
        rests.extend(reads(&workload));
        self.workloads.push(workload);
        Operation { acts, rests, alone: false }
    }

    pub(super) fn write(&mut self) -> Option<Operation> {
        let place = self.choose(|workload| workload.replicas > 0)?;
        let (number, pod) = (self.number(), self.draws.below(self.workloads[place].replicas as u64));
        let workload = &mut self.workloads[place];
        let pod = usize::try_from(pod).unwrap_or(0);
        let text = format!("written as number {number}");
        workload.written[pod] = Some(text.clone());
        let (name, path) = (workload.pod(pod), workload.path());
        // The pod is there: nothing is away while it is written.
        self.steps.push(step(&format!("write: {{pod: {name}, path: {path}, text: \"{text}\"}}")));
        Some(Operation { acts: vec![step("sleep: 1s")], rests: reads(&self.workloads[place]), alone: false })
    }

    pub(super) fn scale(&mut self) -> Option<Operation> {
        let place = self.choose(|workload| workload.is_set)?;
        let to = usize::try_from(self.draws.below(4)).unwrap_or(0);
        let workload = &mut self.workloads[place];
        let from = std::mem::replace(&mut workload.replicas, to);
        workload.claims = workload.claims.max(to);
        workload.written.resize(workload.claims, None);
        let acts = vec![step(&format!("scale: {{{}: {to}}}", workload.object()))];
        let mut rests: Vec<Tree> = (to..from).map(|pod| gone(&format!("pod/{}", workload.pod(pod)))).collect();
        rests.push(ready(workload));
        rests.extend(reads(workload));
        Some(Operation { acts, rests, alone: false })
    }

    pub(super) fn grow(&mut self) -> Option<Operation> {
        let place = self.choose(|workload| workload.snapshots == 0 && workload.replicas == workload.claims && workload.gibibytes < 5)?;
        let workload = &mut self.workloads[place];
        workload.gibibytes += 1;
        let object = if workload.is_set { workload.object() } else { format!("persistentvolumeclaim/{}", workload.claim(0)) };
        let size = workload.gibibytes;
        let acts = vec![step(&format!("resize: {{{object}: {size}Gi}}"))];
        let rests =
            (0..workload.claims).map(|claim| step(&format!("expect: {{sizes-of: {}, all: {size}Gi}}", workload.claim(claim)))).collect();
        Some(Operation { acts, rests, alone: false })
    }

    pub(super) fn delete_pod(&mut self) -> Option<Operation> {
        let place = self.choose(|workload| workload.is_set && workload.replicas > 0)?;
        let pod = self.draws.below(self.workloads[place].replicas as u64);
        let workload = &self.workloads[place];
        let acts = vec![step(&format!("delete: {{object: pod/{}, wait: false}}", workload.pod(usize::try_from(pod).unwrap_or(0))))];
        let mut rests = vec![ready(workload)];
        rests.extend(reads(workload));
        Some(Operation { acts, rests, alone: false })
    }

    pub(super) fn drain(&mut self) -> Option<Operation> {
        let node = self.spare_node()?;
        let acts = vec![step(&format!("drain: {{node: {}, within: {PATIENCE}}}", node.name))];
        let mut rests: Vec<Tree> = self.workloads.iter().map(ready).collect();
        rests.push(step(&format!("uncordon: {}", node.name)));
        rests.extend(self.workloads.iter().flat_map(reads));
        // A drain waits for its end, and an outage's end would wait for the drain.
        Some(Operation { acts, rests, alone: true })
    }

    pub(super) fn snapshot(&mut self) -> Option<Operation> {
        if self.world.encrypted || self.world.vcenters.iter().any(|(_, version)| *version == "7.0.3") {
            return None;
        }
        let place = self.choose(|workload| !workload.block && workload.replicas > 0 && workload.snapshots < SNAPSHOTS)?;
        let name = format!("snapshot-{}", self.number());
        let workload = &mut self.workloads[place];
        workload.snapshots += 1;
        let path = format!("manifests/{name}.yaml");
        self.manifests.insert(path.clone(), snapshot(&name, &workload.claim(0)));
        self.snapshots.push(Snapshot { name: name.clone(), workload: workload.name.clone(), held: workload.written[0].clone() });
        self.has_snapshots = true;
        let rests = vec![step(&format!("wait: {{volumesnapshot/{name}: ready, within: {PATIENCE}}}"))];
        Some(Operation { acts: vec![step(&format!("apply: {path}"))], rests, alone: false })
    }

    /// A volume of the last snapshot, which holds what its claim held; or the snapshot's end.
    pub(super) fn restore_or_forget(&mut self) -> Option<Operation> {
        let Snapshot { name, workload, held } = self.snapshots.last().cloned()?;
        let place = self.workloads.iter().position(|known| known.name == workload)?;
        if self.workloads.len() < WORKLOADS && self.draws.chance(1, 2) {
            let number = self.number();
            let restored = self.workloads[place].restored_of(number, &name, held);
            return Some(self.apply(restored));
        }
        self.snapshots.pop();
        self.workloads[place].snapshots -= 1;
        let acts = vec![step(&format!("delete: {{object: volumesnapshot/{name}, wait: false}}"))];
        Some(Operation { acts, rests: vec![gone(&format!("volumesnapshot/{name}"))], alone: false })
    }

    /// A workload with its claims, and nothing may be left.
    pub(super) fn remove(&mut self) -> Option<Operation> {
        // To detach and delete the disks of a storm takes a vCenter longer than is allowed for one.
        let place = self.choose(|workload| workload.snapshots == 0 && workload.claims <= STORM)?;
        let workload = self.workloads.remove(place);
        let mut acts = vec![step(&format!("delete: {{object: {}, wait: false}}", workload.object()))];
        let claims = (0..workload.claims).map(|claim| workload.claim(claim));
        acts.extend(claims.map(|claim| step(&format!("delete: {{object: persistentvolumeclaim/{claim}, wait: false}}"))));
        let rests = (0..workload.claims).map(|claim| gone(&format!("persistentvolumeclaim/{}", workload.claim(claim)))).collect();
        if workload.retains() {
            self.retained += workload.claims;
        }
        Some(Operation { acts, rests, alone: false })
    }

    /// A claim that cannot be given a volume, whose user must learn why.
    pub(super) fn refused(&mut self) -> Operation {
        let number = self.number();
        let (wish, why) = if self.world.misconfigured {
            (Wish::Disk, Some(ABSENT))
        } else {
            one_of(&[(Wish::ManyWriters, None), (Wish::ByLabels, Some("claim Selector is not supported"))], &mut self.draws)
        };
        let (path, manifest) = (format!("manifests/claim-{number}.yaml"), workload::claim_alone(number, wish));
        self.manifests.insert(path.clone(), manifest);
        let claim = format!("persistentvolumeclaim/claim-{number}");
        let acts = vec![step(&format!("apply: {path}"))];
        let text = why.map_or(String::new(), |why| format!(", text: {why}"));
        let mut told = step(&format!("expect: {{event: ProvisioningFailed, of: {claim}{text}}}"));
        told.set("within", Tree::plain("10m"));
        Operation { acts, rests: vec![told, step(&format!("delete: {claim}"))], alone: true }
    }

    /// A set that comes up at once and nearly fills its nodes; or more of it than one node has room for, while that takes pods alone.
    pub(super) fn storm(&mut self) -> Operation {
        let number = self.number();
        let workload = Workload::draw(number, self.world, &mut self.draws);
        match self.world.nodes.as_slice() {
            [_, other] if self.draws.chance(1, 2) => self.crowd(workload.into_storm(SLOTS + 5), &other.name),
            nodes => self.apply(workload.into_storm(24 * nodes.len())),
        }
    }

    /// A set comes up while this node takes no pods, and then it does: those that had no room elsewhere come here.
    fn crowd(&mut self, workload: Workload, other: &str) -> Operation {
        let mut operation = self.apply(workload);
        operation.acts.insert(0, step(&format!("cordon: {other}")));
        operation.acts.extend([step("sleep: 30m"), step(&format!("uncordon: {other}"))]);
        Operation { alone: true, ..operation }
    }
}

fn snapshot(name: &str, claim: &str) -> String {
    format!(
        "apiVersion: snapshot.storage.k8s.io/v1\nkind: VolumeSnapshotClass\nmetadata:\n  name: class-of-{name}\ndriver: \
         csi.vsphere.vmware.com\ndeletionPolicy: Delete\n---\napiVersion: snapshot.storage.k8s.io/v1\nkind: VolumeSnapshot\nmetadata:\n  \
         name: {name}\nspec:\n  volumeSnapshotClassName: class-of-{name}\n  source: {{persistentVolumeClaimName: {claim}}}\n"
    )
}
