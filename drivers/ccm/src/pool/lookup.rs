//! Finding the machine of a node.

use super::{Place, Silent, VCenterPool};
use crate::identity::{BiosUuid, Identity};

/// Why no machine is named.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum LookupError {
    /// Every vCenter has answered, and none has it.
    #[error("no machine with {what} in {}; check that the machine is there, and that `datacenters` names where it is", .searched.join(", "))]
    NotFound { what: String, searched: Vec<String> },
    /// Several could be it.
    #[error("several machines with {what}: {}; make it unique, or give the node its provider id", .candidates.join(", "))]
    Ambiguous { what: String, candidates: Vec<String> },
    /// Not every vCenter has answered.
    #[error("no machine with {what} so far, and not every vCenter answers: {}", causes(.silent))]
    Unknown { what: String, silent: Vec<Silent> },
    /// It is no node of ours.
    #[error("provider id {0:?} is not vsphere:// and a uuid; remove it, or let another cloud controller manager look after the node")]
    Foreign(String),
}

/// What keeps whom from answering, without what changes from one try to the next.
fn causes(silent: &[Silent]) -> String {
    let texts: Vec<String> = silent.iter().map(|silent| format!("{}: {}", silent.vcenter, silent.error.cause())).collect();
    texts.join("; ")
}

impl VCenterPool {
    /// Finds the machine that a Node says it is.
    pub(crate) async fn look_up(&self, identity: &Identity) -> Result<Place, LookupError> {
        match identity {
            Identity::ProviderId(uuid) | Identity::SystemUuid(uuid) => self.look_up_uuid(uuid).await,
            Identity::Name(name) => self.look_up_name(name).await,
            Identity::Foreign(written) => Err(LookupError::Foreign(written.clone())),
        }
    }

    /// By uuid, as it is written and with its bytes swapped; remembered for the next time.
    pub(super) async fn look_up_uuid(&self, uuid: &BiosUuid) -> Result<Place, LookupError> {
        let what = format!("uuid {uuid}");
        let mut silent = Vec::new();
        let forms = if self.behaviours.try_both_byte_orders { 2 } else { 1 };
        for form in [uuid.clone(), uuid.swapped()].into_iter().take(forms) {
            let text = form.as_str().to_owned();
            let (found, unanswered) = self
                .everywhere(|member| {
                    let text = text.clone();
                    Box::pin(async move { member.vcenter.by_uuid(&text).await })
                })
                .await;
            let places = places(found);
            if !places.is_empty() {
                // Another machine of the same uuid at a vCenter that is down would be a clone gone wrong: it does not
                // keep nodes from being looked after.
                let place = self.only(&what, places)?;
                self.remember(uuid, &place);
                return Ok(place);
            }
            silent = unanswered;
        }
        Err(self.nowhere(what, silent))
    }

    /// By the guest's own name. Names are given twice more easily than uuids, so here every vCenter must have answered.
    pub(super) async fn look_up_name(&self, name: &str) -> Result<Place, LookupError> {
        let what = format!("guest host name {name}");
        let (found, silent) = self
            .everywhere(|member| {
                let name = name.to_owned();
                Box::pin(async move { member.vcenter.by_host_name(&name).await })
            })
            .await;
        let places = places(found);
        if places.is_empty() || (self.behaviours.ambiguous_name_is_error && !silent.is_empty()) {
            return Err(self.nowhere(what, silent));
        }
        self.only(&what, places)
    }

    fn nowhere(&self, what: String, silent: Vec<Silent>) -> LookupError {
        if silent.is_empty() {
            return LookupError::NotFound { what, searched: self.searched().iter().map(|member| member.name.clone()).collect() };
        }
        LookupError::Unknown { what, silent }
    }

    fn only(&self, what: &str, mut places: Vec<Place>) -> Result<Place, LookupError> {
        if places.len() > 1 && self.behaviours.ambiguous_name_is_error {
            let candidates = places.iter().map(|place| format!("{} in {}", place.machine, self.member(place).name)).collect();
            return Err(LookupError::Ambiguous { what: what.to_owned(), candidates });
        }
        Ok(places.remove(0))
    }
}

fn places(found: Vec<(usize, Vec<vsphere_types::MoRef>)>) -> Vec<Place> {
    found.into_iter().flat_map(|(member, machines)| machines.into_iter().map(move |machine| Place { member, machine })).collect()
}
