//! Kubernetes objects by kind and name, for the steps.

use kube::api::{Api, DynamicObject};
use kube::core::GroupVersionKind;
use kube::discovery::{ApiResource, Scope, pinned_kind};
use seatrial_scenario::ObjectName;
use serde_json::Value;

use super::StepFailure;
use crate::world::World;

const NAMESPACE: &str = "default";

/// The API of an object that steps can name.
pub(super) fn named(world: &World, object: &ObjectName) -> Api<DynamicObject> {
    let served = object.kind.served();
    let resource = ApiResource::from_gvk_with_plural(&GroupVersionKind::gvk(served.group, served.version, served.kind), served.plural);
    match object.namespace() {
        Some(namespace) => Api::namespaced_with(world.client.clone(), namespace, &resource),
        None => Api::all_with(world.client.clone(), &resource),
    }
}

/// The API that a manifest's object belongs to, as the server's discovery tells it.
pub(super) async fn of_manifest(world: &World, object: &Value) -> Result<Api<DynamicObject>, StepFailure> {
    let text = |pointer: &str| object.pointer(pointer).and_then(Value::as_str).unwrap_or_default();
    let (group, version) = text("/apiVersion").rsplit_once('/').unwrap_or(("", text("/apiVersion")));
    let kind = GroupVersionKind::gvk(group, version, text("/kind"));
    let (resource, capabilities) = pinned_kind(&world.client, &kind)
        .await
        .map_err(|error| StepFailure::new(format!("the API server does not serve {} of {}: {error}", kind.kind, text("/apiVersion"))))?;
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
