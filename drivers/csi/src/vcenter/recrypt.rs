//! How a volume can be brought under another key provider.

use vsphere_types::MoRef;

/// The way to a recrypt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RecryptWay {
    /// By CNS, for a volume that is not attached: from 9.1.
    Cns,
    /// As a first class disk, for a volume that is not attached: from 8.0 U3.
    Disk {
        /// The datastore on which it lies.
        datastore: MoRef,
    },
    /// By a change of the machine that it is attached to.
    Machine {
        /// The machine.
        vm: MoRef,
    },
}

impl RecryptWay {
    /// What is called.
    pub fn operation(&self) -> &'static str {
        match self {
            Self::Cns => "CnsUpdateVolumeCrypto",
            Self::Disk { .. } => "UpdateVStorageObjectCrypto_Task",
            Self::Machine { .. } => "ReconfigVM_Task",
        }
    }
}
