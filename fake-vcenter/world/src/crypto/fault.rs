//! The faults of encryption, with the message keys that clients of vCenter look for.

use vsphere_types::{
    EncryptionKeyRequired, Fault, InvalidDeviceOperation, InvalidDeviceSpec, InvalidVmConfig, LocalizableMessage, NotSupported, TypedFault,
    VirtualDeviceConfigSpecOperation,
};

use crate::state::KeyRef;

fn messages(key: &str, text: &str) -> Vec<LocalizableMessage> {
    vec![LocalizableMessage { key: key.to_owned(), arg: Vec::new(), message: Some(text.to_owned()) }]
}

/// A key cannot be had for a new or changed disk.
pub fn key_locator(api: &str) -> Fault {
    crate::fault::system_error(&format!("Key locator error: api = {api}"))
}

/// The host has none of the keys that would open something, and cannot get them.
pub fn key_required(missing: &[KeyRef]) -> Fault {
    let text = "A required encryption key was not found: the key provider does not answer, and the host does not hold the key.";
    EncryptionKeyRequired { required_key: missing.iter().map(KeyRef::shown).collect(), ..EncryptionKeyRequired::default() }.fault_with(text)
}

/// An encrypted disk is to go to a machine in clear.
pub fn machine_in_clear() -> Fault {
    let text = "An encrypted disk can only be added to a virtual machine that is encrypted.";
    let fault = InvalidDeviceSpec {
        fault_message: messages("msg.hostd.deviceSpec.add.noencrypt", text),
        property: Some("deviceChange.device.backing".to_owned()),
        ..InvalidDeviceSpec::default()
    };
    fault.fault_with(text)
}

/// A disk is to be encrypted whose machine is in clear.
pub fn machine_not_encrypted() -> Fault {
    config("msg.hostd.configSpec.enc.notEncrypted", "The virtual machine is not encrypted.")
}

/// A machine is to be encrypted that is so already.
pub fn machine_encrypted() -> Fault {
    config("msg.hostd.configSpec.enc.encrypted", "The virtual machine is encrypted already.")
}

/// A machine is to be made clear that has encrypted disks.
pub fn disks_still_encrypted() -> Fault {
    config("msg.hostd.configSpec.enc.mismatch", "The virtual machine cannot be in clear while it has encrypted disks.")
}

/// A machine and its disks would have keys of providers of several kinds.
pub fn mixed_keys() -> Fault {
    config("msg.hostd.configSpec.enc.mixedKeys", "The keys of a virtual machine and of its disks must be of one kind of key provider.")
}

/// A disk that is a chain of files is to be written anew.
pub fn has_snapshots() -> Fault {
    config("msg.hostd.configSpec.enc.snapshots", "A disk with snapshots cannot be encrypted, decrypted or given new keys for its data.")
}

/// The policy that came with a change does not say the same as the change.
pub fn bad_policy(text: &str) -> Fault {
    let fault = InvalidDeviceSpec {
        fault_message: messages("msg.hostd.deviceSpec.enc.badPolicy", text),
        property: Some("deviceChange.profile".to_owned()),
        ..InvalidDeviceSpec::default()
    };
    fault.fault_with(text)
}

fn config(key: &str, text: &str) -> Fault {
    InvalidVmConfig { fault_message: messages(key, text), property: Some("crypto".to_owned()), ..InvalidVmConfig::default() }
        .fault_with(text)
}

/// The disk is encrypted already, or is not and should be.
pub fn disk_state(encrypted: bool) -> Fault {
    let (key, text) = if encrypted {
        ("msg.hostd.deviceSpec.enc.encrypted", "The disk is encrypted already.")
    } else {
        ("msg.hostd.deviceSpec.enc.notEncrypted", "The disk is not encrypted.")
    };
    let fault = InvalidDeviceOperation {
        fault_message: messages(key, text),
        bad_op: Some(VirtualDeviceConfigSpecOperation::Edit),
        ..InvalidDeviceOperation::default()
    };
    fault.fault_with(text)
}

/// There is no provider to take a key from.
pub fn no_default_provider() -> Fault {
    config("msg.keysafe.locator", "There is no default key provider to take a key from: mark one as the default, or name one.")
}

/// There is no such provider, or it has no such key.
pub fn unknown_key(what: &str) -> Fault {
    config("msg.vigor.enc.keyNotFound", &format!("There is no {what}."))
}

/// This kind of provider cannot do that in this release.
pub fn native_keys_unusable() -> Fault {
    NotSupported::default().fault_with("First class disks cannot be encrypted by a native key provider before 8.0 U3.")
}
