//! `expect`: something is as it should be at this moment; one file for each thing that can be looked at.

mod event;
mod finding;
mod node;
mod object;
mod pod;
mod sizes;
mod volume;

use seatrial_oracle::Violation;
use seatrial_scenario::Expect;

use super::StepFailure;
use crate::world::WorldHandle;

pub(crate) use volume::{FirstSeen, bound_volume, snapshots_of, volume_of};

/// Looks at what the step names; `findings` tells those of the oracles so far.
pub(super) fn expect(
    world: &WorldHandle,
    seen: &mut FirstSeen,
    findings: impl Fn() -> Vec<Violation>,
    step: &Expect,
) -> Result<(), StepFailure> {
    let view = world.view();
    match step {
        Expect::Volume(step) => volume::expect(&view, seen, step),
        Expect::Object(step) => object::expect(&view, step),
        Expect::Pod(step) => pod::expect(&view, &world.labels, step),
        Expect::Event(step) => event::expect(&view, step),
        Expect::Finding(step) => finding::expect(&findings(), step),
        Expect::Sizes(step) => sizes::expect(&view, step),
        Expect::Node(step) => node::expect(&view, &world.labels, step),
    }
}
