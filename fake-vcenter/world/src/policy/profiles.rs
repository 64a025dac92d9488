//! Profiles: PbmQueryProfile, PbmRetrieveContent, PbmQueryProfileDetails, and what I/O filters they need.

use vsphere_types::request::{
    PbmFetchResourceType, PbmQueryDefaultRequirementProfile, PbmQueryIoFiltersFromProfileId, PbmQueryProfile, PbmQueryProfileDetails,
    PbmRetrieveContent,
};
use vsphere_types::{
    DataObject, Fault, MoRef, Name, PbmCapabilityProfile, PbmIofilterInfo, PbmProfileDetails, PbmProfileId, PbmProfileResourceType,
    PbmProfileToIofilterMap,
};

use super::builtin::VSAN_DEFAULT_POLICY;
use super::constraints::constraints_of;
use super::judge::encrypts;
use crate::call::{Answer, Call, Operation, Reply};
use crate::config::DatastoreKind;
use crate::fault;
use crate::state::Policy;
use crate::world::World;

/// The only kind of resource.
const STORAGE: &str = "STORAGE";

/// The category of policies that people make; of the others there are none here.
const REQUIREMENT: &str = "REQUIREMENT";

impl Operation for PbmFetchResourceType {
    fn carry_out(self, _world: &mut World, _call: &Call) -> Answer<Self> {
        Ok(Reply::Done(vec![PbmProfileResourceType { resource_type: STORAGE.to_owned() }]))
    }
}

impl Operation for PbmQueryProfile {
    fn carry_out(self, world: &mut World, _call: &Call) -> Answer<Self> {
        if self.resource_type.resource_type != STORAGE {
            return Err(fault::invalid_argument("resourceType"));
        }
        let found = of_category(world, self.profile_category.as_deref())?;
        Ok(Reply::Done(found.into_iter().map(id_of).collect()))
    }
}

impl Operation for PbmRetrieveContent {
    fn carry_out(self, world: &mut World, _call: &Call) -> Answer<Self> {
        let found = named(world, &self.profile_ids)?;
        Ok(Reply::Done(found.into_iter().map(|policy| profile(policy).into_object()).collect()))
    }
}

impl Operation for PbmQueryProfileDetails {
    fn carry_out(self, world: &mut World, _call: &Call) -> Answer<Self> {
        let category = Some(self.profile_category).filter(|category| !category.is_empty());
        let found = of_category(world, category.as_deref())?;
        Ok(Reply::Done(found.into_iter().map(details).collect()))
    }
}

impl Operation for PbmQueryIoFiltersFromProfileId {
    fn carry_out(self, world: &mut World, _call: &Call) -> Answer<Self> {
        let filters = |policy: &Policy| PbmProfileToIofilterMap { key: id_of(policy), iofilters: filters(policy), fault: None };
        let found = named(world, &self.profile_ids)?;
        Ok(Reply::Done(found.into_iter().map(filters).collect()))
    }
}

/// The policy of disks that ask for none.
impl Operation for PbmQueryDefaultRequirementProfile {
    fn carry_out(self, world: &mut World, _call: &Call) -> Answer<Self> {
        let datastore = MoRef::new(Name::of_type(&self.hub.hub_type), &self.hub.hub_id);
        let record = world.parts.state.datastores.get(&datastore).ok_or_else(|| fault::invalid_argument("hub"))?;
        let vsan = record.kind == DatastoreKind::Vsan;
        Ok(Reply::Done(vsan.then(|| PbmProfileId { unique_id: VSAN_DEFAULT_POLICY.to_owned() })))
    }
}

fn of_category<'a>(world: &'a World, category: Option<&str>) -> Result<Vec<&'a Policy>, Fault> {
    match category {
        None | Some(REQUIREMENT) => {}
        Some("RESOURCE" | "DATA_SERVICE_POLICY") => return Ok(Vec::new()),
        Some(_) => return Err(fault::invalid_argument("profileCategory")),
    }
    let mut policies: Vec<&Policy> = world.parts.state.policies.values().collect();
    policies.sort_by(|left, right| (left.created, &left.name).cmp(&(right.created, &right.name)));
    Ok(policies)
}

/// The policies of these ids, in the order of the question.
fn named<'a>(world: &'a World, ids: &[PbmProfileId]) -> Result<Vec<&'a Policy>, Fault> {
    ids.iter().map(|id| find(world, id, "profileIds")).collect()
}

/// The policy of an id; `parameter` names where the id stood.
pub fn find<'a>(world: &'a World, id: &PbmProfileId, parameter: &str) -> Result<&'a Policy, Fault> {
    world.parts.state.policies.get(&id.unique_id).ok_or_else(|| fault::invalid_argument(parameter))
}

/// The id of a policy.
pub fn id_of(policy: &Policy) -> PbmProfileId {
    PbmProfileId { unique_id: policy.id.clone() }
}

fn profile(policy: &Policy) -> PbmCapabilityProfile {
    PbmCapabilityProfile {
        profile_id: id_of(policy),
        name: policy.name.clone(),
        description: Some(policy.description.clone()),
        creation_time: policy.created,
        created_by: policy.created_by.clone(),
        last_updated_time: policy.created,
        last_updated_by: policy.created_by.clone(),
        profile_category: REQUIREMENT.to_owned(),
        resource_type: PbmProfileResourceType { resource_type: STORAGE.to_owned() },
        constraints: constraints_of(&policy.alternatives),
        generation_id: Some(0),
        is_default: false,
        system_created_profile_type: policy.system_type.clone(),
        ..PbmCapabilityProfile::default()
    }
}

fn details(policy: &Policy) -> PbmProfileDetails {
    PbmProfileDetails { profile: profile(policy).into_object(), iof_infos: filters(policy), ..PbmProfileDetails::default() }
}

fn filters(policy: &Policy) -> Vec<PbmIofilterInfo> {
    let encryption = PbmIofilterInfo { vib_id: "vmwarevmcrypt".to_owned(), filter_type: Some("ENCRYPTION".to_owned()) };
    encrypts(policy).then_some(encryption).into_iter().collect()
}
