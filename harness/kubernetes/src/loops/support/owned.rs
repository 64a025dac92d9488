//! Objects that belong to a controller.

use k8s_openapi::apimachinery::pkg::apis::meta::v1::OwnerReference;
use kube::{Resource, ResourceExt};

use super::objects::uid;

/// Says that `owner` controls an object.
pub(crate) fn owner_reference<K: Resource<DynamicType = ()>>(owner: &K) -> OwnerReference {
    OwnerReference {
        api_version: K::api_version(&()).into_owned(),
        kind: K::kind(&()).into_owned(),
        name: owner.name_any(),
        uid: owner.uid().unwrap_or_default(),
        controller: Some(true),
        block_owner_deletion: Some(true),
    }
}

/// Whether `owner` controls the object.
pub(crate) fn is_controlled_by<K: Resource, O: Resource>(object: &K, owner: &O) -> bool {
    object.meta().owner_references.iter().flatten().any(|reference| reference.controller == Some(true) && reference.uid == uid(owner))
}

/// The name of the controller of this kind that an object belongs to.
pub(crate) fn controller_name<'a, K: Resource>(object: &'a K, kind: &str) -> Option<&'a str> {
    let mut owners = object.meta().owner_references.iter().flatten();
    owners.find(|owner| owner.controller == Some(true) && owner.kind == kind).map(|owner| owner.name.as_str())
}
