//! Exploration: scenarios that are drawn from a seed, each a world, workloads, what is done to them, and one or two troubles.
//!
//! What is drawn is modelled while it is drawn: how many volumes there are, which pod has written what, how large a claim is. So the
//! scenario asks at each rest for what any right driver reaches, whatever the trouble was. It never counts calls or time, and asks for an
//! event only where something cannot be had, and its user must learn why.

mod corpus;
mod lineage;
mod novelty;
mod story;
mod trouble;
mod workload;
mod world;

use seatrial_seed::{Generator, Seed};

use crate::bundle::Bundle;
use crate::document::{self, Layout, Tree};
use story::Story;
use world::World;

pub use corpus::{Corpus, CorpusError};
pub use lineage::{Lineage, LineageError};
pub use novelty::{Transitions, TransitionsSink};

/// What a variation draws anew.
enum Turn {
    /// The fault rules.
    Faults(Generator),
    /// What is done, from the operation of this number on.
    Story(usize, Generator),
}

/// A variation draws anew from one of so many operations on: no story has more.
const OPERATIONS: u64 = 8;

/// The scenario of a lineage; the same everywhere.
pub fn scenario(lineage: &Lineage) -> Bundle {
    let root = lineage.root();
    let world = World::draw(&mut root.child("world").generator());
    let mut faults = root.child("faults").generator();
    let mut turns = Vec::new();
    for seed in lineage.turns() {
        match turn(&seed) {
            Turn::Faults(anew) => faults = anew,
            Turn::Story(from, anew) => turns.push((from, anew)),
        }
    }
    let mut story = Story::new(&world, root.child("story").generator(), turns);
    story.tell();
    let faults = if world.misconfigured { Vec::new() } else { trouble::rules(&world, &mut faults) };
    let end = story.end();
    let mut tree = Tree::map([
        ("scenario", Tree::plain(format!("Explored from seed {lineage}"))),
        ("about", Tree::plain(about(lineage, &world))),
        ("tags", Tree::List(vec![Tree::plain("explored")])),
        ("world", world.tree()),
        ("steps", Tree::List(end.steps)),
    ]);
    let number = |what: &str, number: usize| Tree::map([(what, Tree::plain(number.to_string()))]);
    let mut expect = vec![Tree::map([("volumes", number("total", end.volumes))]), Tree::map([("nodes", number("deleted", end.replaced))])];
    if let Some(snapshots) = end.snapshots {
        expect.push(Tree::map([("snapshots", number("total", snapshots))]));
    }
    tree.set("expect", Tree::List(expect));
    if !faults.is_empty() {
        tree.set("faults", Tree::List(faults));
    }
    Bundle { scenario: document::print(&[tree], Layout::Scenario), manifests: end.manifests, ..Bundle::default() }
}

fn turn(seed: &Seed) -> Turn {
    let (mut kind, anew) = (seed.child("kind").generator(), seed.child("anew").generator());
    if kind.chance(1, 3) { Turn::Faults(anew) } else { Turn::Story(usize::try_from(kind.below(OPERATIONS)).unwrap_or(0), anew) }
}

fn about(lineage: &Lineage, world: &World) -> String {
    format!(
        "Drawn from seed {lineage}: {} and what is done there. Whatever goes wrong on the way, each rest must find every pod with its volume \
         and its bytes, and the end no volume too many.",
        world.words()
    )
}
