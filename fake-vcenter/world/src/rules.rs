//! Named rules of a vCenter that a test may switch off, to see that an oracle notices.
//!
//! A plain value for library callers: no flag, variable or feature reaches it, so no vCenter ever ships without them.

/// The rules; all true is how a vCenter behaves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rules {
    /// Attaching a volume adds a VirtualDisk to the VM's hardware.
    pub attach_adds_disk_to_vm: bool,
    /// A second CNS volume of the same name is created, as CNS does; without the rule it answers the first one.
    pub volume_names_may_repeat: bool,
    /// An attached volume cannot be attached again; without the rule a second VM gets it too.
    pub attached_volume_is_in_use: bool,
    /// A created volume takes its capacity from the datastore's free space.
    pub volumes_take_space: bool,
    /// A fault about a privilege that is missing names it, and the object; without the rule it says no more than its type.
    pub faults_name_privileges: bool,
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            attach_adds_disk_to_vm: true,
            volume_names_may_repeat: true,
            attached_volume_is_in_use: true,
            volumes_take_space: true,
            faults_name_privileges: true,
        }
    }
}
