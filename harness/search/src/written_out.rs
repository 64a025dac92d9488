//! What a scenario says in short or elsewhere, written out: an included world in its place, and the steps that loops come to. Whoever
//! changes a scenario wants to see what there is.

use seatrial_scenario::{LOOPS, ScenarioErrors};

use crate::document::{self, Layout, Tree};

/// The key of a world that says where the rest of it is.
const INCLUDE: &str = "include";

/// The path of the file that a scenario's world is in, if it is in one.
pub(crate) fn included(scenario: &Tree) -> Option<&str> {
    let world = scenario.get("world")?;
    world.text().or_else(|| world.get(INCLUDE)?.text())
}

/// Says that the world is in a file of another name.
pub(crate) fn name_included(scenario: &mut Tree, path: &str) {
    match scenario.get_mut("world") {
        Some(world @ Tree::Scalar { .. }) => *world = Tree::plain(path),
        Some(world) => world.set(INCLUDE, Tree::plain(path)),
        None => {}
    }
}

/// Puts an included world in its place; what the scenario says of its world itself takes the place of that in the file.
pub(crate) fn include(scenario: &mut Tree, mut included: Tree) {
    let Some(world) = scenario.get_mut("world") else { return };
    for (key, own) in world.entries().iter().filter(|(key, _)| key != INCLUDE) {
        included.set(key, own.clone());
    }
    *world = included;
}

/// Puts the steps that loops come to in the place of the loops. The world stands in the scenario already.
pub(crate) fn unroll(scenario: &mut Tree) -> Result<(), Box<ScenarioErrors>> {
    let is_loop = |step: &Tree| LOOPS.iter().any(|word| step.get(word).is_some());
    if !scenario.get("steps").is_some_and(|steps| steps.members().iter().any(is_loop)) {
        return Ok(());
    }
    let text = document::print(std::slice::from_ref(scenario), Layout::Scenario);
    let read = seatrial_scenario::parse("the scenario", &text)?;
    if let Some(written) = scenario.get_mut("steps") {
        let unrolled = read.steps.iter().filter_map(|step| written.step(&step.turn));
        *written = Tree::List(unrolled.collect());
    }
    Ok(())
}
