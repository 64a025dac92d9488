//! What a client asks to be done about encryption, read from a CryptoSpec.

use vsphere_types::{
    CryptoSpecDeepRecrypt, CryptoSpecEncrypt, CryptoSpecRegister, CryptoSpecShallowRecrypt, DiskCryptoSpec, Fault, Object,
    VirtualMachineDefinedProfileSpec, VirtualMachineEmptyProfileSpec,
};

use crate::fault;
use crate::state::{KeyChange, PolicyChange, WantedKey};

/// Reads a CryptoSpec.
pub fn read(spec: &Object) -> Result<KeyChange, Fault> {
    let malformed = |error| fault::malformed(&error);
    Ok(match spec.type_name.as_str() {
        "CryptoSpecNoOp" => KeyChange::Nothing,
        "CryptoSpecDecrypt" => KeyChange::Decrypt,
        "CryptoSpecRegister" => {
            KeyChange::Register(WantedKey::asked(&spec.downcast::<CryptoSpecRegister>().map_err(malformed)?.crypto_key_id))
        }
        "CryptoSpecEncrypt" => {
            KeyChange::Encrypt(WantedKey::asked(&spec.downcast::<CryptoSpecEncrypt>().map_err(malformed)?.crypto_key_id))
        }
        "CryptoSpecShallowRecrypt" => {
            let to = WantedKey::asked(&spec.downcast::<CryptoSpecShallowRecrypt>().map_err(malformed)?.new_key_id);
            KeyChange::Recrypt { to, deep: false }
        }
        "CryptoSpecDeepRecrypt" => {
            let to = WantedKey::asked(&spec.downcast::<CryptoSpecDeepRecrypt>().map_err(malformed)?.new_key_id);
            KeyChange::Recrypt { to, deep: true }
        }
        other => return Err(fault::invalid_request(&format!("{other} says nothing about encryption"))),
    })
}

/// Reads a DiskCryptoSpec. Disks have one link here, so a spec for a parent has nothing that it could mean.
pub fn read_disk(spec: Option<&Object>) -> Result<KeyChange, Fault> {
    let Some(spec) = spec else { return Ok(KeyChange::Nothing) };
    let spec = spec.downcast::<DiskCryptoSpec>().map_err(|error| fault::malformed(&error))?;
    if spec.parent.is_some() {
        return Err(fault::invalid_argument("disksCrypto.parent"));
    }
    read(&spec.crypto)
}

/// Reads what policy comes along.
pub fn read_policy(profiles: &[Object]) -> PolicyChange {
    let named = profiles.iter().find_map(|profile| profile.downcast::<VirtualMachineDefinedProfileSpec>().ok());
    let empty = profiles.iter().any(|profile| profile.downcast::<VirtualMachineEmptyProfileSpec>().is_ok());
    match named {
        Some(profile) => PolicyChange::To(profile.profile_id),
        None if empty => PolicyChange::Without,
        None => PolicyChange::Keep,
    }
}
