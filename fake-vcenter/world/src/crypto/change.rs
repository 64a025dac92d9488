//! What a client asks to be done about encryption, read from a CryptoSpec.

use vsphere_types::{
    CryptoSpecDeepRecrypt, CryptoSpecEncrypt, CryptoSpecRegister, CryptoSpecShallowRecrypt, DiskCryptoSpec, Fault, Object,
    VirtualMachineDefinedProfileSpec, VirtualMachineEmptyProfileSpec,
};

use super::keys::Wanted;
use crate::fault;
use crate::state::KeyRef;

/// What is to be done about one disk or machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// Nothing.
    Nothing,
    /// Hand this key to the host.
    Register(Wanted),
    /// What is in clear gets a key.
    Encrypt(Wanted),
    /// What has a key becomes clear.
    Decrypt,
    /// Another key for what has one; `deep` writes the data anew too.
    Recrypt {
        /// The new key.
        to: Wanted,
        /// Whether the data is written anew.
        deep: bool,
    },
}

/// Reads a CryptoSpec.
pub fn read(spec: &Object) -> Result<Change, Fault> {
    let malformed = |error| fault::malformed(&error);
    Ok(match spec.type_name.as_str() {
        "CryptoSpecNoOp" => Change::Nothing,
        "CryptoSpecDecrypt" => Change::Decrypt,
        "CryptoSpecRegister" => Change::Register(Wanted::asked(&spec.downcast::<CryptoSpecRegister>().map_err(malformed)?.crypto_key_id)),
        "CryptoSpecEncrypt" => Change::Encrypt(Wanted::asked(&spec.downcast::<CryptoSpecEncrypt>().map_err(malformed)?.crypto_key_id)),
        "CryptoSpecShallowRecrypt" => {
            let to = Wanted::asked(&spec.downcast::<CryptoSpecShallowRecrypt>().map_err(malformed)?.new_key_id);
            Change::Recrypt { to, deep: false }
        }
        "CryptoSpecDeepRecrypt" => {
            let to = Wanted::asked(&spec.downcast::<CryptoSpecDeepRecrypt>().map_err(malformed)?.new_key_id);
            Change::Recrypt { to, deep: true }
        }
        other => return Err(fault::invalid_request(&format!("{other} says nothing about encryption"))),
    })
}

/// Reads a DiskCryptoSpec. Disks have one link here, so a spec for a parent has nothing that it could mean.
pub fn read_disk(spec: Option<&Object>) -> Result<Change, Fault> {
    let Some(spec) = spec else { return Ok(Change::Nothing) };
    let spec = spec.downcast::<DiskCryptoSpec>().map_err(|error| fault::malformed(&error))?;
    if spec.parent.is_some() {
        return Err(fault::invalid_argument("disksCrypto.parent"));
    }
    read(&spec.crypto)
}

/// The policy that comes with a change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PolicyChange {
    /// None came: it stays.
    Keep,
    /// This one, by its id.
    To(String),
    /// Explicitly none.
    Without,
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

/// What carries a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Lock {
    /// A virtual machine's own files.
    Machine(vsphere_types::MoRef),
    /// A volume.
    Volume(String),
}

/// One thing, and what is to be done about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// The thing.
    pub lock: Lock,
    /// What is to be done.
    pub change: Change,
    /// The policy that it gets.
    pub policy: PolicyChange,
}

/// The keys of a thing: the present one, and the one before while a change is not finished.
pub type Keys = (Option<KeyRef>, Option<KeyRef>);
