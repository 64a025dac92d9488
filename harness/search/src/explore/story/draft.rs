//! An explored scenario while it is drawn: what there is by now, and the steps so far.

use std::collections::BTreeMap;

use seatrial_seed::Generator;

use super::super::trouble::Outage;
use super::super::workload::{Workload, one_of};
use super::super::world::World;
use crate::document::{self, Tree};
use crate::sweep::BEFORE_THE_END;

/// How long anything may take.
pub(super) const PATIENCE: &str = "1h";

/// A snapshot that is there.
#[derive(Clone, Debug)]
pub(super) struct Snapshot {
    pub(super) name: String,
    pub(super) workload: String,
    /// What its claim held when it was taken.
    pub(super) held: Option<String>,
}

/// What is done at once, and what must be so when it is over.
#[derive(Default)]
pub(super) struct Operation {
    pub(super) acts: Vec<Tree>,
    pub(super) rests: Vec<Tree>,
    /// Whether nothing else may be away meanwhile.
    pub(super) alone: bool,
}

/// What was drawn, and what there must be at its end.
pub(in super::super) struct End {
    pub(in super::super) steps: Vec<Tree>,
    pub(in super::super) manifests: BTreeMap<String, String>,
    pub(in super::super) volumes: usize,
    /// None if there never was one.
    pub(in super::super) snapshots: Option<usize>,
    /// How many nodes were deleted on the way.
    pub(in super::super) replaced: usize,
}

/// A scenario while it is drawn.
pub(in super::super) struct Story<'a> {
    pub(super) world: &'a World,
    pub(super) draws: Generator,
    /// From which operation on others draw.
    pub(super) turns: Vec<(usize, Generator)>,
    pub(super) workloads: Vec<Workload>,
    pub(super) snapshots: Vec<Snapshot>,
    /// How many volumes there are whose claims are gone.
    pub(super) retained: usize,
    pub(super) has_snapshots: bool,
    /// How many nodes were deleted.
    pub(super) replaced: usize,
    pub(super) numbers: usize,
    pub(super) steps: Vec<Tree>,
    pub(super) manifests: BTreeMap<String, String>,
}

pub(super) fn step(text: &str) -> Tree {
    // What is written here is YAML; a test draws many.
    document::read(text).ok().and_then(|documents| documents.into_iter().next()).unwrap_or_else(|| Tree::plain(text))
}

impl<'a> Story<'a> {
    pub(in super::super) fn new(world: &'a World, draws: Generator, turns: Vec<(usize, Generator)>) -> Self {
        Self {
            world,
            draws,
            turns,
            workloads: Vec::new(),
            snapshots: Vec::new(),
            retained: 0,
            has_snapshots: false,
            replaced: 0,
            numbers: 0,
            steps: Vec::new(),
            manifests: BTreeMap::new(),
        }
    }

    /// What was drawn, and what there must be at its end.
    pub(in super::super) fn end(mut self) -> End {
        self.steps.push(step(&format!("sleep: {BEFORE_THE_END}")));
        let volumes = self.retained + self.workloads.iter().map(|workload| workload.claims).sum::<usize>();
        let snapshots = self.has_snapshots.then_some(self.snapshots.len());
        End { steps: self.steps, manifests: self.manifests, volumes, snapshots, replaced: self.replaced }
    }

    /// From this operation on it may be that others draw.
    pub(super) fn turn(&mut self, number: usize) {
        if let Some((_, draws)) = self.turns.iter().rfind(|(from, _)| *from == number) {
            self.draws = draws.clone();
        }
    }

    /// Writes what is done, with an outage around it in one of three cases, and then what must be so.
    pub(super) fn perform(&mut self, operations: Vec<Operation>) {
        let alone = operations.iter().any(|operation| operation.alone);
        let outage = (!alone && self.draws.chance(1, 3)).then(|| Outage::draw(self.world, &mut self.draws));
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

    pub(super) fn number(&mut self) -> usize {
        self.numbers += 1;
        self.numbers
    }

    /// One of the workloads that are like this.
    pub(super) fn choose(&mut self, like: impl Fn(&Workload) -> bool) -> Option<usize> {
        let places: Vec<usize> = (0..self.workloads.len()).filter(|place| like(&self.workloads[*place])).collect();
        if places.is_empty() { None } else { Some(one_of(&places, &mut self.draws)) }
    }
}

pub(super) fn ready(workload: &Workload) -> Tree {
    step(&format!("wait: {{{}: ready, within: {PATIENCE}}}", workload.object()))
}

pub(super) fn gone(object: &str) -> Tree {
    step(&format!("wait: {{{object}: gone, within: {PATIENCE}}}"))
}

/// What each pod that runs must read.
pub(super) fn reads(workload: &Workload) -> Vec<Tree> {
    let written = workload.written.iter().take(workload.replicas).enumerate();
    let read = |(pod, text): (usize, &Option<String>)| {
        let (pod, path) = (workload.pod(pod), workload.path());
        text.as_ref().map(|text| step(&format!("read: {{pod: {pod}, path: {path}, text: \"{text}\"}}")))
    };
    written.filter_map(read).collect()
}
