//! Kubernetes objects by kind and name, for the steps.

use std::collections::BTreeSet;

use kube::api::{Api, DynamicObject};
use kube::core::GroupVersionKind;
use kube::discovery::{ApiResource, Scope, pinned_kind};
use seatrial_scenario::ObjectName;
use serde_json::Value;

use super::StepFailure;
use crate::world::WorldHandle;

const NAMESPACE: &str = "default";

/// The API of an object that steps can name.
pub(super) fn named(world: &WorldHandle, object: &ObjectName) -> Api<DynamicObject> {
    let served = object.kind.served();
    let resource = ApiResource::from_gvk_with_plural(&GroupVersionKind::gvk(served.group, served.version, served.kind), served.plural);
    match object.namespace() {
        Some(namespace) => Api::namespaced_with(world.client.clone(), namespace, &resource),
        None => Api::all_with(world.client.clone(), &resource),
    }
}

/// What is served instead: the kinds of the same group and version, or the groups that there are.
async fn not_served(world: &WorldHandle, wanted: &GroupVersionKind, error: &kube::Error) -> StepFailure {
    let version = if wanted.group.is_empty() { wanted.version.clone() } else { format!("{}/{}", wanted.group, wanted.version) };
    let listed = if wanted.group.is_empty() {
        world.client.list_core_api_resources(&wanted.version).await
    } else {
        world.client.list_api_group_resources(&version).await
    };
    let served = match (listed, world.client.list_api_groups().await) {
        (Ok(list), _) => {
            let kinds: BTreeSet<String> =
                list.resources.into_iter().filter(|resource| !resource.name.contains('/')).map(|resource| resource.kind).collect();
            format!("of {version} there are {}", kinds.into_iter().collect::<Vec<String>>().join(", "))
        }
        (Err(_), Ok(groups)) => {
            let versions = groups.groups.into_iter().flat_map(|group| group.versions).map(|version| version.group_version);
            format!("there are v1, {}", versions.collect::<Vec<String>>().join(", "))
        }
        (Err(_), Err(_)) => {
            return StepFailure::new(format!("the API server does not say whether it serves {} of {version}: {error}", wanted.kind));
        }
    };
    let kind = &wanted.kind;
    StepFailure::new(format!(
        "the API server does not serve {kind} of {version}; {served}. Mend apiVersion or kind, or apply the CustomResourceDefinition that declares {kind} first"
    ))
}

/// Whether the server says that it does not serve a kind; one that says nothing is asked again by the step that needs it.
pub(crate) async fn is_unserved(world: &WorldHandle, kind: &GroupVersionKind) -> bool {
    match pinned_kind(&world.client, kind).await {
        Err(kube::Error::Discovery(_)) => true,
        Err(kube::Error::Api(status)) => status.code == 404,
        Ok(_) | Err(_) => false,
    }
}

/// The API that a manifest's object belongs to, as the server's discovery tells it.
pub(super) async fn of_manifest(world: &WorldHandle, object: &Value) -> Result<Api<DynamicObject>, StepFailure> {
    let text = |pointer: &str| object.pointer(pointer).and_then(Value::as_str).unwrap_or_default();
    let (group, version) = text("/apiVersion").rsplit_once('/').unwrap_or(("", text("/apiVersion")));
    let kind = GroupVersionKind::gvk(group, version, text("/kind"));
    let (resource, capabilities) = match pinned_kind(&world.client, &kind).await {
        Ok(found) => found,
        Err(error) => return Err(not_served(world, &kind, &error).await),
    };
    Ok(match capabilities.scope {
        Scope::Cluster => Api::all_with(world.client.clone(), &resource),
        Scope::Namespaced => {
            let namespace = match text("/metadata/namespace") {
                "" => NAMESPACE,
                namespace => namespace,
            };
            Api::namespaced_with(world.client.clone(), namespace, &resource)
        }
    })
}
