//! Storage policies: their ids by name, and the datastores that satisfy one.

use vsphere_types::{
    Method, MoRef, Object, PbmPlacementCapabilityProfileRequirement, PbmPlacementCompatibilityResult, PbmPlacementHub, PbmProfile,
    PbmProfileId, PbmProfileResourceType, PbmServiceInstanceContent, Value,
};

use crate::calls::{downcast, returned};
use crate::{ClientError, VsphereClient};

impl VsphereClient {
    /// The id of the policy with exactly this name; each vCenter has its own.
    ///
    /// # Errors
    /// A call failed.
    pub async fn policy_by_name(&self, name: &str) -> Result<Option<String>, ClientError> {
        let manager = self.policy_service().await?.profile_manager.clone();
        let method = Method::PbmQueryProfile;
        let storage = PbmProfileResourceType { resource_type: "STORAGE".to_owned() };
        let arguments = Object::new(method.wire_name()).with("resourceType", storage).with("profileCategory", "REQUIREMENT");
        let ids = self.invoke(&manager, method, arguments).await?;
        let ids: Vec<PbmProfileId> = items(method, ids.as_ref())?;
        if ids.is_empty() {
            // An empty list is no question: the service throws.
            return Ok(None);
        }
        let method = Method::PbmRetrieveContent;
        let arguments = Object::new(method.wire_name()).with("profileIds", Value::array(ids));
        let profiles = self.invoke(&manager, method, arguments).await?;
        for profile in objects(profiles.as_ref()) {
            let profile: PbmProfile = downcast(method.wire_name(), profile)?;
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
        let hub = |datastore: &MoRef| PbmPlacementHub { hub_type: datastore.kind.clone(), hub_id: datastore.id.clone() };
        let hubs: Vec<PbmPlacementHub> = datastores.iter().map(hub).collect();
        let requirement = PbmPlacementCapabilityProfileRequirement { profile_id: PbmProfileId { unique_id: policy.to_owned() } };
        let method = Method::PbmCheckRequirements;
        let arguments = Object::new(method.wire_name())
            .with("hubsToSearch", Value::array(hubs))
            .with("placementSubjectRequirement", Value::array(vec![Object::from(requirement)]));
        let results = self.invoke(&solver, method, arguments).await?;
        let results: Vec<PbmPlacementCompatibilityResult> = items(method, results.as_ref())?;
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
                let method = Method::PbmRetrieveServiceContent;
                let this = MoRef::new("PbmServiceInstance", "ServiceInstance");
                returned(method, self.invoke(&this, method, Object::new(method.wire_name())).await?)
            })
            .await
    }
}

fn objects(value: Option<&Value>) -> impl Iterator<Item = &Object> {
    value.map_or(&[][..], Value::items).iter().filter_map(Value::as_object)
}

fn items<T: vsphere_types::DataObject>(method: Method, value: Option<&Value>) -> Result<Vec<T>, ClientError> {
    objects(value).map(|object| downcast(method.wire_name(), object)).collect()
}
