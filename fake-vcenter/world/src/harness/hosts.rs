//! What happens to hosts.

use jiff::Timestamp;
use vsphere_types::{Fault, MoRef};

use crate::state::HostConnection;
use crate::world::World;
use crate::{fault, hosts};

impl World {
    /// A host loses its power, and with it all that ran on it; what follows is told in `hosts`. One that has failed already
    /// is left as it is.
    ///
    /// # Errors
    /// There is no such host.
    pub fn fail_host(&mut self, now: Timestamp, host: &MoRef) -> Result<(), Fault> {
        self.happen(now, "host-failure", |world| hosts::fail(world, host))
    }

    /// A host that failed boots again.
    ///
    /// # Errors
    /// There is no such host.
    pub fn recover_host(&mut self, now: Timestamp, host: &MoRef) -> Result<(), Fault> {
        self.happen(now, "host-recovery", |world| hosts::recover(world, host))
    }

    /// Cuts a host off from vCenter, or brings it back; what runs on it goes on.
    ///
    /// # Errors
    /// There is no such host.
    pub fn set_host_connected(&mut self, now: Timestamp, host: &MoRef, connected: bool) -> Result<(), Fault> {
        self.set_host_connection(now, host, if connected { HostConnection::Connected } else { HostConnection::NotResponding })
    }

    /// Says how vCenter and a host stand. A host that has failed stays what it is until it recovers.
    ///
    /// # Errors
    /// There is no such host.
    pub fn set_host_connection(&mut self, now: Timestamp, host: &MoRef, connection: HostConnection) -> Result<(), Fault> {
        self.happen(now, "host", |world| {
            let record = world.parts.state.hosts.get_mut(host).ok_or_else(|| fault::not_found(host))?;
            if record.failed.is_none() {
                record.connection = connection;
                if connection == HostConnection::Connected {
                    hosts::look_again(world);
                }
            }
            Ok(())
        })
    }
}
