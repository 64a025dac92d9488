//! The steps of a scenario, one file each: what a user of the cluster does, and what they look at.
//!
//! Steps act as an ordinary client of Kubernetes (process `user`), on files in pods, and on processes. What they look at
//! in vSphere comes from the journal, never from a live object, so that it can be said of a recording too.

mod apply;
mod delete;
mod expect;
mod failure;
mod file;
mod handles;
mod node;
mod objects;
mod patch;
mod resize;
mod rollout;
mod scale;
pub(crate) mod state;
mod wait;

use std::time::Duration;

use seatrial_oracle::Violation;
use seatrial_scenario::{Action, Step};

use crate::call_counts::Counts;
use crate::manifest::Manifests;
use crate::settle::PATIENCE;
use crate::world::WorldHandle;

pub(crate) use apply::apply_objects;
pub(crate) use expect::{FirstSeen, snapshots_of};
pub(crate) use failure::StepFailure;
pub(crate) use objects::is_unserved;

/// What has come of the run so far, beside the world.
pub(crate) struct SoFar<'a> {
    /// What the oracles have found.
    pub(crate) findings: &'a dyn Fn() -> Vec<Violation>,
    /// What was counted.
    pub(crate) counts: &'a dyn Fn() -> Counts,
}

/// Carries out one step.
pub(crate) async fn perform(
    world: &WorldHandle,
    manifests: &Manifests,
    seen: &mut FirstSeen,
    so_far: &SoFar<'_>,
    step: &Step,
) -> Result<(), StepFailure> {
    seen.handles.look(&world.view());
    let action = seen.handles.placed(&step.action)?;
    match &action {
        Action::Apply(step) => {
            let objects = seen.handles.fill(manifests.objects(&step.manifest))?;
            apply_objects(world, &objects).await
        }
        Action::Delete(step) => delete::delete(world, step).await,
        Action::Wait(step) => wait::wait(world, step).await,
        Action::Write(step) => file::write(world, &step.pod, &step.path, &step.text).await,
        Action::Read(step) => file::read(world, &step.pod, &step.path, &step.text),
        Action::Scale(step) => scale::scale(world, &step.object, step.replicas.value).await,
        Action::Expect(wanted) => expect::watch(world, seen, so_far, wanted, step.watch).await,
        Action::Kill(step) => {
            world.supervisor.kill(&step.process, Some(step.restart.value));
            Ok(())
        }
        Action::Sleep(step) => {
            tokio::time::sleep(step.time.value).await;
            Ok(())
        }
        Action::Patch(step) => patch::patch(world, step).await,
        Action::Resize(step) => resize::resize(world, step).await,
        Action::Cordon(step) => node::set_unschedulable(world, &step.node, true).await,
        Action::Uncordon(step) => node::set_unschedulable(world, &step.node, false).await,
        Action::Drain(step) => node::drain(world, step).await,
        Action::Taint(step) => node::taint(world, step).await,
        Action::Untaint(step) => node::untaint(world, step).await,
        Action::Rollout(step) => rollout::rollout(world, step).await,
        Action::Configure(step) => Ok(world.configurations.change(step.driver.value, &step.configuration)?),
        other => on_vsphere(world, other),
    }
}

/// Steps that change the world beneath Kubernetes.
fn on_vsphere(world: &WorldHandle, action: &Action) -> Result<(), StepFailure> {
    let injector = &world.injector;
    let done = match action {
        Action::Fail(step) => injector.fail(&step.target),
        Action::Heal(step) => injector.heal(&step.target),
        Action::Power(step) => injector.power(&step.node, step.state),
        Action::Move(step) => injector.move_vm(&step.vm, &step.cluster),
        Action::Destroy(step) => injector.destroy_vm(&step.vm),
        Action::Create(step) => injector.create_vm(&step.vm),
        Action::AddHost(step) => injector.add_host(&step.vcenter, &step.cluster),
        Action::AttachByHand(step) => {
            let volume = expect::volume_of(&world.view(), &step.volume)?;
            injector.attach_by_hand(&volume, &step.to)
        }
        Action::DetachByHand(step) => {
            let volume = expect::volume_of(&world.view(), &step.volume)?;
            injector.detach_by_hand(&volume, &step.from)
        }
        Action::SnapshotByHand(step) => {
            // The view is let go before the journal is written: it is one of its readers.
            let (vcenter, volume) = expect::home_of(&world.view(), &step.volume)?;
            injector.snapshot_by_hand(&vcenter, &volume, step.action)
        }
        Action::GuestTells(step) => injector.guest_tells(step),
        Action::DiskByHand(step) => injector.disk_by_hand(&step.disk, step.action),
        Action::Tag(step) => injector.tag(&step.on, &step.tags),
        Action::Untag(step) => injector.untag(&step.on, &step.tags),
        _ => return Err(StepFailure::new("this is no step on vSphere")),
    };
    Ok(done?)
}

/// A world that did not settle.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{}; {unrest}", self.in_short())]
pub struct Unsettled {
    /// What has begun and not ended.
    on_its_way: Vec<String>,
    /// What was seen in the last minutes.
    unrest: String,
}

impl Unsettled {
    /// In short, for whoever is told what was seen beside it.
    pub(crate) fn in_short(&self) -> String {
        let within = seatrial_scenario::in_words(PATIENCE);
        match self.on_its_way.is_empty() {
            true => format!("the world did not settle within {within}: something was always tried again"),
            false => format!("the world did not settle within {within}: {}", self.on_its_way.join("; ")),
        }
    }
}

/// Waits until the world has settled: processes up, no call or task in flight, nothing but heartbeats for some minutes.
pub(crate) async fn settle(world: &WorldHandle) -> Result<(), Unsettled> {
    let clock = world.network.clock();
    let began = clock.elapsed().duration();
    loop {
        let now = clock.elapsed().duration();
        let quiet_at = world.activity.quiet_at(began, world.quiet);
        if now >= quiet_at && !world.is_busy() {
            return Ok(());
        }
        if now.saturating_sub(began) > PATIENCE {
            return Err(Unsettled { on_its_way: world.on_its_way(), unrest: world.activity.unrest() });
        }
        tokio::time::sleep(quiet_at.saturating_sub(now).max(Duration::from_secs(1))).await;
    }
}
