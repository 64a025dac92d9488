//! Where a policy's disks may go: PbmCheckCompatibility, PbmCheckRequirements, PbmQueryMatchingHub.
//!
//! One result for each hub that is asked about, in that order; without hubs, for all datastores. A hub that is not there
//! makes the whole question wrong.

use vsphere_types::request::{PbmCheckCompatibility, PbmCheckCompatibilityWithSpec, PbmCheckRequirements, PbmQueryMatchingHub};
use vsphere_types::{
    DataObject, Fault, MoRef, Name, Object, PbmNonExistentHubs, PbmPlacementCapabilityConstraintsRequirement,
    PbmPlacementCapabilityProfileRequirement, PbmPlacementCompatibilityResult, PbmPlacementHub, TypedFault,
};

use super::constraints::alternatives_of;
use super::judge::{hub_of, mismatches};
use super::profiles::find;
use crate::call::{Answer, Call, Operation, Reply};
use crate::fault;
use crate::state::{RuleSet, number_of};
use crate::world::World;

impl Operation for PbmQueryMatchingHub {
    fn carry_out(self, world: &mut World, _call: &Call) -> Answer<Self> {
        let demand = find(world, &self.profile, "profile")?.alternatives.clone();
        let judged = judged(world, &[demand], self.hubs_to_search)?.into_iter();
        Ok(Reply::Done(judged.filter(|result| result.error.is_empty()).map(|result| result.hub).collect()))
    }
}

impl Operation for PbmCheckCompatibility {
    fn carry_out(self, world: &mut World, _call: &Call) -> Answer<Self> {
        let demand = find(world, &self.profile, "profile")?.alternatives.clone();
        judged(world, &[demand], self.hubs_to_search).map(Reply::Done)
    }
}

impl Operation for PbmCheckCompatibilityWithSpec {
    fn carry_out(self, world: &mut World, _call: &Call) -> Answer<Self> {
        judged(world, &[alternatives_of(&self.profile_spec.constraints)], self.hubs_to_search).map(Reply::Done)
    }
}

impl Operation for PbmCheckRequirements {
    fn carry_out(self, world: &mut World, _call: &Call) -> Answer<Self> {
        let demands = self.placement_subject_requirement.iter().map(|requirement| demand(world, requirement));
        let demands: Vec<_> = demands.collect::<Result<_, _>>()?;
        judged(world, &demands, self.hubs_to_search).map(Reply::Done)
    }
}

/// How each hub fares with what is demanded: each of these.
fn judged(world: &World, demands: &[Vec<RuleSet>], hubs: Vec<PbmPlacementHub>) -> Result<Vec<PbmPlacementCompatibilityResult>, Fault> {
    Ok(datastores(world, hubs)?.iter().map(|datastore| judge(world, demands, datastore)).collect())
}

fn demand(world: &World, requirement: &Object) -> Result<Vec<RuleSet>, Fault> {
    if requirement.is_a(PbmPlacementCapabilityProfileRequirement::TYPE) {
        let requirement: PbmPlacementCapabilityProfileRequirement = requirement.downcast().map_err(|error| fault::malformed(&error))?;
        return Ok(find(world, &requirement.profile_id, "placementSubjectRequirement.profileId")?.alternatives.clone());
    }
    let requirement: PbmPlacementCapabilityConstraintsRequirement =
        requirement.downcast().map_err(|_| fault::invalid_argument("placementSubjectRequirement"))?;
    Ok(alternatives_of(&requirement.constraints))
}

/// The datastores that are asked about.
fn datastores(world: &World, hubs: Vec<PbmPlacementHub>) -> Result<Vec<MoRef>, Fault> {
    let state = &world.parts.state;
    if hubs.is_empty() {
        let mut all: Vec<MoRef> = state.datastores.iter().map(|(datastore, _)| datastore.clone()).collect();
        all.sort_by_key(number_of);
        return Ok(all);
    }
    let datastore = |hub: &PbmPlacementHub| MoRef::new(Name::of_type(&hub.hub_type), &hub.hub_id);
    let (there, missing): (Vec<_>, Vec<_>) = hubs.into_iter().partition(|hub| state.datastores.contains(&datastore(hub)));
    if missing.is_empty() {
        return Ok(there.iter().map(datastore).collect());
    }
    let names: Vec<&str> = missing.iter().map(|hub| hub.hub_id.as_str()).collect();
    let message = format!("Hubs that do not exist were specified: {}.", names.join(", "));
    Err(PbmNonExistentHubs { hubs: missing, ..PbmNonExistentHubs::default() }.fault_with(message))
}

fn judge(world: &World, demands: &[Vec<RuleSet>], datastore: &MoRef) -> PbmPlacementCompatibilityResult {
    let errors = demands.iter().flat_map(|alternatives| mismatches(&world.parts.state, alternatives, datastore));
    PbmPlacementCompatibilityResult {
        hub: hub_of(datastore),
        error: errors.map(Fault::into_localized).collect(),
        ..PbmPlacementCompatibilityResult::default()
    }
}
