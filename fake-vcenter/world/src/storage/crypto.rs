//! CnsUpdateVolumeCrypto and UpdateVStorageObjectCrypto_Task: another key for a volume, or none, or one at all.
//!
//! CNS has its operation since 9.0, the manager of first class disks since 8.0 U3; a volume that is attached is changed
//! through its machine, or by CNS since patches of 9.0, where a shallow recrypt is all that it does to it.

use vsphere_types::request::CnsUpdateVolumeCrypto;
use vsphere_types::{Fault, HostNotConnected, Object, TypedFault, Value};

use super::result;
use super::task::{Kind, only, start};
use crate::call::{Answer, Call, Operation, Reply};

use crate::crypto::change;
use crate::crypto::plan::{self, Way};
use crate::crypto::recrypt;
use crate::fault;
use crate::services::policies_must_answer;
use crate::state::{KeyChange, KeyStep, Lock, PolicyChange, State, Work};
use crate::world::World;

impl Operation for CnsUpdateVolumeCrypto {
    fn carry_out(self, world: &mut World, call: &Call) -> Answer<Self> {
        if !world.config.release.updates_volume_crypto() {
            return Err(fault::method_not_found(call.this, call.method.wire_name()));
        }
        let spec = only(self.update_specs, "updateSpecs")?;
        let id = spec.volume_id.id;
        let step = read(&id, spec.disks_crypto.as_ref(), &spec.profile)?;
        let kind = Kind { description: "com.vmware.cns.tasks.updatevolumecrypto", takes: world.config.latency.recrypt, vm: None };
        start(world, call, kind, Work::UpdateCrypto { id, step, cns: true }).map(Reply::Done)
    }
}

/// Reads what is asked of a volume.
pub fn read(id: &str, disks_crypto: Option<&Object>, profiles: &[Object]) -> Result<KeyStep, Fault> {
    Ok(KeyStep { lock: Lock::Volume(id.to_owned()), change: change::read_disk(disks_crypto)?, policy: change::read_policy(profiles) })
}

fn check(world: &World, id: &str, step: &KeyStep, cns: bool) -> Result<(), Fault> {
    let state = &world.parts.state;
    state.volumes.get(&id.to_owned()).filter(|volume| volume.in_cns || !cns).ok_or_else(|| fault::volume_missing(id))?;
    if step.policy != PolicyChange::Keep {
        policies_must_answer(world, "PreReconfigureCheckCallback")?;
    }
    plan::check(world, step, if cns { Way::Cns } else { Way::FirstClassDisk })?;
    if let Some(host) = recrypt::host_of(world, &step.lock)
        && state.hosts.get(&host).is_some_and(|host| !host.reachable())
    {
        return Err(HostNotConnected::default().fault());
    }
    check_kinds(state, id, &step.change)
}

/// A volume that is attached stays with its machine's kind of provider.
fn check_kinds(state: &State, id: &str, change: &KeyChange) -> Result<(), Fault> {
    let KeyChange::Recrypt { to, .. } = change else { return Ok(()) };
    let kind = |name: &str| state.key_providers.get(&name.to_owned()).map(|provider| provider.kind);
    let wanted = to.provider.as_deref().or_else(|| state.default_provider()).and_then(kind);
    let attached = state.volumes.get(&id.to_owned()).and_then(|volume| volume.attachments.first());
    let machine = attached.and_then(|place| state.vms.get(&place.vm)).and_then(|vm| vm.key.as_ref());
    match machine.and_then(|key| kind(&key.provider)) {
        Some(own) if wanted.is_some_and(|wanted| wanted != own) => Err(crate::crypto::fault::mixed_keys()),
        _ => Ok(()),
    }
}

/// The first half.
pub fn begin(world: &mut World, id: &str, step: &KeyStep, cns: bool) -> Result<(), Fault> {
    check(world, id, step, cns)?;
    recrypt::begin(world, step)
}

/// All of it.
pub fn update(world: &mut World, id: &str, step: &KeyStep, cns: bool) -> Result<(), Fault> {
    check(world, id, step, cns)?;
    recrypt::complete(world, step)
}

/// Does the work of CNS's task: what fails is told inside of its result.
pub fn finish(world: &mut World, id: &str, step: &KeyStep) -> Value {
    let outcome = update(world, id, step, true);
    if outcome.is_err() {
        world.roll_back();
    }
    result::plain(id, outcome.map_err(|refusal| in_words_of_cns(&refusal)))
}

/// CNS passes on that a volume is missing or not in the state for it, and wraps what the layers below said.
fn in_words_of_cns(refusal: &Fault) -> Fault {
    if refusal.is_a("NotFound") || refusal.is_a("InvalidState") && !refusal.is_a("EncryptionKeyRequired") || refusal.is_a("InvalidArgument")
    {
        return refusal.clone();
    }
    fault::cns_because("VSLM task failed", refusal)
}
