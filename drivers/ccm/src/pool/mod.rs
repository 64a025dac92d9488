//! All vCenters together: where a machine is, and what is known when not all of them answer.
//!
//! The rule that everything here keeps: *not found* is said only when every vCenter that could have the machine was
//! asked and answered. One that is down, that refuses, or whose account is blind makes it *unknown*.

mod breaker;
mod lookup;
mod presence;
mod zones;

use std::collections::BTreeMap;
use std::sync::Mutex;

use futures::future::{BoxFuture, join_all};
use vsphere_types::MoRef;

pub(crate) use breaker::CircuitBreaker;
pub(crate) use lookup::LookupError;
pub(crate) use presence::Presence;
pub(crate) use zones::{ZoneError, Zones};

use crate::behaviours::Behaviours;
use crate::config::{Family, LabelsConfig};
use crate::identity::BiosUuid;
use crate::vcenter::client::ClientVCenter;
use crate::vcenter::{Machine, VCenterError};

/// One vCenter.
pub(crate) struct Member {
    /// Its server, as configured.
    pub name: String,
    /// The families of addresses that its nodes have.
    pub families: Vec<Family>,
    pub vcenter: ClientVCenter,
    pub breaker: CircuitBreaker,
}

/// A machine and the vCenter that it is in: references mean something only there.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Place {
    member: usize,
    machine: MoRef,
}

/// A vCenter that did not answer, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Silent {
    pub vcenter: String,
    pub error: VCenterError,
}

/// All vCenters.
pub(crate) struct VCenterPool {
    members: Vec<Member>,
    labels: LabelsConfig,
    behaviours: Behaviours,
    /// Where machines were found; looked at first, believed only when the machine there still has the uuid.
    known: Mutex<BTreeMap<BiosUuid, Place>>,
}

impl VCenterPool {
    pub(crate) fn new(members: Vec<Member>, labels: LabelsConfig, behaviours: Behaviours) -> Self {
        Self { members, labels, behaviours, known: Mutex::default() }
    }

    /// The member that a place is in.
    fn member(&self, place: &Place) -> &Member {
        &self.members[place.member]
    }

    /// The families of addresses that a machine's node has.
    pub(crate) fn families(&self, place: &Place) -> &[Family] {
        &self.member(place).families
    }

    /// The members that are searched.
    fn searched(&self) -> &[Member] {
        if self.behaviours.search_every_vcenter { &self.members } else { &self.members[..self.members.len().min(1)] }
    }

    /// Asks all members that are searched the same, at the same time; answers what they said, in their order.
    async fn everywhere<'a, T>(
        &'a self,
        ask: impl Fn(&'a Member) -> BoxFuture<'a, Result<T, VCenterError>>,
    ) -> (Vec<(usize, T)>, Vec<Silent>) {
        let answers = join_all(self.searched().iter().map(|member| member.breaker.ask(ask(member)))).await;
        let (mut said, mut silent) = (Vec::new(), Vec::new());
        for (index, answer) in answers.into_iter().enumerate() {
            match answer {
                Ok(answer) => said.push((index, answer)),
                Err(error) => silent.push(Silent { vcenter: self.members[index].name.clone(), error }),
            }
        }
        (said, silent)
    }

    /// Reads one machine; `None` when it is gone.
    pub(crate) async fn machine(&self, place: &Place) -> Result<Option<Machine>, VCenterError> {
        let member = self.member(place);
        let machines = [place.machine.clone()];
        let found = member.breaker.ask(member.vcenter.machines(&machines)).await?;
        Ok(found.into_iter().next())
    }

    /// Reads the machines of these uuids: one call for each vCenter that has some, and a search for each machine that
    /// was not seen before. What cannot be read is left out.
    pub(crate) async fn machines_of(&self, uuids: &[BiosUuid]) -> BTreeMap<BiosUuid, (Place, Machine)> {
        let mut places: BTreeMap<usize, Vec<(BiosUuid, MoRef)>> = BTreeMap::new();
        for uuid in uuids {
            let place = match self.place_of(uuid) {
                Some(place) => Some(place),
                None => self.look_up_uuid(uuid).await.ok(),
            };
            if let Some(place) = place {
                places.entry(place.member).or_default().push((uuid.clone(), place.machine));
            }
        }
        let mut read = BTreeMap::new();
        for (index, wanted) in places {
            let member = &self.members[index];
            let references: Vec<MoRef> = wanted.iter().map(|(_, reference)| reference.clone()).collect();
            let Ok(machines) = member.breaker.ask(member.vcenter.machines(&references)).await else { continue };
            for (uuid, reference) in wanted {
                match machines.iter().find(|machine| machine.reference == reference && is_of(&machine.uuid, &uuid)) {
                    Some(machine) => {
                        read.insert(uuid, (Place { member: index, machine: reference }, machine.clone()));
                    }
                    None => self.forget(&uuid),
                }
            }
        }
        read
    }

    fn place_of(&self, uuid: &BiosUuid) -> Option<Place> {
        self.known.lock().expect("no holder of the places panics").get(uuid).cloned()
    }

    fn remember(&self, uuid: &BiosUuid, place: &Place) {
        self.known.lock().expect("no holder of the places panics").insert(uuid.clone(), place.clone());
    }

    fn forget(&self, uuid: &BiosUuid) {
        self.known.lock().expect("no holder of the places panics").remove(uuid);
    }

    /// Ends all sessions; answers those that stay behind.
    pub(crate) async fn logout(&self) -> Vec<Silent> {
        let mut left = Vec::new();
        for member in &self.members {
            if let Err(error) = member.vcenter.logout().await {
                left.push(Silent { vcenter: member.name.clone(), error });
            }
        }
        left
    }
}

/// Whether a machine that says `written` is the one of `uuid`. One that says nothing may be: it is being reconfigured.
fn is_of(written: &str, uuid: &BiosUuid) -> bool {
    written.is_empty() || BiosUuid::parse(written).is_some_and(|said| said == *uuid || said == uuid.swapped())
}
