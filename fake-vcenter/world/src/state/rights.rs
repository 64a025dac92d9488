//! Who holds which privilege where.

use vsphere_types::MoRef;

use super::tables::State;
use super::user::{Lack, VIEW};

impl State {
    /// Whether a user, by the name that sessions show, holds a privilege on an object. vCenter's own services, which have
    /// no user, hold all; what cannot be seen cannot be used either.
    pub fn holds(&self, user: &str, privilege: &str, object: &MoRef) -> bool {
        let Some(user) = self.users.get(user) else { return true };
        let lacking = |lack: &Lack| (lack.privilege == privilege || lack.privilege == VIEW) && self.is_there(object, lack.at.as_deref());
        !user.lacks.iter().any(lacking)
    }

    /// Whether an object is the entity of this name or inside of it.
    fn is_there(&self, object: &MoRef, name: Option<&str>) -> bool {
        let Some(name) = name else { return true };
        let task = self.tasks.get(object).map(|task| &task.entity);
        let mut place = Some(task.unwrap_or(object));
        while let Some(entity) = place {
            if self.name_of(entity) == Some(name) {
                return true;
            }
            place = self.parent_of(entity);
        }
        false
    }
}
