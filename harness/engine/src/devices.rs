//! Which devices the nodes of a world with processes have: simulated ones, or the kernel's.

use seatrial_node::mounts_nfs;

/// Which devices nodes have.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Devices {
    /// Disks and mounts in this process; our node plugin reaches them by a socket, others' cannot.
    #[default]
    Simulated,
    /// Loop devices, real filesystems and mounts, a mount namespace for each node; node plugins of others see them too.
    Loop,
}

impl Devices {
    /// What this machine lacks for them, in words; nothing when it has all.
    pub fn missing(self) -> Vec<String> {
        match self {
            Self::Simulated => Vec::new(),
            Self::Loop => seatrial_node::missing_for_real_devices(),
        }
    }

    /// The flags that ask for them.
    pub(crate) fn flags(self) -> &'static str {
        match self {
            Self::Simulated => "",
            Self::Loop => " --devices loop",
        }
    }

    /// What nodes lack for file volumes, in words: those are NFS, and nobody here serves it.
    pub(crate) fn lacks_for_file_volumes(self) -> Option<String> {
        let kernel = if mounts_nfs() { "" } else { "; and this kernel mounts none (no nfs4 in /proc/filesystems)" };
        (self == Self::Loop)
            .then(|| format!("nodes with real devices have no file volumes: those are NFS, which nobody serves here{kernel}"))
    }

    /// What a report says of them.
    pub(crate) fn words(self) -> Option<String> {
        let told = "nodes had real devices: disks behind loop devices, the kernel's filesystems and mounts";
        (self == Self::Loop).then(|| told.to_owned())
    }
}
