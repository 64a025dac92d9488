//! `expect`: something is as it should be at this moment, or for a while; one file for each thing that can be looked at.

mod counts;
mod event;
mod finding;
mod mount;
mod node;
mod object;
mod pod;
mod sizes;
mod volume;

use std::time::Duration;

use seatrial_scenario::{Expect, Watch};

use super::{SoFar, StepFailure};
use crate::world::WorldHandle;

pub(crate) use volume::{FirstSeen, bound_volume, home_of, snapshots_of, volume_of};

/// How often is looked at what may change.
const EACH: Duration = Duration::from_secs(1);

/// Looks at what the step names as long as it says.
pub(super) async fn watch(
    world: &WorldHandle,
    seen: &mut FirstSeen,
    so_far: &SoFar<'_>,
    step: &Expect,
    watch: Watch,
) -> Result<(), StepFailure> {
    let time = match watch {
        Watch::Now => return expect(world, seen, so_far, step),
        Watch::Within(time) | Watch::AlwaysFor(time) | Watch::NeverFor(time) => time,
    };
    let clock = world.network.clock();
    let began = clock.elapsed().duration();
    loop {
        // What is looked at in vain has not been looked at: `key: changed` means since the last look.
        let mut seen_now = seen.clone();
        let is = expect(world, &mut seen_now, so_far, step);
        let passed = clock.elapsed().duration().saturating_sub(began);
        let over = passed >= time;
        match (watch, is) {
            (Watch::Within(_), Ok(())) => {
                *seen = seen_now;
                return Ok(());
            }
            (Watch::Within(_), Err(why)) if over => {
                return Err(StepFailure::new(format!("after {}: {why}", seatrial_scenario::in_words(time))));
            }
            (Watch::AlwaysFor(_), Err(why)) => {
                return Err(StepFailure::new(format!("it was so for {} only: {why}", seatrial_scenario::in_words(passed))));
            }
            (Watch::NeverFor(_), Ok(())) => {
                return Err(StepFailure::new(format!("it is so after {}", seatrial_scenario::in_words(passed))));
            }
            _ if over => return Ok(()),
            _ => tokio::time::sleep(EACH.min(time.saturating_sub(passed))).await,
        }
    }
}

/// Looks at what the step names.
fn expect(world: &WorldHandle, seen: &mut FirstSeen, so_far: &SoFar<'_>, step: &Expect) -> Result<(), StepFailure> {
    let view = world.view();
    match step {
        Expect::Volume(step) => volume::expect(&view, seen, step),
        Expect::Object(step) => object::expect(&view, step),
        Expect::Pod(step) => pod::expect(&view, &world.labels, step),
        Expect::Event(step) => event::expect(&view, step),
        Expect::Finding(step) => finding::expect(&(so_far.findings)(), step),
        Expect::Counts(step) => counts::expect(&(so_far.counts)(), step),
        Expect::Sizes(step) => sizes::expect(&view, step),
        Expect::Mount(step) => mount::expect(&view, step),
        Expect::Node(step) => node::expect(&view, &world.labels, step),
    }
}
