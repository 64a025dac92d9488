//! Who may do what.
//!
//! An account is an administrator, less what it lacks: a privilege everywhere, or on one entity and what is inside.
//! Modelled: the privileges that CNS, the policy service, tags, sessions, power and encryption ask for; objects without
//! System.View are invisible, properties without System.Read are missing with NoPermission. Not modelled: groups, roles that
//! clients make, changing permissions, entities that take a permission without passing it on.

use vsphere_types::{Fault, MoRef};

use crate::fault;
use crate::state::{READ, VIEW};
use crate::world::World;

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
