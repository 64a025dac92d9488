//! What happens to the appliance: its services, its sessions, itself.

use jiff::Timestamp;

use crate::operations::sessions;
use crate::state::{Service, TaskState};
use crate::vapi;
use crate::world::{Orphan, World};

impl World {
    /// How many sessions live.
    pub fn session_count(&self) -> usize {
        self.parts.state.sessions.len()
    }

    /// How many sessions of REST live.
    pub fn rest_session_count(&self) -> usize {
        self.parts.state.rest_sessions.len()
    }

    /// Stops a service; what its endpoint answers then is told in `services`. With vpxd go sessions and tasks,
    /// with the endpoint of REST its sessions.
    pub fn stop_service(&mut self, now: Timestamp, service: Service) {
        if service == Service::Vpxd {
            self.restart(now);
        }
        self.happens(now, "service", |world| {
            world.parts.state.services.insert(service, false);
            if service == Service::Vapi {
                vapi::session::end_all(world);
            }
        });
        self.wake();
    }

    /// Starts a service that was stopped.
    pub fn start_service(&mut self, now: Timestamp, service: Service) {
        self.happens(now, "service", |world| world.parts.state.services.insert(service, true));
    }

    /// Ends all sessions, those of REST too, as an administrator may.
    pub fn end_all_sessions(&mut self, now: Timestamp) {
        self.happens(now, "sessions", |world| {
            let keys: Vec<String> = world.parts.state.sessions.iter().map(|(key, _)| key.clone()).collect();
            for key in keys {
                sessions::end(world, &key);
            }
            vapi::session::end_all(world);
        });
    }

    /// Changes the passwords of all accounts to ones that nobody knows, or back, and ends all sessions with a change.
    pub fn change_passwords(&mut self, now: Timestamp, changed: bool) {
        if changed {
            self.end_all_sessions(now);
        }
        self.happens(now, "passwords", |world| {
            let principals: Vec<String> = world.parts.state.users.iter().map(|(principal, _)| principal.clone()).collect();
            for principal in principals {
                if let Some(user) = world.parts.state.users.get_mut(&principal) {
                    user.changed = changed;
                }
            }
        });
    }

    /// Restarts vpxd: sessions, collectors and task objects are lost. What hosts were working on they bring to its end
    /// without anybody being told; what was only queued never happens.
    pub fn restart(&mut self, now: Timestamp) {
        self.end_all_sessions(now);
        self.happens(now, "restart", |world| {
            let tasks: Vec<_> = world.parts.state.tasks.values().cloned().collect();
            for record in tasks {
                world.parts.state.tasks.remove(&record.task);
                if let (TaskState::Running, Some(work)) = (record.state, record.work) {
                    world.orphaned.insert(record.task, Orphan { work, user: record.user });
                }
            }
        });
    }
}
