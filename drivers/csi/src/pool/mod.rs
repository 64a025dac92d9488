//! The vCenters that are configured, as one.
//!
//! A volume, a machine, a datastore belong to one vCenter each, and managed object ids repeat from one to the next, so
//! nothing here goes without the vCenter that it is of. Whose a volume is, is found by asking and remembered: it never
//! moves. "Not there" is said only when every vCenter has answered; one that is down makes the answer unknown, and for the
//! volumes of the others changes nothing.

mod error;
mod owners;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use driver_host::Host;
use futures::future::BoxFuture;
use tokio::sync::mpsc;
use vsphere_types::MoRef;

pub(crate) use error::PoolError;
use owners::Owners;

use crate::behaviours::Behaviours;
use crate::vcenter::{VCenter, VCenterError};

/// A vCenter that is shared.
pub(crate) type Member = Arc<dyn VCenter>;

/// The vCenters.
pub(crate) struct VCenterPool {
    host: Arc<dyn Host>,
    members: Vec<Member>,
    owners: Owners,
    behaviours: Behaviours,
}

impl VCenterPool {
    /// These vCenters, in the order of the configuration.
    pub(crate) fn new(host: Arc<dyn Host>, members: Vec<Member>, behaviours: Behaviours) -> Self {
        Self { host, members, owners: Owners::default(), behaviours }
    }

    /// All of them, in the order of the configuration.
    pub(crate) fn members(&self) -> &[Member] {
        &self.members
    }

    /// The vCenter of this host name.
    pub(crate) fn named(&self, host: &str) -> Option<&Member> {
        self.members.iter().find(|member| member.host().eq_ignore_ascii_case(host))
    }

    /// The one vCenter, when there is only one.
    pub(crate) fn only(&self) -> Option<&Member> {
        match self.members.as_slice() {
            [one] => Some(one),
            _ => None,
        }
    }

    /// The vCenter that has a volume; `None` is the word of all of them. Where there is one, it is not asked: whatever is
    /// asked of it next tells whether it has the volume.
    pub(crate) async fn owner(&self, volume: &str) -> Result<Option<Member>, PoolError> {
        if let Some(only) = self.only() {
            return Ok(Some(Arc::clone(only)));
        }
        if let Some(member) = self.owners.of(volume).and_then(|host| self.named(&host).cloned()) {
            return Ok(Some(member));
        }
        let (id, what) = (volume.to_owned(), format!("volume {volume}"));
        let found = self.find(&what, move |member| {
            let id = id.clone();
            Box::pin(async move { member.volume_by_id(&id).await })
        });
        let Some((member, _)) = found.await? else { return Ok(None) };
        self.remember(volume, &member);
        Ok(Some(member))
    }

    /// The vCenter that has the virtual machine with this BIOS uuid.
    pub(crate) async fn machine(&self, uuid: &str) -> Result<Option<(Member, MoRef)>, PoolError> {
        let uuid = uuid.to_ascii_lowercase();
        self.find(&format!("the virtual machine with the BIOS uuid {uuid}"), move |member| {
            let uuid = uuid.clone();
            Box::pin(async move { member.vm_by_bios_uuid(&uuid).await })
        })
        .await
    }

    /// Remembers whose a volume is.
    pub(crate) fn remember(&self, volume: &str, member: &Member) {
        if self.members.len() > 1 {
            self.owners.remember(volume, member.host());
        }
    }

    /// Forgets whose a volume was: it is gone, or not where it was thought to be.
    pub(crate) fn forget(&self, volume: &str) {
        self.owners.forget(volume);
    }

    /// Asks all at once, and comes back with the first that has it. Those who have not answered by then are listened to
    /// to the end all the same: a login that is cut off leaves a session behind.
    pub(crate) async fn find<T, F>(&self, what: &str, ask: F) -> Result<Option<(Member, T)>, PoolError>
    where
        T: Send + 'static,
        F: Fn(Member) -> BoxFuture<'static, Result<Option<T>, VCenterError>>,
    {
        let (sender, mut receiver) = mpsc::unbounded_channel();
        for member in &self.members {
            let (sender, asked, answer) = (sender.clone(), Arc::clone(member), ask(Arc::clone(member)));
            // Whoever was faster has been heard already.
            self.host.spawn("ask a vCenter", Box::pin(async move { drop(sender.send((asked, answer.await))) }));
        }
        drop(sender);
        let mut unanswered = Vec::new();
        while let Some((member, answer)) = receiver.recv().await {
            match answer {
                Ok(Some(found)) if self.behaviours.one_vcenter_down_is_not_all || unanswered.is_empty() => {
                    return Ok(Some((member, found)));
                }
                Ok(_) => {}
                Err(error) => unanswered.push((member.host().to_owned(), error)),
            }
        }
        match unanswered.into_iter().next() {
            Some((vcenter, source)) if self.behaviours.unanswered_is_not_absent => {
                Err(PoolError { what: what.to_owned(), vcenter, source })
            }
            _ => Ok(None),
        }
    }
}
