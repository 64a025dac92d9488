//! Exploration: scenarios that are drawn from a seed, each a world, workloads, what is done to them, and one or two troubles.
//!
//! What is drawn is modelled while it is drawn: how many volumes there are, which pod has written what, how large a claim is. So the
//! scenario asks at each rest for what any right driver reaches, whatever the trouble was. It never counts calls, events or time.

mod story;
mod trouble;
mod workload;
mod world;

use seatrial_seed::Seed;

use crate::bundle::Bundle;
use crate::document::{self, Layout, Tree};
use story::Story;
use world::World;

/// The scenario of a seed; the same everywhere.
pub fn scenario(seed: u64) -> Bundle {
    let root = Seed::new(seed).child("explore");
    let world = World::draw(&mut root.child("world").generator());
    let mut story = Story::new(&world, root.child("story").generator());
    story.tell();
    let faults = trouble::rules(&world, &mut root.child("faults").generator());
    let (steps, manifests, volumes, snapshots) = story.end();
    let mut tree = Tree::map([
        ("scenario", Tree::plain(format!("Explored from seed {seed}"))),
        ("about", Tree::plain(about(seed, &world))),
        ("tags", Tree::List(vec![Tree::plain("explored")])),
        ("world", world.tree()),
        ("steps", Tree::List(steps)),
    ]);
    let total = |number: usize| Tree::map([("total", Tree::plain(number.to_string()))]);
    let mut expect = vec![Tree::map([("volumes", total(volumes))]), Tree::map([("nodes", Tree::map([("deleted", Tree::plain("0"))]))])];
    if let Some(snapshots) = snapshots {
        expect.push(Tree::map([("snapshots", total(snapshots))]));
    }
    tree.set("expect", Tree::List(expect));
    if !faults.is_empty() {
        tree.set("faults", Tree::List(faults));
    }
    Bundle { scenario: document::print(&[tree], Layout::Scenario), manifests }
}

fn about(seed: u64, world: &World) -> String {
    format!(
        "Drawn from seed {seed}: {} and what is done there. Whatever goes wrong on the way, each rest must find every pod with its volume and its \
         bytes, and the end no volume too many.",
        world.words()
    )
}
