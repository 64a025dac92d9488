//! The steps of a scenario, one file each: what a user of the cluster does, and what they look at.
//!
//! Steps act as an ordinary client of Kubernetes (process `user`), on files in pods, and on processes. What they look at
//! in vSphere comes from the journal, never from a live object, so that it can be said of a recording too.

mod apply;
mod delete;
mod expect;
mod file;
mod objects;
mod scale;
mod wait;

use std::time::Duration;

use seatrial_journal::Elapsed;
use seatrial_scenario::Action;

use crate::manifest::Manifests;
use crate::settle::{PATIENCE, QUIET};
use crate::world::World;

pub(crate) use apply::apply_objects;
pub(crate) use expect::FirstSeen;

/// Why a step did not hold, in words for the report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct StepFailure(pub(crate) String);

impl StepFailure {
    fn new(words: impl Into<String>) -> Self {
        Self(words.into())
    }

    /// The language can say it, the engine cannot do it.
    fn not_yet() -> Self {
        Self::new("this step cannot be sailed yet")
    }
}

impl From<kube::Error> for StepFailure {
    fn from(error: kube::Error) -> Self {
        Self(format!("Kubernetes answered: {error}"))
    }
}

/// Carries out one step.
pub(crate) async fn perform(world: &World, manifests: &Manifests, seen: &mut FirstSeen, action: &Action) -> Result<(), StepFailure> {
    match action {
        Action::Apply(step) => apply_objects(world, manifests.objects(&step.manifest)).await,
        Action::Delete(step) => delete::delete(world, step).await,
        Action::Wait(step) => wait::wait(world, step).await,
        Action::Write(step) => file::write(world, &step.pod, &step.path, &step.text).await,
        Action::Read(step) => file::read(world, &step.pod, &step.path, &step.text),
        Action::Scale(step) => scale::scale(world, &step.object, step.replicas.value).await,
        Action::Expect(step) => expect::expect(world, seen, step),
        Action::Kill(step) => {
            world.supervisor.kill(&step.process, Some(step.restart.value));
            Ok(())
        }
        Action::Sleep(step) => {
            tokio::time::sleep(step.time.value).await;
            Ok(())
        }
        Action::Patch(_)
        | Action::Cordon(_)
        | Action::Uncordon(_)
        | Action::Drain(_)
        | Action::Taint(_)
        | Action::Untaint(_)
        | Action::Fail(_)
        | Action::Heal(_)
        | Action::Power(_)
        | Action::Move(_)
        | Action::Destroy(_)
        | Action::Create(_)
        | Action::AttachByHand(_)
        | Action::Tag(_)
        | Action::Untag(_) => Err(StepFailure::not_yet()),
    }
}

/// Waits until the world has settled: processes up, no call or task in flight, nothing but heartbeats for [`QUIET`].
pub(crate) async fn settle(world: &World) -> Result<(), StepFailure> {
    let clock = world.network.clock();
    let began = clock.elapsed().duration();
    loop {
        let now = clock.elapsed().duration();
        let (last, what) = world.activity.last();
        let quiet_at = last.duration().max(began) + QUIET;
        let busy = world.supervisor.coming_back() > 0 || world.activity.running_tasks() > 0 || world.network.calls_in_flight() > 0;
        if now >= quiet_at && !busy {
            return Ok(());
        }
        if now.saturating_sub(began) > PATIENCE {
            return Err(StepFailure::new(unsettled(last, &what)));
        }
        tokio::time::sleep(quiet_at.saturating_sub(now).max(Duration::from_secs(1))).await;
    }
}

fn unsettled(last: Elapsed, what: &str) -> String {
    format!("the world did not settle within {}: at {last}, {what}", seatrial_scenario::in_words(PATIENCE))
}
