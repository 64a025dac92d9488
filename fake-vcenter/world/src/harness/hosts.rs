//! What happens to hosts.

use jiff::Timestamp;
use vsphere_types::{Fault, MoRef};

use crate::state::HostConnection;
use crate::world::World;
use crate::{fault, hosts, inventory};

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

    /// Empties a host for maintenance, or ends its maintenance; how is told in `hosts`.
    ///
    /// # Errors
    /// There is no such host, it does not answer, or a machine that runs on it can go nowhere: then nothing has moved.
    pub fn set_maintenance(&mut self, now: Timestamp, host: &MoRef, maintenance: bool) -> Result<(), Fault> {
        self.happen(now, "maintenance", |world| {
            if maintenance { hosts::enter_maintenance(world, host) } else { hosts::exit_maintenance(world, host) }
        })
    }

    /// Unmounts a datastore from a host, or mounts it there again.
    ///
    /// # Errors
    /// There is no such host or datastore, or a machine on the host has something on it.
    pub fn set_mounted(&mut self, now: Timestamp, host: &MoRef, datastore: &MoRef, mounted: bool) -> Result<(), Fault> {
        self.happen(now, "mount", |world| hosts::set_mounted(world, host, datastore, mounted))
    }

    /// Adds a host to a cluster; it mounts what the first host of the cluster mounts, and HA may use it at once.
    ///
    /// # Errors
    /// There is no such cluster.
    pub fn add_host(&mut self, now: Timestamp, cluster: &str) -> Result<MoRef, Fault> {
        let mut made = None;
        self.happen(now, "new-host", |world| {
            made = Some(inventory::join_host(world, cluster)?);
            hosts::look_again(world);
            Ok(())
        })?;
        made.ok_or_else(|| fault::system_error("the host was added and is not there"))
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
