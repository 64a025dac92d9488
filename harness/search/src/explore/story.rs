//! What is done in an explored scenario, and what must be so at each rest.

use std::collections::BTreeMap;

use seatrial_seed::Generator;

use super::trouble::Outage;
use super::workload::{Workload, one_of};
use super::world::World;
use crate::document::{self, Tree};
use crate::sweep::BEFORE_THE_END;

/// How long anything may take.
const PATIENCE: &str = "1h";
/// At most so many workloads are there at a time.
const WORKLOADS: usize = 3;
/// At most so many snapshots of a claim; vSphere takes three unless it is told otherwise.
const SNAPSHOTS: usize = 2;

/// A snapshot that is there.
#[derive(Clone, Debug)]
struct Snapshot {
    name: String,
    workload: String,
    /// What its claim held when it was taken.
    held: Option<String>,
}

/// What is done at once, and what must be so when it is over.
#[derive(Default)]
struct Operation {
    acts: Vec<Tree>,
    rests: Vec<Tree>,
}

/// A scenario while it is drawn.
pub(super) struct Story<'a> {
    world: &'a World,
    draws: Generator,
    workloads: Vec<Workload>,
    snapshots: Vec<Snapshot>,
    /// How many volumes there are whose claims are gone.
    retained: usize,
    has_snapshots: bool,
    numbers: usize,
    steps: Vec<Tree>,
    manifests: BTreeMap<String, String>,
}

fn step(text: &str) -> Tree {
    // What is written here is YAML; a test draws many.
    document::read(text).ok().and_then(|documents| documents.into_iter().next()).unwrap_or_else(|| Tree::plain(text))
}

impl<'a> Story<'a> {
    pub(super) fn new(world: &'a World, draws: Generator) -> Self {
        Self {
            world,
            draws,
            workloads: Vec::new(),
            snapshots: Vec::new(),
            retained: 0,
            has_snapshots: false,
            numbers: 0,
            steps: Vec::new(),
            manifests: BTreeMap::new(),
        }
    }

    /// The steps, the manifests, how many volumes there are at the end, and how many snapshots, if there ever was one.
    pub(super) fn end(mut self) -> (Vec<Tree>, BTreeMap<String, String>, usize, Option<usize>) {
        self.steps.push(step(&format!("sleep: {BEFORE_THE_END}")));
        let volumes = self.retained + self.workloads.iter().map(|workload| workload.claims).sum::<usize>();
        let snapshots = self.has_snapshots.then_some(self.snapshots.len());
        (self.steps, self.manifests, volumes, snapshots)
    }

    /// Draws what is done: a workload or two, then this and that, some of it while something is away.
    pub(super) fn tell(&mut self) {
        let first = self.new_workload();
        self.perform(vec![first]);
        for _ in 0..3 + self.draws.below(5) {
            let mut operations = vec![self.something()];
            if self.draws.chance(1, 4) {
                operations.push(self.new_or_nothing());
            }
            self.perform(operations);
        }
    }

    /// Writes what is done, with an outage around it in one of three cases, and then what must be so.
    fn perform(&mut self, operations: Vec<Operation>) {
        let outage = self.draws.chance(1, 3).then(|| Outage::draw(self.world, &mut self.draws));
        let mut acts: Vec<Tree> = Vec::new();
        let mut ends = None;
        if let Some(outage) = outage {
            acts.push(outage.begins);
            ends = outage.ends;
        }
        let (all, rests): (Vec<Vec<Tree>>, Vec<Vec<Tree>>) =
            operations.into_iter().map(|operation| (operation.acts, operation.rests)).unzip();
        acts.extend(all.into_iter().flatten());
        if let Some(ends) = ends {
            acts.push(step(&format!("sleep: {}", one_of(&["10s", "1m", "2m"], &mut self.draws))));
            acts.push(ends);
        }
        let last = acts.len().saturating_sub(1);
        for (place, mut act) in acts.into_iter().enumerate() {
            // The world is at rest again when all of it is done.
            if place < last && act.get("sleep").is_none() {
                act.set("settle", Tree::plain("false"));
            }
            self.steps.push(act);
        }
        self.steps.extend(rests.into_iter().flatten());
    }

    fn something(&mut self) -> Operation {
        for _ in 0..20 {
            let operation = match self.draws.below(10) {
                0 | 1 => self.write(),
                2 | 3 => self.scale(),
                4 => self.grow(),
                5 => self.delete_pod(),
                6 => self.drain(),
                7 => self.snapshot(),
                8 => self.restore_or_forget(),
                _ => self.remove(),
            };
            if let Some(operation) = operation {
                return operation;
            }
        }
        self.new_or_nothing()
    }

    fn new_or_nothing(&mut self) -> Operation {
        if self.workloads.len() < WORKLOADS { self.new_workload() } else { Operation::default() }
    }

    fn number(&mut self) -> usize {
        self.numbers += 1;
        self.numbers
    }

    fn new_workload(&mut self) -> Operation {
        let number = self.number();
        let workload = Workload::draw(number, self.world, &mut self.draws);
        self.apply(workload)
    }

    fn apply(&mut self, workload: Workload) -> Operation {
        let path = format!("manifests/{}.yaml", workload.name);
        self.manifests.insert(path.clone(), workload.manifest());
        let acts = vec![step(&format!("apply: {path}"))];
        let mut rests = vec![ready(&workload)];
        rests.extend(reads(&workload));
        self.workloads.push(workload);
        Operation { acts, rests }
    }

    /// One of the workloads that are like this.
    fn choose(&mut self, like: impl Fn(&Workload) -> bool) -> Option<usize> {
        let places: Vec<usize> = (0..self.workloads.len()).filter(|place| like(&self.workloads[*place])).collect();
        if places.is_empty() { None } else { Some(one_of(&places, &mut self.draws)) }
    }

    fn write(&mut self) -> Option<Operation> {
        let place = self.choose(|workload| workload.replicas > 0)?;
        let (number, pod) = (self.number(), self.draws.below(self.workloads[place].replicas as u64));
        let workload = &mut self.workloads[place];
        let pod = usize::try_from(pod).unwrap_or(0);
        let text = format!("written as number {number}");
        workload.written[pod] = Some(text.clone());
        let (name, path) = (workload.pod(pod), workload.path());
        // The pod is there: nothing is away while it is written.
        self.steps.push(step(&format!("write: {{pod: {name}, path: {path}, text: \"{text}\"}}")));
        Some(Operation { acts: vec![step("sleep: 1s")], rests: reads(&self.workloads[place]) })
    }

    fn scale(&mut self) -> Option<Operation> {
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
        Some(Operation { acts, rests })
    }

    fn grow(&mut self) -> Option<Operation> {
        let place = self.choose(|workload| workload.snapshots == 0 && workload.replicas == workload.claims && workload.gibibytes < 5)?;
        let workload = &mut self.workloads[place];
        workload.gibibytes += 1;
        let object = if workload.is_set { workload.object() } else { format!("persistentvolumeclaim/{}", workload.claim(0)) };
        let size = workload.gibibytes;
        let acts = vec![step(&format!("resize: {{{object}: {size}Gi}}"))];
        let rests =
            (0..workload.claims).map(|claim| step(&format!("expect: {{sizes-of: {}, all: {size}Gi}}", workload.claim(claim)))).collect();
        Some(Operation { acts, rests })
    }

    fn delete_pod(&mut self) -> Option<Operation> {
        let place = self.choose(|workload| workload.is_set && workload.replicas > 0)?;
        let pod = self.draws.below(self.workloads[place].replicas as u64);
        let workload = &self.workloads[place];
        let acts = vec![step(&format!("delete: {{object: pod/{}, wait: false}}", workload.pod(usize::try_from(pod).unwrap_or(0))))];
        let mut rests = vec![ready(workload)];
        rests.extend(reads(workload));
        Some(Operation { acts, rests })
    }

    /// Pods that nobody makes again would be gone.
    fn drain(&mut self) -> Option<Operation> {
        if self.workloads.iter().any(|workload| !workload.is_set) {
            return None;
        }
        let node = one_of(&self.world.nodes, &mut self.draws);
        if !self.world.is_spare(&node) {
            return None;
        }
        let acts = vec![step(&format!("drain: {{node: {}, within: {PATIENCE}}}", node.name))];
        let mut rests: Vec<Tree> = self.workloads.iter().map(ready).collect();
        rests.push(step(&format!("uncordon: {}", node.name)));
        rests.extend(self.workloads.iter().flat_map(reads));
        Some(Operation { acts, rests })
    }

    fn snapshot(&mut self) -> Option<Operation> {
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
        Some(Operation { acts: vec![step(&format!("apply: {path}"))], rests })
    }

    /// A volume of the last snapshot, which holds what its claim held; or the snapshot's end.
    fn restore_or_forget(&mut self) -> Option<Operation> {
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
        Some(Operation { acts, rests: vec![gone(&format!("volumesnapshot/{name}"))] })
    }

    /// A workload with its claims, and nothing may be left.
    fn remove(&mut self) -> Option<Operation> {
        let place = self.choose(|workload| workload.snapshots == 0)?;
        let workload = self.workloads.remove(place);
        let mut acts = vec![step(&format!("delete: {{object: {}, wait: false}}", workload.object()))];
        let claims = (0..workload.claims).map(|claim| workload.claim(claim));
        acts.extend(claims.map(|claim| step(&format!("delete: {{object: persistentvolumeclaim/{claim}, wait: false}}"))));
        let rests = (0..workload.claims).map(|claim| gone(&format!("persistentvolumeclaim/{}", workload.claim(claim)))).collect();
        if workload.retains() {
            self.retained += workload.claims;
        }
        Some(Operation { acts, rests })
    }
}

fn ready(workload: &Workload) -> Tree {
    step(&format!("wait: {{{}: ready, within: {PATIENCE}}}", workload.object()))
}

fn gone(object: &str) -> Tree {
    step(&format!("wait: {{{object}: gone, within: {PATIENCE}}}"))
}

/// What each pod that runs must read.
fn reads(workload: &Workload) -> Vec<Tree> {
    let written = workload.written.iter().take(workload.replicas).enumerate();
    let read = |(pod, text): (usize, &Option<String>)| {
        let (pod, path) = (workload.pod(pod), workload.path());
        text.as_ref().map(|text| step(&format!("read: {{pod: {pod}, path: {path}, text: \"{text}\"}}")))
    };
    written.filter_map(read).collect()
}

fn snapshot(name: &str, claim: &str) -> String {
    format!(
        "apiVersion: snapshot.storage.k8s.io/v1\nkind: VolumeSnapshotClass\nmetadata:\n  name: class-of-{name}\ndriver: \
         csi.vsphere.vmware.com\ndeletionPolicy: Delete\n---\napiVersion: snapshot.storage.k8s.io/v1\nkind: VolumeSnapshot\nmetadata:\n  \
         name: {name}\nspec:\n  volumeSnapshotClassName: class-of-{name}\n  source: {{persistentVolumeClaimName: {claim}}}\n"
    )
}
