//! Looks at the state: what is shown of it, and to whom.

use jiff::Timestamp;
use vsphere_types::{Fault, MoRef};

use crate::fault;
use crate::release::Release;
use crate::state::{READ, State, VIEW};

/// What does not change while a vCenter runs, and the time.
#[derive(Clone, Debug)]
pub struct Facts {
    /// The release that it plays.
    pub release: Release,
    /// `About.instanceUuid`.
    pub instance_uuid: String,
    /// The instant of the running call or step.
    pub now: Timestamp,
}

/// A look at the state, by somebody.
#[derive(Clone, Copy)]
pub struct Look<'a> {
    /// The state.
    pub state: &'a State,
    /// What else is shown.
    pub facts: &'a Facts,
    /// Key of the session that looks.
    pub viewer: Option<&'a str>,
}

impl Look<'_> {
    /// Whether somebody who logged in looks.
    pub fn authenticated(&self) -> bool {
        self.viewer.is_some()
    }

    /// Whether the looker's account lacks anything.
    pub fn is_limited(&self) -> bool {
        let session = self.viewer.and_then(|key| self.state.sessions.get(key));
        session.and_then(|session| self.state.users.get(&session.user)).is_some_and(|user| !user.lacks.is_empty())
    }

    /// Why the looker may not read this object, if so: without a session only what is needed to get one can be read.
    pub fn refusal(&self, object: &MoRef) -> Option<Fault> {
        if !self.authenticated() {
            let open = matches!(object.kind.as_str(), "ServiceInstance" | "SessionManager");
            return (!open).then(|| fault::not_authenticated(object));
        }
        (!self.holds(READ, object)).then(|| fault::no_permission(object, READ))
    }

    /// Whether the looker may know that this object is there.
    pub fn sees(&self, object: &MoRef) -> bool {
        self.holds(VIEW, object)
    }

    /// Entities and their tasks are guarded; singletons and what belongs to a session are not.
    fn holds(&self, privilege: &str, object: &MoRef) -> bool {
        let Some(session) = self.viewer.and_then(|key| self.state.sessions.get(key)) else { return true };
        let guarded = self.state.has_entity(object) || object.kind == "Task";
        !guarded || self.state.holds(&session.user, privilege, object)
    }
}

/// State and what is needed to look at it.
#[derive(Clone, Debug)]
pub struct Parts {
    /// The tables.
    pub state: State,
    /// What does not change, and the time.
    pub facts: Facts,
}

impl Parts {
    /// A look by nobody in particular.
    pub fn look(&self) -> Look<'_> {
        self.look_as(None)
    }

    /// A look by the owner of a session.
    pub fn look_as<'a>(&'a self, viewer: Option<&'a str>) -> Look<'a> {
        Look { state: &self.state, facts: &self.facts, viewer }
    }
}
