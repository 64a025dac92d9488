//! Why something could not be done to a world.

use vsphere_types::Fault;

/// Why something could not be done to a world. What is asked for by name and is not there is looked for before anything is
/// changed.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum InjectionError {
    /// It is away already.
    #[error("{target} has failed already")]
    AlreadyFailed {
        /// What was to fail, in the scenario's words.
        target: String,
    },
    /// It is not away.
    #[error("{target} has not failed: there is nothing to heal")]
    NotFailed {
        /// What was to heal, in the scenario's words.
        target: String,
    },
    /// There is no such vCenter.
    #[error("there is no vCenter {vcenter}")]
    NoVCenter {
        /// Its name.
        vcenter: String,
    },
    /// There is no such node.
    #[error("there is no node {node}")]
    NoNode {
        /// Its name.
        node: String,
    },
    /// A node's VM is not in its vCenter.
    #[error("there is no VM {node}")]
    NoVm {
        /// The node's name, which is the VM's.
        node: String,
    },
    /// There is no such process.
    #[error("there is no process {process} in this world")]
    NoProcess {
        /// Its name.
        process: String,
    },
    /// A vCenter has no such datastore.
    #[error("there is no datastore {datastore} in {vcenter}")]
    NoDatastore {
        /// Its name.
        datastore: String,
        /// Where it was looked for.
        vcenter: String,
    },
    /// No vCenter had such a disk beforehand.
    #[error("there is no disk {disk} in this world")]
    NoDisk {
        /// Its name.
        disk: String,
    },
    /// A vCenter has no such key provider.
    #[error("there is no key provider {provider} in {vcenter}")]
    NoKeyProvider {
        /// Its name.
        provider: String,
        /// Where it was looked for.
        vcenter: String,
    },
    /// All hosts that are meant have failed, or there are none.
    #[error("{place} has no host that lives")]
    NoLivingHost {
        /// Where one was looked for.
        place: String,
    },
    /// A VM is to be created that is there.
    #[error("the VM {node} is still there: destroy it first")]
    VmExists {
        /// The node's name, which is the VM's.
        node: String,
    },
    /// A fault rule waits for a call that starts no task of vCenter's.
    #[error("{method} is no method of vCenter")]
    NoMethod {
        /// The call.
        method: String,
    },
    /// vCenter does not do it.
    #[error("{}", .fault.message)]
    Refused {
        /// What it says.
        fault: Box<Fault>,
    },
}

impl From<Fault> for InjectionError {
    fn from(fault: Fault) -> Self {
        Self::Refused { fault: Box::new(fault) }
    }
}
