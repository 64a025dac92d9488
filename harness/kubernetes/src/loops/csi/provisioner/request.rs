//! What is checked before the driver is asked, in the order in which external-provisioner checks it, and what comes of it.

use std::collections::BTreeMap;

use csi_api::v1::{CapacityRange, CreateVolumeRequest, TopologyRequirement};
use k8s_openapi::api::core::v1::{CSIPersistentVolumeSource, PersistentVolumeClaim, SecretReference};
use k8s_openapi::api::storage::v1::StorageClass;

use super::outcome::Failure;
use super::secrets::{self, Purpose};
use super::{Provisioner, parameters, volume};
use crate::loops::persistent_volume::requested;
use crate::loops::support::LoopError;
use crate::loops::support::objects::uid;

/// A request that may be sent, and what the volume's object will say.
pub(super) struct Prepared {
    pub(super) request: CreateVolumeRequest,
    pub(super) source: CSIPersistentVolumeSource,
    /// CreateVolume's secret, which DeleteVolume will need.
    pub(super) provisioner: Option<SecretReference>,
    /// ControllerModifyVolume's.
    pub(super) modifier: Option<SecretReference>,
}

/// A refusal that another attempt begins anew after.
pub(super) fn refused(why: String) -> Failure {
    Failure::Final(LoopError::NotYet(why))
}

/// A failure that tells nothing of earlier attempts.
fn unchanged(why: String) -> Failure {
    Failure::NoChange(LoopError::NotYet(why))
}

impl Provisioner {
    /// All that can be known before the driver is asked.
    pub(super) async fn prepare(&self, claim: &PersistentVolumeClaim, class: &StorageClass, name: &str) -> Result<Prepared, Failure> {
        let spec = claim.spec.clone().unwrap_or_default();
        let source = self.check_source(claim)?;
        let attributes = spec.volume_attributes_class_name.filter(|name| !name.is_empty());
        self.check_abilities(attributes.is_some())?;
        if spec.selector.is_some() && self.config.rules.refuse_claim_selectors {
            return Err(refused("claim Selector is not supported".into()));
        }
        let parameters = class.parameters.clone().unwrap_or_default();
        let fs_type = parameters::fs_type(&parameters, &self.config.default_fs_type).map_err(refused)?;
        let capabilities = volume::capabilities(claim, class, &self.driver.abilities, &fs_type).map_err(refused)?;
        let volume_content_source = match source {
            Some(snapshot) => Some(self.snapshot_source(claim, class, &snapshot).await.map_err(unchanged)?),
            None => None,
        };
        let accessibility_requirements = self.remembered_requirement(claim, class)?;
        let reference = |purpose: &Purpose| purpose.reference(&parameters, name, claim).map_err(unchanged);
        let provisioner = reference(&secrets::PROVISIONER)?;
        let credentials = secrets::credentials(&self.client, provisioner.as_ref()).await.map_err(unchanged)?;
        let source = CSIPersistentVolumeSource {
            driver: self.name().to_owned(),
            controller_publish_secret_ref: reference(&secrets::CONTROLLER_PUBLISH)?,
            node_stage_secret_ref: reference(&secrets::NODE_STAGE)?,
            node_publish_secret_ref: reference(&secrets::NODE_PUBLISH)?,
            controller_expand_secret_ref: reference(&secrets::CONTROLLER_EXPAND)?,
            node_expand_secret_ref: reference(&secrets::NODE_EXPAND)?,
            fs_type: (!volume::is_block(claim)).then_some(fs_type).filter(|name| !name.is_empty()),
            ..Default::default()
        };
        let modifier = reference(&secrets::CONTROLLER_MODIFY)?;
        let mut parameters = parameters::of_driver(&parameters).map_err(refused)?;
        if self.config.extra_create_metadata {
            parameters.extend(parameters::metadata(claim, name));
        }
        let request = CreateVolumeRequest {
            name: name.to_owned(),
            capacity_range: Some(CapacityRange { required_bytes: requested(claim), limit_bytes: 0 }),
            volume_capabilities: capabilities,
            parameters,
            secrets: credentials,
            accessibility_requirements,
            volume_content_source,
            mutable_parameters: self.mutable_parameters(attributes.as_deref())?,
        };
        Ok(Prepared { request, source, provisioner, modifier })
    }

    fn check_abilities(&self, modifies: bool) -> Result<(), Failure> {
        let abilities = &self.driver.abilities;
        let missing = match () {
            () if !abilities.controller => "dynamic provisioning: plugin CONTROLLER_SERVICE capability is not reported",
            () if !abilities.creates => "dynamic provisioning: controller CREATE_DELETE_VOLUME capability is not reported",
            () if modifies && !abilities.modify => "VolumeAttributesClass: controller MODIFY_VOLUME capability is not reported",
            () => return Ok(()),
        };
        Err(refused(not_supported(missing)))
    }

    /// What was asked for first: a repetition must ask for the same.
    fn remembered_requirement(&self, claim: &PersistentVolumeClaim, class: &StorageClass) -> Result<Option<TopologyRequirement>, Failure> {
        let uid = uid(claim).to_owned();
        let remembered = self.memory().requirements.get(&uid).cloned();
        if let Some(requirement) = remembered {
            return Ok(requirement);
        }
        let requirement = self.requirement(claim, class)?;
        self.memory().requirements.insert(uid, requirement.clone());
        Ok(requirement)
    }

    /// The parameters of the claim's VolumeAttributesClass.
    fn mutable_parameters(&self, name: Option<&str>) -> Result<BTreeMap<String, String>, Failure> {
        let Some(name) = name else { return Ok(BTreeMap::new()) };
        let class = self.attributes.named(name);
        let class = class.ok_or_else(|| unchanged(format!("volumeattributesclasses.storage.k8s.io \"{name}\" not found")))?;
        if class.driver_name != self.name() {
            let (theirs, ours) = (&class.driver_name, self.name());
            return Err(refused(format!("VAC {name} referenced in PVC is for driver {theirs} which does not match driver name {ours}")));
        }
        Ok(class.parameters.clone().unwrap_or_default())
    }
}

/// A driver that lacks an ability.
pub(super) fn not_supported(what: &str) -> String {
    format!("CSI driver does not support {what}")
}
