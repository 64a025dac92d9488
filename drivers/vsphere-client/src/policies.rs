//! Storage policies: their ids by name, and the datastores that satisfy one.

use vsphere_types::request::{PbmCheckRequirements, PbmQueryProfile, PbmRetrieveContent, PbmRetrieveServiceContent};
use vsphere_types::{
    MoRef, PbmPlacementCapabilityProfileRequirement, PbmPlacementHub, PbmProfile, PbmProfileId, PbmProfileResourceType,
    PbmServiceInstanceContent,
};

use crate::calls::downcast;
use crate::{ClientError, VsphereClient};

impl VsphereClient {
    /// The id of the policy with exactly this name; each vCenter has its own.
    ///
    /// # Errors
    /// A call failed.
    pub async fn policy_by_name(&self, name: &str) -> Result<Option<String>, ClientError> {
        let manager = self.policy_service().await?.profile_manager.clone();
        let resource_type = PbmProfileResourceType { resource_type: "STORAGE".to_owned() };
        let requirements = PbmQueryProfile { resource_type, profile_category: Some("REQUIREMENT".to_owned()) };
        let profile_ids = self.invoke(&manager, requirements).await?;
        if profile_ids.is_empty() {
            // An empty list is no question: the service throws.
            return Ok(None);
        }
        for profile in self.invoke(&manager, PbmRetrieveContent { profile_ids }).await? {
            let profile: PbmProfile = downcast("PbmRetrieveContent", &profile)?;
            if profile.name == name {
                return Ok(Some(profile.profile_id.unique_id));
            }
        }
        Ok(None)
    }

    /// Those of some datastores that satisfy a policy, in their order.
    ///
    /// # Errors
    /// A call failed.
    pub async fn compatible_datastores(&self, policy: &str, datastores: &[MoRef]) -> Result<Vec<MoRef>, ClientError> {
        if datastores.is_empty() {
            // Without hubs the service would judge all that there are.
            return Ok(Vec::new());
        }
        let solver = self.policy_service().await?.placement_solver.clone();
        let hub = |datastore: &MoRef| PbmPlacementHub { hub_type: datastore.kind.to_string(), hub_id: datastore.id.clone() };
        let requirement = PbmPlacementCapabilityProfileRequirement { profile_id: PbmProfileId { unique_id: policy.to_owned() } };
        let request = PbmCheckRequirements {
            hubs_to_search: datastores.iter().map(hub).collect(),
            placement_subject_ref: None,
            placement_subject_requirement: vec![requirement.into()],
        };
        let results = self.invoke(&solver, request).await?;
        let good = |datastore: &&MoRef| {
            let mut judged = results.iter().filter(|result| result.hub.hub_id == datastore.id && result.hub.hub_type == datastore.kind);
            judged.next().is_some_and(|result| result.error.is_empty())
        };
        Ok(datastores.iter().filter(good).cloned().collect())
    }

    /// The singletons of the policy service; asked once.
    async fn policy_service(&self) -> Result<&PbmServiceInstanceContent, ClientError> {
        self.caller
            .policy_service
            .get_or_try_init(|| async {
                let this = MoRef::new("PbmServiceInstance", "ServiceInstance");
                self.invoke(&this, PbmRetrieveServiceContent {}).await
            })
            .await
    }
}
