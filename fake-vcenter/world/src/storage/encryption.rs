//! Whether a new volume is encrypted, and with which key.
//!
//! A policy that encrypts has a fresh key of the default provider taken; a `cryptoSpec` may name another provider or a
//! key. When the key cannot be had, no volume is made: never one in clear.

use vsphere_types::{CnsBlockCreateSpec, CnsVolumeCreateSpec, Fault, MoRef, VirtualMachineDefinedProfileSpec};

use crate::crypto::{change, fault as faults, keys, plan};
use crate::fault;
use crate::policy::wants_encryption;
use crate::state::{KeyChange, KeyRef, WantedKey};
use crate::world::World;

/// The key for a new volume; nothing for one in clear.
pub fn key_for(world: &mut World, spec: &CnsVolumeCreateSpec, datastore: &MoRef, id: &str) -> Result<Option<KeyRef>, Fault> {
    let Some(wanted) = wanted(world, spec)? else { return Ok(None) };
    let name = world.parts.state.name_of(datastore).unwrap_or_default();
    let api = format!("DiskLib_Create, path = /vmfs/volumes/{name}/fcd/{id}.vmdk");
    let native = plan::check_native(world, &KeyChange::Encrypt(wanted.clone()));
    let taken = native.and_then(|()| keys::take(world, &wanted)).map_err(|cause| match cause.type_name() {
        "SystemError" => faults::key_locator(&api),
        _ => cause,
    });
    taken.map(Some).map_err(|cause| fault::cns_because("VSLM task failed", &cause))
}

/// Which key is asked for, if any.
fn wanted(world: &World, spec: &CnsVolumeCreateSpec) -> Result<Option<WantedKey>, Fault> {
    let policy = spec.profile.iter().find_map(|profile| profile.downcast::<VirtualMachineDefinedProfileSpec>().ok());
    let encrypts = policy.is_some_and(|policy| wants_encryption(&world.parts.state, &policy.profile_id));
    let block = spec.create_spec.as_ref().and_then(|spec| spec.downcast::<CnsBlockCreateSpec>().ok());
    match block.and_then(|block| block.crypto_spec).map(|spec| change::read(&spec)).transpose()? {
        Some(KeyChange::Encrypt(wanted)) if encrypts => Ok(Some(wanted)),
        Some(KeyChange::Encrypt(_)) => Err(faults::bad_policy("Encrypting a disk needs a storage policy that encrypts.")),
        None | Some(KeyChange::Nothing) => Ok(encrypts.then(WantedKey::default)),
        Some(_) => Err(fault::invalid_argument("createSpecs.createSpec.cryptoSpec")),
    }
}
