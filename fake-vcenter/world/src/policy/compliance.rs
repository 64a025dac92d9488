//! Whether a volume is as its policy demands: PbmCheckCompliance, PbmFetchComplianceResult, and what CNS shows of it.

use vsphere_types::request::{PbmCheckCompliance, PbmFetchComplianceResult};
use vsphere_types::{Fault, PbmCompliancePolicyStatus, PbmComplianceResult, PbmProfileId, PbmServerObjectRef};

use super::associations::disk;
use super::constraints::capability_of;
use super::judge::{encrypts, satisfies};
use crate::call::{Answer, Call, Operation, Reply};
use crate::state::{Rule, RuleSet, State, Volume};
use crate::world::World;

/// `compliant`, `nonCompliant`, `notApplicable` without a policy, `unknown` when the policy is gone.
pub fn status(state: &State, volume: &Volume) -> &'static str {
    let Some(id) = &volume.policy else { return "notApplicable" };
    let Some(policy) = state.policies.get(id) else { return "unknown" };
    let clear = encrypts(policy) && volume.key.is_none();
    if satisfies(state, &policy.alternatives, &volume.datastore) && !clear { "compliant" } else { "nonCompliant" }
}

impl Operation for PbmCheckCompliance {
    fn carry_out(self, world: &mut World, _call: &Call) -> Answer<Self> {
        results(world, self.entities, self.profile.as_ref()).map(Reply::Done)
    }
}

impl Operation for PbmFetchComplianceResult {
    fn carry_out(self, world: &mut World, _call: &Call) -> Answer<Self> {
        results(world, self.entities, self.profile.as_ref()).map(Reply::Done)
    }
}

/// Answers for each entity that is asked about.
fn results(world: &World, entities: Vec<PbmServerObjectRef>, asked: Option<&PbmProfileId>) -> Result<Vec<PbmComplianceResult>, Fault> {
    entities.into_iter().map(|entity| result(world, entity, asked)).collect()
}

fn result(world: &World, entity: PbmServerObjectRef, asked: Option<&PbmProfileId>) -> Result<PbmComplianceResult, Fault> {
    let state = &world.parts.state;
    let volume = disk(state, &entity)?;
    let applied = volume.and_then(|volume| volume.policy.clone());
    let status = volume.map_or("notApplicable", |volume| status(state, volume));
    Ok(PbmComplianceResult {
        check_time: world.now(),
        entity,
        mismatch: asked.is_some_and(|asked| Some(&asked.unique_id) != applied.as_ref()),
        violated_policies: if status == "nonCompliant" { violated(state, volume, applied.as_ref()) } else { Vec::new() },
        profile: applied.map(|unique_id| PbmProfileId { unique_id }),
        compliance_task_status: Some("success".to_owned()),
        compliance_status: status.to_owned(),
        ..PbmComplianceResult::default()
    })
}

/// The demands of the policy's first alternative that the volume does not meet.
fn violated(state: &State, volume: Option<&Volume>, policy: Option<&String>) -> Vec<PbmCompliancePolicyStatus> {
    let (Some(volume), Some(policy)) = (volume, policy.and_then(|id| state.policies.get(id))) else { return Vec::new() };
    let broken = |rule: &&Rule| match rule {
        Rule::Encryption => volume.key.is_none(),
        other => {
            let alone = [RuleSet { name: String::new(), rules: vec![(*other).clone()] }];
            !satisfies(state, &alone, &volume.datastore)
        }
    };
    let rules = policy.alternatives.first().map_or(&[][..], |set| &set.rules);
    let status = |rule: &Rule| PbmCompliancePolicyStatus { expected_value: capability_of(rule), current_value: None };
    rules.iter().filter(broken).map(status).collect()
}
