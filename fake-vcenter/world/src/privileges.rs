//! Who may do what.
//!
//! An account is an administrator, less what it lacks: a privilege everywhere, or on one entity and what is inside.
//! Modelled: the privileges that CNS, the policy service, tags, sessions, power and encryption ask for; objects without
//! System.View are invisible, properties without System.Read are missing with NoPermission. Not modelled: groups, roles that
//! clients make, changing permissions, entities that take a permission without passing it on.

use vsphere_types::{Fault, Method, MoRef};

use crate::fault;
use crate::operations::Call;
use crate::state::{READ, VIEW};
use crate::world::World;

/// Privileges of a vCenter, as far as anything here asks for them or clients are known to name them.
pub const ALL: &[&str] = &[
    "Authorization.ModifyPermissions",
    "Authorization.ModifyRoles",
    "Cns.Searchable",
    "Cryptographer.Access",
    "Cryptographer.AddDisk",
    "Cryptographer.Clone",
    "Cryptographer.Decrypt",
    "Cryptographer.Encrypt",
    "Cryptographer.EncryptNew",
    "Cryptographer.ManageEncryptionPolicy",
    "Cryptographer.ManageKeyServers",
    "Cryptographer.ManageKeys",
    "Cryptographer.Migrate",
    "Cryptographer.ReadKeyServersInfo",
    "Cryptographer.Recrypt",
    "Cryptographer.RegisterHost",
    "Cryptographer.RegisterVM",
    "Datacenter.Create",
    "Datacenter.Delete",
    "Datastore.AllocateSpace",
    "Datastore.Browse",
    "Datastore.Config",
    "Datastore.Delete",
    "Datastore.DeleteFile",
    "Datastore.FileManagement",
    "Datastore.Move",
    "Datastore.Rename",
    "Folder.Create",
    "Folder.Delete",
    "Global.CancelTask",
    "Global.DisableMethods",
    "Global.EnableMethods",
    "Global.Licenses",
    "Global.ManageCustomFields",
    "Global.SetCustomField",
    "Host.Config.Connection",
    "Host.Config.Maintenance",
    "Host.Config.Storage",
    "InventoryService.Tagging.AttachTag",
    "InventoryService.Tagging.CreateCategory",
    "InventoryService.Tagging.CreateTag",
    "InventoryService.Tagging.DeleteCategory",
    "InventoryService.Tagging.DeleteTag",
    "InventoryService.Tagging.EditCategory",
    "InventoryService.Tagging.EditTag",
    "InventoryService.Tagging.ObjectAttachable",
    "Network.Assign",
    "Resource.AssignVMToPool",
    "Resource.ColdMigrate",
    "Resource.HotMigrate",
    "Sessions.GlobalMessage",
    "Sessions.TerminateSession",
    "Sessions.ValidateSession",
    "StorageProfile.Update",
    "StorageProfile.View",
    "System.Anonymous",
    "System.Read",
    "System.View",
    "VApp.Import",
    "VirtualMachine.Config.AddExistingDisk",
    "VirtualMachine.Config.AddNewDisk",
    "VirtualMachine.Config.AddRemoveDevice",
    "VirtualMachine.Config.AdvancedConfig",
    "VirtualMachine.Config.CPUCount",
    "VirtualMachine.Config.ChangeTracking",
    "VirtualMachine.Config.DiskExtend",
    "VirtualMachine.Config.EditDevice",
    "VirtualMachine.Config.Memory",
    "VirtualMachine.Config.RawDevice",
    "VirtualMachine.Config.RemoveDisk",
    "VirtualMachine.Config.Settings",
    "VirtualMachine.Interact.PowerOff",
    "VirtualMachine.Interact.PowerOn",
    "VirtualMachine.Inventory.Create",
    "VirtualMachine.Inventory.CreateFromExisting",
    "VirtualMachine.Inventory.Delete",
    "VirtualMachine.Provisioning.DeployTemplate",
    "VirtualMachine.State.CreateSnapshot",
    "VirtualMachine.State.RemoveSnapshot",
];

/// Whether there is such a privilege; what a world's description lacks can be checked by it.
pub fn is_privilege(id: &str) -> bool {
    ALL.contains(&id)
}

/// The privilege that a method needs on its object, or on the root folder where its object is no entity.
fn needed(method: Method) -> Option<&'static str> {
    use Method as M;
    Some(match method {
        M::SessionIsActive => "Sessions.ValidateSession",
        M::TerminateSession => "Sessions.TerminateSession",
        M::PowerOnVmTask => "VirtualMachine.Interact.PowerOn",
        M::PowerOffVmTask => "VirtualMachine.Interact.PowerOff",
        M::CnsQueryVolume | M::CnsQueryAllVolume | M::CnsQueryAsync | M::CnsQuerySnapshots => "Cns.Searchable",
        M::PbmRetrieveServiceContent => return None,
        other if other.namespace() == "urn:pbm" => "StorageProfile.View",
        _ => return None,
    })
}

/// What must hold before a method is carried out: its object can be seen, and the caller has the privilege for it.
pub fn check(world: &World, call: &Call, method: Method) -> Result<(), Fault> {
    if world.parts.state.has_entity(call.this) {
        world.require(VIEW, call.this)?;
    }
    match needed(method) {
        Some(privilege) => world.require(privilege, call.this),
        None => Ok(()),
    }
}

/// CNS says no more of these faults than their names.
pub fn in_words_of(method: Method, mut fault: Fault) -> Fault {
    if method.namespace() == "urn:vsan" && matches!(fault.type_name(), "NoPermission" | "NotAuthenticated") {
        fault.message = fault.type_name().to_owned();
    }
    fault
}

impl World {
    /// Requires that the user of the running call or task holds a privilege; one on what is no entity is judged on the
    /// root folder.
    pub(crate) fn require(&self, privilege: &str, object: &MoRef) -> Result<(), Fault> {
        let state = &self.parts.state;
        let root = MoRef::new("Folder", "group-d1");
        let object = if state.has_entity(object) { object } else { &root };
        if state.holds(&self.acting, privilege, object) {
            return Ok(());
        }
        // What cannot even be seen is refused for that.
        let lacking = if state.holds(&self.acting, VIEW, object) { privilege } else { VIEW };
        Err(self.as_told(fault::no_permission(object, lacking)))
    }

    /// A fault with as much of what is missing as this vCenter tells.
    pub(crate) fn as_told(&self, fault: Fault) -> Fault {
        if self.config.rules.faults_name_privileges { fault } else { fault::without_privileges(fault) }
    }

    /// Requires that the object can be read.
    pub(crate) fn require_read(&self, object: &MoRef) -> Result<(), Fault> {
        self.require(READ, object)
    }
}
