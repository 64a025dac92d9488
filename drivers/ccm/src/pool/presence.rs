//! Whether machines are there, and run.

use std::collections::BTreeMap;

use vsphere_types::MoRef;

use super::{LookupError, Place, VCenterPool, is_of};
use crate::identity::BiosUuid;
use crate::vcenter::VCenterError;

/// What is known of a machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Presence {
    /// It is there and runs.
    Running,
    /// It is there and does not run.
    Off,
    /// It is nowhere: everybody was asked, has answered, and sees all there is.
    Gone,
    /// Nothing can be said; why not.
    Unknown(String),
}

impl VCenterPool {
    /// What is known of each of these machines. Those that were seen before cost one call for each vCenter.
    pub(crate) async fn presences(&self, uuids: &[BiosUuid]) -> BTreeMap<BiosUuid, Presence> {
        let mut known: BTreeMap<usize, Vec<(BiosUuid, MoRef)>> = BTreeMap::new();
        let mut told = BTreeMap::new();
        let mut unseen = Vec::new();
        for uuid in uuids {
            match self.place_of(uuid) {
                Some(place) => known.entry(place.member).or_default().push((uuid.clone(), place.machine)),
                None => unseen.push(uuid.clone()),
            }
        }
        for (member, wanted) in known {
            self.look_at(member, wanted, &mut told, &mut unseen).await;
        }
        for uuid in unseen {
            let presence = self.search_for(&uuid).await;
            told.insert(uuid, presence);
        }
        told
    }

    /// Looks where machines were before; those that are not there any more are to be searched for.
    async fn look_at(
        &self,
        index: usize,
        wanted: Vec<(BiosUuid, MoRef)>,
        told: &mut BTreeMap<BiosUuid, Presence>,
        unseen: &mut Vec<BiosUuid>,
    ) {
        let member = &self.members[index];
        let references: Vec<MoRef> = wanted.iter().map(|(_, reference)| reference.clone()).collect();
        let states = match member.breaker.ask(member.vcenter.states(&references)).await {
            Ok(states) => states,
            Err(error) => {
                told.extend(wanted.into_iter().map(|(uuid, _)| (uuid, self.unanswered(&member.name, &error))));
                return;
            }
        };
        for (uuid, reference) in wanted {
            match states.iter().find(|state| state.reference == reference && is_of(&state.uuid, &uuid)) {
                Some(state) => {
                    told.insert(uuid, if state.powered_on { Presence::Running } else { Presence::Off });
                }
                None => {
                    self.forget(&uuid);
                    unseen.push(uuid);
                }
            }
        }
    }

    async fn search_for(&self, uuid: &BiosUuid) -> Presence {
        match self.look_up_uuid(uuid).await {
            Ok(place) => self.state_at(&place).await,
            Err(LookupError::NotFound { .. }) => self.proven_gone().await,
            Err(error @ LookupError::Unknown { .. }) if self.behaviours.delete_only_on_proof => Presence::Unknown(error.to_string()),
            Err(LookupError::Unknown { .. }) => Presence::Gone,
            Err(error) => Presence::Unknown(error.to_string()),
        }
    }

    async fn state_at(&self, place: &Place) -> Presence {
        let member = self.member(place);
        match member.breaker.ask(member.vcenter.states(std::slice::from_ref(&place.machine))).await {
            Ok(states) => match states.first() {
                Some(state) if state.powered_on => Presence::Running,
                Some(_) => Presence::Off,
                None => Presence::Unknown(format!("{} went away while it was looked at", place.machine)),
            },
            Err(error) => self.unanswered(&member.name, &error),
        }
    }

    /// Nobody has it; it is gone if everybody would have seen it.
    async fn proven_gone(&self) -> Presence {
        if !self.behaviours.delete_only_on_proof {
            return Presence::Gone;
        }
        let (_, blind) = self.everywhere(|member| Box::pin(member.vcenter.sees_everything())).await;
        match blind.first() {
            None => Presence::Gone,
            Some(blind) => Presence::Unknown(format!("{}: {}", blind.vcenter, blind.error.cause())),
        }
    }

    /// Of a vCenter that does not answer.
    fn unanswered(&self, vcenter: &str, error: &VCenterError) -> Presence {
        if self.behaviours.delete_only_on_proof { Presence::Unknown(format!("{vcenter}: {}", error.cause())) } else { Presence::Gone }
    }

    /// Whether a machine of this name is there, for nodes that nothing else is known of.
    pub(crate) async fn presence_by_name(&self, name: &str) -> Presence {
        match self.look_up_name(name).await {
            Ok(place) => self.state_at(&place).await,
            Err(LookupError::NotFound { .. }) => Presence::Gone,
            Err(error) => Presence::Unknown(error.to_string()),
        }
    }
}
